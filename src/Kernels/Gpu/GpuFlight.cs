namespace Tactus.Kernels.Gpu;

/// <summary>The batches of one call that are under way, oldest first.</summary>
internal struct GpuFlight(GpuExecutor executor, bool isWarm)
{
    private readonly (GpuLaneThread Thread, int First, int Count, uint Nonce)[] _batches =
        new (GpuLaneThread, int, int, uint)[GpuLimits.LanesMax];

    private int _oldest;

    public int Count { get; private set; }

    /// <summary>
    /// Items of the next batch, when so many are left: all batches of a call are about as long, so that none is a mere
    /// tail.
    /// </summary>
    public static int NextCount(int left, IGpuLane lane)
    {
        int most = lane.ItemsMax - Decoy.PerBatch, batches = (left + most - 1) / most;
        return (left + batches - 1) / batches;
    }

    /// <summary>A free lane; null when the caller has a batch that it should land first.</summary>
    public readonly GpuLaneThread? NextLane() => executor.Rent(mayWait: Count == 0);

    public void Start(GpuLaneThread thread, int first, int count, uint nonce, Action<IGpuLane> work)
    {
        _batches[(_oldest + Count) % GpuLimits.LanesMax] = (thread, first, count, nonce);
        Count++;
        thread.Start(work);
    }

    /// <summary>Waits for the oldest batch.</summary>
    public (GpuLaneThread Thread, int First, int Count, uint Nonce) Land()
    {
        (GpuLaneThread Thread, int First, int Count, uint Nonce) batch = _batches[_oldest];
        executor.Await(batch.Thread, isFirst: !isWarm);
        _oldest = (_oldest + 1) % GpuLimits.LanesMax;
        Count--;
        return batch;
    }
}
