using System.Numerics;
using Tactus.Kernels.Bls12381;

namespace Tactus.Kernels.Tests.Bls12381;

/// <summary>Laws that towers, groups and the pairing must obey, on random elements with fixed seeds.</summary>
public class AlgebraTests
{
    private static readonly BigInteger X = -(BigInteger)CurveParameter.Magnitude;
    private static readonly BigInteger Order = BigInteger.Pow(X, 4) - (X * X) + 1;

    [Fact]
    public void Towers_multiply_as_polynomials()
    {
        var samples = new FieldSamples(12);
        for (int i = 0; i < 50; i++)
        {
            Fp2<Fp> a = samples.Next2();
            Fp2<Fp> b = samples.Next2();
            Fp.Multiply(out Fp t0, a.C0, b.C0);
            Fp.Multiply(out Fp t1, a.C1, b.C1);
            Fp.Subtract(out Fp real, t0, t1);
            Fp.Multiply(out t0, a.C0, b.C1);
            Fp.Multiply(out t1, a.C1, b.C0);
            Fp.Add(out Fp imaginary, t0, t1);
            Fp2<Fp>.Multiply(out Fp2<Fp> product, a, b);
            Assert.True(FieldSamples.Equal(new Fp2<Fp>(real, imaginary), product));
            Fp2<Fp>.Square(out Fp2<Fp> square, a);
            Fp2<Fp>.Multiply(out product, a, a);
            Assert.True(FieldSamples.Equal(square, product));

            // (ab)c = a(bc), a*a = a^2, a * 1/a = 1, a line is a sparse factor
            Fp12<Fp> f = samples.Next12();
            Fp12<Fp> g = samples.Next12();
            Fp12<Fp> h = samples.Next12();
            Fp12<Fp>.Multiply(out Fp12<Fp> left, f, g);
            Fp12<Fp>.Multiply(out left, left, h);
            Fp12<Fp>.Multiply(out Fp12<Fp> right, g, h);
            Fp12<Fp>.Multiply(out right, f, right);
            Assert.True(FieldSamples.Equal(left, right));
            Fp12<Fp>.Square(out left, f);
            Fp12<Fp>.Multiply(out right, f, f);
            Assert.True(FieldSamples.Equal(left, right));
            Fp12<Fp>.Inverse(out left, f);
            Fp12<Fp>.Multiply(out left, left, f);
            Assert.True(Fp12<Fp>.IsOne(left));
            Fp12<Fp> line = default;
            line.C0.C0 = a;
            line.C0.C1 = b;
            line.C1.C1 = samples.Next2();
            Fp12<Fp>.Multiply(out left, f, line);
            Fp12<Fp>.MultiplyByLine(out right, f, line.C0.C0, line.C0.C1, line.C1.C1);
            Assert.True(FieldSamples.Equal(left, right));
        }
    }

    [Fact]
    public void Frobenius_is_the_power_p_and_unitary_squares_are_squares()
    {
        var samples = new FieldSamples(13);
        Fp12<Fp> f = samples.Next12();
        Fp12<Fp>.One(out Fp12<Fp> power);
        for (int bit = 380; bit >= 0; bit--)
        {
            Fp12<Fp>.Square(out power, power);
            if (!((FieldPowers.Modulus >> bit) & 1).IsZero)
            {
                Fp12<Fp>.Multiply(out power, power, f);
            }
        }

        Fp12<Fp>.Frobenius(out Fp12<Fp> frobenius, f);
        Assert.True(FieldSamples.Equal(power, frobenius));
        FinalExponentiation<Fp>.Run(out Fp12<Fp> unitary, f);
        Fp12<Fp>.SquareCyclotomic(out Fp12<Fp> fast, unitary);
        Fp12<Fp>.Square(out Fp12<Fp> slow, unitary);
        Assert.True(FieldSamples.Equal(fast, slow));
        Assert.True(Fp12<Fp>.IsOne(Power(unitary, Order)));
        Fp12<Fp>.SquareCyclotomic(out fast, f);
        Fp12<Fp>.Square(out slow, f);
        Assert.False(FieldSamples.Equal(fast, slow));
    }

