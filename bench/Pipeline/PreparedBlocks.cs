using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Production;
using Tactus.Engine.Protocols;
using Tactus.Engine.Protocols.Antelope;
using Tactus.Engine.Protocols.Antelope.Consensus;
using Tactus.Engine.Protocols.Antelope.Execution;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.Engine.Protocols.Antelope.Voting;
using Tactus.Engine.State;
using Tactus.Engine.Storage;
using Tactus.Engine.Time;
using Tactus.Kernels;

namespace Tactus.Bench.Pipeline;

/// <summary>Signed blocks of transfers, made once by the engine's own builder and kept in a temporary file.</summary>
internal sealed class PreparedBlocks : IBlockSource
{
    /// <summary>Changes when the same arguments give other blocks.</summary>
    private const int FormatVersion = 3;

    /// <summary>A block every 32 s of chain time, and transactions that live 30 s: ids expire and their tables are used again,
    /// as they do on a chain that has run for a minute.</summary>
    private const int SlotsPerBlock = 64;

    private const int ExpirationSec = 62;

    /// <summary>Each nonce takes a power mod n; they may come again, as long as no equation of a batch holds one twice.</summary>
    private const int NoncesMax = 1 << 17;

    private readonly List<byte[]> _blocks = [];

    private PreparedBlocks(BenchChain chain)
    {
        Chain = chain;
    }

    public BenchChain Chain { get; }

    public uint First => 2;

    public uint Head => (uint)(First + _blocks.Count - 1);

    public long Bytes => _blocks.Sum(block => (long)block.Length);

    public ReadOnlySpan<byte> Read(uint number, ref byte[] buffer) => _blocks[(int)(number - First)];

    public static PreparedBlocks Make(PipelineArguments arguments, KernelSet kernels, Action<string> say)
    {
        int count = arguments.WarmUpBlocks + arguments.Blocks;
        string file = Path.Combine(arguments.Folder, string.Create(
            CultureInfo.InvariantCulture,
            $"tactus-bench-{FormatVersion}-{arguments.Transactions}-{count}-{arguments.Accounts}-{arguments.Senders}-{arguments.Choice}.blocks"));
        if (File.Exists(file))
        {
            return Load(file, arguments.Accounts);
        }

        say($"preparing {count} blocks of {arguments.Transactions} transfers of {arguments.Senders} senders, {arguments.Accounts} accounts (kept in {file})");
        var secrets = new BigInteger[arguments.Senders];
        for (int i = 0; i < secrets.Length; i++)
        {
            secrets[i] = BenchChain.SenderSecret(i);
        }

        byte[] keys = FastSigner.PublicKeys(kernels.Secp256k1.Best, secrets);
        var prepared = new PreparedBlocks(new BenchChain(arguments.Accounts, keys));
        prepared.Build(arguments, count, kernels, secrets);
        prepared.Save(file, keys);
        return prepared;
    }

    private static PreparedBlocks Load(string file, int accounts)
    {
        using var reader = new BinaryReader(File.OpenRead(file));
        var prepared = new PreparedBlocks(new BenchChain(accounts, reader.ReadBytes(reader.ReadInt32())));
        for (int count = reader.ReadInt32(); count > 0; count--)
        {
            prepared._blocks.Add(reader.ReadBytes(reader.ReadInt32()));
        }

        return prepared;
    }

    private void Save(string file, byte[] keys)
    {
        string temporary = file + ".new";
        using (var writer = new BinaryWriter(File.Create(temporary)))
        {
            writer.Write(keys.Length);
            writer.Write(keys);
            writer.Write(_blocks.Count);
            foreach (byte[] block in _blocks)
            {
                writer.Write(block.Length);
                writer.Write(block);
            }
        }

        File.Move(temporary, file, overwrite: true);
    }

