using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.VmDposw.Machines;
using Tactus.Engine.Protocols.VmDposw.Rounds;
using Tactus.Engine.Protocols.VmDposw.Wire;
using Tactus.Engine.Protocols.VmDposw.Work;

namespace Tactus.Engine.Protocols.VmDposw.Consensus;

/// <summary>All that consensus knows after a block. Immutable; states of consecutive blocks share what did not
/// change.</summary>
public sealed class ClusterState
{
    private RoundSetup? _next;

    public required uint Number { get; init; }

    public required Hash256 Id { get; init; }

    public required long Slot { get; init; }

    /// <summary>Delegates of the cluster, by id.</summary>
    public required IReadOnlyList<ClusterDelegate> Cluster { get; init; }

    /// <summary>Changes that take effect with the next round, in the order of the blocks that carry them.</summary>
    public IReadOnlyList<DelegateChange> Pending { get; init; } = [];

    /// <summary>The round of this block.</summary>
    public RoundSetup Setup { get; init; } = RoundSetup.None;

    /// <summary>Bit i: window i of the round has a block.</summary>
    public ulong FilledMask { get; init; }

    /// <summary>Voting right of the delegates with a block in this round.</summary>
    public long FilledRight { get; init; }

    /// <summary>Windows with a block since genesis: what the fork rule compares first.</summary>
    public ulong FilledWindows { get; init; }

    /// <summary>Sum of the difficulties since genesis.</summary>
    public ulong Work { get; init; }

    /// <summary>S of this block: S_final once its round is over.</summary>
    public Hash256 FinalSignature { get; init; }

    /// <summary>Last block before this block's round.</summary>
    public uint BeforeRound { get; init; }

    /// <summary>The round of that block.</summary>
    public uint PreviousRound { get; init; }

    /// <summary>The latest round that is confirmed: the round with blocks after it has the majority of its voting right
    /// in blocks on it. It is what the fork rule compares first, and so what a VM is bound by.</summary>
    public uint ConfirmedRound { get; init; }

    /// <summary>Last block of the confirmed round.</summary>
    public uint Confirmed { get; init; }

    /// <summary>Last final block: that of a round which the next round confirmed and whose next round is confirmed by
    /// the one after it, three rounds in a row.</summary>
    public uint Finalized { get; init; }

    public static ClusterState Genesis(in Hash256 id, IEnumerable<DelegateChange> cluster) => new()
    {
        Number = 0,
        Id = id,
        Slot = 0,
        Cluster = [.. cluster.OrderBy(change => change.Machine).Select(change => ClusterDelegate.Admitted(change))],
    };

    /// <summary>The cluster of a round: this one, or with the pending changes that of a later round.</summary>
    public IReadOnlyList<ClusterDelegate> ClusterOf(uint round) =>
        round == Setup.Round || Pending.Count == 0 ? Cluster : Changed();

    /// <summary>Setup of a round from this block's on.</summary>
    public RoundSetup SetupOf(uint round, VmDposwParameters parameters)
    {
        if (round == Setup.Round)
        {
            return Setup;
        }

        // Kept for the next call; a lost race computes the same again.
        RoundSetup? next = _next;
        if (next is null || next.Round != round)
        {
            next = RoundSetup.After(round, ClusterOf(round), Setup, FinalSignature, parameters);
            _next = next;
        }

        return next;
    }

    /// <summary>The VM whose window a slot lies in.</summary>
    /// <returns>False in a gap between rounds, and in rounds before this block's.</returns>
    public bool TryMachineAt(
        long slot, RoundClock clock, VmDposwParameters parameters, out uint round, out int window, out uint machine)
    {
        window = 0;
        machine = 0;
        if (!clock.TryPlace(slot, out round, out long offsetUs) || round < Setup.Round)
        {
            return false;
        }

        IReadOnlyList<uint> order = SetupOf(round, parameters).Order;
        window = TimeWindows.IndexAt(clock.RoundUs, order.Count, offsetUs);
        machine = order[window];
        return true;
    }

