using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static System.Runtime.Intrinsics.X86.Fma;

namespace Tactus.Kernels.Secp256k1.Lanes;

/// <summary>Products mod p in four lanes: <c>FieldAvx512.Products.cs</c> with the one rounding that AVX2 has, to
/// nearest.</summary>
/// <remarks>
/// Value represented: sum of L[i] 2^(52 i), signed limbs held as doubles; classes in <see cref="IFieldLanes{TSelf}"/>.
/// h = fma(x, y, 3 2^103) rounds x y to the nearest multiple of 2^52, so what is left, fma(x, y, 3 2^103 - h), has a
/// sign:
/// |rest| is at most 2^51, and adding 3 2^51 makes its bit pattern count units. That sum is the sixth operation of a
/// product,
/// where rounding towards zero needs five. AVX2 has no arithmetic shift of 64-bit words: a column that is shifted
/// starts 2^63
/// higher, so that a logical shift gives its carry plus 2^11, which the next column starts lower.
/// docs/math/field-lanes.md bounds every intermediate.
/// </remarks>
internal partial struct FieldAvx2
{
    // 3 2^103; for the last column, cut at 2^48: 3 2^99.
    private const double High = 30423614405477505635920876929024d;
    private const double High48 = 1901475900342344102245054808064d;

    // 2^260 mod p and 2^256 mod p.
    private const double Fold260 = 68719492368d;
    private const double Fold256 = 4294968273d;

    private const ulong HighBits = 0x4678000000000000UL;
    private const ulong High48Bits = 0x4638000000000000UL;
    private const ulong LowBits = 0x4330000000000000UL;
    private const ulong MiddleBits = 0x4338000000000000UL;

    private const ulong Digit52 = (1UL << 52) - 1;
    private const ulong Digit48 = (1UL << 48) - 1;
    private const ulong Half52 = 1UL << 51;
    private const ulong Half48 = 1UL << 47;

    // Doubles that turn (digit | LowBits) or (digit | MiddleBits) into a signed limb.
    private const double LowHalf52 = 4503599627370496d + 2251799813685248d;
    private const double MiddleHalf48 = 6755399441055744d + 140737488355328d + 2048d;
    private const double Middle = 6755399441055744d;

    // What a logical shift by 52 or 48 adds to the carry of a column that starts at 2^63.
    private const ulong Top = 1UL << 63;
    private const ulong TopShifted52 = 1UL << 11;
    private const ulong TopShifted48 = 1UL << 15;

    // What the reduction adds to columns 0..4 besides patterns of the product and of the first fold: minus the patterns
    // of the
    // second fold, half a digit so that cutting gives signed limbs, and the start of a shifted column.
    private const ulong Late0 = unchecked(Half52 - MiddleBits + Top);
    private const ulong Late1 = unchecked(Half52 - HighBits + Top - TopShifted52);
    private const ulong Late2 = unchecked(Half52 + Top - TopShifted52);
    private const ulong Late3 = unchecked(Half52 + Top - TopShifted52);
    private const ulong Late4 = unchecked(Half48 + Top);

