namespace Tactus.Engine.Protocols.VmDposw.Machines;

/// <summary>Whether the cluster suffices. [D] 3.3: "when the new transaction requests come, new smart contract is
/// triggered to evaluate whether the delegate cluster pool has sufficient delegates to complete the transaction
/// requests".</summary>
/// <remarks>A cluster of K delegates is expected to make sum(C_i) dT / (K d) blocks in a round: the mean power times dT
/// / d. So a further delegate raises the capacity only where its power is above the mean; the document does not say so.
/// [N] One witness is admitted per round for demand, so that a lasting shortage does not empty the pool at
/// once.</remarks>
public static class Demand
{
    /// <summary>Requests that a cluster is expected to process in a round.</summary>
    /// <param name="powerSum">Sum of the delegates' powers in hashes per second.</param>
    /// <param name="delegates">Delegates, K.</param>
    /// <param name="roundUs">Length of a round in microseconds, dT.</param>
    /// <param name="difficulty">Expected hashes per block, d.</param>
    /// <param name="blockRequestsMax">Requests that fit a block.</param>
    public static long CapacityOf(long powerSum, int delegates, long roundUs, ulong difficulty, int blockRequestsMax) =>
        delegates == 0
            ? 0
            : (long)((UInt128)powerSum * (ulong)roundUs * (ulong)blockRequestsMax
                / ((UInt128)difficulty * (ulong)delegates * 1_000_000));

    /// <summary>Sufficient while the round's requests stay within a share of the capacity: blocks that are full hide
    /// the requests that wait, so the evaluation must come before.</summary>
    public static bool IsMet(long requests, long capacity, int usablePercent) =>
        (Int128)requests * 100 <= (Int128)capacity * usablePercent;
}
