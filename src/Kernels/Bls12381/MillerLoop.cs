using System.Runtime.CompilerServices;

namespace Tactus.Kernels.Bls12381;

// The optimal ate pairing: f_(|x|,Q)(P) for pairs (P in G1, Q in G2), all pairs under the same squares.
//
// Untwist             (x, y) -> (x/w^2, y/w^3), w^6 = xi. The line through T with slope m/w (m the slope on the
//                     twist), at
//                     P, times w^3: (m*xT - yT) - m*xP*w^2 + yP*w^3. Factors in F_p2 vanish in the final
//                     exponentiation.
// T                   homogeneous (X/Z, Y/Z). Doubling: m = 3X^2/(2YZ); the line times -2YZ is
//                     (3b'*Z^2 - Y^2) + 3X^2*xP*w^2 - 2YZ*yP*w^3, using X^3 = Y^2*Z - b'*Z^3.
//                     Adding Q: m = t/l with t = Y - yQ*Z, l = X - xQ*Z; times l: (t*xQ - l*yQ) - t*xP*w^2 + l*yP*w^3.
// No special cases    the multiples of Q met are below r, so T is never infinite nor a multiple +-1 of Q before the
//                     last
//                     addition. Holds for Q in the subgroup only: callers check.
// x < 0               f_(x) and the conjugate of f_(|x|) agree after the final exponentiation.
// Source              Aranha, Karabina, Longa, Gebotys, Lopez, eprint 2010/526, section 4 (doubling); Costello, Lange,
//                     Naehrig, eprint 2009/615; Vercauteren, eprint 2008/096 (length of the loop).
internal static class MillerLoop<F>
    where F : unmanaged, IPrimeField<F>
{
    private static readonly F Half = HalfOf();

    /// <summary>r = the product over all pairs, before the final exponentiation.</summary>
    /// <param name="r">The product; one for no pair.</param>
    /// <param name="p">Points of G1, none infinite.</param>
    /// <param name="q">Points of G2, none infinite, as many.</param>
    /// <param name="accumulators">Scratch, as many.</param>
    /// <param name="lanes">For each pair the lanes in which it counts; elsewhere its lines are one. Empty: all.</param>
    public static void Run(
        out Fp12<F> r,
        ReadOnlySpan<AffinePoint<F>> p,
        ReadOnlySpan<AffinePoint<Fp2<F>>> q,
        Span<JacobianPoint<Fp2<F>>> accumulators,
        ReadOnlySpan<int> lanes = default)
    {
        Fp12<F>.One(out Fp12<F> f);
        for (int i = 0; i < p.Length; i++)
        {
            JacobianPoint<Fp2<F>>.FromAffine(out accumulators[i], q[i]);
        }

        for (int bit = 62; bit >= 0; bit--)
        {
            if (bit != 62)
            {
                Fp12<F>.Square(out f, f);
            }

            for (int i = 0; i < p.Length; i++)
            {
                DoubleStep(ref accumulators[i], out Line line);
                Apply(ref f, ref line, p[i], lanes.IsEmpty ? -1 : lanes[i]);
            }

            if (((CurveParameter.Magnitude >> bit) & 1) != 0)
            {
                for (int i = 0; i < p.Length; i++)
                {
                    AddStep(ref accumulators[i], q[i], out Line line);
                    Apply(ref f, ref line, p[i], lanes.IsEmpty ? -1 : lanes[i]);
                }
            }
        }

        Fp12<F>.Conjugate(out r, f);
    }

    // c0 + c1*xP*w^2 + c4*yP*w^3
    private struct Line
    {
        public Fp2<F> C0;
        public Fp2<F> C1;
        public Fp2<F> C4;
    }

    private static void Apply(ref Fp12<F> f, ref Line line, in AffinePoint<F> p, int lanes)
    {
        int all = (1 << F.Lanes) - 1;
        Fp2<F>.MultiplyBase(out line.C1, line.C1, p.X);
        Fp2<F>.MultiplyBase(out line.C4, line.C4, p.Y);
        if ((lanes & all) != all)
        {
            Fp2<F>.One(out Fp2<F> one);
            Fp2<F>.Select(out line.C0, lanes, line.C0, one);
            Fp2<F>.Select(out line.C1, lanes, line.C1, default);
            Fp2<F>.Select(out line.C4, lanes, line.C4, default);
        }

        Fp12<F>.MultiplyByLine(out f, f, line.C0, line.C1, line.C4);
    }

    private static void DoubleStep(ref JacobianPoint<Fp2<F>> t, out Line line)
    {
        Unsafe.SkipInit(out line);

        // A = XY/2, B = Y^2, C = Z^2, E = 3b'C, G = (B + 3E)/2, H = 2YZ
        Fp2<F>.Multiply(out Fp2<F> a, t.X, t.Y);
        Halve(ref a);
        Fp2<F>.Square(out Fp2<F> b, t.Y);
        Fp2<F>.Square(out Fp2<F> c, t.Z);
        Fp2<F>.AddFactor(out Fp2<F> h, t.Y, t.Z);
        Fp2<F>.Square(out h, h);
        Fp2<F>.SubtractTwo(out h, h, b, c);
        Fp2<F>.MultiplyBy3B(out Fp2<F> e, c);
        Fp2<F>.Square(out Fp2<F> x2, t.X);
        Fp2<F>.Double(out line.C1, x2);
        Fp2<F>.Add(out line.C1, line.C1, x2);
        Fp2<F>.Subtract(out line.C0, e, b);
        Fp2<F>.Negate(out line.C4, h);

        // X3 = A(B - 3E), Y3 = G^2 - 3E^2, Z3 = B*H
        Fp2<F>.Double(out Fp2<F> e3, e);
        Fp2<F>.Add(out e3, e3, e);
        Fp2<F>.Subtract(out c, b, e3);
        Fp2<F>.Multiply(out t.X, a, c);
        Fp2<F>.Add(out Fp2<F> g, b, e3);
        Halve(ref g);
        Fp2<F>.Square(out g, g);
        Fp2<F>.Square(out e, e);
        Fp2<F>.Double(out c, e);
        Fp2<F>.Add(out c, c, e);
        Fp2<F>.Subtract(out t.Y, g, c);
        Fp2<F>.Multiply(out t.Z, b, h);
    }

    private static void AddStep(ref JacobianPoint<Fp2<F>> t, in AffinePoint<Fp2<F>> q, out Line line)
    {
        Unsafe.SkipInit(out line);
        Fp2<F>.Multiply(out Fp2<F> theta, q.Y, t.Z);
        Fp2<F>.Subtract(out theta, t.Y, theta);
        Fp2<F>.Multiply(out Fp2<F> lambda, q.X, t.Z);
        Fp2<F>.Subtract(out lambda, t.X, lambda);
        Fp2<F>.Multiply(out line.C0, theta, q.X);
        Fp2<F>.Multiply(out Fp2<F> product, lambda, q.Y);
        Fp2<F>.Subtract(out line.C0, line.C0, product);
        Fp2<F>.Negate(out line.C1, theta);
        line.C4 = lambda;

        // E = l^3, F = Z*t^2, G = X*l^2, H = E + F - 2G: X3 = l*H, Y3 = t(G - H) - E*Y, Z3 = Z*E
        Fp2<F>.Square(out Fp2<F> d, lambda);
        Fp2<F>.Multiply(out Fp2<F> e, d, lambda);
        Fp2<F>.Square(out Fp2<F> f, theta);
        Fp2<F>.Multiply(out f, f, t.Z);
        Fp2<F>.Multiply(out Fp2<F> g, t.X, d);
        Fp2<F>.Add(out Fp2<F> h, e, f);
        Fp2<F>.SubtractTwo(out h, h, g, g);
        Fp2<F>.Multiply(out t.X, lambda, h);
        Fp2<F>.Subtract(out g, g, h);
        Fp2<F>.Multiply(out g, g, theta);
        Fp2<F>.Multiply(out f, e, t.Y);
        Fp2<F>.Subtract(out t.Y, g, f);
        Fp2<F>.Multiply(out t.Z, t.Z, e);
    }

    private static void Halve(ref Fp2<F> a) => Fp2<F>.MultiplyBase(out a, a, Half);

    private static F HalfOf()
    {
        F.Broadcast(out F two, Fp.FromUInt64(2));
        F.Inverse(out F half, two);
        return half;
    }
}
