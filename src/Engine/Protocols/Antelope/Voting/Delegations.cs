using System.Runtime.InteropServices;
using Tactus.Engine.Protocols.Antelope.Execution;
using Tactus.Engine.State;

namespace Tactus.Engine.Protocols.Antelope.Voting;

/// <summary>Tokens staked for NET and CPU, in smallest units.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct StakedPair
{
    public long Net;
    public long Cpu;

    public readonly bool IsEmpty => Net == 0 && Cpu == 0;
}

/// <summary>Who staked how much for whom: one blob per staker, rows by receiver ascending; and what each account has in
/// all.</summary>
public static class Delegations
{
    /// <summary>Most receivers of one staker.</summary>
    public const int ReceiversMax = 4096;

    /// <summary>Changes what one account staked for another.</summary>
    /// <returns>Null, or why not.</returns>
    public static string? Change(IStateView view, ulong from, ulong receiver, long netDelta, long cpuDelta)
    {
        StateKey key = StateKey.Of(StateTables.Delegations, from);
        List<Row> rows = view.TryGetBlob(in key, out ReadOnlySpan<byte> bytes)
            ? [.. MemoryMarshal.Cast<byte, Row>(bytes)]
            : [];
        int at = rows.FindIndex(row => row.Receiver >= receiver);
        if (at < 0 || rows[at].Receiver != receiver)
        {
            at = at < 0 ? rows.Count : at;
            rows.Insert(at, new Row { Receiver = receiver });
        }

        Row changed = rows[at];
        changed.Staked.Net += netDelta;
        changed.Staked.Cpu += cpuDelta;
        rows[at] = changed;
        if (changed.Staked.Net < 0)
        {
            return "insufficient staked net bandwidth";
        }

        if (changed.Staked.Cpu < 0)
        {
            return "insufficient staked cpu bandwidth";
        }

        if (changed.Staked.IsEmpty)
        {
            rows.RemoveAt(at);
        }

        if (rows.Count > ReceiversMax)
        {
            return $"an account can stake for at most {ReceiversMax} others";
        }

        if (rows.Count == 0)
        {
            view.RemoveBlob(in key);
        }
        else
        {
            view.PutBlob(in key, MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(rows)));
        }

        return null;
    }

    /// <summary>Changes what an account has in all; with account limits on, its share of NET and CPU follows.</summary>
    public static string? ChangeTotal(ActionScope scope, ulong receiver, long netDelta, long cpuDelta)
    {
        StateKey key = StateKey.Of(StateTables.AccountResources, receiver);
        scope.View.TryGet(in key, out StateCell cell);
        ref StakedPair total = ref StateCell.As<StakedPair>(ref cell);
        total.Net += netDelta;
        total.Cpu += cpuDelta;
        if (total.Net < 0)
        {
            return "insufficient staked total net bandwidth";
        }

        if (total.Cpu < 0)
        {
            return "insufficient staked total cpu bandwidth";
        }

        if (scope.EnforcesAccountLimits)
        {
            AccountUsage.SetWeights(scope.View, receiver, total.Net, total.Cpu);
        }

        if (total.IsEmpty)
        {
            scope.View.Remove(in key);
        }
        else
        {
            scope.View.Put(in key, in cell);
        }

        return null;
    }

    /// <summary>What one account staked for another.</summary>
    public static StakedPair Get(IStateView view, ulong from, ulong receiver)
    {
        if (view.TryGetBlob(StateKey.Of(StateTables.Delegations, from), out ReadOnlySpan<byte> bytes))
        {
            foreach (Row row in MemoryMarshal.Cast<byte, Row>(bytes))
            {
                if (row.Receiver == receiver)
                {
                    return row.Staked;
                }
            }
        }

        return default;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Row
    {
        public ulong Receiver;
        public StakedPair Staked;
    }
}
