using System.Runtime.CompilerServices;

namespace Tactus.Kernels.Bls12381;

// Products by columns, each with its Montgomery reduction in the same pass.
//
// Value represented   v = sum of L[i]*2^(56i), i = 0..6; the field element is v / R mod p with R = 2^392.
// Ranges              "tight": every limb < 2^56. "loose": every limb < 2^58. Left factors are tight, right ones loose.
// One product         a*b = 2^56*floor(a*b / 2^56) + (a*b mod 2^56). The first part is the upper word of (a << 8)*b,
//                     one
//                     instruction. high = sum of the first parts of a column; low = sum of the words a*b mod 2^64.
// No carries inside   The column is 2^56*high + s, s the sum of at most 21 second parts, so s < 21*2^56 < 2^61. Because
//                     low = 2^56*high + s mod 2^64, s = low - (high << 56) mod 2^64 exactly, once per column.
// Bounds              high: at most 14 terms < 2^58 and 7 terms < 2^56, so < 2^62; carry < 2^62 + 2^6; low part +
//                     carry < 2^63.
// Reduction           column k < 7 adds m[k]*p, m[k] = -column/p mod 2^56, which clears its low 56 bits. Since R >
//                     2^11*p,
//                     a sum of products below 2^9*p*p gives (2^9*p*p + R*p)/R < 1.25p: tight, and well below 4p.
// Source              Montgomery 1985 in product-scanning form (Koc, Acar, Kaliski 1996); sums of products under one
//                     reduction: Longa, eprint 2022/367. The splitting of a product over high and low is this file's
//                     own.
internal partial struct Fp
{
    private const ulong P0Shifted = P0 << 8;
    private const ulong P1Shifted = P1 << 8;
    private const ulong P2Shifted = P2 << 8;
    private const ulong P3Shifted = P3 << 8;
    private const ulong P4Shifted = P4 << 8;
    private const ulong P5Shifted = P5 << 8;
    private const ulong P6Shifted = P6 << 8;

    /// <summary>r = a*b. a tight, b loose, a*b below 2^9*p^2; r tight and below 2.3p. r may be a or b.</summary>
    public static void Multiply(out Fp r, in Fp a, in Fp b)
    {
        if (FpAvx2.IsSupported)
        {
            CheckLoose(a);
            CheckLoose(b);
            FpAvx2.Multiply(out r, a, b);
            CheckTight(r);
            return;
        }

        MultiplyByColumns(out r, a, b);
    }

    /// <summary>r = a*a, as <see cref="Multiply"/>.</summary>
    public static void Square(out Fp r, in Fp a)
    {
        if (FpAvx2.IsSupported)
        {
            CheckLoose(a);
            FpAvx2.Multiply(out r, a, a);
            CheckTight(r);
            return;
        }

        SquareByColumns(out r, a);
    }

