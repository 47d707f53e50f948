using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using static System.Runtime.Intrinsics.X86.Avx512F;

namespace Tactus.Kernels.Secp256k1.Lanes;

/// <summary>Products mod p in eight lanes: the columns of a b by fused multiply-add, then one reduction.</summary>
/// <remarks>
/// Value represented: sum of L[i] 2^(52 i), signed limbs held as doubles; classes in <see cref="IFieldLanes{TSelf}"/>.
/// A product x y with |x y| at most 2^103 is cut exactly at 2^52 with rounding towards zero (Emmart, Zheng and Weems,
/// "Faster modular exponentiation using double precision floating point arithmetic on the GPU", ARITH 2018, gave the
/// unsigned form): h = fma(x, y, 3 2^103) is positive, so it truncates to 3 2^103 + 2^52 floor(x y / 2^52), and
/// fma(x, y, 3 2^103 + 2^52 - h) = 2^52 + (x y mod 2^52). Both lie in one binade, where the bit pattern counts units,
/// so patterns are added as integers into columns that start at minus the sum of the exponents.
/// docs/math/field-lanes.md bounds every intermediate.
/// </remarks>
internal partial struct FieldAvx512
{
    private const FloatRoundingMode Floor = FloatRoundingMode.ToZero;

    // 3 2^103 and 3 2^103 + 2^52; for the last column, cut at 2^48: 3 2^99 and 3 2^99 + 2^52.
    private const double High = 30423614405477505635920876929024d;
    private const double HighLow = 30423614405477510139520504299520d;
    private const double High48 = 1901475900342344102245054808064d;
    private const double HighLow48 = 1901475900342348605844682178560d;

    // 2^260 mod p and 2^256 mod p.
    private const double Fold260 = 68719492368d;
    private const double Fold256 = 4294968273d;

    private const ulong HighBits = 0x4678000000000000UL;
    private const ulong High48Bits = 0x4638000000000000UL;
    private const ulong LowBits = 0x4330000000000000UL;
    private const ulong MiddleBits = 0x4338000000000000UL;

    private const ulong Digit52 = (1UL << 52) - 1;
    private const ulong Digit20 = (1UL << 20) - 1;
    private const ulong Digit48 = (1UL << 48) - 1;
    private const ulong Half52 = 1UL << 51;
    private const ulong Half48 = 1UL << 47;

    // Doubles that turn (digit | LowBits) or (digit | MiddleBits) into a signed limb.
    private const double LowHalf52 = 4503599627370496d + 2251799813685248d;
    private const double MiddleHalf48 = 6755399441055744d + 140737488355328d;
    private const double Middle = 6755399441055744d;

    // What columns 0..4 get besides products: half a digit, so that cutting gives signed limbs.
    private const ulong Late0 = Half52;
    private const ulong Late1 = Half52;
    private const ulong Late2 = Half52;
    private const ulong Late3 = Half52;
    private const ulong Late4 = Half48;

    // Columns start here: nothing but minus the patterns that will be added (number of low and high halves per column).
    private const ulong MulBias0 = unchecked(0UL - (2 * LowBits) - (0 * HighBits));
    private const ulong MulBias1 = unchecked(0UL - (3 * LowBits) - (2 * HighBits));
    private const ulong MulBias2 = unchecked(0UL - (4 * LowBits) - (3 * HighBits));
    private const ulong MulBias3 = unchecked(0UL - (5 * LowBits) - (4 * HighBits));
    private const ulong MulBias4 = unchecked(0UL - (6 * LowBits) - (5 * HighBits));
    private const ulong MulBias5 = unchecked(0UL - (4 * LowBits) - (5 * HighBits));
    private const ulong MulBias6 = unchecked(0UL - (3 * LowBits) - (4 * HighBits));
    private const ulong MulBias7 = unchecked(0UL - (2 * LowBits) - (3 * HighBits));
    private const ulong MulBias8 = unchecked(0UL - (1 * LowBits) - (2 * HighBits));
    private const ulong MulBias9 = unchecked(0UL - (0 * LowBits) - (1 * HighBits));
    private const ulong SqrBias0 = unchecked(0UL - (2 * LowBits) - (0 * HighBits));
    private const ulong SqrBias1 = unchecked(0UL - (2 * LowBits) - (2 * HighBits));
    private const ulong SqrBias2 = unchecked(0UL - (3 * LowBits) - (2 * HighBits));
    private const ulong SqrBias3 = unchecked(0UL - (3 * LowBits) - (3 * HighBits));
    private const ulong SqrBias4 = unchecked(0UL - (4 * LowBits) - (3 * HighBits));
    private const ulong SqrBias5 = unchecked(0UL - (2 * LowBits) - (3 * HighBits));
    private const ulong SqrBias6 = unchecked(0UL - (2 * LowBits) - (2 * HighBits));
    private const ulong SqrBias7 = unchecked(0UL - (1 * LowBits) - (2 * HighBits));
    private const ulong SqrBias8 = unchecked(0UL - (1 * LowBits) - (1 * HighBits));
    private const ulong SqrBias9 = unchecked(0UL - (0 * LowBits) - (1 * HighBits));

