using System.Numerics;
using Tactus.Kernels.Bls12381;

namespace Tactus.Kernels.Tests.Bls12381;

/// <summary>
/// F_p against BigInteger, scalar and in lanes, over edge-biased values in every permitted form. Seeds are fixed.
/// </summary>
public class FpTests
{
    private const int Rounds = 3000;
    private static readonly BigInteger P = FieldPowers.Modulus;

    private delegate void Binary<F>(out F r, in F a, in F b);

    private delegate void Unary<F>(out F r, in F a);

    [Fact]
    public void Parameters_fit_each_other()
    {
        // p = (x - 1)^2 * (x^4 - x^2 + 1)/3 + x
        BigInteger x = -(BigInteger)CurveParameter.Magnitude;
        BigInteger r = BigInteger.Pow(x, 4) - (x * x) + 1;
        Assert.Equal(P, ((x - 1) * (x - 1) * r / 3) + x);
        Fp.One(out Fp one);
        Assert.Equal(1, FieldSamples.Value(one));
        Assert.Equal(BigInteger.One << 64, FieldSamples.Value(Fp.FromUInt64(ulong.MaxValue)) + 1);
    }

    [Fact]
    public void Scalar_operations_equal_integers()
    {
        var samples = new FieldSamples(381);
        for (int i = 0; i < Rounds; i++)
        {
            Fp a = samples.Next();
            Fp b = samples.Next();
            Fp c = samples.Next();
            Fp d = samples.Next();
            (BigInteger va, BigInteger vb) = (FieldSamples.Value(a), FieldSamples.Value(b));
            Check(Fp.Add, a, b, (va + vb) % P);
            Check(Fp.Subtract, a, b, (va - vb + P) % P);
            Check(Fp.Multiply, a, b, va * vb % P);
            Check(Fp.Square, a, va * va % P);
            Check(Fp.Double, a, 2 * va % P);
            Check(Fp.Negate, a, (P - va) % P);
            Check(Fp.MultiplyBy3B, a, 12 * va % P);
            Fp.MultiplySum(out Fp sum, a, b, c, d);
            Assert.Equal(((va * vb) + (FieldSamples.Value(c) * FieldSamples.Value(d))) % P, FieldSamples.Value(sum));
            Assert.Equal(va.IsZero ? 1 : 0, Fp.ZeroMask(a));
            Assert.Equal(va.IsEven ? 0 : 1, Fp.OddMask(a));
            Assert.Equal(va > (P - 1) / 2, Fp.IsUpperHalf(a));
        }
    }

    [Fact]
    public void Inverse_and_roots_equal_integers()
    {
        var samples = new FieldSamples(382);
        for (int i = 0; i < 100; i++)
        {
            Fp a = samples.Next();
            BigInteger v = FieldSamples.Value(a);
            Fp.Inverse(out Fp inverse, a);
            Assert.Equal(BigInteger.ModPow(v, P - 2, P), FieldSamples.Value(inverse));
            bool isSquare = v.IsZero || BigInteger.ModPow(v, (P - 1) / 2, P).IsOne;
            Assert.Equal(isSquare ? 1 : 0, SquareRoot<Fp>.TryRoot(out Fp root, a));
            Assert.True(!isSquare || BigInteger.Pow(FieldSamples.Value(root), 2) % P == v);
        }
    }

    [Fact]
    public void Encoding_round_trips_and_refuses_p_and_above()
    {
        var samples = new FieldSamples(383);
        byte[] bytes = new byte[48];
        ulong[] words = new ulong[6];
        for (int i = 0; i < 500; i++)
        {
            Fp a = samples.Next();
            a.Write(bytes);
            Assert.Equal(FieldSamples.Value(a), new BigInteger(bytes, isUnsigned: true, isBigEndian: true));
            Assert.True(Fp.TryRead(bytes, out Fp again));
            Assert.Equal(FieldSamples.Value(a), FieldSamples.Value(again));
            a.Pack(words);
            Assert.Equal(FieldSamples.Stored(a), FieldSamples.Stored(Fp.Unpack(words)));
        }

        foreach (BigInteger tooLarge in (ReadOnlySpan<BigInteger>)[P, P + 1, (BigInteger.One << 384) - 1, 2 * P])
        {
            bytes = tooLarge.ToByteArray(isUnsigned: true, isBigEndian: true);
            Assert.False(Fp.TryRead(bytes, out _), $"{tooLarge:x}");
        }

        bytes = (P - 1).ToByteArray(isUnsigned: true, isBigEndian: true);
        Assert.True(Fp.TryRead(bytes, out _));
    }

