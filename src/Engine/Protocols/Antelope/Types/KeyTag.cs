using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Tactus.Engine.Protocols.Antelope.Types;

/// <summary>What makes two public keys equal, in 34 bytes and without allocation: [type | 33 compressed bytes] for K1
/// and R1, [2 | 0 | sha256 of everything after the variant index] for WebAuthn, whose keys have variable
/// length.</summary>
[InlineArray(Size)]
public struct KeyTag : IEquatable<KeyTag>
{
    public const int Size = 34;

    private byte _first;

    /// <summary>The variant index of the key.</summary>
    public readonly KeyType Type => (KeyType)_first;

    /// <param name="type">Variant of the key.</param>
    /// <param name="data">Everything after the variant index.</param>
    /// <exception cref="ArgumentException">A K1 or R1 key is not 33 bytes.</exception>
    public static KeyTag Of(KeyType type, ReadOnlySpan<byte> data)
    {
        KeyTag tag = default;
        Span<byte> bytes = tag;
        bytes[0] = (byte)type;
        if (type == KeyType.WebAuthn)
        {
            SHA256.HashData(data, bytes[2..]);
        }
        else if (data.Length == PublicKey.CompressedSize)
        {
            data.CopyTo(bytes[1..]);
        }
        else
        {
            throw new ArgumentException(
                $"a {type} key has {PublicKey.CompressedSize} bytes, not {data.Length}", nameof(data));
        }

        return tag;
    }

    public static KeyTag Of(PublicKey key) => Of(key.Type, key.Data);

    /// <summary>Views packed tags, 34 bytes each, without copying.</summary>
    public static ReadOnlySpan<KeyTag> View(ReadOnlySpan<byte> packed) => MemoryMarshal.Cast<byte, KeyTag>(packed);

    public static bool operator ==(in KeyTag left, in KeyTag right) => left.Equals(right);

    public static bool operator !=(in KeyTag left, in KeyTag right) => !left.Equals(right);

    /// <summary>The 33-byte compressed point of a K1 or R1 key.</summary>
    public static ReadOnlySpan<byte> Compressed(in KeyTag tag) =>
        MemoryMarshal.CreateReadOnlySpan(in tag._first, Size)[1..];

    public readonly bool Equals(KeyTag other) => ((ReadOnlySpan<byte>)this).SequenceEqual(other);

    public override readonly bool Equals(object? obj) => obj is KeyTag other && Equals(other);

    public override readonly int GetHashCode()
    {
        HashCode hash = default;
        hash.AddBytes(this);
        return hash.ToHashCode();
    }
}
