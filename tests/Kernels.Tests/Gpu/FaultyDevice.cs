using Tactus.Kernels.Gpu;

namespace Tactus.Kernels.Tests.Gpu;

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
}

/// <summary>The device code as .NET, with a fault from one batch on.</summary>
internal sealed class FaultyDevice(DeviceFault fault, int fromBatch) : IGpuDevice
{
    private readonly DotNetDevice _inner = new(itemsMax: 32);
    private readonly ManualResetEventSlim _released = new(false);
    private int _batches;

    public string Description => "a device with a fault";

    public int Parallelism => 8;

    public int TimeoutMs => 60_000;

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

        public void Verify(int count, uint nonce)
        {
            if (!Strike())
            {
                inner.Verify(count, nonce);
                return;
            }

            if (device.Fault is not DeviceFault.DoesNothing)
            {
                inner.Verify(count, nonce);
                Falsify(count, nonce);
            }
        }

        public void Recover(int count, uint nonce)
        {
            if (!Strike())
            {
                inner.Recover(count, nonce);
                return;
            }

            if (device.Fault is not DeviceFault.DoesNothing)
            {
                inner.Recover(count, nonce);
                Falsify(count, nonce);
            }
        }

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

        // Whether the fault falsifies this batch; throws or hangs where that is the fault.
        private bool Strike()
        {
            if (Interlocked.Increment(ref device._batches) <= device.From)
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

        private void Falsify(int count, uint nonce)
        {
            for (int i = 0; i < count; i++)
            {
                uint verdict = inner.Answers[i] & 0xFF;
                switch (device.Fault)
                {
                    case DeviceFault.AcceptsAll:
                        verdict = 1;
                        break;
                    case DeviceFault.RefusesAll:
                        verdict = 5;
                        break;
                    case DeviceFault.WrongKeys:
                        inner.Keys[(64 * i) + 63] ^= 1;
                        break;
                    case DeviceFault.OneAnswerOverwritten when i == count / 2:
                        inner.Answers[i] = 0x01010101;
                        continue;
                }

                inner.Answers[i] = Tactus.Kernels.Gpu.Device.AnswerTag.Of(
                    nonce, Low(inner.Digests, 32 * i), Low(inner.Signatures, (64 * i) + 32),
                    Low(inner.Keys, 64 * i) ^ High(inner.Keys, 64 * i), verdict);
            }
        }

        private static uint Low(ReadOnlySpan<byte> bytes, int at) => High(bytes, at + 28);

        private static uint High(ReadOnlySpan<byte> bytes, int at) =>
            System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]);
    }

    private DeviceFault Fault => fault;

    private int From => fromBatch;
}

/// <summary>A clock that the test moves: a batch that is not back at once counts as late when <see cref="IsUp"/> says so.</summary>
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
