namespace Tactus.Kernels.Sha256;

/// <summary>Start-up checks of an entry: published answers for scalar, equality with scalar for the others.</summary>
internal static class Sha256SelfTest
{
    /// <summary>Longest message of the mixed batch: past three blocks, so that every padding case occurs.</summary>
    private const int MessageBytesMax = 200;

    /// <summary>FIPS 180-4 examples (csrc.nist.gov, SHA256.pdf and the empty message of SHA2_Additional.pdf).</summary>
    private static readonly (byte[] Message, string Digest)[] Published =
    [
        ([], "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855"),
        ("abc"u8.ToArray(), "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD"),
        ("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"u8.ToArray(),
            "248D6A61D20638B8E5C026930C3E6039A33CE45964FF2167F6ECEDD419DB06C1"),
    ];

    public static string? KnownAnswers(ISha256Kernel kernel)
    {
        byte[] digest = new byte[Sha256Scalar.DigestBytes];
        foreach ((byte[] message, string expected) in Published)
        {
            kernel.HashMixed(message, [new MessageRange(0, message.Length)], digest);
            if (!string.Equals(Convert.ToHexString(digest), expected, StringComparison.Ordinal))
            {
                return $"the published message of {message.Length} bytes gives {Convert.ToHexString(digest)}";
            }
        }

        return null;
    }

    public static string? AgainstScalar(ISha256Kernel kernel)
    {
        // More than two full sets of lanes plus an odd tail.
        int count = (2 * kernel.Lanes) + 3;
        byte[] data = Bytes(count * MessageBytesMax);
        return KnownAnswers(kernel) ?? EqualLengths(kernel, data, count) ?? MixedLengths(kernel, data, count) ?? Pairs(kernel, data, count);
    }

    private static string? EqualLengths(ISha256Kernel kernel, byte[] data, int count)
    {
        // 55 | 56 and 119 | 120 are the edges between one padding block and two; 64 and 128 have a constant padding block.
        foreach (int bytes in (ReadOnlySpan<int>)[0, 1, 32, 55, 56, 63, 64, 65, 119, 120, 128, MessageBytesMax])
        {
            byte[] expected = new byte[count * Sha256Scalar.DigestBytes];
            byte[] actual = new byte[expected.Length];
            new Sha256Scalar().HashEqual(data.AsSpan(0, count * bytes), bytes, expected);
            kernel.HashEqual(data.AsSpan(0, count * bytes), bytes, actual);
            if (FirstDifference(expected, actual) is { } item)
            {
                return $"message {item} of {count} of {bytes} bytes each";
            }
        }

        return null;
    }

    private static string? MixedLengths(ISha256Kernel kernel, byte[] data, int count)
    {
        var ranges = new MessageRange[count];
        for (int i = 0; i < count; i++)
        {
            ranges[i] = new MessageRange(i * 3, i * 37 % MessageBytesMax);
        }

        byte[] expected = new byte[count * Sha256Scalar.DigestBytes];
        byte[] actual = new byte[expected.Length];
        new Sha256Scalar().HashMixed(data, ranges, expected);
        kernel.HashMixed(data, ranges, actual);
        return FirstDifference(expected, actual) is { } item ? $"message {item} of {count} of mixed lengths" : null;
    }

    private static string? Pairs(ISha256Kernel kernel, byte[] data, int count)
    {
        byte[] expected = new byte[count * Sha256Scalar.DigestBytes];
        byte[] inPlace = data[..(count * 2 * Sha256Scalar.DigestBytes)];
        new Sha256Scalar().HashPairs(inPlace, expected);
        kernel.HashPairs(inPlace, inPlace);
        return FirstDifference(expected, inPlace) is { } item ? $"pair {item} of {count} hashed in place" : null;
    }

    private static int? FirstDifference(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> actual)
    {
        int same = expected.CommonPrefixLength(actual);
        return same < expected.Length ? same / Sha256Scalar.DigestBytes : null;
    }

    /// <summary>Bytes without structure: a multiplicative generator modulo 2^31 - 1 (Park and Miller 1988).</summary>
    private static byte[] Bytes(int count)
    {
        byte[] bytes = new byte[count];
        ulong x = 1;
        for (int i = 0; i < count; i++)
        {
            x = x * 16807 % 0x7fffffff;
            bytes[i] = (byte)(x >> 8);
        }

        return bytes;
    }
}