    // Columns start here: nothing but minus the patterns that will be added (number of low and high halves per column).
    private const ulong MulBias0 = unchecked(0UL - (2 * MiddleBits) - (0 * HighBits));
    private const ulong MulBias1 = unchecked(0UL - (3 * MiddleBits) - (2 * HighBits));
    private const ulong MulBias2 = unchecked(0UL - (4 * MiddleBits) - (3 * HighBits));
    private const ulong MulBias3 = unchecked(0UL - (5 * MiddleBits) - (4 * HighBits));
    private const ulong MulBias4 = unchecked(0UL - (6 * MiddleBits) - (5 * HighBits));
    private const ulong MulBias5 = unchecked(0UL - (4 * MiddleBits) - (5 * HighBits) + Half52 + Top);
    private const ulong MulBias6 = unchecked(0UL - (3 * MiddleBits) - (4 * HighBits) + Half52 + Top - TopShifted52);
    private const ulong MulBias7 = unchecked(0UL - (2 * MiddleBits) - (3 * HighBits) + Half52 + Top - TopShifted52);
    private const ulong MulBias8 = unchecked(0UL - (1 * MiddleBits) - (2 * HighBits) + Half52 + Top - TopShifted52);
    private const ulong MulBias9 = unchecked(0UL - (0 * MiddleBits) - (1 * HighBits) + Half52 - TopShifted52);
    private const ulong SqrBias0 = unchecked(0UL - (2 * MiddleBits) - (0 * HighBits));
    private const ulong SqrBias1 = unchecked(0UL - (2 * MiddleBits) - (2 * HighBits));
    private const ulong SqrBias2 = unchecked(0UL - (3 * MiddleBits) - (2 * HighBits));
    private const ulong SqrBias3 = unchecked(0UL - (3 * MiddleBits) - (3 * HighBits));
    private const ulong SqrBias4 = unchecked(0UL - (4 * MiddleBits) - (3 * HighBits));
    private const ulong SqrBias5 = unchecked(0UL - (2 * MiddleBits) - (3 * HighBits) + Half52 + Top);
    private const ulong SqrBias6 = unchecked(0UL - (2 * MiddleBits) - (2 * HighBits) + Half52 + Top - TopShifted52);
    private const ulong SqrBias7 = unchecked(0UL - (1 * MiddleBits) - (2 * HighBits) + Half52 + Top - TopShifted52);
    private const ulong SqrBias8 = unchecked(0UL - (1 * MiddleBits) - (1 * HighBits) + Half52 + Top - TopShifted52);
    private const ulong SqrBias9 = unchecked(0UL - (0 * MiddleBits) - (1 * HighBits) + Half52 - TopShifted52);

