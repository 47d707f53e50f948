namespace Tactus.Engine.State.Faster;

/// <summary>Sizes of a <see cref="FasterStateStore"/>.</summary>
public sealed record FasterStateOptions
{
    /// <summary>Folder for the store's logs and checkpoints; created where it is missing.</summary>
    public required string Folder { get; init; }

    /// <summary>Cells to size index and memory for. More still work: the index gets longer chains, the log spills to disk.</summary>
    public long CellsExpected { get; init; } = 1 << 20;

    /// <summary>Memory for the log of cells in bytes, a power of two; 0: 1.25 times 80 bytes per expected cell, rounded up.
    /// Pages are allocated as they fill.</summary>
    public long CellMemoryBytes { get; init; }

    /// <summary>Memory for the log of blobs in bytes, a power of two. Holds at least four of the largest blobs.</summary>
    public long BlobMemoryBytes { get; init; } = 64 << 20;

    internal long CellLogBytes => CellMemoryBytes > 0
        ? RoundUp(Math.Max(CellMemoryBytes, 1 << 16))
        : RoundUp(Math.Max(CellsExpected * FasterStateStore.CellRecordBytes * 5 / 4, 1 << 22));

    // Buckets of 64 bytes hold 7 entries: 8 to 16 bytes per key keep them 7/16 to 7/8 full.
    internal long CellIndexBytes => RoundUp(Math.Max(CellsExpected * 8, 1 << 16));

    internal long BlobLogBytes => RoundUp(Math.Max(BlobMemoryBytes, 4L * FasterStateStore.BlobPageBytes));

    private static long RoundUp(long bytes) => (long)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)bytes);
}
