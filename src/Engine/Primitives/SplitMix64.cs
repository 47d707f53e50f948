namespace Tactus.Engine.Primitives;

/// <summary>A small seeded generator (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014): the
/// same numbers on every machine. For loads and simulations, never for secrets.</summary>
public struct SplitMix64(ulong seed)
{
    private ulong _state = seed;

    public ulong Next()
    {
        _state += 0x9E3779B97F4A7C15;
        ulong z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