    /// <summary>r = a*b. a tight, b loose, a*b below 2^9*p^2; r tight and below 1.25p. r may be a or b.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyByColumns(out Fp r, in Fp a, in Fp b)
    {
        CheckTight(a);
        CheckLoose(b);
        ulong a0 = a.L0;
        ulong a1 = a.L1;
        ulong a2 = a.L2;
        ulong a3 = a.L3;
        ulong a4 = a.L4;
        ulong a5 = a.L5;
        ulong a6 = a.L6;
        ulong a0Shifted = a0 << 8;
        ulong a1Shifted = a1 << 8;
        ulong a2Shifted = a2 << 8;
        ulong a3Shifted = a3 << 8;
        ulong a4Shifted = a4 << 8;
        ulong a5Shifted = a5 << 8;
        ulong a6Shifted = a6 << 8;
        ulong b0 = b.L0;
        ulong b1 = b.L1;
        ulong b2 = b.L2;
        ulong b3 = b.L3;
        ulong b4 = b.L4;
        ulong b5 = b.L5;
        ulong b6 = b.L6;

        // column 0
        ulong high = High(a0Shifted, b0);
        ulong low = (a0 * b0);
        ulong m0 = (low * NegativeInverse) & LimbMask;
        high += High(m0, P0Shifted);
        low += m0 * P0;
        ulong carry = ((low - (high << 56)) >> 56) + high;

        // column 1
        high = High(a0Shifted, b1) + High(a1Shifted, b0) + High(m0, P1Shifted);
        low = carry + (a0 * b1) + (a1 * b0) + (m0 * P1);
        ulong m1 = (low * NegativeInverse) & LimbMask;
        high += High(m1, P0Shifted);
        low += m1 * P0;
        carry = ((low - (high << 56)) >> 56) + high;

        // column 2
        high = High(a0Shifted, b2) + High(a1Shifted, b1) + High(a2Shifted, b0) + High(m0, P2Shifted)
            + High(m1, P1Shifted);
        low = carry + (a0 * b2) + (a1 * b1) + (a2 * b0) + (m0 * P2) + (m1 * P1);
        ulong m2 = (low * NegativeInverse) & LimbMask;
        high += High(m2, P0Shifted);
        low += m2 * P0;
        carry = ((low - (high << 56)) >> 56) + high;

        // column 3
        high = High(a0Shifted, b3) + High(a1Shifted, b2) + High(a2Shifted, b1) + High(a3Shifted, b0)
            + High(m0, P3Shifted) + High(m1, P2Shifted) + High(m2, P1Shifted);
        low = carry + (a0 * b3) + (a1 * b2) + (a2 * b1) + (a3 * b0) + (m0 * P3) + (m1 * P2) + (m2 * P1);
        ulong m3 = (low * NegativeInverse) & LimbMask;
        high += High(m3, P0Shifted);
        low += m3 * P0;
        carry = ((low - (high << 56)) >> 56) + high;

        // column 4
        high = High(a0Shifted, b4) + High(a1Shifted, b3) + High(a2Shifted, b2) + High(a3Shifted, b1)
            + High(a4Shifted, b0) + High(m0, P4Shifted) + High(m1, P3Shifted) + High(m2, P2Shifted)
            + High(m3, P1Shifted);
        low = carry + (a0 * b4) + (a1 * b3) + (a2 * b2) + (a3 * b1) + (a4 * b0) + (m0 * P4) + (m1 * P3)
            + (m2 * P2) + (m3 * P1);
        ulong m4 = (low * NegativeInverse) & LimbMask;
        high += High(m4, P0Shifted);
        low += m4 * P0;
        carry = ((low - (high << 56)) >> 56) + high;

        // column 5
        high = High(a0Shifted, b5) + High(a1Shifted, b4) + High(a2Shifted, b3) + High(a3Shifted, b2)
            + High(a4Shifted, b1) + High(a5Shifted, b0) + High(m0, P5Shifted) + High(m1, P4Shifted)
            + High(m2, P3Shifted) + High(m3, P2Shifted) + High(m4, P1Shifted);
        low = carry + (a0 * b5) + (a1 * b4) + (a2 * b3) + (a3 * b2) + (a4 * b1) + (a5 * b0) + (m0 * P5)
            + (m1 * P4) + (m2 * P3) + (m3 * P2) + (m4 * P1);
        ulong m5 = (low * NegativeInverse) & LimbMask;
        high += High(m5, P0Shifted);
        low += m5 * P0;
        carry = ((low - (high << 56)) >> 56) + high;

        // column 6
        high = High(a0Shifted, b6) + High(a1Shifted, b5) + High(a2Shifted, b4) + High(a3Shifted, b3)
            + High(a4Shifted, b2) + High(a5Shifted, b1) + High(a6Shifted, b0) + High(m0, P6Shifted)
            + High(m1, P5Shifted) + High(m2, P4Shifted) + High(m3, P3Shifted) + High(m4, P2Shifted)
            + High(m5, P1Shifted);
        low = carry + (a0 * b6) + (a1 * b5) + (a2 * b4) + (a3 * b3) + (a4 * b2) + (a5 * b1) + (a6 * b0)
            + (m0 * P6) + (m1 * P5) + (m2 * P4) + (m3 * P3) + (m4 * P2) + (m5 * P1);
        ulong m6 = (low * NegativeInverse) & LimbMask;
        high += High(m6, P0Shifted);
        low += m6 * P0;
        carry = ((low - (high << 56)) >> 56) + high;

        // column 7
        high = High(a1Shifted, b6) + High(a2Shifted, b5) + High(a3Shifted, b4) + High(a4Shifted, b3)
            + High(a5Shifted, b2) + High(a6Shifted, b1) + High(m1, P6Shifted) + High(m2, P5Shifted)
            + High(m3, P4Shifted) + High(m4, P3Shifted) + High(m5, P2Shifted) + High(m6, P1Shifted);
        low = carry + (a1 * b6) + (a2 * b5) + (a3 * b4) + (a4 * b3) + (a5 * b2) + (a6 * b1) + (m1 * P6)
            + (m2 * P5) + (m3 * P4) + (m4 * P3) + (m5 * P2) + (m6 * P1);
        low -= high << 56;
        ulong r0 = low & LimbMask;
        carry = (low >> 56) + high;

        // column 8
        high = High(a2Shifted, b6) + High(a3Shifted, b5) + High(a4Shifted, b4) + High(a5Shifted, b3)
            + High(a6Shifted, b2) + High(m2, P6Shifted) + High(m3, P5Shifted) + High(m4, P4Shifted)
            + High(m5, P3Shifted) + High(m6, P2Shifted);
        low = carry + (a2 * b6) + (a3 * b5) + (a4 * b4) + (a5 * b3) + (a6 * b2) + (m2 * P6) + (m3 * P5)
            + (m4 * P4) + (m5 * P3) + (m6 * P2);
        low -= high << 56;
        ulong r1 = low & LimbMask;
        carry = (low >> 56) + high;

        // column 9
        high = High(a3Shifted, b6) + High(a4Shifted, b5) + High(a5Shifted, b4) + High(a6Shifted, b3)
            + High(m3, P6Shifted) + High(m4, P5Shifted) + High(m5, P4Shifted) + High(m6, P3Shifted);
        low = carry + (a3 * b6) + (a4 * b5) + (a5 * b4) + (a6 * b3) + (m3 * P6) + (m4 * P5) + (m5 * P4)
            + (m6 * P3);
        low -= high << 56;
        ulong r2 = low & LimbMask;
        carry = (low >> 56) + high;

        // column 10
        high = High(a4Shifted, b6) + High(a5Shifted, b5) + High(a6Shifted, b4) + High(m4, P6Shifted)
            + High(m5, P5Shifted) + High(m6, P4Shifted);
        low = carry + (a4 * b6) + (a5 * b5) + (a6 * b4) + (m4 * P6) + (m5 * P5) + (m6 * P4);
        low -= high << 56;
        ulong r3 = low & LimbMask;
        carry = (low >> 56) + high;

        // column 11
        high = High(a5Shifted, b6) + High(a6Shifted, b5) + High(m5, P6Shifted) + High(m6, P5Shifted);
        low = carry + (a5 * b6) + (a6 * b5) + (m5 * P6) + (m6 * P5);
        low -= high << 56;
        ulong r4 = low & LimbMask;
        carry = (low >> 56) + high;

        // column 12
        high = High(a6Shifted, b6) + High(m6, P6Shifted);
        low = carry + (a6 * b6) + (m6 * P6);
        low -= high << 56;
        ulong r5 = low & LimbMask;
        carry = (low >> 56) + high;

        r.L0 = r0;
        r.L1 = r1;
        r.L2 = r2;
        r.L3 = r3;
        r.L4 = r4;
        r.L5 = r5;
        r.L6 = carry;
    }

