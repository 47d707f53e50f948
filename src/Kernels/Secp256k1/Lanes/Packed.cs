using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Tactus.Kernels.Secp256k1.Lanes;

/// <summary>A field element at rest, 32 bytes: what tables hold and lanes load without a carry.</summary>
/// <remarks>
/// W = v + Offset, 0 &lt;= W &lt; 2^256, in four little-endian words, where v is a representative of the element and
/// Offset = 2^51 (1 + 2^52 + 2^104 + 2^156) + 2^47 2^208. Cutting W into digits of 52, 52, 52, 52 and 48 bits gives
/// each
/// signed limb plus half its range, so a lane subtracts a constant instead of carrying. As 2^256 is p + 2^32 + 977, a
/// few
/// residues have two such forms: compare elements as integers (ToWords), not as W.
/// </remarks>
[StructLayout(LayoutKind.Sequential)]
internal struct Packed256
{
    public ulong W0;
    public ulong W1;
    public ulong W2;
    public ulong W3;

    // Offset in words.
    private const ulong O0 = 1UL << 51;
    private const ulong O1 = 1UL << 39;
    private const ulong O2 = 1UL << 27;
    private const ulong O3 = (1UL << 15) | (1UL << 63);

    // 2^256 - p.
    private const ulong ModulusGap = 0x1000003D1UL;

    /// <summary>Packs an integer below p given in little-endian words.</summary>
    public static Packed256 FromWords(ulong w0, ulong w1, ulong w2, ulong w3)
    {
        Packed256 r;
        if (AddOffset(w0, w1, w2, w3, out r) != 0)
        {
            // Past the range: take v = w - p = w + (2^32 + 977) - 2^256. Words wrap, and W comes out right mod 2^256.
            UInt128 c = (UInt128)w0 + ModulusGap;
            w0 = (ulong)c;
            c = (UInt128)w1 + (ulong)(c >> 64);
            w1 = (ulong)c;
            c = (UInt128)w2 + (ulong)(c >> 64);
            AddOffset(w0, w1, (ulong)c, w3 + (ulong)(c >> 64), out r);
        }

        return r;
    }

    /// <summary>The canonical integer in [0, p) in little-endian words.</summary>
    public readonly void ToWords(out ulong w0, out ulong w1, out ulong w2, out ulong w3)
    {
        ulong borrow = 0;
        w0 = SubtractBorrow(W0, O0, ref borrow);
        w1 = SubtractBorrow(W1, O1, ref borrow);
        w2 = SubtractBorrow(W2, O2, ref borrow);
        w3 = SubtractBorrow(W3, O3, ref borrow);
        if (borrow != 0)
        {
            // v is negative: add p = 2^256 - (2^32 + 977).
            borrow = 0;
            w0 = SubtractBorrow(w0, ModulusGap, ref borrow);
            w1 = SubtractBorrow(w1, 0, ref borrow);
            w2 = SubtractBorrow(w2, 0, ref borrow);
            w3 = SubtractBorrow(w3, 0, ref borrow);
        }
    }

    /// <summary>Packs a carried element from its signed limbs; the readable way, for cold paths.</summary>
    public static Packed256 FromLimbs(double limb0, double limb1, double limb2, double limb3, double limb4)
    {
        const long Digit = (1L << 52) - 1;
        long l0 = (long)limb0, l1 = (long)limb1, l2 = (long)limb2, l3 = (long)limb3, l4 = (long)limb4;
        l1 += l0 >> 52;
        l2 += l1 >> 52;
        l3 += l2 >> 52;
        l4 += l3 >> 52;
        if (l4 < 0)
        {
            // A carried value is above -p: add p = 2^256 - ModulusGap.
            l0 = (l0 & Digit) - (long)ModulusGap;
            l1 = (l1 & Digit) + (l0 >> 52);
            l2 = (l2 & Digit) + (l1 >> 52);
            l3 = (l3 & Digit) + (l2 >> 52);
            l4 += (1L << 48) + (l3 >> 52);
        }

        ulong y0 = (ulong)(l0 & Digit), y1 = (ulong)(l1 & Digit), y2 = (ulong)(l2 & Digit), y3 = (ulong)(l3 & Digit);
        return FromWords(y0 | (y1 << 52), (y1 >> 12) | (y2 << 40), (y2 >> 24) | (y3 << 28), (y3 >> 36)
            | ((ulong)l4 << 16));
    }

