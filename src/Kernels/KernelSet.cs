using Tactus.Kernels.Bls12381;
using Tactus.Kernels.Secp256k1;
using Tactus.Kernels.Sha256;

namespace Tactus.Kernels;

/// <summary>The chosen kernels: one immutable object, made once at start by
/// <see cref="KernelRegistry.Choose"/>.</summary>
public sealed class KernelSet
{
    internal KernelSet(
        KernelLadder<ISha256Kernel> sha256,
        KernelLadder<ISecp256k1Kernel> secp256k1,
        KernelLadder<IBlsKernel> bls12381)
    {
        Sha256 = sha256;
        Secp256k1 = secp256k1;
        Bls12381 = bls12381;
        Warnings = [.. sha256.Warnings, .. secp256k1.Warnings, .. bls12381.Warnings];
    }

    /// <summary>SHA-256: <c>kernels.Sha256.For(count).HashEqual(...)</c>.</summary>
    public KernelLadder<ISha256Kernel> Sha256 { get; }

    /// <summary>ECDSA over secp256k1: <c>kernels.Secp256k1.For(count).Recover(...)</c>.</summary>
    public KernelLadder<ISecp256k1Kernel> Secp256k1 { get; }

    /// <summary>BLS signatures over BLS12-381: <c>kernels.Bls12381.For(count).VerifyBatch(...)</c>.</summary>
    public KernelLadder<IBlsKernel> Bls12381 { get; }

    /// <summary>Lines to show the operator at start: entries whose self-test failed, wishes that were ignored. Normally
    /// empty.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>Every entry of every kind in order of preference, with its state and why it was skipped.</summary>
    public IReadOnlyList<KernelRow> Explain() => [.. Sha256.Rows, .. Secp256k1.Rows, .. Bls12381.Rows];
}

/// <summary>What became of an entry of the registry.</summary>
public enum KernelState
{
    /// <summary>In use for batches of its smallest size or more.</summary>
    Usable = 0,

    /// <summary>Forced by the operator: in use for every batch.</summary>
    Forced = 1,

    /// <summary>Left out because another entry is forced or preferred.</summary>
    NotChosen = 2,

    /// <summary>The machine lacks what it needs.</summary>
    Unsupported = 3,

    /// <summary>Its self-test differs from scalar: disabled.</summary>
    Wrong = 4,
}

/// <summary>A row of the kernel table.</summary>
/// <param name="Kernel">Kind: "sha256", "secp256k1", "bls12-381".</param>
/// <param name="Entry">Name of the implementation: "avx512", "scalar".</param>
/// <param name="Lanes">Items worked on side by side.</param>
/// <param name="State">Whether it is used.</param>
/// <param name="Why">Why it is not used, or null.</param>
/// <param name="BatchMin">Smallest batch, in items, for which it is used.</param>
public sealed record KernelRow(string Kernel, string Entry, int Lanes, KernelState State, string? Why, int BatchMin);
