using System.Globalization;
using System.Numerics;

namespace Tactus.Engine.Protocols.VmDposw.Rounds;

/// <summary>An exact time in the unit of the round's length, in lowest terms.</summary>
public readonly record struct Fraction
{
    public Fraction(long numerator, long denominator)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(denominator, 1);
        long divisor = Math.Max(1, (long)BigInteger.GreatestCommonDivisor(numerator, denominator));
        Numerator = numerator / divisor;
        Denominator = denominator / divisor;
    }

    public long Numerator { get; }

    public long Denominator { get; }

    public static Fraction operator -(Fraction x, Fraction y) =>
        new((x.Numerator * y.Denominator) - (y.Numerator * x.Denominator), x.Denominator * y.Denominator);

    /// <summary>"15/2", "15".</summary>
    public override string ToString() => Denominator == 1
        ? Numerator.ToString(CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{Numerator}/{Denominator}");
}
