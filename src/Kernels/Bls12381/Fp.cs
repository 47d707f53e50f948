using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Tactus.Kernels.Bls12381;

// The prime field of BLS12-381, one element. Constant time: no branch and no address depends on a value, except in
// ZeroMask and below it.
//
// Value represented   v = sum of L[i]*2^(56i), i = 0..6; the field element is v / R mod p with R = 2^392.
// Ranges              "tight": every limb < 2^56; "loose": every limb < 2^58. Every public operation returns tight
//                     limbs and v < 4p, and takes the same unless it says otherwise.
// Products            with AVX2 those of FpAvx2 and Fp2Avx2, else by columns.
// Why seven limbs     No instruction for add-with-carry can be reached from C#, and a saturated limb (6 x 64 bits)
//                     pays a compare and two adds per carry: 145 against 74 ns for a product
//                     (docs/math/bls12-381.md). 56 bits leave the carries to one pass per column, and 11 bits over p
//                     for sums. A limb is also two digits of 28 bits, what the multiplier of AVX2 takes.
// Adding              v = a + b or a - b, and a few longer sums, limb by limb, signed. q = floor(v / 2^381) up to one,
//                     from the top limb. Since p = 0.8128*2^381, v - q*p lies in [0, 2^381 + 0.19*2^381*q): within
//                     (-p, 2.2p) for |q| <= 5; a difference adds p once more (a - b - c twice). v in [-8p, 12p) has q
//                     in [-7, 9], and with its bias each sum below stays in [0, 4p). One signed carry pass makes the
//                     limbs tight.
// Source              p, r and the curves: IETF draft-irtf-cfrg-pairing-friendly-curves 4.2.1. The reduction is this
//                     file's own.
internal partial struct Fp : IPrimeField<Fp>
{
    public const int LimbCount = 7;
    public const ulong LimbMask = (1UL << 56) - 1;

    // p = 0x1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab
    public const ulong P0 = 0xfeffffffffaaab;
    public const ulong P1 = 0xfffeb153ffffb9;
    public const ulong P2 = 0xa0f6b0f6241eab;
    public const ulong P3 = 0xf38512bf6730d2;
    public const ulong P4 = 0x4bacd764774b84;
    public const ulong P5 = 0xe69a4b1ba7b643;
    public const ulong P6 = 0x1a0111ea397f;

    // -1/p mod 2^56
    public const ulong NegativeInverse = 0xf3fffcfffcfffd;

    public ulong L0;
    public ulong L1;
    public ulong L2;
    public ulong L3;
    public ulong L4;
    public ulong L5;
    public ulong L6;

    public Fp(ulong l0, ulong l1, ulong l2, ulong l3, ulong l4, ulong l5, ulong l6)
    {
        L0 = l0;
        L1 = l1;
        L2 = l2;
        L3 = l3;
        L4 = l4;
        L5 = l5;
        L6 = l6;
    }

    public static int Lanes => 1;

    // R mod p
    private static Fp Montgomery1 =>
        new(
            0xd800000347fcb8,
            0x0cde6d2002b119,
            0x83a2090c7212e0,
            0xda0f73e037669f,
            0x1297bb09b09b42,
            0x012ca7c515d98f,
            0x577a659fcfa);

    public static void One(out Fp r) => r = Montgomery1;

    public static void Broadcast(out Fp r, in Fp a) => r = a;

    public static void Add(out Fp r, in Fp a, in Fp b) =>
        Reduce(
            out r, 0, a.L0 + b.L0, a.L1 + b.L1, a.L2 + b.L2, a.L3 + b.L3, a.L4 + b.L4, a.L5 + b.L5, a.L6 + b.L6);

    public static void Double(out Fp r, in Fp a) => Add(out r, a, a);

    public static void AddFactor(out Fp r, in Fp a, in Fp b)
    {
        // only the products of FpAvx2 and Fp2Avx2 take two unreduced factors
        if (FpAvx2.IsSupported)
        {
            AddLoose(out r, a, b);
            return;
        }

        Add(out r, a, b);
    }

