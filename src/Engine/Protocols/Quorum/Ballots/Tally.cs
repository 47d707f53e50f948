using Tactus.Engine.Primitives;

namespace Tactus.Engine.Protocols.Quorum.Ballots;

/// <summary>Counts slips [D: "coin holders elect a quorum of servers"]: approval of up to Q candidates per slip, the Q
/// with the most coins are in, ties by key bytes, lower first [N].</summary>
public static class Tally
{
    /// <summary>The slips that count, one per output, in the order of the outputs' ids. Of two slips that use one
    /// output the one with the lower digest counts, so every node that has both counts the same.</summary>
    public static IReadOnlyList<VoteSlip> OncePerOutput(IEnumerable<VoteSlip> slips)
    {
        var byOutput = new SortedDictionary<Hash256, VoteSlip>();
        foreach (VoteSlip slip in slips)
        {
            Hash256 id = slip.OutputId();
            if (!byOutput.TryGetValue(id, out VoteSlip? other) || slip.Digest() < other.Digest())
            {
                byOutput[id] = slip;
            }
        }

        return [.. byOutput.Values];
    }

    /// <summary>Whole coins of all slips.</summary>
    public static ulong WeightOf(IEnumerable<VoteSlip> slips)
    {
        ulong weight = 0;
        foreach (VoteSlip slip in slips)
        {
            weight = checked(weight + slip.Weight);
        }

        return weight;
    }

    /// <summary>Coins behind each candidate.</summary>
    public static SortedDictionary<MemberKey, ulong> Weights(IEnumerable<VoteSlip> slips)
    {
        var weights = new SortedDictionary<MemberKey, ulong>();
        foreach (VoteSlip slip in slips)
        {
            foreach (MemberKey candidate in slip.Candidates)
            {
                weights[candidate] = checked(weights.GetValueOrDefault(candidate) + slip.Weight);
            }
        }

        return weights;
    }

    /// <summary>The members of the next quorum in the order of their keys, or null where fewer than
    /// <paramref name="quorumSize"/> candidates have votes: then the election stays open [N].</summary>
    public static IReadOnlyList<MemberKey>? Elect(IEnumerable<VoteSlip> slips, int quorumSize)
    {
        var ranked = Weights(slips).ToList();
        if (ranked.Count < quorumSize)
        {
            return null;
        }

        // The dictionary is in key order and the sort is stable, so ties stay in key order.
        return [.. ranked.OrderByDescending(pair => pair.Value).Take(quorumSize).Select(pair => pair.Key).Order()];
    }

    /// <summary>Coins behind each source root [D: "require a majority of coin holders to vote to ratify the
    /// changes"].</summary>
    /// <returns>The root with more than <paramref name="majorityCoins"/>, or null.</returns>
    public static Hash256? Ratified(IEnumerable<VoteSlip> slips, ulong majorityCoins)
    {
        var weights = new Dictionary<Hash256, ulong>();
        foreach (VoteSlip slip in slips)
        {
            weights[slip.SourceRoot] = checked(weights.GetValueOrDefault(slip.SourceRoot) + slip.Weight);
        }

        foreach (KeyValuePair<Hash256, ulong> pair in weights)
        {
            if (pair.Value > majorityCoins)
            {
                return pair.Key;
            }
        }

        return null;
    }
}
