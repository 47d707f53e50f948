using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using U = System.Runtime.Intrinsics.Vector256<uint>;
using V = System.Runtime.Intrinsics.Vector256<ulong>;

namespace Tactus.Kernels.Bls12381;

// The head of Fp2Avx2.cs has values, ranges and bounds. The rows of the reduction stand in each of the three products:
// a call between them would put twenty columns through memory. The number of the row in the upper half of a constant,
// which the multiplier does not read, keeps the JIT from holding seven of them in registers that the columns need; the
// right factor goes by four or five digits for the same reason.
internal static partial class Fp2Avx2
{
    /// <summary>r = a*b for b in F_p: a0*b beside a1*b. r may be a, and b a part of it.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void MultiplyBase(out Fp2<Fp> r, in Fp2<Fp> a, in Fp b)
    {
        Unsafe.SkipInit(out r);
        V mask = Vector256.Create(DigitMask);
        ref ulong first = ref Unsafe.As<Fp2<Fp>, ulong>(ref Unsafe.AsRef(in a));
        ref ulong second = ref Unsafe.Add(ref first, Fp.LimbCount);
        ref ulong right = ref Unsafe.As<Fp, ulong>(ref Unsafe.AsRef(in b));

        // digits of (a0, a1) and of (b, b)
        Vector128<ulong> h0, h1;
        V u, s;
        h0 = Vector128.LoadUnsafe(ref first, 0);
        h1 = Vector128.LoadUnsafe(ref second, 0);
        u = Vector256.Create(h0, h1);
        h0 = Vector128.LoadUnsafe(ref right, 0);
        s = Vector256.Create(h0, h0);
        V e0 = u & mask;
        V o0 = u >>> LimbBits;
        V f0 = s & mask;
        V g0 = s >>> LimbBits;
        h0 = Vector128.LoadUnsafe(ref first, 2);
        h1 = Vector128.LoadUnsafe(ref second, 2);
        u = Vector256.Create(h0, h1);
        h0 = Vector128.LoadUnsafe(ref right, 2);
        s = Vector256.Create(h0, h0);
        V e1 = u & mask;
        V o1 = u >>> LimbBits;
        V f1 = s & mask;
        V g1 = s >>> LimbBits;
        h0 = Vector128.LoadUnsafe(ref first, 4);
        h1 = Vector128.LoadUnsafe(ref second, 4);
        u = Vector256.Create(h0, h1);
        h0 = Vector128.LoadUnsafe(ref right, 4);
        s = Vector256.Create(h0, h0);
        V e2 = u & mask;
        V o2 = u >>> LimbBits;
        V f2 = s & mask;
        V g2 = s >>> LimbBits;
        h0 = Vector128.CreateScalar(Unsafe.Add(ref first, 6));
        h1 = Vector128.CreateScalar(Unsafe.Add(ref second, 6));
        u = Vector256.Create(h0, h1);
        h0 = Vector128.CreateScalar(Unsafe.Add(ref right, 6));
        s = Vector256.Create(h0, h0);
        V e3 = u & mask;
        V o3 = u >>> LimbBits;
        V f3 = s & mask;
        V g3 = s >>> LimbBits;
        U a0 = Avx2.UnpackLow(e0, e0).AsUInt32();
        U a1 = Avx2.UnpackLow(o0, o0).AsUInt32();
        U a2 = Avx2.UnpackHigh(e0, e0).AsUInt32();
        U a3 = Avx2.UnpackHigh(o0, o0).AsUInt32();
        U a4 = Avx2.UnpackLow(e1, e1).AsUInt32();
        U a5 = Avx2.UnpackLow(o1, o1).AsUInt32();
        U a6 = Avx2.UnpackHigh(e1, e1).AsUInt32();
        U a7 = Avx2.UnpackHigh(o1, o1).AsUInt32();
        U a8 = Avx2.UnpackLow(e2, e2).AsUInt32();
        U a9 = Avx2.UnpackLow(o2, o2).AsUInt32();
        U a10 = Avx2.UnpackHigh(e2, e2).AsUInt32();
        U a11 = Avx2.UnpackHigh(o2, o2).AsUInt32();
        U a12 = Avx2.UnpackLow(e3, e3).AsUInt32();
        U a13 = Avx2.UnpackLow(o3, o3).AsUInt32();
        U b0 = Avx.Shuffle(f0.AsDouble(), g1.AsDouble(), 0b1010).AsUInt32();
        U b1 = Avx.Shuffle(g0.AsDouble(), f2.AsDouble(), 0b0000).AsUInt32();
        U b2 = Avx.Shuffle(f0.AsDouble(), g2.AsDouble(), 0b0101).AsUInt32();
        U b3 = Avx.Shuffle(g0.AsDouble(), f2.AsDouble(), 0b1111).AsUInt32();
        U b4 = Avx.Shuffle(f1.AsDouble(), g2.AsDouble(), 0b1010).AsUInt32();
        U b5 = Avx.Shuffle(g1.AsDouble(), f3.AsDouble(), 0b0000).AsUInt32();
        U b6 = Avx.Shuffle(f1.AsDouble(), g3.AsDouble(), 0b0101).AsUInt32();
        V d;
        U m;

        // digits 0..3 of the right factor
        V t0 = Avx2.Multiply(a0, b0);
        V t1 = Avx2.Multiply(a0, b1);
        V t2 = Avx2.Multiply(a0, b2);
        V t3 = Avx2.Multiply(a0, b3);
        t1 += Avx2.Multiply(a1, b0);
        t2 += Avx2.Multiply(a1, b1);
        t3 += Avx2.Multiply(a1, b2);
        V t4 = Avx2.Multiply(a1, b3);
        t2 += Avx2.Multiply(a2, b0);
        t3 += Avx2.Multiply(a2, b1);
        t4 += Avx2.Multiply(a2, b2);
        V t5 = Avx2.Multiply(a2, b3);
        t3 += Avx2.Multiply(a3, b0);
        t4 += Avx2.Multiply(a3, b1);
        t5 += Avx2.Multiply(a3, b2);
        V t6 = Avx2.Multiply(a3, b3);
        t4 += Avx2.Multiply(a4, b0);
        t5 += Avx2.Multiply(a4, b1);
        t6 += Avx2.Multiply(a4, b2);
        V t7 = Avx2.Multiply(a4, b3);
        t5 += Avx2.Multiply(a5, b0);
        t6 += Avx2.Multiply(a5, b1);
        t7 += Avx2.Multiply(a5, b2);
        V t8 = Avx2.Multiply(a5, b3);
        t6 += Avx2.Multiply(a6, b0);
        t7 += Avx2.Multiply(a6, b1);
        t8 += Avx2.Multiply(a6, b2);
        V t9 = Avx2.Multiply(a6, b3);
        t7 += Avx2.Multiply(a7, b0);
        t8 += Avx2.Multiply(a7, b1);
        t9 += Avx2.Multiply(a7, b2);
        V t10 = Avx2.Multiply(a7, b3);
        t8 += Avx2.Multiply(a8, b0);
        t9 += Avx2.Multiply(a8, b1);
        t10 += Avx2.Multiply(a8, b2);
        V t11 = Avx2.Multiply(a8, b3);
        t9 += Avx2.Multiply(a9, b0);
        t10 += Avx2.Multiply(a9, b1);
        t11 += Avx2.Multiply(a9, b2);
        V t12 = Avx2.Multiply(a9, b3);
        t10 += Avx2.Multiply(a10, b0);
        t11 += Avx2.Multiply(a10, b1);
        t12 += Avx2.Multiply(a10, b2);
        V t13 = Avx2.Multiply(a10, b3);
        t11 += Avx2.Multiply(a11, b0);
        t12 += Avx2.Multiply(a11, b1);
        t13 += Avx2.Multiply(a11, b2);
        V t14 = Avx2.Multiply(a11, b3);
        t12 += Avx2.Multiply(a12, b0);
        t13 += Avx2.Multiply(a12, b1);
        t14 += Avx2.Multiply(a12, b2);
        V t15 = Avx2.Multiply(a12, b3);
        t13 += Avx2.Multiply(a13, b0);
        t14 += Avx2.Multiply(a13, b1);
        t15 += Avx2.Multiply(a13, b2);
        V t16 = Avx2.Multiply(a13, b3);

        // digits 4..6 of the right factor
        t4 += Avx2.Multiply(a0, b4);
        t5 += Avx2.Multiply(a0, b5);
        t6 += Avx2.Multiply(a0, b6);
        t5 += Avx2.Multiply(a1, b4);
        t6 += Avx2.Multiply(a1, b5);
        t7 += Avx2.Multiply(a1, b6);
        t6 += Avx2.Multiply(a2, b4);
        t7 += Avx2.Multiply(a2, b5);
        t8 += Avx2.Multiply(a2, b6);
        t7 += Avx2.Multiply(a3, b4);
        t8 += Avx2.Multiply(a3, b5);
        t9 += Avx2.Multiply(a3, b6);
        t8 += Avx2.Multiply(a4, b4);
        t9 += Avx2.Multiply(a4, b5);
        t10 += Avx2.Multiply(a4, b6);
        t9 += Avx2.Multiply(a5, b4);
        t10 += Avx2.Multiply(a5, b5);
        t11 += Avx2.Multiply(a5, b6);
        t10 += Avx2.Multiply(a6, b4);
        t11 += Avx2.Multiply(a6, b5);
        t12 += Avx2.Multiply(a6, b6);
        t11 += Avx2.Multiply(a7, b4);
        t12 += Avx2.Multiply(a7, b5);
        t13 += Avx2.Multiply(a7, b6);
        t12 += Avx2.Multiply(a8, b4);
        t13 += Avx2.Multiply(a8, b5);
        t14 += Avx2.Multiply(a8, b6);
        t13 += Avx2.Multiply(a9, b4);
        t14 += Avx2.Multiply(a9, b5);
        t15 += Avx2.Multiply(a9, b6);
        t14 += Avx2.Multiply(a10, b4);
        t15 += Avx2.Multiply(a10, b5);
        t16 += Avx2.Multiply(a10, b6);
        t15 += Avx2.Multiply(a11, b4);
        t16 += Avx2.Multiply(a11, b5);
        V t17 = Avx2.Multiply(a11, b6);
        t16 += Avx2.Multiply(a12, b4);
        t17 += Avx2.Multiply(a12, b5);
        V t18 = Avx2.Multiply(a12, b6);
        t17 += Avx2.Multiply(a13, b4);
        t18 += Avx2.Multiply(a13, b5);
        V t19 = Avx2.Multiply(a13, b6);
        // row 0
        d = t0 & mask;
        m = Avx2.Shuffle(d.AsUInt32(), 0b01_00_01_00);
        t1 += t0 >>> LimbBits;
        t1 += Avx2.Multiply(m, Vector256.Create(Low0 | 0x100000000UL, High0, Low0, High0).AsUInt32());
        t2 += Avx2.Multiply(m, Vector256.Create(Low1 | 0x100000000UL, High1, Low1, High1).AsUInt32());
        t3 += Avx2.Multiply(m, Vector256.Create(Low2 | 0x100000000UL, High2, Low2, High2).AsUInt32());
        t4 += Avx2.Multiply(m, Vector256.Create(Low3 | 0x100000000UL, High3, Low3, High3).AsUInt32());
        t5 += Avx2.Multiply(m, Vector256.Create(Low4 | 0x100000000UL, High4, Low4, High4).AsUInt32());
        t6 += Avx2.Multiply(m, Vector256.Create(Low5 | 0x100000000UL, High5, Low5, High5).AsUInt32());
        t7 += Avx2.Multiply(m, Vector256.Create(Low6 | 0x100000000UL, High6, Low6, High6).AsUInt32());
        t7 += Avx2.ShiftRightLogical128BitLane(d, 8);

        // row 1
        d = t1 & mask;
        m = Avx2.Shuffle(d.AsUInt32(), 0b01_00_01_00);
        t2 += t1 >>> LimbBits;
        t2 += Avx2.Multiply(m, Vector256.Create(Low0 | 0x200000000UL, High0, Low0, High0).AsUInt32());
        t3 += Avx2.Multiply(m, Vector256.Create(Low1 | 0x200000000UL, High1, Low1, High1).AsUInt32());
        t4 += Avx2.Multiply(m, Vector256.Create(Low2 | 0x200000000UL, High2, Low2, High2).AsUInt32());
        t5 += Avx2.Multiply(m, Vector256.Create(Low3 | 0x200000000UL, High3, Low3, High3).AsUInt32());
        t6 += Avx2.Multiply(m, Vector256.Create(Low4 | 0x200000000UL, High4, Low4, High4).AsUInt32());
        t7 += Avx2.Multiply(m, Vector256.Create(Low5 | 0x200000000UL, High5, Low5, High5).AsUInt32());
        t8 += Avx2.Multiply(m, Vector256.Create(Low6 | 0x200000000UL, High6, Low6, High6).AsUInt32());
        t8 += Avx2.ShiftRightLogical128BitLane(d, 8);

        // row 2
        d = t2 & mask;
        m = Avx2.Shuffle(d.AsUInt32(), 0b01_00_01_00);
        t3 += t2 >>> LimbBits;
        t3 += Avx2.Multiply(m, Vector256.Create(Low0 | 0x300000000UL, High0, Low0, High0).AsUInt32());
        t4 += Avx2.Multiply(m, Vector256.Create(Low1 | 0x300000000UL, High1, Low1, High1).AsUInt32());
        t5 += Avx2.Multiply(m, Vector256.Create(Low2 | 0x300000000UL, High2, Low2, High2).AsUInt32());
        t6 += Avx2.Multiply(m, Vector256.Create(Low3 | 0x300000000UL, High3, Low3, High3).AsUInt32());
        t7 += Avx2.Multiply(m, Vector256.Create(Low4 | 0x300000000UL, High4, Low4, High4).AsUInt32());
        t8 += Avx2.Multiply(m, Vector256.Create(Low5 | 0x300000000UL, High5, Low5, High5).AsUInt32());
        t9 += Avx2.Multiply(m, Vector256.Create(Low6 | 0x300000000UL, High6, Low6, High6).AsUInt32());
        t9 += Avx2.ShiftRightLogical128BitLane(d, 8);

        // row 3
        d = t3 & mask;
        m = Avx2.Shuffle(d.AsUInt32(), 0b01_00_01_00);
        t4 += t3 >>> LimbBits;
        t4 += Avx2.Multiply(m, Vector256.Create(Low0 | 0x400000000UL, High0, Low0, High0).AsUInt32());
        t5 += Avx2.Multiply(m, Vector256.Create(Low1 | 0x400000000UL, High1, Low1, High1).AsUInt32());
        t6 += Avx2.Multiply(m, Vector256.Create(Low2 | 0x400000000UL, High2, Low2, High2).AsUInt32());
        t7 += Avx2.Multiply(m, Vector256.Create(Low3 | 0x400000000UL, High3, Low3, High3).AsUInt32());
        t8 += Avx2.Multiply(m, Vector256.Create(Low4 | 0x400000000UL, High4, Low4, High4).AsUInt32());
        t9 += Avx2.Multiply(m, Vector256.Create(Low5 | 0x400000000UL, High5, Low5, High5).AsUInt32());
        t10 += Avx2.Multiply(m, Vector256.Create(Low6 | 0x400000000UL, High6, Low6, High6).AsUInt32());
        t10 += Avx2.ShiftRightLogical128BitLane(d, 8);

        // row 4
        d = t4 & mask;
        m = Avx2.Shuffle(d.AsUInt32(), 0b01_00_01_00);
        t5 += t4 >>> LimbBits;
        t5 += Avx2.Multiply(m, Vector256.Create(Low0 | 0x500000000UL, High0, Low0, High0).AsUInt32());
        t6 += Avx2.Multiply(m, Vector256.Create(Low1 | 0x500000000UL, High1, Low1, High1).AsUInt32());
        t7 += Avx2.Multiply(m, Vector256.Create(Low2 | 0x500000000UL, High2, Low2, High2).AsUInt32());
        t8 += Avx2.Multiply(m, Vector256.Create(Low3 | 0x500000000UL, High3, Low3, High3).AsUInt32());
        t9 += Avx2.Multiply(m, Vector256.Create(Low4 | 0x500000000UL, High4, Low4, High4).AsUInt32());
        t10 += Avx2.Multiply(m, Vector256.Create(Low5 | 0x500000000UL, High5, Low5, High5).AsUInt32());
        t11 += Avx2.Multiply(m, Vector256.Create(Low6 | 0x500000000UL, High6, Low6, High6).AsUInt32());
        t11 += Avx2.ShiftRightLogical128BitLane(d, 8);

        // row 5
        d = t5 & mask;
        m = Avx2.Shuffle(d.AsUInt32(), 0b01_00_01_00);
        t6 += t5 >>> LimbBits;
        t6 += Avx2.Multiply(m, Vector256.Create(Low0 | 0x600000000UL, High0, Low0, High0).AsUInt32());
        t7 += Avx2.Multiply(m, Vector256.Create(Low1 | 0x600000000UL, High1, Low1, High1).AsUInt32());
        t8 += Avx2.Multiply(m, Vector256.Create(Low2 | 0x600000000UL, High2, Low2, High2).AsUInt32());
        t9 += Avx2.Multiply(m, Vector256.Create(Low3 | 0x600000000UL, High3, Low3, High3).AsUInt32());
        t10 += Avx2.Multiply(m, Vector256.Create(Low4 | 0x600000000UL, High4, Low4, High4).AsUInt32());
        t11 += Avx2.Multiply(m, Vector256.Create(Low5 | 0x600000000UL, High5, Low5, High5).AsUInt32());
        t12 += Avx2.Multiply(m, Vector256.Create(Low6 | 0x600000000UL, High6, Low6, High6).AsUInt32());
        t12 += Avx2.ShiftRightLogical128BitLane(d, 8);

        // row 6
        d = t6 & mask;
        m = Avx2.Shuffle(d.AsUInt32(), 0b01_00_01_00);
        t7 += t6 >>> LimbBits;
        t7 += Avx2.Multiply(m, Vector256.Create(Low0 | 0x700000000UL, High0, Low0, High0).AsUInt32());
        t8 += Avx2.Multiply(m, Vector256.Create(Low1 | 0x700000000UL, High1, Low1, High1).AsUInt32());
        t9 += Avx2.Multiply(m, Vector256.Create(Low2 | 0x700000000UL, High2, Low2, High2).AsUInt32());
        t10 += Avx2.Multiply(m, Vector256.Create(Low3 | 0x700000000UL, High3, Low3, High3).AsUInt32());
        t11 += Avx2.Multiply(m, Vector256.Create(Low4 | 0x700000000UL, High4, Low4, High4).AsUInt32());
        t12 += Avx2.Multiply(m, Vector256.Create(Low5 | 0x700000000UL, High5, Low5, High5).AsUInt32());
        t13 += Avx2.Multiply(m, Vector256.Create(Low6 | 0x700000000UL, High6, Low6, High6).AsUInt32());
        t13 += Avx2.ShiftRightLogical128BitLane(d, 8);

        // row 7
        d = t7 & mask;
        m = Avx2.Shuffle(d.AsUInt32(), 0b01_00_01_00);
        t8 += t7 >>> LimbBits;
        t8 += Avx2.Multiply(m, Vector256.Create(Low0 | 0x800000000UL, High0, Low0, High0).AsUInt32());
        t9 += Avx2.Multiply(m, Vector256.Create(Low1 | 0x800000000UL, High1, Low1, High1).AsUInt32());
        t10 += Avx2.Multiply(m, Vector256.Create(Low2 | 0x800000000UL, High2, Low2, High2).AsUInt32());
        t11 += Avx2.Multiply(m, Vector256.Create(Low3 | 0x800000000UL, High3, Low3, High3).AsUInt32());
        t12 += Avx2.Multiply(m, Vector256.Create(Low4 | 0x800000000UL, High4, Low4, High4).AsUInt32());
        t13 += Avx2.Multiply(m, Vector256.Create(Low5 | 0x800000000UL, High5, Low5, High5).AsUInt32());
        t14 += Avx2.Multiply(m, Vector256.Create(Low6 | 0x800000000UL, High6, Low6, High6).AsUInt32());
        t14 += Avx2.ShiftRightLogical128BitLane(d, 8);

        // row 8
        d = t8 & mask;
        m = Avx2.Shuffle(d.AsUInt32(), 0b01_00_01_00);
        t9 += t8 >>> LimbBits;
        t9 += Avx2.Multiply(m, Vector256.Create(Low0 | 0x900000000UL, High0, Low0, High0).AsUInt32());
        t10 += Avx2.Multiply(m, Vector256.Create(Low1 | 0x900000000UL, High1, Low1, High1).AsUInt32());
        t11 += Avx2.Multiply(m, Vector256.Create(Low2 | 0x900000000UL, High2, Low2, High2).AsUInt32());
        t12 += Avx2.Multiply(m, Vector256.Create(Low3 | 0x900000000UL, High3, Low3, High3).AsUInt32());
        t13 += Avx2.Multiply(m, Vector256.Create(Low4 | 0x900000000UL, High4, Low4, High4).AsUInt32());
        t14 += Avx2.Multiply(m, Vector256.Create(Low5 | 0x900000000UL, High5, Low5, High5).AsUInt32());
        t15 += Avx2.Multiply(m, Vector256.Create(Low6 | 0x900000000UL, High6, Low6, High6).AsUInt32());
        t15 += Avx2.ShiftRightLogical128BitLane(d, 8);

        // row 9
        d = t9 & mask;
        m = Avx2.Shuffle(d.AsUInt32(), 0b01_00_01_00);
        t10 += t9 >>> LimbBits;
        t10 += Avx2.Multiply(m, Vector256.Create(Low0 | 0xa00000000UL, High0, Low0, High0).AsUInt32());
        t11 += Avx2.Multiply(m, Vector256.Create(Low1 | 0xa00000000UL, High1, Low1, High1).AsUInt32());
        t12 += Avx2.Multiply(m, Vector256.Create(Low2 | 0xa00000000UL, High2, Low2, High2).AsUInt32());
        t13 += Avx2.Multiply(m, Vector256.Create(Low3 | 0xa00000000UL, High3, Low3, High3).AsUInt32());
        t14 += Avx2.Multiply(m, Vector256.Create(Low4 | 0xa00000000UL, High4, Low4, High4).AsUInt32());
        t15 += Avx2.Multiply(m, Vector256.Create(Low5 | 0xa00000000UL, High5, Low5, High5).AsUInt32());
        t16 += Avx2.Multiply(m, Vector256.Create(Low6 | 0xa00000000UL, High6, Low6, High6).AsUInt32());
        t16 += Avx2.ShiftRightLogical128BitLane(d, 8);

        // row 10
        d = t10 & mask;
        m = Avx2.Shuffle(d.AsUInt32(), 0b01_00_01_00);
        t11 += t10 >>> LimbBits;
        t11 += Avx2.Multiply(m, Vector256.Create(Low0 | 0xb00000000UL, High0, Low0, High0).AsUInt32());
        t12 += Avx2.Multiply(m, Vector256.Create(Low1 | 0xb00000000UL, High1, Low1, High1).AsUInt32());
        t13 += Avx2.Multiply(m, Vector256.Create(Low2 | 0xb00000000UL, High2, Low2, High2).AsUInt32());
        t14 += Avx2.Multiply(m, Vector256.Create(Low3 | 0xb00000000UL, High3, Low3, High3).AsUInt32());
        t15 += Avx2.Multiply(m, Vector256.Create(Low4 | 0xb00000000UL, High4, Low4, High4).AsUInt32());
        t16 += Avx2.Multiply(m, Vector256.Create(Low5 | 0xb00000000UL, High5, Low5, High5).AsUInt32());
        t17 += Avx2.Multiply(m, Vector256.Create(Low6 | 0xb00000000UL, High6, Low6, High6).AsUInt32());
        t17 += Avx2.ShiftRightLogical128BitLane(d, 8);

        // row 11
        d = t11 & mask;
        m = Avx2.Shuffle(d.AsUInt32(), 0b01_00_01_00);
        t12 += t11 >>> LimbBits;
        t12 += Avx2.Multiply(m, Vector256.Create(Low0 | 0xc00000000UL, High0, Low0, High0).AsUInt32());
        t13 += Avx2.Multiply(m, Vector256.Create(Low1 | 0xc00000000UL, High1, Low1, High1).AsUInt32());
        t14 += Avx2.Multiply(m, Vector256.Create(Low2 | 0xc00000000UL, High2, Low2, High2).AsUInt32());
        t15 += Avx2.Multiply(m, Vector256.Create(Low3 | 0xc00000000UL, High3, Low3, High3).AsUInt32());
        t16 += Avx2.Multiply(m, Vector256.Create(Low4 | 0xc00000000UL, High4, Low4, High4).AsUInt32());
        t17 += Avx2.Multiply(m, Vector256.Create(Low5 | 0xc00000000UL, High5, Low5, High5).AsUInt32());
        t18 += Avx2.Multiply(m, Vector256.Create(Low6 | 0xc00000000UL, High6, Low6, High6).AsUInt32());
        t18 += Avx2.ShiftRightLogical128BitLane(d, 8);

        // row 12
        d = t12 & mask;
        m = Avx2.Shuffle(d.AsUInt32(), 0b01_00_01_00);
        t13 += t12 >>> LimbBits;
        t13 += Avx2.Multiply(m, Vector256.Create(Low0 | 0xd00000000UL, High0, Low0, High0).AsUInt32());
        t14 += Avx2.Multiply(m, Vector256.Create(Low1 | 0xd00000000UL, High1, Low1, High1).AsUInt32());
        t15 += Avx2.Multiply(m, Vector256.Create(Low2 | 0xd00000000UL, High2, Low2, High2).AsUInt32());
        t16 += Avx2.Multiply(m, Vector256.Create(Low3 | 0xd00000000UL, High3, Low3, High3).AsUInt32());
        t17 += Avx2.Multiply(m, Vector256.Create(Low4 | 0xd00000000UL, High4, Low4, High4).AsUInt32());
        t18 += Avx2.Multiply(m, Vector256.Create(Low5 | 0xd00000000UL, High5, Low5, High5).AsUInt32());
        t19 += Avx2.Multiply(m, Vector256.Create(Low6 | 0xd00000000UL, High6, Low6, High6).AsUInt32());
        t19 += Avx2.ShiftRightLogical128BitLane(d, 8);

        // row 13: p itself, so that the result stays below 2.3p
        d = Avx2.Multiply(t13.AsUInt32(), Vector256.Create(NegativeInverse).AsUInt32()) & mask;
        m = Avx2.Shuffle(d.AsUInt32(), 0b01_00_01_00);
        t13 += Avx2.Multiply(m, Vector256.Create(PLow0, PHigh0, PLow0, PHigh0).AsUInt32());
        t14 += Avx2.Multiply(m, Vector256.Create(PLow1, PHigh1, PLow1, PHigh1).AsUInt32());
        t15 += Avx2.Multiply(m, Vector256.Create(PLow2, PHigh2, PLow2, PHigh2).AsUInt32());
        t16 += Avx2.Multiply(m, Vector256.Create(PLow3, PHigh3, PLow3, PHigh3).AsUInt32());
        t17 += Avx2.Multiply(m, Vector256.Create(PLow4, PHigh4, PLow4, PHigh4).AsUInt32());
        t18 += Avx2.Multiply(m, Vector256.Create(PLow5, PHigh5, PLow5, PHigh5).AsUInt32());
        t19 += Avx2.Multiply(m, Vector256.Create(PLow6, PHigh6, PLow6, PHigh6).AsUInt32());
        t14 += t13 >>> LimbBits;
        V t20 = Avx2.ShiftRightLogical128BitLane(t13 & mask, 8);

        // columns 14..20 are in even lanes, 21..26 in odd ones; what is left of each goes up
        V x = t14;
        V l0 = x & mask;
        x = t15 + (x >>> LimbBits);
        l0 |= (x & mask) << LimbBits;
        x = t16 + (x >>> LimbBits);
        V l1 = x & mask;
        x = t17 + (x >>> LimbBits);
        l1 |= (x & mask) << LimbBits;
        x = t18 + (x >>> LimbBits);
        V l2 = x & mask;
        x = t19 + (x >>> LimbBits);
        l2 |= (x & mask) << LimbBits;
        x = t20 + (x >>> LimbBits);
        V l3 = x & mask;
        x = Avx2.ShiftRightLogical128BitLane(t14, 8) + (x >>> LimbBits);
        l3 |= (x & mask) << LimbBits;
        x = Avx2.ShiftRightLogical128BitLane(t15, 8) + (x >>> LimbBits);
        V l4 = x & mask;
        x = Avx2.ShiftRightLogical128BitLane(t16, 8) + (x >>> LimbBits);
        l4 |= (x & mask) << LimbBits;
        x = Avx2.ShiftRightLogical128BitLane(t17, 8) + (x >>> LimbBits);
        V l5 = x & mask;
        x = Avx2.ShiftRightLogical128BitLane(t18, 8) + (x >>> LimbBits);
        l5 |= (x & mask) << LimbBits;
        x = Avx2.ShiftRightLogical128BitLane(t19, 8) + (x >>> LimbBits);
        V l6 = x & mask;
        x >>>= LimbBits;
        l6 |= (x) << LimbBits;
        Store(ref Unsafe.As<Fp2<Fp>, ulong>(ref r), l0, l1, l2, l3, l4, l5, l6);
    }
}
