namespace Tactus.Kernels;

/// <summary>One implementation of a kernel: a pure function over spans that gives the scalar implementation's
/// answer.</summary>
public interface IKernel
{
    /// <summary>Short lower-case name used to force it and to report it: "scalar", "avx2", "avx512", "platform",
    /// "gpu".</summary>
    string Name { get; }

    /// <summary>Why this machine cannot run it ("needs AVX-512F"), or null when it can.</summary>
    string? WhyUnsupported { get; }

    /// <summary>Items worked on side by side; 1 for scalar.</summary>
    int Lanes { get; }

    /// <summary>Smallest batch for which this entry is worth using, unless the hardware profile says
    /// otherwise.</summary>
    int BatchMinDefault { get; }

    /// <summary>Compares this implementation with scalar on fixed and edge-case inputs. Null when equal, else what
    /// differed.</summary>
    string? SelfTest();
}
