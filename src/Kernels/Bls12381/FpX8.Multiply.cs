using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using U = System.Runtime.Intrinsics.Vector512<uint>;
using V = System.Runtime.Intrinsics.Vector512<ulong>;

namespace Tactus.Kernels.Bls12381;

// Eight products side by side, by rows, each row with its step of the Montgomery reduction.
//
// Value represented   in each lane v = sum of L[i]*2^(28i), i = 0..13; the field element is v / R mod p with R =
//                     2^392, the R
//                     of the scalar Fp: a limb of 56 bits there is two limbs here.
// Ranges              "tight": every limb < 2^28. "loose": every limb < 2^30. Left factors are tight, right ones loose.
// Why 28 bits         the widest product of the machine without IFMA (which C# cannot reach) is 32 x 32 -> 64 bits;
//                     products
//                     of 28-bit limbs leave room to add a whole column without a carry.
// Bounds              a column t[k] gathers at most 28 products < 2^58, 14 of m*p < 2^56 and a carry < 2^36: below
//                     2^63.1.
// Rows                row i adds a[i]*b to t[i..i+13], then m*p, and carries t[i] up: 14 running sums, which stay in
//                     registers
//                     (by columns, the JIT spills the one sum of each column at every step: 9 times slower). The
//                     products are
//                     named one by one: a helper's temporaries would pass the size at which the JIT gives up
//                     optimising.
// p in memory         the multiplier reads 32 bits of each lane, so the number of the row in the upper half of a limb
//                     of p changes
//                     nothing; it makes the constants differ, which keeps the JIT from holding 14 of them in registers
//                     that
//                     the factor b needs. Each is then an operand that the instruction broadcasts from memory.
// Reduction           row i adds m*p, m = -t[i]/p mod 2^28, which clears the low 28 bits of t[i]. Factors up to
//                     2^9*p*p in sum give a result below 1.25p, as in Fp.
internal partial struct FpX8
{
    private const ulong P0At = 0xfffaaab;
    private const ulong P1At = 0xfefffff;
    private const ulong P2At = 0x3ffffb9;
    private const ulong P3At = 0xfffeb15;
    private const ulong P4At = 0x6241eab;
    private const ulong P5At = 0xa0f6b0f;
    private const ulong P6At = 0xf6730d2;
    private const ulong P7At = 0xf38512b;
    private const ulong P8At = 0x4774b84;
    private const ulong P9At = 0x4bacd76;
    private const ulong P10At = 0xba7b643;
    private const ulong P11At = 0xe69a4b1;
    private const ulong P12At = 0x1ea397f;
    private const ulong P13At = 0x1a011;


