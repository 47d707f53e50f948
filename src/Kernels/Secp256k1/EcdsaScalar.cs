namespace Tactus.Kernels.Secp256k1;

/// <summary>
/// The ECDSA equations (SEC 1 sections 4.1.4 and 4.1.6), over any group that <typeparamref name="TScalar"/> describes.
/// </summary>
internal static class EcdsaScalar<TScalar>
    where TScalar : struct, ICurveScalar<TScalar>
{
    /// <summary>Whether the x of (z/s)*G + (r/s)*Q is r mod the order; r and s are not 0, Q is on the curve.</summary>
    public static SignatureVerdict Verify(in TScalar digest, in TScalar r, in TScalar s, in AffinePoint key)
    {
        TScalar w = s.InverseVar();
        JacobianPoint point = StraussScalar<TScalar>.Combine(key, r * w, digest * w);
        return !point.IsInfinity && r.IsXOf(point) ? SignatureVerdict.Valid : SignatureVerdict.Mismatch;
    }

    /// <summary>The key Q = (s/r)*R - (z/r)*G for which R is the point of the signature; r and s are not 0.</summary>
    public static SignatureVerdict Recover(
        in TScalar digest,
        in TScalar r,
        in TScalar s,
        in AffinePoint point,
        out AffinePoint key)
    {
        TScalar w = r.InverseVar();
        key = StraussScalar<TScalar>.Combine(point, s * w, (digest * w).Negate()).ToAffine();
        return key.IsInfinity ? SignatureVerdict.Infinity : SignatureVerdict.Valid;
    }
}
