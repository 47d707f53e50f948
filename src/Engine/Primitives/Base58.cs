using System.Diagnostics.CodeAnalysis;

namespace Tactus.Engine.Primitives;

/// <summary>Base 58 as Bitcoin writes it: the bytes as one big-endian number, each leading zero byte as a
/// '1'.</summary>
public static class Base58
{
    /// <summary>Longest text that is decoded, in characters; conversion time grows with its square.</summary>
    public const int CharsMax = 64 * 1024;

    private const string Alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

    public static string Encode(ReadOnlySpan<byte> bytes)
    {
        int zeros = bytes.IndexOfAnyExcept((byte)0);
        zeros = zeros < 0 ? bytes.Length : zeros;

        // Digits, least significant first: multiply by 256 and add, byte by byte. log(256)/log(58) < 1.366.
        byte[] digits = new byte[((bytes.Length - zeros) * 1366 / 1000) + 1];
        int count = 0;
        foreach (byte value in bytes[zeros..])
        {
            int carry = value;
            for (int i = 0; i < count; i++)
            {
                carry += digits[i] << 8;
                digits[i] = (byte)(carry % 58);
                carry /= 58;
            }

            for (; carry > 0; carry /= 58)
            {
                digits[count++] = (byte)(carry % 58);
            }
        }

        char[] text = new char[zeros + count];
        text.AsSpan(0, zeros).Fill(Alphabet[0]);
        for (int i = 0; i < count; i++)
        {
            text[zeros + i] = Alphabet[digits[count - 1 - i]];
        }

        return new string(text);
    }

    /// <returns>False, with the place of the bad character, where the text is not base 58.</returns>
    public static bool TryDecode(
        ReadOnlySpan<char> text, [NotNullWhen(true)] out byte[]? bytes, [NotNullWhen(false)] out string? error)
    {
        bytes = null;
        if (text.Length > CharsMax)
        {
            error = $"{text.Length} characters exceed the limit {CharsMax}";
            return false;
        }

        int zeros = text.IndexOfAnyExcept(Alphabet[0]);
        zeros = zeros < 0 ? text.Length : zeros;

        // Bytes, least significant first. log(58)/log(256) < 0.733.
        byte[] number = new byte[((text.Length - zeros) * 733 / 1000) + 1];
        int count = 0;
        for (int at = zeros; at < text.Length; at++)
        {
            int carry = Alphabet.IndexOf(text[at], StringComparison.Ordinal);
            if (carry < 0)
            {
                error = $"'{text[at]}' at position {at} is not a base 58 character";
                return false;
            }

            for (int i = 0; i < count; i++)
            {
                carry += number[i] * 58;
                number[i] = (byte)carry;
                carry >>= 8;
            }

            for (; carry > 0; carry >>= 8)
            {
                number[count++] = (byte)carry;
            }
        }

        bytes = new byte[zeros + count];
        for (int i = 0; i < count; i++)
        {
            bytes[zeros + i] = number[count - 1 - i];
        }

        error = null;
        return true;
    }
}
