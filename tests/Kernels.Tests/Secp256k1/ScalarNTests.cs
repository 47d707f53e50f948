using System.Numerics;
using Tactus.Kernels.Secp256k1;

namespace Tactus.Kernels.Tests.Secp256k1;

/// <summary>Arithmetic mod n against big integers, on edge-biased values.</summary>
public sealed class ScalarNTests
{
    private static readonly BigInteger N = BigInteger.Parse(
        "0FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141",
        System.Globalization.NumberStyles.HexNumber,
        System.Globalization.CultureInfo.InvariantCulture);

    private static readonly BigInteger Lambda = Value(ScalarN.Lambda);

    [Fact]
    public void Arithmetic_equals_big_integers()
    {
        var generator = new Secp256k1CaseGenerator(0x5EED_0030);
        for (int i = 0; i < 4000; i++)
        {
            ScalarN a = Next(generator, out BigInteger x);
            ScalarN b = Next(generator, out BigInteger y);
            Assert.Equal(x * y % N, Value(a * b));
            Assert.Equal((x + y) % N, Value(a + b));
            Assert.Equal((N - x) % N, Value(a.Negate()));
            Assert.Equal(x > N / 2, a.IsHigh);
            Assert.Equal(x.IsZero, a.IsZero);
            if (i % 40 == 0)
            {
                BigInteger inverse = BigInteger.ModPow(x, N - 2, N);
                Assert.Equal(inverse, Value(a.Inverse()));
                Assert.Equal(inverse, Value(a.InverseVar()));
            }
        }
    }

    [Fact]
    public void Halves_recombine_and_are_short()
    {
        var generator = new Secp256k1CaseGenerator(0x5EED_0031);
        BigInteger longest = 0;
        for (int i = 0; i < 4000; i++)
        {
            Next(generator, out BigInteger x).SplitGlv(out SignedHalf low, out SignedHalf high);
            Assert.Equal(x, (((Signed(low) + (Signed(high) * Lambda)) % N) + N) % N);
            longest = BigInteger.Max(longest, BigInteger.Max((BigInteger)low.Magnitude, (BigInteger)high.Magnitude));
        }

        // (A1 + A2 + 1)/2, see ScalarN.Curve.cs
        BigInteger bound = (BigInteger.Parse("3086d221a7d46bcde86c90e49284eb15", System.Globalization.NumberStyles.HexNumber)
            + BigInteger.Parse("0114ca50f7a8e2f3f657c1108d9d44cfd8", System.Globalization.NumberStyles.HexNumber) + 1) / 2;
        Assert.True(longest <= bound && longest > bound / 4);
    }

    [Fact]
    public void Digits_recombine()
    {
        var generator = new Secp256k1CaseGenerator(0x5EED_0032);
        Span<sbyte> digits = stackalloc sbyte[129];
        byte[] bytes = new byte[32];
        for (int i = 0; i < 500; i++)
        {
            generator.Number(bytes);
            UInt128 magnitude = System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes.AsSpan(16));
            magnitude -= magnitude > UInt128.MaxValue - 65536 ? 65536U : 0U;
            int window = 2 + (i % 7);
            StraussScalar<ScalarN>.ToDigits(new SignedHalf(magnitude, (i & 1) != 0), window, digits);
            BigInteger sum = 0;
            for (int at = 128; at >= 0; at--)
            {
                Assert.True(digits[at] == 0 || ((digits[at] & 1) != 0 && Math.Abs((int)digits[at]) < 1 << (window - 1)));
                sum = (2 * sum) + digits[at];
            }

            Assert.Equal((i & 1) != 0 ? -(BigInteger)magnitude : (BigInteger)magnitude, sum);
        }
    }

    [Fact]
    public void Lambda_and_beta_belong_together()
    {
        AffinePoint product = StraussScalar<ScalarN>.Combine(ScalarN.Generator, ScalarN.Zero, ScalarN.Lambda).ToAffine();
        AffinePoint mapped = ScalarN.Generator.TimesLambda();
        Assert.True(FieldScalar.Equals(product.X, mapped.X, 1) && FieldScalar.Equals(product.Y, mapped.Y, 1));
        Assert.Equal(ScalarN.One, ScalarN.Lambda * ScalarN.Lambda.Square());
    }

    [Fact]
    public void Reading_refuses_what_is_not_below_n()
    {
        var generator = new Secp256k1CaseGenerator(0x5EED_0033);
        byte[] bytes = new byte[32];
        for (int i = 0; i < 2000; i++)
        {
            generator.Number(bytes);
            var value = new BigInteger(bytes, isUnsigned: true, isBigEndian: true);
            Assert.Equal(value < N, ScalarN.TryRead(bytes, out ScalarN scalar));
            Assert.Equal(value < N ? value : 0, Value(scalar));
            Assert.Equal(value % N, Value(ScalarN.ReadReduced(bytes)));
        }
    }

    private static ScalarN Next(Secp256k1CaseGenerator generator, out BigInteger value)
    {
        Span<byte> bytes = stackalloc byte[32];
        generator.Number(bytes);
        value = new BigInteger(bytes, isUnsigned: true, isBigEndian: true) % N;
        return ScalarN.ReadReduced(bytes);
    }

    private static BigInteger Signed(SignedHalf half) => half.IsNegative ? -(BigInteger)half.Magnitude : (BigInteger)half.Magnitude;

    private static BigInteger Value(in ScalarN a) =>
        a.W0 + ((BigInteger)a.W1 << 64) + ((BigInteger)a.W2 << 128) + ((BigInteger)a.W3 << 192);
}
