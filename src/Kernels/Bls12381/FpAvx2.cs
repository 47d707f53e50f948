using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using U = System.Runtime.Intrinsics.Vector256<uint>;
using V = System.Runtime.Intrinsics.Vector256<ulong>;

namespace Tactus.Kernels.Bls12381;

// A product in F_p in the four lanes of AVX2.
//
// Value represented   as in Fp2Avx2: 14 digits of 28 bits, two for a limb of Fp.
// Lanes               of a column t[k]: columns k, k + 4, k + 8, k + 12. Four vectors hold a factor or p, so a row adds
//                     four products; what its upper lanes have left is then that of t[k + 4], one lane down.
// Reduction           as in Fp2Avx2: rows 0..12 by D, row 13 by p; below 2.3p for factors below 2^9*p^2.
// Bounds              a column gathers at most 7 products of odd digits (loose: below 2^29), 7 of even ones, 14 of
//                     m*D and a carry: below 2^63.
// Constant time       no branch and no address depends on a value.
internal static class FpAvx2
{
    private const int LimbBits = 28;
    private const ulong DigitMask = (1UL << LimbBits) - 1;

    // -1/p mod 2^28
    private const ulong NegativeInverse = 0xffcfffd;

    // digits of D and p: D{j}{q} is digit j + 4q
    private const ulong D00 = 0x2faabb;
    private const ulong D01 = 0x6c7b6b8;
    private const ulong D02 = 0xde40cc3;
    private const ulong D03 = 0x1b1fd61;
    private const ulong D10 = 0x4c203d2;
    private const ulong D11 = 0x961f5b3;
    private const ulong D12 = 0xef9c7a5;
    private const ulong D13 = 0x19fc3;
    private const ulong D20 = 0x2c07e7a;
    private const ulong D21 = 0xe3a59f5;
    private const ulong D22 = 0x25598bb;
    private const ulong D23 = 0x0;
    private const ulong D30 = 0x18f8f15;
    private const ulong D31 = 0xf43940d;
    private const ulong D32 = 0xc2b4463;
    private const ulong D33 = 0x0;
    private const ulong P00 = 0xfffaaab;
    private const ulong P01 = 0x6241eab;
    private const ulong P02 = 0x4774b84;
    private const ulong P03 = 0x1ea397f;
    private const ulong P10 = 0xfefffff;
    private const ulong P11 = 0xa0f6b0f;
    private const ulong P12 = 0x4bacd76;
    private const ulong P13 = 0x1a011;
    private const ulong P20 = 0x3ffffb9;
    private const ulong P21 = 0xf6730d2;
    private const ulong P22 = 0xba7b643;
    private const ulong P23 = 0x0;
    private const ulong P30 = 0xfffeb15;
    private const ulong P31 = 0xf38512b;
    private const ulong P32 = 0xe69a4b1;
    private const ulong P33 = 0x0;

    public static bool IsSupported => Avx2.IsSupported;