    /// <summary>The element for the scalar code, normalised.</summary>
    public readonly FieldScalar ToScalar()
    {
        ToWords(out ulong w0, out ulong w1, out ulong w2, out ulong w3);
        return FieldScalar.FromWords(w3, w2, w1, w0);
    }

    /// <summary>Packs a scalar element.</summary>
    public static Packed256 FromScalar(in FieldScalar value)
    {
        FieldScalar v = value.Normalize();
        return FromWords(
            v.N0 | (v.N1 << 52),
            (v.N1 >> 12) | (v.N2 << 40),
            (v.N2 >> 24) | (v.N3 << 28),
            (v.N3 >> 36) | (v.N4 << 16));
    }

    /// <summary>Packs 32 big-endian bytes; false, with a value of no use, when the integer is not below p.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bigEndian, out Packed256 value)
    {
        ulong w0 = BinaryPrimitives.ReadUInt64BigEndian(bigEndian[24..]);
        ulong w1 = BinaryPrimitives.ReadUInt64BigEndian(bigEndian[16..]);
        ulong w2 = BinaryPrimitives.ReadUInt64BigEndian(bigEndian[8..]);
        ulong w3 = BinaryPrimitives.ReadUInt64BigEndian(bigEndian);
        value = FromWords(w0, w1, w2, w3);
        return (w1 & w2 & w3) != ulong.MaxValue || w0 < unchecked(0UL - ModulusGap);
    }

    /// <summary>Low bit of the canonical integer.</summary>
    public readonly bool IsOdd
    {
        get
        {
            ToWords(out ulong w0, out _, out _, out _);
            return (w0 & 1) != 0;
        }
    }

    /// <summary>Minus the element.</summary>
    public readonly Packed256 Negate()
    {
        ToWords(out ulong w0, out ulong w1, out ulong w2, out ulong w3);
        if ((w0 | w1 | w2 | w3) == 0)
        {
            return this;
        }

        ulong borrow = 0;
        w0 = SubtractBorrow(unchecked(0UL - ModulusGap), w0, ref borrow);
        w1 = SubtractBorrow(ulong.MaxValue, w1, ref borrow);
        w2 = SubtractBorrow(ulong.MaxValue, w2, ref borrow);
        w3 = SubtractBorrow(ulong.MaxValue, w3, ref borrow);
        return FromWords(w0, w1, w2, w3);
    }

    /// <summary>Writes the canonical integer as 32 big-endian bytes.</summary>
    public readonly void ToBytes(Span<byte> bigEndian)
    {
        ToWords(out ulong w0, out ulong w1, out ulong w2, out ulong w3);
        BinaryPrimitives.WriteUInt64BigEndian(bigEndian, w3);
        BinaryPrimitives.WriteUInt64BigEndian(bigEndian[8..], w2);
        BinaryPrimitives.WriteUInt64BigEndian(bigEndian[16..], w1);
        BinaryPrimitives.WriteUInt64BigEndian(bigEndian[24..], w0);
    }

    private static ulong AddOffset(ulong w0, ulong w1, ulong w2, ulong w3, out Packed256 r)
    {
        UInt128 c = (UInt128)w0 + O0;
        r.W0 = (ulong)c;
        c = (UInt128)w1 + O1 + (ulong)(c >> 64);
        r.W1 = (ulong)c;
        c = (UInt128)w2 + O2 + (ulong)(c >> 64);
        r.W2 = (ulong)c;
        c = (UInt128)w3 + O3 + (ulong)(c >> 64);
        r.W3 = (ulong)c;
        return (ulong)(c >> 64);
    }

    private static ulong SubtractBorrow(ulong a, ulong b, ref ulong borrow)
    {
        ulong d = a - b;
        ulong r = d - borrow;
        borrow = (a < b ? 1UL : 0) | (d < borrow ? 1UL : 0);
        return r;
    }
}

/// <summary>An affine point at rest: one cache line. The point at infinity has no packed form.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PackedPoint
{
    public Packed256 X;
    public Packed256 Y;

    /// <summary>The point that a reference names.</summary>
    public static unsafe AffinePoint ToScalar(ulong reference)
    {
        var packed = (PackedPoint*)(reference & ~1UL);
        var point = new AffinePoint(packed->X.ToScalar(), packed->Y.ToScalar());
        return (reference & 1) == 0 ? point : point.Negate();
    }

    /// <summary>Packs a scalar point other than infinity.</summary>
    public static PackedPoint FromScalar(in AffinePoint point) =>
        new() { X = Packed256.FromScalar(point.X), Y = Packed256.FromScalar(point.Y) };
}
