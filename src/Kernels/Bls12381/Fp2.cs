using System.Runtime.CompilerServices;

namespace Tactus.Kernels.Bls12381;

// Value represented   C0 + C1*u in F_p2 = F_p[u]/(u*u + 1).
// Ranges              those of F: what F returns, F takes.
// Source              the tower of BLS12-381, draft-irtf-cfrg-pairing-friendly-curves 4.2.1; the cubic extension is by
//                     1 + u.
internal struct Fp2<F> : IField<Fp2<F>>
    where F : unmanaged, IPrimeField<F>
{
    public F C0;
    public F C1;

    public Fp2(in F c0, in F c1)
    {
        C0 = c0;
        C1 = c1;
    }

    public static int Lanes => F.Lanes;

    /// <summary>The same element in every lane.</summary>
    public static void Broadcast(out Fp2<F> r, in Fp2<Fp> a)
    {
        F.Broadcast(out r.C0, a.C0);
        F.Broadcast(out r.C1, a.C1);
    }

    public static void One(out Fp2<F> r)
    {
        F.One(out r.C0);
        r.C1 = default;
    }

    public static void Add(out Fp2<F> r, in Fp2<F> a, in Fp2<F> b)
    {
        Unsafe.SkipInit(out r);
        F.Add(out r.C0, a.C0, b.C0);
        F.Add(out r.C1, a.C1, b.C1);
    }

    public static void Subtract(out Fp2<F> r, in Fp2<F> a, in Fp2<F> b)
    {
        Unsafe.SkipInit(out r);
        F.Subtract(out r.C0, a.C0, b.C0);
        F.Subtract(out r.C1, a.C1, b.C1);
    }

    public static void Negate(out Fp2<F> r, in Fp2<F> a)
    {
        Unsafe.SkipInit(out r);
        F.Negate(out r.C0, a.C0);
        F.Negate(out r.C1, a.C1);
    }

    public static void Double(out Fp2<F> r, in Fp2<F> a)
    {
        Unsafe.SkipInit(out r);
        F.Double(out r.C0, a.C0);
        F.Double(out r.C1, a.C1);
    }

    public static void AddFactor(out Fp2<F> r, in Fp2<F> a, in Fp2<F> b)
    {
        Unsafe.SkipInit(out r);
        F.AddFactor(out r.C0, a.C0, b.C0);
        F.AddFactor(out r.C1, a.C1, b.C1);
    }

    public static void SubtractTwo(out Fp2<F> r, in Fp2<F> a, in Fp2<F> b, in Fp2<F> c)
    {
        Unsafe.SkipInit(out r);
        F.SubtractTwo(out r.C0, a.C0, b.C0, c.C0);
        F.SubtractTwo(out r.C1, a.C1, b.C1, c.C1);
    }

    /// <summary>r = a + (1 + u)*b.</summary>
    public static void AddTimesXi(out Fp2<F> r, in Fp2<F> a, in Fp2<F> b)
    {
        Unsafe.SkipInit(out r);
        F.AddSubtract(out F c0, a.C0, b.C0, b.C1);
        F.AddTwo(out r.C1, a.C1, b.C0, b.C1);
        r.C0 = c0;
    }

    /// <summary>r = 3a + 2b.</summary>
    public static void ThreeTimesPlusTwice(out Fp2<F> r, in Fp2<F> a, in Fp2<F> b)
    {
        Unsafe.SkipInit(out r);
        F.ThreeTimesPlusTwice(out r.C0, a.C0, b.C0);
        F.ThreeTimesPlusTwice(out r.C1, a.C1, b.C1);
    }

    /// <summary>r = 3a - 2b.</summary>
    public static void ThreeTimesLessTwice(out Fp2<F> r, in Fp2<F> a, in Fp2<F> b)
    {
        Unsafe.SkipInit(out r);
        F.ThreeTimesLessTwice(out r.C0, a.C0, b.C0);
        F.ThreeTimesLessTwice(out r.C1, a.C1, b.C1);
    }

    public static void Multiply(out Fp2<F> r, in Fp2<F> a, in Fp2<F> b) => F.Multiply2(out r, a, b);

    public static void Square(out Fp2<F> r, in Fp2<F> a) => F.Square2(out r, a);

    /// <summary>r = a*b with b in F_p.</summary>
    public static void MultiplyBase(out Fp2<F> r, in Fp2<F> a, in F b) => F.MultiplyBase2(out r, a, b);

    /// <summary>r = (1 + u)*a.</summary>
    public static void MultiplyByXi(out Fp2<F> r, in Fp2<F> a)
    {
        Unsafe.SkipInit(out r);
        F.Subtract(out F c0, a.C0, a.C1);
        F.Add(out r.C1, a.C0, a.C1);
        r.C0 = c0;
    }

    /// <summary>The p-th power.</summary>
    public static void Conjugate(out Fp2<F> r, in Fp2<F> a)
    {
        r.C0 = a.C0;
        F.Negate(out r.C1, a.C1);
    }

    /// <summary>r = a0^2 + a1^2, the product of a and its conjugate.</summary>
    public static void Norm(out F r, in Fp2<F> a)
    {
        F.Square(out F s0, a.C0);
        F.Square(out F s1, a.C1);
        F.Add(out r, s0, s1);
    }

    public static void Inverse(out Fp2<F> r, in Fp2<F> a)
    {
        Norm(out F norm, a);
        F.Inverse(out norm, norm);
        Conjugate(out Fp2<F> conjugate, a);
        MultiplyBase(out r, conjugate, norm);
    }

    // 12(1 + u)*a, for y^2 = x^3 + 4(1 + u)
    public static void MultiplyBy3B(out Fp2<F> r, in Fp2<F> a)
    {
        MultiplyByXi(out Fp2<F> t, a);
        Double(out Fp2<F> t2, t);
        Add(out t, t2, t);
        Double(out t, t);
        Double(out r, t);
    }

    public static int ZeroMask(in Fp2<F> a)
    {
        int mask = F.ZeroMask(a.C0);
        return mask == 0 ? 0 : mask & F.ZeroMask(a.C1);
    }

    public static void Select(out Fp2<F> r, int mask, in Fp2<F> set, in Fp2<F> clear)
    {
        Unsafe.SkipInit(out r);
        F.Select(out r.C0, mask, set.C0, clear.C0);
        F.Select(out r.C1, mask, set.C1, clear.C1);
    }

    /// <summary>
    /// A bit for each lane with sgn0 = 1 (RFC 9380, section 4.1): the parity of C0, or of C1 where C0 is zero.
    /// </summary>
    public static int SignMask(in Fp2<F> a) => F.OddMask(a.C0) | (F.ZeroMask(a.C0) & F.OddMask(a.C1));
}
