// Values represented: fixed-point integers scaled by 2^192. The intermediate error of each function is below 2^-180
// relative, so the result is the double nearest to the true value unless that lies within 2^-127 ulp of a tie, which
// none of the arguments of the voting layer does (they are few, and a test compares each with an independent
// computation).
using System.Numerics;

namespace Tactus.Engine.Protocols.Antelope.Voting;

/// <summary>2^x and sin(x), rounded to the nearest double, from integer arithmetic alone: the same on every machine.
/// The platform's own functions differ between libraries in the last bit.</summary>
public static class ExactFunctions
{
    private const int Scale = 192;

    private const int MantissaBits = 53;

    /// <summary>Bits of a fraction that <see cref="Exp2"/> looks at; a double of at least 2^-11 has no lower
    /// ones.</summary>
    private const int FractionBits = 64;

    private static readonly BigInteger One = BigInteger.One << Scale;

    private static readonly BigInteger[] Roots = MakeRoots();

    /// <summary>2^x.</summary>
    /// <param name="x">From 2^-11 to below 1023, or 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">x is outside that range.</exception>
    public static double Exp2(double x)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(x);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(x, 1023);
        int whole = (int)x;
        double fraction = x - whole; // exact: both have the same or a smaller exponent
        BigInteger product = One;
        for (int bit = 1; bit <= FractionBits && fraction != 0; bit++)
        {
            fraction *= 2; // exact
            if (fraction >= 1)
            {
                fraction -= 1; // exact
                product = (product * Roots[bit]) >> Scale;
            }
        }

        return fraction == 0
            ? Math.ScaleB(ToDouble(product), whole)
            : throw new ArgumentOutOfRangeException(nameof(x), x, "has bits below 2^-64");
    }

    /// <summary>sin(x).</summary>
    /// <param name="x">From -2 to 2.</param>
    /// <exception cref="ArgumentOutOfRangeException">x is outside that range.</exception>
    public static double Sin(double x)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Math.Abs(x), 2, nameof(x));
        BigInteger value = ToFixed(x);
        BigInteger square = (value * value) >> Scale;
        BigInteger term = value;
        BigInteger sum = value;

        // x^(2k+1) / (2k+1)!: below 2^-192 before k = 30 for |x| <= 2.
        for (int k = 1; !term.IsZero && k < 64; k++)
        {
            term = -((term * square) >> Scale) / (2 * k * ((2 * k) + 1));
            sum += term;
        }

        return ToDouble(sum);
    }

    // 2^(2^-i) for i = 0..FractionBits, by repeated square roots.
    private static BigInteger[] MakeRoots()
    {
        var roots = new BigInteger[FractionBits + 1];
        roots[0] = One * 2;
        for (int i = 1; i <= FractionBits; i++)
        {
            roots[i] = SquareRoot(roots[i - 1] << Scale);
        }

        return roots;
    }

    private static BigInteger SquareRoot(BigInteger value)
    {
        BigInteger root = BigInteger.One << (int)((value.GetBitLength() + 1) / 2);
        while (true)
        {
            BigInteger next = (root + (value / root)) >> 1;
            if (next >= root)
            {
                return root;
            }

            root = next;
        }
    }

    private static BigInteger ToFixed(double x)
    {
        long bits = BitConverter.DoubleToInt64Bits(x);
        int exponent = (int)((bits >> 52) & 0x7FF);
        if (exponent == 0)
        {
            return BigInteger.Zero; // below 2^-1022: no argument here but 0 itself
        }

        BigInteger mantissa = (bits & ((1L << 52) - 1)) | (1L << 52);
        int shift = Scale + exponent - 1075;
        BigInteger magnitude = shift >= 0 ? mantissa << shift : mantissa >> -shift;
        return bits < 0 ? -magnitude : magnitude;
    }

    // Nearest double, ties to even.
    private static double ToDouble(BigInteger value)
    {
        if (value.IsZero)
        {
            return 0;
        }

        BigInteger magnitude = BigInteger.Abs(value);
        int drop = (int)magnitude.GetBitLength() - MantissaBits;
        if (drop <= 0)
        {
            return Math.ScaleB((double)value, -Scale);
        }

        BigInteger mantissa = magnitude >> drop;
        BigInteger rest = magnitude - (mantissa << drop);
        int half = rest.CompareTo(BigInteger.One << (drop - 1));
        if (half > 0 || (half == 0 && !mantissa.IsEven))
        {
            mantissa += 1;
        }

        double result = Math.ScaleB((double)(ulong)mantissa, drop - Scale);
        return value.Sign < 0 ? -result : result;
    }
}
