namespace Tactus.Engine.Tests.Gasper.Vectors;

/// <summary>Decodes the raw block format of Snappy (google/snappy format_description.txt): what .ssz_snappy files hold.</summary>
internal static class SnappyBlock
{
    private const int OutputBytesMax = 1 << 28;

    public static byte[] Decode(ReadOnlySpan<byte> input)
    {
        int at = 0;
        byte[] output = new byte[ReadLength(input, ref at)];
        int written = 0;
        while (at < input.Length)
        {
            byte tag = input[at++];
            if ((tag & 3) == 0)
            {
                int length = LiteralLength(input, tag, ref at);
                input.Slice(at, length).CopyTo(output.AsSpan(written));
                at += length;
                written += length;
                continue;
            }

            (int count, int offset) = CopyOf(input, tag, ref at);
            if (offset == 0 || offset > written)
            {
                throw new FormatException($"snappy: copy from {offset} bytes back at output byte {written}");
            }

            // Byte by byte: a copy may overlap what it writes.
            for (int i = 0; i < count; i++, written++)
            {
                output[written] = output[written - offset];
            }
        }

        return written == output.Length
            ? output
            : throw new FormatException($"snappy: {written} bytes where {output.Length} were announced");
    }

    private static int ReadLength(ReadOnlySpan<byte> input, ref int at)
    {
        ulong length = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte b = input[at++];
            length |= (ulong)(b & 0x7f) << shift;
            if (b < 0x80)
            {
                break;
            }
        }

        return length <= OutputBytesMax
            ? (int)length
            : throw new FormatException($"snappy: {length} bytes exceed the limit {OutputBytesMax}");
    }

    private static int LiteralLength(ReadOnlySpan<byte> input, byte tag, ref int at)
    {
        int length = tag >> 2;
        if (length < 60)
        {
            return length + 1;
        }

        int value = 0;
        for (int i = 0; i < length - 59; i++)
        {
            value |= input[at++] << (8 * i);
        }

        return value + 1;
    }

    private static (int Count, int Offset) CopyOf(ReadOnlySpan<byte> input, byte tag, ref int at)
    {
        switch (tag & 3)
        {
            case 1:
                return (4 + (tag >> 2 & 7), (tag >> 5 << 8) | input[at++]);
            case 2:
                at += 2;
                return ((tag >> 2) + 1, input[at - 2] | (input[at - 1] << 8));
            default:
                at += 4;
                return ((tag >> 2) + 1, BitConverter.ToInt32(input.Slice(at - 4, 4)));
        }
    }
}
