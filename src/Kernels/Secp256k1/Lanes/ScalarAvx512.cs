using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using static System.Runtime.Intrinsics.X86.Avx512F;

namespace Tactus.Kernels.Secp256k1.Lanes;

/// <summary>Eight numbers mod the order n = 2^256 - C of the group, C of 129 bits: limbs and products as in
/// FieldAvx512.Products.cs.</summary>
/// <remarks>
/// <para>
/// Value of a lane: the sum of L[i] 2^(52 i). Loaded numbers and products are carried: |L0..L3| at most 2^51, |L4|
/// below 2^47 + 2^7.
/// </para>
/// <para>
/// 2^260 mod n = 16 C = K0 + K1 2^52 + K2 2^104 with signed |K0|, |K1| below 0.84 2^51 and K2 below 2^29. First fold:
/// five digits
/// (at most 2^52 + 2^4, so products stay below 2^103) times K leave columns 5..7, at most 2^127 2^260 together, for a
/// second
/// fold, which leaves q 2^256 with |q| below 2^9; q C, C = C0 + C1 2^52 + C2 2^104, is added as integers below 2^61.
/// </para>
/// </remarks>
internal unsafe struct ScalarAvx512
{
    private const FloatRoundingMode Floor = FloatRoundingMode.ToZero;

    private const double High = 30423614405477505635920876929024d;
    private const double HighLow = 30423614405477510139520504299520d;
    private const ulong HighBits = 0x4678000000000000UL;
    private const ulong LowBits = 0x4330000000000000UL;
    private const ulong MiddleBits = 0x4338000000000000UL;
    private const ulong Digit52 = (1UL << 52) - 1;
    private const ulong Digit48 = (1UL << 48) - 1;
    private const double LowHalf52 = 4503599627370496d + 2251799813685248d;
    private const double MiddleHalf48 = 6755399441055744d + 140737488355328d;
    private const double Middle = 6755399441055744d;

    // 16 C and C in signed limbs
    private const double K0 = -1663342106383376d, K1 = -1881576321040338d, K2 = 341119538d;
    private const long C0 = -666908835070273, C1 = 445351433356291, C2 = 21319971;

    // Columns start at minus the patterns that will be added; columns 0..4 also half a digit higher.
    private const ulong Start0 = unchecked((1UL << 51) - (3 * LowBits) - (0 * HighBits));
    private const ulong Start1 = unchecked((1UL << 51) - (6 * LowBits) - (3 * HighBits));
    private const ulong Start2 = unchecked((1UL << 51) - (9 * LowBits) - (6 * HighBits));
    private const ulong Start3 = unchecked((1UL << 51) - (9 * LowBits) - (9 * HighBits));
    private const ulong Start4 = unchecked((1UL << 47) - (9 * LowBits) - (9 * HighBits));
    private const ulong Upper5 = unchecked(0UL - (4 * LowBits) - (5 * HighBits));
    private const ulong Upper6 = unchecked(0UL - (3 * LowBits) - (4 * HighBits));
    private const ulong Upper7 = unchecked(0UL - (2 * LowBits) - (3 * HighBits));
    private const ulong Upper8 = unchecked(0UL - (1 * LowBits) - (2 * HighBits));
    private const ulong Upper9 = unchecked(0UL - (0 * LowBits) - (1 * HighBits));
    private const ulong Second5 = unchecked(0UL - (2 * LowBits) - (3 * HighBits));
    private const ulong Second6 = unchecked(0UL - (1 * LowBits) - (2 * HighBits));
    private const ulong Second7 = unchecked(0UL - (0 * LowBits) - (1 * HighBits));
    private const ulong Over = unchecked(0UL - (0 * LowBits) - (1 * HighBits));

    private Vector512<double> _l0;
    private Vector512<double> _l1;
    private Vector512<double> _l2;
    private Vector512<double> _l3;
    private Vector512<double> _l4;

    public static bool IsSupported => FieldAvx512.IsSupported;

