using System.Runtime.Intrinsics.X86;

namespace Tactus.Kernels.Sha256;

/// <summary>SHA-256 over eight lanes of 256-bit vectors.</summary>
/// <param name="usePlatform">
/// Leave messages that lanes suit badly (a few long ones) to the platform's library. Off in tests, so that they reach the lanes.
/// </param>
public sealed unsafe class Sha256Avx2x8(bool usePlatform = true) : ISha256Kernel
{
    /// <inheritdoc/>
    public string Name => "avx2";

    /// <inheritdoc/>
    public string? WhyUnsupported => Avx2.IsSupported ? null : "needs AVX2 (DOTNET_EnableAVX2=0 hides it)";

    /// <inheritdoc/>
    public int Lanes => Sha256Lanes256.SetLanes;

    /// <summary>One pair takes 0.51 us here and 0.41 us in the platform's library.</summary>
    public int BatchMinDefault => 2;

    /// <inheritdoc/>
    public string? SelfTest() => Sha256SelfTest.AgainstScalar(usePlatform ? new Sha256Avx2x8(usePlatform: false) : this);

    /// <inheritdoc/>
    public void HashEqual(ReadOnlySpan<byte> messages, int messageBytes, Span<byte> digests)
    {
        int count = Sha256Batch.CheckEqual(messages, messageBytes, digests);
        fixed (byte* data = messages)
        fixed (byte* output = digests)
        {
            if (messageBytes == 2 * Sha256Scalar.DigestBytes)
            {
                Sha256Lanes256.HashPairs(data, count, output);
            }
            else if (!Sha256Groups256.TryHashEqual(data, messageBytes, count, output))
            {
                Sha256LaneQueue<Sha256Lanes256>.HashEqual(data, messageBytes, count, digests, usePlatform);
            }
        }
    }

    /// <inheritdoc/>
    public void HashMixed(ReadOnlySpan<byte> data, ReadOnlySpan<MessageRange> ranges, Span<byte> digests)
    {
        Sha256Batch.CheckMixed(data, ranges, digests);
        fixed (byte* start = data)
        fixed (byte* output = digests)
        {
            if (!Sha256Groups256.TryHashMixed(start, data.Length, ranges, output))
            {
                Sha256LaneQueue<Sha256Lanes256>.HashMixed(start, ranges, digests, usePlatform);
            }
        }
    }

    /// <inheritdoc/>
    public void HashPairs(ReadOnlySpan<byte> pairs, Span<byte> digests) =>
        HashEqual(pairs, 2 * Sha256Scalar.DigestBytes, digests);
}