    /// <summary>
    /// r = a*b + c*d under one reduction. a, c tight, b, d loose, the sum below 2^9*p^2; r tight and below 1.25p.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void MultiplySum(out Fp r, in Fp a, in Fp b, in Fp c, in Fp d)
    {
        CheckTight(a);
        CheckLoose(b);
        CheckTight(c);
        CheckLoose(d);
        ulong a0 = a.L0;
        ulong a1 = a.L1;
        ulong a2 = a.L2;
        ulong a3 = a.L3;
        ulong a4 = a.L4;
        ulong a5 = a.L5;
        ulong a6 = a.L6;
        ulong a0Shifted = a0 << 8;
        ulong a1Shifted = a1 << 8;
        ulong a2Shifted = a2 << 8;
        ulong a3Shifted = a3 << 8;
        ulong a4Shifted = a4 << 8;
        ulong a5Shifted = a5 << 8;
        ulong a6Shifted = a6 << 8;
        ulong b0 = b.L0;
        ulong b1 = b.L1;
        ulong b2 = b.L2;
        ulong b3 = b.L3;
        ulong b4 = b.L4;
        ulong b5 = b.L5;
        ulong b6 = b.L6;
        ulong c0 = c.L0;
        ulong c1 = c.L1;
        ulong c2 = c.L2;
        ulong c3 = c.L3;
        ulong c4 = c.L4;
        ulong c5 = c.L5;
        ulong c6 = c.L6;
        ulong c0Shifted = c0 << 8;
        ulong c1Shifted = c1 << 8;
        ulong c2Shifted = c2 << 8;
        ulong c3Shifted = c3 << 8;
        ulong c4Shifted = c4 << 8;
        ulong c5Shifted = c5 << 8;
        ulong c6Shifted = c6 << 8;
        ulong d0 = d.L0;
        ulong d1 = d.L1;
        ulong d2 = d.L2;
        ulong d3 = d.L3;
        ulong d4 = d.L4;
        ulong d5 = d.L5;
        ulong d6 = d.L6;

        // column 0
        ulong high = High(a0Shifted, b0) + High(c0Shifted, d0);
        ulong low = (a0 * b0) + (c0 * d0);
        ulong m0 = (low * NegativeInverse) & LimbMask;
        high += High(m0, P0Shifted);
        low += m0 * P0;
        ulong carry = ((low - (high << 56)) >> 56) + high;

        // column 1
        high = High(a0Shifted, b1) + High(a1Shifted, b0) + High(c0Shifted, d1) + High(c1Shifted, d0)
            + High(m0, P1Shifted);
        low = carry + (a0 * b1) + (a1 * b0) + (c0 * d1) + (c1 * d0) + (m0 * P1);
        ulong m1 = (low * NegativeInverse) & LimbMask;
        high += High(m1, P0Shifted);
        low += m1 * P0;
        carry = ((low - (high << 56)) >> 56) + high;

        // column 2
        high = High(a0Shifted, b2) + High(a1Shifted, b1) + High(a2Shifted, b0) + High(c0Shifted, d2)
            + High(c1Shifted, d1) + High(c2Shifted, d0) + High(m0, P2Shifted) + High(m1, P1Shifted);
        low = carry + (a0 * b2) + (a1 * b1) + (a2 * b0) + (c0 * d2) + (c1 * d1) + (c2 * d0) + (m0 * P2)
            + (m1 * P1);
        ulong m2 = (low * NegativeInverse) & LimbMask;
        high += High(m2, P0Shifted);
        low += m2 * P0;
        carry = ((low - (high << 56)) >> 56) + high;

        // column 3
        high = High(a0Shifted, b3) + High(a1Shifted, b2) + High(a2Shifted, b1) + High(a3Shifted, b0)
            + High(c0Shifted, d3) + High(c1Shifted, d2) + High(c2Shifted, d1) + High(c3Shifted, d0)
            + High(m0, P3Shifted) + High(m1, P2Shifted) + High(m2, P1Shifted);
        low = carry + (a0 * b3) + (a1 * b2) + (a2 * b1) + (a3 * b0) + (c0 * d3) + (c1 * d2) + (c2 * d1)
            + (c3 * d0) + (m0 * P3) + (m1 * P2) + (m2 * P1);
        ulong m3 = (low * NegativeInverse) & LimbMask;
        high += High(m3, P0Shifted);
        low += m3 * P0;
        carry = ((low - (high << 56)) >> 56) + high;

        // column 4
        high = High(a0Shifted, b4) + High(a1Shifted, b3) + High(a2Shifted, b2) + High(a3Shifted, b1)
            + High(a4Shifted, b0) + High(c0Shifted, d4) + High(c1Shifted, d3) + High(c2Shifted, d2)
            + High(c3Shifted, d1) + High(c4Shifted, d0) + High(m0, P4Shifted) + High(m1, P3Shifted)
            + High(m2, P2Shifted) + High(m3, P1Shifted);
        low = carry + (a0 * b4) + (a1 * b3) + (a2 * b2) + (a3 * b1) + (a4 * b0) + (c0 * d4) + (c1 * d3)
            + (c2 * d2) + (c3 * d1) + (c4 * d0) + (m0 * P4) + (m1 * P3) + (m2 * P2) + (m3 * P1);
        ulong m4 = (low * NegativeInverse) & LimbMask;
        high += High(m4, P0Shifted);
        low += m4 * P0;
        carry = ((low - (high << 56)) >> 56) + high;

        // column 5
        high = High(a0Shifted, b5) + High(a1Shifted, b4) + High(a2Shifted, b3) + High(a3Shifted, b2)
            + High(a4Shifted, b1) + High(a5Shifted, b0) + High(c0Shifted, d5) + High(c1Shifted, d4)
            + High(c2Shifted, d3) + High(c3Shifted, d2) + High(c4Shifted, d1) + High(c5Shifted, d0)
            + High(m0, P5Shifted) + High(m1, P4Shifted) + High(m2, P3Shifted) + High(m3, P2Shifted)
            + High(m4, P1Shifted);
        low = carry + (a0 * b5) + (a1 * b4) + (a2 * b3) + (a3 * b2) + (a4 * b1) + (a5 * b0) + (c0 * d5)
            + (c1 * d4) + (c2 * d3) + (c3 * d2) + (c4 * d1) + (c5 * d0) + (m0 * P5) + (m1 * P4) + (m2 * P3)
            + (m3 * P2) + (m4 * P1);
        ulong m5 = (low * NegativeInverse) & LimbMask;
        high += High(m5, P0Shifted);
        low += m5 * P0;
        carry = ((low - (high << 56)) >> 56) + high;

        // column 6
        high = High(a0Shifted, b6) + High(a1Shifted, b5) + High(a2Shifted, b4) + High(a3Shifted, b3)
            + High(a4Shifted, b2) + High(a5Shifted, b1) + High(a6Shifted, b0) + High(c0Shifted, d6)
            + High(c1Shifted, d5) + High(c2Shifted, d4) + High(c3Shifted, d3) + High(c4Shifted, d2)
            + High(c5Shifted, d1) + High(c6Shifted, d0) + High(m0, P6Shifted) + High(m1, P5Shifted)
            + High(m2, P4Shifted) + High(m3, P3Shifted) + High(m4, P2Shifted) + High(m5, P1Shifted);
        low = carry + (a0 * b6) + (a1 * b5) + (a2 * b4) + (a3 * b3) + (a4 * b2) + (a5 * b1) + (a6 * b0)
            + (c0 * d6) + (c1 * d5) + (c2 * d4) + (c3 * d3) + (c4 * d2) + (c5 * d1) + (c6 * d0) + (m0 * P6)
            + (m1 * P5) + (m2 * P4) + (m3 * P3) + (m4 * P2) + (m5 * P1);
        ulong m6 = (low * NegativeInverse) & LimbMask;
        high += High(m6, P0Shifted);
        low += m6 * P0;
        carry = ((low - (high << 56)) >> 56) + high;

        // column 7
        high = High(a1Shifted, b6) + High(a2Shifted, b5) + High(a3Shifted, b4) + High(a4Shifted, b3)
            + High(a5Shifted, b2) + High(a6Shifted, b1) + High(c1Shifted, d6) + High(c2Shifted, d5)
            + High(c3Shifted, d4) + High(c4Shifted, d3) + High(c5Shifted, d2) + High(c6Shifted, d1)
            + High(m1, P6Shifted) + High(m2, P5Shifted) + High(m3, P4Shifted) + High(m4, P3Shifted)
            + High(m5, P2Shifted) + High(m6, P1Shifted);
        low = carry + (a1 * b6) + (a2 * b5) + (a3 * b4) + (a4 * b3) + (a5 * b2) + (a6 * b1) + (c1 * d6)
            + (c2 * d5) + (c3 * d4) + (c4 * d3) + (c5 * d2) + (c6 * d1) + (m1 * P6) + (m2 * P5) + (m3 * P4)
            + (m4 * P3) + (m5 * P2) + (m6 * P1);
        low -= high << 56;
        ulong r0 = low & LimbMask;
        carry = (low >> 56) + high;

        // column 8
        high = High(a2Shifted, b6) + High(a3Shifted, b5) + High(a4Shifted, b4) + High(a5Shifted, b3)
            + High(a6Shifted, b2) + High(c2Shifted, d6) + High(c3Shifted, d5) + High(c4Shifted, d4)
            + High(c5Shifted, d3) + High(c6Shifted, d2) + High(m2, P6Shifted) + High(m3, P5Shifted)
            + High(m4, P4Shifted) + High(m5, P3Shifted) + High(m6, P2Shifted);
        low = carry + (a2 * b6) + (a3 * b5) + (a4 * b4) + (a5 * b3) + (a6 * b2) + (c2 * d6) + (c3 * d5)
            + (c4 * d4) + (c5 * d3) + (c6 * d2) + (m2 * P6) + (m3 * P5) + (m4 * P4) + (m5 * P3) + (m6 * P2);
        low -= high << 56;
        ulong r1 = low & LimbMask;
        carry = (low >> 56) + high;

        // column 9
        high = High(a3Shifted, b6) + High(a4Shifted, b5) + High(a5Shifted, b4) + High(a6Shifted, b3)
            + High(c3Shifted, d6) + High(c4Shifted, d5) + High(c5Shifted, d4) + High(c6Shifted, d3)
            + High(m3, P6Shifted) + High(m4, P5Shifted) + High(m5, P4Shifted) + High(m6, P3Shifted);
        low = carry + (a3 * b6) + (a4 * b5) + (a5 * b4) + (a6 * b3) + (c3 * d6) + (c4 * d5) + (c5 * d4)
            + (c6 * d3) + (m3 * P6) + (m4 * P5) + (m5 * P4) + (m6 * P3);
        low -= high << 56;
        ulong r2 = low & LimbMask;
        carry = (low >> 56) + high;

        // column 10
        high = High(a4Shifted, b6) + High(a5Shifted, b5) + High(a6Shifted, b4) + High(c4Shifted, d6)
            + High(c5Shifted, d5) + High(c6Shifted, d4) + High(m4, P6Shifted) + High(m5, P5Shifted)
            + High(m6, P4Shifted);
        low = carry + (a4 * b6) + (a5 * b5) + (a6 * b4) + (c4 * d6) + (c5 * d5) + (c6 * d4) + (m4 * P6)
            + (m5 * P5) + (m6 * P4);
        low -= high << 56;
        ulong r3 = low & LimbMask;
        carry = (low >> 56) + high;

        // column 11
        high = High(a5Shifted, b6) + High(a6Shifted, b5) + High(c5Shifted, d6) + High(c6Shifted, d5)
            + High(m5, P6Shifted) + High(m6, P5Shifted);
        low = carry + (a5 * b6) + (a6 * b5) + (c5 * d6) + (c6 * d5) + (m5 * P6) + (m6 * P5);
        low -= high << 56;
        ulong r4 = low & LimbMask;
        carry = (low >> 56) + high;

        // column 12
        high = High(a6Shifted, b6) + High(c6Shifted, d6) + High(m6, P6Shifted);
        low = carry + (a6 * b6) + (c6 * d6) + (m6 * P6);
        low -= high << 56;
        ulong r5 = low & LimbMask;
        carry = (low >> 56) + high;

        r.L0 = r0;
        r.L1 = r1;
        r.L2 = r2;
        r.L3 = r3;
        r.L4 = r4;
        r.L5 = r5;
        r.L6 = carry;
    }

