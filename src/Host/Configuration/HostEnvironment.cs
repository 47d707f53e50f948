using Tactus.Kernels;
using Tactus.Kernels.Gpu;

namespace Tactus.Host.Configuration;

/// <summary>What the program takes from environment variables.</summary>
internal static class HostEnvironment
{
    /// <summary>Forces kernels: "sha256:avx2,secp256k1:scalar".</summary>
    public const string KernelsVariable = "TACTUS_KERNELS";

    /// <summary>Chooses the kernels of this machine, as forced or best first, and reports warnings on standard error.</summary>
    /// <exception cref="KernelChoiceException">The variable names something that does not exist or cannot run here.</exception>
    public static KernelSet ChooseKernels()
    {
        GpuSource.TellLoss(line => Console.Error.WriteLine("warning: " + line));
        KernelSet kernels = KernelRegistry.Default.Choose(Environment.GetEnvironmentVariable(KernelsVariable));
        foreach (string warning in kernels.Warnings)
        {
            Console.Error.WriteLine("warning: " + warning);
        }

        return kernels;
    }
}
