using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using U = System.Runtime.Intrinsics.Vector512<uint>;
using V = System.Runtime.Intrinsics.Vector512<ulong>;

namespace Tactus.Kernels.Bls12381;

// The square, by rows as in FpX8.Multiply.cs, whose head has values, ranges, bounds and the reasons; row i adds
// a[i]*a[i] and twice the products with what lies above. One method, unrolled by name: it cannot be cut without a call
// inside.
internal partial struct FpX8
{
    /// <summary>r = a*a. a tight; r tight and below 1.25p. r may be a.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Square(out FpX8 r, in FpX8 a)
    {
        CheckTight(a);
        U inverse = Vector512.Create(0xffcfffdUL).AsUInt32();
        V mask = LimbMask;

        // row 0
        U x = a.L0.AsUInt32();
        U twice = x + x;
        V t0 = Avx512F.Multiply(x, x);
        V t1 = Avx512F.Multiply(twice, a.L1.AsUInt32());
        V t2 = Avx512F.Multiply(twice, a.L2.AsUInt32());
        V t3 = Avx512F.Multiply(twice, a.L3.AsUInt32());
        V t4 = Avx512F.Multiply(twice, a.L4.AsUInt32());
        V t5 = Avx512F.Multiply(twice, a.L5.AsUInt32());
        V t6 = Avx512F.Multiply(twice, a.L6.AsUInt32());
        V t7 = Avx512F.Multiply(twice, a.L7.AsUInt32());
        V t8 = Avx512F.Multiply(twice, a.L8.AsUInt32());
        V t9 = Avx512F.Multiply(twice, a.L9.AsUInt32());
        V t10 = Avx512F.Multiply(twice, a.L10.AsUInt32());
        V t11 = Avx512F.Multiply(twice, a.L11.AsUInt32());
        V t12 = Avx512F.Multiply(twice, a.L12.AsUInt32());
        V t13 = Avx512F.Multiply(twice, a.L13.AsUInt32());
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
        twice = x + x;
        t2 += Avx512F.Multiply(x, x);
        t3 += Avx512F.Multiply(twice, a.L2.AsUInt32());
        t4 += Avx512F.Multiply(twice, a.L3.AsUInt32());
        t5 += Avx512F.Multiply(twice, a.L4.AsUInt32());
        t6 += Avx512F.Multiply(twice, a.L5.AsUInt32());
        t7 += Avx512F.Multiply(twice, a.L6.AsUInt32());
        t8 += Avx512F.Multiply(twice, a.L7.AsUInt32());
        t9 += Avx512F.Multiply(twice, a.L8.AsUInt32());
        t10 += Avx512F.Multiply(twice, a.L9.AsUInt32());
        t11 += Avx512F.Multiply(twice, a.L10.AsUInt32());
        t12 += Avx512F.Multiply(twice, a.L11.AsUInt32());
        t13 += Avx512F.Multiply(twice, a.L12.AsUInt32());
        V t14 = Avx512F.Multiply(twice, a.L13.AsUInt32());
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
        twice = x + x;
        t4 += Avx512F.Multiply(x, x);
        t5 += Avx512F.Multiply(twice, a.L3.AsUInt32());
        t6 += Avx512F.Multiply(twice, a.L4.AsUInt32());
        t7 += Avx512F.Multiply(twice, a.L5.AsUInt32());
        t8 += Avx512F.Multiply(twice, a.L6.AsUInt32());
        t9 += Avx512F.Multiply(twice, a.L7.AsUInt32());
        t10 += Avx512F.Multiply(twice, a.L8.AsUInt32());
        t11 += Avx512F.Multiply(twice, a.L9.AsUInt32());
        t12 += Avx512F.Multiply(twice, a.L10.AsUInt32());
        t13 += Avx512F.Multiply(twice, a.L11.AsUInt32());
        t14 += Avx512F.Multiply(twice, a.L12.AsUInt32());
        V t15 = Avx512F.Multiply(twice, a.L13.AsUInt32());
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
        twice = x + x;
        t6 += Avx512F.Multiply(x, x);
        t7 += Avx512F.Multiply(twice, a.L4.AsUInt32());
        t8 += Avx512F.Multiply(twice, a.L5.AsUInt32());
        t9 += Avx512F.Multiply(twice, a.L6.AsUInt32());
        t10 += Avx512F.Multiply(twice, a.L7.AsUInt32());
        t11 += Avx512F.Multiply(twice, a.L8.AsUInt32());
        t12 += Avx512F.Multiply(twice, a.L9.AsUInt32());
        t13 += Avx512F.Multiply(twice, a.L10.AsUInt32());
        t14 += Avx512F.Multiply(twice, a.L11.AsUInt32());
        t15 += Avx512F.Multiply(twice, a.L12.AsUInt32());
        V t16 = Avx512F.Multiply(twice, a.L13.AsUInt32());
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
        twice = x + x;
        t8 += Avx512F.Multiply(x, x);
        t9 += Avx512F.Multiply(twice, a.L5.AsUInt32());
        t10 += Avx512F.Multiply(twice, a.L6.AsUInt32());
        t11 += Avx512F.Multiply(twice, a.L7.AsUInt32());
        t12 += Avx512F.Multiply(twice, a.L8.AsUInt32());
        t13 += Avx512F.Multiply(twice, a.L9.AsUInt32());
        t14 += Avx512F.Multiply(twice, a.L10.AsUInt32());
        t15 += Avx512F.Multiply(twice, a.L11.AsUInt32());
        t16 += Avx512F.Multiply(twice, a.L12.AsUInt32());
        V t17 = Avx512F.Multiply(twice, a.L13.AsUInt32());
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
        twice = x + x;
        t10 += Avx512F.Multiply(x, x);
        t11 += Avx512F.Multiply(twice, a.L6.AsUInt32());
        t12 += Avx512F.Multiply(twice, a.L7.AsUInt32());
        t13 += Avx512F.Multiply(twice, a.L8.AsUInt32());
        t14 += Avx512F.Multiply(twice, a.L9.AsUInt32());
        t15 += Avx512F.Multiply(twice, a.L10.AsUInt32());
        t16 += Avx512F.Multiply(twice, a.L11.AsUInt32());
        t17 += Avx512F.Multiply(twice, a.L12.AsUInt32());
        V t18 = Avx512F.Multiply(twice, a.L13.AsUInt32());
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
        twice = x + x;
        t12 += Avx512F.Multiply(x, x);
        t13 += Avx512F.Multiply(twice, a.L7.AsUInt32());
        t14 += Avx512F.Multiply(twice, a.L8.AsUInt32());
        t15 += Avx512F.Multiply(twice, a.L9.AsUInt32());
        t16 += Avx512F.Multiply(twice, a.L10.AsUInt32());
        t17 += Avx512F.Multiply(twice, a.L11.AsUInt32());
        t18 += Avx512F.Multiply(twice, a.L12.AsUInt32());
        V t19 = Avx512F.Multiply(twice, a.L13.AsUInt32());
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
        twice = x + x;
        t14 += Avx512F.Multiply(x, x);
        t15 += Avx512F.Multiply(twice, a.L8.AsUInt32());
        t16 += Avx512F.Multiply(twice, a.L9.AsUInt32());
        t17 += Avx512F.Multiply(twice, a.L10.AsUInt32());
        t18 += Avx512F.Multiply(twice, a.L11.AsUInt32());
        t19 += Avx512F.Multiply(twice, a.L12.AsUInt32());
        V t20 = Avx512F.Multiply(twice, a.L13.AsUInt32());
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
        twice = x + x;
        t16 += Avx512F.Multiply(x, x);
        t17 += Avx512F.Multiply(twice, a.L9.AsUInt32());
        t18 += Avx512F.Multiply(twice, a.L10.AsUInt32());
        t19 += Avx512F.Multiply(twice, a.L11.AsUInt32());
        t20 += Avx512F.Multiply(twice, a.L12.AsUInt32());
        V t21 = Avx512F.Multiply(twice, a.L13.AsUInt32());
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
        twice = x + x;
        t18 += Avx512F.Multiply(x, x);
        t19 += Avx512F.Multiply(twice, a.L10.AsUInt32());
        t20 += Avx512F.Multiply(twice, a.L11.AsUInt32());
        t21 += Avx512F.Multiply(twice, a.L12.AsUInt32());
        V t22 = Avx512F.Multiply(twice, a.L13.AsUInt32());
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
        twice = x + x;
        t20 += Avx512F.Multiply(x, x);
        t21 += Avx512F.Multiply(twice, a.L11.AsUInt32());
        t22 += Avx512F.Multiply(twice, a.L12.AsUInt32());
        V t23 = Avx512F.Multiply(twice, a.L13.AsUInt32());
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
        twice = x + x;
        t22 += Avx512F.Multiply(x, x);
        t23 += Avx512F.Multiply(twice, a.L12.AsUInt32());
        V t24 = Avx512F.Multiply(twice, a.L13.AsUInt32());
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
        twice = x + x;
        t24 += Avx512F.Multiply(x, x);
        V t25 = Avx512F.Multiply(twice, a.L13.AsUInt32());
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
        V t26 = Avx512F.Multiply(x, x);
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
