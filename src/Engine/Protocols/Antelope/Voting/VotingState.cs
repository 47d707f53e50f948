using System.Runtime.InteropServices;
using Tactus.Engine.Protocols.Antelope.Execution;
using Tactus.Engine.State;

namespace Tactus.Engine.Protocols.Antelope.Voting;

/// <summary>The voting layer's own record (eosio_global_state 1 to 3 of the reference contract, as far as it is used).
/// Times are Unix microseconds, 0 = never.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct VotingState
{
    private static readonly StateKey Key = StateKey.Of(StateTables.VotingState, 0);

    /// <summary>Stake that has voted; counted up to activation under the reference rules, always under Telos.</summary>
    public long TotalActivatedStake;

    /// <summary>When voting became effective.</summary>
    public long ActivatedUs;

    public double TotalProducerVoteWeight;

    /// <summary>Tokens that wait for vote pay and for block pay, in smallest units.</summary>
    public long VotePayBucket;

    public long BlockPayBucket;

    /// <summary>When inflation last filled the buckets.</summary>
    public long LastFillUs;

    /// <summary>Vote weight times seconds of all producers.</summary>
    public double TotalVotePayShare;

    /// <summary>Vote weight whose holders earn shares now.</summary>
    public double VotePayShareRate;

    public long LastVotePayUpdateUs;

    /// <summary>Slot of the last election.</summary>
    public uint LastElectionSlot;

    /// <summary>Producers of the last schedule that was proposed.</summary>
    public uint LastScheduleSize;

    public uint TotalUnpaidBlocks;

    private readonly uint _padding;

    public readonly bool IsActivated => ActivatedUs != 0;

    public static VotingState Read(IStateView view) =>
        view.TryGetBlob(Key, out ReadOnlySpan<byte> bytes) ? MemoryMarshal.Read<VotingState>(bytes) : default;

    public readonly void Write(IStateView view) =>
        view.PutBlob(Key, MemoryMarshal.AsBytes(MemoryMarshal.CreateReadOnlySpan(in this, 1)));

    /// <summary>Brings the total of vote-pay shares up to date and changes its rate
    /// (update_total_votepay_share).</summary>
    public double UpdateShares(long nowUs, double sharesDelta, double rateDelta)
    {
        double delta = nowUs > LastVotePayUpdateUs ? VotePayShareRate * ((nowUs - LastVotePayUpdateUs) / 1E6) : 0;
        delta += sharesDelta;
        TotalVotePayShare = delta < 0 && TotalVotePayShare < -delta ? 0 : TotalVotePayShare + delta;
        VotePayShareRate = rateDelta < 0 && VotePayShareRate < -rateDelta ? 0 : VotePayShareRate + rateDelta;
        LastVotePayUpdateUs = nowUs;
        return TotalVotePayShare;
    }
}