    /// <summary>r = a b mod n.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Mul(in ScalarAvx512 a, in ScalarAvx512 b, out ScalarAvx512 r)
    {
        Vector512<double> a0 = a._l0, a1 = a._l1, a2 = a._l2, a3 = a._l3, a4 = a._l4;
        Vector512<double> b0 = b._l0, b1 = b._l1, b2 = b._l2, b3 = b._l3, b4 = b._l4;
        Vector512<double> hi = Vector512.Create(High), hiLo = Vector512.Create(HighLow), h;
        Vector512<ulong> c0 = Vector512.Create(Start0);
        Vector512<ulong> c1 = Vector512.Create(Start1);
        Vector512<ulong> c2 = Vector512.Create(Start2);
        Vector512<ulong> c3 = Vector512.Create(Start3);
        Vector512<ulong> c4 = Vector512.Create(Start4);
        Vector512<ulong> c5 = Vector512.Create(Upper5);
        Vector512<ulong> c6 = Vector512.Create(Upper6);
        Vector512<ulong> c7 = Vector512.Create(Upper7);
        Vector512<ulong> c8 = Vector512.Create(Upper8);
        Vector512<ulong> c9 = Vector512.Create(Upper9);
        Vector512<ulong> d5 = Vector512.Create(Second5);
        Vector512<ulong> d6 = Vector512.Create(Second6);
        Vector512<ulong> d7 = Vector512.Create(Second7);
        Vector512<ulong> over = Vector512.Create(Over), digit = Vector512.Create(Digit52);

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

        Vector512<double> h5 = ToDouble(c5 & digit);
        Vector512<double> h6 = ToDouble((c6 & digit) + ShiftRight52(c5));
        Vector512<double> h7 = ToDouble((c7 & digit) + ShiftRight52(c6));
        Vector512<double> h8 = ToDouble((c8 & digit) + ShiftRight52(c7));
        Vector512<double> h9 = ToDouble(c9 + ShiftRight52(c8));

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

        // First fold, the upper columns first.
        Vector512<double> k0 = Vector512.Create(K0), k1 = Vector512.Create(K1), k2 = Vector512.Create(K2);
        h = FusedMultiplyAdd(h9, k2, hi, Floor);
        d7 += h.AsUInt64();
        d6 += FusedMultiplyAdd(h9, k2, Subtract(hiLo, h), Floor).AsUInt64();
        h = FusedMultiplyAdd(h8, k2, hi, Floor);
        d6 += h.AsUInt64();
        d5 += FusedMultiplyAdd(h8, k2, Subtract(hiLo, h), Floor).AsUInt64();
        h = FusedMultiplyAdd(h9, k1, hi, Floor);
        d6 += h.AsUInt64();
        d5 += FusedMultiplyAdd(h9, k1, Subtract(hiLo, h), Floor).AsUInt64();
        h = FusedMultiplyAdd(h7, k2, hi, Floor);
        d5 += h.AsUInt64();
        c4 += FusedMultiplyAdd(h7, k2, Subtract(hiLo, h), Floor).AsUInt64();
        h = FusedMultiplyAdd(h8, k1, hi, Floor);
        d5 += h.AsUInt64();
        c4 += FusedMultiplyAdd(h8, k1, Subtract(hiLo, h), Floor).AsUInt64();
        h = FusedMultiplyAdd(h9, k0, hi, Floor);
        d5 += h.AsUInt64();
        c4 += FusedMultiplyAdd(h9, k0, Subtract(hiLo, h), Floor).AsUInt64();
        h = FusedMultiplyAdd(h6, k2, hi, Floor);
        c4 += h.AsUInt64();
        c3 += FusedMultiplyAdd(h6, k2, Subtract(hiLo, h), Floor).AsUInt64();
        h = FusedMultiplyAdd(h7, k1, hi, Floor);
        c4 += h.AsUInt64();
        c3 += FusedMultiplyAdd(h7, k1, Subtract(hiLo, h), Floor).AsUInt64();
        h = FusedMultiplyAdd(h8, k0, hi, Floor);
        c4 += h.AsUInt64();
        c3 += FusedMultiplyAdd(h8, k0, Subtract(hiLo, h), Floor).AsUInt64();
        h = FusedMultiplyAdd(h5, k2, hi, Floor);
        c3 += h.AsUInt64();
        c2 += FusedMultiplyAdd(h5, k2, Subtract(hiLo, h), Floor).AsUInt64();
        h = FusedMultiplyAdd(h6, k1, hi, Floor);
        c3 += h.AsUInt64();
        c2 += FusedMultiplyAdd(h6, k1, Subtract(hiLo, h), Floor).AsUInt64();
        h = FusedMultiplyAdd(h7, k0, hi, Floor);
        c3 += h.AsUInt64();
        c2 += FusedMultiplyAdd(h7, k0, Subtract(hiLo, h), Floor).AsUInt64();
        h = FusedMultiplyAdd(h5, k1, hi, Floor);
        c2 += h.AsUInt64();
        c1 += FusedMultiplyAdd(h5, k1, Subtract(hiLo, h), Floor).AsUInt64();
        h = FusedMultiplyAdd(h6, k0, hi, Floor);
        c2 += h.AsUInt64();
        c1 += FusedMultiplyAdd(h6, k0, Subtract(hiLo, h), Floor).AsUInt64();
        h = FusedMultiplyAdd(h5, k0, hi, Floor);
        c1 += h.AsUInt64();
        c0 += FusedMultiplyAdd(h5, k0, Subtract(hiLo, h), Floor).AsUInt64();

        // Second fold.
        Vector512<double> e5 = ToDouble(d5 & digit);
        Vector512<double> e6 = ToDouble((d6 & digit) + ShiftRight52(d5));
        Vector512<double> e7 = ToDouble(d7 + ShiftRight52(d6));
        h = FusedMultiplyAdd(e7, k2, hi, Floor);
        over += h.AsUInt64();
        c4 += FusedMultiplyAdd(e7, k2, Subtract(hiLo, h), Floor).AsUInt64();
        h = FusedMultiplyAdd(e6, k2, hi, Floor);
        c4 += h.AsUInt64();
        c3 += FusedMultiplyAdd(e6, k2, Subtract(hiLo, h), Floor).AsUInt64();
        h = FusedMultiplyAdd(e7, k1, hi, Floor);
        c4 += h.AsUInt64();
        c3 += FusedMultiplyAdd(e7, k1, Subtract(hiLo, h), Floor).AsUInt64();
        h = FusedMultiplyAdd(e5, k2, hi, Floor);
        c3 += h.AsUInt64();
        c2 += FusedMultiplyAdd(e5, k2, Subtract(hiLo, h), Floor).AsUInt64();
        h = FusedMultiplyAdd(e6, k1, hi, Floor);
        c3 += h.AsUInt64();
        c2 += FusedMultiplyAdd(e6, k1, Subtract(hiLo, h), Floor).AsUInt64();
        h = FusedMultiplyAdd(e7, k0, hi, Floor);
        c3 += h.AsUInt64();
        c2 += FusedMultiplyAdd(e7, k0, Subtract(hiLo, h), Floor).AsUInt64();
        h = FusedMultiplyAdd(e5, k1, hi, Floor);
        c2 += h.AsUInt64();
        c1 += FusedMultiplyAdd(e5, k1, Subtract(hiLo, h), Floor).AsUInt64();
        h = FusedMultiplyAdd(e6, k0, hi, Floor);
        c2 += h.AsUInt64();
        c1 += FusedMultiplyAdd(e6, k0, Subtract(hiLo, h), Floor).AsUInt64();
        h = FusedMultiplyAdd(e5, k0, hi, Floor);
        c1 += h.AsUInt64();
        c0 += FusedMultiplyAdd(e5, k0, Subtract(hiLo, h), Floor).AsUInt64();

        // What lies above 2^256.
        Vector512<long> q = ((over << 4) + Vector512.ShiftRightArithmetic(c4.AsInt64(), 48).AsUInt64()).AsInt64();
        c4 = (c4 & Vector512.Create(Digit48)) | Vector512.Create(MiddleBits);
        c0 += Avx512DQ.MultiplyLow(q, Vector512.Create(C0)).AsUInt64();
        c1 += Avx512DQ.MultiplyLow(q, Vector512.Create(C1)).AsUInt64();
        c2 += Avx512DQ.MultiplyLow(q, Vector512.Create(C2)).AsUInt64();

        Vector512<ulong> low = Vector512.Create(LowBits);
        Vector512<double> lowHalf = Vector512.Create(LowHalf52);
        c1 += ShiftRight52(c0);
        c2 += ShiftRight52(c1);
        c3 += ShiftRight52(c2);
        c4 += ShiftRight52(c3);
        r._l0 = Subtract(((c0 & digit) | low).AsDouble(), lowHalf);
        r._l1 = Subtract(((c1 & digit) | low).AsDouble(), lowHalf);
        r._l2 = Subtract(((c2 & digit) | low).AsDouble(), lowHalf);
        r._l3 = Subtract(((c3 & digit) | low).AsDouble(), lowHalf);
        r._l4 = Subtract(c4.AsDouble(), Vector512.Create(MiddleHalf48));
    }

