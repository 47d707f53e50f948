namespace Tactus.Engine.Protocols.Graphene.Consensus;

/// <summary>"it may be necessary for users to wait until half of the witnesses have confirmed their transactions." [C]
/// The real system calls a block irreversible when 70 % of the active witnesses have produced at or above it.</summary>
public static class Irreversibility
{
    /// <summary>70 %, in hundredths of a percent.</summary>
    public const int Threshold = 7_000;

    /// <summary>The number at or above which the threshold of witnesses have confirmed.</summary>
    /// <param name="lastConfirmed">Per active witness, the number of the last block it produced; 0 for a
    /// newcomer.</param>
    public static uint Candidate(ReadOnlySpan<uint> lastConfirmed)
    {
        if (lastConfirmed.IsEmpty)
        {
            return 0;
        }

        Span<uint> sorted = lastConfirmed.Length <= 128
            ? stackalloc uint[lastConfirmed.Length]
            : new uint[lastConfirmed.Length];
        lastConfirmed.CopyTo(sorted);
        sorted.Sort();
        return sorted[(Participation.Full - Threshold) * sorted.Length / Participation.Full];
    }
}