    [Fact]
    public void Square_roots_in_the_quadratic_extension()
    {
        var samples = new FieldSamples(14);
        int squares = 0;
        for (int i = 0; i < 100; i++)
        {
            Fp2<Fp> w = i switch
            {
                0 => default,
                < 10 => new Fp2<Fp>(samples.Next(), default),
                < 20 => new Fp2<Fp>(default, samples.Next()),
                _ => samples.Next2(),
            };
            int square = SquareRoot<Fp>.Reciprocal(out Fp2<Fp> r, w);
            squares += square;
            SquareRoot<Fp>.TimesZ(out Fp2<Fp> zw, w);
            Fp2<Fp>.Square(out Fp2<Fp> check, r);
            Fp2<Fp>.Multiply(out check, check, square == 1 ? w : zw);
            Fp2<Fp>.One(out Fp2<Fp> one);
            Assert.True(Fp2<Fp>.ZeroMask(w) == 1 ? Fp2<Fp>.ZeroMask(r) == 1 : FieldSamples.Equal(check, one), $"{i}");
        }

        Assert.InRange(squares, 30, 80);
    }

    [Fact]
    public void Groups_obey_their_laws()
    {
        GroupLaws(Lift(G1<Fp>.Generator));
        GroupLaws(HashOf("G2"));
    }

    [Fact]
    public void Subgroup_checks_accept_the_subgroup_only()
    {
        var samples = new FieldSamples(15);
        int outsideG1 = 0;
        int outsideG2 = 0;
        for (int i = 0; i < 40; i++)
        {
            Fp x = samples.Next();
            G1<Fp>.RightSide(out Fp square, x);
            if (SquareRoot<Fp>.TryRoot(out Fp y, square) == 1)
            {
                AffinePoint<Fp> point = new(x, y);
                bool inGroup = IsInfinite(Times(Lift(point), Order));
                Assert.Equal(inGroup ? 1 : 0, G1<Fp>.SubgroupMask(point));
                outsideG1 += inGroup ? 0 : 1;
            }

            Fp2<Fp> x2 = samples.Next2();
            G2<Fp>.RightSide(out Fp2<Fp> square2, x2);
            if (SquareRoot<Fp>.TryRoot(out Fp2<Fp> y2, square2) == 1)
            {
                AffinePoint<Fp2<Fp>> point = new(x2, y2);
                bool inGroup = IsInfinite(Times(Lift(point), Order));
                Assert.Equal(inGroup ? 1 : 0, G2<Fp>.SubgroupMask(point));
                outsideG2 += inGroup ? 0 : 1;
                G2<Fp>.ClearCofactor(out JacobianPoint<Fp2<Fp>> cleared, Lift(point));
                Assert.True(IsInfinite(Times(cleared, Order)));
                JacobianPoint<Fp2<Fp>>.ToAffine(out AffinePoint<Fp2<Fp>> affine, cleared);
                Assert.Equal(1, G2<Fp>.SubgroupMask(affine));
            }
        }

        Assert.True(outsideG1 > 5 && outsideG2 > 5);
        Assert.Equal(1, G1<Fp>.SubgroupMask(G1<Fp>.Generator));
    }