    /// <summary>Reads eight numbers below n that lie one after the other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Load(ScalarN* source, out ScalarAvx512 r)
    {
        Vector512<ulong>* rows = (Vector512<ulong>*)source;
        Vector512<ulong> even = Vector512.Create(0UL, 4, 8, 12, 1, 5, 9, 13),
            odd = Vector512.Create(2UL, 6, 10, 14, 3, 7, 11, 15);
        Vector512<ulong> w01a = PermuteVar8x64x2(rows[0], even, rows[1]),
            w01b = PermuteVar8x64x2(rows[2], even, rows[3]);
        Vector512<ulong> w23a = PermuteVar8x64x2(rows[0], odd, rows[1]), w23b = PermuteVar8x64x2(rows[2], odd, rows[3]);
        Vector512<ulong> w0 = Shuffle4x128(w01a, w01b, 0x44), w1 = Shuffle4x128(w01a, w01b, 0xEE);
        Vector512<ulong> w2 = Shuffle4x128(w23a, w23b, 0x44), w3 = Shuffle4x128(w23a, w23b, 0xEE);

        // Digits of 52 bits, then signed: one carry from end to end, what passes 2^256 back in as C.
        Vector512<ulong> digit = Vector512.Create(Digit52), half = Vector512.Create(1UL << 51),
            low = Vector512.Create(LowBits);
        Vector512<ulong> y0 = (w0 & digit) + half, y1 = (((w0 >> 52) | (w1 << 12)) & digit) + half;
        Vector512<ulong> y2 = (((w1 >> 40) | (w2 << 24)) & digit) + half, y3 = (((w2 >> 28) | (w3 << 36)) & digit)
            + half;
        Vector512<ulong> y4 = (w3 >> 16) + Vector512.Create(1UL << 47), q = y4 >> 48;
        y0 += Avx512DQ.MultiplyLow(q.AsInt64(), Vector512.Create(C0)).AsUInt64();
        y1 += Avx512DQ.MultiplyLow(q.AsInt64(), Vector512.Create(C1)).AsUInt64();
        y2 += Avx512DQ.MultiplyLow(q.AsInt64(), Vector512.Create(C2)).AsUInt64();
        y4 = (y4 & Vector512.Create(Digit48)) | Vector512.Create(MiddleBits);
        y1 += ShiftRight52(y0);
        y2 += ShiftRight52(y1);
        y3 += ShiftRight52(y2);
        y4 += ShiftRight52(y3);
        Vector512<double> lowHalf = Vector512.Create(LowHalf52);
        r._l0 = Subtract(((y0 & digit) | low).AsDouble(), lowHalf);
        r._l1 = Subtract(((y1 & digit) | low).AsDouble(), lowHalf);
        r._l2 = Subtract(((y2 & digit) | low).AsDouble(), lowHalf);
        r._l3 = Subtract(((y3 & digit) | low).AsDouble(), lowHalf);
        r._l4 = Subtract(y4.AsDouble(), Vector512.Create(MiddleHalf48));
    }