    /// <summary>r = a*b. a tight, b loose; r tight and below 1.25p. r may be a or b.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(out FpX8 r, in FpX8 a, in FpX8 b)
    {
        CheckTight(a);
        CheckLoose(b);
        U inverse = Vector512.Create(0xffcfffdUL).AsUInt32();
        V mask = LimbMask;

        // row 0
        U x = a.L0.AsUInt32();
        V t0 = Avx512F.Multiply(x, b.L0.AsUInt32());
        V t1 = Avx512F.Multiply(x, b.L1.AsUInt32());
        V t2 = Avx512F.Multiply(x, b.L2.AsUInt32());
        V t3 = Avx512F.Multiply(x, b.L3.AsUInt32());
        V t4 = Avx512F.Multiply(x, b.L4.AsUInt32());
        V t5 = Avx512F.Multiply(x, b.L5.AsUInt32());
        V t6 = Avx512F.Multiply(x, b.L6.AsUInt32());
        V t7 = Avx512F.Multiply(x, b.L7.AsUInt32());
        V t8 = Avx512F.Multiply(x, b.L8.AsUInt32());
        V t9 = Avx512F.Multiply(x, b.L9.AsUInt32());
        V t10 = Avx512F.Multiply(x, b.L10.AsUInt32());
        V t11 = Avx512F.Multiply(x, b.L11.AsUInt32());
        V t12 = Avx512F.Multiply(x, b.L12.AsUInt32());
        V t13 = Avx512F.Multiply(x, b.L13.AsUInt32());
        U m = (Avx512F.Multiply(t0.AsUInt32(), inverse) & mask).AsUInt32();
        t0 += Avx512F.Multiply(m, Vector512.Create(P0At | 0x100000000UL).AsUInt32());
        t1 += Avx512F.Multiply(m, Vector512.Create(P1At | 0x100000000UL).AsUInt32());
        t2 += Avx512F.Multiply(m, Vector512.Create(P2At | 0x100000000UL).AsUInt32());
        t3 += Avx512F.Multiply(m, Vector512.Create(P3At | 0x100000000UL).AsUInt32());
        t4 += Avx512F.Multiply(m, Vector512.Create(P4At | 0x100000000UL).AsUInt32());
        t5 += Avx512F.Multiply(m, Vector512.Create(P5At | 0x100000000UL).AsUInt32());
        t6 += Avx512F.Multiply(m, Vector512.Create(P6At | 0x100000000UL).AsUInt32());
        t7 += Avx512F.Multiply(m, Vector512.Create(P7At | 0x100000000UL).AsUInt32());
        t8 += Avx512F.Multiply(m, Vector512.Create(P8At | 0x100000000UL).AsUInt32());
        t9 += Avx512F.Multiply(m, Vector512.Create(P9At | 0x100000000UL).AsUInt32());
        t10 += Avx512F.Multiply(m, Vector512.Create(P10At | 0x100000000UL).AsUInt32());
        t11 += Avx512F.Multiply(m, Vector512.Create(P11At | 0x100000000UL).AsUInt32());
        t12 += Avx512F.Multiply(m, Vector512.Create(P12At | 0x100000000UL).AsUInt32());
        t13 += Avx512F.Multiply(m, Vector512.Create(P13At | 0x100000000UL).AsUInt32());
        t1 += t0 >>> LimbBits;

        // row 1
        x = a.L1.AsUInt32();
        t1 += Avx512F.Multiply(x, b.L0.AsUInt32());
        t2 += Avx512F.Multiply(x, b.L1.AsUInt32());
        t3 += Avx512F.Multiply(x, b.L2.AsUInt32());
        t4 += Avx512F.Multiply(x, b.L3.AsUInt32());
        t5 += Avx512F.Multiply(x, b.L4.AsUInt32());
        t6 += Avx512F.Multiply(x, b.L5.AsUInt32());
        t7 += Avx512F.Multiply(x, b.L6.AsUInt32());
        t8 += Avx512F.Multiply(x, b.L7.AsUInt32());
        t9 += Avx512F.Multiply(x, b.L8.AsUInt32());
        t10 += Avx512F.Multiply(x, b.L9.AsUInt32());
        t11 += Avx512F.Multiply(x, b.L10.AsUInt32());
        t12 += Avx512F.Multiply(x, b.L11.AsUInt32());
        t13 += Avx512F.Multiply(x, b.L12.AsUInt32());
        V t14 = Avx512F.Multiply(x, b.L13.AsUInt32());
        m = (Avx512F.Multiply(t1.AsUInt32(), inverse) & mask).AsUInt32();
        t1 += Avx512F.Multiply(m, Vector512.Create(P0At | 0x200000000UL).AsUInt32());
        t2 += Avx512F.Multiply(m, Vector512.Create(P1At | 0x200000000UL).AsUInt32());
        t3 += Avx512F.Multiply(m, Vector512.Create(P2At | 0x200000000UL).AsUInt32());
        t4 += Avx512F.Multiply(m, Vector512.Create(P3At | 0x200000000UL).AsUInt32());
        t5 += Avx512F.Multiply(m, Vector512.Create(P4At | 0x200000000UL).AsUInt32());
        t6 += Avx512F.Multiply(m, Vector512.Create(P5At | 0x200000000UL).AsUInt32());
        t7 += Avx512F.Multiply(m, Vector512.Create(P6At | 0x200000000UL).AsUInt32());
        t8 += Avx512F.Multiply(m, Vector512.Create(P7At | 0x200000000UL).AsUInt32());
        t9 += Avx512F.Multiply(m, Vector512.Create(P8At | 0x200000000UL).AsUInt32());
        t10 += Avx512F.Multiply(m, Vector512.Create(P9At | 0x200000000UL).AsUInt32());
        t11 += Avx512F.Multiply(m, Vector512.Create(P10At | 0x200000000UL).AsUInt32());
        t12 += Avx512F.Multiply(m, Vector512.Create(P11At | 0x200000000UL).AsUInt32());
        t13 += Avx512F.Multiply(m, Vector512.Create(P12At | 0x200000000UL).AsUInt32());
        t14 += Avx512F.Multiply(m, Vector512.Create(P13At | 0x200000000UL).AsUInt32());
        t2 += t1 >>> LimbBits;

        // row 2
        x = a.L2.AsUInt32();
        t2 += Avx512F.Multiply(x, b.L0.AsUInt32());
        t3 += Avx512F.Multiply(x, b.L1.AsUInt32());
        t4 += Avx512F.Multiply(x, b.L2.AsUInt32());
        t5 += Avx512F.Multiply(x, b.L3.AsUInt32());
        t6 += Avx512F.Multiply(x, b.L4.AsUInt32());
        t7 += Avx512F.Multiply(x, b.L5.AsUInt32());
        t8 += Avx512F.Multiply(x, b.L6.AsUInt32());
        t9 += Avx512F.Multiply(x, b.L7.AsUInt32());
        t10 += Avx512F.Multiply(x, b.L8.AsUInt32());
        t11 += Avx512F.Multiply(x, b.L9.AsUInt32());
        t12 += Avx512F.Multiply(x, b.L10.AsUInt32());
        t13 += Avx512F.Multiply(x, b.L11.AsUInt32());
        t14 += Avx512F.Multiply(x, b.L12.AsUInt32());
        V t15 = Avx512F.Multiply(x, b.L13.AsUInt32());
        m = (Avx512F.Multiply(t2.AsUInt32(), inverse) & mask).AsUInt32();
        t2 += Avx512F.Multiply(m, Vector512.Create(P0At | 0x300000000UL).AsUInt32());
        t3 += Avx512F.Multiply(m, Vector512.Create(P1At | 0x300000000UL).AsUInt32());
        t4 += Avx512F.Multiply(m, Vector512.Create(P2At | 0x300000000UL).AsUInt32());
        t5 += Avx512F.Multiply(m, Vector512.Create(P3At | 0x300000000UL).AsUInt32());
        t6 += Avx512F.Multiply(m, Vector512.Create(P4At | 0x300000000UL).AsUInt32());
        t7 += Avx512F.Multiply(m, Vector512.Create(P5At | 0x300000000UL).AsUInt32());
        t8 += Avx512F.Multiply(m, Vector512.Create(P6At | 0x300000000UL).AsUInt32());
        t9 += Avx512F.Multiply(m, Vector512.Create(P7At | 0x300000000UL).AsUInt32());
        t10 += Avx512F.Multiply(m, Vector512.Create(P8At | 0x300000000UL).AsUInt32());
        t11 += Avx512F.Multiply(m, Vector512.Create(P9At | 0x300000000UL).AsUInt32());
        t12 += Avx512F.Multiply(m, Vector512.Create(P10At | 0x300000000UL).AsUInt32());
        t13 += Avx512F.Multiply(m, Vector512.Create(P11At | 0x300000000UL).AsUInt32());
        t14 += Avx512F.Multiply(m, Vector512.Create(P12At | 0x300000000UL).AsUInt32());
        t15 += Avx512F.Multiply(m, Vector512.Create(P13At | 0x300000000UL).AsUInt32());
        t3 += t2 >>> LimbBits;

        // row 3
        x = a.L3.AsUInt32();
        t3 += Avx512F.Multiply(x, b.L0.AsUInt32());
        t4 += Avx512F.Multiply(x, b.L1.AsUInt32());
        t5 += Avx512F.Multiply(x, b.L2.AsUInt32());
        t6 += Avx512F.Multiply(x, b.L3.AsUInt32());
        t7 += Avx512F.Multiply(x, b.L4.AsUInt32());
        t8 += Avx512F.Multiply(x, b.L5.AsUInt32());
        t9 += Avx512F.Multiply(x, b.L6.AsUInt32());
        t10 += Avx512F.Multiply(x, b.L7.AsUInt32());
        t11 += Avx512F.Multiply(x, b.L8.AsUInt32());
        t12 += Avx512F.Multiply(x, b.L9.AsUInt32());
        t13 += Avx512F.Multiply(x, b.L10.AsUInt32());
        t14 += Avx512F.Multiply(x, b.L11.AsUInt32());
        t15 += Avx512F.Multiply(x, b.L12.AsUInt32());
        V t16 = Avx512F.Multiply(x, b.L13.AsUInt32());
        m = (Avx512F.Multiply(t3.AsUInt32(), inverse) & mask).AsUInt32();
        t3 += Avx512F.Multiply(m, Vector512.Create(P0At | 0x400000000UL).AsUInt32());
        t4 += Avx512F.Multiply(m, Vector512.Create(P1At | 0x400000000UL).AsUInt32());
        t5 += Avx512F.Multiply(m, Vector512.Create(P2At | 0x400000000UL).AsUInt32());
        t6 += Avx512F.Multiply(m, Vector512.Create(P3At | 0x400000000UL).AsUInt32());
        t7 += Avx512F.Multiply(m, Vector512.Create(P4At | 0x400000000UL).AsUInt32());
        t8 += Avx512F.Multiply(m, Vector512.Create(P5At | 0x400000000UL).AsUInt32());
        t9 += Avx512F.Multiply(m, Vector512.Create(P6At | 0x400000000UL).AsUInt32());
        t10 += Avx512F.Multiply(m, Vector512.Create(P7At | 0x400000000UL).AsUInt32());
        t11 += Avx512F.Multiply(m, Vector512.Create(P8At | 0x400000000UL).AsUInt32());
        t12 += Avx512F.Multiply(m, Vector512.Create(P9At | 0x400000000UL).AsUInt32());
        t13 += Avx512F.Multiply(m, Vector512.Create(P10At | 0x400000000UL).AsUInt32());
        t14 += Avx512F.Multiply(m, Vector512.Create(P11At | 0x400000000UL).AsUInt32());
        t15 += Avx512F.Multiply(m, Vector512.Create(P12At | 0x400000000UL).AsUInt32());
        t16 += Avx512F.Multiply(m, Vector512.Create(P13At | 0x400000000UL).AsUInt32());
        t4 += t3 >>> LimbBits;

        // row 4
        x = a.L4.AsUInt32();
        t4 += Avx512F.Multiply(x, b.L0.AsUInt32());
        t5 += Avx512F.Multiply(x, b.L1.AsUInt32());
        t6 += Avx512F.Multiply(x, b.L2.AsUInt32());
        t7 += Avx512F.Multiply(x, b.L3.AsUInt32());
        t8 += Avx512F.Multiply(x, b.L4.AsUInt32());
        t9 += Avx512F.Multiply(x, b.L5.AsUInt32());
        t10 += Avx512F.Multiply(x, b.L6.AsUInt32());
        t11 += Avx512F.Multiply(x, b.L7.AsUInt32());
        t12 += Avx512F.Multiply(x, b.L8.AsUInt32());
        t13 += Avx512F.Multiply(x, b.L9.AsUInt32());
        t14 += Avx512F.Multiply(x, b.L10.AsUInt32());
        t15 += Avx512F.Multiply(x, b.L11.AsUInt32());
        t16 += Avx512F.Multiply(x, b.L12.AsUInt32());
        V t17 = Avx512F.Multiply(x, b.L13.AsUInt32());
        m = (Avx512F.Multiply(t4.AsUInt32(), inverse) & mask).AsUInt32();
        t4 += Avx512F.Multiply(m, Vector512.Create(P0At | 0x500000000UL).AsUInt32());
        t5 += Avx512F.Multiply(m, Vector512.Create(P1At | 0x500000000UL).AsUInt32());
        t6 += Avx512F.Multiply(m, Vector512.Create(P2At | 0x500000000UL).AsUInt32());
        t7 += Avx512F.Multiply(m, Vector512.Create(P3At | 0x500000000UL).AsUInt32());
        t8 += Avx512F.Multiply(m, Vector512.Create(P4At | 0x500000000UL).AsUInt32());
        t9 += Avx512F.Multiply(m, Vector512.Create(P5At | 0x500000000UL).AsUInt32());
        t10 += Avx512F.Multiply(m, Vector512.Create(P6At | 0x500000000UL).AsUInt32());
        t11 += Avx512F.Multiply(m, Vector512.Create(P7At | 0x500000000UL).AsUInt32());
        t12 += Avx512F.Multiply(m, Vector512.Create(P8At | 0x500000000UL).AsUInt32());
        t13 += Avx512F.Multiply(m, Vector512.Create(P9At | 0x500000000UL).AsUInt32());
        t14 += Avx512F.Multiply(m, Vector512.Create(P10At | 0x500000000UL).AsUInt32());
        t15 += Avx512F.Multiply(m, Vector512.Create(P11At | 0x500000000UL).AsUInt32());
        t16 += Avx512F.Multiply(m, Vector512.Create(P12At | 0x500000000UL).AsUInt32());
        t17 += Avx512F.Multiply(m, Vector512.Create(P13At | 0x500000000UL).AsUInt32());
        t5 += t4 >>> LimbBits;

        // row 5
        x = a.L5.AsUInt32();
        t5 += Avx512F.Multiply(x, b.L0.AsUInt32());
        t6 += Avx512F.Multiply(x, b.L1.AsUInt32());
        t7 += Avx512F.Multiply(x, b.L2.AsUInt32());
        t8 += Avx512F.Multiply(x, b.L3.AsUInt32());
        t9 += Avx512F.Multiply(x, b.L4.AsUInt32());
        t10 += Avx512F.Multiply(x, b.L5.AsUInt32());
        t11 += Avx512F.Multiply(x, b.L6.AsUInt32());
        t12 += Avx512F.Multiply(x, b.L7.AsUInt32());
        t13 += Avx512F.Multiply(x, b.L8.AsUInt32());
        t14 += Avx512F.Multiply(x, b.L9.AsUInt32());
        t15 += Avx512F.Multiply(x, b.L10.AsUInt32());
        t16 += Avx512F.Multiply(x, b.L11.AsUInt32());
        t17 += Avx512F.Multiply(x, b.L12.AsUInt32());
        V t18 = Avx512F.Multiply(x, b.L13.AsUInt32());
        m = (Avx512F.Multiply(t5.AsUInt32(), inverse) & mask).AsUInt32();
        t5 += Avx512F.Multiply(m, Vector512.Create(P0At | 0x600000000UL).AsUInt32());
        t6 += Avx512F.Multiply(m, Vector512.Create(P1At | 0x600000000UL).AsUInt32());
        t7 += Avx512F.Multiply(m, Vector512.Create(P2At | 0x600000000UL).AsUInt32());
        t8 += Avx512F.Multiply(m, Vector512.Create(P3At | 0x600000000UL).AsUInt32());
        t9 += Avx512F.Multiply(m, Vector512.Create(P4At | 0x600000000UL).AsUInt32());
        t10 += Avx512F.Multiply(m, Vector512.Create(P5At | 0x600000000UL).AsUInt32());
        t11 += Avx512F.Multiply(m, Vector512.Create(P6At | 0x600000000UL).AsUInt32());
        t12 += Avx512F.Multiply(m, Vector512.Create(P7At | 0x600000000UL).AsUInt32());
        t13 += Avx512F.Multiply(m, Vector512.Create(P8At | 0x600000000UL).AsUInt32());
        t14 += Avx512F.Multiply(m, Vector512.Create(P9At | 0x600000000UL).AsUInt32());
        t15 += Avx512F.Multiply(m, Vector512.Create(P10At | 0x600000000UL).AsUInt32());
        t16 += Avx512F.Multiply(m, Vector512.Create(P11At | 0x600000000UL).AsUInt32());
        t17 += Avx512F.Multiply(m, Vector512.Create(P12At | 0x600000000UL).AsUInt32());
        t18 += Avx512F.Multiply(m, Vector512.Create(P13At | 0x600000000UL).AsUInt32());
        t6 += t5 >>> LimbBits;

        // row 6
        x = a.L6.AsUInt32();
        t6 += Avx512F.Multiply(x, b.L0.AsUInt32());
        t7 += Avx512F.Multiply(x, b.L1.AsUInt32());
        t8 += Avx512F.Multiply(x, b.L2.AsUInt32());
        t9 += Avx512F.Multiply(x, b.L3.AsUInt32());
        t10 += Avx512F.Multiply(x, b.L4.AsUInt32());
        t11 += Avx512F.Multiply(x, b.L5.AsUInt32());
        t12 += Avx512F.Multiply(x, b.L6.AsUInt32());
        t13 += Avx512F.Multiply(x, b.L7.AsUInt32());
        t14 += Avx512F.Multiply(x, b.L8.AsUInt32());
        t15 += Avx512F.Multiply(x, b.L9.AsUInt32());
        t16 += Avx512F.Multiply(x, b.L10.AsUInt32());
        t17 += Avx512F.Multiply(x, b.L11.AsUInt32());
        t18 += Avx512F.Multiply(x, b.L12.AsUInt32());
        V t19 = Avx512F.Multiply(x, b.L13.AsUInt32());
        m = (Avx512F.Multiply(t6.AsUInt32(), inverse) & mask).AsUInt32();
        t6 += Avx512F.Multiply(m, Vector512.Create(P0At | 0x700000000UL).AsUInt32());
        t7 += Avx512F.Multiply(m, Vector512.Create(P1At | 0x700000000UL).AsUInt32());
        t8 += Avx512F.Multiply(m, Vector512.Create(P2At | 0x700000000UL).AsUInt32());
        t9 += Avx512F.Multiply(m, Vector512.Create(P3At | 0x700000000UL).AsUInt32());
        t10 += Avx512F.Multiply(m, Vector512.Create(P4At | 0x700000000UL).AsUInt32());
        t11 += Avx512F.Multiply(m, Vector512.Create(P5At | 0x700000000UL).AsUInt32());
        t12 += Avx512F.Multiply(m, Vector512.Create(P6At | 0x700000000UL).AsUInt32());
        t13 += Avx512F.Multiply(m, Vector512.Create(P7At | 0x700000000UL).AsUInt32());
        t14 += Avx512F.Multiply(m, Vector512.Create(P8At | 0x700000000UL).AsUInt32());
        t15 += Avx512F.Multiply(m, Vector512.Create(P9At | 0x700000000UL).AsUInt32());
        t16 += Avx512F.Multiply(m, Vector512.Create(P10At | 0x700000000UL).AsUInt32());
        t17 += Avx512F.Multiply(m, Vector512.Create(P11At | 0x700000000UL).AsUInt32());
        t18 += Avx512F.Multiply(m, Vector512.Create(P12At | 0x700000000UL).AsUInt32());
        t19 += Avx512F.Multiply(m, Vector512.Create(P13At | 0x700000000UL).AsUInt32());
        t7 += t6 >>> LimbBits;

        // row 7
        x = a.L7.AsUInt32();
        t7 += Avx512F.Multiply(x, b.L0.AsUInt32());
        t8 += Avx512F.Multiply(x, b.L1.AsUInt32());
        t9 += Avx512F.Multiply(x, b.L2.AsUInt32());
        t10 += Avx512F.Multiply(x, b.L3.AsUInt32());
        t11 += Avx512F.Multiply(x, b.L4.AsUInt32());
        t12 += Avx512F.Multiply(x, b.L5.AsUInt32());
        t13 += Avx512F.Multiply(x, b.L6.AsUInt32());
        t14 += Avx512F.Multiply(x, b.L7.AsUInt32());
        t15 += Avx512F.Multiply(x, b.L8.AsUInt32());
        t16 += Avx512F.Multiply(x, b.L9.AsUInt32());
        t17 += Avx512F.Multiply(x, b.L10.AsUInt32());
        t18 += Avx512F.Multiply(x, b.L11.AsUInt32());
        t19 += Avx512F.Multiply(x, b.L12.AsUInt32());
        V t20 = Avx512F.Multiply(x, b.L13.AsUInt32());
        m = (Avx512F.Multiply(t7.AsUInt32(), inverse) & mask).AsUInt32();
        t7 += Avx512F.Multiply(m, Vector512.Create(P0At | 0x800000000UL).AsUInt32());
        t8 += Avx512F.Multiply(m, Vector512.Create(P1At | 0x800000000UL).AsUInt32());
        t9 += Avx512F.Multiply(m, Vector512.Create(P2At | 0x800000000UL).AsUInt32());
        t10 += Avx512F.Multiply(m, Vector512.Create(P3At | 0x800000000UL).AsUInt32());
        t11 += Avx512F.Multiply(m, Vector512.Create(P4At | 0x800000000UL).AsUInt32());
        t12 += Avx512F.Multiply(m, Vector512.Create(P5At | 0x800000000UL).AsUInt32());
        t13 += Avx512F.Multiply(m, Vector512.Create(P6At | 0x800000000UL).AsUInt32());
        t14 += Avx512F.Multiply(m, Vector512.Create(P7At | 0x800000000UL).AsUInt32());
        t15 += Avx512F.Multiply(m, Vector512.Create(P8At | 0x800000000UL).AsUInt32());
        t16 += Avx512F.Multiply(m, Vector512.Create(P9At | 0x800000000UL).AsUInt32());
        t17 += Avx512F.Multiply(m, Vector512.Create(P10At | 0x800000000UL).AsUInt32());
        t18 += Avx512F.Multiply(m, Vector512.Create(P11At | 0x800000000UL).AsUInt32());
        t19 += Avx512F.Multiply(m, Vector512.Create(P12At | 0x800000000UL).AsUInt32());
        t20 += Avx512F.Multiply(m, Vector512.Create(P13At | 0x800000000UL).AsUInt32());
        t8 += t7 >>> LimbBits;

        // row 8
        x = a.L8.AsUInt32();
        t8 += Avx512F.Multiply(x, b.L0.AsUInt32());
        t9 += Avx512F.Multiply(x, b.L1.AsUInt32());
        t10 += Avx512F.Multiply(x, b.L2.AsUInt32());
        t11 += Avx512F.Multiply(x, b.L3.AsUInt32());
        t12 += Avx512F.Multiply(x, b.L4.AsUInt32());
        t13 += Avx512F.Multiply(x, b.L5.AsUInt32());
        t14 += Avx512F.Multiply(x, b.L6.AsUInt32());
        t15 += Avx512F.Multiply(x, b.L7.AsUInt32());
        t16 += Avx512F.Multiply(x, b.L8.AsUInt32());
        t17 += Avx512F.Multiply(x, b.L9.AsUInt32());
        t18 += Avx512F.Multiply(x, b.L10.AsUInt32());
        t19 += Avx512F.Multiply(x, b.L11.AsUInt32());
        t20 += Avx512F.Multiply(x, b.L12.AsUInt32());
        V t21 = Avx512F.Multiply(x, b.L13.AsUInt32());
        m = (Avx512F.Multiply(t8.AsUInt32(), inverse) & mask).AsUInt32();
        t8 += Avx512F.Multiply(m, Vector512.Create(P0At | 0x900000000UL).AsUInt32());
        t9 += Avx512F.Multiply(m, Vector512.Create(P1At | 0x900000000UL).AsUInt32());
        t10 += Avx512F.Multiply(m, Vector512.Create(P2At | 0x900000000UL).AsUInt32());
        t11 += Avx512F.Multiply(m, Vector512.Create(P3At | 0x900000000UL).AsUInt32());
        t12 += Avx512F.Multiply(m, Vector512.Create(P4At | 0x900000000UL).AsUInt32());
        t13 += Avx512F.Multiply(m, Vector512.Create(P5At | 0x900000000UL).AsUInt32());
        t14 += Avx512F.Multiply(m, Vector512.Create(P6At | 0x900000000UL).AsUInt32());
        t15 += Avx512F.Multiply(m, Vector512.Create(P7At | 0x900000000UL).AsUInt32());
        t16 += Avx512F.Multiply(m, Vector512.Create(P8At | 0x900000000UL).AsUInt32());
        t17 += Avx512F.Multiply(m, Vector512.Create(P9At | 0x900000000UL).AsUInt32());
        t18 += Avx512F.Multiply(m, Vector512.Create(P10At | 0x900000000UL).AsUInt32());
        t19 += Avx512F.Multiply(m, Vector512.Create(P11At | 0x900000000UL).AsUInt32());
        t20 += Avx512F.Multiply(m, Vector512.Create(P12At | 0x900000000UL).AsUInt32());
        t21 += Avx512F.Multiply(m, Vector512.Create(P13At | 0x900000000UL).AsUInt32());
        t9 += t8 >>> LimbBits;

        // row 9
        x = a.L9.AsUInt32();
        t9 += Avx512F.Multiply(x, b.L0.AsUInt32());
        t10 += Avx512F.Multiply(x, b.L1.AsUInt32());
        t11 += Avx512F.Multiply(x, b.L2.AsUInt32());
        t12 += Avx512F.Multiply(x, b.L3.AsUInt32());
        t13 += Avx512F.Multiply(x, b.L4.AsUInt32());
        t14 += Avx512F.Multiply(x, b.L5.AsUInt32());
        t15 += Avx512F.Multiply(x, b.L6.AsUInt32());
        t16 += Avx512F.Multiply(x, b.L7.AsUInt32());
        t17 += Avx512F.Multiply(x, b.L8.AsUInt32());
        t18 += Avx512F.Multiply(x, b.L9.AsUInt32());
        t19 += Avx512F.Multiply(x, b.L10.AsUInt32());
        t20 += Avx512F.Multiply(x, b.L11.AsUInt32());
        t21 += Avx512F.Multiply(x, b.L12.AsUInt32());
        V t22 = Avx512F.Multiply(x, b.L13.AsUInt32());
        m = (Avx512F.Multiply(t9.AsUInt32(), inverse) & mask).AsUInt32();
        t9 += Avx512F.Multiply(m, Vector512.Create(P0At | 0xa00000000UL).AsUInt32());
        t10 += Avx512F.Multiply(m, Vector512.Create(P1At | 0xa00000000UL).AsUInt32());
        t11 += Avx512F.Multiply(m, Vector512.Create(P2At | 0xa00000000UL).AsUInt32());
        t12 += Avx512F.Multiply(m, Vector512.Create(P3At | 0xa00000000UL).AsUInt32());
        t13 += Avx512F.Multiply(m, Vector512.Create(P4At | 0xa00000000UL).AsUInt32());
        t14 += Avx512F.Multiply(m, Vector512.Create(P5At | 0xa00000000UL).AsUInt32());
        t15 += Avx512F.Multiply(m, Vector512.Create(P6At | 0xa00000000UL).AsUInt32());
        t16 += Avx512F.Multiply(m, Vector512.Create(P7At | 0xa00000000UL).AsUInt32());
        t17 += Avx512F.Multiply(m, Vector512.Create(P8At | 0xa00000000UL).AsUInt32());
        t18 += Avx512F.Multiply(m, Vector512.Create(P9At | 0xa00000000UL).AsUInt32());
        t19 += Avx512F.Multiply(m, Vector512.Create(P10At | 0xa00000000UL).AsUInt32());
        t20 += Avx512F.Multiply(m, Vector512.Create(P11At | 0xa00000000UL).AsUInt32());
        t21 += Avx512F.Multiply(m, Vector512.Create(P12At | 0xa00000000UL).AsUInt32());
        t22 += Avx512F.Multiply(m, Vector512.Create(P13At | 0xa00000000UL).AsUInt32());
        t10 += t9 >>> LimbBits;

        // row 10
        x = a.L10.AsUInt32();
        t10 += Avx512F.Multiply(x, b.L0.AsUInt32());
        t11 += Avx512F.Multiply(x, b.L1.AsUInt32());
        t12 += Avx512F.Multiply(x, b.L2.AsUInt32());
        t13 += Avx512F.Multiply(x, b.L3.AsUInt32());
        t14 += Avx512F.Multiply(x, b.L4.AsUInt32());
        t15 += Avx512F.Multiply(x, b.L5.AsUInt32());
        t16 += Avx512F.Multiply(x, b.L6.AsUInt32());
        t17 += Avx512F.Multiply(x, b.L7.AsUInt32());
        t18 += Avx512F.Multiply(x, b.L8.AsUInt32());
        t19 += Avx512F.Multiply(x, b.L9.AsUInt32());
        t20 += Avx512F.Multiply(x, b.L10.AsUInt32());
        t21 += Avx512F.Multiply(x, b.L11.AsUInt32());
        t22 += Avx512F.Multiply(x, b.L12.AsUInt32());
        V t23 = Avx512F.Multiply(x, b.L13.AsUInt32());
        m = (Avx512F.Multiply(t10.AsUInt32(), inverse) & mask).AsUInt32();
        t10 += Avx512F.Multiply(m, Vector512.Create(P0At | 0xb00000000UL).AsUInt32());
        t11 += Avx512F.Multiply(m, Vector512.Create(P1At | 0xb00000000UL).AsUInt32());
        t12 += Avx512F.Multiply(m, Vector512.Create(P2At | 0xb00000000UL).AsUInt32());
        t13 += Avx512F.Multiply(m, Vector512.Create(P3At | 0xb00000000UL).AsUInt32());
        t14 += Avx512F.Multiply(m, Vector512.Create(P4At | 0xb00000000UL).AsUInt32());
        t15 += Avx512F.Multiply(m, Vector512.Create(P5At | 0xb00000000UL).AsUInt32());
        t16 += Avx512F.Multiply(m, Vector512.Create(P6At | 0xb00000000UL).AsUInt32());
        t17 += Avx512F.Multiply(m, Vector512.Create(P7At | 0xb00000000UL).AsUInt32());
        t18 += Avx512F.Multiply(m, Vector512.Create(P8At | 0xb00000000UL).AsUInt32());
        t19 += Avx512F.Multiply(m, Vector512.Create(P9At | 0xb00000000UL).AsUInt32());
        t20 += Avx512F.Multiply(m, Vector512.Create(P10At | 0xb00000000UL).AsUInt32());
        t21 += Avx512F.Multiply(m, Vector512.Create(P11At | 0xb00000000UL).AsUInt32());
        t22 += Avx512F.Multiply(m, Vector512.Create(P12At | 0xb00000000UL).AsUInt32());
        t23 += Avx512F.Multiply(m, Vector512.Create(P13At | 0xb00000000UL).AsUInt32());
        t11 += t10 >>> LimbBits;

        // row 11
        x = a.L11.AsUInt32();
        t11 += Avx512F.Multiply(x, b.L0.AsUInt32());
        t12 += Avx512F.Multiply(x, b.L1.AsUInt32());
        t13 += Avx512F.Multiply(x, b.L2.AsUInt32());
        t14 += Avx512F.Multiply(x, b.L3.AsUInt32());
        t15 += Avx512F.Multiply(x, b.L4.AsUInt32());
        t16 += Avx512F.Multiply(x, b.L5.AsUInt32());
        t17 += Avx512F.Multiply(x, b.L6.AsUInt32());
        t18 += Avx512F.Multiply(x, b.L7.AsUInt32());
        t19 += Avx512F.Multiply(x, b.L8.AsUInt32());
        t20 += Avx512F.Multiply(x, b.L9.AsUInt32());
        t21 += Avx512F.Multiply(x, b.L10.AsUInt32());
        t22 += Avx512F.Multiply(x, b.L11.AsUInt32());
        t23 += Avx512F.Multiply(x, b.L12.AsUInt32());
        V t24 = Avx512F.Multiply(x, b.L13.AsUInt32());
        m = (Avx512F.Multiply(t11.AsUInt32(), inverse) & mask).AsUInt32();
        t11 += Avx512F.Multiply(m, Vector512.Create(P0At | 0xc00000000UL).AsUInt32());
        t12 += Avx512F.Multiply(m, Vector512.Create(P1At | 0xc00000000UL).AsUInt32());
        t13 += Avx512F.Multiply(m, Vector512.Create(P2At | 0xc00000000UL).AsUInt32());
        t14 += Avx512F.Multiply(m, Vector512.Create(P3At | 0xc00000000UL).AsUInt32());
        t15 += Avx512F.Multiply(m, Vector512.Create(P4At | 0xc00000000UL).AsUInt32());
        t16 += Avx512F.Multiply(m, Vector512.Create(P5At | 0xc00000000UL).AsUInt32());
        t17 += Avx512F.Multiply(m, Vector512.Create(P6At | 0xc00000000UL).AsUInt32());
        t18 += Avx512F.Multiply(m, Vector512.Create(P7At | 0xc00000000UL).AsUInt32());
        t19 += Avx512F.Multiply(m, Vector512.Create(P8At | 0xc00000000UL).AsUInt32());
        t20 += Avx512F.Multiply(m, Vector512.Create(P9At | 0xc00000000UL).AsUInt32());
        t21 += Avx512F.Multiply(m, Vector512.Create(P10At | 0xc00000000UL).AsUInt32());
        t22 += Avx512F.Multiply(m, Vector512.Create(P11At | 0xc00000000UL).AsUInt32());
        t23 += Avx512F.Multiply(m, Vector512.Create(P12At | 0xc00000000UL).AsUInt32());
        t24 += Avx512F.Multiply(m, Vector512.Create(P13At | 0xc00000000UL).AsUInt32());
        t12 += t11 >>> LimbBits;

        // row 12
        x = a.L12.AsUInt32();
        t12 += Avx512F.Multiply(x, b.L0.AsUInt32());
        t13 += Avx512F.Multiply(x, b.L1.AsUInt32());
        t14 += Avx512F.Multiply(x, b.L2.AsUInt32());
        t15 += Avx512F.Multiply(x, b.L3.AsUInt32());
        t16 += Avx512F.Multiply(x, b.L4.AsUInt32());
        t17 += Avx512F.Multiply(x, b.L5.AsUInt32());
        t18 += Avx512F.Multiply(x, b.L6.AsUInt32());
        t19 += Avx512F.Multiply(x, b.L7.AsUInt32());
        t20 += Avx512F.Multiply(x, b.L8.AsUInt32());
        t21 += Avx512F.Multiply(x, b.L9.AsUInt32());
        t22 += Avx512F.Multiply(x, b.L10.AsUInt32());
        t23 += Avx512F.Multiply(x, b.L11.AsUInt32());
        t24 += Avx512F.Multiply(x, b.L12.AsUInt32());
        V t25 = Avx512F.Multiply(x, b.L13.AsUInt32());
        m = (Avx512F.Multiply(t12.AsUInt32(), inverse) & mask).AsUInt32();
        t12 += Avx512F.Multiply(m, Vector512.Create(P0At | 0xd00000000UL).AsUInt32());
        t13 += Avx512F.Multiply(m, Vector512.Create(P1At | 0xd00000000UL).AsUInt32());
        t14 += Avx512F.Multiply(m, Vector512.Create(P2At | 0xd00000000UL).AsUInt32());
        t15 += Avx512F.Multiply(m, Vector512.Create(P3At | 0xd00000000UL).AsUInt32());
        t16 += Avx512F.Multiply(m, Vector512.Create(P4At | 0xd00000000UL).AsUInt32());
        t17 += Avx512F.Multiply(m, Vector512.Create(P5At | 0xd00000000UL).AsUInt32());
        t18 += Avx512F.Multiply(m, Vector512.Create(P6At | 0xd00000000UL).AsUInt32());
        t19 += Avx512F.Multiply(m, Vector512.Create(P7At | 0xd00000000UL).AsUInt32());
        t20 += Avx512F.Multiply(m, Vector512.Create(P8At | 0xd00000000UL).AsUInt32());
        t21 += Avx512F.Multiply(m, Vector512.Create(P9At | 0xd00000000UL).AsUInt32());
        t22 += Avx512F.Multiply(m, Vector512.Create(P10At | 0xd00000000UL).AsUInt32());
        t23 += Avx512F.Multiply(m, Vector512.Create(P11At | 0xd00000000UL).AsUInt32());
        t24 += Avx512F.Multiply(m, Vector512.Create(P12At | 0xd00000000UL).AsUInt32());
        t25 += Avx512F.Multiply(m, Vector512.Create(P13At | 0xd00000000UL).AsUInt32());
        t13 += t12 >>> LimbBits;

        // row 13
        x = a.L13.AsUInt32();
        t13 += Avx512F.Multiply(x, b.L0.AsUInt32());
        t14 += Avx512F.Multiply(x, b.L1.AsUInt32());
        t15 += Avx512F.Multiply(x, b.L2.AsUInt32());
        t16 += Avx512F.Multiply(x, b.L3.AsUInt32());
        t17 += Avx512F.Multiply(x, b.L4.AsUInt32());
        t18 += Avx512F.Multiply(x, b.L5.AsUInt32());
        t19 += Avx512F.Multiply(x, b.L6.AsUInt32());
        t20 += Avx512F.Multiply(x, b.L7.AsUInt32());
        t21 += Avx512F.Multiply(x, b.L8.AsUInt32());
        t22 += Avx512F.Multiply(x, b.L9.AsUInt32());
        t23 += Avx512F.Multiply(x, b.L10.AsUInt32());
        t24 += Avx512F.Multiply(x, b.L11.AsUInt32());
        t25 += Avx512F.Multiply(x, b.L12.AsUInt32());
        V t26 = Avx512F.Multiply(x, b.L13.AsUInt32());
        m = (Avx512F.Multiply(t13.AsUInt32(), inverse) & mask).AsUInt32();
        t13 += Avx512F.Multiply(m, Vector512.Create(P0At | 0xe00000000UL).AsUInt32());
        t14 += Avx512F.Multiply(m, Vector512.Create(P1At | 0xe00000000UL).AsUInt32());
        t15 += Avx512F.Multiply(m, Vector512.Create(P2At | 0xe00000000UL).AsUInt32());
        t16 += Avx512F.Multiply(m, Vector512.Create(P3At | 0xe00000000UL).AsUInt32());
        t17 += Avx512F.Multiply(m, Vector512.Create(P4At | 0xe00000000UL).AsUInt32());
        t18 += Avx512F.Multiply(m, Vector512.Create(P5At | 0xe00000000UL).AsUInt32());
        t19 += Avx512F.Multiply(m, Vector512.Create(P6At | 0xe00000000UL).AsUInt32());
        t20 += Avx512F.Multiply(m, Vector512.Create(P7At | 0xe00000000UL).AsUInt32());
        t21 += Avx512F.Multiply(m, Vector512.Create(P8At | 0xe00000000UL).AsUInt32());
        t22 += Avx512F.Multiply(m, Vector512.Create(P9At | 0xe00000000UL).AsUInt32());
        t23 += Avx512F.Multiply(m, Vector512.Create(P10At | 0xe00000000UL).AsUInt32());
        t24 += Avx512F.Multiply(m, Vector512.Create(P11At | 0xe00000000UL).AsUInt32());
        t25 += Avx512F.Multiply(m, Vector512.Create(P12At | 0xe00000000UL).AsUInt32());
        t26 += Avx512F.Multiply(m, Vector512.Create(P13At | 0xe00000000UL).AsUInt32());
        t14 += t13 >>> LimbBits;

        // carries
        t15 += t14 >>> LimbBits;
        t16 += t15 >>> LimbBits;
        t17 += t16 >>> LimbBits;
        t18 += t17 >>> LimbBits;
        t19 += t18 >>> LimbBits;
        t20 += t19 >>> LimbBits;
        t21 += t20 >>> LimbBits;
        t22 += t21 >>> LimbBits;
        t23 += t22 >>> LimbBits;
        t24 += t23 >>> LimbBits;
        t25 += t24 >>> LimbBits;
        t26 += t25 >>> LimbBits;
        r.L0 = t14 & mask;
        r.L1 = t15 & mask;
        r.L2 = t16 & mask;
        r.L3 = t17 & mask;
        r.L4 = t18 & mask;
        r.L5 = t19 & mask;
        r.L6 = t20 & mask;
        r.L7 = t21 & mask;
        r.L8 = t22 & mask;
        r.L9 = t23 & mask;
        r.L10 = t24 & mask;
        r.L11 = t25 & mask;
        r.L12 = t26 & mask;
        r.L13 = t26 >>> LimbBits;
    }
}
