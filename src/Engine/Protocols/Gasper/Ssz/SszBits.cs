using System.Buffers;
using System.Numerics;
using Tactus.Engine.Primitives;

namespace Tactus.Engine.Protocols.Gasper.Ssz;

/// <summary>A fixed number of bits, least significant first; bits beyond the last are zero.</summary>
public sealed class SszBitvector : SszType
{
    private readonly int _count;

    public SszBitvector(int count)
        : base($"Bitvector[{count}]")
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        _count = count;
        InlineBytes = (count + 7) / 8;
    }

    public override bool IsFixed => true;

    public override int InlineBytes { get; }

    public override Hash256 Root(ReadOnlySpan<byte> bytes, SszHasher hasher) =>
        hasher.Merkleize(bytes, SszHasher.DepthOf(((ulong)_count + 255) / 256));

    internal override void Check(ReadOnlySpan<byte> bytes, long at)
    {
        CheckSize(bytes, InlineBytes, at);
        int rest = _count & 7;
        if (rest != 0 && bytes[^1] >> rest != 0)
        {
            throw new SszException(Name, at + bytes.Length - 1, $"bits beyond the {_count} are set");
        }
    }
}

/// <summary>Up to a limit of bits, least significant first, closed by a set bit that marks the length.</summary>
public sealed class SszBitlist(ulong limit) : SszType($"Bitlist[{limit}]")
{
    public ulong Limit { get; } = limit;

    public override bool IsFixed => false;

    public override int InlineBytes => OffsetBytes;

    /// <summary>Bits in a checked encoding.</summary>
    public static int CountOf(ReadOnlySpan<byte> bytes) => ((bytes.Length - 1) * 8) + BitOperations.Log2(bytes[^1]);

    public override Hash256 Root(ReadOnlySpan<byte> bytes, SszHasher hasher)
    {
        int count = CountOf(bytes);
        int length = (count + 7) / 8;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(Math.Max(1, length));
        Span<byte> bits = buffer.AsSpan(0, length);
        bytes[..length].CopyTo(bits);
        if ((count & 7) != 0)
        {
            bits[^1] &= (byte)((1 << (count & 7)) - 1);
        }

        Hash256 root = hasher.MixInLength(
            hasher.Merkleize(bits, SszHasher.DepthOf((Limit + 255) / 256)), (ulong)count);
        ArrayPool<byte>.Shared.Return(buffer);
        return root;
    }

    internal override void Check(ReadOnlySpan<byte> bytes, long at)
    {
        if (bytes.IsEmpty || bytes[^1] == 0)
        {
            throw new SszException(Name, at + Math.Max(0, bytes.Length - 1), "the closing bit is missing");
        }

        ulong count = ((ulong)(bytes.Length - 1) * 8) + (ulong)BitOperations.Log2(bytes[^1]);
        if (count > Limit)
        {
            throw new SszException(Name, at, $"{count} bits exceed the limit {Limit}");
        }
    }
}
