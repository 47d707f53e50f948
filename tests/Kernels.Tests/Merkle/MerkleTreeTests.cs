using Tactus.Kernels.Merkle;
using Tactus.Kernels.Sha256;
using Tactus.TestSupport;

namespace Tactus.Kernels.Tests.Merkle;

public class MerkleTreeTests
{
    /// <summary>Every small size, then sizes around the whole subtrees of 16 lanes and the switch to uneven
    /// ones.</summary>
    private static readonly int[] Sizes =
    [
        .. Enumerable.Range(0, 71), 127, 128, 129, 255, 256, 257, 500, 512, 1000, 1023, 1024, 1025, 2048, 3000,
        4095, 4096, 4097, 4159, 5000, 8191, 8192, 10_001,
    ];

    public static TheoryData<string, MerkleShape> Cases
    {
        get
        {
            var rows = new TheoryData<string, MerkleShape>();
            foreach (ISha256Kernel entry in KernelRegistry.Default.Sha256)
            {
                foreach (MerkleShape shape in Enum.GetValues<MerkleShape>())
                {
                    rows.Add($"sha256:{entry.Name}", shape);
                }
            }

            return rows;
        }
    }

    [KernelTheory]
    [MemberData(nameof(Cases))]
    public void Every_size_gives_the_root_of_the_definition(string kernel, MerkleShape shape)
    {
        KernelLadder<ISha256Kernel> sha256 = KernelRegistry.Default.Choose(kernel).Sha256;
        foreach (int size in Sizes)
        {
            byte[] leaves = Leaves(size, seed: size);
            byte[] expected = NaiveMerkle.Root(shape, [.. leaves.Chunk(32)]);
            byte[] before = [.. leaves];
            byte[] root = new byte[MerkleTree.RootBytes(shape)];

            MerkleTree.Root(sha256, shape, leaves, root);
            Assert.True(expected.AsSpan().SequenceEqual(root), $"{shape} of {size} leaves");
            Assert.Equal(before, leaves);

            root.AsSpan().Clear();
            MerkleTree.RootInPlace(sha256, shape, leaves, root);
            Assert.True(expected.AsSpan().SequenceEqual(root), $"{shape} of {size} leaves in place");
        }
    }

    [KernelTheory]
    [MemberData(nameof(KernelCases.Sha256OnCpu), MemberType = typeof(KernelCases))]
    public void Ssz_pads_to_the_limit_and_mixes_the_length_in(string kernel)
    {
        KernelLadder<ISha256Kernel> sha256 = KernelRegistry.Default.Choose(kernel).Sha256;
        byte[] root = new byte[32];
        foreach (int limit in new[] { 1, 2, 3, 4, 8, 100, 128 })
        {
            int power = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)limit);
            for (int count = 0; count <= limit; count++)
            {
                byte[] chunks = Leaves(count, seed: count);
                MerkleTree.SszRoot(sha256, chunks, (ulong)limit, root);
                Assert.Equal(NaiveMerkle.Padded([.. chunks.Chunk(32)], power), root);
            }
        }

        // Two zero chunks: zero_hashes[1] of the deposit contract. An empty list of 2^40 places is a list of zero
        // chunks.
        byte[] empty = new byte[32];
        MerkleTree.SszRoot(sha256, [], 2, empty);
        Assert.Equal(
            "f5a5fd42d16a20302798ef6ed309979b43003d2320d9f0e8ea9831a92759fb4b", Convert.ToHexStringLower(empty));
        MerkleTree.SszRoot(sha256, [], 1UL << 40, empty);
        MerkleTree.SszRoot(sha256, new byte[32], 1UL << 40, root);
        Assert.Equal(empty, root);

        byte[] expected = NaiveMerkle.Pair(root, [5, 1, .. new byte[30]]);
        MerkleTree.MixInLength(sha256, root, 261);
        Assert.Equal(expected, root);
    }

    [Fact]
    public void Wrong_sizes_are_refused()
    {
        KernelLadder<ISha256Kernel> sha256 = KernelRegistry.Default.Choose().Sha256;
        Assert.Throws<ArgumentException>(
            () => MerkleTree.Root(sha256, MerkleShape.Skycoin, new byte[33], new byte[32]));
        Assert.Throws<ArgumentException>(
            () => MerkleTree.Root(sha256, MerkleShape.Skycoin, new byte[64], new byte[31]));
        Assert.Throws<ArgumentException>(
            () => MerkleTree.Root(sha256, MerkleShape.Graphene, new byte[64], new byte[19]));
        Assert.Throws<ArgumentException>(() => MerkleTree.SszRoot(sha256, new byte[96], 2, new byte[32]));
        Assert.Throws<ArgumentException>(() => MerkleTree.SszRoot(sha256, new byte[96], ulong.MaxValue, new byte[32]));
    }

    [KernelTheory]
    [MemberData(nameof(KernelCases.Sha256OnCpu), MemberType = typeof(KernelCases))]
    public void Roots_allocate_nothing(string kernel)
    {
        KernelLadder<ISha256Kernel> sha256 = KernelRegistry.Default.Choose(kernel).Sha256;
        byte[] leaves = Leaves(700, seed: 1);
        byte[] root = new byte[32];
        MerkleTree.Root(sha256, MerkleShape.AntelopeLegacy, leaves, root);
        long allocated = Allocation.LeastOf(() =>
        {
            for (int i = 0; i < 20; i++)
            {
                MerkleTree.Root(sha256, MerkleShape.AntelopeLegacy, leaves, root);
            }
        });
        Assert.Equal(0, allocated);
    }

    private static byte[] Leaves(int count, int seed)
    {
        byte[] leaves = new byte[count * 32];
        new Random(seed).NextBytes(leaves);
        return leaves;
    }
}
