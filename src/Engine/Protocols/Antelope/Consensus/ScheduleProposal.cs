using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Types;

namespace Tactus.Engine.Protocols.Antelope.Consensus;

/// <summary>The schedule that the chain's state proposes and that no header carries yet (specs: antelope.md 3.3; leap
/// v5.0.3 controller.cpp set_proposed_producers). Immutable. It needs two finality delays to sign blocks: its proposal
/// must become final before a header carries it, and that header before it becomes active.</summary>
/// <param name="ProposedIn">Number of the block that proposed it.</param>
/// <param name="Schedule">The schedule, version included.</param>
public sealed record ScheduleProposal(uint ProposedIn, ProducerSchedule Schedule)
{
    /// <summary>Proposes producers while a block is built or applied.</summary>
    /// <param name="current">The proposal that stands, or null.</param>
    /// <param name="parent">State of the parent block.</param>
    /// <param name="draft">Draft of the block.</param>
    /// <param name="carried">The schedule that this block's header carries, or null.</param>
    /// <param name="producers">Producers in the order of their slots.</param>
    /// <param name="proposal">The proposal that stands afterwards.</param>
    /// <returns>The version of the new schedule, or -1 where nothing changes: the list is empty while that is
    /// forbidden, one is proposed by an earlier block, or it equals the newest schedule.</returns>
    public static long Propose(
        ScheduleProposal? current,
        HeaderState parent,
        HeaderDraft draft,
        ProducerSchedule? carried,
        IReadOnlyList<ProducerAuthority> producers,
        out ScheduleProposal? proposal)
    {
        proposal = current;
        if (producers.Count == 0 && parent.Features.Contains(ProtocolFeatures.DisallowEmptyProducerSchedule))
        {
            return -1;
        }

        if (current is not null
            && (current.ProposedIn != draft.Number || current.Schedule.Producers.SequenceEqual(producers)))
        {
            return -1;
        }

        // nodeos compares with the schedule pending before this block, even where this block makes it active.
        ProducerSchedule pending = carried ?? parent.Pending.Schedule;
        ProducerSchedule newest = pending.Producers.Count > 0 ? pending : draft.ActiveSchedule;
        if (newest.Producers.SequenceEqual(producers))
        {
            return -1;
        }

        proposal = new ScheduleProposal(draft.Number, new ProducerSchedule(newest.Version + 1, producers));
        return proposal.Schedule.Version;
    }

    /// <summary>Whether the header of a block carries this proposal: the proposing block is final, and no schedule
    /// waits.</summary>
    /// <param name="parent">State of the parent block.</param>
    /// <param name="draft">Draft of the block.</param>
    public bool IsDue(HeaderState parent, HeaderDraft draft) =>
        ProposedIn <= draft.Irreversible && !parent.Pending.Waiting;

    /// <summary>Puts the schedule into a header, in the form in force.</summary>
    public void CarryIn(BlockHeader header, FeatureSet featuresOfParent)
    {
        if (!featuresOfParent.WtmsigBlockSignatures)
        {
            header.NewProducers = Schedule;
            return;
        }

        var writer = new ByteWriter();
        Schedule.WriteAuthority(writer);
        var extension = new Extension(Extension.ProducerScheduleChange, writer.ToArray());
        header.Extensions = [.. header.Extensions.Append(extension).OrderBy(e => e.Id)];
    }

    /// <summary>What a contract may propose: at most 125 producers, each once, each with an authority that its keys can
    /// satisfy (leap v5.0.3 apply_context and webassembly set_proposed_producers).</summary>
    public static Verdict CheckProducers(IReadOnlyList<ProducerAuthority> producers)
    {
        if (producers.Count > ProducerSchedule.ProducersMax)
        {
            return Verdict.Reject(
                RejectReason.BadSchedule,
                $"{producers.Count} producers proposed, at most {ProducerSchedule.ProducersMax} are allowed");
        }

        var names = new HashSet<Name>();
        for (int i = 0; i < producers.Count; i++)
        {
            ProducerAuthority entry = producers[i];
            if (!names.Add(entry.Producer))
            {
                return Verdict.Reject(RejectReason.BadSchedule, $"producer {entry.Producer} is proposed twice", i);
            }

            ulong weight = 0;
            var keys = new HashSet<PublicKey>();
            foreach (KeyWeight key in entry.Authority.Keys)
            {
                weight += key.Weight;
                if (!keys.Add(key.Key))
                {
                    return Verdict.Reject(RejectReason.BadSchedule, $"producer {entry.Producer} has a key twice", i);
                }
            }

            if (entry.Authority.Threshold == 0 || weight < entry.Authority.Threshold)
            {
                return Verdict.Reject(
                    RejectReason.BadSchedule,
                    $"producer {entry.Producer} has keys of weight {weight} and a threshold of "
                    + $"{entry.Authority.Threshold}",
                    i);
            }
        }

        return Verdict.Ok;
    }
}