    /// <summary>S_j that a VM's next block must carry when it reveals a key in a round: the first block of a VM in a
    /// round builds on the previous round's sum, which needs every last signature of it (gate B7); the later ones on
    /// its own S_(j-1).</summary>
    public Hash256 SignatureFor(uint round, uint machine, in Hash256 key, VmDposwParameters parameters)
    {
        RoundSetup setup = SetupOf(round, parameters);
        bool firstInRound = round != Setup.Round || (FilledMask >> IndexOf(setup.Order, machine) & 1) == 0;
        return SignatureChain.Next(key, firstInRound ? setup.PreviousSum : Find(Cluster, machine)!.Last);
    }

    /// <summary>The state after a header that <see cref="HeaderRules"/> accepts.</summary>
    internal ClusterState After(VmBlockHeader header, in Hash256 id, int window, VmDposwParameters parameters)
    {
        bool newRound = header.Round != Setup.Round;
        RoundSetup setup = SetupOf(header.Round, parameters);
        IReadOnlyList<ClusterDelegate> cluster = ClusterOf(header.Round);
        var delegates = new ClusterDelegate[cluster.Count];
        for (int i = 0; i < delegates.Length; i++)
        {
            delegates[i] = cluster[i].Machine == header.Machine
                ? cluster[i] with { LastKey = header.Key, KeyIndex = header.KeyIndex, Last = header.Signature }
                : cluster[i];
        }

        ulong bit = 1UL << window;
        ulong mask = newRound ? 0 : FilledMask;
        bool fills = (mask & bit) == 0;
        long right = (newRound ? 0 : FilledRight)
            + (fills ? parameters.RightOf(Find(cluster, header.Machine)!.Category) : 0);
        uint beforeRound = newRound ? Number : BeforeRound;
        uint previousRound = newRound ? Setup.Round : PreviousRound;
        bool confirms = previousRound > ConfirmedRound && Coverage.Holds(right, setup.Right, parameters.Finality);
        bool inARow = ConfirmedRound > 0 && previousRound == ConfirmedRound + 1 && header.Round == previousRound + 1;
        IReadOnlyList<DelegateChange> pending = newRound ? [] : Pending;
        return new ClusterState
        {
            Number = header.Number,
            Id = id,
            Slot = header.Slot,
            Cluster = delegates,
            Pending = header.Changes.Count == 0 ? pending : [.. pending, .. header.Changes],
            Setup = setup,
            FilledMask = mask | bit,
            FilledRight = right,
            FilledWindows = FilledWindows + (fills ? 1UL : 0),
            Work = Work + header.Difficulty,
            FinalSignature = header.Signature,
            BeforeRound = beforeRound,
            PreviousRound = previousRound,
            ConfirmedRound = confirms ? previousRound : ConfirmedRound,
            Confirmed = confirms ? beforeRound : Confirmed,

            // [N] What confirms a round may not have been seen by those who build on another branch; what confirms the
            // round after it was made by a majority that had seen it, and the fork rule binds them (decision 0022).
            Finalized = confirms && inARow ? Confirmed : Finalized,
        };
    }

    public static ClusterDelegate? Find(IReadOnlyList<ClusterDelegate> cluster, uint machine)
    {
        foreach (ClusterDelegate vm in cluster)
        {
            if (vm.Machine == machine)
            {
                return vm;
            }
        }

        return null;
    }

    private static int IndexOf(IReadOnlyList<uint> order, uint machine)
    {
        for (int i = 0; i < order.Count; i++)
        {
            if (order[i] == machine)
            {
                return i;
            }
        }

        throw new ArgumentException($"VM{machine} does not serve in this round", nameof(machine));
    }

    private ClusterDelegate[] Changed()
    {
        var cluster = new SortedDictionary<uint, ClusterDelegate>(Cluster.ToDictionary(vm => vm.Machine));
        foreach (DelegateChange change in Pending)
        {
            // A delegate with new keys keeps its count and its last signature; the new commitment starts another key
            // chain.
            cluster[change.Machine] = cluster.TryGetValue(change.Machine, out ClusterDelegate? known)
                ? known with { Key = change.Key, LastKey = change.Commitment }
                : ClusterDelegate.Admitted(change);
        }

        return [.. cluster.Values];
    }
}
