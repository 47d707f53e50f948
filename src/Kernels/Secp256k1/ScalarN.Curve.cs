using static Tactus.Kernels.Secp256k1.WideMath;

namespace Tactus.Kernels.Secp256k1;

/// <summary>secp256k1 itself: b = 7, the generator, inversion, and the split by the curve's endomorphism.</summary>
/// <remarks>
/// The vectors (A1, B1) and (A2, B2) span the pairs (u, v) with u + v*Lambda = 0 mod n; A1*B2 - A2*B1 = n. For k, let
/// c1 = k*B2/n and c2 = -k*B1/n, rounded; then (k, 0) - c1*(A1, B1) - c2*(A2, B2) = (low, high) is within half of each
/// vector: |low| &lt;= (A1 + A2 + 1)/2 &lt; 2^127.4 and |high| &lt;= (-B1 + B2)/2 + 1 &lt; 2^127.2. The divisions by n
/// are products with G = round(2^384 * B / n) and a shift, whose error of at most 1/2 + 2^-127 is in those bounds.
/// Method: Gallant, Lambert, Vanstone, CRYPTO 2001; constants as in libsecp256k1 src/scalar_impl.h, recomputed by
/// Euclid.
/// </remarks>
internal readonly partial struct ScalarN : ICurveScalar<ScalarN>
{
    /// <summary>Lambda: a cube root of 1 mod n; Lambda * (x, y) = (Beta * x, y).</summary>
    public static ScalarN Lambda => new(0xdf02967c1b23bd72, 0x122e22ea20816678, 0xa5261c028812645a, 0x5363ad4cc05c30e0);

    /// <inheritdoc/>
    public static FieldScalar CurveB => FieldScalar.FromInt32(7);

    /// <inheritdoc/>
    public static AffinePoint Generator { get; } = new(
        FieldScalar.FromWords(0x79BE667EF9DCBBAC, 0x55A06295CE870B07, 0x029BFCDB2DCE28D9, 0x59F2815B16F81798),
        FieldScalar.FromWords(0x483ADA7726A3C465, 0x5DA4FBFC0E1108A8, 0xFD17B448A6855419, 0x9C47D08FFB10D4B8));

    // -B1 = 0xe4437ed6010e88286f547fa90abfe4c3
    private static ScalarN MinusB1 => new(0x6f547fa90abfe4c3, 0xe4437ed6010e8828, 0, 0);

    // B2 = A1 = 0x3086d221a7d46bcde86c90e49284eb15
    private static ScalarN B2 => new(0xe86c90e49284eb15, 0x3086d221a7d46bcd, 0, 0);

    // round(2^384 * B2 / n)
    private static ScalarN G1 => new(0xe893209a45dbb031, 0x3daa8a1471e8ca7f, 0xe86c90e49284eb15, 0x3086d221a7d46bcd);

    // round(2^384 * -B1 / n)
    private static ScalarN G2 => new(0x1571b4ae8ac47f71, 0x221208ac9df506c6, 0x6f547fa90abfe4c4, 0xe4437ed6010e8828);

    /// <inheritdoc/>
    public void SplitGlv(out SignedHalf low, out SignedHalf high)
    {
        ScalarN c1 = TimesShifted384(G1);
        ScalarN c2 = TimesShifted384(G2);
        ScalarN v = (c1 * MinusB1) + (c2 * B2).Negate();
        ScalarN u = this + (v * Lambda).Negate();
        low = ToSignedHalf(u);
        high = ToSignedHalf(v);
    }

    /// <inheritdoc/>
    public bool IsXOf(in JacobianPoint point)
    {
        // x = X/Z^2 is compared as r*Z^2 = X, for each x below p that is r mod n: r, and r + n where that is below p.
        Span<byte> bytes = stackalloc byte[32];
        Write(bytes);
        FieldScalar.TryRead(bytes, out FieldScalar x);
        FieldScalar zz = point.Z.Square();
        return FieldScalar.Equals(x * zz, point.X, 1)
            || (TryAddOrder(x, out x) && FieldScalar.Equals(x * zz, point.X, 1));
    }

    /// <summary>r + n for a normalised <paramref name="r"/> below n, if that is below p; normalised.</summary>
    public static bool TryAddOrder(in FieldScalar r, out FieldScalar sum)
    {
        Span<byte> bytes = stackalloc byte[32];
        r.Write(bytes);
        ScalarN number = ReadReduced(bytes);
        ulong carry = 0;
        ulong t0 = AddCarry(number.W0, Order0, ref carry);
        ulong t1 = AddCarry(number.W1, Order1, ref carry);
        ulong t2 = AddCarry(number.W2, Order2, ref carry);
        ulong t3 = AddCarry(number.W3, Order3, ref carry);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(bytes, t3);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], t2);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(bytes[16..], t1);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(bytes[24..], t0);
        sum = FieldScalar.Zero;
        return carry == 0 && FieldScalar.TryRead(bytes, out sum);
    }

    // round(this * g / 2^384), below 2^128
    private ScalarN TimesShifted384(in ScalarN g)
    {
        Product(this, g, out _, out _, out _, out _, out _, out ulong t5, out ulong t6, out ulong t7);
        ulong carry = 0;
        ulong w0 = AddCarry(t6, t5 >> 63, ref carry);
        return new(w0, t7 + carry, 0, 0);
    }

    private static SignedHalf ToSignedHalf(in ScalarN value)
    {
        bool negative = value.IsHigh;
        ScalarN magnitude = negative ? value.Negate() : value;
        return new SignedHalf(new UInt128(magnitude.W1, magnitude.W0), negative);
    }
}