    private void Build(PipelineArguments arguments, int count, KernelSet kernels, BigInteger[] secrets)
    {
        var disk = new SimulatedDisk();
        using var memory = new MemoryStateStore(arguments.Accounts);
        using var store = ChainStore.Open(
            disk, new MemoryCheckpoints(memory, disk), new BlockLogOptions { FlushEveryBlocks = 0 });
        AntelopeProtocol protocol = Chain.CreateProtocol(kernels);
        IBlockTransition transition = protocol.CreateTransition(kernels);
        Chain chain = ChainOpening.Open(protocol, kernels, store, transition);
        var options = new PipelineOptions { Mode = ValidationMode.Light, SignatureThreads = 0, CheckClock = false };
        using var pipeline = new BlockPipeline(chain, kernels, SystemClock.Instance, options);
        using var view = new BlockView(store.State);
        IBlockBuilder builder = protocol.CreateBuilder(kernels, transition, Chain.ProducerKeys);
        var transfers = new TransferChoice(arguments);
        var signer = new FastSigner(kernels.Secp256k1.Best, Math.Min(arguments.Transactions + 1024, NoncesMax));
        var pending = new PendingTransaction();
        var writer = new ByteWriter(512);
        var work = new BlockWork();
        for (int b = 0; b < count; b++)
        {
            var parent = (HeaderState)chain.Head.State.ConsensusState;
            Require(builder.Begin(parent, parent.Slot + SlotsPerBlock, view));
            for (int i = 0; i < arguments.Transactions; i++)
            {
                (int sender, int to) = transfers.Next();
                int from = Chain.AccountOf(sender);
                WriteTransfer(writer, parent, from, to == from ? (to + 1) % arguments.Accounts : to, $"{parent.Number}.{i}");
                Load(pending, writer.Written, protocol.ChainId, signer, secrets[sender], sender);
                Require(builder.Add(pending));
            }

            Require(builder.Seal(out ReadOnlyMemory<byte> block));
            view.Reset();
            _blocks.Add(block.ToArray());
            Require(pipeline.Process(work, block.Span));
        }
    }

    private static void Require(Verdict verdict)
    {
        if (!verdict.Accepted)
        {
            throw new InvalidOperationException($"the prepared chain is wrong: {verdict}");
        }
    }

    private static void WriteTransfer(ByteWriter writer, HeaderState parent, int from, int to, string memo)
    {
        ulong sender = AntelopeGenesis.UserName(from).Value;
        writer.Clear();
        writer.WriteUInt32((uint)(SlotTime.ToUnixMs(parent.Slot) / 1000) + ExpirationSec);
        writer.WriteUInt16((ushort)parent.Number);
        writer.WriteSpan(parent.Id.Bytes.Slice(8, 4));
        writer.WriteVarUInt32(0);
        writer.WriteByte(0);
        writer.WriteVarUInt32(0);
        writer.WriteVarUInt32(0);
        writer.WriteVarUInt32(1);
        writer.WriteUInt64(WellKnown.Token.Value);
        writer.WriteUInt64(WellKnown.Transfer.Value);
        writer.WriteVarUInt32(1);
        writer.WriteUInt64(sender);
        writer.WriteUInt64(WellKnown.Active.Value);
        writer.WriteVarUInt32((uint)(8 + 8 + 16 + 1 + memo.Length));
        writer.WriteUInt64(sender);
        writer.WriteUInt64(AntelopeGenesis.UserName(to).Value);
        writer.WriteInt64(1);
        writer.WriteUInt64(VotingRules.Reference.CoreSymbol.Value);
        writer.WriteVarUInt32((uint)memo.Length);
        System.Text.Encoding.ASCII.GetBytes(memo, writer.Reserve(memo.Length));
        writer.WriteVarUInt32(0);
    }

    private void Load(
        PendingTransaction pending, ReadOnlySpan<byte> body, in Hash256 chainId, FastSigner signer, BigInteger secret, int sender)
    {
        Span<byte> message = stackalloc byte[64 + body.Length];
        message.Clear();
        chainId.CopyTo(message);
        body.CopyTo(message[32..]);
        Span<byte> digest = stackalloc byte[32];
        SHA256.HashData(message, digest);
        Span<byte> signature = stackalloc byte[64];
        byte recoveryId = signer.Sign(digest, secret, signature);

        var packed = new ByteWriter(body.Length + 80);
        packed.WriteVarUInt32(1);
        packed.WriteVarUInt32((uint)KeyType.K1);
        packed.WriteByte((byte)(31 + recoveryId));
        packed.WriteSpan(signature);
        packed.WriteByte((byte)TransactionCompression.None);
        packed.WriteVarUInt32(0);
        packed.WriteBytes(body);
        Span<byte> tag = stackalloc byte[KeyTag.Size];
        tag[0] = 0;
        Chain.SenderKey(sender, tag[1..]);
        pending.Load(new Hash256(SHA256.HashData(body)), packed.Written, tag, 0);
    }
}
