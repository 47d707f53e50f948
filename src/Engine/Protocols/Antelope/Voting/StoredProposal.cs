using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Consensus;
using Tactus.Engine.Protocols.Antelope.Execution;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.Engine.State;

namespace Tactus.Engine.Protocols.Antelope.Voting;

/// <summary>The proposed schedule in the chain's state, from the block that proposed it to the one whose header carries
/// it.</summary>
public static class StoredProposal
{
    private static readonly StateKey Key = StateKey.Of(StateTables.ProposedSchedule, 0);

    /// <summary>Proposes producers, in the order of their slots.</summary>
    /// <returns>The schedule's version, or -1 where nothing changes (<see cref="ScheduleProposal.Propose"/>).</returns>
    public static long Propose(ActionScope scope, IReadOnlyList<ProducerAuthority> producers)
    {
        BlockContext block = scope.Block;
        long version = ScheduleProposal.Propose(
            Read(scope.View),
            block.Parent,
            block.Draft,
            scope.CarriedSchedule,
            producers,
            out ScheduleProposal? proposal);
        if (version >= 0)
        {
            var writer = new ByteWriter();
            writer.WriteUInt32(proposal!.ProposedIn);
            proposal.Schedule.WriteAuthority(writer);
            scope.View.PutBlob(Key, writer.Written);
        }

        return version;
    }

    /// <summary>Takes the proposal out of the state if this block's header must carry it.</summary>
    public static ScheduleProposal? TakeIfDue(IStateView view, BlockContext block)
    {
        ScheduleProposal? proposal = Read(view);
        if (proposal is null || !proposal.IsDue(block.Parent, block.Draft))
        {
            return null;
        }

        view.RemoveBlob(Key);
        return proposal;
    }

    /// <summary>The proposal that waits, or null.</summary>
    public static ScheduleProposal? Read(IStateView view)
    {
        if (!view.TryGetBlob(Key, out ReadOnlySpan<byte> bytes))
        {
            return null;
        }

        var reader = new ByteReader(bytes);
        return new ScheduleProposal(reader.ReadUInt32(), ProducerSchedule.ReadAuthority(ref reader));
    }
}
