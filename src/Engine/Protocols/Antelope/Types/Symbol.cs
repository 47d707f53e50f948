using Tactus.Engine.Primitives;

namespace Tactus.Engine.Protocols.Antelope.Types;

/// <summary>A token symbol: decimals (0..18) in byte 0, then one to seven letters A-Z (leap v5.0.3
/// symbol.hpp).</summary>
public readonly record struct Symbol(ulong Value)
{
    public const int DecimalsMax = 18;
    public const int LettersMax = 7;

    public Symbol(int decimals, string code)
        : this((CodeOf(code) << 8) | (uint)decimals)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)decimals, (uint)DecimalsMax, nameof(decimals));
    }

    /// <summary>Digits after the decimal point.</summary>
    public int Decimals => (byte)Value;

    /// <summary>The letters as a 56-bit number (symbol_code): what token tables are keyed by.</summary>
    public ulong Code => Value >> 8;

    /// <summary>At most 18 decimals and one to seven letters A-Z without gaps.</summary>
    public bool IsValid => Decimals <= DecimalsMax && IsCodeValid(Code);

    /// <summary>"4,EOS".</summary>
    /// <exception cref="FormatException">The text is no symbol.</exception>
    public static Symbol Parse(string text)
    {
        int comma = text.IndexOf(',', StringComparison.Ordinal);
        if (comma <= 0 || !uint.TryParse(text.AsSpan(0, comma), out uint decimals) || decimals > DecimalsMax)
        {
            throw new FormatException($"symbol '{text}' must read 'decimals,LETTERS' with 0..{DecimalsMax} decimals");
        }

        return new Symbol((int)decimals, text[(comma + 1)..]);
    }

    /// <summary>Packs one to seven letters A-Z, the first in the low byte.</summary>
    /// <exception cref="FormatException">The text is no symbol code.</exception>
    public static ulong CodeOf(string letters)
    {
        ulong code = 0;
        for (int i = letters.Length - 1; i >= 0; i--)
        {
            code = (code << 8) | (letters[i] <= 'Z' ? letters[i] : 0u);
        }

        return letters.Length <= LettersMax && IsCodeValid(code)
            ? code
            : throw new FormatException($"symbol code '{letters}' must be one to {LettersMax} letters A-Z");
    }

    public static bool IsCodeValid(ulong code)
    {
        if (code == 0 || code >> (8 * LettersMax) != 0)
        {
            return false;
        }

        for (; code != 0; code >>= 8)
        {
            if ((byte)code is < (byte)'A' or > (byte)'Z')
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The letters of a code; bytes that are no letters show as '?'.</summary>
    public static string CodeText(ulong code)
    {
        Span<char> letters = stackalloc char[8];
        int length = 0;
        for (; code != 0; code >>= 8)
        {
            char c = (char)(byte)code;
            letters[length++] = c is >= 'A' and <= 'Z' ? c : '?';
        }

        return new string(letters[..length]);
    }

    public override string ToString() => $"{Decimals},{CodeText(Code)}";
}