    /// <summary>r = a*b. Both loose, a*b below 2^9*p^2; r tight and below 2.3p. r may be a or b.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(out Fp r, in Fp a, in Fp b)
    {
        V mask = Vector256.Create(DigitMask);
        ref ulong right = ref Unsafe.As<Fp, ulong>(ref Unsafe.AsRef(in b));

        // digits (b0, b4, b8, b12), (b1, b5, b9, b13), (b2, b6, b10, 0), (b3, b7, b11, 0)
        Vector128<ulong> l01 = Vector128.LoadUnsafe(ref right);
        Vector128<ulong> l23 = Vector128.LoadUnsafe(ref right, 2);
        Vector128<ulong> l45 = Vector128.LoadUnsafe(ref right, 4);
        Vector128<ulong> l6 = Vector128.CreateScalar(b.L6);
        V even = Vector256.Create(Sse2.UnpackLow(l01, l23), Sse2.UnpackLow(l45, l6));
        V odd = Vector256.Create(Sse2.UnpackHigh(l01, l23), Sse2.UnpackHigh(l45, l6));
        U b0 = (even & mask).AsUInt32();
        U b1 = (even >>> LimbBits).AsUInt32();
        U b2 = (odd & mask).AsUInt32();
        U b3 = (odd >>> LimbBits).AsUInt32();
        V d;
        U m;

        V w0 = Vector256.Create(a.L0);
        U x0 = (w0 & mask).AsUInt32();
        V t0 = Avx2.Multiply(x0, b0);
        V t1 = Avx2.Multiply(x0, b1);
        V t2 = Avx2.Multiply(x0, b2);
        V t3 = Avx2.Multiply(x0, b3);

        U x1 = (w0 >>> LimbBits).AsUInt32();
        t1 += Avx2.Multiply(x1, b0);
        t2 += Avx2.Multiply(x1, b1);
        t3 += Avx2.Multiply(x1, b2);
        V t4 = Avx2.Multiply(x1, b3);

        V w1 = Vector256.Create(a.L1);
        U x2 = (w1 & mask).AsUInt32();
        t2 += Avx2.Multiply(x2, b0);
        t3 += Avx2.Multiply(x2, b1);
        t4 += Avx2.Multiply(x2, b2);
        V t5 = Avx2.Multiply(x2, b3);

        U x3 = (w1 >>> LimbBits).AsUInt32();
        t3 += Avx2.Multiply(x3, b0);
        t4 += Avx2.Multiply(x3, b1);
        t5 += Avx2.Multiply(x3, b2);
        V t6 = Avx2.Multiply(x3, b3);

        V w2 = Vector256.Create(a.L2);
        U x4 = (w2 & mask).AsUInt32();
        t4 += Avx2.Multiply(x4, b0);
        t5 += Avx2.Multiply(x4, b1);
        t6 += Avx2.Multiply(x4, b2);
        V t7 = Avx2.Multiply(x4, b3);

        U x5 = (w2 >>> LimbBits).AsUInt32();
        t5 += Avx2.Multiply(x5, b0);
        t6 += Avx2.Multiply(x5, b1);
        t7 += Avx2.Multiply(x5, b2);
        V t8 = Avx2.Multiply(x5, b3);

        V w3 = Vector256.Create(a.L3);
        U x6 = (w3 & mask).AsUInt32();
        t6 += Avx2.Multiply(x6, b0);
        t7 += Avx2.Multiply(x6, b1);
        t8 += Avx2.Multiply(x6, b2);
        V t9 = Avx2.Multiply(x6, b3);

        U x7 = (w3 >>> LimbBits).AsUInt32();
        t7 += Avx2.Multiply(x7, b0);
        t8 += Avx2.Multiply(x7, b1);
        t9 += Avx2.Multiply(x7, b2);
        V t10 = Avx2.Multiply(x7, b3);

        V w4 = Vector256.Create(a.L4);
        U x8 = (w4 & mask).AsUInt32();
        t8 += Avx2.Multiply(x8, b0);
        t9 += Avx2.Multiply(x8, b1);
        t10 += Avx2.Multiply(x8, b2);
        V t11 = Avx2.Multiply(x8, b3);

        U x9 = (w4 >>> LimbBits).AsUInt32();
        t9 += Avx2.Multiply(x9, b0);
        t10 += Avx2.Multiply(x9, b1);
        t11 += Avx2.Multiply(x9, b2);
        V t12 = Avx2.Multiply(x9, b3);

        V w5 = Vector256.Create(a.L5);
        U x10 = (w5 & mask).AsUInt32();
        t10 += Avx2.Multiply(x10, b0);
        t11 += Avx2.Multiply(x10, b1);
        t12 += Avx2.Multiply(x10, b2);
        V t13 = Avx2.Multiply(x10, b3);

        U x11 = (w5 >>> LimbBits).AsUInt32();
        t11 += Avx2.Multiply(x11, b0);
        t12 += Avx2.Multiply(x11, b1);
        t13 += Avx2.Multiply(x11, b2);
        V t14 = Avx2.Multiply(x11, b3);

        V w6 = Vector256.Create(a.L6);
        U x12 = (w6 & mask).AsUInt32();
        t12 += Avx2.Multiply(x12, b0);
        t13 += Avx2.Multiply(x12, b1);
        t14 += Avx2.Multiply(x12, b2);
        V t15 = Avx2.Multiply(x12, b3);

        U x13 = (w6 >>> LimbBits).AsUInt32();
        t13 += Avx2.Multiply(x13, b0);
        t14 += Avx2.Multiply(x13, b1);
        t15 += Avx2.Multiply(x13, b2);
        V t16 = Avx2.Multiply(x13, b3);

        // row 0
        d = t0 & mask;
        m = Avx2.BroadcastScalarToVector256(d.GetLower()).AsUInt32();
        t1 += t0 >>> LimbBits;
        t1 += Avx2.Multiply(m, Vector256.Create(D00 | 0x100000000UL, D01, D02, D03).AsUInt32());
        t2 += Avx2.Multiply(m, Vector256.Create(D10 | 0x100000000UL, D11, D12, D13).AsUInt32());
        t3 += Avx2.Multiply(m, Vector256.Create(D20 | 0x100000000UL, D21, D22, D23).AsUInt32());
        t4 += Avx2.Multiply(m, Vector256.Create(D30 | 0x100000000UL, D31, D32, D33).AsUInt32());
        t4 += Avx2.Permute4x64(Avx2.Blend(d.AsUInt32(), U.Zero, 0b0000_0011).AsUInt64(), 0b00_11_10_01);

        // row 1
        d = t1 & mask;
        m = Avx2.BroadcastScalarToVector256(d.GetLower()).AsUInt32();
        t2 += t1 >>> LimbBits;
        t2 += Avx2.Multiply(m, Vector256.Create(D00 | 0x200000000UL, D01, D02, D03).AsUInt32());
        t3 += Avx2.Multiply(m, Vector256.Create(D10 | 0x200000000UL, D11, D12, D13).AsUInt32());
        t4 += Avx2.Multiply(m, Vector256.Create(D20 | 0x200000000UL, D21, D22, D23).AsUInt32());
        t5 += Avx2.Multiply(m, Vector256.Create(D30 | 0x200000000UL, D31, D32, D33).AsUInt32());
        t5 += Avx2.Permute4x64(Avx2.Blend(d.AsUInt32(), U.Zero, 0b0000_0011).AsUInt64(), 0b00_11_10_01);

        // row 2
        d = t2 & mask;
        m = Avx2.BroadcastScalarToVector256(d.GetLower()).AsUInt32();
        t3 += t2 >>> LimbBits;
        t3 += Avx2.Multiply(m, Vector256.Create(D00 | 0x300000000UL, D01, D02, D03).AsUInt32());
        t4 += Avx2.Multiply(m, Vector256.Create(D10 | 0x300000000UL, D11, D12, D13).AsUInt32());
        t5 += Avx2.Multiply(m, Vector256.Create(D20 | 0x300000000UL, D21, D22, D23).AsUInt32());
        t6 += Avx2.Multiply(m, Vector256.Create(D30 | 0x300000000UL, D31, D32, D33).AsUInt32());
        t6 += Avx2.Permute4x64(Avx2.Blend(d.AsUInt32(), U.Zero, 0b0000_0011).AsUInt64(), 0b00_11_10_01);

        // row 3
        d = t3 & mask;
        m = Avx2.BroadcastScalarToVector256(d.GetLower()).AsUInt32();
        t4 += t3 >>> LimbBits;
        t4 += Avx2.Multiply(m, Vector256.Create(D00 | 0x400000000UL, D01, D02, D03).AsUInt32());
        t5 += Avx2.Multiply(m, Vector256.Create(D10 | 0x400000000UL, D11, D12, D13).AsUInt32());
        t6 += Avx2.Multiply(m, Vector256.Create(D20 | 0x400000000UL, D21, D22, D23).AsUInt32());
        t7 += Avx2.Multiply(m, Vector256.Create(D30 | 0x400000000UL, D31, D32, D33).AsUInt32());
        t7 += Avx2.Permute4x64(Avx2.Blend(d.AsUInt32(), U.Zero, 0b0000_0011).AsUInt64(), 0b00_11_10_01);

        // row 4
        d = t4 & mask;
        m = Avx2.BroadcastScalarToVector256(d.GetLower()).AsUInt32();
        t5 += t4 >>> LimbBits;
        t5 += Avx2.Multiply(m, Vector256.Create(D00 | 0x500000000UL, D01, D02, D03).AsUInt32());
        t6 += Avx2.Multiply(m, Vector256.Create(D10 | 0x500000000UL, D11, D12, D13).AsUInt32());
        t7 += Avx2.Multiply(m, Vector256.Create(D20 | 0x500000000UL, D21, D22, D23).AsUInt32());
        t8 += Avx2.Multiply(m, Vector256.Create(D30 | 0x500000000UL, D31, D32, D33).AsUInt32());
        t8 += Avx2.Permute4x64(Avx2.Blend(d.AsUInt32(), U.Zero, 0b0000_0011).AsUInt64(), 0b00_11_10_01);

        // row 5
        d = t5 & mask;
        m = Avx2.BroadcastScalarToVector256(d.GetLower()).AsUInt32();
        t6 += t5 >>> LimbBits;
        t6 += Avx2.Multiply(m, Vector256.Create(D00 | 0x600000000UL, D01, D02, D03).AsUInt32());
        t7 += Avx2.Multiply(m, Vector256.Create(D10 | 0x600000000UL, D11, D12, D13).AsUInt32());
        t8 += Avx2.Multiply(m, Vector256.Create(D20 | 0x600000000UL, D21, D22, D23).AsUInt32());
        t9 += Avx2.Multiply(m, Vector256.Create(D30 | 0x600000000UL, D31, D32, D33).AsUInt32());
        t9 += Avx2.Permute4x64(Avx2.Blend(d.AsUInt32(), U.Zero, 0b0000_0011).AsUInt64(), 0b00_11_10_01);

        // row 6
        d = t6 & mask;
        m = Avx2.BroadcastScalarToVector256(d.GetLower()).AsUInt32();
        t7 += t6 >>> LimbBits;
        t7 += Avx2.Multiply(m, Vector256.Create(D00 | 0x700000000UL, D01, D02, D03).AsUInt32());
        t8 += Avx2.Multiply(m, Vector256.Create(D10 | 0x700000000UL, D11, D12, D13).AsUInt32());
        t9 += Avx2.Multiply(m, Vector256.Create(D20 | 0x700000000UL, D21, D22, D23).AsUInt32());
        t10 += Avx2.Multiply(m, Vector256.Create(D30 | 0x700000000UL, D31, D32, D33).AsUInt32());
        t10 += Avx2.Permute4x64(Avx2.Blend(d.AsUInt32(), U.Zero, 0b0000_0011).AsUInt64(), 0b00_11_10_01);

        // row 7
        d = t7 & mask;
        m = Avx2.BroadcastScalarToVector256(d.GetLower()).AsUInt32();
        t8 += t7 >>> LimbBits;
        t8 += Avx2.Multiply(m, Vector256.Create(D00 | 0x800000000UL, D01, D02, D03).AsUInt32());
        t9 += Avx2.Multiply(m, Vector256.Create(D10 | 0x800000000UL, D11, D12, D13).AsUInt32());
        t10 += Avx2.Multiply(m, Vector256.Create(D20 | 0x800000000UL, D21, D22, D23).AsUInt32());
        t11 += Avx2.Multiply(m, Vector256.Create(D30 | 0x800000000UL, D31, D32, D33).AsUInt32());
        t11 += Avx2.Permute4x64(Avx2.Blend(d.AsUInt32(), U.Zero, 0b0000_0011).AsUInt64(), 0b00_11_10_01);

        // row 8
        d = t8 & mask;
        m = Avx2.BroadcastScalarToVector256(d.GetLower()).AsUInt32();
        t9 += t8 >>> LimbBits;
        t9 += Avx2.Multiply(m, Vector256.Create(D00 | 0x900000000UL, D01, D02, D03).AsUInt32());
        t10 += Avx2.Multiply(m, Vector256.Create(D10 | 0x900000000UL, D11, D12, D13).AsUInt32());
        t11 += Avx2.Multiply(m, Vector256.Create(D20 | 0x900000000UL, D21, D22, D23).AsUInt32());
        t12 += Avx2.Multiply(m, Vector256.Create(D30 | 0x900000000UL, D31, D32, D33).AsUInt32());
        t12 += Avx2.Permute4x64(Avx2.Blend(d.AsUInt32(), U.Zero, 0b0000_0011).AsUInt64(), 0b00_11_10_01);

        // row 9
        d = t9 & mask;
        m = Avx2.BroadcastScalarToVector256(d.GetLower()).AsUInt32();
        t10 += t9 >>> LimbBits;
        t10 += Avx2.Multiply(m, Vector256.Create(D00 | 0xa00000000UL, D01, D02, D03).AsUInt32());
        t11 += Avx2.Multiply(m, Vector256.Create(D10 | 0xa00000000UL, D11, D12, D13).AsUInt32());
        t12 += Avx2.Multiply(m, Vector256.Create(D20 | 0xa00000000UL, D21, D22, D23).AsUInt32());
        t13 += Avx2.Multiply(m, Vector256.Create(D30 | 0xa00000000UL, D31, D32, D33).AsUInt32());
        t13 += Avx2.Permute4x64(Avx2.Blend(d.AsUInt32(), U.Zero, 0b0000_0011).AsUInt64(), 0b00_11_10_01);

        // row 10
        d = t10 & mask;
        m = Avx2.BroadcastScalarToVector256(d.GetLower()).AsUInt32();
        t11 += t10 >>> LimbBits;
        t11 += Avx2.Multiply(m, Vector256.Create(D00 | 0xb00000000UL, D01, D02, D03).AsUInt32());
        t12 += Avx2.Multiply(m, Vector256.Create(D10 | 0xb00000000UL, D11, D12, D13).AsUInt32());
        t13 += Avx2.Multiply(m, Vector256.Create(D20 | 0xb00000000UL, D21, D22, D23).AsUInt32());
        t14 += Avx2.Multiply(m, Vector256.Create(D30 | 0xb00000000UL, D31, D32, D33).AsUInt32());
        t14 += Avx2.Permute4x64(Avx2.Blend(d.AsUInt32(), U.Zero, 0b0000_0011).AsUInt64(), 0b00_11_10_01);

        // row 11
        d = t11 & mask;
        m = Avx2.BroadcastScalarToVector256(d.GetLower()).AsUInt32();
        t12 += t11 >>> LimbBits;
        t12 += Avx2.Multiply(m, Vector256.Create(D00 | 0xc00000000UL, D01, D02, D03).AsUInt32());
        t13 += Avx2.Multiply(m, Vector256.Create(D10 | 0xc00000000UL, D11, D12, D13).AsUInt32());
        t14 += Avx2.Multiply(m, Vector256.Create(D20 | 0xc00000000UL, D21, D22, D23).AsUInt32());
        t15 += Avx2.Multiply(m, Vector256.Create(D30 | 0xc00000000UL, D31, D32, D33).AsUInt32());
        t15 += Avx2.Permute4x64(Avx2.Blend(d.AsUInt32(), U.Zero, 0b0000_0011).AsUInt64(), 0b00_11_10_01);

        // row 12
        d = t12 & mask;
        m = Avx2.BroadcastScalarToVector256(d.GetLower()).AsUInt32();
        t13 += t12 >>> LimbBits;
        t13 += Avx2.Multiply(m, Vector256.Create(D00 | 0xd00000000UL, D01, D02, D03).AsUInt32());
        t14 += Avx2.Multiply(m, Vector256.Create(D10 | 0xd00000000UL, D11, D12, D13).AsUInt32());
        t15 += Avx2.Multiply(m, Vector256.Create(D20 | 0xd00000000UL, D21, D22, D23).AsUInt32());
        t16 += Avx2.Multiply(m, Vector256.Create(D30 | 0xd00000000UL, D31, D32, D33).AsUInt32());
        t16 += Avx2.Permute4x64(Avx2.Blend(d.AsUInt32(), U.Zero, 0b0000_0011).AsUInt64(), 0b00_11_10_01);

        // row 13: p itself
        d = Avx2.Multiply(t13.AsUInt32(), Vector256.Create(NegativeInverse).AsUInt32()) & mask;
        m = Avx2.BroadcastScalarToVector256(d.GetLower()).AsUInt32();
        t13 += Avx2.Multiply(m, Vector256.Create(P00, P01, P02, P03).AsUInt32());
        t14 += Avx2.Multiply(m, Vector256.Create(P10, P11, P12, P13).AsUInt32());
        t15 += Avx2.Multiply(m, Vector256.Create(P20, P21, P22, P23).AsUInt32());
        t16 += Avx2.Multiply(m, Vector256.Create(P30, P31, P32, P33).AsUInt32());
        t14 += t13 >>> LimbBits;
        d = t13 & mask;
        V t17 = Avx2.Permute4x64(Avx2.Blend(d.AsUInt32(), U.Zero, 0b0000_0011).AsUInt64(), 0b00_11_10_01);

        // limbs 0, 2, 4, 6 and 1, 3, 5 of the result; carries go up within a limb and its right neighbour, then limb by
        // limb
        t15 += t14 >>> LimbBits;
        t16 += t15 >>> LimbBits;
        t17 += t16 >>> LimbBits;
        even = (t14 & mask) | ((t15 & mask) << LimbBits);
        odd = (t16 & mask) | ((t17 & mask) << LimbBits);
        d = Avx2.Permute4x64(t17 >>> LimbBits, 0b10_01_00_00);
        even += Avx2.Blend(d.AsUInt32(), U.Zero, 0b0000_0011).AsUInt64();
        l01 = even.GetLower();
        l23 = even.GetUpper();
        l45 = odd.GetLower();
        ulong limb = l01.ToScalar();
        r.L0 = limb & Fp.LimbMask;
        limb = l45.ToScalar() + (limb >> 56);
        r.L1 = limb & Fp.LimbMask;
        limb = l01.GetElement(1) + (limb >> 56);
        r.L2 = limb & Fp.LimbMask;
        limb = l45.GetElement(1) + (limb >> 56);
        r.L3 = limb & Fp.LimbMask;
        limb = l23.ToScalar() + (limb >> 56);
        r.L4 = limb & Fp.LimbMask;
        limb = odd.GetUpper().ToScalar() + (limb >> 56);
        r.L5 = limb & Fp.LimbMask;
        r.L6 = l23.GetElement(1) + (limb >> 56);
    }
}
