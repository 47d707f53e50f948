using System.Numerics;
using System.Security.Cryptography;
using Tactus.Engine.Primitives;
using Tactus.Kernels;

namespace Tactus.Engine.Protocols.Quorum.Coins;

/// <summary>Who may spend an output: 21 bytes, a version and ripemd160(sha256(sha256(public key))) [C].</summary>
/// <param name="Padded">The 21 bytes followed by zeros.</param>
public readonly record struct CoinAddress(Hash256 Padded)
{
    public const int Size = 21;

    /// <summary>A compressed key: 02 or 03, then x.</summary>
    public const int KeySize = 33;

    /// <summary>Longest text that is read; 25 bytes take at most 35 characters of base 58.</summary>
    private const int TextCharsMax = 40;

    private const string Alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

    /// <summary>The address of a 33-byte public key.</summary>
    public static CoinAddress OfKey(ReadOnlySpan<byte> key33)
    {
        Span<byte> bytes = stackalloc byte[Size];
        Span<byte> once = stackalloc byte[32];
        Span<byte> twice = stackalloc byte[32];
        SHA256.HashData(key33, once);
        SHA256.HashData(once, twice);
        bytes[0] = 0;
        Ripemd160.Hash(twice, bytes[1..]);
        return new CoinAddress(new Hash256(bytes));
    }

    /// <summary>Takes 21 bytes as transactions carry them.</summary>
    public static CoinAddress Read(ReadOnlySpan<byte> bytes) => new(new Hash256(bytes[..Size]));

    /// <summary>Reads the text form: base 58 of hash (20 bytes), version, and the first 4 bytes of sha256 over both
    /// [C].</summary>
    /// <exception cref="FormatException">A bad character, length or checksum.</exception>
    public static CoinAddress Parse(string text)
    {
        if (text.Length > TextCharsMax)
        {
            throw new FormatException($"an address of {text.Length} characters is longer than {TextCharsMax}");
        }

        BigInteger number = 0;
        foreach (char c in text)
        {
            int digit = Alphabet.IndexOf(c, StringComparison.Ordinal);
            number = digit < 0 ? throw new FormatException($"'{c}' is not a base 58 character") : (number * 58) + digit;
        }

        byte[] bytes = new byte[25];
        if (!number.TryWriteBytes(
            bytes.AsSpan(25 - Math.Min(25, number.GetByteCount(isUnsigned: true))), out _, true, true))
        {
            throw new FormatException($"address {text} holds more than 25 bytes");
        }

        if (!SHA256.HashData(bytes.AsSpan(0, Size)).AsSpan(0, 4).SequenceEqual(bytes.AsSpan(Size)))
        {
            throw new FormatException($"address {text}: its checksum is wrong");
        }

        Span<byte> wire = stackalloc byte[Size];
        wire[0] = bytes[20];
        bytes.AsSpan(0, 20).CopyTo(wire[1..]);
        return Read(wire);
    }

    public void CopyTo(Span<byte> destination) => Padded.Bytes[..Size].CopyTo(destination);

    /// <summary>Hexadecimal of the 21 bytes.</summary>
    public override string ToString() => Convert.ToHexStringLower(Padded.Bytes[..Size]);
}
