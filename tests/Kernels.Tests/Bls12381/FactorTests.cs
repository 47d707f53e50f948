using System.Numerics;
using System.Runtime.Intrinsics.X86;
using Tactus.Kernels.Bls12381;

namespace Tactus.Kernels.Tests.Bls12381;

/// <summary>
/// Products in F_p and F_p2 of unreduced sums, and the sums that are reduced in one pass, against BigInteger at the
/// bounds of their operands. With AVX2 these are <c>FpAvx2</c> and <c>Fp2Avx2</c>; without it the products by columns.
/// </summary>
public class FactorTests
{
    private const int Rounds = 4000;
    private static readonly BigInteger P = FieldPowers.Modulus;

    [Fact]
    public void The_machine_takes_the_vector_products_where_it_can()
    {
        Assert.Equal(Avx2.IsSupported, FpAvx2.IsSupported);
        Assert.Equal(Avx2.IsSupported, Fp2Avx2.IsSupported);
    }

    [Fact]
    public void Products_of_sums_equal_integers()
    {
        var samples = new FieldSamples(386);
        for (int i = 0; i < Rounds; i++)
        {
            Factor(samples, i, out Fp2<Fp> a, out BigInteger a0, out BigInteger a1);
            Factor(samples, i / 2, out Fp2<Fp> b, out BigInteger b0, out BigInteger b1);
            Fp.Multiply(out Fp r, a.C0, b.C1);
            Check(a0 * b1, r);
            Fp.Square(out r, a.C1);
            Check(a1 * a1, r);
            Fp2<Fp>.Multiply(out Fp2<Fp> product, a, b);
            Check((a0 * b0) - (a1 * b1), product.C0);
            Check((a0 * b1) + (a1 * b0), product.C1);
            Fp2<Fp>.Square(out Fp2<Fp> square, a);
            Check((a0 * a0) - (a1 * a1), square.C0);
            Check(2 * a0 * a1, square.C1);
            Fp2<Fp>.MultiplyBase(out Fp2<Fp> scaled, a, b.C0);
            Check(a0 * b0, scaled.C0);
            Check(a1 * b0, scaled.C1);

            // in place, as left and as right factor
            Fp2<Fp> left = a;
            Fp2<Fp>.Multiply(out left, left, b);
            Fp2<Fp> right = b;
            Fp2<Fp>.Multiply(out right, a, right);
            Assert.Equal(FieldSamples.Stored(product.C0), FieldSamples.Stored(left.C0));
            Assert.Equal(FieldSamples.Stored(product.C1), FieldSamples.Stored(left.C1));
            Assert.Equal(FieldSamples.Stored(product.C0), FieldSamples.Stored(right.C0));
            Assert.Equal(FieldSamples.Stored(product.C1), FieldSamples.Stored(right.C1));
            Fp2<Fp>.Square(out a, a);
            Assert.Equal(FieldSamples.Stored(square.C1), FieldSamples.Stored(a.C1));
            Fp2<Fp>.MultiplyBase(out b, b, b.C0);
            Check(b0 * b0, b.C0);
            Check(b1 * b0, b.C1);
        }
    }

    [Fact]
    public void Longer_sums_equal_integers()
    {
        var samples = new FieldSamples(387);
        for (int i = 0; i < Rounds; i++)
        {
            Fp a = samples.NextLarge();
            Fp b = samples.NextLarge();
            Fp c = samples.NextLarge();
            BigInteger va = FieldSamples.Value(a);
            BigInteger vb = FieldSamples.Value(b);
            BigInteger vc = FieldSamples.Value(c);
            Fp.AddTwo(out Fp r, a, b, c);
            Check(va + vb + vc, r);
            Fp.AddSubtract(out r, a, b, c);
            Check(va + vb - vc, r);
            Fp.SubtractTwo(out r, a, b, c);
            Check(va - vb - vc, r);
            Fp.ThreeTimesPlusTwice(out r, a, b);
            Check((3 * va) + (2 * vb), r);
            Fp.ThreeTimesLessTwice(out r, a, b);
            Check((3 * va) - (2 * vb), r);
            Fp2<Fp>.AddTimesXi(out Fp2<Fp> sum, new Fp2<Fp>(a, b), new Fp2<Fp>(b, c));
            Check(va + vb - vc, sum.C0);
            Check(vb + vb + vc, sum.C1);
        }
    }

    // every third a single element, which is tight; the others a sum of two
    private static void Factor(
        FieldSamples samples, int round, out Fp2<Fp> factor, out BigInteger v0, out BigInteger v1)
    {
        factor = new Fp2<Fp>(samples.NextLarge(), samples.NextLarge());
        v0 = FieldSamples.Value(factor.C0);
        v1 = FieldSamples.Value(factor.C1);
        if (round % 3 == 0)
        {
            return;
        }

        var other = new Fp2<Fp>(samples.NextLarge(), samples.NextLarge());
        v0 += FieldSamples.Value(other.C0);
        v1 += FieldSamples.Value(other.C1);
        Fp2<Fp>.AddFactor(out factor, factor, other);
    }

    // the value, tight limbs, and the bound that every operation promises
    private static void Check(BigInteger expected, in Fp actual)
    {
        expected %= P;
        Assert.Equal(expected.Sign < 0 ? expected + P : expected, FieldSamples.Value(actual));
        Assert.True(((actual.L0 | actual.L1 | actual.L2 | actual.L3 | actual.L4 | actual.L5) >> 56) == 0);
        Assert.True(FieldSamples.Stored(actual) < 4 * P);
    }
}
