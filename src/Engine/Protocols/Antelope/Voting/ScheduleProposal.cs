using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Execution;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.Engine.State;

namespace Tactus.Engine.Protocols.Antelope.Voting;

/// <summary>From a proposed schedule to the header that carries it (leap v5.0.3 controller.cpp set_proposed_producers and
/// start_block): a proposal waits in the state until the block that made it is irreversible and no other is pending.</summary>
public static class ScheduleProposal
{
    private static readonly StateKey Key = StateKey.Of(StateTables.ProposedSchedule, 0);

    /// <summary>Proposes a schedule.</summary>
    /// <returns>Its version, or -1 where it changes nothing or another waits from an earlier block.</returns>
    public static long Propose(IStateView view, BlockContext block, IReadOnlyList<ProducerAuthority> producers)
    {
        if (producers.Count == 0 && block.Features.Has(ProtocolFeatures.DisallowEmptyProducerSchedule))
        {
            return -1;
        }

        if (Read(view, out uint proposedBy) is { } waiting
            && (proposedBy != block.Number || AreEqual(waiting.Producers, producers)))
        {
            return -1;
        }

        ProducerSchedule latest = block.PendingSchedule.Producers.Count > 0 ? block.PendingSchedule : block.ActiveSchedule;
        if (AreEqual(latest.Producers, producers))
        {
            return -1;
        }

        var schedule = new ProducerSchedule(latest.Version + 1, producers);
        var writer = new ByteWriter();
        writer.WriteUInt32(block.Number);
        schedule.WriteAuthority(writer);
        view.PutBlob(Key, writer.Written);
        return schedule.Version;
    }

    /// <summary>Takes the proposal out of the state if this block's header must carry it.</summary>
    public static ProducerSchedule? TakeIfFinal(IStateView view, BlockContext block)
    {
        if (!block.HasRoomForSchedule
            || Read(view, out uint proposedBy) is not { } schedule
            || proposedBy > block.DposIrreversible)
        {
            return null;
        }

        view.RemoveBlob(Key);
        return schedule;
    }

    private static ProducerSchedule? Read(IStateView view, out uint proposedBy)
    {
        proposedBy = 0;
        if (!view.TryGetBlob(Key, out ReadOnlySpan<byte> bytes))
        {
            return null;
        }

        var reader = new ByteReader(bytes);
        proposedBy = reader.ReadUInt32();
        return ProducerSchedule.ReadAuthority(ref reader);
    }

    private static bool AreEqual(IReadOnlyList<ProducerAuthority> left, IReadOnlyList<ProducerAuthority> right) =>
        left.Count == right.Count && left.SequenceEqual(right);
}
