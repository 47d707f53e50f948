using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Consensus;
using Tactus.Engine.Protocols.Antelope.Types;

namespace Tactus.Engine.Tests.Antelope.Consensus;

/// <summary>Each rule of the header transition, broken on purpose.</summary>
public class HeaderRuleTests
{
    private readonly ChainSimulation _simulation = new();

    private static readonly KeySignature[] TwoMore = [KeySignature.Empty, KeySignature.Empty];

    [Fact]
    public void A_header_that_breaks_a_rule_is_rejected_for_that_rule()
    {
        HeaderState state = _simulation.StartWith(4);
        Reject(RejectReason.BadLink, h => h.Previous = Hash256.FromHex("00000004" + new string('1', 56)));
        Reject(RejectReason.BadSlot, h => h.Slot = state.Slot);
        Reject(RejectReason.WrongProducer, h => h.Producer = state.Scheduled(h.Slot + 12).Producer);
        Reject(RejectReason.WrongProducer, h => h.Slot += 12);
        Reject(RejectReason.WrongVersion, h => h.ScheduleVersion++);
        Reject(RejectReason.WrongVersion, h => h.ScheduleVersion = HeaderState.SavannaScheduleVersion);
        Reject(RejectReason.BadSchedule, h => h.NewProducers = new ProducerSchedule(3, ChainSimulation.Producers(2)));
        Reject(RejectReason.BadSchedule, h => h.Extensions = [ScheduleExtension(2)]);
        Reject(RejectReason.BadExtension, h => h.Extensions = [new Extension(7, [])]);
        Reject(RejectReason.BadExtension, h => h.Extensions = [new Extension(0, [0])]);
        Reject(RejectReason.BadExtension, h => h.Extensions = [new Extension(0, [1, 2, 3])]);
        Reject(RejectReason.BadExtension, h => h.Extensions = [Activate("FORWARD_SETCODE"), Activate("GET_SENDER")]);
        Reject(RejectReason.BadExtension, h => h.Extensions = [Activate("FORWARD_SETCODE", "FORWARD_SETCODE")]);
        Reject(RejectReason.BadExtension, h => h.Extensions = [Activate("NO_DUPLICATE_DEFERRED_ID")]);
        Reject(
            RejectReason.BadExtension, h => h.Extensions = [Activate("NO_DUPLICATE_DEFERRED_ID", "REPLACE_DEFERRED")]);
        Reject(RejectReason.BadExtension, h => h.Extensions = [new Extension(0, [1, .. new byte[32]])]);
        Reject(RejectReason.BadExtension, h => h.Extensions = [new Extension(2, [1, 0, 0, 0, 0, 0, 0])]);

        BlockHeader good = _simulation.HeaderFor(state, state.Slot + 1, 0);
        Assert.Equal(
            RejectReason.BadExtension, state.Next(good, KeySignature.Empty, TwoMore, out HeaderState? none).Reason);
        Assert.Null(none);
        Assert.True(state.Next(good, KeySignature.Empty, [], out HeaderState? next).Accepted);
        Assert.Equal(state.Number + 1, next!.Number);
        good.Extensions = [Activate("REPLACE_DEFERRED", "NO_DUPLICATE_DEFERRED_ID")];
        Assert.True(state.Next(good, KeySignature.Empty, [], out next).Accepted);
        Assert.Equal(2, next!.Features.Digests.Count);

        void Reject(RejectReason reason, Action<BlockHeader> change)
        {
            BlockHeader header = _simulation.HeaderFor(state, state.Slot + 1, 0);
            change(header);
            Verdict verdict = state.Next(header, KeySignature.Empty, [], out HeaderState? rejected);
            Assert.Equal(reason, verdict.Reason);
            Assert.False(string.IsNullOrEmpty(verdict.Detail));
            Assert.Null(rejected);
        }
    }

    [Fact]
    public void A_producer_may_not_confirm_a_range_twice()
    {
        HeaderState state = _simulation.StartWith(1);
        state = _simulation.Extend(_simulation.Extend(state));
        BlockHeader header = _simulation.HeaderFor(state, state.Slot + 1, 1);
        Verdict verdict = state.Next(header, KeySignature.Empty, [], out _);
        Assert.Equal(RejectReason.DoubleConfirm, verdict.Reason);
        header.Confirmed = 0;
        Assert.True(state.Next(header, KeySignature.Empty, [], out _).Accepted);

        // nodeos subtracts in 32 bits: confirming more blocks than exist wraps and passes this rule.
        header.Confirmed = 60000;
        Assert.True(state.Next(header, KeySignature.Empty, [], out _).Accepted);
    }

