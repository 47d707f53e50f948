namespace Tactus.Engine.Protocols.Quorum.Blocks;

/// <summary>The attempts at an election after a block [N, docs/decisions/0021-quorum.md]: attempt k opens the k-th epoch
/// after the one in force. A signature for an opening binds its member for good, so where members signed different
/// openings of one epoch no quorum can come of it any more; the next attempt is for another epoch, with slips of its
/// own. Attempts follow from the head's time alone, so that members come to the same one without a word.</summary>
/// <remarks>Attempt 1 begins with the head. Attempt k begins stall + (k - 1) * (window + stall) seconds after it, gathers
/// slips for a window, and has as long as a quorum may stall to agree on an opening.</remarks>
public static class ElectionAttempt
{
    /// <summary>The attempt that a moment belongs to, from 1.</summary>
    /// <param name="parameters">Parameters.</param>
    /// <param name="headSec">Time of the last block.</param>
    /// <param name="nowMs">The moment, Unix milliseconds.</param>
    public static uint At(QuorumParameters parameters, ulong headSec, long nowMs)
    {
        long sinceMs = nowMs - (((long)headSec + (long)parameters.StallTimeoutSec) * 1000);
        return sinceMs <= 0 ? 1 : (uint)Math.Min(uint.MaxValue / 2, 1 + (sinceMs / (LengthSec(parameters) * 1000)));
    }

    /// <summary>When slips begin to be gathered, Unix seconds.</summary>
    /// <param name="parameters">Parameters.</param>
    /// <param name="headSec">Time of the last block.</param>
    /// <param name="attempt">The attempt, from 1.</param>
    public static ulong BeginSec(QuorumParameters parameters, ulong headSec, uint attempt) =>
        headSec + parameters.StallTimeoutSec + ((ulong)(attempt - 1) * (ulong)LengthSec(parameters));

    private static long LengthSec(QuorumParameters parameters) =>
        Math.Max(1, (long)(parameters.ElectionWindowSec + parameters.StallTimeoutSec));
}
