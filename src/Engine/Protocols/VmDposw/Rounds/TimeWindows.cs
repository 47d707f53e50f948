// Times are integers (microseconds on the chain); a window's bounds i dT / K need not be, so membership is decided by
// floor(offset K / dT), which is exact: offset is in [i dT / K, (i + 1) dT / K) exactly when the floor is i.
namespace Tactus.Engine.Protocols.VmDposw.Rounds;

/// <summary>Equal windows of a round. [D] formula (3): T1-T0 = T2-T1 = T3-T2 = dT/3, in general dT/K for K delegates. A
/// category without delegates leaves no window of its own, so its time is spread evenly (rule 3).</summary>
public static class TimeWindows
{
    /// <summary>Start of window <paramref name="index"/> after the start of the round; <paramref name="index"/> = K
    /// gives the end.</summary>
    public static Fraction Start(long round, int delegates, int index)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delegates, 1);
        return new Fraction(checked(round * index), delegates);
    }

    /// <summary>The window that an offset into the round lies in.</summary>
    /// <param name="round">Length of the round, in the same unit.</param>
    /// <param name="delegates">K.</param>
    /// <param name="offset">Time since the round began, from 0 to below <paramref name="round"/>.</param>
    public static int IndexAt(long round, int delegates, long offset)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(offset, round);
        return (int)((Int128)offset * delegates / round);
    }
}
