namespace Tactus.Engine.Protocols.VmDposw.Machines;

/// <summary>A witness of the queue pool as the voting sees it.</summary>
/// <param name="Machine">VM id.</param>
/// <param name="Category">Its category.</param>
/// <param name="Approvals">Locked BFDT of the accounts that approve it.</param>
/// <param name="Ticket">When it entered the pool: lower is earlier.</param>
public readonly record struct Witness(uint Machine, VmCategory Category, long Approvals, ulong Ticket);

/// <summary>The queue pool and the voting from it. [D] 3.3: "voting process is triggered to select additional witness
/// from the queue pool to the delegate cluster pool".</summary>
/// <remarks>[N] The vote is the approval of accounts weighted by their locked BFDT. The category with the fewest
/// delegates comes first (the largest deficit against equal shares), then the most approvals, then first in first
/// out.</remarks>
public static class QueuePool
{
    /// <summary>The next witness to become a delegate, or null where the pool is empty.</summary>
    /// <param name="pool">Witnesses, in any order.</param>
    /// <param name="delegatesOf">Delegates in the cluster by category.</param>
    public static Witness? Next(ReadOnlySpan<Witness> pool, ReadOnlySpan<int> delegatesOf)
    {
        Witness? best = null;
        foreach (ref readonly Witness witness in pool)
        {
            if (best is null || Precedes(witness, best.Value, delegatesOf))
            {
                best = witness;
            }
        }

        return best;
    }

    private static bool Precedes(in Witness x, in Witness y, ReadOnlySpan<int> delegatesOf)
    {
        int order = delegatesOf[(int)x.Category].CompareTo(delegatesOf[(int)y.Category]);
        order = order != 0 ? order : y.Approvals.CompareTo(x.Approvals);
        order = order != 0 ? order : x.Ticket.CompareTo(y.Ticket);
        return order < 0;
    }
}