    public static void AddTwo(out Fp r, in Fp a, in Fp b, in Fp c) =>
        Reduce(
            out r,
            0,
            a.L0 + b.L0 + c.L0,
            a.L1 + b.L1 + c.L1,
            a.L2 + b.L2 + c.L2,
            a.L3 + b.L3 + c.L3,
            a.L4 + b.L4 + c.L4,
            a.L5 + b.L5 + c.L5,
            a.L6 + b.L6 + c.L6);

    public static void AddSubtract(out Fp r, in Fp a, in Fp b, in Fp c) =>
        Reduce(
            out r,
            1,
            a.L0 + b.L0 - c.L0,
            a.L1 + b.L1 - c.L1,
            a.L2 + b.L2 - c.L2,
            a.L3 + b.L3 - c.L3,
            a.L4 + b.L4 - c.L4,
            a.L5 + b.L5 - c.L5,
            a.L6 + b.L6 - c.L6);

    public static void SubtractTwo(out Fp r, in Fp a, in Fp b, in Fp c) =>
        Reduce(
            out r,
            2,
            a.L0 - b.L0 - c.L0,
            a.L1 - b.L1 - c.L1,
            a.L2 - b.L2 - c.L2,
            a.L3 - b.L3 - c.L3,
            a.L4 - b.L4 - c.L4,
            a.L5 - b.L5 - c.L5,
            a.L6 - b.L6 - c.L6);

    public static void ThreeTimesPlusTwice(out Fp r, in Fp a, in Fp b) =>
        ReduceWide(
            out r,
            (3 * a.L0) + (2 * b.L0),
            (3 * a.L1) + (2 * b.L1),
            (3 * a.L2) + (2 * b.L2),
            (3 * a.L3) + (2 * b.L3),
            (3 * a.L4) + (2 * b.L4),
            (3 * a.L5) + (2 * b.L5),
            (3 * a.L6) + (2 * b.L6));

    public static void ThreeTimesLessTwice(out Fp r, in Fp a, in Fp b) =>
        ReduceWide(
            out r,
            (3 * a.L0) - (2 * b.L0),
            (3 * a.L1) - (2 * b.L1),
            (3 * a.L2) - (2 * b.L2),
            (3 * a.L3) - (2 * b.L3),
            (3 * a.L4) - (2 * b.L4),
            (3 * a.L5) - (2 * b.L5),
            (3 * a.L6) - (2 * b.L6));

    public static void Subtract(out Fp r, in Fp a, in Fp b) =>
        Reduce(
            out r, 1, a.L0 - b.L0, a.L1 - b.L1, a.L2 - b.L2, a.L3 - b.L3, a.L4 - b.L4, a.L5 - b.L5, a.L6 - b.L6);

    public static void Negate(out Fp r, in Fp a) =>
        Reduce(out r, 1, 0 - a.L0, 0 - a.L1, 0 - a.L2, 0 - a.L3, 0 - a.L4, 0 - a.L5, 0 - a.L6);

    public static void Inverse(out Fp r, in Fp a) => FieldPowers<Fp>.Inverse(out r, a);

    // 12*a, for y^2 = x^3 + 4
    public static void MultiplyBy3B(out Fp r, in Fp a)
    {
        Add(out Fp a2, a, a);
        Add(out Fp a3, a2, a);
        Double(out a3, a3);
        Double(out r, a3);
    }

    public static void Multiply2(out Fp2<Fp> r, in Fp2<Fp> a, in Fp2<Fp> b)
    {
        if (Fp2Avx2.IsSupported)
        {
            CheckLoose(a.C0);
            CheckLoose(a.C1);
            CheckLoose(b.C0);
            CheckLoose(b.C1);
            Fp2Avx2.Multiply(out r, a, b);
            CheckTight(r.C0);
            CheckTight(r.C1);
            return;
        }

        // (a0*b0 + a1*(8p - b1)) + (a0*b1 + a1*b0)u: below 4*4 + 4*8 = 48 p^2
        NegateLoose(out Fp minusB1, b.C1);
        MultiplySum(out Fp c0, a.C0, b.C0, a.C1, minusB1);
        MultiplySum(out r.C1, a.C0, b.C1, a.C1, b.C0);
        r.C0 = c0;
    }

