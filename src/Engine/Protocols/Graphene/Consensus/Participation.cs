namespace Tactus.Engine.Protocols.Graphene.Consensus;

/// <summary>"The participation rate is calculated by comparing the expected number of blocks produced vs the actual
/// number of blocks produced." [C] Over the last 128 slots, as a bit each, the newest in bit 0.</summary>
public static class Participation
{
    public const int WindowSlots = 128;

    /// <summary>100 %.</summary>
    public const int Full = 10_000;

    /// <summary>[C] Below this a node does not produce: the guard against growing a minority fork.</summary>
    public const int ProductionMin = 3_300;

    /// <summary>[C] What exchanges are advised to demand; the document's "certain level".</summary>
    public const int AlarmDefault = 8_000;

    /// <summary>A chain begins as if every slot had been filled.</summary>
    public static UInt128 Initial => UInt128.MaxValue;

    /// <summary>A block after <paramref name="missed"/> empty slots.</summary>
    /// <remarks>[C] ((slots &lt;&lt; 1) + 1) &lt;&lt; missed: the block's own bit lies before the slots that were
    /// missed.</remarks>
    public static UInt128 After(UInt128 recentSlots, ulong missed) =>
        missed >= WindowSlots ? UInt128.Zero : ((recentSlots << 1) | UInt128.One) << (int)missed;

    /// <summary>Filled slots of the window.</summary>
    public static int Filled(UInt128 recentSlots) => (int)UInt128.PopCount(recentSlots);

    /// <summary>In hundredths of a percent, rounded down.</summary>
    public static int Rate(UInt128 recentSlots) => Full * Filled(recentSlots) / WindowSlots;
}
