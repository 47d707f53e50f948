using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Tactus.Kernels.Secp256k1;

// Value:      N0 + N1*2^52 + N2*2^104 + N3*2^156 + N4*2^208, a representative of a class mod p = 2^256 - 2^32 - 977.
// Magnitude:  m (0..32) means N0..N3 <= 2m*(2^52 - 1) and N4 <= 2m*(2^48 - 1). A class has many representatives.
// Normalised: magnitude 1, N0..N3 < 2^52, N4 < 2^48 and the value is below p: the one representative that may be
//             compared, tested for zero or oddness, and written out.
// Maps:       Multiply, Square   magnitudes <= 8 and <= 8 -> 1
//             +                  m1, m2 -> m1 + m2 (<= 32)
//             Negate(m)          m -> m + 1
//             Times(k)           m -> k*m
//             Half               m -> m/2 + 1
//             Normalize          any -> normalised
//             NormalizeWeak      any -> 1
//             Inverse, TrySqrt   <= 8 -> 1
// Branches:   none depends on the value, except in the methods whose name ends in Var, IsZero's and Equals' answers, and
//             TryRead; so that the signer may use the arithmetic on secrets.
// Checks:     a build with -p:Verify=true carries the magnitude with each value and checks every line above.
// Source:     the magnitude discipline and the limb layout are those of libsecp256k1 (src/field.h, field_5x52.h).

