using Tactus.Kernels.Gpu;

namespace Tactus.TestSupport;

/// <summary>What goes wrong with a device.</summary>
public enum DeviceFault
{
    None,

    /// <summary>No lane opens: out of memory at start.</summary>
    NoMemoryAtStart,

    /// <summary>A launch reports an error.</summary>
    KernelFails,

    /// <summary>A batch finds no memory.</summary>
    NoMemory,

    /// <summary>Every call fails from some batch on.</summary>
    Lost,

    /// <summary>A batch never comes back.</summary>
    Hangs,

    /// <summary>A batch returns without having run: what lies in memory is from before.</summary>
    DoesNothing,

    /// <summary>Bad signatures are called valid.</summary>
    AcceptsAll,

    /// <summary>Good signatures are refused.</summary>
    RefusesAll,

    /// <summary>Keys are wrong, with verdicts and tags that fit.</summary>
    WrongKeys,

    /// <summary>Answers of one item are overwritten.</summary>
    OneAnswerOverwritten,

    /// <summary>The sums of an equation are cleared: they say that nothing is there to add.</summary>
    ClearedSums,

    /// <summary>The sums of an equation are those of the batch before.</summary>
    StaleSums,
}

/// <summary>The device code as .NET, with a fault from one batch on.</summary>
/// <param name="fault">Which.</param>
/// <param name="fromBatch">Batches before it strikes, counted while <see cref="IsArmed"/>.</param>
/// <param name="itemsMax">Signatures in a batch, decoys included.</param>
/// <param name="falsify">Bends the answers of a batch of so many items and this nonce, where that is the fault.</param>
internal sealed class FaultyDevice(
    DeviceFault fault, int fromBatch, int itemsMax = 32, Action<DeviceFault, IGpuLane, int, uint>? falsify = null) : IGpuDevice
{
    private readonly DotNetDevice _inner = new(itemsMax: itemsMax);
    private readonly ManualResetEventSlim _released = new(false);
    private int _batches;

    public string Description => "a device with a fault";

    public int Parallelism => 8;

    public int TimeoutMs { get; init; } = 60_000;

    /// <summary>Batches count, and the fault may strike.</summary>
    public bool IsArmed { get; set; } = true;

    /// <summary>Batches that reached the device.</summary>
    public int Batches => Volatile.Read(ref _batches);

    public IGpuLane OpenLane() => fault == DeviceFault.NoMemoryAtStart
        ? throw new InvalidOperationException("2 GiB asked, 1 GiB free")
        : new Lane(this, _inner.OpenLane());

    /// <summary>Called when a call begins to hang.</summary>
    public Action? Hanging { get; set; }

    /// <summary>Lets a call that hangs go on, so that the test's thread can end.</summary>
    public void Release() => _released.Set();

    public void Dispose() => _inner.Dispose();

    private sealed class Lane(FaultyDevice device, IGpuLane inner) : IGpuLane
    {
        public int ItemsMax => inner.ItemsMax;

        public int DataBytes => inner.DataBytes;

        public Span<byte> Digests => inner.Digests;

        public Span<byte> Signatures => inner.Signatures;

        public Span<byte> RecoveryIds => inner.RecoveryIds;

        public Span<byte> Keys => inner.Keys;

        public Span<uint> Answers => inner.Answers;

        public Span<byte> Data => inner.Data;

        public Span<uint> Ranges => inner.Ranges;

        public Span<byte> HashedDigests => inner.HashedDigests;

        public Span<byte> BatchSecret => inner.BatchSecret;

        public Span<uint> BatchSums => inner.BatchSums;

        public void Verify(int count, uint nonce) => Run(inner.Verify, count, nonce);

        public void Recover(int count, uint nonce) => Run(inner.Recover, count, nonce);

        public void SumBatch(int count, uint nonce) => Run(inner.SumBatch, count, nonce);

        public void HashMessages(int count, int dataBytes)
        {
            bool strikes = Strike();
            inner.HashMessages(count, dataBytes);
            if (strikes)
            {
                inner.HashedDigests.Fill(0x5A);
            }
        }

        public void ReduceTree(int nodes, int levels, bool childBits)
        {
            if (!Strike())
            {
                inner.ReduceTree(nodes, levels, childBits);
            }
        }

        public void Dispose() => inner.Dispose();

        private void Run(Action<int, uint> program, int count, uint nonce)
        {
            bool strikes = Strike();
            if (strikes && device.Fault is DeviceFault.DoesNothing)
            {
                return;
            }

            program(count, nonce);
            if (strikes)
            {
                device.Falsify?.Invoke(device.Fault, inner, count, nonce);
            }
        }

        // Whether the fault falsifies this batch; throws or hangs where that is the fault.
        private bool Strike()
        {
            if (!device.IsArmed || Interlocked.Increment(ref device._batches) <= device.From)
            {
                return false;
            }

            switch (device.Fault)
            {
                case DeviceFault.KernelFails:
                    throw new InvalidOperationException("CUDA_ERROR_ILLEGAL_ADDRESS");
                case DeviceFault.NoMemory:
                    throw new InvalidOperationException("CUDA_ERROR_OUT_OF_MEMORY");
                case DeviceFault.Lost:
                    throw new InvalidOperationException("CUDA_ERROR_DEVICE_UNAVAILABLE");
                case DeviceFault.Hangs:
                    device.Hanging?.Invoke();
                    device._released.Wait();
                    return false;
                default:
                    return device.Fault != DeviceFault.None;
            }
        }
    }

    private DeviceFault Fault => fault;

    private Action<DeviceFault, IGpuLane, int, uint>? Falsify => falsify;

    private int From => fromBatch;
}

/// <summary>A clock that the test moves: a batch that is not back at once counts as late when <see cref="IsUp"/> says
/// so.</summary>
internal sealed class TestPatience : IGpuPatience
{
    private volatile bool _isUp;

    public bool IsUp
    {
        get => _isUp;
        set => _isUp = value;
    }

    public bool Wait(ManualResetEventSlim done, int timeoutMs)
    {
        while (!_isUp)
        {
            if (done.Wait(1))
            {
                return true;
            }
        }

        return done.IsSet;
    }
}