    [Fact]
    public void A_schedule_waits_for_its_carrier_to_be_final_and_signs_from_the_next_block()
    {
        HeaderState state = _simulation.StartWith(4);
        for (int i = 0; i < 200; i++)
        {
            state = _simulation.Extend(state);
        }

        ProducerAuthority[] members = [.. ChainSimulation.Producers(5)[1..]];
        HeaderState carrier = _simulation.Extend(state, h => h.NewProducers = new ProducerSchedule(2, members));
        Assert.True(carrier.Pending.Waiting);
        Assert.Equal(carrier.Number, carrier.Pending.CarriedBy);
        Assert.Equal(new ProducerSchedule(2, members).Digest(authorityForm: false), carrier.Pending.Hash);

        // Nothing else may be carried while it waits.
        BlockHeader again = _simulation.HeaderFor(carrier, carrier.Slot + 1, 0);
        again.NewProducers = new ProducerSchedule(2, members);
        Assert.Equal(RejectReason.BadSchedule, carrier.Next(again, KeySignature.Empty, [], out _).Reason);

        HeaderState at = carrier;
        while (at.Pending.Waiting)
        {
            Assert.True(at.Irreversible < carrier.Number);
            Assert.Equal(1u, at.ActiveSchedule.Version);
            at = _simulation.Extend(at);
        }

        Assert.True(at.Irreversible >= carrier.Number);
        Assert.Equal(1u, at.Header.ScheduleVersion);
        Assert.Equal(2u, at.ActiveSchedule.Version);
        Assert.Equal(carrier.Pending.Hash, at.Pending.Hash);
        Assert.Equal(carrier.Number, at.Pending.CarriedBy);
        Assert.Equal(2u, at.Pending.Schedule.Version);

        // Votes: members only. Last produced: members, and the block's producer even if it left.
        Assert.Equal(4, at.LastImpliedIrreversible.Count);
        Assert.True(at.LastProduced.TryGet(at.Header.Producer, out uint last));
        Assert.Equal(at.Number, last);
        Assert.True(at.LastProduced.TryGet(members[^1].Producer, out last));
        Assert.Equal(at.Irreversible, last);

        HeaderState next = _simulation.Extend(at);
        Assert.Equal(2u, next.Header.ScheduleVersion);
        Assert.Equal(members[next.Slot % 48 / 12].Producer, next.Header.Producer);
    }

    [Fact]
    public void After_wtmsig_schedules_come_as_an_extension_in_authority_form()
    {
        HeaderState state = _simulation.StartWith(1);
        HeaderState active = _simulation.Extend(state, h => h.Extensions = [Activate("WTMSIG_BLOCK_SIGNATURES")]);
        BlockHeader legacy = _simulation.HeaderFor(active, active.Slot + 1, 0);
        legacy.NewProducers = new ProducerSchedule(2, ChainSimulation.Producers(3));
        Assert.Equal(RejectReason.BadSchedule, active.Next(legacy, KeySignature.Empty, [], out _).Reason);
        HeaderState carrier = _simulation.Extend(active, h => h.Extensions = [ScheduleExtension(2)]);
        Assert.Equal(
            new ProducerSchedule(2, ChainSimulation.Producers(3)).Digest(authorityForm: true), carrier.Pending.Hash);

        // The form follows the parent's features: not in the activating block itself.
        BlockHeader both = _simulation.HeaderFor(state, state.Slot + 1, 0);
        both.Extensions = [Activate("WTMSIG_BLOCK_SIGNATURES"), ScheduleExtension(2)];
        Assert.Equal(RejectReason.BadSchedule, state.Next(both, KeySignature.Empty, [], out _).Reason);
    }

    [Fact]
    public void Confirmations_are_tracked_for_at_most_1024_blocks()
    {
        HeaderState state = _simulation.StartWith(21);
        uint slot = state.Slot;
        int made = 0;

        // Only two of 21 produce: nothing is ever confirmed.
        while (made < 1100)
        {
            slot++;
            if (slot % 252 / 12 < 2)
            {
                state = _simulation.Extend(state, slot);
                made++;
            }
        }

        Assert.Equal(HeaderState.ConfirmationsTrackedMax, state.ConfirmCounts.Length);
        Assert.True(state.Irreversible <= 4);
        var reader = new ByteReader(state.ToBytes());
        Assert.Equal(state, HeaderState.Read(ref reader));
    }

    [Fact]
    public void A_state_cut_short_or_changed_is_never_read_as_another()
    {
        HeaderState state = _simulation.StartWith(4);
        for (int i = 0; i < 30; i++)
        {
            state = _simulation.Extend(state);
        }

        byte[] bytes = state.ToBytes();
        for (int length = 0; length < bytes.Length; length++)
        {
            var reader = new ByteReader(bytes.AsSpan(0, length));
            HeaderState.Read(ref reader);
            Assert.True(reader.Failed, $"{length} of {bytes.Length} bytes were read as a state");
        }

        for (int i = 0; i < bytes.Length; i++)
        {
            byte[] changed = [.. bytes];
            changed[i] ^= 0x55;
            var reader = new ByteReader(changed);
            HeaderState read = HeaderState.Read(ref reader);
            Assert.True(reader.Failed || !read.Equals(state) || reader.Remaining > 0, $"byte {i} plays no part");
        }
    }

    private static Extension ScheduleExtension(uint version)
    {
        var writer = new ByteWriter();
        new ProducerSchedule(version, ChainSimulation.Producers(3)).WriteAuthority(writer);
        return new Extension(Extension.ProducerScheduleChange, writer.ToArray());
    }

    private static Extension Activate(params string[] codenames)
    {
        var writer = new ByteWriter();
        writer.WriteVarUInt32((uint)codenames.Length);
        foreach (string codename in codenames)
        {
            writer.WriteHash256(ProtocolFeatures.Named(codename).Digest);
        }

        return new Extension(Extension.ProtocolFeatureActivation, writer.ToArray());
    }
}
