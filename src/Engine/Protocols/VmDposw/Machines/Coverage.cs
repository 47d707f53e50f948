namespace Tactus.Engine.Protocols.VmDposw.Machines;

/// <summary>What counts as a majority of voting right.</summary>
public enum Majority
{
    /// <summary>[D] formula (2): "&gt;= 50 %". Two disjoint halves both qualify.</summary>
    AtLeastHalf = 0,

    /// <summary>The companion paper's "&gt; 50 %": two sets that qualify always share a VM.</summary>
    MoreThanHalf = 1,
}

/// <summary>Coverage of the delegate cluster. [D] formula (2): VM2 + VM4 + VM6 >= 50 % of the voting power.</summary>
public static class Coverage
{
    public static bool Holds(long selectedRight, long totalRight, Majority majority) =>
        majority == Majority.AtLeastHalf ? selectedRight * 2 >= totalRight : selectedRight * 2 > totalRight;
}
