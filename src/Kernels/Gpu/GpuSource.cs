namespace Tactus.Kernels.Gpu;

/// <summary>The device that this process uses, or why there is none. Opened once, at first use.</summary>
public sealed class GpuSource
{
    private static Action<string>? _listener;
    private static GpuWishes _wishes = new(null, null);

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

    /// <summary>What a hardware profile says; before anything asks for <see cref="Shared"/>. TACTUS_GPU goes before
    /// it.</summary>
    /// <exception cref="InvalidOperationException">The device is already open.</exception>
    public static void Wish(GpuWishes wishes)
    {
        if (Shared.IsValueCreated)
        {
            throw new InvalidOperationException("the GPU was opened before its profile was read");
        }

        Volatile.Write(ref _wishes, wishes);
    }

    /// <summary>Opens a device; whatever goes wrong becomes the reason why there is none.</summary>
    /// <param name="open">Finds the device.</param>
    /// <param name="say">Told once if it is lost later.</param>
    /// <param name="patience">How to wait; by the wall's clock if null.</param>
    /// <param name="timeoutMs">Time for a batch on a GPU; the device's own if null.</param>
    public static GpuSource Open(
        Func<IGpuDevice> open, Action<string> say, IGpuPatience? patience = null, int? timeoutMs = null)
    {
        try
        {
            IGpuDevice device = open();

            // What stands for a GPU has a patience of its own.
            bool isGpu = device.TimeoutMs == GpuLimits.TimeoutMs;
            return new GpuSource(new GpuExecutor(device, say, patience, timeoutMs: isGpu ? timeoutMs : null));
        }
#pragma warning disable CA1031 // a driver that is missing or broken throws what it likes; the CPU goes on
        catch (Exception failure)
#pragma warning restore CA1031
        {
            return new GpuSource(failure.Message);
        }
    }

    private static GpuSource OpenShared()
    {
        GpuWishes wishes = Volatile.Read(ref _wishes);
        return Open(
            () => GpuBuild.OpenAsWished(wishes.Backend)
                ?? throw new GpuException("this build has no GPU code: build with -p:Gpu=true"),
            line => Volatile.Read(ref _listener)?.Invoke(line),
            timeoutMs: wishes.TimeoutMs);
    }
}

/// <summary>What a hardware profile says of the device.</summary>
/// <param name="Backend">As TACTUS_GPU has it; null leaves it to the build.</param>
/// <param name="TimeoutMs">Time for a batch before the CPU takes over; null for
/// <see cref="GpuLimits.TimeoutMs"/>.</param>
public sealed record GpuWishes(string? Backend, int? TimeoutMs)
{
    /// <summary>What <see cref="Backend"/> and TACTUS_GPU may be.</summary>
    public static IReadOnlyList<string> Backends { get; } = ["auto", "cuda", "opencl", "cpu", "none"];
}

/// <summary>What the launch code, where it is compiled, brings.</summary>
internal static partial class GpuBuild
{
    /// <summary>The device of this machine, or null in a build without launch code.</summary>
    /// <param name="profileWish">Which, where TACTUS_GPU does not say; null leaves it open.</param>
    /// <exception cref="GpuException">There is none; the message says why.</exception>
    public static IGpuDevice? OpenAsWished(string? profileWish)
    {
        IGpuDevice? device = null;
        OpenDevice(ref device, profileWish);
        return device;
    }

    static partial void OpenDevice(ref IGpuDevice? device, string? profileWish);
}
