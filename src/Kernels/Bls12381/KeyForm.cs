namespace Tactus.Kernels.Bls12381;

/// <summary>
/// Between <see cref="BlsPublicKey"/>, six 64-bit words per coordinate, and the seven limbs of 56 bits of <see
/// cref="Fp"/>.
/// </summary>
internal static class KeyForm
{
    /// <summary>The point of a key; meaningless for infinity.</summary>
    public static AffinePoint<Fp> Point(in BlsPublicKey key)
    {
        ReadOnlySpan<ulong> words = key;
        return new AffinePoint<Fp>(Fp.Unpack(words[..6]), Fp.Unpack(words[6..]));
    }

    public static bool IsInfinity(in BlsPublicKey key) => !((ReadOnlySpan<ulong>)key).ContainsAnyExcept(0UL);

    public static void Write(out BlsPublicKey key, in AffinePoint<Fp> point)
    {
        key = default;
        Span<ulong> words = key;
        point.X.Pack(words);
        point.Y.Pack(words[6..]);
    }

    /// <summary>The key of a point in any form; all zero for infinity.</summary>
    public static void Write(out BlsPublicKey key, in JacobianPoint<Fp> point)
    {
        if (Fp.ZeroMask(point.Z) != 0)
        {
            key = default;
            return;
        }

        JacobianPoint<Fp>.ToAffine(out AffinePoint<Fp> affine, point);
        Write(out key, affine);
    }
}
