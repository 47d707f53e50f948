using Tactus.Kernels.Sha256;
using Tactus.TestSupport;

namespace Tactus.Kernels.Tests.Sha256;

public class Sha256Tests
{
    public static TheoryData<string, string> CavpCases
    {
        get
        {
            var rows = new TheoryData<string, string>();
            foreach (ISha256Kernel entry in KernelRegistry.Default.Sha256)
            {
                rows.Add($"sha256:{entry.Name}", "SHA256ShortMsg.cavs21.rsp");
                rows.Add($"sha256:{entry.Name}", "shabyte/SHA256ShortMsg.rsp");
                rows.Add($"sha256:{entry.Name}", "shabyte/SHA256LongMsg.rsp");
            }

            return rows;
        }
    }

    [KernelTheory]
    [MemberData(nameof(KernelCases.Sha256), MemberType = typeof(KernelCases))]
    public void Every_batch_size_equals_scalar(string kernel) =>
        Assert.All(Sha256Checks.Variants(kernel), entry => Assert.Null(Sha256Checks.EverySize(entry)));

    [KernelTheory]
    [MemberData(nameof(KernelCases.Sha256), MemberType = typeof(KernelCases))]
    public void Every_length_equals_scalar(string kernel) =>
        Assert.All(Sha256Checks.Variants(kernel), entry => Assert.Null(Sha256Checks.EveryLength(entry)));

    [KernelTheory]
    [MemberData(nameof(KernelCases.Sha256), MemberType = typeof(KernelCases))]
    public void Mixed_lengths_equal_scalar(string kernel) =>
        Assert.All(Sha256Checks.Variants(kernel), entry => Assert.Null(Sha256Checks.Mixed(entry, items: 80_000, seed: 256)));

    [KernelTheory]
    [MemberData(nameof(KernelCases.Sha256), MemberType = typeof(KernelCases))]
    public void Mixed_short_lengths_equal_scalar(string kernel) => Assert.All(
        Sha256Checks.Variants(kernel), entry => Assert.Null(Sha256Checks.MixedShort(entry, items: 60_000, seed: 512)));

    [KernelTheory]
    [MemberData(nameof(KernelCases.Sha256), MemberType = typeof(KernelCases))]
    public void Pairs_equal_scalar(string kernel) =>
        Assert.All(Sha256Checks.Variants(kernel), entry => Assert.Null(Sha256Checks.Pairs(entry, items: 300_000, seed: 64)));

    [KernelTheory(ReadsData = true)]
    [MemberData(nameof(CavpCases))]
    public void Cavp_vectors_pass(string kernel, string file)
    {
        List<(byte[] Message, string Digest)> vectors = [.. CavpVectors.Read(TestData.PathOf("cavp", file))];
        Assert.NotEmpty(vectors);
        foreach (ISha256Kernel entry in Sha256Checks.Variants(kernel))
        {
            // All in one batch of mixed lengths, and each by itself.
            byte[] data = [.. vectors.SelectMany(vector => vector.Message)];
            var ranges = new MessageRange[vectors.Count];
            for (int i = 0, at = 0; i < ranges.Length; i++)
            {
                ranges[i] = new MessageRange(at, vectors[i].Message.Length);
                at += vectors[i].Message.Length;
            }

            byte[] digests = new byte[32 * vectors.Count];
            byte[] digest = new byte[32];
            entry.HashMixed(data, ranges, digests);
            for (int i = 0; i < vectors.Count; i++)
            {
                Assert.Equal(vectors[i].Digest, Convert.ToHexStringLower(digests.AsSpan(32 * i, 32)));
                entry.HashEqual(vectors[i].Message, vectors[i].Message.Length, digest);
                Assert.Equal(vectors[i].Digest, Convert.ToHexStringLower(digest));
            }
        }
    }

    [KernelTheory(ReadsData = true)]
    [MemberData(nameof(KernelCases.Sha256), MemberType = typeof(KernelCases))]
    public void Cavp_monte_carlo_passes(string kernel)
    {
        (byte[] seed, string[] checkpoints) = CavpVectors.ReadMonteCarlo(TestData.PathOf("cavp", "shabyte", "SHA256Monte.rsp"));
        Assert.Equal(100, checkpoints.Length);
        ISha256Kernel entry = KernelCases.Sha256Of(kernel);

        // SHAVS section 6.4: 1000 digests of the last three digests, end to end, for each checkpoint.
        byte[] message = new byte[96];
        foreach (string checkpoint in checkpoints)
        {
            seed.CopyTo(message, 0);
            seed.CopyTo(message, 32);
            seed.CopyTo(message, 64);
            for (int i = 0; i < 1000; i++)
            {
                entry.HashEqual(message, 96, seed);
                message.AsSpan(32).CopyTo(message);
                seed.CopyTo(message, 64);
            }

            Assert.Equal(checkpoint, Convert.ToHexStringLower(seed));
        }
    }

