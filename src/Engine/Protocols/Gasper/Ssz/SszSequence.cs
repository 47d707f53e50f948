using System.Buffers;
using System.Buffers.Binary;
using Tactus.Engine.Primitives;

namespace Tactus.Engine.Protocols.Gasper.Ssz;

/// <summary>What vectors and lists share: elements of one type, end to end or behind a table of offsets.</summary>
public abstract class SszSequence(string name, SszType element) : SszType(name)
{
    public SszType Element { get; } = element;

    /// <summary>Number of elements in checked bytes.</summary>
    public int CountOf(ReadOnlySpan<byte> bytes) => bytes.IsEmpty
        ? 0
        : Element.IsFixed ? bytes.Length / Element.InlineBytes : BinaryPrimitives.ReadInt32LittleEndian(bytes) / OffsetBytes;

    /// <summary>Bounds of element <paramref name="index"/> of <paramref name="count"/> in checked bytes.</summary>
    public Range ElementAt(ReadOnlySpan<byte> bytes, int index, int count)
    {
        if (Element.IsFixed)
        {
            return new Range(index * Element.InlineBytes, (index + 1) * Element.InlineBytes);
        }

        int start = BinaryPrimitives.ReadInt32LittleEndian(bytes[(index * OffsetBytes)..]);
        int end = index + 1 == count
            ? bytes.Length
            : BinaryPrimitives.ReadInt32LittleEndian(bytes[((index + 1) * OffsetBytes)..]);
        return new Range(start, end);
    }

    /// <summary>Chunks of a full value of <paramref name="count"/> elements.</summary>
    protected ulong ChunkCount(ulong count) => Element.IsBasic
        ? (ulong)(((UInt128)count * (uint)Element.InlineBytes + SszHasher.ChunkBytes - 1) / SszHasher.ChunkBytes)
        : count;

    protected Hash256 ElementsRoot(ReadOnlySpan<byte> bytes, ulong countMax, SszHasher hasher)
    {
        int depth = SszHasher.DepthOf(ChunkCount(countMax));
        if (Element.IsBasic
            || (Element is SszVector { Element: SszBasicType } && Element.InlineBytes == SszHasher.ChunkBytes))
        {
            return hasher.Merkleize(bytes, depth);
        }

        int count = CountOf(bytes);
        byte[] roots = ArrayPool<byte>.Shared.Rent(Math.Max(1, count) * SszHasher.ChunkBytes);
        for (int i = 0; i < count; i++)
        {
            Element.Root(bytes[ElementAt(bytes, i, count)], hasher).CopyTo(roots.AsSpan(i * SszHasher.ChunkBytes));
        }

        Hash256 root = hasher.Merkleize(roots.AsSpan(0, count * SszHasher.ChunkBytes), depth);
        ArrayPool<byte>.Shared.Return(roots);
        return root;
    }

    /// <summary>Checks the elements of a value that has <paramref name="countMin"/>..<paramref name="countMax"/> of
    /// them.</summary>
    protected void CheckElements(ReadOnlySpan<byte> bytes, ulong countMin, ulong countMax, long at)
    {
        int count = Element.IsFixed ? FixedCount(bytes, at) : VariableCount(bytes, at);
        if ((ulong)count < countMin || (ulong)count > countMax)
        {
            throw new SszException(
                Name, at, $"{count} elements; expected {(countMin == countMax ? "" : "at most ")}{countMax}");
        }

        if (Element is SszBasicType basic)
        {
            basic.CheckPacked(bytes, at);
            return;
        }

        int start = Element.IsFixed ? 0 : count * OffsetBytes;
        for (int i = 0; i < count; i++)
        {
            int end = Element.IsFixed ? start + Element.InlineBytes : End(bytes, i, count, start, at);
            Element.Check(bytes[start..end], at + start);
            start = end;
        }
    }

    private int FixedCount(ReadOnlySpan<byte> bytes, long at)
    {
        (int count, int rest) = Math.DivRem(bytes.Length, Element.InlineBytes);
        return rest == 0
            ? count
            : throw new SszException(
                Name, at, $"{bytes.Length} bytes are no whole number of {Element.InlineBytes}-byte elements");
    }

    private int VariableCount(ReadOnlySpan<byte> bytes, long at)
    {
        if (bytes.IsEmpty)
        {
            return 0;
        }

        uint first = bytes.Length < OffsetBytes ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        return first is 0 || first % OffsetBytes != 0 || first > bytes.Length
            ? throw new SszException(
                Name, at, $"first offset {first} does not end a table of offsets in {bytes.Length} bytes")
            : (int)(first / OffsetBytes);
    }

    private int End(ReadOnlySpan<byte> bytes, int index, int count, int start, long at)
    {
        if (index + 1 == count)
        {
            return bytes.Length;
        }

        uint end = BinaryPrimitives.ReadUInt32LittleEndian(bytes[((index + 1) * OffsetBytes)..]);
        return end >= start && end <= bytes.Length
            ? (int)end
            : throw new SszException(
                Name, at, $"offset {end} of element {index + 1} lies outside {start}..{bytes.Length}");
    }
}

/// <summary>A fixed number of elements, at least one.</summary>
public sealed class SszVector : SszSequence
{
    private readonly int _count;

    public SszVector(SszType element, int count)
        : base($"Vector[{element?.Name}, {count}]", element!)
    {
        ArgumentNullException.ThrowIfNull(element);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        _count = count;
        InlineBytes = element.IsFixed ? checked(element.InlineBytes * count) : OffsetBytes;
    }

    public override bool IsFixed => Element.IsFixed;

    public override int InlineBytes { get; }

    /// <summary>A vector of bytes, such as a root, a key or a signature.</summary>
    public static SszVector Bytes(int count) => new(SszBasicType.UInt8, count);

    public override Hash256 Root(ReadOnlySpan<byte> bytes, SszHasher hasher) =>
        ElementsRoot(bytes, (ulong)_count, hasher);

    internal override void Check(ReadOnlySpan<byte> bytes, long at) =>
        CheckElements(bytes, (ulong)_count, (ulong)_count, at);
}

/// <summary>Any number of elements up to a limit.</summary>
public sealed class SszList(SszType element, ulong limit) : SszSequence($"List[{element?.Name}, {limit}]", element!)
{
    public ulong Limit { get; } = limit;

    public override bool IsFixed => false;

    public override int InlineBytes => OffsetBytes;

    public override Hash256 Root(ReadOnlySpan<byte> bytes, SszHasher hasher) =>
        hasher.MixInLength(ElementsRoot(bytes, Limit, hasher), (ulong)CountOf(bytes));

    internal override void Check(ReadOnlySpan<byte> bytes, long at) => CheckElements(bytes, 0, Limit, at);
}
