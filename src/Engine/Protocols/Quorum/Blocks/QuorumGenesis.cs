using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Quorum.Coins;
using Tactus.Kernels;

namespace Tactus.Engine.Protocols.Quorum.Blocks;

/// <summary>What a chain starts from: outputs, a time and the first quorum.</summary>
public sealed class QuorumGenesis
{
    private readonly byte[] _outputs;

    /// <param name="timeSec">Time of block 0.</param>
    /// <param name="epoch">The first quorum: epoch 0 for Skycoin's publisher, else 1.</param>
    /// <param name="outputs37">Outputs of the one transaction of block 0, 37 bytes each, no two alike.</param>
    public QuorumGenesis(ulong timeSec, Epoch epoch, ReadOnlySpan<byte> outputs37)
    {
        TimeSec = timeSec;
        Epoch = epoch;
        _outputs = outputs37.ToArray();
    }

    public ulong TimeSec { get; }

    public Epoch Epoch { get; }

    public int OutputCount => _outputs.Length / CoinTransaction.OutputSize;

    /// <summary>Output <paramref name="index"/> of block 0. Its source is zero [C].</summary>
    public UnspentOutput Output(int index) => UnspentOutput.Create(
        Hash256.Zero, _outputs.AsSpan(index * CoinTransaction.OutputSize, CoinTransaction.OutputSize), TimeSec, 0);

    /// <summary>The header: its body hash is the id of one transaction without inputs, of length and inner hash zero
    /// [C].</summary>
    public CoinHeader Header(KernelSet kernels)
    {
        byte[] transaction = Transaction();
        Span<byte> leaf = stackalloc byte[Hash256.Size];
        kernels.Sha256.For(1).HashEqual(transaction, transaction.Length, leaf);
        return new CoinHeader(0, TimeSec, 0, 0, default, new Hash256(leaf), default);
    }

    /// <summary>The block that the chain starts from. A first quorum is bound by the id: it follows the header where
    /// there is one to choose (epoch 1), while epoch 0 keeps Skycoin's own genesis hash.</summary>
    public GenesisBlock Block(KernelSet kernels, QuorumParameters parameters)
    {
        CoinHeader header = Header(kernels);
        Hash256 id = header.Hash();
        if (Epoch.Number > 0)
        {
            var bound = new ByteWriter();
            bound.WriteHash256(id);
            Epoch.Write(bound);
            id = Ballots.MemberSignatures.Digest("genesis", bound.Written);
        }

        var writer = new ByteWriter();
        header.Write(writer);
        writer.WriteUInt32(1);
        writer.WriteSpan(Transaction());
        new BlockSeal(Epoch.Number, null, []).Write(writer);
        var state = new QuorumState { Number = 0, Id = id, TimeSec = TimeSec, Epoch = Epoch };
        return new GenesisBlock(0, id, (long)TimeSec / parameters.SlotSec, writer.ToArray(), state);
    }

    private byte[] Transaction()
    {
        var writer = new ByteWriter(_outputs.Length + 64);
        writer.WriteSpan(stackalloc byte[CoinTransaction.HeadSize]);
        writer.WriteUInt32(0);
        writer.WriteUInt32(0);
        writer.WriteUInt32((uint)OutputCount);
        writer.WriteSpan(_outputs);
        return writer.ToArray();
    }
}
