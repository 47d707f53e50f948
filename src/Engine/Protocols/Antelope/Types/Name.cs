namespace Tactus.Engine.Protocols.Antelope.Types;

/// <summary>An account, action, table or permission name: up to 13 characters of ".12345a-z" packed in 64 bits.
/// Characters 0..11 take five bits each from the top, character 12 the low four bits (leap v5.0.3 name.hpp).</summary>
public readonly record struct Name(ulong Value) : IComparable<Name>
{
    public const int CharsMax = 13;

    private const string Alphabet = ".12345abcdefghijklmnopqrstuvwxyz";

    public bool IsEmpty => Value == 0;

    /// <exception cref="FormatException">The text is no name; the message says which character.</exception>
    public static Name Parse(string text) =>
        TryParse(text, out Name name, out string? error) ? name : throw new FormatException(error);

    public static bool TryParse(string text, out Name name, out string? error)
    {
        name = default;
        if (text.Length > CharsMax)
        {
            error = $"name '{text}' has {text.Length} characters, at most {CharsMax} are allowed";
            return false;
        }

        ulong value = 0;
        for (int i = 0; i < text.Length; i++)
        {
            int symbol = Alphabet.IndexOf(text[i], StringComparison.Ordinal);
            if (symbol < 0)
            {
                error = $"name '{text}' has '{text[i]}' at position {i}; allowed are a-z, 1-5 and '.'";
                return false;
            }

            if (i < 12)
            {
                value |= (ulong)(uint)symbol << (64 - (5 * (i + 1)));
            }
            else if (symbol > 15)
            {
                error = $"name '{text}' has '{text[i]}' as its 13th character; only '.', 1-5 and a-j fit there";
                return false;
            }
            else
            {
                value |= (ulong)(uint)symbol;
            }
        }

        name = new Name(value);
        error = null;
        return true;
    }

    /// <summary>Account order everywhere is the numeric order of the 64-bit value.</summary>
    public int CompareTo(Name other) => Value.CompareTo(other.Value);

    public override string ToString()
    {
        Span<char> chars = stackalloc char[CharsMax];
        ulong rest = Value;
        for (int i = 12; i >= 0; i--)
        {
            int bits = i == 12 ? 4 : 5;
            chars[i] = Alphabet[(int)(rest & ((1UL << bits) - 1))];
            rest >>= bits;
        }

        return new string(chars.TrimEnd('.'));
    }
}