    [Fact]
    public void Wide_bytes_are_reduced()
    {
        var random = new Random(384);
        byte[] bytes = new byte[64];
        for (int i = 0; i < 200; i++)
        {
            random.NextBytes(bytes);
            bytes.AsSpan(0, i % 65).Fill((byte)(i % 2 == 0 ? 0xff : 0));
            Fp.ReadReduced(out Fp r, bytes);
            Assert.Equal(new BigInteger(bytes, isUnsigned: true, isBigEndian: true) % P, FieldSamples.Value(r));
        }
    }

    [Fact]
    public void Lanes_equal_scalar()
    {
        if (!FpX8.IsSupported)
        {
            return;
        }

        var samples = new FieldSamples(385);
        for (int i = 0; i < Rounds / 8; i++)
        {
            (FpX8 a, Fp[] sa) = NextLanes(samples);
            (FpX8 b, Fp[] sb) = NextLanes(samples);
            (FpX8 c, Fp[] sc) = NextLanes(samples);
            (FpX8 d, Fp[] sd) = NextLanes(samples);
            CheckLanes(FpX8.Add, Fp.Add, a, b, sa, sb);
            CheckLanes(FpX8.Subtract, Fp.Subtract, a, b, sa, sb);
            CheckLanes(FpX8.Multiply, Fp.Multiply, a, b, sa, sb);
            CheckLanes(OfOne<FpX8>(FpX8.Square), OfOne<Fp>(Fp.Square), a, b, sa, sb);
            CheckLanes(OfOne<FpX8>(FpX8.Negate), OfOne<Fp>(Fp.Negate), a, b, sa, sb);
            FpX8.MultiplySum(out FpX8 sum, a, b, c, d);
            int zero = FpX8.ZeroMask(a);
            int odd = FpX8.OddMask(a);
            FpX8.Select(out FpX8 chosen, i, a, b);
            for (int lane = 0; lane < 8; lane++)
            {
                Fp.MultiplySum(out Fp expected, sa[lane], sb[lane], sc[lane], sd[lane]);
                FpX8.Get(out Fp actual, sum, lane);
                Assert.Equal(FieldSamples.Value(expected), FieldSamples.Value(actual));
                Assert.Equal(Fp.ZeroMask(sa[lane]), (zero >> lane) & 1);
                Assert.Equal(Fp.OddMask(sa[lane]), (odd >> lane) & 1);
                FpX8.Get(out actual, chosen, lane);
                Fp wanted = ((i >> lane) & 1) != 0 ? sa[lane] : sb[lane];
                Assert.Equal(FieldSamples.Stored(wanted), FieldSamples.Stored(actual));
            }
        }
    }

    private static (FpX8 Lanes, Fp[] Scalars) NextLanes(FieldSamples samples)
    {
        FpX8 lanes = default;
        var scalars = new Fp[8];
        for (int lane = 0; lane < 8; lane++)
        {
            scalars[lane] = samples.Next();
            FpX8.Set(ref lanes, lane, scalars[lane]);
        }

        return (lanes, scalars);
    }

    private static void CheckLanes(Binary<FpX8> wide, Binary<Fp> scalar, FpX8 a, FpX8 b, Fp[] sa, Fp[] sb)
    {
        wide(out FpX8 r, a, b);
        wide(out a, a, b);
        for (int lane = 0; lane < 8; lane++)
        {
            scalar(out Fp expected, sa[lane], sb[lane]);
            FpX8.Get(out Fp actual, r, lane);
            FpX8.Get(out Fp inPlace, a, lane);
            Assert.Equal(FieldSamples.Value(expected), FieldSamples.Value(actual));
            Assert.Equal(FieldSamples.Stored(actual), FieldSamples.Stored(inPlace));
            Assert.True(FieldSamples.Stored(actual) < 4 * P);
        }
    }

    // also in place, and within the bound that every operation promises
    private static void Check(Binary<Fp> operation, Fp a, Fp b, BigInteger expected)
    {
        operation(out Fp r, a, b);
        Assert.Equal(expected, FieldSamples.Value(r));
        Assert.True(FieldSamples.Stored(r) < 4 * P);
        operation(out a, a, b);
        Assert.Equal(expected, FieldSamples.Value(a));
    }

    private static void Check(Unary<Fp> operation, Fp a, BigInteger expected) =>
        Check(OfOne(operation), a, a, expected);

    private static Binary<F> OfOne<F>(Unary<F> operation) => (out F r, in F x, in F _) => operation(out r, x);
}
