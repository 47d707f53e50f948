using System.Globalization;
using Tactus.Engine.Primitives;

namespace Tactus.Engine.Protocols.Antelope.Types;

/// <summary>An amount of a token in its smallest unit, and the symbol: 16 bytes on the wire (leap v5.0.3
/// asset.hpp).</summary>
public readonly record struct Asset(long Amount, Symbol Symbol)
{
    public const int Size = 16;

    /// <summary>Largest absolute amount: 2^62 - 1.</summary>
    public const long AmountMax = (1L << 62) - 1;

    public bool IsAmountInRange => Amount is >= -AmountMax and <= AmountMax;

    public bool IsValid => IsAmountInRange && Symbol.IsValid;

    public static Asset Read(ref ByteReader reader)
    {
        long amount = reader.ReadInt64();
        return new Asset(amount, new Symbol(reader.ReadUInt64()));
    }

    public void Write(ByteWriter writer)
    {
        writer.WriteInt64(Amount);
        writer.WriteUInt64(Symbol.Value);
    }

    /// <summary>"12.3456 EOS": the digits after the point give the decimals.</summary>
    /// <exception cref="FormatException">The text is no asset.</exception>
    public static Asset Parse(string text)
    {
        int space = text.IndexOf(' ', StringComparison.Ordinal);
        string number = space < 0 ? text : text[..space];
        int point = number.IndexOf('.', StringComparison.Ordinal);
        int decimals = point < 0 ? 0 : number.Length - point - 1;
        string digits = point < 0 ? number : number.Remove(point, 1);
        const NumberStyles Style = NumberStyles.AllowLeadingSign;
        if (space < 0
            || point == number.Length - 1
            || decimals > Symbol.DecimalsMax
            || !long.TryParse(digits, Style, CultureInfo.InvariantCulture, out long amount)
            || amount is < -AmountMax or > AmountMax)
        {
            throw new FormatException($"asset '{text}' must read '12.3456 EOS', at most 2^62 - 1 smallest units");
        }

        return new Asset(amount, new Symbol(decimals, text[(space + 1)..]));
    }

    public override string ToString()
    {
        string sign = Amount < 0 ? "-" : string.Empty;
        string digits = (Amount < 0 ? 0UL - (ulong)Amount : (ulong)Amount).ToString(CultureInfo.InvariantCulture);
        int decimals = Math.Min(Symbol.Decimals, Symbol.DecimalsMax);
        if (decimals > 0)
        {
            digits = digits.PadLeft(decimals + 1, '0');
            digits = digits.Insert(digits.Length - decimals, ".");
        }

        return $"{sign}{digits} {Symbol.CodeText(Symbol.Code)}";
    }
}
