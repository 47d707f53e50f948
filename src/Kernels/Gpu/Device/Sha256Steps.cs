// Memory. Nodes and digests are eight words each, node after node, as their bytes lie in memory (big-endian words in a
// little-endian machine's loads). Messages lie anywhere in a buffer of bytes; a range is two words, offset and length
// in bytes.
namespace Tactus.Kernels.Gpu.Device;

/// <summary>What one thread does in each launch of SHA-256: a node of a tree, or a whole message.</summary>
internal static class Sha256Steps<TWords>
    where TWords : struct, IWords
{
    /// <summary>parents[i] = sha256(children[2 i] | children[2 i + 1]), with Antelope's bits in the children if
    /// asked.</summary>
    public static void Pair(int i, bool childBits, TWords children, TWords parents)
    {
        U256 left = LoadWords(children, 16L * i), right = LoadWords(children, (16L * i) + 8);
        if (childBits)
        {
            left = WithFirst(left, left.W0 & 0x7FFFFFFF);
            right = WithFirst(right, right.W0 | 0x80000000);
        }

        U256 state = Sha256Rounds.Compress(Sha256Rounds.Initial, left, right);
        StoreWords(parents, 8L * i, Sha256Rounds.CompressPadding(state));
    }

    /// <summary>digests[i] = sha256 of the message of range i.</summary>
    public static void Message(int i, TWords data, TWords ranges, TWords digests)
    {
        uint offset = ranges.Get(2L * i), length = ranges.Get((2L * i) + 1);
        U256 state = Sha256Rounds.Initial;

        // One more byte, 0x80, and eight of length: ceil((length + 9) / 64) blocks.
        uint blocks = (length + 72) >> 6;
        for (uint block = 0; block < blocks; block++)
        {
            bool last = block + 1 == blocks;
            U256 first = Block(data, offset, length, block << 6, 0, 0, false);
            U256 second = Block(data, offset, length, (block << 6) + 32, length >> 29, length << 3, last);
            state = Sha256Rounds.Compress(state, first, second);
        }

        StoreWords(digests, 8L * i, state);
    }

    // Bytes [at, at + 32) of the padded message; the last two words may be its length in bits.
    private static U256 Block(
        TWords data, uint offset, uint length, uint at, uint bitsHigh, uint bitsLow, bool hasLength) => new(
        Padded(data, offset, length, at),
        Padded(data, offset, length, at + 4),
        Padded(data, offset, length, at + 8),
        Padded(data, offset, length, at + 12),
        Padded(data, offset, length, at + 16),
        Padded(data, offset, length, at + 20),
        hasLength ? bitsHigh : Padded(data, offset, length, at + 24),
        hasLength ? bitsLow : Padded(data, offset, length, at + 28));

    // Four bytes of the message from at on, then 0x80, then zeros; the first on top.
    private static uint Padded(TWords data, uint offset, uint length, uint at)
    {
        if (at > length)
        {
            return 0;
        }

        uint have = length - at;
        if (have == 0)
        {
            return 0x80000000;
        }

        uint from = offset + at;
        int shift = (int)(from & 3) * 8;
        uint word = WordsOf.Swap(data.Get(from >> 2)) << shift;
        if (shift != 0 && have > 4 - (from & 3))
        {
            word |= WordsOf.Swap(data.Get((from >> 2) + 1)) >> (32 - shift);
        }

        if (have >= 4)
        {
            return word;
        }

        int missing = 32 - ((int)have * 8);
        return (word >> missing << missing) | (0x80000000 >> ((int)have * 8));
    }

    private static U256 LoadWords(TWords words, long at) => new(
        WordsOf.Swap(words.Get(at)),
        WordsOf.Swap(words.Get(at + 1)),
        WordsOf.Swap(words.Get(at + 2)),
        WordsOf.Swap(words.Get(at + 3)),
        WordsOf.Swap(words.Get(at + 4)),
        WordsOf.Swap(words.Get(at + 5)),
        WordsOf.Swap(words.Get(at + 6)),
        WordsOf.Swap(words.Get(at + 7)));

    private static void StoreWords(TWords words, long at, U256 value)
    {
        words.Set(at, WordsOf.Swap(value.W0));
        words.Set(at + 1, WordsOf.Swap(value.W1));
        words.Set(at + 2, WordsOf.Swap(value.W2));
        words.Set(at + 3, WordsOf.Swap(value.W3));
        words.Set(at + 4, WordsOf.Swap(value.W4));
        words.Set(at + 5, WordsOf.Swap(value.W5));
        words.Set(at + 6, WordsOf.Swap(value.W6));
        words.Set(at + 7, WordsOf.Swap(value.W7));
    }

    private static U256 WithFirst(U256 a, uint word) => new(word, a.W1, a.W2, a.W3, a.W4, a.W5, a.W6, a.W7);
}
