namespace Tactus.Kernels.Sha256;

/// <summary>Checks of the arguments that every entry makes before it touches memory.</summary>
internal static class Sha256Batch
{
    /// <summary>Number of messages in an equal-length batch. Messages of zero bytes: one per 32 bytes of output.</summary>
    public static int CheckEqual(ReadOnlySpan<byte> messages, int messageBytes, Span<byte> digests)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(messageBytes);
        int count = messageBytes == 0 ? digests.Length / Sha256Scalar.DigestBytes : messages.Length / messageBytes;
        if ((long)count * messageBytes != messages.Length)
        {
            throw new ArgumentException(
                $"{messages.Length} bytes are not a whole number of messages of {messageBytes} bytes.", nameof(messages));
        }

        CheckOutput(count, digests);
        return count;
    }

    /// <summary>Checks that every range lies inside the data and that the output holds a digest for each.</summary>
    public static void CheckMixed(ReadOnlySpan<byte> data, ReadOnlySpan<MessageRange> ranges, Span<byte> digests)
    {
        CheckOutput(ranges.Length, digests);
        for (int i = 0; i < ranges.Length; i++)
        {
            // As unsigned, a negative offset or length is too large; the sum of two below 2^31 does not overflow.
            (int offset, int length) = ranges[i];
            if ((uint)offset > (uint)data.Length || (uint)length > (uint)(data.Length - offset))
            {
                throw new ArgumentException(
                    $"Message {i} ({length} bytes at {offset}) lies outside the data of {data.Length} bytes.", nameof(ranges));
            }
        }
    }

    private static void CheckOutput(int count, Span<byte> digests)
    {
        if ((long)count * Sha256Scalar.DigestBytes > digests.Length)
        {
            throw new ArgumentException(
                $"{count} digests need {(long)count * Sha256Scalar.DigestBytes} bytes; there are {digests.Length}.",
                nameof(digests));
        }
    }
}
