namespace Tactus.Engine.State;

/// <summary>Bounds of the state store.</summary>
public static class StateLimits
{
    /// <summary>Largest blob: 1 MiB. Protocols split what is larger.</summary>
    public const int BlobBytesMax = 1 << 20;

    /// <summary>Most distinct records of one partition that a block may touch: 64 of them give 256 M per block.</summary>
    public const int OverlayRecordsMax = 1 << 22;

    /// <summary>Most blob bytes that one partition of a block may read and write: 1 GiB.</summary>
    public const long OverlayBlobBytesMax = 1L << 30;

    /// <summary>Most blocks between the last irreversible block and the head: what <see cref="UndoLog"/> keeps.
    /// 21 producers with 12 slots each reach about 330; a stalled finality of 34 minutes at half-second blocks fills it.</summary>
    public const int UndoBlocksMax = 4096;
}
