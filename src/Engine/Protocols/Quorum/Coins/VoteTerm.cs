namespace Tactus.Engine.Protocols.Quorum.Coins;

/// <summary>Who may vote about the next quorum, as far as the ledger decides it: holders at a snapshot who have moved
/// their coins since [N, docs/decisions/0021-quorum.md].</summary>
/// <remarks>The snapshot is the same for a whole term, so the quorum in force has no say in who votes about its
/// successor. It goes on to the last block before the former term only where more than half of all coins moved in that
/// term; otherwise it stays, and whoever could vote before still can: an opening without moves leaves no term in which
/// nobody can vote.</remarks>
/// <param name="SnapshotSeq">The block whose holders vote.</param>
/// <param name="StartSeq">First block of the term in force.</param>
/// <param name="MovedCoins">Whole coins that were there before the term and moved in it.</param>
public readonly record struct VoteTerm(ulong SnapshotSeq, ulong StartSeq, ulong MovedCoins)
{
    /// <summary>The first term of a chain: holders at block 0 vote.</summary>
    public static VoteTerm First => new(0, 1, 0);

    /// <summary>After an output was spent in the term. A coin counts once: what it moves into is of the term.</summary>
    public VoteTerm Moved(in UnspentOutput output) => output.Seq < StartSeq
        ? this with { MovedCoins = MovedCoins + (output.Coins / CoinHours.DropletsPerCoin) }
        : this;

    /// <summary>The next term.</summary>
    /// <param name="startSeq">Its first block.</param>
    /// <param name="majorityCoins">More than so many whole coins are more than half.</param>
    public VoteTerm Next(ulong startSeq, ulong majorityCoins) =>
        new(MovedCoins > majorityCoins ? StartSeq - 1 : SnapshotSeq, startSeq, 0);
}
