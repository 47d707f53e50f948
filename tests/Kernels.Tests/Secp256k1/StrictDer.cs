namespace Tactus.Kernels.Tests.Secp256k1;

/// <summary>
/// Reads SEQUENCE { INTEGER r, INTEGER s } in DER and nothing else: shortest lengths, shortest non-negative integers,
/// no bytes left over. Only the Wycheproof files use DER: the protocols here carry r and s in fixed width.
/// </summary>
internal static class StrictDer
{
    /// <summary>
    /// r|s in 64 bytes, or null where the encoding is not DER or a number is negative or longer than 32 bytes.
    /// </summary>
    public static byte[]? Parse(ReadOnlySpan<byte> der)
    {
        byte[] signature = new byte[64];
        return TryTake(ref der, 0x30, out ReadOnlySpan<byte> sequence)
            && der.IsEmpty
            && TryTakeNumber(ref sequence, signature.AsSpan(0, 32))
            && TryTakeNumber(ref sequence, signature.AsSpan(32))
            && sequence.IsEmpty
            ? signature
            : null;
    }

    private static bool TryTakeNumber(ref ReadOnlySpan<byte> rest, Span<byte> number)
    {
        if (!TryTake(ref rest, 0x02, out ReadOnlySpan<byte> value) || value.IsEmpty || (value[0] & 0x80) != 0)
        {
            return false;
        }

        if (value[0] == 0 && value.Length > 1)
        {
            if ((value[1] & 0x80) == 0)
            {
                return false;
            }

            value = value[1..];
        }

        if (value.Length > number.Length)
        {
            return false;
        }

        value.CopyTo(number[^value.Length..]);
        return true;
    }

    // Lengths here are below 128, so the long form is never the shortest: two numbers of 33 bytes make 70.
    private static bool TryTake(ref ReadOnlySpan<byte> rest, byte tag, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (rest.Length < 2 || rest[0] != tag || rest[1] >= 0x80 || rest.Length < 2 + rest[1])
        {
            return false;
        }

        value = rest.Slice(2, rest[1]);
        rest = rest[(2 + rest[1])..];
        return true;
    }
}
