using System.Runtime.Intrinsics.X86;

namespace Tactus.Kernels.Sha256;

/// <summary>SHA-256 over sixteen lanes of 512-bit vectors, two sets of them interleaved where the batch is long enough.</summary>
/// <param name="usePlatform">
/// Leave messages that lanes suit badly (a few long ones) to the platform's library. Off in tests, so that they reach the lanes.
/// </param>
public sealed unsafe class Sha256Avx512x16(bool usePlatform = true) : ISha256SubtreeKernel
{
    /// <inheritdoc/>
    public string Name => "avx512";

    /// <inheritdoc/>
    public string? WhyUnsupported =>
        Avx512F.IsSupported && Avx512BW.IsSupported ? null : "needs AVX-512F and AVX-512BW (DOTNET_EnableAVX512=0 hides them)";

    /// <inheritdoc/>
    public int Lanes => Sha256Lanes512.SetLanes;

    /// <summary>One pair takes 0.35 us here and 0.43 us in the platform's library, so no batch is too short.</summary>
    public int BatchMinDefault => 1;

    /// <inheritdoc/>
    int ISha256SubtreeKernel.SubtreeLanes => Sha256Lanes512.SetLanes;

    /// <inheritdoc/>
    int ISha256SubtreeKernel.SubtreeLevelsMax => Sha256Subtrees512.LevelsMax;

    /// <inheritdoc/>
    public string? SelfTest() => Sha256SelfTest.AgainstScalar(usePlatform ? new Sha256Avx512x16(usePlatform: false) : this);

    /// <inheritdoc/>
    public void HashEqual(ReadOnlySpan<byte> messages, int messageBytes, Span<byte> digests)
    {
        int count = Sha256Batch.CheckEqual(messages, messageBytes, digests);
        fixed (byte* data = messages)
        fixed (byte* output = digests)
        {
            if (messageBytes == 2 * Sha256Scalar.DigestBytes)
            {
                Sha256Subtrees512.HashPairs(data, count, childBits: false, output);
            }
            else
            {
                Sha256LaneQueue<Sha256Lanes512>.HashEqual(data, messageBytes, count, digests, usePlatform);
            }
        }
    }

    /// <inheritdoc/>
    public void HashMixed(ReadOnlySpan<byte> data, ReadOnlySpan<MessageRange> ranges, Span<byte> digests)
    {
        Sha256Batch.CheckMixed(data, ranges, digests);
        fixed (byte* start = data)
        {
            Sha256LaneQueue<Sha256Lanes512>.HashMixed(start, ranges, digests, usePlatform);
        }
    }

    /// <inheritdoc/>
    public void HashPairs(ReadOnlySpan<byte> pairs, Span<byte> digests) =>
        HashEqual(pairs, 2 * Sha256Scalar.DigestBytes, digests);

    /// <inheritdoc/>
    void ISha256SubtreeKernel.HashSubtrees(ReadOnlySpan<byte> nodes, int levels, bool childBits, Span<byte> roots)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(levels, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(levels, Sha256Subtrees512.LevelsMax);
        int count = Sha256Batch.CheckEqual(nodes, Sha256Scalar.DigestBytes << levels, roots);
        fixed (byte* from = nodes)
        fixed (byte* to = roots)
        {
            if (levels == 1)
            {
                Sha256Subtrees512.HashPairs(from, count, childBits, to);
            }
            else
            {
                Sha256Subtrees512.HashRuns(from, count, levels, childBits, to);
            }
        }
    }
}
