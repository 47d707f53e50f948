namespace Tactus.Engine.Pipeline;

/// <summary>Bounds of the block path. Protocols may set tighter ones.</summary>
public static class PipelineLimits
{
    /// <summary>Largest serialized block: 256 MiB, as the block log takes it, room for a million transfers.</summary>
    public const int BlockBytesMax = Storage.BlockLog.BlockBytesMax;

    /// <summary>Most transactions of one block.</summary>
    public const int TransactionsMax = 1 << 21;

    /// <summary>Most signatures of one block.</summary>
    public const int SignaturesMax = 1 << 22;

    /// <summary>A block that claims a slot later than this after the clock is rejected (leap v5.0.3: 7 s).</summary>
    public const long FutureMaxUs = 7_000_000;

    /// <summary>Signatures per chunk: large enough for the batch kernels, small enough that applying starts early.</summary>
    public const int ChunkSignatures = 4096;

    /// <summary>Chunks of small blocks are no smaller than this.</summary>
    public const int ChunkSignaturesMin = 256;

    /// <summary>Blocks between the checking and the applying half in replay.</summary>
    public const int BlocksInFlightMax = 8;

    /// <summary>Bytes of the blocks between the two halves: two blocks of 100,000 transfers. More would only push each other out of the
    /// caches. One block may always be there.</summary>
    public const long BytesInFlightMax = 40 << 20;
}
