using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using U = System.Runtime.Intrinsics.Vector256<uint>;
using V = System.Runtime.Intrinsics.Vector256<ulong>;

namespace Tactus.Kernels.Bls12381;

// Two products in F_p side by side: of a square, and of a number with one of F_p. They differ in what is multiplied,
// which a type says, so that the JIT makes a method of each with its preparation in place. The right factor goes by
// four digits and three, because the columns need the registers.
internal static partial class Fp2Avx2
{
    /// <summary>What two products in F_p multiply, limb by limb: the lower half of a vector belongs to the
    /// first.</summary>
    private interface IFactors
    {
        static abstract V Left(Vector128<ulong> a0, Vector128<ulong> a1, Vector128<ulong> sixteenP);

        static abstract V Right(Vector128<ulong> a0, Vector128<ulong> b);
    }

    /// <summary>r = a*a: (a0 + 16p - a1)(a0 + a1) beside a0*2a1. r may be a.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Square(out Fp2<Fp> r, in Fp2<Fp> a) => TwoProducts<SquareFactors>(out r, a, a.C1);

    /// <summary>r = a*b for b in F_p: a0*b beside a1*b. r may be a, and b a part of it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void MultiplyBase(out Fp2<Fp> r, in Fp2<Fp> a, in Fp b) => TwoProducts<BaseFactors>(out r, a, b);

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void TwoProducts<TFactors>(out Fp2<Fp> r, in Fp2<Fp> a, in Fp b)
        where TFactors : struct, IFactors
    {
        Unsafe.SkipInit(out r);
        V mask = Vector256.Create(DigitMask);
        ref ulong first = ref Unsafe.As<Fp2<Fp>, ulong>(ref Unsafe.AsRef(in a));
        ref ulong second = ref Unsafe.Add(ref first, Fp.LimbCount);
        ref ulong right = ref Unsafe.As<Fp, ulong>(ref Unsafe.AsRef(in b));

        // digits of both factors
        Vector128<ulong> h0, h1;
        V u, s;
        h0 = Vector128.LoadUnsafe(ref first, 0);
        h1 = Vector128.LoadUnsafe(ref second, 0);
        u = TFactors.Left(h0, h1, SixteenP0);
        s = TFactors.Right(h0, Vector128.LoadUnsafe(ref right, 0));
        V e0 = u & mask;
        V o0 = u >>> LimbBits;
        V f0 = s & mask;
        V g0 = s >>> LimbBits;
        h0 = Vector128.LoadUnsafe(ref first, 2);
        h1 = Vector128.LoadUnsafe(ref second, 2);
        u = TFactors.Left(h0, h1, SixteenP1);
        s = TFactors.Right(h0, Vector128.LoadUnsafe(ref right, 2));
        V e1 = u & mask;
        V o1 = u >>> LimbBits;
        V f1 = s & mask;
        V g1 = s >>> LimbBits;
        h0 = Vector128.LoadUnsafe(ref first, 4);
        h1 = Vector128.LoadUnsafe(ref second, 4);
        u = TFactors.Left(h0, h1, SixteenP2);
        s = TFactors.Right(h0, Vector128.LoadUnsafe(ref right, 4));
        V e2 = u & mask;
        V o2 = u >>> LimbBits;
        V f2 = s & mask;
        V g2 = s >>> LimbBits;
        h0 = Vector128.CreateScalar(Unsafe.Add(ref first, 6));
        h1 = Vector128.CreateScalar(Unsafe.Add(ref second, 6));
        u = TFactors.Left(h0, h1, SixteenP3);
        s = TFactors.Right(h0, Vector128.CreateScalar(Unsafe.Add(ref right, 6)));
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
        Reduce(
            ref Unsafe.As<Fp2<Fp>, ulong>(ref r), t0, t1, t2, t3, t4, t5, t6, t7, t8, t9, t10, t11, t12, t13, t14, t15,
            t16, t17, t18, t19);
    }

    private readonly struct SquareFactors : IFactors
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Left(Vector128<ulong> a0, Vector128<ulong> a1, Vector128<ulong> sixteenP) =>
            Vector256.Create(a0 + (sixteenP - a1), a0);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Right(Vector128<ulong> a0, Vector128<ulong> a1) => Vector256.Create(a0 + a1, a1 + a1);
    }

    private readonly struct BaseFactors : IFactors
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Left(Vector128<ulong> a0, Vector128<ulong> a1, Vector128<ulong> sixteenP) =>
            Vector256.Create(a0, a1);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Right(Vector128<ulong> a0, Vector128<ulong> b) => Vector256.Create(b, b);
    }
}
