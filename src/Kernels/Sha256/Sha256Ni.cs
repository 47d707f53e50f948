namespace Tactus.Kernels.Sha256;

/// <summary>SHA-256 by the processor's SHA instructions, two messages at a time, in machine code made here
/// (docs/decisions/0013).</summary>
public sealed unsafe class Sha256Ni : ISha256Kernel
{
    /// <inheritdoc/>
    public string Name => "sha-ni";

    /// <inheritdoc/>
    public string? WhyUnsupported => Sha256TwoCode.WhyUnsupported;

    /// <inheritdoc/>
    public int Lanes => 2;

    /// <summary>A message alone takes half as long again as the platform's library would without its call.</summary>
    public int BatchMinDefault => 1;

    /// <inheritdoc/>
    public string? SelfTest() => Sha256SelfTest.AgainstScalar(this);

    /// <inheritdoc/>
    public void HashEqual(ReadOnlySpan<byte> messages, int messageBytes, Span<byte> digests)
    {
        int count = Sha256Batch.CheckEqual(messages, messageBytes, digests);
        fixed (byte* data = messages)
        fixed (byte* output = digests)
        {
            if (messageBytes == 2 * Sha256Scalar.DigestBytes)
            {
                Sha256TwoQueue.HashPairs(data, count, output);
            }
            else
            {
                Sha256TwoQueue.HashEqual(data, messageBytes, count, output);
            }
        }
    }

    /// <inheritdoc/>
    public void HashMixed(ReadOnlySpan<byte> data, ReadOnlySpan<MessageRange> ranges, Span<byte> digests)
    {
        Sha256Batch.CheckMixed(data, ranges, digests);
        fixed (byte* start = data)
        fixed (MessageRange* range = ranges)
        fixed (byte* output = digests)
        {
            Sha256TwoQueue.HashMixed(start, data.Length, range, ranges.Length, output);
        }
    }

    /// <inheritdoc/>
    public void HashPairs(ReadOnlySpan<byte> pairs, Span<byte> digests) =>
        HashEqual(pairs, 2 * Sha256Scalar.DigestBytes, digests);
}