    [Fact]
    public void Endomorphisms_multiply_by_their_eigenvalues()
    {
        JacobianPoint<Fp2<Fp>> q = HashOf("eigenvalue");
        G2<Fp>.Psi(out JacobianPoint<Fp2<Fp>> psi, q);
        Assert.Equal(1, JacobianPoint<Fp2<Fp>>.EqualMask(psi, Times(q, Order + X)));
        JacobianPoint<Fp2<Fp>>.ToAffine(out AffinePoint<Fp2<Fp>> affine, q);
        G2<Fp>.Phi(out AffinePoint<Fp2<Fp>> image2, affine);
        Assert.Equal(1, JacobianPoint<Fp2<Fp>>.EqualMask(Lift(image2), Times(q, Order - (X * X))));
        G1<Fp>.Phi(out AffinePoint<Fp> image1, G1<Fp>.Generator);
        Assert.Equal(1, JacobianPoint<Fp>.EqualMask(Lift(image1), Times(Lift(G1<Fp>.Generator), Order - (X * X))));
        foreach (ulong weight in (ReadOnlySpan<ulong>)[1, 1UL << 32, ulong.MaxValue, 0x123456789abcdef0, 0x80000000])
        {
            WeightedSum.Sum(out JacobianPoint<Fp2<Fp>> sum, [affine, affine], [image2, image2], [weight, 7]);
            BigInteger scalar = (weight & uint.MaxValue) + ((Order - (X * X)) * (weight >> 32)) + 7;
            Assert.Equal(1, JacobianPoint<Fp2<Fp>>.EqualMask(sum, Times(q, scalar)));
        }
    }

    [Fact]
    public void Pairing_is_bilinear_and_not_degenerate()
    {
        JacobianPoint<Fp> p = Lift(G1<Fp>.Generator);
        JacobianPoint<Fp2<Fp>> q = HashOf("pairing");
        Fp12<Fp> e = Pair(p, q);
        Assert.False(Fp12<Fp>.IsOne(e));
        Assert.True(Fp12<Fp>.IsOne(Power(e, Order)));
        var samples = new FieldSamples(16);
        BigInteger a = samples.NextInteger() % Order;
        BigInteger b = samples.NextInteger() % Order;
        Assert.True(FieldSamples.Equal(Pair(Times(p, a), Times(q, b)), Power(e, a * b % Order)));
        Assert.True(FieldSamples.Equal(Pair(Times(p, a), q), Pair(p, Times(q, a))));
        Assert.False(FieldSamples.Equal(Pair(Times(p, a), q), Pair(p, Times(q, a + 1))));
    }

    [Fact]
    public void Secret_multiplication_equals_the_public_one()
    {
        JacobianPoint<Fp2<Fp>> q = HashOf("secret");
        JacobianPoint<Fp2<Fp>>.ToAffine(out AffinePoint<Fp2<Fp>> affine, q);
        var samples = new FieldSamples(17);
        foreach (BigInteger k in (ReadOnlySpan<BigInteger>)[1, 2, 15, 16, Order - 1, samples.NextInteger() % Order])
        {
            byte[] bytes = new byte[32];
            byte[] shortest = k.ToByteArray(isUnsigned: true, isBigEndian: true);
            shortest.CopyTo(bytes, 32 - shortest.Length);
            Assert.True(SecretScalar.TryRead(bytes, out SecretScalar secret));
            secret.Multiply(out AffinePoint<Fp2<Fp>> product, affine);
            Assert.Equal(1, JacobianPoint<Fp2<Fp>>.EqualMask(Lift(product), Times(q, k)));
        }

        foreach (BigInteger k in (ReadOnlySpan<BigInteger>)[0, Order, Order + 1, (BigInteger.One << 256) - 1])
        {
            byte[] bytes = new byte[32];
            byte[] shortest = k.ToByteArray(isUnsigned: true, isBigEndian: true);
            shortest.CopyTo(bytes, 32 - shortest.Length);
            Assert.False(SecretScalar.TryRead(bytes, out _), $"{k}");
        }
    }

