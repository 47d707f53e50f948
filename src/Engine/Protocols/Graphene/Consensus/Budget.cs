namespace Tactus.Engine.Protocols.Graphene.Consensus;

/// <summary>"Each time witnesses produce a block, they are paid for their services. Their pay rate is set by the
/// stakeholders via their elected delegates." [C] Pay comes from a budget that each maintenance draws from the
/// reserve.</summary>
public static class Budget
{
    /// <summary>[C] Share of the reserve that a second may release: 17 / 2^32, some 12.5 % a year.</summary>
    private const int RatePerSecond = 17;

    private const int RateShift = 32;

    /// <summary>What a maintenance may spend until the next one.</summary>
    /// <param name="reserve">Unissued core, collected fees and the witness budget left over.</param>
    /// <param name="elapsedSec">Seconds since the last budget; 0 the first time.</param>
    public static long Total(long reserve, long elapsedSec)
    {
        if (reserve <= 0 || elapsedSec <= 0)
        {
            return 0;
        }

        UInt128 total = ((UInt128)(ulong)reserve * (ulong)elapsedSec * RatePerSecond + ((UInt128.One << RateShift) - 1)) >> RateShift;
        return total < (ulong)reserve ? (long)total : reserve;
    }

    /// <summary>The part of it that witnesses can earn until the next maintenance.</summary>
    public static long ForWitnesses(long payPerBlock, long untilMaintenanceSec, int intervalSec, long total)
    {
        long blocks = (untilMaintenanceSec + intervalSec - 1) / intervalSec;
        return Math.Min(payPerBlock * blocks, total);
    }

    /// <summary>Pay for one block; "If a witness fails to produce a block, then they are not paid".</summary>
    public static long PayOf(long payPerBlock, long witnessBudget) => Math.Min(payPerBlock, witnessBudget);
}
