namespace Tactus.Kernels.Gpu;

/// <summary>A lane and the one thread that calls the device for it.</summary>
internal sealed class GpuLaneThread
{
    private readonly IGpuDevice _device;
    private readonly Thread _thread;
    private readonly SemaphoreSlim _start = new(0);
    private Action<IGpuLane>? _work;
    private IGpuLane? _lane;
    private volatile bool _ending;

    /// <summary>Starts the thread, which opens the lane; <see cref="Done"/> says when.</summary>
    public GpuLaneThread(IGpuDevice device, int number)
    {
        _device = device;
        _thread = new Thread(Run) { IsBackground = true, Name = $"gpu-{number}" };
        _thread.Start();
    }

    /// <summary>Set while no batch runs.</summary>
    public ManualResetEventSlim Done { get; } = new(false);

    /// <summary>What the last batch threw.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>The lane; only while no batch runs.</summary>
    public IGpuLane Lane => _lane!;

    /// <summary>Runs a batch on the lane's thread.</summary>
    public void Start(Action<IGpuLane> work)
    {
        _work = work;
        Done.Reset();
        _start.Release();
    }

    /// <summary>Ends the thread and disposes the lane; false if a call of the device still runs.</summary>
    public bool End()
    {
        _ending = true;
        _start.Release();
        return Done.IsSet && _thread.Join(GpuLimits.TimeoutMs);
    }

    private void Run()
    {
        Attempt(() => _lane = _device.OpenLane());
        while (Failure is null)
        {
            _start.Wait();
            if (_ending)
            {
                break;
            }

            Attempt(() => _work!(_lane!));
        }

        Attempt(() => _lane?.Dispose(), keepFailure: true);
    }

    private void Attempt(Action action, bool keepFailure = false)
    {
        try
        {
            action();
        }
#pragma warning disable CA1031 // whatever a device throws, the CPU goes on without it and says so
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Failure = keepFailure ? Failure : failure;
        }

        Done.Set();
    }
}
