namespace Tactus.Kernels.Secp256k1;

/// <summary>The forms of r|s that protocols accept.</summary>
public static class CanonicalForm
{
    /// <summary>
    /// The byte test that Antelope and Graphene chains apply: neither r nor s has its top bit set, and neither begins
    /// with a zero byte that is not followed by a set top bit. It is not a test for low s. Source: AntelopeIO/leap
    /// libraries/libfc/src/crypto/elliptic_common.cpp (public_key::is_canonical).
    /// </summary>
    /// <param name="signature">r then s, 32 bytes big-endian each.</param>
    public static bool IsCanonical(ReadOnlySpan<byte> signature) =>
        IsCanonicalNumber(signature) && IsCanonicalNumber(signature[32..]);

    /// <summary>Whether s is at most n/2, the form that Bitcoin and libsecp256k1's signer use.</summary>
    /// <param name="signature">r then s, 32 bytes big-endian each.</param>
    public static bool IsLowS(ReadOnlySpan<byte> signature) =>
        ScalarN.TryRead(signature.Slice(32, 32), out ScalarN s) && !s.IsHigh;

    internal static bool IsCanonicalNumber(ReadOnlySpan<byte> number) =>
        (number[0] & 0x80) == 0 && !(number[0] == 0 && (number[1] & 0x80) == 0);
}
