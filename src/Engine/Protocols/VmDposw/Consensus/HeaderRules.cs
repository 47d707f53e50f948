using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.VmDposw.Rounds;
using Tactus.Engine.Protocols.VmDposw.Wire;
using Tactus.Engine.Protocols.VmDposw.Work;

namespace Tactus.Engine.Protocols.VmDposw.Consensus;

/// <summary>The rules of a header against its parent's state, without the VM's signature. [D] 3.4: "a given delegate VM
/// in the delegate cluster can only process transaction request in the assigned 'round' as well as the assigned time
/// window".</summary>
/// <param name="parameters">Of the chain.</param>
/// <param name="clock">Rounds over slots.</param>
public sealed class HeaderRules(VmDposwParameters parameters, RoundClock clock)
{
    /// <summary>Checks a header and gives the state after it.</summary>
    /// <param name="header">The header.</param>
    /// <param name="id">SHA-256 of its bytes.</param>
    /// <param name="parent">State of the block that it names as previous.</param>
    /// <param name="next">State after it.</param>
    public Verdict Check(VmBlockHeader header, in Hash256 id, ClusterState parent, out ClusterState? next)
    {
        next = null;
        Verdict verdict = CheckPlace(header, parent, out int window);
        verdict = verdict.Accepted ? CheckWork(header, id) : verdict;
        verdict = verdict.Accepted ? CheckKey(header, parent) : verdict;
        verdict = verdict.Accepted ? CheckChanges(header, parent) : verdict;
        if (verdict.Accepted)
        {
            next = parent.After(header, id, window, parameters);
        }

        return verdict;
    }

    private Verdict CheckPlace(VmBlockHeader header, ClusterState parent, out int window)
    {
        window = 0;
        if (header.Previous != parent.Id || header.Number != parent.Number + 1)
        {
            return Verdict.Reject(
                RejectReason.BadLink,
                $"block {header.Number} does not follow block {parent.Number} {parent.Id.ToShortString()}");
        }

        if (header.Slot <= parent.Slot)
        {
            return Verdict.Reject(RejectReason.BadSlot, $"slot {header.Slot} is not after the parent's slot {parent.Slot}");
        }

        if (!parent.TryMachineAt(header.Slot, clock, parameters, out uint round, out window, out uint machine))
        {
            return Verdict.Reject(RejectReason.BadSlot, $"slot {header.Slot} lies in no round: it is in the gap between two");
        }

        if (round != header.Round)
        {
            return Verdict.Reject(
                RejectReason.BadSlot, $"slot {header.Slot} lies in round {round}, the header says {header.Round}");
        }

        return machine == header.Machine
            ? Verdict.Ok
            : Verdict.Reject(
                RejectReason.WrongProducer,
                $"slot {header.Slot} lies in window {window} of round {round}, which belongs to VM{machine}, not to "
                + $"VM{header.Machine}");
    }

    /// <summary>[D] 3.3: "the hash difficulty is the same for all delegates".</summary>
    private Verdict CheckWork(VmBlockHeader header, in Hash256 id) =>
        header.Difficulty != parameters.Difficulty
            ? Verdict.Reject(
                RejectReason.BadProof, $"the difficulty is {parameters.Difficulty}, the header says {header.Difficulty}")
        : !LowDifficultyWork.IsDone(id, header.Difficulty)
            ? Verdict.Reject(RejectReason.BadProof, $"the work {id.ToShortString()} exceeds 2^256 / {header.Difficulty}")
        : Verdict.Ok;

    private Verdict CheckKey(VmBlockHeader header, ClusterState parent)
    {
        ClusterDelegate vm = ClusterState.Find(parent.ClusterOf(header.Round), header.Machine)!;
        if (header.KeyIndex != vm.KeyIndex + 1)
        {
            return Verdict.Reject(
                RejectReason.BadProof,
                $"VM{vm.Machine} made {vm.KeyIndex} blocks; its next is {vm.KeyIndex + 1}, not {header.KeyIndex}");
        }

        if (!KeyChain.Follows(header.Key, vm.LastKey))
        {
            return Verdict.Reject(
                RejectReason.BadProof, $"key {header.KeyIndex} of VM{vm.Machine} does not hash to the one before it");
        }

        Hash256 expected = parent.SignatureFor(header.Round, header.Machine, header.Key, parameters);
        return header.Signature == expected
            ? Verdict.Ok
            : Verdict.Reject(
                RejectReason.BadProof,
                $"signature {header.KeyIndex} of VM{vm.Machine} in round {header.Round} is "
                + $"{header.Signature.ToShortString()}; the signatures on this branch give {expected.ToShortString()} "
                + "(a block made before the previous round ended lacks its sum)");
    }

    private Verdict CheckChanges(VmBlockHeader header, ClusterState parent)
    {
        if (header.Changes.Count == 0)
        {
            return Verdict.Ok;
        }

        uint before = 0;
        int admitted = 0;
        IReadOnlyList<ClusterDelegate> cluster = parent.ClusterOf(header.Round);
        bool sameRound = header.Round == parent.Setup.Round;
        foreach (DelegateChange change in header.Changes)
        {
            if (change.Machine <= before)
            {
                return Verdict.Reject(
                    RejectReason.BadSchedule, "changes of the cluster are in ascending order of VM ids, each once");
            }

            before = change.Machine;
            ClusterDelegate? known = ClusterState.Find(cluster, change.Machine);
            if (known is not null && known.Category != change.Category)
            {
                return Verdict.Reject(
                    RejectReason.BadSchedule, $"VM{change.Machine} is {known.Category}, not {change.Category}");
            }

            bool waiting = sameRound && parent.Pending.Any(pending => pending.Machine == change.Machine);
            admitted += known is null && !waiting ? 1 : 0;
        }

        int already = sameRound
            ? parent.Pending.Select(pending => pending.Machine).Distinct().Count(m => ClusterState.Find(cluster, m) is null)
            : 0;
        return cluster.Count + already + admitted <= parameters.ClusterMax
            ? Verdict.Ok
            : Verdict.Reject(RejectReason.BadSchedule, $"the cluster holds its {parameters.ClusterMax} delegates");
    }
}
