using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;
using Tactus.Kernels.Gpu.Launch;

namespace Tactus.Kernels.Gpu;

/// <summary>Which device this machine has.</summary>
internal static partial class GpuBuild
{
    /// <summary>
    /// Chooses the device: "auto" (CUDA, then an OpenCL GPU), "cuda", "opencl" (a processor's OpenCL counts too), "cpu"
    /// (ILGPU's accelerator of .NET threads, for tests) or "none".
    /// </summary>
    private const string WishVariable = "TACTUS_GPU";

    static partial void OpenDevice(ref IGpuDevice? device, string? profileWish) =>
        device = Open(Environment.GetEnvironmentVariable(WishVariable) is { Length: > 0 } wish ? wish : profileWish);

    /// <summary>Opens a device.</summary>
    /// <param name="wish">As TACTUS_GPU has it; null is "auto".</param>
    /// <param name="itemsMax">Signatures in a lane's batch; null for what suits the device.</param>
    /// <param name="dataBytes">Bytes to hash in a lane's batch; null for what suits the device.</param>
    /// <param name="combBits">Bits of a digit of the generator's comb; null for what suits the device.</param>
    /// <exception cref="GpuException">No such device; the message says what was tried.</exception>
    public static IGpuDevice Open(string? wish, int? itemsMax = null, int? dataBytes = null, int? combBits = null)
    {
        wish = string.IsNullOrWhiteSpace(wish) ? "auto" : wish.Trim().ToLowerInvariant();
        switch (wish)
        {
            case "none":
                throw new GpuException($"{WishVariable}=none");
            case "cpu":
                Context threads = Context.Create(builder => builder.CPU(CPUDeviceKind.Default));
                return new IlgpuDevice(
                    threads, threads.Devices[0],
                    itemsMax ?? 256, dataBytes ?? (1 << 16), combBits ?? 6);
            case "cuda" or "opencl" or "auto":
                break;
            default:
                throw new GpuException($"{WishVariable} '{wish}' is none of: auto, cuda, opencl, cpu, none");
        }

        var tried = new List<string>();
        if (wish is "cuda" or "auto" && Try(builder => builder.Cuda(), AcceleratorType.Cuda, tried) is { } cuda)
        {
            return new IlgpuDevice(
                cuda.Context,
                cuda.Device,
                itemsMax ?? ItemsFor(cuda.Device),
                dataBytes ?? GpuLimits.DataBytes,
                combBits ?? GpuLimits.CombBits);
        }

        bool anyOpenCl = wish == "opencl";
        if (wish is "opencl" or "auto"
            && Try(builder => builder.OpenCL(cl => IsUsable(cl, anyOpenCl)), AcceleratorType.OpenCL,
                tried) is { } openCl)
        {
            bool isProcessor = ((CLDevice)openCl.Device).DeviceType.HasFlag(CLDeviceType.CL_DEVICE_TYPE_CPU);
            return new IlgpuDevice(
                openCl.Context,
                openCl.Device,
                itemsMax ?? (isProcessor ? 256 : ItemsFor(openCl.Device)),
                dataBytes ?? (isProcessor ? 1 << 16 : GpuLimits.DataBytes),
                combBits ?? (isProcessor ? 6 : GpuLimits.CombBits));
        }

        throw new GpuException("no GPU: " + string.Join("; ", tried));
    }

    // A quarter of what the device runs at once, so that a batch takes small devices no longer than large ones.
    private static int ItemsFor(ILGPU.Runtime.Device device) => Math.Clamp(device.MaxNumThreads / 4, 4096,
        GpuLimits.ItemsMax - Decoy.PerBatch) + Decoy.PerBatch;

    private static bool IsUsable(CLDevice device, bool any) =>
        device.Capabilities.GenericAddressSpace
        && (any || device.DeviceType.HasFlag(CLDeviceType.CL_DEVICE_TYPE_GPU));

    // A context and its first device of a kind, or null and why in the list. ILGPU adds a device of .NET threads to
    // every context.
    private static (Context Context, ILGPU.Runtime.Device Device)? Try(
        Action<Context.Builder> choose, AcceleratorType kind, List<string> tried)
    {
        Context? context = null;
        try
        {
            context = Context.Create(choose);
            if (context.Devices.FirstOrDefault(device => device.AcceleratorType == kind) is { } device)
            {
                return (context, device);
            }

            tried.Add($"{kind}: no device");
        }
#pragma warning disable CA1031 // a missing or broken driver throws what it likes, from DllNotFoundException on
        catch (Exception failure)
#pragma warning restore CA1031
        {
            tried.Add($"{kind}: {failure.Message}");
        }

        context?.Dispose();
        return null;
    }
}