    /// <summary>r = a*a. a tight; r tight and below 1.25p. r may be a.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void SquareByColumns(out Fp r, in Fp a)
    {
        CheckTight(a);
        ulong a0 = a.L0;
        ulong a1 = a.L1;
        ulong a2 = a.L2;
        ulong a3 = a.L3;
        ulong a4 = a.L4;
        ulong a5 = a.L5;
        ulong a6 = a.L6;
        ulong a0Shifted = a0 << 8;
        ulong a1Shifted = a1 << 8;
        ulong a2Shifted = a2 << 8;
        ulong a3Shifted = a3 << 8;
        ulong a4Shifted = a4 << 8;
        ulong a5Shifted = a5 << 8;
        ulong a6Shifted = a6 << 8;
        ulong a1Twice = a1 << 1;
        ulong a2Twice = a2 << 1;
        ulong a3Twice = a3 << 1;
        ulong a4Twice = a4 << 1;
        ulong a5Twice = a5 << 1;
        ulong a6Twice = a6 << 1;

        // column 0
        ulong high = High(a0Shifted, a0);
        ulong low = (a0 * a0);
        ulong m0 = (low * NegativeInverse) & LimbMask;
        high += High(m0, P0Shifted);
        low += m0 * P0;
        ulong carry = ((low - (high << 56)) >> 56) + high;

        // column 1
        high = High(a0Shifted, a1Twice) + High(m0, P1Shifted);
        low = carry + (a0 * a1Twice) + (m0 * P1);
        ulong m1 = (low * NegativeInverse) & LimbMask;
        high += High(m1, P0Shifted);
        low += m1 * P0;
        carry = ((low - (high << 56)) >> 56) + high;

        // column 2
        high = High(a0Shifted, a2Twice) + High(a1Shifted, a1) + High(m0, P2Shifted) + High(m1, P1Shifted);
        low = carry + (a0 * a2Twice) + (a1 * a1) + (m0 * P2) + (m1 * P1);
        ulong m2 = (low * NegativeInverse) & LimbMask;
        high += High(m2, P0Shifted);
        low += m2 * P0;
        carry = ((low - (high << 56)) >> 56) + high;

        // column 3
        high = High(a0Shifted, a3Twice) + High(a1Shifted, a2Twice) + High(m0, P3Shifted) + High(m1, P2Shifted)
            + High(m2, P1Shifted);
        low = carry + (a0 * a3Twice) + (a1 * a2Twice) + (m0 * P3) + (m1 * P2) + (m2 * P1);
        ulong m3 = (low * NegativeInverse) & LimbMask;
        high += High(m3, P0Shifted);
        low += m3 * P0;
        carry = ((low - (high << 56)) >> 56) + high;

        // column 4
        high = High(a0Shifted, a4Twice) + High(a1Shifted, a3Twice) + High(a2Shifted, a2) + High(m0, P4Shifted)
            + High(m1, P3Shifted) + High(m2, P2Shifted) + High(m3, P1Shifted);
        low = carry + (a0 * a4Twice) + (a1 * a3Twice) + (a2 * a2) + (m0 * P4) + (m1 * P3) + (m2 * P2)
            + (m3 * P1);
        ulong m4 = (low * NegativeInverse) & LimbMask;
        high += High(m4, P0Shifted);
        low += m4 * P0;
        carry = ((low - (high << 56)) >> 56) + high;

        // column 5
        high = High(a0Shifted, a5Twice) + High(a1Shifted, a4Twice) + High(a2Shifted, a3Twice)
            + High(m0, P5Shifted) + High(m1, P4Shifted) + High(m2, P3Shifted) + High(m3, P2Shifted)
            + High(m4, P1Shifted);
        low = carry + (a0 * a5Twice) + (a1 * a4Twice) + (a2 * a3Twice) + (m0 * P5) + (m1 * P4) + (m2 * P3)
            + (m3 * P2) + (m4 * P1);
        ulong m5 = (low * NegativeInverse) & LimbMask;
        high += High(m5, P0Shifted);
        low += m5 * P0;
        carry = ((low - (high << 56)) >> 56) + high;

        // column 6
        high = High(a0Shifted, a6Twice) + High(a1Shifted, a5Twice) + High(a2Shifted, a4Twice)
            + High(a3Shifted, a3) + High(m0, P6Shifted) + High(m1, P5Shifted) + High(m2, P4Shifted)
            + High(m3, P3Shifted) + High(m4, P2Shifted) + High(m5, P1Shifted);
        low = carry + (a0 * a6Twice) + (a1 * a5Twice) + (a2 * a4Twice) + (a3 * a3) + (m0 * P6) + (m1 * P5)
            + (m2 * P4) + (m3 * P3) + (m4 * P2) + (m5 * P1);
        ulong m6 = (low * NegativeInverse) & LimbMask;
        high += High(m6, P0Shifted);
        low += m6 * P0;
        carry = ((low - (high << 56)) >> 56) + high;

        // column 7
        high = High(a1Shifted, a6Twice) + High(a2Shifted, a5Twice) + High(a3Shifted, a4Twice)
            + High(m1, P6Shifted) + High(m2, P5Shifted) + High(m3, P4Shifted) + High(m4, P3Shifted)
            + High(m5, P2Shifted) + High(m6, P1Shifted);
        low = carry + (a1 * a6Twice) + (a2 * a5Twice) + (a3 * a4Twice) + (m1 * P6) + (m2 * P5) + (m3 * P4)
            + (m4 * P3) + (m5 * P2) + (m6 * P1);
        low -= high << 56;
        ulong r0 = low & LimbMask;
        carry = (low >> 56) + high;

        // column 8
        high = High(a2Shifted, a6Twice) + High(a3Shifted, a5Twice) + High(a4Shifted, a4) + High(m2, P6Shifted)
            + High(m3, P5Shifted) + High(m4, P4Shifted) + High(m5, P3Shifted) + High(m6, P2Shifted);
        low = carry + (a2 * a6Twice) + (a3 * a5Twice) + (a4 * a4) + (m2 * P6) + (m3 * P5) + (m4 * P4)
            + (m5 * P3) + (m6 * P2);
        low -= high << 56;
        ulong r1 = low & LimbMask;
        carry = (low >> 56) + high;

        // column 9
        high = High(a3Shifted, a6Twice) + High(a4Shifted, a5Twice) + High(m3, P6Shifted) + High(m4, P5Shifted)
            + High(m5, P4Shifted) + High(m6, P3Shifted);
        low = carry + (a3 * a6Twice) + (a4 * a5Twice) + (m3 * P6) + (m4 * P5) + (m5 * P4) + (m6 * P3);
        low -= high << 56;
        ulong r2 = low & LimbMask;
        carry = (low >> 56) + high;

        // column 10
        high = High(a4Shifted, a6Twice) + High(a5Shifted, a5) + High(m4, P6Shifted) + High(m5, P5Shifted)
            + High(m6, P4Shifted);
        low = carry + (a4 * a6Twice) + (a5 * a5) + (m4 * P6) + (m5 * P5) + (m6 * P4);
        low -= high << 56;
        ulong r3 = low & LimbMask;
        carry = (low >> 56) + high;

        // column 11
        high = High(a5Shifted, a6Twice) + High(m5, P6Shifted) + High(m6, P5Shifted);
        low = carry + (a5 * a6Twice) + (m5 * P6) + (m6 * P5);
        low -= high << 56;
        ulong r4 = low & LimbMask;
        carry = (low >> 56) + high;

        // column 12
        high = High(a6Shifted, a6) + High(m6, P6Shifted);
        low = carry + (a6 * a6) + (m6 * P6);
        low -= high << 56;
        ulong r5 = low & LimbMask;
        carry = (low >> 56) + high;

        r.L0 = r0;
        r.L1 = r1;
        r.L2 = r2;
        r.L3 = r3;
        r.L4 = r4;
        r.L5 = r5;
        r.L6 = carry;
    }
}
