using System.Runtime.CompilerServices;

namespace Tactus.Kernels.Bls12381;

// Value represented   C0 + C1*w in F_p12 = F_p6[w]/(w^2 - v). As a polynomial in w over F_p2 the coefficients of
//                     w^0..w^5 are C0.C0, C1.C0, C0.C1, C1.C1, C0.C2, C1.C2, and w^6 = xi.
// Source              squares in the cyclotomic subgroup: Granger, Scott, eprint 2009/565, section 3.2.
internal struct Fp12<F>
    where F : unmanaged, IPrimeField<F>
{
    public Fp6<F> C0;
    public Fp6<F> C1;

    public static void One(out Fp12<F> r)
    {
        r = default;
        Fp2<F>.One(out r.C0.C0);
    }

    public static void Multiply(out Fp12<F> r, in Fp12<F> a, in Fp12<F> b)
    {
        Unsafe.SkipInit(out r);
        Fp6<F>.Multiply(out Fp6<F> t0, a.C0, b.C0);
        Fp6<F>.Multiply(out Fp6<F> t1, a.C1, b.C1);
        Fp6<F>.Add(out Fp6<F> sumA, a.C0, a.C1);
        Fp6<F>.Add(out Fp6<F> sumB, b.C0, b.C1);
        Fp6<F>.Multiply(out sumA, sumA, sumB);
        Fp6<F>.SubtractTwo(out r.C1, sumA, t0, t1);
        Fp6<F>.AddTimesV(out r.C0, t0, t1);
    }

    public static void Square(out Fp12<F> r, in Fp12<F> a)
    {
        Unsafe.SkipInit(out r);

        // a0^2 + v*a1^2 = (a0 + a1)(a0 + v*a1) - a0*a1 - v*a0*a1
        Fp6<F>.Multiply(out Fp6<F> product, a.C0, a.C1);
        Fp6<F>.Add(out Fp6<F> sum, a.C0, a.C1);
        Fp6<F>.AddTimesV(out Fp6<F> shifted, a.C0, a.C1);
        Fp6<F>.Multiply(out sum, sum, shifted);
        Fp6<F>.MultiplyByV(out shifted, product);
        Fp6<F>.SubtractTwo(out r.C0, sum, product, shifted);
        Fp6<F>.Double(out r.C1, product);
    }

    /// <summary>r = a*(c0 + c1*w^2 + c4*w^3), the shape of a line: 13 products instead of 18.</summary>
    public static void MultiplyByLine(out Fp12<F> r, in Fp12<F> a, in Fp2<F> c0, in Fp2<F> c1, in Fp2<F> c4)
    {
        Unsafe.SkipInit(out r);
        Fp6<F>.MultiplyBy01(out Fp6<F> t0, a.C0, c0, c1);
        Fp6<F>.MultiplyBy1(out Fp6<F> t1, a.C1, c4);
        Fp2<F>.Add(out Fp2<F> c14, c1, c4);
        Fp6<F>.Add(out Fp6<F> sum, a.C0, a.C1);
        Fp6<F>.MultiplyBy01(out sum, sum, c0, c14);
        Fp6<F>.SubtractTwo(out r.C1, sum, t0, t1);
        Fp6<F>.AddTimesV(out r.C0, t0, t1);
    }

    /// <summary>The p^6-th power; the inverse of an element of the cyclotomic subgroup.</summary>
    public static void Conjugate(out Fp12<F> r, in Fp12<F> a)
    {
        Unsafe.SkipInit(out r);
        r.C0 = a.C0;
        Fp6<F>.Negate(out r.C1, a.C1);
    }

    public static void Inverse(out Fp12<F> r, in Fp12<F> a)
    {
        Unsafe.SkipInit(out r);

        // (a0 - a1*w)/(a0^2 - v*a1^2)
        Fp6<F>.Multiply(out Fp6<F> t0, a.C0, a.C0);
        Fp6<F>.Multiply(out Fp6<F> t1, a.C1, a.C1);
        Fp6<F>.MultiplyByV(out t1, t1);
        Fp6<F>.Subtract(out t0, t0, t1);
        Fp6<F>.Inverse(out t0, t0);
        Fp6<F>.Multiply(out t1, a.C1, t0);
        Fp6<F>.Multiply(out r.C0, a.C0, t0);
        Fp6<F>.Negate(out r.C1, t1);
    }

    /// <summary>The p-th power: conjugates of the coefficients, that of w^i times xi^(i(p-1)/6).</summary>
    public static void Frobenius(out Fp12<F> r, in Fp12<F> a)
    {
        Unsafe.SkipInit(out r);
        Fp2<F>.Conjugate(out r.C0.C0, a.C0.C0);
        Twist(out r.C1.C0, a.C1.C0, 1);
        Twist(out r.C0.C1, a.C0.C1, 2);
        Twist(out r.C1.C1, a.C1.C1, 3);
        Twist(out r.C0.C2, a.C0.C2, 4);
        Twist(out r.C1.C2, a.C1.C2, 5);
    }

    /// <summary>
    /// Square of an element of the cyclotomic subgroup: three squares in F_p4, nine products instead of twelve.
    /// </summary>
    public static void SquareCyclotomic(out Fp12<F> r, in Fp12<F> a)
    {
        Unsafe.SkipInit(out r);
        SquareFp4(out Fp2<F> t0, out Fp2<F> t1, a.C0.C0, a.C1.C1);
        SquareFp4(out Fp2<F> t2, out Fp2<F> t3, a.C1.C0, a.C0.C2);
        SquareFp4(out Fp2<F> t4, out Fp2<F> t5, a.C0.C1, a.C1.C2);
        Fp2<F>.ThreeTimesLessTwice(out r.C0.C0, t0, a.C0.C0);
        Fp2<F>.ThreeTimesPlusTwice(out r.C1.C1, t1, a.C1.C1);
        Fp2<F>.MultiplyByXi(out t5, t5);
        Fp2<F>.ThreeTimesPlusTwice(out r.C1.C0, t5, a.C1.C0);
        Fp2<F>.ThreeTimesLessTwice(out r.C0.C2, t4, a.C0.C2);
        Fp2<F>.ThreeTimesLessTwice(out r.C0.C1, t2, a.C0.C1);
        Fp2<F>.ThreeTimesPlusTwice(out r.C1.C2, t3, a.C1.C2);
    }

    /// <summary>True where every lane is one.</summary>
    public static bool IsOne(in Fp12<F> a)
    {
        Fp2<F>.One(out Fp2<F> one);
        Fp2<F>.Subtract(out one, a.C0.C0, one);
        int mask = Fp2<F>.ZeroMask(one) & Fp2<F>.ZeroMask(a.C0.C1) & Fp2<F>.ZeroMask(a.C0.C2)
            & Fp2<F>.ZeroMask(a.C1.C0) & Fp2<F>.ZeroMask(a.C1.C1) & Fp2<F>.ZeroMask(a.C1.C2);
        return mask == (1 << F.Lanes) - 1;
    }

    // (a + b*s)^2 with s^2 = xi: a^2 + xi*b^2 and (a + b)^2 - a^2 - b^2
    private static void SquareFp4(out Fp2<F> c0, out Fp2<F> c1, in Fp2<F> a, in Fp2<F> b)
    {
        Fp2<F>.Square(out Fp2<F> aa, a);
        Fp2<F>.Square(out Fp2<F> bb, b);
        Fp2<F>.AddFactor(out Fp2<F> sum, a, b);
        Fp2<F>.Square(out sum, sum);
        Fp2<F>.SubtractTwo(out c1, sum, aa, bb);
        Fp2<F>.AddTimesXi(out c0, aa, bb);
    }

    private static void Twist(out Fp2<F> r, in Fp2<F> a, int power)
    {
        Fp2<F>.Conjugate(out Fp2<F> conjugate, a);
        Fp2<F>.Multiply(out r, conjugate, FrobeniusConstants<F>.Xi[power]);
    }
}
