using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Tactus.Engine.Primitives;

/// <summary>A 32-byte hash or id, in the order of its bytes. Shorter ids (20 bytes) are followed by zeros.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly struct Hash256 : IEquatable<Hash256>, IComparable<Hash256>
{
    public const int Size = 32;

    private readonly ulong _a;
    private readonly ulong _b;
    private readonly ulong _c;
    private readonly ulong _d;

    /// <summary>Takes up to 32 bytes; missing ones are zero.</summary>
    public Hash256(ReadOnlySpan<byte> bytes)
    {
        this = bytes.Length >= Size ? MemoryMarshal.Read<Hash256>(bytes) : Padded(bytes);
    }

    private static Hash256 Padded(ReadOnlySpan<byte> bytes)
    {
        Span<byte> padded = stackalloc byte[Size];
        padded.Clear();
        bytes.CopyTo(padded);
        return MemoryMarshal.Read<Hash256>(padded);
    }

    public static Hash256 Zero => default;

    public bool IsZero => (_a | _b | _c | _d) == 0;

    /// <summary>First eight bytes as stored; spreads well because ids are hashes.</summary>
    public ulong Prefix64 => _a;

    [UnscopedRef]
    public ReadOnlySpan<byte> Bytes =>
        MemoryMarshal.AsBytes(MemoryMarshal.CreateReadOnlySpan(in this, 1));

    public static Hash256 FromHex(string hex) => new(Convert.FromHexString(hex));

    public static bool operator ==(in Hash256 x, in Hash256 y) => x.Equals(y);

    public static bool operator !=(in Hash256 x, in Hash256 y) => !x.Equals(y);

    public static bool operator <(in Hash256 x, in Hash256 y) => x.CompareTo(y) < 0;

    public static bool operator >(in Hash256 x, in Hash256 y) => x.CompareTo(y) > 0;

    public static bool operator <=(in Hash256 x, in Hash256 y) => x.CompareTo(y) <= 0;

    public static bool operator >=(in Hash256 x, in Hash256 y) => x.CompareTo(y) >= 0;

    public void CopyTo(Span<byte> destination) => Bytes.CopyTo(destination);

    public byte[] ToArray() => Bytes.ToArray();

    public bool Equals(Hash256 other) => _a == other._a && _b == other._b && _c == other._c && _d == other._d;

    public override bool Equals(object? obj) => obj is Hash256 other && Equals(other);

    public override int GetHashCode() => (int)(_a ^ (_a >> 32));

    /// <summary>Orders by bytes, first byte most significant.</summary>
    public int CompareTo(Hash256 other) => Bytes.SequenceCompareTo(other.Bytes);

    /// <summary>Lower-case hexadecimal.</summary>
    public override string ToString() => Convert.ToHexStringLower(Bytes);

    /// <summary>The first <paramref name="bytes"/> bytes in hexadecimal, for log lines.</summary>
    public string ToShortString(int bytes = 8) => Convert.ToHexStringLower(Bytes[..bytes]);

    /// <summary>Big-endian block number that Antelope and Graphene ids carry in their first four bytes.</summary>
    public uint LeadingUInt32 => BinaryPrimitives.ReadUInt32BigEndian(Bytes);
}
