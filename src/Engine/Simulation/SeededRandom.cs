using Tactus.Engine.Primitives;

namespace Tactus.Engine.Simulation;

/// <summary>One stream of a run's randomness. Each user (network, faults, a node) has its own, so that a change of one
/// leaves the draws of the others alone.</summary>
public sealed class SeededRandom
{
    private SplitMix64 _source;

    /// <param name="seed">The run's seed.</param>
    /// <param name="stream">Which user; streams of one seed are unrelated.</param>
    public SeededRandom(ulong seed, ulong stream)
    {
        // The first output of each generator mixes its seed, so neighbouring seeds and streams start far apart.
        ulong mixed = new SplitMix64(seed).Next();
        _source = new SplitMix64(new SplitMix64(mixed ^ (stream * 0xD1342543DE82EF95)).Next());
    }

    /// <summary>A number in [0, bound). The bias of the remainder is below bound / 2^64.</summary>
    public int Below(int bound) => (int)(_source.Next() % (ulong)Math.Max(1, bound));

    /// <summary>A number in [least, most].</summary>
    public int Between(int least, int most) => least + Below(most - least + 1);

    /// <summary>True with a probability in thousandths. Draws once, whatever the probability.</summary>
    public bool Chance(int permille) => Below(1000) < permille;

    /// <summary>Some of [0, count), without doubles, in ascending order.</summary>
    public int[] Choose(int count, int howMany)
    {
        int[] all = [.. Enumerable.Range(0, count)];
        int taken = Math.Min(count, howMany);
        for (int i = 0; i < taken; i++)
        {
            int j = i + Below(count - i);
            (all[i], all[j]) = (all[j], all[i]);
        }

        return [.. all.Take(taken).Order()];
    }
}
