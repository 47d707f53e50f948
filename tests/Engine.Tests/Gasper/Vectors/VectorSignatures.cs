using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Gasper;
using Tactus.Engine.Protocols.Gasper.Signatures;
using Tactus.Kernels.Bls12381;

namespace Tactus.Engine.Tests.Gasper.Vectors;

/// <summary>Which signature checks a case runs with: real ones, unless the case says that they must be
/// ignored.</summary>
internal static class VectorSignatures
{
    /// <summary>The kernel that checks signatures.</summary>
    public static readonly IBlsKernel Bls = VectorSet.Kernels.Bls12381.Best;

    // The generators use the same few hundred keys everywhere, so one cache serves all cases.
    private static readonly PublicKeyCache Keys = new(Bls);

    /// <summary>bls_setting 2 ignores signatures; 1 demands them; where nothing is said the vectors hold either
    /// way.</summary>
    public static ISignatureChecks For(GasperContext context, VectorCase c) =>
        c.Meta("bls_setting") == 2 ? SignaturesTrusted.Instance : Batch(context);

    public static BlsSignatureBatch Batch(GasperContext context) => new(Bls, Keys, context, Hash256.Zero);
}
