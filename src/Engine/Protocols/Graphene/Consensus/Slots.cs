namespace Tactus.Engine.Protocols.Graphene.Consensus;

/// <summary>"each witness is given a turn to produce a block at a fixed schedule". Slot k of a state is the k-th time
/// after it at which a block may be; slot 0 is none.</summary>
public static class Slots
{
    /// <summary>Unix seconds of slot k; k of at least 1.</summary>
    /// <remarks>[C] get_slot_time: after maintenance the next slots are skipped, so that nodes have time for
    /// it.</remarks>
    public static long TimeSec(WitnessState state, long k)
    {
        if (state.Number == 0)
        {
            return state.TimeSec + (k * state.IntervalSec);
        }

        long head = state.TimeSec / state.IntervalSec * state.IntervalSec;
        return head + ((k + (state.DidMaintenance ? state.SkipSlots : 0)) * state.IntervalSec);
    }

    /// <summary>The slot that a time falls into; 0 before the first.</summary>
    public static long At(WitnessState state, long timeSec)
    {
        long first = TimeSec(state, 1);
        return timeSec < first ? 0 : ((timeSec - first) / state.IntervalSec) + 1;
    }

    /// <summary>Who may fill slot k. "If a witness does not produce a block in their time slot, then that time slot is
    /// skipped, and the next witness produces the next block."</summary>
    public static uint Witness(WitnessState state, long k) =>
        state.Shuffled[(int)((state.AbsoluteSlot + (ulong)k) % (ulong)state.Shuffled.Length)];
}