/// <summary>An element of the field of secp256k1 in five limbs of 52 bits; the table above is its contract.</summary>
internal readonly partial struct FieldScalar
{
    /// <summary>Limbs, least significant first.</summary>
    public readonly ulong N0, N1, N2, N3, N4;

#if VERIFY
    private readonly int _magnitude;
#endif

    private const ulong Mask52 = (1UL << 52) - 1;
    private const ulong Mask48 = (1UL << 48) - 1;

    // p in limbs; p = 2^256 - Fold256
    private const ulong P0 = 0xFFFFEFFFFFC2F;
    private const ulong P4 = Mask48;

    // 2^256 mod p, 33 bits, and 2^260 mod p = 16 * that, 37 bits
    private const ulong Fold256 = 0x1000003D1;
    private const ulong Fold260 = Fold256 << 4;

    private FieldScalar(ulong n0, ulong n1, ulong n2, ulong n3, ulong n4, int magnitude)
    {
        (N0, N1, N2, N3, N4) = (n0, n1, n2, n3, n4);
#if VERIFY
        _magnitude = magnitude;
#endif
        VerifyLimbs(magnitude);
    }

    /// <summary>0, normalised.</summary>
    public static FieldScalar Zero => new(0, 0, 0, 0, 0, 0);

    /// <summary>1, normalised.</summary>
    public static FieldScalar One => new(1, 0, 0, 0, 0, 1);

    /// <summary>
    /// A cube root of 1: (x, y) -> (Beta*x, y) multiplies points of the curve by <see cref="ScalarN.Lambda"/>.
    /// Source: libsecp256k1 src/field.h (secp256k1_const_beta); tests check Beta^3 = 1 and Lambda*G = (Beta*Gx, Gy).
    /// </summary>
    public static FieldScalar Beta => FromWords(0x7ae96a2b657c0710, 0x6e64479eac3434e9, 0x9cf0497512f58995, 0xc1396c28719501ee);

    /// <summary>Low bit of the value; <c>this</c> normalised.</summary>
    public bool IsOdd
    {
        get
        {
            VerifyNormalised();
            return (N0 & 1) != 0;
        }
    }

    /// <summary>Whether the class is 0; any magnitude.</summary>
    public bool IsZero
    {
        get
        {
            FieldScalar t = Normalize();
            return (t.N0 | t.N1 | t.N2 | t.N3 | t.N4) == 0;
        }
    }

    /// <summary>A number below p from four 64-bit words, most significant first; normalised.</summary>
    public static FieldScalar FromWords(ulong w3, ulong w2, ulong w1, ulong w0) => new(
        w0 & Mask52,
        ((w0 >> 52) | (w1 << 12)) & Mask52,
        ((w1 >> 40) | (w2 << 24)) & Mask52,
        ((w2 >> 28) | (w3 << 36)) & Mask52,
        w3 >> 16,
        1);

    /// <summary>A small number; normalised.</summary>
    public static FieldScalar FromInt32(int value) => new((ulong)value, 0, 0, 0, 0, 1);

    /// <summary>Limbs as given (each below 2^52, the last below 2^48, the value below p); normalised.</summary>
    public static FieldScalar FromLimbs(ulong n0, ulong n1, ulong n2, ulong n3, ulong n4) => new(n0, n1, n2, n3, n4, 1);

    /// <summary>Reads 32 big-endian bytes; false, and 0, when the number is not below p.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out FieldScalar value)
    {
        ulong w3 = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        ulong w2 = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        ulong w1 = BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]);
        ulong w0 = BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]);
        bool belowP = (w3 & w2 & w1) != ulong.MaxValue || w0 < unchecked(0UL - Fold256);
        value = belowP ? FromWords(w3, w2, w1, w0) : Zero;
        return belowP;
    }

    /// <summary>Writes 32 big-endian bytes; <c>this</c> normalised.</summary>
    public void Write(Span<byte> bytes)
    {
        VerifyNormalised();
        BinaryPrimitives.WriteUInt64BigEndian(bytes, (N3 >> 36) | (N4 << 16));
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], (N2 >> 24) | (N3 << 28));
        BinaryPrimitives.WriteUInt64BigEndian(bytes[16..], (N1 >> 12) | (N2 << 40));
        BinaryPrimitives.WriteUInt64BigEndian(bytes[24..], N0 | (N1 << 52));
    }

    /// <summary>Whether two classes are equal; any magnitude up to 31 together.</summary>
    public static bool Equals(in FieldScalar a, in FieldScalar b, int magnitudeA) => (a.Negate(magnitudeA) + b).IsZero;

    /// <summary>The representative below p.</summary>
    public FieldScalar Normalize()
    {
        // Fold the bits from 2^256 up: N4 <= 64 * 2^48, so x <= 64; N0..N3 <= 2^58, so the carries are at most 2^6 + 1.
        ulong x = N4 >> 48;
        ulong t0 = N0 + (x * Fold256);
        ulong t1 = N1 + (t0 >> 52);
        ulong t2 = N2 + (t1 >> 52);
        ulong t3 = N3 + (t2 >> 52);
        ulong t4 = (N4 & Mask48) + (t3 >> 52);
        t0 &= Mask52;
        t1 &= Mask52;
        t2 &= Mask52;
        t3 &= Mask52;

        // The value is now below 2^256 + 2^215, so at most one p too large. It is >= p exactly if adding Fold256
        // reaches 2^256; that sum without the bits from 2^256 up is then the value minus p.
        ulong u0 = t0 + Fold256;
        ulong u1 = t1 + (u0 >> 52);
        ulong u2 = t2 + (u1 >> 52);
        ulong u3 = t3 + (u2 >> 52);
        ulong u4 = t4 + (u3 >> 52);
        ulong keep = (u4 >> 48) - 1; // all ones: below p, keep t; 0: take u (u4 >> 48 is 0 or 1)
        Check((u4 >> 48) <= 1, "one subtraction of p suffices");
        return new(
            Select(keep, t0, u0 & Mask52),
            Select(keep, t1, u1 & Mask52),
            Select(keep, t2, u2 & Mask52),
            Select(keep, t3, u3 & Mask52),
            Select(keep, t4, u4 & Mask48),
            1);
    }

    /// <summary>A representative of magnitude 1, from any: one carry, not below p.</summary>
    public FieldScalar NormalizeWeak()
    {
        ulong t0 = N0 + ((N4 >> 48) * Fold256);
        ulong t1 = N1 + (t0 >> 52);
        ulong t2 = N2 + (t1 >> 52);
        ulong t3 = N3 + (t2 >> 52);
        return new(t0 & Mask52, t1 & Mask52, t2 & Mask52, t3 & Mask52, (N4 & Mask48) + (t3 >> 52), 1);
    }

    /// <summary>Sum without carries: magnitudes add.</summary>
    public static FieldScalar operator +(in FieldScalar a, in FieldScalar b) =>
        new(a.N0 + b.N0, a.N1 + b.N1, a.N2 + b.N2, a.N3 + b.N3, a.N4 + b.N4, MagnitudeSum(a, b));

    /// <summary>
    /// Minus the value, as 2(m + 1)p - value: magnitude m + 1, where m bounds the magnitude of <c>this</c>.
    /// </summary>
    public FieldScalar Negate(int magnitude)
    {
        VerifyMagnitude(magnitude);
        ulong k = 2 * (ulong)(magnitude + 1);
        return new((P0 * k) - N0, (Mask52 * k) - N1, (Mask52 * k) - N2, (Mask52 * k) - N3, (P4 * k) - N4, magnitude + 1);
    }

    /// <summary>Small multiple without carries: magnitude times <paramref name="factor"/>.</summary>
    public FieldScalar Times(int factor)
    {
        ulong k = (ulong)factor;
        return new(N0 * k, N1 * k, N2 * k, N3 * k, N4 * k, MagnitudeTimes(factor));
    }

    /// <summary>Half the value: adds p to an odd representative and shifts. Magnitude m/2 + 1.</summary>
    public FieldScalar Half()
    {
        ulong odd = 0UL - (N0 & 1);
        ulong t0 = N0 + (P0 & odd);
        ulong t1 = N1 + (Mask52 & odd);
        ulong t2 = N2 + (Mask52 & odd);
        ulong t3 = N3 + (Mask52 & odd);
        ulong t4 = N4 + (P4 & odd);
        return new(
            (t0 >> 1) + ((t1 & 1) << 51),
            (t1 >> 1) + ((t2 & 1) << 51),
            (t2 >> 1) + ((t3 & 1) << 51),
            (t3 >> 1) + ((t4 & 1) << 51),
            t4 >> 1,
            MagnitudeHalf());
    }

    /// <summary>
    /// <paramref name="a"/> where <paramref name="mask"/> is all ones, <paramref name="b"/> where it is 0.
    /// </summary>
    public static FieldScalar Select(ulong mask, in FieldScalar a, in FieldScalar b) => new(
        Select(mask, a.N0, b.N0),
        Select(mask, a.N1, b.N1),
        Select(mask, a.N2, b.N2),
        Select(mask, a.N3, b.N3),
        Select(mask, a.N4, b.N4),
        MagnitudeMax(a, b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Select(ulong mask, ulong a, ulong b) => b ^ (mask & (a ^ b));
}
