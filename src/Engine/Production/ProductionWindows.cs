namespace Tactus.Engine.Production;

/// <summary>How a slot is split: a producer builds in the processing window that ends at its slot's time, the block
/// then has the propagation window to reach the others, who validate it in the next processing window.</summary>
/// <param name="ProcessingMs">Time to build or validate a block.</param>
/// <param name="PropagationMs">Time to reach the other producers after the slot's time.</param>
/// <param name="LastOfTurnProcessingMs">Processing window of the last block of a producer's turn: shorter, so that the
/// next producer, who may be far away, has it in time.</param>
public sealed record ProductionWindows(
    int ProcessingMs = 200, int PropagationMs = 300, int LastOfTurnProcessingMs = 100)
{
    /// <summary>Null when the windows fit a slot, else what is wrong with them.</summary>
    public string? Check(int slotMs)
    {
        if (ProcessingMs <= 0 || PropagationMs < 0 || LastOfTurnProcessingMs <= 0)
        {
            return $"windows must be positive, not {ProcessingMs}, {PropagationMs} and {LastOfTurnProcessingMs} ms";
        }

        if ((long)ProcessingMs + PropagationMs > slotMs)
        {
            return $"processing {ProcessingMs} ms and propagation {PropagationMs} ms exceed the slot of {slotMs} ms";
        }

        return LastOfTurnProcessingMs > ProcessingMs
            ? $"the last block's window of {LastOfTurnProcessingMs} ms exceeds the processing window of "
                + $"{ProcessingMs} ms"
            : null;
    }

    /// <summary>When building for a slot starts, in Unix microseconds.</summary>
    public long BuildStartUs(long slotUs) => slotUs - (ProcessingMs * 1000L);

    /// <summary>When building must end, in Unix microseconds: the slot's time, earlier for the last block of a
    /// turn.</summary>
    public long BuildEndUs(long slotUs, bool lastOfTurn) =>
        lastOfTurn ? BuildStartUs(slotUs) + (LastOfTurnProcessingMs * 1000L) : slotUs;
}
