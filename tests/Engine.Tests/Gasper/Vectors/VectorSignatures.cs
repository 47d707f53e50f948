using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Gasper;
using Tactus.Engine.Protocols.Gasper.Signatures;
using Tactus.Kernels.Bls12381;

namespace Tactus.Engine.Tests.Gasper.Vectors;

/// <summary>The seam to BLS: which signature checks a case runs with.</summary>
internal static class VectorSignatures
{
    /// <summary>The kernel that checks signatures, or null while there is none. Switching it on is this line.</summary>
    public static readonly IBlsKernel? Bls = null;

    private static readonly PublicKeyCache? Keys = Bls is null ? null : new PublicKeyCache(Bls);

    /// <summary>
    /// bls_setting 1: signatures must be checked, so a case whose verdict may hang on a bad one cannot be judged without a
    /// kernel. Otherwise the case holds either way, and is run without, as its generator ran it.
    /// </summary>
    public static ISignatureChecks For(GasperContext context, VectorCase c) =>
        MustCheck(c) && Bls is not null
            ? new BlsSignatureBatch(Bls, Keys!, context, Hash256.Zero)
            : SignaturesTrusted.Instance;

    /// <summary>The key_validate cases say nothing, but are about a key that only decompression can refuse.</summary>
    public static bool MustCheck(VectorCase c) =>
        c.Meta("bls_setting") == 1 || c.Name.Contains("key_validate_", StringComparison.Ordinal);
}
