namespace Tactus.Engine.Protocols.Graphene.Consensus;

/// <summary>"The number (N) of witnesses is defined such that at least 50% of voting stakeholders believe there is
/// sufficient decentralization." [C] Strictly more than half of the stake that has an opinion; the same for
/// delegates.</summary>
/// <remarks>[C] Kept as it is: a wish above the maximum enters the total and no bucket, so where such wishes hold half
/// of the stake the count becomes the maximum.</remarks>
public sealed class WitnessCount
{
    private readonly long[] _wishes;
    private readonly int _countMax;
    private long _total;

    /// <param name="countMax">The parameter maximum_witness_count.</param>
    public WitnessCount(int countMax)
    {
        _countMax = countMax;
        _wishes = new long[(countMax / 2) + 1];
    }

    /// <summary>An opinion: 0 or 1 is none.</summary>
    public void Add(long stake, int wish)
    {
        if (wish <= _countMax)
        {
            _wishes[Math.Min(wish / 2, _wishes.Length - 1)] += stake;
        }

        _total += stake;
    }

    /// <summary>The smallest odd size that strictly more than half of the opinionated stake finds large
    /// enough.</summary>
    public int Decide(int countMin)
    {
        long target = (_total - _wishes[0]) / 2;
        int bucket = 0;
        long reached = 0;
        if (target > 0)
        {
            while (bucket < _wishes.Length - 1 && reached <= target)
            {
                reached += _wishes[++bucket];
            }
        }

        return Math.Max((2 * bucket) + 1, countMin);
    }
}

/// <summary>"The top N witnesses by total approval are selected."</summary>
public static class Election
{
    /// <summary>The first N by votes, then by lower vote id; ascending by instance.</summary>
    /// <param name="candidates">Instance, total approval and vote id of each.</param>
    /// <param name="count">N; fewer where there are fewer candidates.</param>
    public static uint[] Elect(IEnumerable<(uint Instance, long Votes, uint VoteId)> candidates, int count) =>
        [.. candidates
            .OrderByDescending(c => c.Votes)
            .ThenBy(c => c.VoteId)
            .Take(count)
            .Select(c => c.Instance)
            .Order()];
}