    public static void Square2(out Fp2<Fp> r, in Fp2<Fp> a)
    {
        if (Fp2Avx2.IsSupported)
        {
            CheckLoose(a.C0);
            CheckLoose(a.C1);
            Fp2Avx2.Square(out r, a);
            CheckTight(r.C0);
            CheckTight(r.C1);
            return;
        }

        // (a0 - a1)(a0 + a1) + 2*a0*a1*u: below 4*8 p^2
        Subtract(out Fp difference, a.C0, a.C1);
        AddLoose(out Fp sum, a.C0, a.C1);
        AddLoose(out Fp twice, a.C1, a.C1);
        Multiply(out r.C1, a.C0, twice);
        Multiply(out r.C0, difference, sum);
    }

    public static void MultiplyBase2(out Fp2<Fp> r, in Fp2<Fp> a, in Fp b)
    {
        if (Fp2Avx2.IsSupported)
        {
            CheckLoose(a.C0);
            CheckLoose(a.C1);
            CheckLoose(b);
            Fp2Avx2.MultiplyBase(out r, a, b);
            CheckTight(r.C0);
            CheckTight(r.C1);
            return;
        }

        Multiply(out Fp c0, a.C0, b);
        Multiply(out r.C1, a.C1, b);
        r.C0 = c0;
    }

    public static int ZeroMask(in Fp a)
    {
        // 0, p, 2p, 3p: their low limbs differ, so one compare decides nearly always
        ulong low = a.L0;
        return low is 0 or P0 or ((P0 << 1) & LimbMask) or ((P0 * 3) & LimbMask) && IsMultipleOfP(a) ? 1 : 0;
    }

    public static int OddMask(in Fp a)
    {
        ToPlain(out Fp plain, a);
        return (int)(plain.L0 & 1);
    }

    public static void Select(out Fp r, int mask, in Fp set, in Fp clear)
    {
        ulong m = 0 - (ulong)(mask & 1);
        r.L0 = clear.L0 ^ (m & (set.L0 ^ clear.L0));
        r.L1 = clear.L1 ^ (m & (set.L1 ^ clear.L1));
        r.L2 = clear.L2 ^ (m & (set.L2 ^ clear.L2));
        r.L3 = clear.L3 ^ (m & (set.L3 ^ clear.L3));
        r.L4 = clear.L4 ^ (m & (set.L4 ^ clear.L4));
        r.L5 = clear.L5 ^ (m & (set.L5 ^ clear.L5));
        r.L6 = clear.L6 ^ (m & (set.L6 ^ clear.L6));
    }

    // Sum without a carry: tight operands give limbs < 2^57, v below 8p.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddLoose(out Fp r, in Fp a, in Fp b) =>
        r = new Fp(a.L0 + b.L0, a.L1 + b.L1, a.L2 + b.L2, a.L3 + b.L3, a.L4 + b.L4, a.L5 + b.L5, a.L6 + b.L6);

    // 8p - a. 8p is written with limbs of 2^56 - 1 or more, so no limb of the difference is negative: limbs < 2^57 +
    // 2^56.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void NegateLoose(out Fp r, in Fp a)
    {
        const ulong e0 = (P0 << 3) & LimbMask;
        const ulong e1 = ((P1 << 3) | (P0 >> 53)) & LimbMask;
        const ulong e2 = ((P2 << 3) | (P1 >> 53)) & LimbMask;
        const ulong e3 = ((P3 << 3) | (P2 >> 53)) & LimbMask;
        const ulong e4 = ((P4 << 3) | (P3 >> 53)) & LimbMask;
        const ulong e5 = ((P5 << 3) | (P4 >> 53)) & LimbMask;
        const ulong e6 = (P6 << 3) | (P5 >> 53);
        r = new Fp(
            e0 + (LimbMask + 1) - a.L0,
            e1 + LimbMask - a.L1,
            e2 + LimbMask - a.L2,
            e3 + LimbMask - a.L3,
            e4 + LimbMask - a.L4,
            e5 + LimbMask - a.L5,
            e6 - 1 - a.L6);
    }

