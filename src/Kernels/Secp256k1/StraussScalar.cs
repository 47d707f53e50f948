namespace Tactus.Kernels.Secp256k1;

/// <summary>
/// a*P + b*G, the work of every check: both scalars are split by the endomorphism, and the four halves, in signed
/// windows, share 128 doublings (Strauss).
/// </summary>
/// <remarks>
/// A half in width-w non-adjacent form is a sum of d_i * 2^i in which every nonzero d_i is odd, |d_i| &lt; 2^(w-1), and
/// is followed by at least w - 1 zeros: one addition of a precomputed odd multiple per w + 1 bits on average.
/// P: w = 5, 8 multiples made anew, about 43 additions. G: w = 8, 64 multiples kept, about 28 additions of affine
/// points.
/// </remarks>
internal static class StraussScalar<TScalar>
    where TScalar : struct, ICurveScalar<TScalar>
{
    /// <summary>Digits of a half: its 128 bits and one for the last carry.</summary>
    private const int DigitCount = 129;
    private const int WindowP = 5;
    private const int WindowG = 8;
    private const int CountP = 1 << (WindowP - 2);
    private const int CountG = 1 << (WindowG - 2);

    private static readonly AffinePoint[] MultiplesOfG = OddMultiplesOfG();
    private static readonly AffinePoint[] MultiplesOfLambdaG = [.. MultiplesOfG.Select(point => point.TimesLambda())];

    /// <summary>a*P + b*G.</summary>
    public static JacobianPoint Combine(in AffinePoint p, in TScalar a, in TScalar b)
    {
        Span<JacobianPoint> multiples = stackalloc JacobianPoint[CountP];
        Span<JacobianPoint> multiplesOfLambda = stackalloc JacobianPoint[CountP];
        multiples[0] = new JacobianPoint(p);
        JacobianPoint twice = multiples[0].Double();
        for (int i = 1; i < CountP; i++)
        {
            multiples[i] = multiples[i - 1].Add(twice);
        }

        for (int i = 0; i < CountP; i++)
        {
            multiplesOfLambda[i] = multiples[i].TimesLambda();
        }

        Span<sbyte> digits = stackalloc sbyte[4 * DigitCount];
        Span<sbyte> lowA = digits[..DigitCount];
        Span<sbyte> highA = digits.Slice(DigitCount, DigitCount);
        Span<sbyte> lowB = digits.Slice(2 * DigitCount, DigitCount);
        Span<sbyte> highB = digits[(3 * DigitCount)..];
        a.SplitGlv(out SignedHalf low, out SignedHalf high);
        ToDigits(low, WindowP, lowA);
        ToDigits(high, WindowP, highA);
        b.SplitGlv(out low, out high);
        ToDigits(low, WindowG, lowB);
        ToDigits(high, WindowG, highB);

        JacobianPoint sum = JacobianPoint.Infinity;
        for (int i = DigitCount - 1; i >= 0; i--)
        {
            sum = sum.Double();
            sum = AddMultiple(sum, multiples, lowA[i]);
            sum = AddMultiple(sum, multiplesOfLambda, highA[i]);
            sum = AddMultiple(sum, MultiplesOfG, lowB[i]);
            sum = AddMultiple(sum, MultiplesOfLambdaG, highB[i]);
        }

        return sum;
    }

    /// <summary>
    /// Writes the digits of the non-adjacent form of width <paramref name="window"/> (2 to 8). The magnitude is at most
    /// 2^128 - 2^16, so that a negative digit, which adds to what remains, does not overflow.
    /// </summary>
    internal static void ToDigits(SignedHalf half, int window, Span<sbyte> digits)
    {
        digits.Clear();
        UInt128 rest = half.Magnitude;
        int size = 1 << window;
        for (int i = 0; rest != 0; i++, rest >>= 1)
        {
            if (UInt128.IsEvenInteger(rest))
            {
                continue;
            }

            int digit = (int)((uint)rest & (uint)(size - 1));
            if (digit >= size / 2)
            {
                digit -= size;
                rest += (uint)-digit;
            }
            else
            {
                rest -= (uint)digit;
            }

            digits[i] = (sbyte)(half.IsNegative ? -digit : digit);
        }
    }

    private static JacobianPoint AddMultiple(in JacobianPoint sum, ReadOnlySpan<JacobianPoint> multiples, int digit) =>
        digit == 0 ? sum : sum.Add(digit > 0 ? multiples[digit >> 1] : multiples[-digit >> 1].Negate());

    private static JacobianPoint AddMultiple(in JacobianPoint sum, ReadOnlySpan<AffinePoint> multiples, int digit) =>
        digit == 0 ? sum : sum.Add(digit > 0 ? multiples[digit >> 1] : multiples[-digit >> 1].Negate());

    private static AffinePoint[] OddMultiplesOfG()
    {
        var multiples = new JacobianPoint[CountG];
        multiples[0] = new JacobianPoint(TScalar.Generator);
        JacobianPoint twice = multiples[0].Double();
        for (int i = 1; i < CountG; i++)
        {
            multiples[i] = multiples[i - 1].Add(twice);
        }

        return JacobianPoint.ToAffine(multiples);
    }
}
