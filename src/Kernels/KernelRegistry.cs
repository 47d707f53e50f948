using Tactus.Kernels.Bls12381;
using Tactus.Kernels.Gpu;
using Tactus.Kernels.Secp256k1;
using Tactus.Kernels.Sha256;

namespace Tactus.Kernels;

/// <summary>Every implementation of every kernel, best first; <see cref="Choose"/> turns it into the set that is
/// used.</summary>
/// <remarks>
/// To add an implementation, add one line to one of the lists below: wider entries before narrower ones, scalar last.
/// The first entry of two lists is a GPU, where the build has code for it; the widest entry after it takes over when it
/// fails.</remarks>
public sealed class KernelRegistry(
    IReadOnlyList<ISha256Kernel> sha256,
    IReadOnlyList<ISecp256k1Kernel> secp256k1,
    IReadOnlyList<IBlsKernel> bls12381)
{
    /// <summary>The entries that come with this library.</summary>
    public static KernelRegistry Default { get; } = new(Sha256Entries, Secp256k1Entries, Bls12381Entries);

    /// <summary>SHA-256 entries of this library, best first.</summary>
    public static IReadOnlyList<ISha256Kernel> Sha256Entries =>
        [new Sha256Gpu(GpuSource.Shared, Sha256OnCpu), .. Sha256OnCpu];

    /// <summary>secp256k1 entries of this library, best first.</summary>
    public static IReadOnlyList<ISecp256k1Kernel> Secp256k1Entries =>
        [new Secp256k1Gpu(GpuSource.Shared, Secp256k1OnCpu), .. Secp256k1OnCpu];

    private static ISha256Kernel[] Sha256OnCpu =>
    [
        new Sha256Avx512x16(),
        new Sha256Ni(),
        new Sha256Avx2x8(),
        new Sha256Platform(),
        new Sha256Scalar(),
    ];

    private static ISecp256k1Kernel[] Secp256k1OnCpu =>
    [
        new Secp256k1Avx512(),
        new Secp256k1Avx2(),
        new Secp256k1Scalar(),
    ];

    /// <summary>BLS12-381 entries of this library, best first.</summary>
    public static IReadOnlyList<IBlsKernel> Bls12381Entries =>
    [
        new Bls12381Avx512(),
        new Bls12381Scalar(),
    ];

    /// <summary>All SHA-256 entries, supported or not, best first.</summary>
    public IReadOnlyList<ISha256Kernel> Sha256 { get; } = sha256;

    /// <summary>All secp256k1 entries, supported or not, best first.</summary>
    public IReadOnlyList<ISecp256k1Kernel> Secp256k1 { get; } = secp256k1;

    /// <summary>All BLS12-381 entries, supported or not, best first.</summary>
    public IReadOnlyList<IBlsKernel> Bls12381 { get; } = bls12381;

    /// <summary>Probes, tests and orders the entries.</summary>
    /// <param name="forced">
    /// Value of TACTUS_KERNELS: <c>kind:entry</c> pairs separated by commas, such as "sha256:avx2,secp256k1:scalar". A
    /// forced entry takes batches of every size. Null or empty forces nothing.</param>
    /// <param name="profile">Smallest batches and preferred entries of this machine, or null.</param>
    /// <exception cref="KernelChoiceException">
    /// <paramref name="forced"/> or <paramref name="profile"/> names something that does not exist, or forces an entry
    /// that this machine cannot run. </exception>
    public KernelSet Choose(string? forced = null, KernelProfile? profile = null)
    {
        KernelChoices choices = KernelChoices.Parse(
            forced,
            profile ?? KernelProfile.None,
            [("sha256", Names(Sha256)), ("secp256k1", Names(Secp256k1)), ("bls12-381", Names(Bls12381))]);
        return new KernelSet(
            new KernelLadder<ISha256Kernel>("sha256", Sha256, choices),
            new KernelLadder<ISecp256k1Kernel>("secp256k1", Secp256k1, choices),
            new KernelLadder<IBlsKernel>("bls12-381", Bls12381, choices));
    }

    private static string[] Names(IEnumerable<IKernel> entries) => [.. entries.Select(entry => entry.Name)];
}
