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
    /// <summary>r = a*b: all products of digits of a0*b0, a1*(16p - b1), a0*b1, a1*b0 side by side. r may be a or b.
    /// </summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(out Fp2<Fp> r, in Fp2<Fp> a, in Fp2<Fp> b)
    {
        Unsafe.SkipInit(out r);
        V mask = Vector256.Create(DigitMask);
        ref ulong first = ref Unsafe.As<Fp2<Fp>, ulong>(ref Unsafe.AsRef(in a));
        ref ulong second = ref Unsafe.Add(ref first, Fp.LimbCount);
        ref ulong right = ref Unsafe.As<Fp2<Fp>, ulong>(ref Unsafe.AsRef(in b));
        ref ulong rightSecond = ref Unsafe.Add(ref right, Fp.LimbCount);

        // digits (a0, a1, a0, a1) and (b0, 16p - b1, b1, b0)
        Vector128<ulong> h0, h1;
        V u, v, s, n, w;
        h0 = Vector128.LoadUnsafe(ref first, 0);
        h1 = Vector128.LoadUnsafe(ref second, 0);
        u = Vector256.Create(h0, h0);
        v = Vector256.Create(h1, h1);
        h0 = Vector128.LoadUnsafe(ref right, 0);
        h1 = Vector128.LoadUnsafe(ref rightSecond, 0);
        s = Vector256.Create(h0, h1);
        n = Vector256.Create(SixteenP0 - h1, h0);
        w = Avx2.UnpackLow(u, v);
        U a0 = (w & mask).AsUInt32();
        U a1 = (w >>> LimbBits).AsUInt32();
        w = Avx2.UnpackLow(s, n);
        U b0 = (w & mask).AsUInt32();
        U b1 = (w >>> LimbBits).AsUInt32();
        w = Avx2.UnpackHigh(u, v);
        U a2 = (w & mask).AsUInt32();
        U a3 = (w >>> LimbBits).AsUInt32();
        w = Avx2.UnpackHigh(s, n);
        U b2 = (w & mask).AsUInt32();
        U b3 = (w >>> LimbBits).AsUInt32();
        h0 = Vector128.LoadUnsafe(ref first, 2);
        h1 = Vector128.LoadUnsafe(ref second, 2);
        u = Vector256.Create(h0, h0);
        v = Vector256.Create(h1, h1);
        h0 = Vector128.LoadUnsafe(ref right, 2);
        h1 = Vector128.LoadUnsafe(ref rightSecond, 2);
        s = Vector256.Create(h0, h1);
        n = Vector256.Create(SixteenP1 - h1, h0);
        w = Avx2.UnpackLow(u, v);
        U a4 = (w & mask).AsUInt32();
        U a5 = (w >>> LimbBits).AsUInt32();
        w = Avx2.UnpackLow(s, n);
        U b4 = (w & mask).AsUInt32();
        U b5 = (w >>> LimbBits).AsUInt32();
        w = Avx2.UnpackHigh(u, v);
        U a6 = (w & mask).AsUInt32();
        U a7 = (w >>> LimbBits).AsUInt32();
        w = Avx2.UnpackHigh(s, n);
        U b6 = (w & mask).AsUInt32();
        U b7 = (w >>> LimbBits).AsUInt32();
        h0 = Vector128.LoadUnsafe(ref first, 4);
        h1 = Vector128.LoadUnsafe(ref second, 4);
        u = Vector256.Create(h0, h0);
        v = Vector256.Create(h1, h1);
        h0 = Vector128.LoadUnsafe(ref right, 4);
        h1 = Vector128.LoadUnsafe(ref rightSecond, 4);
        s = Vector256.Create(h0, h1);
        n = Vector256.Create(SixteenP2 - h1, h0);
        w = Avx2.UnpackLow(u, v);
        U a8 = (w & mask).AsUInt32();
        U a9 = (w >>> LimbBits).AsUInt32();
        w = Avx2.UnpackLow(s, n);
        U b8 = (w & mask).AsUInt32();
        U b9 = (w >>> LimbBits).AsUInt32();
        w = Avx2.UnpackHigh(u, v);
        U a10 = (w & mask).AsUInt32();
        U a11 = (w >>> LimbBits).AsUInt32();
        w = Avx2.UnpackHigh(s, n);
        U b10 = (w & mask).AsUInt32();
        U b11 = (w >>> LimbBits).AsUInt32();
        h0 = Vector128.CreateScalar(Unsafe.Add(ref first, 6));
        h1 = Vector128.CreateScalar(Unsafe.Add(ref second, 6));
        u = Vector256.Create(h0, h0);
        v = Vector256.Create(h1, h1);
        h0 = Vector128.CreateScalar(Unsafe.Add(ref right, 6));
        h1 = Vector128.CreateScalar(Unsafe.Add(ref rightSecond, 6));
        s = Vector256.Create(h0, h1);
        n = Vector256.Create(SixteenP3 - h1, h0);
        w = Avx2.UnpackLow(u, v);
        U a12 = (w & mask).AsUInt32();
        U a13 = (w >>> LimbBits).AsUInt32();
        w = Avx2.UnpackLow(s, n);
        U b12 = (w & mask).AsUInt32();
        U b13 = (w >>> LimbBits).AsUInt32();

        // digits 0..4 of the right factor
        V c0 = Avx2.Multiply(a0, b0);
        V c1 = Avx2.Multiply(a0, b1);
        V c2 = Avx2.Multiply(a0, b2);
        V c3 = Avx2.Multiply(a0, b3);
        V c4 = Avx2.Multiply(a0, b4);
        c1 += Avx2.Multiply(a1, b0);
        c2 += Avx2.Multiply(a1, b1);
        c3 += Avx2.Multiply(a1, b2);
        c4 += Avx2.Multiply(a1, b3);
        V c5 = Avx2.Multiply(a1, b4);
        c2 += Avx2.Multiply(a2, b0);
        c3 += Avx2.Multiply(a2, b1);
        c4 += Avx2.Multiply(a2, b2);
        c5 += Avx2.Multiply(a2, b3);
        V c6 = Avx2.Multiply(a2, b4);
        c3 += Avx2.Multiply(a3, b0);
        c4 += Avx2.Multiply(a3, b1);
        c5 += Avx2.Multiply(a3, b2);
        c6 += Avx2.Multiply(a3, b3);
        V c7 = Avx2.Multiply(a3, b4);
        c4 += Avx2.Multiply(a4, b0);
        c5 += Avx2.Multiply(a4, b1);
        c6 += Avx2.Multiply(a4, b2);
        c7 += Avx2.Multiply(a4, b3);
        V c8 = Avx2.Multiply(a4, b4);
        c5 += Avx2.Multiply(a5, b0);
        c6 += Avx2.Multiply(a5, b1);
        c7 += Avx2.Multiply(a5, b2);
        c8 += Avx2.Multiply(a5, b3);
        V c9 = Avx2.Multiply(a5, b4);
        c6 += Avx2.Multiply(a6, b0);
        c7 += Avx2.Multiply(a6, b1);
        c8 += Avx2.Multiply(a6, b2);
        c9 += Avx2.Multiply(a6, b3);
        V c10 = Avx2.Multiply(a6, b4);
        c7 += Avx2.Multiply(a7, b0);
        c8 += Avx2.Multiply(a7, b1);
        c9 += Avx2.Multiply(a7, b2);
        c10 += Avx2.Multiply(a7, b3);
        V c11 = Avx2.Multiply(a7, b4);
        c8 += Avx2.Multiply(a8, b0);
        c9 += Avx2.Multiply(a8, b1);
        c10 += Avx2.Multiply(a8, b2);
        c11 += Avx2.Multiply(a8, b3);
        V c12 = Avx2.Multiply(a8, b4);
        c9 += Avx2.Multiply(a9, b0);
        c10 += Avx2.Multiply(a9, b1);
        c11 += Avx2.Multiply(a9, b2);
        c12 += Avx2.Multiply(a9, b3);
        V c13 = Avx2.Multiply(a9, b4);
        c10 += Avx2.Multiply(a10, b0);
        c11 += Avx2.Multiply(a10, b1);
        c12 += Avx2.Multiply(a10, b2);
        c13 += Avx2.Multiply(a10, b3);
        V c14 = Avx2.Multiply(a10, b4);
        c11 += Avx2.Multiply(a11, b0);
        c12 += Avx2.Multiply(a11, b1);
        c13 += Avx2.Multiply(a11, b2);
        c14 += Avx2.Multiply(a11, b3);
        V c15 = Avx2.Multiply(a11, b4);
        c12 += Avx2.Multiply(a12, b0);
        c13 += Avx2.Multiply(a12, b1);
        c14 += Avx2.Multiply(a12, b2);
        c15 += Avx2.Multiply(a12, b3);
        V c16 = Avx2.Multiply(a12, b4);
        c13 += Avx2.Multiply(a13, b0);
        c14 += Avx2.Multiply(a13, b1);
        c15 += Avx2.Multiply(a13, b2);
        c16 += Avx2.Multiply(a13, b3);
        V c17 = Avx2.Multiply(a13, b4);

        // digits 5..9 of the right factor
        c5 += Avx2.Multiply(a0, b5);
        c6 += Avx2.Multiply(a0, b6);
        c7 += Avx2.Multiply(a0, b7);
        c8 += Avx2.Multiply(a0, b8);
        c9 += Avx2.Multiply(a0, b9);
        c6 += Avx2.Multiply(a1, b5);
        c7 += Avx2.Multiply(a1, b6);
        c8 += Avx2.Multiply(a1, b7);
        c9 += Avx2.Multiply(a1, b8);
        c10 += Avx2.Multiply(a1, b9);
        c7 += Avx2.Multiply(a2, b5);
        c8 += Avx2.Multiply(a2, b6);
        c9 += Avx2.Multiply(a2, b7);
        c10 += Avx2.Multiply(a2, b8);
        c11 += Avx2.Multiply(a2, b9);
        c8 += Avx2.Multiply(a3, b5);
        c9 += Avx2.Multiply(a3, b6);
        c10 += Avx2.Multiply(a3, b7);
        c11 += Avx2.Multiply(a3, b8);
        c12 += Avx2.Multiply(a3, b9);
        c9 += Avx2.Multiply(a4, b5);
        c10 += Avx2.Multiply(a4, b6);
        c11 += Avx2.Multiply(a4, b7);
        c12 += Avx2.Multiply(a4, b8);
        c13 += Avx2.Multiply(a4, b9);
        c10 += Avx2.Multiply(a5, b5);
        c11 += Avx2.Multiply(a5, b6);
        c12 += Avx2.Multiply(a5, b7);
        c13 += Avx2.Multiply(a5, b8);
        c14 += Avx2.Multiply(a5, b9);
        c11 += Avx2.Multiply(a6, b5);
        c12 += Avx2.Multiply(a6, b6);
        c13 += Avx2.Multiply(a6, b7);
        c14 += Avx2.Multiply(a6, b8);
        c15 += Avx2.Multiply(a6, b9);
        c12 += Avx2.Multiply(a7, b5);
        c13 += Avx2.Multiply(a7, b6);
        c14 += Avx2.Multiply(a7, b7);
        c15 += Avx2.Multiply(a7, b8);
        c16 += Avx2.Multiply(a7, b9);
        c13 += Avx2.Multiply(a8, b5);
        c14 += Avx2.Multiply(a8, b6);
        c15 += Avx2.Multiply(a8, b7);
        c16 += Avx2.Multiply(a8, b8);
        c17 += Avx2.Multiply(a8, b9);
        c14 += Avx2.Multiply(a9, b5);
        c15 += Avx2.Multiply(a9, b6);
        c16 += Avx2.Multiply(a9, b7);
        c17 += Avx2.Multiply(a9, b8);
        V c18 = Avx2.Multiply(a9, b9);
        c15 += Avx2.Multiply(a10, b5);
        c16 += Avx2.Multiply(a10, b6);
        c17 += Avx2.Multiply(a10, b7);
        c18 += Avx2.Multiply(a10, b8);
        V c19 = Avx2.Multiply(a10, b9);
        c16 += Avx2.Multiply(a11, b5);
        c17 += Avx2.Multiply(a11, b6);
        c18 += Avx2.Multiply(a11, b7);
        c19 += Avx2.Multiply(a11, b8);
        V c20 = Avx2.Multiply(a11, b9);
        c17 += Avx2.Multiply(a12, b5);
        c18 += Avx2.Multiply(a12, b6);
        c19 += Avx2.Multiply(a12, b7);
        c20 += Avx2.Multiply(a12, b8);
        V c21 = Avx2.Multiply(a12, b9);
        c18 += Avx2.Multiply(a13, b5);
        c19 += Avx2.Multiply(a13, b6);
        c20 += Avx2.Multiply(a13, b7);
        c21 += Avx2.Multiply(a13, b8);
        V c22 = Avx2.Multiply(a13, b9);

        // digits 10..13 of the right factor
        c10 += Avx2.Multiply(a0, b10);
        c11 += Avx2.Multiply(a0, b11);
        c12 += Avx2.Multiply(a0, b12);
        c13 += Avx2.Multiply(a0, b13);
        c11 += Avx2.Multiply(a1, b10);
        c12 += Avx2.Multiply(a1, b11);
        c13 += Avx2.Multiply(a1, b12);
        c14 += Avx2.Multiply(a1, b13);
        c12 += Avx2.Multiply(a2, b10);
        c13 += Avx2.Multiply(a2, b11);
        c14 += Avx2.Multiply(a2, b12);
        c15 += Avx2.Multiply(a2, b13);
        c13 += Avx2.Multiply(a3, b10);
        c14 += Avx2.Multiply(a3, b11);
        c15 += Avx2.Multiply(a3, b12);
        c16 += Avx2.Multiply(a3, b13);
        c14 += Avx2.Multiply(a4, b10);
        c15 += Avx2.Multiply(a4, b11);
        c16 += Avx2.Multiply(a4, b12);
        c17 += Avx2.Multiply(a4, b13);
        c15 += Avx2.Multiply(a5, b10);
        c16 += Avx2.Multiply(a5, b11);
        c17 += Avx2.Multiply(a5, b12);
        c18 += Avx2.Multiply(a5, b13);
        c16 += Avx2.Multiply(a6, b10);
        c17 += Avx2.Multiply(a6, b11);
        c18 += Avx2.Multiply(a6, b12);
        c19 += Avx2.Multiply(a6, b13);
        c17 += Avx2.Multiply(a7, b10);
        c18 += Avx2.Multiply(a7, b11);
        c19 += Avx2.Multiply(a7, b12);
        c20 += Avx2.Multiply(a7, b13);
        c18 += Avx2.Multiply(a8, b10);
        c19 += Avx2.Multiply(a8, b11);
        c20 += Avx2.Multiply(a8, b12);
        c21 += Avx2.Multiply(a8, b13);
        c19 += Avx2.Multiply(a9, b10);
        c20 += Avx2.Multiply(a9, b11);
        c21 += Avx2.Multiply(a9, b12);
        c22 += Avx2.Multiply(a9, b13);
        c20 += Avx2.Multiply(a10, b10);
        c21 += Avx2.Multiply(a10, b11);
        c22 += Avx2.Multiply(a10, b12);
        V c23 = Avx2.Multiply(a10, b13);
        c21 += Avx2.Multiply(a11, b10);
        c22 += Avx2.Multiply(a11, b11);
        c23 += Avx2.Multiply(a11, b12);
        V c24 = Avx2.Multiply(a11, b13);
        c22 += Avx2.Multiply(a12, b10);
        c23 += Avx2.Multiply(a12, b11);
        c24 += Avx2.Multiply(a12, b12);
        V c25 = Avx2.Multiply(a12, b13);
        c23 += Avx2.Multiply(a13, b10);
        c24 += Avx2.Multiply(a13, b11);
        c25 += Avx2.Multiply(a13, b12);
        V c26 = Avx2.Multiply(a13, b13);

        // each sum of two products, from parts side by side to the lanes of the reduction
        V t0 = Avx2.UnpackLow(c0, c7) + Avx2.UnpackHigh(c0, c7);
        V t1 = Avx2.UnpackLow(c1, c8) + Avx2.UnpackHigh(c1, c8);
        V t2 = Avx2.UnpackLow(c2, c9) + Avx2.UnpackHigh(c2, c9);
        V t3 = Avx2.UnpackLow(c3, c10) + Avx2.UnpackHigh(c3, c10);
        V t4 = Avx2.UnpackLow(c4, c11) + Avx2.UnpackHigh(c4, c11);
        V t5 = Avx2.UnpackLow(c5, c12) + Avx2.UnpackHigh(c5, c12);
        V t6 = Avx2.UnpackLow(c6, c13) + Avx2.UnpackHigh(c6, c13);
        V t14 = Avx2.UnpackLow(c14, c21) + Avx2.UnpackHigh(c14, c21);
        V t15 = Avx2.UnpackLow(c15, c22) + Avx2.UnpackHigh(c15, c22);
        V t16 = Avx2.UnpackLow(c16, c23) + Avx2.UnpackHigh(c16, c23);
        V t17 = Avx2.UnpackLow(c17, c24) + Avx2.UnpackHigh(c17, c24);
        V t18 = Avx2.UnpackLow(c18, c25) + Avx2.UnpackHigh(c18, c25);
        V t19 = Avx2.UnpackLow(c19, c26) + Avx2.UnpackHigh(c19, c26);
        V t13 = Avx2.UnpackLow(V.Zero, c20) + Avx2.UnpackHigh(V.Zero, c20);
        V d;
        U m;

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
        V t7 = Avx2.Multiply(m, Vector256.Create(Low6 | 0x100000000UL, High6, Low6, High6).AsUInt32());
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
        V t8 = Avx2.Multiply(m, Vector256.Create(Low6 | 0x200000000UL, High6, Low6, High6).AsUInt32());
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
        V t9 = Avx2.Multiply(m, Vector256.Create(Low6 | 0x300000000UL, High6, Low6, High6).AsUInt32());
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
        V t10 = Avx2.Multiply(m, Vector256.Create(Low6 | 0x400000000UL, High6, Low6, High6).AsUInt32());
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
        V t11 = Avx2.Multiply(m, Vector256.Create(Low6 | 0x500000000UL, High6, Low6, High6).AsUInt32());
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
        V t12 = Avx2.Multiply(m, Vector256.Create(Low6 | 0x600000000UL, High6, Low6, High6).AsUInt32());
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
