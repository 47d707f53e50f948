using System.Numerics;
using Tactus.Kernels.Secp256k1;

namespace Tactus.Kernels.Tests.Secp256k1;

/// <summary>
/// Field arithmetic against big integers, on edge-biased values of every magnitude; and proof that the check can fail.
/// </summary>
public sealed class FieldScalarTests
{
    private const ulong Mask52 = (1UL << 52) - 1;
    private const ulong Mask48 = (1UL << 48) - 1;
    private static readonly BigInteger P = BigInteger.Pow(2, 256) - BigInteger.Pow(2, 32) - 977;

    [Fact]
    public void Arithmetic_equals_big_integers() =>
        Assert.Null(FirstFailure((a, b) => a * b, a => a.Square(), a => a.Normalize(), rounds: 4000));

    /// <summary>Three faults of the kind that slips into such code. The suite above must see each.</summary>
    [Theory]
    [InlineData("missing final subtraction")]
    [InlineData("dropped carry")]
    [InlineData("swapped limbs")]
    public void A_known_bad_variant_is_found(string fault)
    {
        string? failure = fault switch
        {
            "missing final subtraction" => FirstFailure((a, b) => a * b, a => a.Square(), NormalizeWithoutSubtraction, 4000),
            "dropped carry" => FirstFailure(MultiplyDroppingACarry, a => a.Square(), a => a.Normalize(), 4000),
            _ => FirstFailure((a, b) => a * b, SquareSwappingLimbs, a => a.Normalize(), 4000),
        };
        Assert.NotNull(failure);
    }

    [Fact]
    public void Powers_equal_big_integers()
    {
        var generator = new Secp256k1CaseGenerator(0x5EED_0020);
        for (int i = 0; i < 300; i++)
        {
            FieldScalar a = Next(generator, 1, out BigInteger value);
            Assert.Equal(BigInteger.ModPow(value, P - 2, P), Value(a.Inverse().Normalize()));
            bool isSquare = value.IsZero || BigInteger.ModPow(value, (P - 1) / 2, P).IsOne;
            Assert.Equal(isSquare, a.TrySqrt(out FieldScalar root));
            Assert.True(!isSquare || Value(root.Square().Normalize()) == value);
        }
    }

    [Fact]
    public void Reading_refuses_what_is_not_below_p()
    {
        var generator = new Secp256k1CaseGenerator(0x5EED_0021);
        byte[] bytes = new byte[32];
        byte[] back = new byte[32];
        for (int i = 0; i < 2000; i++)
        {
            generator.Number(bytes);
            var value = new BigInteger(bytes, isUnsigned: true, isBigEndian: true);
            Assert.Equal(value < P, FieldScalar.TryRead(bytes, out FieldScalar field));
            field.Write(back);
            Assert.Equal(value < P ? bytes : new byte[32], back);
        }
    }

#if VERIFY
    [Fact]
    public void A_verify_build_refuses_magnitudes_out_of_bounds()
    {
        FieldScalar a = FieldScalar.One.Times(9);
        Assert.Throws<InvalidOperationException>(() => a * FieldScalar.One);
        Assert.Throws<InvalidOperationException>(() => a.Negate(8));
        Assert.Throws<InvalidOperationException>(() => FieldScalar.One.Negate(1).Write(new byte[32]));
    }
#endif

    // Null, or what differs first. Operands take magnitudes 1 to 8 as sums of values.
    private static string? FirstFailure(
        Func<FieldScalar, FieldScalar, FieldScalar> multiply,
        Func<FieldScalar, FieldScalar> square,
        Func<FieldScalar, FieldScalar> normalize,
        int rounds)
    {
        var generator = new Secp256k1CaseGenerator(0x5EED_0022);
        for (int i = 0; i < rounds; i++)
        {
            int magnitude = 1 + generator.Below(8);
            FieldScalar a = Next(generator, magnitude, out BigInteger x);
            FieldScalar b = Next(generator, 1 + generator.Below(8), out BigInteger y);
            (string Name, FieldScalar Result, BigInteger Expected)[] all =
            [
                ("a*b", multiply(a, b), x * y),
                ("a^2", square(a), x * x),
                ("a+b", a + b, x + y),
                ("-a", a.Negate(magnitude), P - x),
                ("3a", a.Times(3), 3 * x),
                ("a/2", a.Half() + a.Half(), x),
                ("weak a", a.NormalizeWeak(), x),
                ("a", a, x),
            ];
            foreach ((string name, FieldScalar result, BigInteger expected) in all)
            {
                BigInteger actual = Value(normalize(result));
                if (actual != expected % P)
                {
                    return $"round {i}: {name} = {actual:x}, expected {expected % P:x}; a = {x:x}, b = {y:x}";
                }
            }
        }

        return null;
    }

    private static FieldScalar Next(Secp256k1CaseGenerator generator, int magnitude, out BigInteger value)
    {
        Span<byte> bytes = stackalloc byte[32];
        FieldScalar sum = FieldScalar.Zero;
        value = 0;
        for (int i = 0; i < magnitude; i++)
        {
            do
            {
                generator.Number(bytes);
            }
            while (!FieldScalar.TryRead(bytes, out _));
            FieldScalar.TryRead(bytes, out FieldScalar term);

            // now and then a representative that is not below p: -(-x)
            bool twice = i < magnitude - 2 && generator.Below(3) == 0;
            sum += twice ? term.Negate(1).Negate(2) : term;
            i += twice ? 2 : 0;
            value += new BigInteger(bytes, isUnsigned: true, isBigEndian: true);
        }

        value %= P;
        return sum;
    }

    private static BigInteger Value(in FieldScalar a) =>
        a.N0 + ((BigInteger)a.N1 << 52) + ((BigInteger)a.N2 << 104) + ((BigInteger)a.N3 << 156) + ((BigInteger)a.N4 << 208);

    // Carries, but leaves values from p to 2^256 - 1 as they are.
    private static FieldScalar NormalizeWithoutSubtraction(FieldScalar a)
    {
        FieldScalar t = a.NormalizeWeak().NormalizeWeak();
        return t;
    }

    // A product whose low limbs are cut to 52 bits where the carry should have gone to the next.
    private static FieldScalar MultiplyDroppingACarry(FieldScalar a, FieldScalar b)
    {
        FieldScalar t = a * b;
        return FieldScalar.FromLimbs(t.N0 & Mask52, t.N1 & Mask52, t.N2 & Mask52, t.N3 & Mask52, t.N4 & Mask48);
    }

    private static FieldScalar SquareSwappingLimbs(FieldScalar a)
    {
        FieldScalar t = a.Square().Normalize();
        return FieldScalar.FromLimbs(t.N1, t.N0, t.N2, t.N3, t.N4);
    }
}
