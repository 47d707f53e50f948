using Tactus.Kernels;
using Tactus.Kernels.Gpu;

namespace Tactus.Host.Configuration;

/// <summary>What the program takes from environment variables.</summary>
internal static class HostEnvironment
{
    /// <summary>Forces kernels: "sha256:avx2,secp256k1:scalar".</summary>
    public const string KernelsVariable = "TACTUS_KERNELS";

    /// <summary>Names the file of this machine's hardware profile.</summary>
    public const string ProfileVariable = "TACTUS_PROFILE";

    /// <summary>The hardware profile that <see cref="ProfileVariable"/> names, or null.</summary>
    /// <exception cref="KernelChoiceException">The file cannot be read or is not a profile.</exception>
    public static HardwareProfile? ReadProfile() =>
        Environment.GetEnvironmentVariable(ProfileVariable) is { Length: > 0 } path ? HardwareProfile.Read(path) : null;

    /// <summary>
    /// Chooses the kernels of this machine, as forced, as its profile has it or best first, and reports warnings on
    /// standard error.
    /// </summary>
    /// <exception cref="KernelChoiceException">A variable or the profile names something that does not exist or cannot
    /// run here.</exception>
    public static KernelSet ChooseKernels() => ChooseKernels(ReadProfile());

    /// <summary>The same with a profile that was read.</summary>
    public static KernelSet ChooseKernels(HardwareProfile? profile)
    {
        GpuSource.TellLoss(line => Console.Error.WriteLine("warning: " + line));
        if (profile is { IsGpu: true })
        {
            GpuSource.Wish(profile.Wishes);
        }

        KernelSet kernels = KernelRegistry.Default.Choose(Environment.GetEnvironmentVariable(KernelsVariable),
            profile?.Kernels);
        foreach (string warning in (IEnumerable<string>)[.. kernels.Warnings, .. ProfileWarnings(profile,
            GpuSource.Shared.Value)])
        {
            Console.Error.WriteLine("warning: " + warning);
        }

        return kernels;
    }

    /// <summary>Where a profile does not fit the device that is there.</summary>
    internal static IEnumerable<string> ProfileWarnings(HardwareProfile? profile, GpuSource gpu)
    {
        if (profile is { IsGpu: false })
        {
            yield return $"hardware profile {profile.Path} was measured on a stand-in ({profile.Device}), "
                + "not on a GPU; it is left out.";
        }
        else if (profile is not null && gpu.Executor is { } executor
            && !executor.Description.StartsWith(NameIn(profile.Device), StringComparison.Ordinal))
        {
            yield return $"hardware profile {profile.Path} is of {NameIn(profile.Device)}, "
                + $"but the device is {executor.Description}; measure "
                + "it with `bench gpu --profile`.";
        }
    }

    // "NVIDIA H200 (Cuda, PTX products, comb of 12 bits)": the name is what stands before the brackets.
    private static string NameIn(string device)
    {
        int at = device.IndexOf(" (", StringComparison.Ordinal);
        return at < 0 ? device : device[..at];
    }
}