    /// <summary>Writes eight numbers below n one after the other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Store(in ScalarAvx512 a, ScalarN* target)
    {
        // Whole limbs as integers, n added where the value is negative, one carry. |value| < n, so that is all.
        Vector512<double> middle = Vector512.Create(Middle);
        Vector512<ulong> bits = Vector512.Create(MiddleBits), digit = Vector512.Create(Digit52);
        Vector512<ulong> y0 = (a._l0 + middle).AsUInt64() - bits, y1 = (a._l1 + middle).AsUInt64() - bits;
        Vector512<ulong> y2 = (a._l2 + middle).AsUInt64() - bits, y3 = (a._l3 + middle).AsUInt64() - bits;
        Vector512<ulong> y4 = (a._l4 + middle).AsUInt64() - bits;
        Vector512<ulong> top = y4 + ShiftRight52(y3 + ShiftRight52(y2 + ShiftRight52(y1 + ShiftRight52(y0))));
        Vector512<ulong> negative = Vector512.ShiftRightArithmetic(top.AsInt64(), 63).AsUInt64();
        y0 += negative & Vector512.Create(0x25e8cd0364141UL);
        y1 += (negative & Vector512.Create(0xe6af48a03bbfdUL)) + ShiftRight52(y0);
        y2 += (negative & Vector512.Create(0xffffffebaaedcUL)) + ShiftRight52(y1);
        y3 += (negative & Vector512.Create(0xfffffffffffffUL)) + ShiftRight52(y2);
        y4 += (negative & Vector512.Create(0xffffffffffffUL)) + ShiftRight52(y3);
        y0 &= digit;
        y1 &= digit;
        y2 &= digit;
        y3 &= digit;
        Vector512<ulong> w0 = y0 | (y1 << 52), w1 = (y1 >> 12) | (y2 << 40), w2 = (y2 >> 24) | (y3 << 28),
            w3 = (y3 >> 36) | (y4 << 16);
        Vector512<ulong> p0 = UnpackLow(w0, w1), p1 = UnpackHigh(w0, w1), p2 = UnpackLow(w2, w3),
            p3 = UnpackHigh(w2, w3);

        // p0: words 0, 1 of lanes 0, 2, 4, 6; p1: of lanes 1, 3, 5, 7; p2, p3: words 2, 3.
        Vector512<ulong> first = Vector512.Create(0UL, 1, 8, 9, 2, 3, 10, 11),
            second = Vector512.Create(4UL, 5, 12, 13, 6, 7, 14, 15);
        Vector512<ulong> e0 = PermuteVar8x64x2(p0, first, p2), e1 = PermuteVar8x64x2(p0, second, p2);
        Vector512<ulong> o0 = PermuteVar8x64x2(p1, first, p3), o1 = PermuteVar8x64x2(p1, second, p3);
        Vector512<ulong>* rows = (Vector512<ulong>*)target;
        rows[0] = Vector512.Create(e0.GetLower(), o0.GetLower());
        rows[1] = Vector512.Create(e0.GetUpper(), o0.GetUpper());
        rows[2] = Vector512.Create(e1.GetLower(), o1.GetLower());
        rows[3] = Vector512.Create(e1.GetUpper(), o1.GetUpper());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> ToDouble(Vector512<ulong> c) => Avx512DQ.ConvertToVector512Double(c.AsInt64());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> ShiftRight52(Vector512<ulong> c) =>
        Vector512.ShiftRightArithmetic(c.AsInt64(), 52).AsUInt64();
}
