namespace Tactus.Kernels.Gpu.Device;

/// <summary>Memory that device code reads and writes: a view of the device's memory in a launch, an array in ordinary
/// .NET.</summary>
/// <remarks>Implementations are structs and the callers generic, so that a launch compiles to plain loads and
/// stores.</remarks>
internal interface IWords
{
    uint Get(long index);

    void Set(long index, uint value);

    /// <summary>Adds to a word, at once for all threads.</summary>
    /// <returns>What it was before.</returns>
    uint Add(long index, uint value);
}

/// <summary>Numbers in memory.</summary>
internal static class WordsOf
{
    /// <summary>Eight words from <paramref name="at"/> on, <paramref name="stride"/> apart, the lowest first.</summary>
    public static U256 Load<TWords>(TWords words, long at, long stride)
        where TWords : struct, IWords =>
        new(
            words.Get(at),
            words.Get(at + stride),
            words.Get(at + (2 * stride)),
            words.Get(at + (3 * stride)),
            words.Get(at + (4 * stride)),
            words.Get(at + (5 * stride)),
            words.Get(at + (6 * stride)),
            words.Get(at + (7 * stride)));

    public static void Store<TWords>(TWords words, long at, long stride, U256 value)
        where TWords : struct, IWords
    {
        words.Set(at, value.W0);
        words.Set(at + stride, value.W1);
        words.Set(at + (2 * stride), value.W2);
        words.Set(at + (3 * stride), value.W3);
        words.Set(at + (4 * stride), value.W4);
        words.Set(at + (5 * stride), value.W5);
        words.Set(at + (6 * stride), value.W6);
        words.Set(at + (7 * stride), value.W7);
    }

    /// <summary>A number of 32 big-endian bytes, as the little-endian words that they fill from <paramref name="at"/>
    /// on.</summary>
    public static U256 LoadBigEndian<TWords>(TWords words, long at)
        where TWords : struct, IWords =>
        new(
            Swap(words.Get(at + 7)),
            Swap(words.Get(at + 6)),
            Swap(words.Get(at + 5)),
            Swap(words.Get(at + 4)),
            Swap(words.Get(at + 3)),
            Swap(words.Get(at + 2)),
            Swap(words.Get(at + 1)),
            Swap(words.Get(at)));

    public static void StoreBigEndian<TWords>(TWords words, long at, U256 value)
        where TWords : struct, IWords
    {
        words.Set(at, Swap(value.W7));
        words.Set(at + 1, Swap(value.W6));
        words.Set(at + 2, Swap(value.W5));
        words.Set(at + 3, Swap(value.W4));
        words.Set(at + 4, Swap(value.W3));
        words.Set(at + 5, Swap(value.W2));
        words.Set(at + 6, Swap(value.W1));
        words.Set(at + 7, Swap(value.W0));
    }

    /// <summary>The four bytes in the other order.</summary>
    public static uint Swap(uint word) =>
        (word << 24) | ((word & 0xFF00) << 8) | ((word >> 8) & 0xFF00) | (word >> 24);
}
