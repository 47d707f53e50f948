namespace Tactus.Engine.Storage;

/// <summary>Settings of a block log.</summary>
public sealed record BlockLogOptions
{
    /// <summary>Flush to disk after so many blocks; 1 (each block survives a power failure) is the default. 0: only at
    /// checkpoints. A killed process loses nothing at any setting, because the kernel holds what was written.</summary>
    public int FlushEveryBlocks { get; init; } = 1;

    /// <summary>Mark of the records of a new log. Take it at random, so that nobody can put a false record into a
    /// block.</summary>
    public uint RecordMark { get; init; } = 0x4B4C4254;

    /// <summary>Most blocks that a switch of branch may replace: what is older goes to the index.</summary>
    public int ReversibleBlocksMax { get; init; } = State.StateLimits.UndoBlocksMax;
}
