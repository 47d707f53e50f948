// The order in which factors are tried decides which signatures count as used, so it is consensus: by weight
// descending, at equal weight waits, then keys, then accounts, otherwise as listed (leap v5.0.3 authority_checker.hpp).
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.Engine.State;

namespace Tactus.Engine.Protocols.Antelope.Authority;

/// <summary>Decides whether a set of keys satisfies permissions, through delegation to other accounts' permissions, and
/// which of the keys were needed. For the general case; the executor answers the common one from a single
/// cell.</summary>
public sealed class AuthorityTree(IStateView view, KeyTag[] keys, int depthMax)
{
    /// <summary>Most permissions looked up for one transaction. nodeos stops at its CPU deadline; a native check needs
    /// a bound that is the same on every machine.</summary>
    public const int VisitsMax = 1024;

    private readonly Dictionary<PermissionLevel, Status> _known = [];
    private int _visits;
    private bool[] _used = new bool[keys.Length];

    private enum Status
    {
        BeingEvaluated,
        Unsatisfied,
        Satisfied,
    }

    /// <summary>Whether every key was needed by a permission that was satisfied.</summary>
    public bool AllKeysUsed => Array.TrueForAll(_used, used => used);

    /// <summary>Whether the keys satisfy this permission.</summary>
    public bool Satisfies(PermissionLevel level)
    {
        _known.Clear();
        return Visit(level, 0);
    }

    private bool Visit(PermissionLevel level, int depth)
    {
        if (_known.TryGetValue(level, out Status known))
        {
            return known == Status.Satisfied;
        }

        // A permission that does not exist simply gives no weight.
        if (depth >= depthMax
            || ++_visits > VisitsMax
            || PermissionStore.Find(view, level.Actor.Value, level.Permission.Value) is not { } permission)
        {
            return false;
        }

        _known[level] = Status.BeingEvaluated;
        bool satisfied = IsSatisfied(permission.Authority, depth + 1);
        _known[level] = satisfied ? Status.Satisfied : Status.Unsatisfied;
        return satisfied;
    }

    private bool IsSatisfied(PermissionAuthority authority, int depth)
    {
        bool[] usedBefore = [.. _used];
        uint total = 0;
        foreach ((ushort weight, int kind, int index) in Factors(authority))
        {
            bool given = kind switch
            {
                0 => Visit(authority.Accounts[index].Level, depth),
                1 => Use(authority.Tags[index]),
                _ => false, // a wait needs a delayed transaction, which this engine does not execute
            };
            total += given ? weight : 0u;
            if (total >= authority.Threshold)
            {
                return true;
            }
        }

        _used = usedBefore;
        return false;
    }

    private static IEnumerable<(ushort Weight, int Kind, int Index)> Factors(PermissionAuthority authority) =>
        authority.Accounts.Select((item, index) => (item.Weight, Kind: 0, Index: index))
            .Concat(authority.Keys.Select((item, index) => (item.Weight, Kind: 1, Index: index)))
            .Concat(authority.Waits.Select((item, index) => (item.Weight, Kind: 2, Index: index)))
            .OrderByDescending(item => item.Weight)
            .ThenByDescending(item => item.Kind);

    private bool Use(in KeyTag tag)
    {
        int at = keys.AsSpan().IndexOf(tag);
        if (at >= 0)
        {
            _used[at] = true;
        }

        return at >= 0;
    }
}
