namespace Tactus.Kernels.Sha256;

/// <summary>SHA-256 (FIPS 180-4) over batches of messages. Stateless and safe for concurrent use.</summary>
/// <remarks>
/// All outputs are 32-byte big-endian digests laid end to end: digest i is at <c>digests[32*i..]</c>.
/// Input and output may not overlap, except that <see cref="HashPairs"/> allows output onto the start of its input.
/// </remarks>
public interface ISha256Kernel : IKernel
{
    /// <summary>Hashes <c>messages.Length / messageBytes</c> messages of equal length laid end to end.</summary>
    /// <exception cref="ArgumentException">A span's size does not fit the counts.</exception>
    void HashEqual(ReadOnlySpan<byte> messages, int messageBytes, Span<byte> digests);

    /// <summary>Hashes messages of any lengths: message i is <c>data.Slice(ranges[i].Offset, ranges[i].Length)</c>.</summary>
    /// <exception cref="ArgumentException">A range lies outside <paramref name="data"/> or the output is too short.</exception>
    void HashMixed(ReadOnlySpan<byte> data, ReadOnlySpan<MessageRange> ranges, Span<byte> digests);

    /// <summary>Hashes 64-byte nodes (two digests side by side) to 32-byte digests: the step of every Merkle tree.</summary>
    void HashPairs(ReadOnlySpan<byte> pairs, Span<byte> digests);
}

/// <summary>Where a message lies in a buffer, in bytes.</summary>
public readonly record struct MessageRange(int Offset, int Length);