    // v - (q - 1)*p with q = v/p rounded down, or off by one where v is within 2^-20 p of a multiple; so in (0, 3p).
    // |v| < 2^5 p. The top limb without 20 bits, below 2^31, times 2^55/(p/2^356) < 2^31.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ReduceWide(
        out Fp r, ulong x0, ulong x1, ulong x2, ulong x3, ulong x4, ulong x5, ulong x6)
    {
        const long reciprocal = (1L << 55) / (long)(P6 >> 20);
        long q = ((((long)x6 >> 20) * reciprocal) >> 55) - 1;
        ReduceBy(out r, q, x0, x1, x2, x3, x4, x5, x6);
    }

    // v - (q - bias)*p with tight limbs; see the head of the file. Limbs are signed, below 2^58 in size; |q| < 2^4.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Reduce(
        out Fp r, long bias, ulong x0, ulong x1, ulong x2, ulong x3, ulong x4, ulong x5, ulong x6)
    {
        long q = ((long)x6 >> 45) - bias;
        ReduceBy(out r, q, x0, x1, x2, x3, x4, x5, x6);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ReduceBy(
        out Fp r, long q, ulong x0, ulong x1, ulong x2, ulong x3, ulong x4, ulong x5, ulong x6)
    {
        long y0 = (long)x0 - (q * (long)P0);
        long y1 = (long)x1 - (q * (long)P1) + (y0 >> 56);
        long y2 = (long)x2 - (q * (long)P2) + (y1 >> 56);
        long y3 = (long)x3 - (q * (long)P3) + (y2 >> 56);
        long y4 = (long)x4 - (q * (long)P4) + (y3 >> 56);
        long y5 = (long)x5 - (q * (long)P5) + (y4 >> 56);
        long y6 = (long)x6 - (q * (long)P6) + (y5 >> 56);
        r.L0 = (ulong)y0 & LimbMask;
        r.L1 = (ulong)y1 & LimbMask;
        r.L2 = (ulong)y2 & LimbMask;
        r.L3 = (ulong)y3 & LimbMask;
        r.L4 = (ulong)y4 & LimbMask;
        r.L5 = (ulong)y5 & LimbMask;
        r.L6 = (ulong)y6;
        CheckTight(r);
    }

    private static bool IsMultipleOfP(in Fp a)
    {
        Fp multiple = default;
        for (int k = 0; k < 4; k++)
        {
            if (((a.L0 ^ multiple.L0) | (a.L1 ^ multiple.L1) | (a.L2 ^ multiple.L2) | (a.L3 ^ multiple.L3)
                | (a.L4 ^ multiple.L4) | (a.L5 ^ multiple.L5) | (a.L6 ^ multiple.L6)) == 0)
            {
                return true;
            }

            multiple = Carry(
                multiple.L0 + P0,
                multiple.L1 + P1,
                multiple.L2 + P2,
                multiple.L3 + P3,
                multiple.L4 + P4,
                multiple.L5 + P5,
                multiple.L6 + P6);
        }

        return false;
    }

    private static Fp Carry(ulong x0, ulong x1, ulong x2, ulong x3, ulong x4, ulong x5, ulong x6)
    {
        x1 += x0 >> 56;
        x2 += x1 >> 56;
        x3 += x2 >> 56;
        x4 += x3 >> 56;
        x5 += x4 >> 56;
        x6 += x5 >> 56;
        return new Fp(x0 & LimbMask, x1 & LimbMask, x2 & LimbMask, x3 & LimbMask, x4 & LimbMask, x5 & LimbMask, x6);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong High(ulong a, ulong b) =>
        Bmi2.X64.IsSupported ? Bmi2.X64.MultiplyNoFlags(a, b) : Math.BigMul(a, b, out _);

    [Conditional("VERIFY")]
    private static void CheckTight(in Fp a) => CheckLimbs(a, 56, (P6 + 1) << 2);

    [Conditional("VERIFY")]
    private static void CheckLoose(in Fp a) => CheckLimbs(a, 58, (P6 + 1) << 3);

    private static void CheckLimbs(in Fp a, int bits, ulong topMax)
    {
        if (((a.L0 | a.L1 | a.L2 | a.L3 | a.L4 | a.L5) >> bits) != 0 || a.L6 > topMax)
        {
            throw new InvalidOperationException($"a limb of F_p exceeds {bits} bits, or the value its bound");
        }
    }
}
