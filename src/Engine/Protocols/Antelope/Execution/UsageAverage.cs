// Value represented: an exponential moving average of usage per slot, scaled by Precision = 10^6. ValueEx < 2^64; the
// products below are at most 2^64 * 2^32 and are formed in 128 bits. Source: leap v5.0.3 resource_limits_private.hpp,
// exponential_moving_average_accumulator; the arithmetic is reproduced on real traces in the tests.
using System.Runtime.InteropServices;

namespace Tactus.Engine.Protocols.Antelope.Execution;

/// <summary>Usage averaged over a window of slots or blocks, decaying linearly to zero in one window.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
public struct UsageAverage
{
    /// <summary>Scale of <see cref="ValueEx"/>.</summary>
    public const ulong Precision = 1_000_000;

    public uint LastOrdinal;

    public ulong ValueEx;

    /// <summary>Adds usage at an ordinal (slot or block number) that is not before the last one.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The ordinal lies before the last one.</exception>
    public void Add(ulong units, uint ordinal, uint window)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(ordinal, LastOrdinal);
        UInt128 contribution = (((UInt128)units * Precision) + window - 1) / window;
        if (LastOrdinal != ordinal)
        {
            ValueEx = (ulong)LastOrdinal + window > ordinal
                ? (ulong)((UInt128)ValueEx * (window - (ordinal - LastOrdinal)) / window)
                : 0;
            LastOrdinal = ordinal;
        }

        ValueEx = (ulong)UInt128.Min(ValueEx + contribution, ulong.MaxValue);
    }

    /// <summary>The average in whole units, rounded up.</summary>
    public readonly ulong Average() => (ulong)(((UInt128)ValueEx + Precision - 1) / Precision);

    /// <summary>Usage within one window, in units.</summary>
    public readonly UInt128 InWindow(uint window) => (UInt128)ValueEx * window / Precision;
}
