using Tactus.Engine.Primitives;
using Tactus.Kernels;

namespace Tactus.Engine.Protocols.Graphene.Types;

/// <summary>A compressed public key, 33 bytes: 02 or 03, then x. [C] Text: the chain's prefix, then base 58 of the key
/// and the first four bytes of ripemd160(key).</summary>
public readonly record struct SigningKey : IComparable<SigningKey>
{
    public const int Size = 33;

    private const int ChecksumBytes = 4;

    private readonly Hash256 _x;
    private readonly byte _parity;

    public SigningKey(ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(bytes.Length, Size, nameof(bytes));
        _parity = bytes[0];
        _x = new Hash256(bytes[1..]);
    }

    public static SigningKey Read(ref ByteReader reader)
    {
        ReadOnlySpan<byte> bytes = reader.ReadSpan(Size);
        return bytes.Length == Size ? new SigningKey(bytes) : default;
    }

    public static SigningKey Parse(string text, string prefix)
    {
        if (!text.StartsWith(prefix, StringComparison.Ordinal))
        {
            throw new FormatException($"key '{text}' does not begin with {prefix}");
        }

        if (!Base58.TryDecode(text.AsSpan(prefix.Length), out byte[]? bytes, out string? error))
        {
            throw new FormatException($"key '{text}': {error}");
        }

        Span<byte> sum = stackalloc byte[Ripemd160.DigestBytes];
        if (bytes.Length == Size + ChecksumBytes)
        {
            Ripemd160.Hash(bytes.AsSpan(0, Size), sum);
        }

        return bytes.Length == Size + ChecksumBytes && sum[..ChecksumBytes].SequenceEqual(bytes.AsSpan(Size))
            ? new SigningKey(bytes.AsSpan(0, Size))
            : throw new FormatException($"key '{text}' has {bytes.Length} bytes or a wrong checksum");
    }

    public void CopyTo(Span<byte> bytes)
    {
        bytes[0] = _parity;
        _x.CopyTo(bytes[1..]);
    }

    public void Write(ByteWriter writer) => CopyTo(writer.Reserve(Size));

    public bool Matches(ReadOnlySpan<byte> key33) => key33[0] == _parity && _x.Bytes.SequenceEqual(key33.Slice(1, 32));

    public int CompareTo(SigningKey other)
    {
        int order = _parity.CompareTo(other._parity);
        return order != 0 ? order : _x.CompareTo(other._x);
    }

    public string ToText(string prefix)
    {
        Span<byte> bytes = stackalloc byte[Size + Ripemd160.DigestBytes];
        CopyTo(bytes);
        Ripemd160.Hash(bytes[..Size], bytes[Size..]);
        return prefix + Base58.Encode(bytes[..(Size + ChecksumBytes)]);
    }

    public override string ToString() => ToText("BTS");
}
