using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.VmDposw.Work;

namespace Tactus.Engine.Protocols.VmDposw.Rounds;

/// <summary>How a residue becomes a place in the serving order.</summary>
public enum OrderRule
{
    /// <summary>Place = residue: what the original Fig. 2 shows (VM6 = 0, VM2 = 1, VM4 = 2).</summary>
    Ascending = 0,

    /// <summary>Place = M - 1 - residue: gives Fig. 2's order from the residues that the text prints.</summary>
    Descending = 1,

    /// <summary>One S(n), the last signature of the round, rotates the order: place = (S + position) mod M. Never
    /// conflicts.</summary>
    Rotation = 2,
}

/// <summary>Serving order of the next round. [D] formula (10): O(n+1) = S(n) mod M, read per VM; "If there is conflict
/// during the mod operation, we point the VM delegate to the next available slot."</summary>
/// <remarks>[N] VMs are placed in the order in which they served; the next available slot is searched
/// cyclically.</remarks>
public static class ServingOrder
{
    /// <summary>S mod M for a 256-bit big-endian S.</summary>
    public static int Residue(in Hash256 signature, int delegates) => (int)UInt256.Remainder(signature, (uint)delegates);

    /// <summary>The next order: a permutation of <paramref name="served"/> for every input.</summary>
    /// <param name="served">VMs in the order in which they are placed.</param>
    /// <param name="last">Last broadcast signature of each.</param>
    /// <param name="final">Signature of the last block of the round, for <see cref="OrderRule.Rotation"/>.</param>
    /// <param name="rule">How residues become places.</param>
    public static uint[] Next(ReadOnlySpan<uint> served, ReadOnlySpan<Hash256> last, in Hash256 final, OrderRule rule)
    {
        int count = served.Length;
        uint[] order = new uint[count];
        bool[] taken = new bool[count];
        int rotation = rule == OrderRule.Rotation && count > 0 ? Residue(final, count) : 0;
        for (int i = 0; i < count; i++)
        {
            int place = rule switch
            {
                OrderRule.Ascending => Residue(last[i], count),
                OrderRule.Descending => count - 1 - Residue(last[i], count),
                OrderRule.Rotation => (rotation + i) % count,
                _ => throw new ArgumentOutOfRangeException(nameof(rule), rule, "no such order rule"),
            };
            while (taken[place])
            {
                place = (place + 1) % count;
            }

            taken[place] = true;
            order[place] = served[i];
        }

        return order;
    }
}
