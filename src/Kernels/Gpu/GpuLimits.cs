namespace Tactus.Kernels.Gpu;

/// <summary>Bounds of the work with a device.</summary>
public static class GpuLimits
{
    /// <summary>Batches in flight: while one computes, one is copied in and one out.</summary>
    public const int LanesMax = 3;

    /// <summary>
    /// Time for a batch, in ms: half of the processing window, so that the CPU still takes over within the slot. A
    /// batch of 2^16 takes 7 ms at 9 M signatures/s.</summary>
    public const int TimeoutMs = 100;

    /// <summary>Time to open the device and for its first batches, in ms: programs are compiled then.</summary>
    public const int StartTimeoutMs = 120_000;

    /// <summary>Answers of a call that the CPU checks again, at least.</summary>
    public const int SampleMin = 4;

    /// <summary>The same at most: a device that errs in one item of 16 passes with 2 %.</summary>
    public const int SampleMax = 64;

    /// <summary>Beyond the least, one answer in this many.</summary>
    public const int SampleEvery = 1024;

    /// <summary>Refusals of a batch that the CPU confirms before they count; honest blocks have none.</summary>
    public const int ConfirmMax = 64;

    /// <summary>
    /// Smallest batch unless the profile says otherwise. Specification, section 8: a fixed pass of 3 ms is worth 48,000
    /// signatures of 16 cores and 6,000 of two; a measured profile replaces this guess.</summary>
    public const int BatchMinDefault = 16_384;

    /// <summary>Signatures in a lane's batch: 2^16 and the decoys.</summary>
    public const int ItemsMax = (1 << 16) + Decoy.PerBatch;

    /// <summary>Bytes of a lane's data: 2^18 leaves.</summary>
    public const int DataBytes = 8 << 20;

    /// <summary>Bits of a digit of the generator's comb on a GPU: 22 additions and 2.9 MB, which stay in its
    /// cache.</summary>
    public const int CombBits = 12;
}
