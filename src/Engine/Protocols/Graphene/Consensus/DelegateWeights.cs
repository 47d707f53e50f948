using System.Numerics;

namespace Tactus.Engine.Protocols.Graphene.Consensus;

/// <summary>Weights of the delegates in the genesis account's authority. [C] Votes cut to 16 bits; "the majority of
/// delegates" is a majority of votes, not of heads.</summary>
public static class DelegateWeights
{
    /// <summary>Bits of a weight.</summary>
    private const int WeightBits = 16;

    /// <summary>Weights of delegates with these votes, and the threshold: more than half.</summary>
    /// <param name="votes">Per delegate.</param>
    /// <param name="equal">[N] One head, one weight: the document read literally.</param>
    /// <returns>Weight 0 where the delegate is left out (no votes); threshold 0 where all are.</returns>
    public static (ushort[] Weights, uint Threshold) Of(ReadOnlySpan<long> votes, bool equal = false)
    {
        var weights = new ushort[votes.Length];
        long most = 0;
        foreach (long v in votes)
        {
            most = Math.Max(most, v);
        }

        int shift = most == 0 ? 0 : Math.Max(BitOperations.Log2((ulong)most) - (WeightBits - 1), 0);
        uint sum = 0;
        for (int i = 0; i < votes.Length; i++)
        {
            weights[i] = votes[i] <= 0 ? (ushort)0 : equal ? (ushort)1 : (ushort)Math.Max(votes[i] >> shift, 1);
            sum += weights[i];
        }

        return (weights, sum == 0 ? 0 : (sum / 2) + 1);
    }
}