    // One compiled body for each shape; a method of this size keeps its columns in registers, and callers only call it.
    // It
    // skips the JIT's first tier, in which every intrinsic would be a call.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    internal static void Product<TShape>(in FieldAvx2 a, in FieldAvx2 b, in FieldAvx2 addend, out FieldAvx2 r)
        where TShape : struct, IShape
    {
        CheckProduct(in a, in b);
        Vector256<double> a0 = a.L0, a1 = a.L1, a2 = a.L2, a3 = a.L3, a4 = a.L4;
        Vector256<double> hi = Vector256.Create(High), middle = Vector256.Create(Middle), h;
        Vector256<ulong> c0 = Vector256.Create((TShape.IsSquare ? SqrBias0 : MulBias0)
            + (TShape.Scale == 1 ? Late0 : 0));
        Vector256<ulong> c1 = Vector256.Create((TShape.IsSquare ? SqrBias1 : MulBias1)
            + (TShape.Scale == 1 ? Late1 : 0));
        Vector256<ulong> c2 = Vector256.Create((TShape.IsSquare ? SqrBias2 : MulBias2)
            + (TShape.Scale == 1 ? Late2 : 0));
        Vector256<ulong> c3 = Vector256.Create((TShape.IsSquare ? SqrBias3 : MulBias3)
            + (TShape.Scale == 1 ? Late3 : 0));
        Vector256<ulong> c4 = Vector256.Create((TShape.IsSquare ? SqrBias4 : MulBias4)
            + (TShape.Scale == 1 ? Late4 : 0));
        Vector256<ulong> c5 = Vector256.Create(TShape.IsSquare ? SqrBias5 : MulBias5);
        Vector256<ulong> c6 = Vector256.Create(TShape.IsSquare ? SqrBias6 : MulBias6);
        Vector256<ulong> c7 = Vector256.Create(TShape.IsSquare ? SqrBias7 : MulBias7);
        Vector256<ulong> c8 = Vector256.Create(TShape.IsSquare ? SqrBias8 : MulBias8);
        Vector256<ulong> c9 = Vector256.Create(TShape.IsSquare ? SqrBias9 : MulBias9);

        Vector256<double> d0 = a0 + a0, d1 = a1 + a1, d2 = a2 + a2, d3 = a3 + a3;
        Vector256<double> b0 = b.L0, b1 = b.L1, b2 = b.L2, b3 = b.L3, b4 = b.L4;

        // The upper columns first, so that their carry and the first fold run beside the lower products.
        if (TShape.IsSquare)
        {
            h = MultiplyAdd(d0, a4, hi);
            c5 += h.AsUInt64();
            c4 += (MultiplyAdd(d0, a4, hi - h) + middle).AsUInt64();
            h = MultiplyAdd(d1, a3, hi);
            c5 += h.AsUInt64();
            c4 += (MultiplyAdd(d1, a3, hi - h) + middle).AsUInt64();
            h = MultiplyAdd(a2, a2, hi);
            c5 += h.AsUInt64();
            c4 += (MultiplyAdd(a2, a2, hi - h) + middle).AsUInt64();
            h = MultiplyAdd(d1, a4, hi);
            c6 += h.AsUInt64();
            c5 += (MultiplyAdd(d1, a4, hi - h) + middle).AsUInt64();
            h = MultiplyAdd(d2, a3, hi);
            c6 += h.AsUInt64();
            c5 += (MultiplyAdd(d2, a3, hi - h) + middle).AsUInt64();
            h = MultiplyAdd(d2, a4, hi);
            c7 += h.AsUInt64();
            c6 += (MultiplyAdd(d2, a4, hi - h) + middle).AsUInt64();
            h = MultiplyAdd(a3, a3, hi);
            c7 += h.AsUInt64();
            c6 += (MultiplyAdd(a3, a3, hi - h) + middle).AsUInt64();
            h = MultiplyAdd(d3, a4, hi);
            c8 += h.AsUInt64();
            c7 += (MultiplyAdd(d3, a4, hi - h) + middle).AsUInt64();
            h = MultiplyAdd(a4, a4, hi);
            c9 += h.AsUInt64();
            c8 += (MultiplyAdd(a4, a4, hi - h) + middle).AsUInt64();
        }
        else
        {
            h = MultiplyAdd(a0, b4, hi);
            c5 += h.AsUInt64();
            c4 += (MultiplyAdd(a0, b4, hi - h) + middle).AsUInt64();
            h = MultiplyAdd(a1, b3, hi);
            c5 += h.AsUInt64();
            c4 += (MultiplyAdd(a1, b3, hi - h) + middle).AsUInt64();
            h = MultiplyAdd(a2, b2, hi);
            c5 += h.AsUInt64();
            c4 += (MultiplyAdd(a2, b2, hi - h) + middle).AsUInt64();
            h = MultiplyAdd(a3, b1, hi);
            c5 += h.AsUInt64();
            c4 += (MultiplyAdd(a3, b1, hi - h) + middle).AsUInt64();
            h = MultiplyAdd(a4, b0, hi);
            c5 += h.AsUInt64();
            c4 += (MultiplyAdd(a4, b0, hi - h) + middle).AsUInt64();
            h = MultiplyAdd(a1, b4, hi);
            c6 += h.AsUInt64();
            c5 += (MultiplyAdd(a1, b4, hi - h) + middle).AsUInt64();
            h = MultiplyAdd(a2, b3, hi);
            c6 += h.AsUInt64();
            c5 += (MultiplyAdd(a2, b3, hi - h) + middle).AsUInt64();
            h = MultiplyAdd(a3, b2, hi);
            c6 += h.AsUInt64();
            c5 += (MultiplyAdd(a3, b2, hi - h) + middle).AsUInt64();
            h = MultiplyAdd(a4, b1, hi);
            c6 += h.AsUInt64();
            c5 += (MultiplyAdd(a4, b1, hi - h) + middle).AsUInt64();
            h = MultiplyAdd(a2, b4, hi);
            c7 += h.AsUInt64();
            c6 += (MultiplyAdd(a2, b4, hi - h) + middle).AsUInt64();
            h = MultiplyAdd(a3, b3, hi);
            c7 += h.AsUInt64();
            c6 += (MultiplyAdd(a3, b3, hi - h) + middle).AsUInt64();
            h = MultiplyAdd(a4, b2, hi);
            c7 += h.AsUInt64();
            c6 += (MultiplyAdd(a4, b2, hi - h) + middle).AsUInt64();
            h = MultiplyAdd(a3, b4, hi);
            c8 += h.AsUInt64();
            c7 += (MultiplyAdd(a3, b4, hi - h) + middle).AsUInt64();
            h = MultiplyAdd(a4, b3, hi);
            c8 += h.AsUInt64();
            c7 += (MultiplyAdd(a4, b3, hi - h) + middle).AsUInt64();
            h = MultiplyAdd(a4, b4, hi);
            c9 += h.AsUInt64();
            c8 += (MultiplyAdd(a4, b4, hi - h) + middle).AsUInt64();
        }

        // Columns 5..9 to signed digits of 52 bits.
        Vector256<ulong> digit = Vector256.Create(Digit52), low = Vector256.Create(LowBits);
        Vector256<double> lowHalf = Vector256.Create(LowHalf52);
        c6 += c5 >> 52;
        c7 += c6 >> 52;
        c8 += c7 >> 52;
        c9 += c8 >> 52;
        Vector256<double> h5 = ((c5 & digit) | low).AsDouble() - lowHalf;
        Vector256<double> h6 = ((c6 & digit) | low).AsDouble() - lowHalf;
        Vector256<double> h7 = ((c7 & digit) | low).AsDouble() - lowHalf;
        Vector256<double> h8 = ((c8 & digit) | low).AsDouble() - lowHalf;
        Vector256<double> h9 = ((c9 & digit) | low).AsDouble() - lowHalf;

        if (TShape.IsSquare)
        {
            h = MultiplyAdd(d0, a3, hi);
            c4 += h.AsUInt64();
            c3 += (MultiplyAdd(d0, a3, hi - h) + middle).AsUInt64();
            h = MultiplyAdd(d1, a2, hi);
            c4 += h.AsUInt64();
            c3 += (MultiplyAdd(d1, a2, hi - h) + middle).AsUInt64();
            h = MultiplyAdd(d0, a2, hi);
            c3 += h.AsUInt64();
            c2 += (MultiplyAdd(d0, a2, hi - h) + middle).AsUInt64();
            h = MultiplyAdd(a1, a1, hi);
            c3 += h.AsUInt64();
            c2 += (MultiplyAdd(a1, a1, hi - h) + middle).AsUInt64();
            h = MultiplyAdd(d0, a1, hi);
            c2 += h.AsUInt64();
            c1 += (MultiplyAdd(d0, a1, hi - h) + middle).AsUInt64();
            h = MultiplyAdd(a0, a0, hi);
            c1 += h.AsUInt64();
            c0 += (MultiplyAdd(a0, a0, hi - h) + middle).AsUInt64();
        }
        else
        {
            h = MultiplyAdd(a0, b3, hi);
            c4 += h.AsUInt64();
            c3 += (MultiplyAdd(a0, b3, hi - h) + middle).AsUInt64();
            h = MultiplyAdd(a1, b2, hi);
            c4 += h.AsUInt64();
            c3 += (MultiplyAdd(a1, b2, hi - h) + middle).AsUInt64();
            h = MultiplyAdd(a2, b1, hi);
            c4 += h.AsUInt64();
            c3 += (MultiplyAdd(a2, b1, hi - h) + middle).AsUInt64();
            h = MultiplyAdd(a3, b0, hi);
            c4 += h.AsUInt64();
            c3 += (MultiplyAdd(a3, b0, hi - h) + middle).AsUInt64();
            h = MultiplyAdd(a0, b2, hi);
            c3 += h.AsUInt64();
            c2 += (MultiplyAdd(a0, b2, hi - h) + middle).AsUInt64();
            h = MultiplyAdd(a1, b1, hi);
            c3 += h.AsUInt64();
            c2 += (MultiplyAdd(a1, b1, hi - h) + middle).AsUInt64();
            h = MultiplyAdd(a2, b0, hi);
            c3 += h.AsUInt64();
            c2 += (MultiplyAdd(a2, b0, hi - h) + middle).AsUInt64();
            h = MultiplyAdd(a0, b1, hi);
            c2 += h.AsUInt64();
            c1 += (MultiplyAdd(a0, b1, hi - h) + middle).AsUInt64();
            h = MultiplyAdd(a1, b0, hi);
            c2 += h.AsUInt64();
            c1 += (MultiplyAdd(a1, b0, hi - h) + middle).AsUInt64();
            h = MultiplyAdd(a0, b0, hi);
            c1 += h.AsUInt64();
            c0 += (MultiplyAdd(a0, b0, hi - h) + middle).AsUInt64();
        }

        // First fold: 2^260 = 2^36 + 15632. The last one is cut at 2^48, so that what passes 2^256 is a whole number g.
        Vector256<double> fold = Vector256.Create(Fold260);
        Vector256<double> g = MultiplyAdd(h9, fold, Vector256.Create(High48));
        c4 += (MultiplyAdd(h9, fold, Vector256.Create(High48) - g) + middle).AsUInt64();
        h = MultiplyAdd(h5, fold, hi);
        c1 += h.AsUInt64();
        c0 += (MultiplyAdd(h5, fold, hi - h) + middle).AsUInt64();
        h = MultiplyAdd(h6, fold, hi);
        c2 += h.AsUInt64();
        c1 += (MultiplyAdd(h6, fold, hi - h) + middle).AsUInt64();
        h = MultiplyAdd(h7, fold, hi);
        c3 += h.AsUInt64();
        c2 += (MultiplyAdd(h7, fold, hi - h) + middle).AsUInt64();
        h = MultiplyAdd(h8, fold, hi);
        c4 += h.AsUInt64();
        c3 += (MultiplyAdd(h8, fold, hi - h) + middle).AsUInt64();

        Vector256<ulong> gBits = g.AsUInt64() + Vector256.Create(unchecked(MiddleBits - High48Bits));
        if (TShape.Scale != 1)
        {
            c0 = Times(c0, TShape.Scale);
            c1 = Times(c1, TShape.Scale);
            c2 = Times(c2, TShape.Scale);
            c3 = Times(c3, TShape.Scale);
            c4 = Times(c4, TShape.Scale);
            gBits = Times(gBits - Vector256.Create(MiddleBits), TShape.Scale) + Vector256.Create(MiddleBits);
            c0 += Vector256.Create(Late0);
            c1 += Vector256.Create(Late1);
            c2 += Vector256.Create(Late2);
            c3 += Vector256.Create(Late3);
            c4 += Vector256.Create(Late4);
        }

        if (TShape.HasAddend)
        {
            c0 += ToInteger(addend.L0);
            c1 += ToInteger(addend.L1);
            c2 += ToInteger(addend.L2);
            c3 += ToInteger(addend.L3);
            c4 += ToInteger(addend.L4);
        }

        // Second fold: everything above 2^256, q = g + floor(c4 / 2^48).
        Vector256<double> q = (gBits + (c4 >> 48) - Vector256.Create(TopShifted48)).AsDouble();
        q -= middle;
        c4 = (c4 & Vector256.Create(Digit48)) | Vector256.Create(MiddleBits);
        fold = Vector256.Create(Fold256);
        h = MultiplyAdd(q, fold, hi);
        c1 += h.AsUInt64();
        c0 += (MultiplyAdd(q, fold, hi - h) + middle).AsUInt64();

        // One carry from end to end leaves exact signed digits; the top limb keeps the few units that c3 passes on.
        c1 += c0 >> 52;
        c2 += c1 >> 52;
        c3 += c2 >> 52;
        c4 += c3 >> 52;
        r.L0 = ((c0 & digit) | low).AsDouble() - lowHalf;
        r.L1 = ((c1 & digit) | low).AsDouble() - lowHalf;
        r.L2 = ((c2 & digit) | low).AsDouble() - lowHalf;
        r.L3 = ((c3 & digit) | low).AsDouble() - lowHalf;
        r.L4 = c4.AsDouble() - Vector256.Create(MiddleHalf48);
        CheckCarried(in r);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Times(Vector256<ulong> c, int scale) => scale == 4 ? c << 2 : (c << 1) + c;

    // A wide limb, |limb|
    // < 2^62 with at most 53 significant bits, as an integer: a multiple of 2^32 and a rest, each by the
    // bit pattern of its sum with 3 2^51. (The pattern of the first vanishes when it is shifted.)
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> ToInteger(Vector256<double> limb)
    {
        Vector256<double> middle = Vector256.Create(Middle);
        Vector256<double> high = MultiplyAdd(limb, Vector256.Create(1.0 / 4294967296.0), middle);
        Vector256<double> rest = MultiplyAdd(high - middle, Vector256.Create(-4294967296.0), limb) + middle;
        return (high.AsUInt64() << 32) + rest.AsUInt64() - Vector256.Create(MiddleBits);
    }
}