    [KernelTheory]
    [MemberData(nameof(KernelCases.Sha256), MemberType = typeof(KernelCases))]
    public void Wrong_arguments_are_refused(string kernel)
    {
        ISha256Kernel entry = KernelCases.Sha256Of(kernel);
        byte[] data = new byte[128];
        byte[] digests = new byte[64];
        Assert.Throws<ArgumentException>(() => entry.HashEqual(data, 60, digests));
        Assert.Throws<ArgumentException>(() => entry.HashEqual(data, 32, digests));
        Assert.Throws<ArgumentException>(() => entry.HashEqual(data, 0, digests));
        Assert.Throws<ArgumentOutOfRangeException>(() => entry.HashEqual(data, -1, digests));
        Assert.Throws<ArgumentException>(() => entry.HashPairs(data.AsSpan(0, 65), digests));
        Assert.Throws<ArgumentException>(() => entry.HashPairs(data, digests.AsSpan(0, 63)));
        Assert.Throws<ArgumentException>(() => entry.HashMixed(data, new MessageRange[3], digests));
        foreach ((int offset, int length) in new[] { (-1, 1), (0, -1), (0, 129), (128, 1), (129, 0), (int.MaxValue, int.MaxValue) })
        {
            Assert.Throws<ArgumentException>(() => entry.HashMixed(data, [new MessageRange(offset, length)], digests));
        }
    }

    [KernelTheory]
    [MemberData(nameof(KernelCases.Sha256OnCpu), MemberType = typeof(KernelCases))]
    public void Batches_allocate_nothing(string kernel)
    {
        ISha256Kernel entry = KernelCases.Sha256Of(kernel);
        byte[] data = new byte[64 * 200];
        byte[] digests = new byte[32 * 200];
        MessageRange[] ranges = [.. Enumerable.Range(0, 200).Select(i => new MessageRange(i, i * 5))];
        Run();
        long allocated = Allocation.LeastOf(() =>
        {
            for (int i = 0; i < 10; i++)
            {
                Run();
            }
        });
        Assert.Equal(0, allocated);

        void Run()
        {
            entry.HashPairs(data, digests);
            entry.HashEqual(data.AsSpan(0, 200 * 40), 40, digests);
            entry.HashMixed(data, ranges, digests);
        }
    }

    [KernelTheory]
    [MemberData(nameof(KernelCases.Sha256), MemberType = typeof(KernelCases))]
    public void Nothing_is_read_or_written_beyond_the_buffers(string kernel)
    {
        foreach (ISha256Kernel entry in Sha256Checks.Variants(kernel))
        {
            foreach (int bytes in new[] { 1, 55, 63, 64, 65, 130 })
            {
                for (int size = 1; size <= (2 * entry.Lanes) + 1; size += 3)
                {
                    byte[] data = Sha256Checks.Random(size * bytes, size);
                    byte[] expected = new byte[size * 32];
                    new Sha256Scalar().HashEqual(data, bytes, expected);
                    MessageRange[] ranges = [.. Enumerable.Range(0, size).Select(i => new MessageRange(i * bytes, bytes))];

                    // Once with the guard page right behind both buffers, once right before them.
                    foreach (bool atEnd in new[] { true, false })
                    {
                        using var input = new GuardedBuffer(data.Length, atEnd);
                        using var output = new GuardedBuffer(expected.Length, atEnd);
                        data.CopyTo(input.Span);
                        entry.HashEqual(input.Span, bytes, output.Span);
                        Assert.True(output.Span.SequenceEqual(expected), $"{size} x {bytes} bytes");
                        output.Span.Clear();
                        entry.HashMixed(input.Span, ranges, output.Span);
                        Assert.True(output.Span.SequenceEqual(expected), $"{size} x {bytes} bytes, mixed");
                    }
                }
            }
        }
    }
}
