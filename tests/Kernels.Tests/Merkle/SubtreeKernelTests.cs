using Tactus.Kernels.Merkle;
using Tactus.Kernels.Sha256;

namespace Tactus.Kernels.Tests.Merkle;

/// <summary>
/// Trees over a subtree kernel written with scalar, so that the path through whole subtrees is tested on every machine;
/// and over the same kernel with one fault, which the comparison with the definition must see.</summary>
public class SubtreeKernelTests
{
    public enum Fault
    {
        None = 0,

        /// <summary>Roots of lanes 3 and 5 of a set change places.</summary>
        SwappedLanes = 1,

        /// <summary>Child bits are set on the leaves only.</summary>
        ChildBitsOnce = 2,

        /// <summary>One level too few.</summary>
        ShortSubtree = 3,
    }

    [Theory]
    [InlineData(MerkleShape.AntelopeLegacy)]
    [InlineData(MerkleShape.AntelopeSavanna)]
    [InlineData(MerkleShape.Graphene)]
    [InlineData(MerkleShape.Skycoin)]
    public void Faultless_subtrees_give_the_root_of_the_definition(MerkleShape shape)
    {
        foreach (int size in new[] { 63, 64, 128, 192, 1000, 1024, 4096, 4097, 4160, 5001 })
        {
            Assert.True(Agrees(Fault.None, shape, size), $"{shape} of {size}");
        }
    }

    [Theory]
    [InlineData(Fault.SwappedLanes, MerkleShape.AntelopeSavanna)]
    [InlineData(Fault.ChildBitsOnce, MerkleShape.AntelopeLegacy)]
    [InlineData(Fault.ShortSubtree, MerkleShape.Graphene)]
    public void Fault_is_found(Fault fault, MerkleShape shape)
    {
        Assert.False(Agrees(fault, shape, 1024));
        Assert.False(Agrees(fault, shape, 4097));
    }

    private static bool Agrees(Fault fault, MerkleShape shape, int size)
    {
        KernelLadder<ISha256Kernel> sha256 = new KernelRegistry([new ScalarSubtrees(fault)], [], []).Choose().Sha256;
        byte[] leaves = new byte[size * 32];
        new Random(size).NextBytes(leaves);
        byte[] root = new byte[MerkleTree.RootBytes(shape)];
        MerkleTree.Root(sha256, shape, leaves, root);
        return NaiveMerkle.Root(shape, [.. leaves.Chunk(32)]).AsSpan().SequenceEqual(root);
    }

    private sealed class ScalarSubtrees(Fault fault) : ISha256SubtreeKernel
    {
        private readonly Sha256Scalar _scalar = new();

        public string Name => "subtrees";

        public string? WhyUnsupported => null;

        public int Lanes => 16;

        public int BatchMinDefault => 1;

        public int SubtreeLanes => 16;

        public int SubtreeLevelsMax => 6;

        public string? SelfTest() => null;

        public void HashEqual(ReadOnlySpan<byte> messages, int messageBytes, Span<byte> digests) =>
            _scalar.HashEqual(messages, messageBytes, digests);

        public void HashMixed(ReadOnlySpan<byte> data, ReadOnlySpan<MessageRange> ranges, Span<byte> digests) =>
            _scalar.HashMixed(data, ranges, digests);

        public void HashPairs(ReadOnlySpan<byte> pairs, Span<byte> digests) => _scalar.HashPairs(pairs, digests);

        public void HashSubtrees(ReadOnlySpan<byte> nodes, int levels, bool childBits, Span<byte> roots)
        {
            byte[] level = nodes.ToArray();
            int count = nodes.Length / 32;
            for (int i = 0; i < levels; i++, count /= 2)
            {
                if (childBits && (i == 0 || fault != Fault.ChildBitsOnce))
                {
                    MerkleLevels.SetChildBits(level.AsSpan(0, count * 32));
                }

                if (i == levels - 1 && levels > 1 && fault == Fault.ShortSubtree)
                {
                    continue;
                }

                _scalar.HashPairs(level.AsSpan(0, count * 32), level);
            }

            level.AsSpan(0, count * 32).CopyTo(roots);
            if (fault == Fault.SwappedLanes && count >= 16)
            {
                level.AsSpan(3 * 32, 32).CopyTo(roots[(5 * 32)..]);
                level.AsSpan(5 * 32, 32).CopyTo(roots[(3 * 32)..]);
            }
        }
    }
}
