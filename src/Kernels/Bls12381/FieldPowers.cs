using System.Globalization;
using System.Numerics;

namespace Tactus.Kernels.Bls12381;

/// <summary>
/// The one long exponent of the kernel, (p - 3)/4: inverses and square roots come from it, as p = 3 mod 4.
/// </summary>
internal static class FieldPowers
{
    /// <summary>p.</summary>
    public static readonly BigInteger Modulus = BigInteger.Parse(
        "01a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab",
        NumberStyles.AllowHexSpecifier,
        CultureInfo.InvariantCulture);

    /// <summary>Odd powers a^1, a^3, .., a^31 are tabulated: about 63 products beside 378 squares.</summary>
    public const int WindowBits = 5;

    /// <summary>
    /// Steps of the exponent from the top: square so many times, then multiply by the odd power of that index (or -1:
    /// none).
    /// </summary>
    public static readonly (int Squares, int OddIndex)[] Steps = StepsOf((Modulus - 3) / 4);

    private static (int Squares, int OddIndex)[] StepsOf(BigInteger exponent)
    {
        var steps = new List<(int Squares, int OddIndex)>();
        int squares = 0;
        int bit = (int)exponent.GetBitLength() - 1;
        while (bit >= 0)
        {
            if (((exponent >> bit) & 1).IsZero)
            {
                squares++;
                bit--;
                continue;
            }

            int low = Math.Max(bit - WindowBits + 1, 0);
            while (((exponent >> low) & 1).IsZero)
            {
                low++;
            }

            int window = (int)((exponent >> low) & ((1 << (bit - low + 1)) - 1));
            steps.Add((squares + bit - low + 1, window >> 1));
            squares = 0;
            bit = low - 1;
        }

        if (squares > 0)
        {
            steps.Add((squares, -1));
        }

        return [.. steps];
    }
}

/// <summary>Powers in F_p by a fixed exponent: the same steps for every value.</summary>
internal static class FieldPowers<F>
    where F : unmanaged, IPrimeField<F>
{
    /// <summary>
    /// r = a^((p-3)/4). For a square, 1/sqrt(a); squared it is chi(a)/a, chi the quadratic character; 0 for 0.
    /// </summary>
    public static void ReciprocalRoot(out F r, in F a)
    {
        Span<F> odd = stackalloc F[1 << (FieldPowers.WindowBits - 1)];
        odd[0] = a;
        F.Square(out F square, a);
        for (int i = 1; i < odd.Length; i++)
        {
            F.Multiply(out odd[i], odd[i - 1], square);
        }

        (int Squares, int OddIndex)[] steps = FieldPowers.Steps;
        F power = odd[steps[0].OddIndex];
        for (int i = 1; i < steps.Length; i++)
        {
            for (int k = 0; k < steps[i].Squares; k++)
            {
                F.Square(out power, power);
            }

            if (steps[i].OddIndex >= 0)
            {
                F.Multiply(out power, power, odd[steps[i].OddIndex]);
            }
        }

        r = power;
    }

    /// <summary>r = a^(p-2) = (a^((p-3)/4))^4 * a: 1/a, and 0 for 0.</summary>
    public static void Inverse(out F r, in F a)
    {
        ReciprocalRoot(out F root, a);
        F.Square(out root, root);
        F.Square(out root, root);
        F.Multiply(out r, root, a);
    }
}