    private static void GroupLaws<T>(JacobianPoint<T> g)
        where T : unmanaged, IField<T>
    {
        JacobianPoint<T>.Infinity(out JacobianPoint<T> zero);
        Assert.True(IsInfinite(Times(g, Order)));
        JacobianPoint<T> a = Times(g, 12345);
        JacobianPoint<T> b = Times(g, 54321);
        JacobianPoint<T>.Add(out JacobianPoint<T> sum, a, b);
        Same(sum, Times(g, 12345 + 54321));
        JacobianPoint<T>.Add(out sum, b, a);
        Same(sum, Times(g, 12345 + 54321));
        JacobianPoint<T>.Add(out sum, a, a);
        Same(sum, Times(g, 2 * 12345));
        JacobianPoint<T>.Negate(out JacobianPoint<T> minus, a);
        JacobianPoint<T>.Add(out sum, a, minus);
        Assert.True(IsInfinite(sum));
        JacobianPoint<T>.Add(out sum, zero, a);
        Same(sum, a);
        JacobianPoint<T>.Add(out sum, a, zero);
        Same(sum, a);
        JacobianPoint<T>.Add(out sum, zero, zero);
        Assert.True(IsInfinite(sum));
        JacobianPoint<T>.Double(out sum, zero);
        Assert.True(IsInfinite(sum));
        var affine = new AffinePoint<T>[3];
        JacobianPoint<T>.ToAffine([a, zero, b], affine);
        JacobianPoint<T>.AddMixed(out sum, a, affine[2]);
        Same(sum, Times(g, 12345 + 54321));
        JacobianPoint<T>.AddMixed(out sum, a, affine[0]);
        Same(sum, Times(g, 2 * 12345));
        JacobianPoint<T>.AddMixed(out sum, zero, affine[0]);
        Same(sum, a);
        JacobianPoint<T>.AddMixed(out sum, minus, affine[0]);
        Assert.True(IsInfinite(sum));
        Assert.Equal(1, T.ZeroMask(affine[1].X) & T.ZeroMask(affine[1].Y));
        Assert.Equal(0, JacobianPoint<T>.EqualMask(a, zero));
        CurveParameter.Multiply(out sum, a);
        Same(sum, Times(a, CurveParameter.Magnitude));
    }

    private static void Same<T>(in JacobianPoint<T> a, in JacobianPoint<T> b)
        where T : unmanaged, IField<T> =>
        Assert.Equal(1, JacobianPoint<T>.EqualMask(a, b));

    private static bool IsInfinite<T>(in JacobianPoint<T> a)
        where T : unmanaged, IField<T> => T.ZeroMask(a.Z) == 1;

    private static JacobianPoint<T> Lift<T>(in AffinePoint<T> a)
        where T : unmanaged, IField<T>
    {
        JacobianPoint<T>.FromAffine(out JacobianPoint<T> r, a);
        return r;
    }

    private static JacobianPoint<T> Times<T>(in JacobianPoint<T> p, BigInteger k)
        where T : unmanaged, IField<T>
    {
        JacobianPoint<T>.Infinity(out JacobianPoint<T> r);
        for (int bit = (int)k.GetBitLength() - 1; bit >= 0; bit--)
        {
            JacobianPoint<T>.Double(out r, r);
            if (!((k >> bit) & 1).IsZero)
            {
                JacobianPoint<T>.Add(out r, r, p);
            }
        }

        return r;
    }

    private static Fp12<Fp> Power(in Fp12<Fp> a, BigInteger k)
    {
        Fp12<Fp>.One(out Fp12<Fp> r);
        for (int bit = (int)k.GetBitLength() - 1; bit >= 0; bit--)
        {
            Fp12<Fp>.Square(out r, r);
            if (!((k >> bit) & 1).IsZero)
            {
                Fp12<Fp>.Multiply(out r, r, a);
            }
        }

        return r;
    }

    private static Fp12<Fp> Pair(in JacobianPoint<Fp> p, in JacobianPoint<Fp2<Fp>> q)
    {
        JacobianPoint<Fp>.ToAffine(out AffinePoint<Fp> affineP, p);
        JacobianPoint<Fp2<Fp>>.ToAffine(out AffinePoint<Fp2<Fp>> affineQ, q);
        MillerLoop<Fp>.Run(out Fp12<Fp> f, [affineP], [affineQ], new JacobianPoint<Fp2<Fp>>[1]);
        FinalExponentiation<Fp>.Run(out f, f);
        return f;
    }

    private static JacobianPoint<Fp2<Fp>> HashOf(string text)
    {
        Bls12381Scalar.HashPoint(System.Text.Encoding.ASCII.GetBytes(text), out JacobianPoint<Fp2<Fp>> point);
        return point;
    }
}
