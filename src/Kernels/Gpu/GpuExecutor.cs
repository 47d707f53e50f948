using System.Collections.Concurrent;

namespace Tactus.Kernels.Gpu;

/// <summary>
/// Runs batches on a device's lanes, each on a thread of its own, and waits with a bound. After the first error,
/// silence or wrong answer the device is lost for good: it is said once, and whoever asks is sent to the CPU at once.
/// </summary>
/// <remarks>
/// A device that hangs keeps its thread and its lane's memory; nobody else touches either again. The callers' memory is
/// never seen by the device, so what comes late can do no harm.</remarks>
public sealed class GpuExecutor : IDisposable
{
    private readonly IGpuDevice _device;
    private readonly IGpuPatience _patience;
    private readonly Action<string> _say;
    private readonly int _timeoutMs;
    private readonly ConcurrentBag<GpuLaneThread> _free = [];
    private readonly SemaphoreSlim _freeCount = new(0);
    private readonly List<GpuLaneThread> _threads = [];
    private string? _lost;

    /// <param name="device">The device; the executor disposes it, unless it hangs.</param>
    /// <param name="say">Told once why the device was lost.</param>
    /// <param name="patience">How to wait; by the wall's clock if null.</param>
    /// <param name="lanes">Batches in flight, 1..<see cref="GpuLimits.LanesMax"/>.</param>
    /// <param name="timeoutMs">Time for a batch, after which the device is taken to hang; the device's own if
    /// null.</param>
    /// <exception cref="GpuException">A lane could not be opened; the device is disposed.</exception>
    public GpuExecutor(
        IGpuDevice device,
        Action<string> say,
        IGpuPatience? patience = null,
        int lanes = GpuLimits.LanesMax,
        int? timeoutMs = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(lanes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(lanes, GpuLimits.LanesMax);
        _device = device;
        _say = say;
        _patience = patience ?? new WallPatience();
        _timeoutMs = timeoutMs ?? device.TimeoutMs;
        for (int i = 0; i < lanes; i++)
        {
            var thread = new GpuLaneThread(device, i);
            _threads.Add(thread);
            if (!_patience.Wait(thread.Done, GpuLimits.StartTimeoutMs))
            {
                throw new GpuException(
                    $"{device.Description} does not open a lane within {GpuLimits.StartTimeoutMs} ms.");
            }

            if (thread.Failure is { } failure)
            {
                Dispose();
                throw new GpuException($"{device.Description} opens no lane: {failure.Message}", failure);
            }

            Free(thread);
        }
    }

    /// <summary>What the device is.</summary>
    public string Description => _device.Description;

    /// <summary>Time for a batch, in ms, after which the device is taken to hang.</summary>
    public int TimeoutMs => _timeoutMs;

    /// <summary>Threads that it runs at once.</summary>
    public int Parallelism => _device.Parallelism;

    /// <summary>Why the device is not used any more, or null.</summary>
    public string? Lost => Volatile.Read(ref _lost);

    /// <summary>Takes a lane when one is free.</summary>
    /// <param name="mayWait">Wait for one; otherwise null when none is free now.</param>
    /// <exception cref="GpuException">The device is lost, or no lane comes free in time.</exception>
    internal GpuLaneThread? Rent(bool mayWait)
    {
        ThrowIfLost();
        if (!_freeCount.Wait(mayWait ? _timeoutMs * GpuLimits.LanesMax : 0))
        {
            return mayWait ? throw Lose("no lane came free in time") : null;
        }

        ThrowIfLost();
        return _free.TryTake(out GpuLaneThread? thread) ? thread : throw new GpuException("lanes are counted wrongly");
    }

    /// <summary>Gives a lane back whose batch has been taken.</summary>
    internal void Free(GpuLaneThread thread)
    {
        _free.Add(thread);
        _freeCount.Release();
    }

    /// <summary>Waits for the batch that was started on a lane.</summary>
    /// <param name="thread">The lane; to be freed by the caller once it has what it needs, and never if this
    /// throws.</param>
    /// <param name="isFirst">Longer patience: a program may still be compiled.</param>
    /// <exception cref="GpuException">The device failed or did not answer: it is lost.</exception>
    internal void Await(GpuLaneThread thread, bool isFirst)
    {
        int timeoutMs = isFirst ? GpuLimits.StartTimeoutMs : _timeoutMs;
        if (!_patience.Wait(thread.Done, timeoutMs))
        {
            throw Lose($"no answer within {timeoutMs} ms");
        }

        if (thread.Failure is { } failure)
        {
            throw Lose($"{failure.GetType().Name}: {failure.Message}", failure);
        }
    }

    /// <summary>Gives up the device, says why if nobody has, and makes the exception to throw.</summary>
    internal GpuException Lose(string why, Exception? inner = null)
    {
        string message =
            $"{Description} is lost: {why}. The CPU goes on in its place until the program is started again.";
        if (Interlocked.CompareExchange(ref _lost, message, null) is null)
        {
            _say("GPU " + message);

            // Whoever waits for a lane is to look again.
            _freeCount.Release(GpuLimits.LanesMax * _threads.Count * 64);
        }

        return inner is null ? new GpuException(message) : new GpuException(message, inner);
    }

    private void ThrowIfLost()
    {
        if (Lost is { } lost)
        {
            throw new GpuException(lost);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        bool allEnded = true;
        foreach (GpuLaneThread thread in _threads)
        {
            allEnded &= thread.End();
        }

        // Freeing a device under a call that hangs in it would bring the process down.
        if (allEnded)
        {
            _device.Dispose();
        }
    }
}
