using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Consensus;
using Tactus.Engine.Protocols.Antelope.Types;

namespace Tactus.Engine.Tests.Antelope.Consensus;

/// <summary>Schedule proposals and watermarks.</summary>
public class ProducerSideTests
{
    private static readonly Name Alice = Name.Parse("alice");

    [Fact]
    public void A_watermark_refuses_at_or_below_and_survives_a_restart()
    {
        var store = new MemoryWatermarkStore();
        var watermarks = new Watermarks(store);
        Assert.Null(watermarks.Find(Alice));
        Assert.True(watermarks.Claim(Alice, 10, 100).Accepted);
        Assert.Equal(RejectReason.DoubleSign, watermarks.Claim(Alice, 10, 101).Reason);
        Assert.Equal(RejectReason.DoubleSign, watermarks.Claim(Alice, 11, 100).Reason);
        Assert.Equal(RejectReason.DoubleSign, watermarks.Claim(Alice, 9, 99).Reason);
        Assert.True(watermarks.Claim(Name.Parse("bob"), 10, 100).Accepted);

        var restarted = new Watermarks(store);
        Assert.Equal(RejectReason.DoubleSign, restarted.Claim(Alice, 10, 101).Reason);
        Assert.True(restarted.Claim(Alice, 11, 101).Accepted);
    }

    [Fact]
    public void Nothing_is_claimed_where_storing_fails()
    {
        var watermarks = new Watermarks(new BrokenStore());
        Assert.Throws<IOException>(() => watermarks.Claim(Alice, 5, 50));
        Assert.Null(watermarks.Find(Alice));
    }

    [Fact]
    public void Confirmed_counts_from_the_watermark_and_stops_at_finality()
    {
        var simulation = new ChainSimulation();
        HeaderState state = simulation.StartWith(21);
        for (int i = 0; i < 600; i++)
        {
            state = simulation.Extend(state);
        }

        Watermarks fresh = new(new MemoryWatermarkStore());
        Name producer = state.ActiveSchedule.Producers[0].Producer;
        Assert.Equal(0, fresh.ConfirmedAfter(producer, state));
        Assert.True(fresh.Claim(producer, state.Number - 5, 1).Accepted);
        Assert.Equal(5, fresh.ConfirmedAfter(producer, state));
        Assert.True(fresh.Claim(producer, state.Number, 2).Accepted);
        Assert.Equal(0, fresh.ConfirmedAfter(producer, state));
        Assert.True(fresh.Claim(Alice, 2, 1).Accepted);
        Assert.Equal(state.Number - state.Irreversible, fresh.ConfirmedAfter(Alice, state));
    }

    [Fact]
    public void A_proposal_is_carried_when_final_and_only_with_room()
    {
        var simulation = new ChainSimulation();
        HeaderState state = simulation.StartWith(4);
        for (int i = 0; i < 100; i++)
        {
            state = simulation.Extend(state);
        }

        ProducerAuthority[] members = ChainSimulation.Producers(5);
        HeaderDraft draft = DraftAfter(simulation, state);
        Assert.Equal(-1, ScheduleProposal.Propose(
            null, state, draft, null, state.ActiveSchedule.Producers, out ScheduleProposal? proposal));
        Assert.Null(proposal);
        Assert.Equal(2, ScheduleProposal.Propose(null, state, draft, null, members, out proposal));
        Assert.Equal(draft.Number, proposal!.ProposedIn);
        Assert.Equal(-1, ScheduleProposal.Propose(proposal, state, draft, null, members, out _));
        Assert.Equal(
            2, ScheduleProposal.Propose(proposal, state, draft, null, members[1..], out ScheduleProposal? replaced));
        Assert.Equal(4, replaced!.Schedule.Producers.Count);

        HeaderState proposer = simulation.Extend(state);
        HeaderState at = proposer;
        draft = DraftAfter(simulation, at);
        Assert.Equal(-1, ScheduleProposal.Propose(proposal, at, draft, null, members[1..], out _));
        while (!proposal.IsDue(at, draft))
        {
            Assert.True(draft.Irreversible < proposer.Number);
            at = simulation.Extend(at);
            draft = DraftAfter(simulation, at);
        }

        FeatureSet features = at.Features;
        HeaderState carrier = simulation.Extend(at, h => proposal.CarryIn(h, features));
        Assert.Equal(draft.Irreversible, carrier.Irreversible);
        Assert.True(carrier.Pending.Waiting);

        // While it waits, the next proposal counts from it and may not be carried.
        draft = DraftAfter(simulation, carrier);
        Assert.Equal(-1, ScheduleProposal.Propose(null, carrier, draft, null, members, out _));
        Assert.Equal(
            3, ScheduleProposal.Propose(null, carrier, draft, null, members[1..], out ScheduleProposal? second));
        Assert.False(second!.IsDue(carrier, draft with { Irreversible = draft.Number }));
    }

    [Fact]
    public void An_empty_schedule_is_refused_once_the_feature_forbids_it()
    {
        var simulation = new ChainSimulation();
        HeaderState state = simulation.StartWith(1);
        Assert.Equal(2, ScheduleProposal.Propose(null, state, DraftAfter(simulation, state), null, [], out _));
        state = simulation.Extend(state, h => h.Extensions =
        [
            new Extension(
                Extension.ProtocolFeatureActivation, [1, .. ProtocolFeatures.DisallowEmptyProducerSchedule.Bytes]),
        ]);
        Assert.Equal(-1, ScheduleProposal.Propose(null, state, DraftAfter(simulation, state), null, [], out _));
    }

    [Fact]
    public void Producers_that_may_not_be_proposed_are_named()
    {
        ProducerAuthority[] members = ChainSimulation.Producers(3);
        Assert.True(ScheduleProposal.CheckProducers(members).Accepted);
        Assert.Contains(
            "twice", ScheduleProposal.CheckProducers([.. members, members[0]]).Detail, StringComparison.Ordinal);
        Assert.False(ScheduleProposal.CheckProducers(ChainSimulation.Producers(126)).Accepted);
        KeyWeight key = members[0].Authority.Keys[0];
        Assert.False(ScheduleProposal.CheckProducers([new(Alice, new BlockSigningAuthority(2, [key]))]).Accepted);
        Assert.False(ScheduleProposal.CheckProducers([new(Alice, new BlockSigningAuthority(2, [key, key]))]).Accepted);
    }

    private static HeaderDraft DraftAfter(ChainSimulation simulation, HeaderState state)
    {
        uint slot = state.Slot + 1;
        ushort confirmed = simulation.Watermarks.ConfirmedAfter(state.Scheduled(slot).Producer, state);
        Assert.True(state.Draft(slot, confirmed, out HeaderDraft? draft).Accepted);
        return draft!;
    }

    private sealed class BrokenStore : IWatermarkStore
    {
        public IReadOnlyList<Watermark> Load() => [];

        public void Save(Watermark watermark) => throw new IOException("disk full");
    }
}