    public static void Mul(in FieldAvx512 a, in FieldAvx512 b, out FieldAvx512 r) =>
        Product<PlainProduct>(in a, in b, in a, out r);

    public static void MulAdd(in FieldAvx512 a, in FieldAvx512 b, in FieldAvx512 c, out FieldAvx512 r) =>
        Product<ProductPlus>(in a, in b, in c, out r);

    public static void MulBy4(in FieldAvx512 a, in FieldAvx512 b, out FieldAvx512 r) =>
        Product<ProductBy4>(in a, in b, in a, out r);

    public static void Sqr(in FieldAvx512 a, out FieldAvx512 r) => Product<PlainSquare>(in a, in a, in a, out r);

    public static void SqrAdd(in FieldAvx512 a, in FieldAvx512 c, out FieldAvx512 r) =>
        Product<SquarePlus>(in a, in a, in c, out r);

    public static void SqrBy3(in FieldAvx512 a, out FieldAvx512 r) => Product<SquareBy3>(in a, in a, in a, out r);

    // One compiled body for each shape; a method of this size keeps its columns in registers, and callers only call it.
    // It
    // skips the JIT's first tier, in which every intrinsic would be a call.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Product<TShape>(in FieldAvx512 a, in FieldAvx512 b, in FieldAvx512 addend, out FieldAvx512 r)
        where TShape : struct, IShape
    {
        CheckProduct(in a, in b);
        Vector512<double> a0 = a.L0, a1 = a.L1, a2 = a.L2, a3 = a.L3, a4 = a.L4;
        Vector512<double> hi = Vector512.Create(High), hiLo = Vector512.Create(HighLow), h;
        Vector512<ulong> c0 = Vector512.Create((TShape.IsSquare ? SqrBias0 : MulBias0)
            + (TShape.Scale == 1 ? Late0 : 0));
        Vector512<ulong> c1 = Vector512.Create((TShape.IsSquare ? SqrBias1 : MulBias1)
            + (TShape.Scale == 1 ? Late1 : 0));
        Vector512<ulong> c2 = Vector512.Create((TShape.IsSquare ? SqrBias2 : MulBias2)
            + (TShape.Scale == 1 ? Late2 : 0));
        Vector512<ulong> c3 = Vector512.Create((TShape.IsSquare ? SqrBias3 : MulBias3)
            + (TShape.Scale == 1 ? Late3 : 0));
        Vector512<ulong> c4 = Vector512.Create((TShape.IsSquare ? SqrBias4 : MulBias4)
            + (TShape.Scale == 1 ? Late4 : 0));
        Vector512<ulong> c5 = Vector512.Create(TShape.IsSquare ? SqrBias5 : MulBias5);
        Vector512<ulong> c6 = Vector512.Create(TShape.IsSquare ? SqrBias6 : MulBias6);
        Vector512<ulong> c7 = Vector512.Create(TShape.IsSquare ? SqrBias7 : MulBias7);
        Vector512<ulong> c8 = Vector512.Create(TShape.IsSquare ? SqrBias8 : MulBias8);
        Vector512<ulong> c9 = Vector512.Create(TShape.IsSquare ? SqrBias9 : MulBias9);

        Vector512<double> d0 = a0 + a0, d1 = a1 + a1, d2 = a2 + a2, d3 = a3 + a3;
        Vector512<double> b0 = b.L0, b1 = b.L1, b2 = b.L2, b3 = b.L3, b4 = b.L4;

        // The upper columns first, so that their carry and the first fold run beside the lower products.
        if (TShape.IsSquare)
        {
            h = FusedMultiplyAdd(d0, a4, hi, Floor);
            c5 += h.AsUInt64();
            c4 += FusedMultiplyAdd(d0, a4, Subtract(hiLo, h), Floor).AsUInt64();
            h = FusedMultiplyAdd(d1, a3, hi, Floor);
            c5 += h.AsUInt64();
            c4 += FusedMultiplyAdd(d1, a3, Subtract(hiLo, h), Floor).AsUInt64();
            h = FusedMultiplyAdd(a2, a2, hi, Floor);
            c5 += h.AsUInt64();
            c4 += FusedMultiplyAdd(a2, a2, Subtract(hiLo, h), Floor).AsUInt64();
            h = FusedMultiplyAdd(d1, a4, hi, Floor);
            c6 += h.AsUInt64();
            c5 += FusedMultiplyAdd(d1, a4, Subtract(hiLo, h), Floor).AsUInt64();
            h = FusedMultiplyAdd(d2, a3, hi, Floor);
            c6 += h.AsUInt64();
            c5 += FusedMultiplyAdd(d2, a3, Subtract(hiLo, h), Floor).AsUInt64();
            h = FusedMultiplyAdd(d2, a4, hi, Floor);
            c7 += h.AsUInt64();
            c6 += FusedMultiplyAdd(d2, a4, Subtract(hiLo, h), Floor).AsUInt64();
            h = FusedMultiplyAdd(a3, a3, hi, Floor);
            c7 += h.AsUInt64();
            c6 += FusedMultiplyAdd(a3, a3, Subtract(hiLo, h), Floor).AsUInt64();
            h = FusedMultiplyAdd(d3, a4, hi, Floor);
            c8 += h.AsUInt64();
            c7 += FusedMultiplyAdd(d3, a4, Subtract(hiLo, h), Floor).AsUInt64();
            h = FusedMultiplyAdd(a4, a4, hi, Floor);
            c9 += h.AsUInt64();
            c8 += FusedMultiplyAdd(a4, a4, Subtract(hiLo, h), Floor).AsUInt64();
        }
        else
        {
            h = FusedMultiplyAdd(a0, b4, hi, Floor);
            c5 += h.AsUInt64();
            c4 += FusedMultiplyAdd(a0, b4, Subtract(hiLo, h), Floor).AsUInt64();
            h = FusedMultiplyAdd(a1, b3, hi, Floor);
            c5 += h.AsUInt64();
            c4 += FusedMultiplyAdd(a1, b3, Subtract(hiLo, h), Floor).AsUInt64();
            h = FusedMultiplyAdd(a2, b2, hi, Floor);
            c5 += h.AsUInt64();
            c4 += FusedMultiplyAdd(a2, b2, Subtract(hiLo, h), Floor).AsUInt64();
            h = FusedMultiplyAdd(a3, b1, hi, Floor);
            c5 += h.AsUInt64();
            c4 += FusedMultiplyAdd(a3, b1, Subtract(hiLo, h), Floor).AsUInt64();
            h = FusedMultiplyAdd(a4, b0, hi, Floor);
            c5 += h.AsUInt64();
            c4 += FusedMultiplyAdd(a4, b0, Subtract(hiLo, h), Floor).AsUInt64();
            h = FusedMultiplyAdd(a1, b4, hi, Floor);
            c6 += h.AsUInt64();
            c5 += FusedMultiplyAdd(a1, b4, Subtract(hiLo, h), Floor).AsUInt64();
            h = FusedMultiplyAdd(a2, b3, hi, Floor);
            c6 += h.AsUInt64();
            c5 += FusedMultiplyAdd(a2, b3, Subtract(hiLo, h), Floor).AsUInt64();
            h = FusedMultiplyAdd(a3, b2, hi, Floor);
            c6 += h.AsUInt64();
            c5 += FusedMultiplyAdd(a3, b2, Subtract(hiLo, h), Floor).AsUInt64();
            h = FusedMultiplyAdd(a4, b1, hi, Floor);
            c6 += h.AsUInt64();
            c5 += FusedMultiplyAdd(a4, b1, Subtract(hiLo, h), Floor).AsUInt64();
            h = FusedMultiplyAdd(a2, b4, hi, Floor);
            c7 += h.AsUInt64();
            c6 += FusedMultiplyAdd(a2, b4, Subtract(hiLo, h), Floor).AsUInt64();
            h = FusedMultiplyAdd(a3, b3, hi, Floor);
            c7 += h.AsUInt64();
            c6 += FusedMultiplyAdd(a3, b3, Subtract(hiLo, h), Floor).AsUInt64();
            h = FusedMultiplyAdd(a4, b2, hi, Floor);
            c7 += h.AsUInt64();
            c6 += FusedMultiplyAdd(a4, b2, Subtract(hiLo, h), Floor).AsUInt64();
            h = FusedMultiplyAdd(a3, b4, hi, Floor);
            c8 += h.AsUInt64();
            c7 += FusedMultiplyAdd(a3, b4, Subtract(hiLo, h), Floor).AsUInt64();
            h = FusedMultiplyAdd(a4, b3, hi, Floor);
            c8 += h.AsUInt64();
            c7 += FusedMultiplyAdd(a4, b3, Subtract(hiLo, h), Floor).AsUInt64();
            h = FusedMultiplyAdd(a4, b4, hi, Floor);
            c9 += h.AsUInt64();
            c8 += FusedMultiplyAdd(a4, b4, Subtract(hiLo, h), Floor).AsUInt64();
        }

        // Columns 5..9 to digits: each keeps 52 bits and takes what the one below passes on, all at once. h5..h8 lie
        // between
        // -2^4 and 2^52 + 2^4, which is exact enough: they meet only the constant of the first fold.
        Vector512<ulong> digit = Vector512.Create(Digit52), low = Vector512.Create(LowBits);
        Vector512<double> lowHalf = Vector512.Create(LowHalf52);
        Vector512<double> h5 = ToDouble(c5 & digit);
        Vector512<double> h6 = ToDouble((c6 & digit) + ShiftRight52(c5));
        Vector512<double> h7 = ToDouble((c7 & digit) + ShiftRight52(c6));
        Vector512<double> h8 = ToDouble((c8 & digit) + ShiftRight52(c7));
        Vector512<double> h9 = ToDouble(c9 + ShiftRight52(c8));

        if (TShape.IsSquare)
        {
            h = FusedMultiplyAdd(d0, a3, hi, Floor);
            c4 += h.AsUInt64();
            c3 += FusedMultiplyAdd(d0, a3, Subtract(hiLo, h), Floor).AsUInt64();
            h = FusedMultiplyAdd(d1, a2, hi, Floor);
            c4 += h.AsUInt64();
            c3 += FusedMultiplyAdd(d1, a2, Subtract(hiLo, h), Floor).AsUInt64();
            h = FusedMultiplyAdd(d0, a2, hi, Floor);
            c3 += h.AsUInt64();
            c2 += FusedMultiplyAdd(d0, a2, Subtract(hiLo, h), Floor).AsUInt64();
            h = FusedMultiplyAdd(a1, a1, hi, Floor);
            c3 += h.AsUInt64();
            c2 += FusedMultiplyAdd(a1, a1, Subtract(hiLo, h), Floor).AsUInt64();
            h = FusedMultiplyAdd(d0, a1, hi, Floor);
            c2 += h.AsUInt64();
            c1 += FusedMultiplyAdd(d0, a1, Subtract(hiLo, h), Floor).AsUInt64();
            h = FusedMultiplyAdd(a0, a0, hi, Floor);
            c1 += h.AsUInt64();
            c0 += FusedMultiplyAdd(a0, a0, Subtract(hiLo, h), Floor).AsUInt64();
        }
        else
        {
            h = FusedMultiplyAdd(a0, b3, hi, Floor);
            c4 += h.AsUInt64();
            c3 += FusedMultiplyAdd(a0, b3, Subtract(hiLo, h), Floor).AsUInt64();
            h = FusedMultiplyAdd(a1, b2, hi, Floor);
            c4 += h.AsUInt64();
            c3 += FusedMultiplyAdd(a1, b2, Subtract(hiLo, h), Floor).AsUInt64();
            h = FusedMultiplyAdd(a2, b1, hi, Floor);
            c4 += h.AsUInt64();
            c3 += FusedMultiplyAdd(a2, b1, Subtract(hiLo, h), Floor).AsUInt64();
            h = FusedMultiplyAdd(a3, b0, hi, Floor);
            c4 += h.AsUInt64();
            c3 += FusedMultiplyAdd(a3, b0, Subtract(hiLo, h), Floor).AsUInt64();
            h = FusedMultiplyAdd(a0, b2, hi, Floor);
            c3 += h.AsUInt64();
            c2 += FusedMultiplyAdd(a0, b2, Subtract(hiLo, h), Floor).AsUInt64();
            h = FusedMultiplyAdd(a1, b1, hi, Floor);
            c3 += h.AsUInt64();
            c2 += FusedMultiplyAdd(a1, b1, Subtract(hiLo, h), Floor).AsUInt64();
            h = FusedMultiplyAdd(a2, b0, hi, Floor);
            c3 += h.AsUInt64();
            c2 += FusedMultiplyAdd(a2, b0, Subtract(hiLo, h), Floor).AsUInt64();
            h = FusedMultiplyAdd(a0, b1, hi, Floor);
            c2 += h.AsUInt64();
            c1 += FusedMultiplyAdd(a0, b1, Subtract(hiLo, h), Floor).AsUInt64();
            h = FusedMultiplyAdd(a1, b0, hi, Floor);
            c2 += h.AsUInt64();
            c1 += FusedMultiplyAdd(a1, b0, Subtract(hiLo, h), Floor).AsUInt64();
            h = FusedMultiplyAdd(a0, b0, hi, Floor);
            c1 += h.AsUInt64();
            c0 += FusedMultiplyAdd(a0, b0, Subtract(hiLo, h), Floor).AsUInt64();
        }

        // First fold: 2^260 = 2^36 + 15632. The last one is cut at 2^48, so that what passes 2^256 is a whole number g.
        Vector512<double> fold = Vector512.Create(Fold260);
        Vector512<double> g = FusedMultiplyAdd(h9, fold, Vector512.Create(High48), Floor);
        c4 += FusedMultiplyAdd(h9, fold, Subtract(Vector512.Create(HighLow48), g), Floor).AsUInt64();
        h = FusedMultiplyAdd(h5, fold, hi, Floor);
        c1 += h.AsUInt64();
        c0 += FusedMultiplyAdd(h5, fold, Subtract(hiLo, h), Floor).AsUInt64();
        h = FusedMultiplyAdd(h6, fold, hi, Floor);
        c2 += h.AsUInt64();
        c1 += FusedMultiplyAdd(h6, fold, Subtract(hiLo, h), Floor).AsUInt64();
        h = FusedMultiplyAdd(h7, fold, hi, Floor);
        c3 += h.AsUInt64();
        c2 += FusedMultiplyAdd(h7, fold, Subtract(hiLo, h), Floor).AsUInt64();
        h = FusedMultiplyAdd(h8, fold, hi, Floor);
        c4 += h.AsUInt64();
        c3 += FusedMultiplyAdd(h8, fold, Subtract(hiLo, h), Floor).AsUInt64();

        Vector512<ulong> q = g.AsUInt64() - Vector512.Create(High48Bits);
        if (TShape.Scale != 1)
        {
            c0 = Times(c0, TShape.Scale);
            c1 = Times(c1, TShape.Scale);
            c2 = Times(c2, TShape.Scale);
            c3 = Times(c3, TShape.Scale);
            c4 = Times(c4, TShape.Scale);
            q = Times(q, TShape.Scale);
            c0 += Vector512.Create(Late0);
            c1 += Vector512.Create(Late1);
            c2 += Vector512.Create(Late2);
            c3 += Vector512.Create(Late3);
            c4 += Vector512.Create(Late4);
        }

        if (TShape.HasAddend)
        {
            c0 += ToInteger(addend.L0);
            c1 += ToInteger(addend.L1);
            c2 += ToInteger(addend.L2);
            c3 += ToInteger(addend.L3);
            c4 += ToInteger(addend.L4);
        }

        // Second fold: everything above 2^256, q = g + floor(c4 / 2^48), |q|
        // < 2^36, by 2^256 = 2^32 + 977, in integers.
        q += Vector512.ShiftRightArithmetic(c4.AsInt64(), 48).AsUInt64();
        c4 = (c4 & Vector512.Create(Digit48)) | Vector512.Create(MiddleBits);
        c1 += Vector512.ShiftRightArithmetic(q.AsInt64(), 20).AsUInt64();
        c0 += ((q & Vector512.Create(Digit20)) << 32) + Avx512DQ.MultiplyLow(q, Vector512.Create(977UL));

        // One carry from end to end leaves exact signed digits; the top limb keeps the few units that c3 passes on.
        c1 += ShiftRight52(c0);
        c2 += ShiftRight52(c1);
        c3 += ShiftRight52(c2);
        c4 += ShiftRight52(c3);
        r.L0 = Subtract(((c0 & digit) | low).AsDouble(), lowHalf);
        r.L1 = Subtract(((c1 & digit) | low).AsDouble(), lowHalf);
        r.L2 = Subtract(((c2 & digit) | low).AsDouble(), lowHalf);
        r.L3 = Subtract(((c3 & digit) | low).AsDouble(), lowHalf);
        r.L4 = Subtract(c4.AsDouble(), Vector512.Create(MiddleHalf48));
        CheckCarried(in r);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> ShiftRight52(Vector512<ulong> c) =>
        Vector512.ShiftRightArithmetic(c.AsInt64(), 52).AsUInt64();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> ToDouble(Vector512<ulong> c) => Avx512DQ.ConvertToVector512Double(c.AsInt64());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Times(Vector512<ulong> c, int scale) => scale == 4 ? c << 2 : (c << 1) + c;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> ToInteger(Vector512<double> limb) =>
        Avx512DQ.ConvertToVector512Int64(limb).AsUInt64();
}
