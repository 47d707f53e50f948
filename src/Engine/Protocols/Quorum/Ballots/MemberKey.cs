using System.Buffers.Binary;
using Tactus.Engine.Primitives;

namespace Tactus.Engine.Protocols.Quorum.Ballots;

/// <summary>The public key of a member or candidate: 33 bytes, ordered as bytes.</summary>
/// <param name="Prefix">2 or 3.</param>
/// <param name="X">The x coordinate.</param>
public readonly record struct MemberKey(byte Prefix, Hash256 X) : IComparable<MemberKey>
{
    public const int Size = 33;

    /// <summary>The number by which the engine names the member: the first 8 bytes of x.</summary>
    public ulong Id => BinaryPrimitives.ReadUInt64BigEndian(X.Bytes);

    public static MemberKey Of(ReadOnlySpan<byte> key33) => new(key33[0], new Hash256(key33.Slice(1, Hash256.Size)));

    public static MemberKey Read(ref ByteReader reader) => new(reader.ReadByte(), reader.ReadHash256());

    public void Write(ByteWriter writer)
    {
        writer.WriteByte(Prefix);
        writer.WriteHash256(X);
    }

    public void CopyTo(Span<byte> key33)
    {
        key33[0] = Prefix;
        X.CopyTo(key33[1..]);
    }

    public int CompareTo(MemberKey other)
    {
        int c = Prefix.CompareTo(other.Prefix);
        return c != 0 ? c : X.CompareTo(other.X);
    }

    public override string ToString() => $"{Prefix:x2}{X.ToShortString(4)}";
}
