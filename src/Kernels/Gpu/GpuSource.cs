namespace Tactus.Kernels.Gpu;

/// <summary>The device that this process uses, or why there is none. Opened once, at first use.</summary>
public sealed class GpuSource
{
    private static Action<string>? _listener;

    /// <summary>A source with a device.</summary>
    public GpuSource(GpuExecutor executor) => Executor = executor;

    /// <summary>A source without one.</summary>
    public GpuSource(string whyNone) => WhyNone = whyNone;

    /// <summary>Runs batches, or null.</summary>
    public GpuExecutor? Executor { get; }

    /// <summary>Why there is no device, or null.</summary>
    public string? WhyNone { get; }

    /// <summary>This machine's device as the build and TACTUS_GPU have it.</summary>
    public static Lazy<GpuSource> Shared { get; } = new(OpenShared);

    /// <summary>Who is told when the shared device is lost: one line, once.</summary>
    public static void TellLoss(Action<string> listener) => Volatile.Write(ref _listener, listener);

    /// <summary>Opens a device; whatever goes wrong becomes the reason why there is none.</summary>
    /// <param name="open">Finds the device.</param>
    /// <param name="say">Told once if it is lost later.</param>
    /// <param name="patience">How to wait; by the wall's clock if null.</param>
    public static GpuSource Open(Func<IGpuDevice> open, Action<string> say, IGpuPatience? patience = null)
    {
        try
        {
            return new GpuSource(new GpuExecutor(open(), say, patience));
        }
#pragma warning disable CA1031 // a driver that is missing or broken throws what it likes; the CPU goes on
        catch (Exception failure)
#pragma warning restore CA1031
        {
            return new GpuSource(failure.Message);
        }
    }

    private static GpuSource OpenShared() => Open(
        () => GpuBuild.Open() ?? throw new GpuException("this build has no GPU code: build with -p:Gpu=true"),
        line => Volatile.Read(ref _listener)?.Invoke(line));
}

/// <summary>What the launch code, where it is compiled, brings.</summary>
internal static partial class GpuBuild
{
    /// <summary>The device of this machine, or null in a build without launch code.</summary>
    /// <exception cref="GpuException">There is none; the message says why.</exception>
    public static IGpuDevice? Open()
    {
        IGpuDevice? device = null;
        OpenDevice(ref device);
        return device;
    }

    static partial void OpenDevice(ref IGpuDevice? device);
}
