namespace Tactus.Kernels.Bls12381;

/// <summary>
/// Compressed points (draft-irtf-cfrg-pairing-friendly-curves, appendix C; the ZCash serialisation): x big-endian, for
/// G2 the
/// coefficient of u first; the three top bits say compressed, infinity, and that y is the larger of the two roots.
/// </summary>
internal static class PointEncoding
{
    private const byte Compressed = 0x80;
    private const byte Infinity = 0x40;
    private const byte Larger = 0x20;
    private const byte FlagMask = Compressed | Infinity | Larger;

    /// <summary>Reads x and the flags of a point of G1. Does not look for the y.</summary>
    public static BlsVerdict ReadHead(ReadOnlySpan<byte> bytes, out Fp x, out bool isInfinity, out bool isLarger)
    {
        BlsVerdict verdict = ReadFlags(bytes, out isInfinity, out isLarger);
        x = default;
        if (verdict != BlsVerdict.Valid || isInfinity)
        {
            return verdict;
        }

        Span<byte> plain = stackalloc byte[Fp.Bytes];
        bytes.CopyTo(plain);
        plain[0] &= 0xff ^ FlagMask;
        return Fp.TryRead(plain, out x) ? BlsVerdict.Valid : BlsVerdict.BadEncoding;
    }

    /// <summary>Reads x and the flags of a point of G2. Does not look for the y.</summary>
    public static BlsVerdict ReadHead(ReadOnlySpan<byte> bytes, out Fp2<Fp> x, out bool isInfinity, out bool isLarger)
    {
        BlsVerdict verdict = ReadFlags(bytes, out isInfinity, out isLarger);
        x = default;
        if (verdict != BlsVerdict.Valid || isInfinity)
        {
            return verdict;
        }

        Span<byte> plain = stackalloc byte[Fp.Bytes];
        bytes[..Fp.Bytes].CopyTo(plain);
        plain[0] &= 0xff ^ FlagMask;
        return Fp.TryRead(plain, out x.C1) & Fp.TryRead(bytes[Fp.Bytes..], out x.C0)
            ? BlsVerdict.Valid
            : BlsVerdict.BadEncoding;
    }

    /// <summary>Decompresses a point of G1 and checks the subgroup.</summary>
    public static BlsVerdict Read(ReadOnlySpan<byte> bytes, out AffinePoint<Fp> point, out bool isInfinity)
    {
        BlsVerdict verdict = ReadHead(bytes, out Fp x, out isInfinity, out bool isLarger);
        point = default;
        if (verdict != BlsVerdict.Valid || isInfinity)
        {
            return verdict;
        }

        G1<Fp>.RightSide(out Fp square, x);
        if (SquareRoot<Fp>.TryRoot(out Fp y, square) == 0)
        {
            return BlsVerdict.NotOnCurve;
        }

        if (Fp.IsUpperHalf(y) != isLarger)
        {
            Fp.Negate(out y, y);
        }

        AffinePoint<Fp> found = new(x, y);
        if (G1<Fp>.SubgroupMask(found) == 0)
        {
            return BlsVerdict.NotInSubgroup;
        }

        point = found;
        return BlsVerdict.Valid;
    }

    /// <summary>
    /// Decompresses a point of G2 and checks the subgroup. Any other length than 96 bytes is a bad encoding.
    /// </summary>
    public static BlsVerdict Read(ReadOnlySpan<byte> bytes, out AffinePoint<Fp2<Fp>> point, out bool isInfinity)
    {
        point = default;
        if (bytes.Length != 2 * Fp.Bytes)
        {
            isInfinity = false;
            return BlsVerdict.BadEncoding;
        }

        BlsVerdict verdict = ReadHead(bytes, out Fp2<Fp> x, out isInfinity, out bool isLarger);
        if (verdict != BlsVerdict.Valid || isInfinity)
        {
            return verdict;
        }

        G2<Fp>.RightSide(out Fp2<Fp> square, x);
        if (SquareRoot<Fp>.TryRoot(out Fp2<Fp> y, square) == 0)
        {
            return BlsVerdict.NotOnCurve;
        }

        if (IsLarger(y) != isLarger)
        {
            Fp2<Fp>.Negate(out y, y);
        }

        AffinePoint<Fp2<Fp>> found = new(x, y);
        if (G2<Fp>.SubgroupMask(found) == 0)
        {
            return BlsVerdict.NotInSubgroup;
        }

        point = found;
        return BlsVerdict.Valid;
    }

    public static void Write(in AffinePoint<Fp> point, Span<byte> bytes)
    {
        point.X.Write(bytes);
        bytes[0] |= Fp.IsUpperHalf(point.Y) ? (byte)(Compressed | Larger) : Compressed;
    }

    public static void Write(in AffinePoint<Fp2<Fp>> point, Span<byte> bytes)
    {
        point.X.C1.Write(bytes);
        point.X.C0.Write(bytes[Fp.Bytes..]);
        bytes[0] |= IsLarger(point.Y) ? (byte)(Compressed | Larger) : Compressed;
    }

    public static void WriteInfinity(Span<byte> bytes)
    {
        bytes.Clear();
        bytes[0] = Compressed | Infinity;
    }

    /// <summary>True where y is above -y: by the coefficient of u, and by the other where that is zero.</summary>
    public static bool IsLarger(in Fp2<Fp> y) => Fp.ZeroMask(y.C1) == 0 ? Fp.IsUpperHalf(y.C1) : Fp.IsUpperHalf(y.C0);

    private static BlsVerdict ReadFlags(ReadOnlySpan<byte> bytes, out bool isInfinity, out bool isLarger)
    {
        byte flags = bytes[0];
        isInfinity = (flags & Infinity) != 0;
        isLarger = (flags & Larger) != 0;
        bool isGood = (flags & Compressed) != 0
            && (!isInfinity || (flags == (Compressed | Infinity) && !bytes[1..].ContainsAnyExcept((byte)0)));
        return isGood ? BlsVerdict.Valid : BlsVerdict.BadEncoding;
    }
}
