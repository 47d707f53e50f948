using Tactus.Engine.Primitives;

namespace Tactus.Engine.Protocols.Gasper.Ssz;

/// <summary>
/// A type of Simple Serialize. Its encoding is canonical, so values stay bytes: <see cref="Check(ReadOnlySpan{byte})"/>
/// refuses everything that is not an encoding of the type, <see cref="Root"/> hashes checked bytes.
/// </summary>
public abstract class SszType(string name)
{
    /// <summary>Bytes of an offset to a part of variable size.</summary>
    public const int OffsetBytes = 4;

    public string Name { get; } = name;

    /// <summary>Whether every value has the same number of bytes.</summary>
    public abstract bool IsFixed { get; }

    /// <summary>Bytes in the fixed part of a parent: the size of a value, or that of an offset.</summary>
    public abstract int InlineBytes { get; }

    /// <summary>Whether values are packed several to a chunk: numbers and booleans.</summary>
    public virtual bool IsBasic => false;

    /// <summary>Refuses anything but the canonical encoding of one value.</summary>
    /// <exception cref="SszException">Says where and why.</exception>
    public void Check(ReadOnlySpan<byte> bytes) => Check(bytes, 0);

    internal abstract void Check(ReadOnlySpan<byte> bytes, long at);

    /// <summary>hash_tree_root of bytes that passed <see cref="Check(ReadOnlySpan{byte})"/>.</summary>
    public abstract Hash256 Root(ReadOnlySpan<byte> bytes, SszHasher hasher);

    public override string ToString() => Name;

    internal void CheckSize(ReadOnlySpan<byte> bytes, int expected, long at)
    {
        if (bytes.Length != expected)
        {
            throw new SszException(Name, at, $"{bytes.Length} bytes; expected {expected}");
        }
    }
}
