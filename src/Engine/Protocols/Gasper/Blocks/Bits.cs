using System.Numerics;
using Tactus.Engine.Protocols.Gasper.Ssz;

namespace Tactus.Engine.Protocols.Gasper.Blocks;

/// <summary>A checked bit list over its encoding (closing bit included): the members of a committee that
/// voted.</summary>
public readonly struct Bits(ReadOnlyMemory<byte> encoded)
{
    /// <summary>The encoding, with the bit that closes it.</summary>
    public ReadOnlyMemory<byte> Encoded { get; } = encoded;

    public int Count => SszBitlist.CountOf(Encoded.Span);

    public bool this[int index] => (Encoded.Span[index >> 3] >> (index & 7) & 1) != 0;

    /// <summary>Bits from flags.</summary>
    public static Bits From(ReadOnlySpan<bool> flags)
    {
        byte[] bytes = new byte[(flags.Length / 8) + 1];
        for (int i = 0; i < flags.Length; i++)
        {
            if (flags[i])
            {
                bytes[i >> 3] |= (byte)(1 << (i & 7));
            }
        }

        bytes[flags.Length >> 3] |= (byte)(1 << (flags.Length & 7));
        return new Bits(bytes);
    }

    /// <summary>How many bits are set.</summary>
    public int CountSet()
    {
        int set = -1; // the closing bit
        foreach (byte b in Encoded.Span)
        {
            set += BitOperations.PopCount(b);
        }

        return set;
    }
}
