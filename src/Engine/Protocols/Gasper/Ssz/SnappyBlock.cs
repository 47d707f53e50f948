namespace Tactus.Engine.Protocols.Gasper.Ssz;

/// <summary>Decodes the raw block format of Snappy (google/snappy format_description.txt): what .ssz_snappy files
/// hold.</summary>
public static class SnappyBlock
{
    /// <summary>Most bytes of an output: 256 MiB.</summary>
    private const int OutputBytesMax = 1 << 28;

    /// <summary>Most output bytes per input byte: a copy of 64 bytes takes three.</summary>
    private const int ExpansionMax = 22;

    private const int VarintBytesMax = 5;

    /// <exception cref="FormatException">The bytes are no such block; the message says where.</exception>
    public static byte[] Decode(ReadOnlySpan<byte> input)
    {
        int at = 0;
        byte[] output = new byte[ReadLength(input, ref at)];
        int written = 0;
        while (at < input.Length)
        {
            int tagAt = at;
            byte tag = input[at++];
            if ((tag & 3) == 0)
            {
                int length = LiteralLength(input, tag, ref at);
                Check(length > 0 && length <= input.Length - at, tagAt, "a literal goes beyond the input");
                Check(length <= output.Length - written, tagAt, "more bytes than announced");
                input.Slice(at, length).CopyTo(output.AsSpan(written));
                at += length;
                written += length;
                continue;
            }

            (int count, int offset) = CopyOf(input, tag, ref at);
            Check(offset > 0 && offset <= written, tagAt, $"a copy from {offset} bytes back at output byte {written}");
            Check(count <= output.Length - written, tagAt, "more bytes than announced");

            // Byte by byte: a copy may overlap what it writes.
            for (int i = 0; i < count; i++, written++)
            {
                output[written] = output[written - offset];
            }
        }

        Check(written == output.Length, at, $"{written} bytes where {output.Length} were announced");
        return output;
    }

    private static int ReadLength(ReadOnlySpan<byte> input, ref int at)
    {
        ulong length = 0;
        for (int shift = 0; ; shift += 7)
        {
            Check(at < Math.Min(input.Length, VarintBytesMax), at, "no length");
            byte b = input[at++];
            length |= (ulong)(b & 0x7f) << shift;
            if (b < 0x80)
            {
                break;
            }
        }

        Check(
            length <= OutputBytesMax && length <= (ulong)input.Length * ExpansionMax, 0,
            $"{length} bytes are announced, more than {input.Length} bytes of input can give");
        return (int)length;
    }

    private static int LiteralLength(ReadOnlySpan<byte> input, byte tag, ref int at)
    {
        int length = tag >> 2;
        if (length < 60)
        {
            return length + 1;
        }

        int bytes = length - 59;
        Check(bytes <= input.Length - at, at, "the input ends in a length");
        int value = 0;
        for (int i = 0; i < bytes; i++)
        {
            value |= input[at++] << (8 * i);
        }

        // Beyond 31 bits it is negative, and refused with the literal.
        return value == int.MaxValue ? 0 : value + 1;
    }

    private static (int Count, int Offset) CopyOf(ReadOnlySpan<byte> input, byte tag, ref int at)
    {
        int bytes = (tag & 3) == 3 ? 4 : tag & 3;
        Check(bytes <= input.Length - at, at, "the input ends in a copy");
        at += bytes;
        return bytes switch
        {
            1 => (4 + (tag >> 2 & 7), (tag >> 5 << 8) | input[at - 1]),
            2 => ((tag >> 2) + 1, input[at - 2] | (input[at - 1] << 8)),
            _ => ((tag >> 2) + 1, BitConverter.ToInt32(input.Slice(at - 4, 4))),
        };
    }

    private static void Check(bool holds, int at, string what)
    {
        if (!holds)
        {
            throw new FormatException($"snappy: byte {at}: {what}");
        }
    }
}
