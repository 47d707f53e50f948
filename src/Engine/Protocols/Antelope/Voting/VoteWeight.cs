// Doubles: only +, -, *, / and conversions, which IEEE 754 fixes, and the two functions of ExactFunctions. The
// contracts compute pow and sin with a C library that is right within 0.52 ulp; this is the nearest double, so a vote
// weight can differ from a contract's in its last bit where the library did not round to nearest.
namespace Tactus.Engine.Protocols.Antelope.Voting;

/// <summary>How much a stake weighs in votes.</summary>
public static class VoteWeight
{
    private const long EpochSec = 946_684_800;

    private const long WeekSec = 7 * 24 * 3600;

    private const double WeeksPerYear = 52;

    /// <summary>Producers that a vote must name for full inverse weight.</summary>
    private const int InverseFull = 30;

    private static readonly double[] InverseFactors = MakeInverseFactors();

    /// <summary>stake * 2^(whole weeks since 2000 / 52): the exponent as the rounded quotient of two integers
    /// (reference-contracts voting.cpp stake2vote).</summary>
    public static double TimeDecay(long stake, long nowSec) =>
        stake * ExactFunctions.Exp2((nowSec - EpochSec) / WeekSec / WeeksPerYear);

    /// <summary>stake times the factor for the number of producers voted: 30 -> 1, 15 -> 1/2, 1 -> 0.27 %
    /// (telos.contracts voting.cpp inverse_vote_weight).</summary>
    public static double Inverse(long stake, int producers) =>
        producers == 0 ? 0 : InverseFactors[producers] * stake;

    /// <summary>The weight of a stake under the chain's rules.</summary>
    public static double Of(VotingRules rules, long stake, int producers, long nowSec) =>
        rules.Weight == VoteWeightRule.Inverse ? Inverse(stake, producers) : TimeDecay(stake, nowSec);

    private static double[] MakeInverseFactors()
    {
        var factors = new double[InverseFull + 1];
        for (int n = 1; n <= InverseFull; n++)
        {
            double part = n / (double)InverseFull;
            double angle = (Math.PI * part) - (Math.PI / 2);
            factors[n] = (ExactFunctions.Sin(angle) + 1.0) / 2.0;
        }

        return factors;
    }
}
