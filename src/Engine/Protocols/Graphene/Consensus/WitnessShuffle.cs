namespace Tactus.Engine.Protocols.Graphene.Consensus;

/// <summary>"The witnesses are then shuffled, and each witness is given a turn to produce a block ... After all
/// witnesses have had a turn, they are shuffled again."</summary>
/// <remarks>[C] The seed is the time of the round's last block alone, so that its producer can choose between two
/// orders by producing or skipping. bitshares-core db_witness_schedule.cpp, update_witness_schedule.</remarks>
public static class WitnessShuffle
{
    private const ulong Multiplier = 2685821657736338717;

    /// <summary>Shuffles in place; all arithmetic is modulo 2^64.</summary>
    /// <param name="witnesses">The active witnesses, ascending.</param>
    /// <param name="headTimeSec">Unix seconds of the block after which the order holds.</param>
    public static void Shuffle<T>(Span<T> witnesses, uint headTimeSec)
    {
        ulong seed = (ulong)headTimeSec << 32;
        for (int i = 0; i < witnesses.Length; i++)
        {
            // xorshift64* (S. Vigna, An experimental exploration of Marsaglia's xorshift generators, scrambled, 2014).
            ulong k = seed + ((ulong)i * Multiplier);
            k ^= k >> 12;
            k ^= k << 25;
            k ^= k >> 27;
            k *= Multiplier;
            int j = i + (int)(k % (ulong)(witnesses.Length - i));
            (witnesses[i], witnesses[j]) = (witnesses[j], witnesses[i]);
        }
    }
}
