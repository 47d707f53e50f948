using System.Runtime.CompilerServices;

namespace Tactus.Kernels.Bls12381;

// Value represented   C0 + C1*v + C2*v^2 in F_p6 = F_p2[v]/(v^3 - xi), xi = 1 + u.
// Source              Karatsuba-like products: Devegili, O hEigeartaigh, Scott, Dahab, eprint 2006/471.
internal struct Fp6<F>
    where F : unmanaged, IPrimeField<F>
{
    public Fp2<F> C0;
    public Fp2<F> C1;
    public Fp2<F> C2;

    public static void Add(out Fp6<F> r, in Fp6<F> a, in Fp6<F> b)
    {
        Unsafe.SkipInit(out r);
        Fp2<F>.Add(out r.C0, a.C0, b.C0);
        Fp2<F>.Add(out r.C1, a.C1, b.C1);
        Fp2<F>.Add(out r.C2, a.C2, b.C2);
    }

    public static void Subtract(out Fp6<F> r, in Fp6<F> a, in Fp6<F> b)
    {
        Unsafe.SkipInit(out r);
        Fp2<F>.Subtract(out r.C0, a.C0, b.C0);
        Fp2<F>.Subtract(out r.C1, a.C1, b.C1);
        Fp2<F>.Subtract(out r.C2, a.C2, b.C2);
    }

    public static void SubtractTwo(out Fp6<F> r, in Fp6<F> a, in Fp6<F> b, in Fp6<F> c)
    {
        Unsafe.SkipInit(out r);
        Fp2<F>.SubtractTwo(out r.C0, a.C0, b.C0, c.C0);
        Fp2<F>.SubtractTwo(out r.C1, a.C1, b.C1, c.C1);
        Fp2<F>.SubtractTwo(out r.C2, a.C2, b.C2, c.C2);
    }

    /// <summary>r = a + v*b.</summary>
    public static void AddTimesV(out Fp6<F> r, in Fp6<F> a, in Fp6<F> b)
    {
        Unsafe.SkipInit(out r);
        Fp2<F>.AddTimesXi(out Fp2<F> c0, a.C0, b.C2);
        Fp2<F>.Add(out Fp2<F> c1, a.C1, b.C0);
        Fp2<F>.Add(out r.C2, a.C2, b.C1);
        r.C0 = c0;
        r.C1 = c1;
    }

    public static void Negate(out Fp6<F> r, in Fp6<F> a)
    {
        Unsafe.SkipInit(out r);
        Fp2<F>.Negate(out r.C0, a.C0);
        Fp2<F>.Negate(out r.C1, a.C1);
        Fp2<F>.Negate(out r.C2, a.C2);
    }

    public static void Double(out Fp6<F> r, in Fp6<F> a) => Add(out r, a, a);

    /// <summary>r = v*a: (xi*a2, a0, a1).</summary>
    public static void MultiplyByV(out Fp6<F> r, in Fp6<F> a)
    {
        Unsafe.SkipInit(out r);
        Fp2<F>.MultiplyByXi(out Fp2<F> top, a.C2);
        r.C2 = a.C1;
        r.C1 = a.C0;
        r.C0 = top;
    }

    public static void Multiply(out Fp6<F> r, in Fp6<F> a, in Fp6<F> b)
    {
        Unsafe.SkipInit(out r);
        Fp2<F>.Multiply(out Fp2<F> t0, a.C0, b.C0);
        Fp2<F>.Multiply(out Fp2<F> t1, a.C1, b.C1);
        Fp2<F>.Multiply(out Fp2<F> t2, a.C2, b.C2);
        CrossProduct(out Fp2<F> x12, a.C1, a.C2, b.C1, b.C2, t1, t2);
        CrossProduct(out Fp2<F> x01, a.C0, a.C1, b.C0, b.C1, t0, t1);
        CrossProduct(out Fp2<F> x02, a.C0, a.C2, b.C0, b.C2, t0, t2);
        Fp2<F>.AddTimesXi(out r.C0, t0, x12);
        Fp2<F>.AddTimesXi(out r.C1, x01, t2);
        Fp2<F>.Add(out r.C2, x02, t1);
    }

    /// <summary>r = a*(b0 + b1*v), five products.</summary>
    public static void MultiplyBy01(out Fp6<F> r, in Fp6<F> a, in Fp2<F> b0, in Fp2<F> b1)
    {
        Unsafe.SkipInit(out r);
        Fp2<F>.Multiply(out Fp2<F> t0, a.C0, b0);
        Fp2<F>.Multiply(out Fp2<F> t1, a.C1, b1);
        Fp2<F>.Multiply(out Fp2<F> x21, a.C2, b1);
        Fp2<F>.Multiply(out Fp2<F> x20, a.C2, b0);
        CrossProduct(out Fp2<F> x01, a.C0, a.C1, b0, b1, t0, t1);
        Fp2<F>.AddTimesXi(out r.C0, t0, x21);
        r.C1 = x01;
        Fp2<F>.Add(out r.C2, x20, t1);
    }

    /// <summary>r = a*b1*v, three products.</summary>
    public static void MultiplyBy1(out Fp6<F> r, in Fp6<F> a, in Fp2<F> b1)
    {
        Unsafe.SkipInit(out r);
        Fp2<F>.Multiply(out Fp2<F> top, a.C2, b1);
        Fp2<F>.Multiply(out Fp2<F> c2, a.C1, b1);
        Fp2<F>.Multiply(out r.C1, a.C0, b1);
        r.C2 = c2;
        Fp2<F>.MultiplyByXi(out r.C0, top);
    }

    public static void Inverse(out Fp6<F> r, in Fp6<F> a)
    {
        Unsafe.SkipInit(out r);

        // c0 = a0^2 - xi*a1*a2, c1 = xi*a2^2 - a0*a1, c2 = a1^2 - a0*a2; a*(c0 + c1*v + c2*v^2) = norm in F_p2
        Fp2<F>.Multiply(out Fp2<F> t, a.C1, a.C2);
        Fp2<F>.MultiplyByXi(out t, t);
        Fp2<F>.Square(out Fp2<F> c0, a.C0);
        Fp2<F>.Subtract(out c0, c0, t);
        Fp2<F>.Multiply(out t, a.C0, a.C1);
        Fp2<F>.Square(out Fp2<F> c1, a.C2);
        Fp2<F>.MultiplyByXi(out c1, c1);
        Fp2<F>.Subtract(out c1, c1, t);
        Fp2<F>.Multiply(out t, a.C0, a.C2);
        Fp2<F>.Square(out Fp2<F> c2, a.C1);
        Fp2<F>.Subtract(out c2, c2, t);

        Fp2<F>.Multiply(out Fp2<F> norm, a.C2, c1);
        Fp2<F>.Multiply(out t, a.C1, c2);
        Fp2<F>.Add(out norm, norm, t);
        Fp2<F>.MultiplyByXi(out norm, norm);
        Fp2<F>.Multiply(out t, a.C0, c0);
        Fp2<F>.Add(out norm, norm, t);
        Fp2<F>.Inverse(out norm, norm);
        Fp2<F>.Multiply(out r.C0, c0, norm);
        Fp2<F>.Multiply(out r.C1, c1, norm);
        Fp2<F>.Multiply(out r.C2, c2, norm);
    }

    // a0*b1 + a1*b0 = (a0 + a1)(b0 + b1) - a0*b0 - a1*b1
    private static void CrossProduct(
        out Fp2<F> r, in Fp2<F> a0, in Fp2<F> a1, in Fp2<F> b0, in Fp2<F> b1, in Fp2<F> product0, in Fp2<F> product1)
    {
        Fp2<F>.AddFactor(out Fp2<F> a, a0, a1);
        Fp2<F>.AddFactor(out Fp2<F> b, b0, b1);
        Fp2<F>.Multiply(out a, a, b);
        Fp2<F>.SubtractTwo(out r, a, product0, product1);
    }
}
