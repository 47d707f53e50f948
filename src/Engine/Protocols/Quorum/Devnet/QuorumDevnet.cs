using Tactus.Engine.Devnet;
using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Production;
using Tactus.Engine.Protocols.Quorum.Ballots;
using Tactus.Engine.Protocols.Quorum.Blocks;
using Tactus.Engine.Protocols.Quorum.Coins;
using Tactus.Engine.State;
using Tactus.Kernels;

namespace Tactus.Engine.Protocols.Quorum.Devnet;

/// <summary>The quorum devnet: members made from the seed certify every block in one process.</summary>
public sealed class QuorumDevnet : IDevnet
{
    /// <summary>Hours that each output starts with.</summary>
    private const ulong HoursEach = 1_000_000;

    private readonly QuorumDevnetParameters _parameters;
    private readonly QuorumProtocol _protocol;
    private readonly CoinLoad _load;
    private readonly IBlockDecoder _decoder;

    /// <exception cref="DevnetException">The parameters cannot be used.</exception>
    public QuorumDevnet(QuorumDevnetParameters parameters, KernelSet kernels)
    {
        if (parameters.Check() is { } problem)
        {
            throw new DevnetException(problem);
        }

        _parameters = parameters;
        MemberKeys = new QuorumDevnetKeys(parameters.Seed, parameters.Members);
        var addresses = new CoinAddress[parameters.Users];
        var outputs = new ByteWriter(parameters.Users * CoinTransaction.OutputSize);
        Span<byte> key = stackalloc byte[MemberKey.Size];
        for (int i = 0; i < addresses.Length; i++)
        {
            MemberSignatures.KeyOf(MemberKeys.UserSecret(i)).CopyTo(key);
            addresses[i] = CoinAddress.OfKey(key);
            addresses[i].CopyTo(outputs.Reserve(CoinAddress.Size));
            outputs.WriteUInt64(parameters.CoinsEach * CoinHours.DropletsPerCoin);
            outputs.WriteUInt64(HoursEach);
        }

        var genesis = new QuorumGenesis(DevnetGenesis.UnixSec, new Epoch(1, 1, MemberKeys.Members), outputs.Written);
        _protocol = new QuorumProtocol(kernels, genesis, parameters.Protocol);
        _load = new CoinLoad(parameters, MemberKeys, addresses, genesis);
        _decoder = _protocol.CreateDecoder(kernels);
    }

    public IProtocol Protocol => _protocol;

    public IProducerKeys Keys => MemberKeys;

    public QuorumDevnetKeys MemberKeys { get; }

    /// <summary>Unspent outputs, and a spent one for each transfer.</summary>
    public long RecordsExpected => _parameters.Users * 4L;

    public string Describe() =>
        $"{_parameters.Members} members, {_parameters.Users} users, {_parameters.TransfersPerSecond} transfers/s, "
        + $"{_parameters.SlotSec} s slots, seed {_parameters.Seed}, chain {_protocol.ChainId.ToShortString()}";

    /// <summary>Claims the last number of the log for every member: what was signed above it never left this
    /// process.</summary>
    public void Resume(ChainStore store)
    {
        byte[] buffer = [];
        if (store.Log.IsEmpty || !store.Log.TryRead(store.Log.Head, ref buffer, out int length, out _))
        {
            return;
        }

        var block = new BlockWork();
        block.Load(buffer.AsSpan(0, length));
        if (_decoder.Decode(block).Accepted)
        {
            foreach (MemberKey member in MemberKeys.Members)
            {
                _protocol.Signed.Claim(member, ((SealedHeader)block.Header!).Seal.Epoch, block.Number, block.Id);
            }
        }
    }

    public void Fill(PendingTransactions pending, Chain chain) => _load.Fill(pending, chain);

    public string Status(Chain chain)
    {
        var head = (QuorumState)chain.Head.State.ConsensusState;
        int members = head.Epoch.Members.Count;
        return $"epoch {head.Epoch.Number} certificate {members}/{members} burned {head.BurnedHours} h";
    }
}
