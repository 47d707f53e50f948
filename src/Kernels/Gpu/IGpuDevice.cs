namespace Tactus.Kernels.Gpu;

/// <summary>A device that runs the code of <c>Gpu/Device</c>: a GPU, or what stands for one.</summary>
/// <remarks>Calls may throw anything and may never return; <see cref="GpuExecutor"/> bounds what that can do.</remarks>
public interface IGpuDevice : IDisposable
{
    /// <summary>What it is and how it is reached, such as "NVIDIA H200 (CUDA, PTX products)".</summary>
    string Description { get; }

    /// <summary>Threads that it runs at once, or an estimate.</summary>
    int Parallelism { get; }

    /// <summary>Time for a batch, in ms, after which it is taken to hang: <see cref="GpuLimits.TimeoutMs"/>, or more
    /// where no GPU is.</summary>
    int TimeoutMs { get; }

    /// <summary>Makes a lane: a queue of the device with its own memory on both sides. Programs are compiled and tables
    /// made here.</summary>
    IGpuLane OpenLane();
}

/// <summary>One batch at a time: memory of the host that the device copies from and to, and the programs that work on
/// it.</summary>
/// <remarks>Used by one thread at a time. Several lanes of a device work beside each other, so that copies overlap
/// computing.</remarks>
public interface IGpuLane : IDisposable
{
    /// <summary>Signatures in a batch at most.</summary>
    int ItemsMax { get; }

    /// <summary>Bytes of <see cref="Data"/>.</summary>
    int DataBytes { get; }

    /// <summary>32 bytes an item.</summary>
    Span<byte> Digests { get; }

    /// <summary>64 bytes an item: r then s.</summary>
    Span<byte> Signatures { get; }

    /// <summary>One byte an item.</summary>
    Span<byte> RecoveryIds { get; }

    /// <summary>64 bytes an item: input of <see cref="Verify"/>, output of <see cref="Recover"/>.</summary>
    Span<byte> Keys { get; }

    /// <summary>A word an item: verdict and tag (<see cref="Device.AnswerTag"/>).</summary>
    Span<uint> Answers { get; }

    /// <summary>Messages or nodes, and where <see cref="ReduceTree"/> leaves what remains.</summary>
    Span<byte> Data { get; }

    /// <summary>Offset and length of messages in <see cref="Data"/>, two words each, <see cref="ItemsMax"/> of them at
    /// most.</summary>
    Span<uint> Ranges { get; }

    /// <summary>32 bytes an item: output of <see cref="HashMessages"/>; as many as fit.</summary>
    Span<byte> HashedDigests { get; }

    /// <summary>32 bytes that nobody can foresee: the weights of <see cref="SumBatch"/> come from them.</summary>
    Span<byte> BatchSecret { get; }

    /// <summary>What <see cref="SumBatch"/> leaves: <see cref="Device.BatchShape"/> has the layout.</summary>
    Span<uint> BatchSums { get; }

    /// <summary>Verifies items [0, count). Returns when the answers are in the host's memory.</summary>
    void Verify(int count, uint nonce);

    /// <summary>Recovers the keys of items [0, count).</summary>
    void Recover(int count, uint nonce);

    /// <summary>
    /// Sums the equation of items [0, count) with keys and recovery ids given; an item is in it where its answer is
    /// Valid. The memory for it is taken at the first call.</summary>
    void SumBatch(int count, uint nonce);

    /// <summary>Hashes the messages of ranges [0, count) over the first <paramref name="dataBytes"/> of the
    /// data.</summary>
    void HashMessages(int count, int dataBytes);

    /// <summary>
    /// Replaces <paramref name="nodes"/> nodes of 32 bytes, a multiple of 2^levels, by the nodes that stand
    /// <paramref name="levels"/> levels above them. Between the levels they stay on the device.</summary>
    void ReduceTree(int nodes, int levels, bool childBits);
}

/// <summary>The device gave no answer or none that can be believed.</summary>
public sealed class GpuException : Exception
{
    public GpuException(string message)
        : base(message)
    {
    }

    public GpuException(string message, Exception inner)
        : base(message, inner)
    {
    }
}

/// <summary>How long the host waits for a device.</summary>
public interface IGpuPatience
{
    /// <summary>Waits until <paramref name="done"/> is set, at most <paramref name="timeoutMs"/>; whether it
    /// is.</summary>
    bool Wait(ManualResetEventSlim done, int timeoutMs);
}

/// <summary>Patience by the clock on the wall.</summary>
public sealed class WallPatience : IGpuPatience
{
    /// <inheritdoc/>
    public bool Wait(ManualResetEventSlim done, int timeoutMs) => done.Wait(timeoutMs);
}
