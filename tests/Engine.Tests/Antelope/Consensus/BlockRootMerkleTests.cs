using System.Security.Cryptography;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Consensus;
using Tactus.Kernels;
using Tactus.Kernels.Merkle;

namespace Tactus.Engine.Tests.Antelope.Consensus;

public class BlockRootMerkleTests
{
    [Fact]
    public void The_shared_tree_equals_the_kernel_at_every_size()
    {
        var kernel = new IncrementalMerkleLegacy();
        BlockRootMerkle tree = BlockRootMerkle.Empty;
        Span<byte> root = stackalloc byte[Hash256.Size];
        for (int i = 0; i < 300; i++)
        {
            kernel.Root(root);
            Assert.Equal(new Hash256(root), tree.Root());
            byte[] saved = new byte[kernel.SavedBytes];
            kernel.Save(saved);
            var writer = new ByteWriter();
            tree.Write(writer);
            Assert.Equal(saved, writer.ToArray());
            var reader = new ByteReader(saved);
            Assert.Equal(tree, BlockRootMerkle.Read(ref reader));
            Assert.False(reader.Failed);

            byte[] leaf = SHA256.HashData(BitConverter.GetBytes(i));
            kernel.Append(leaf);
            BlockRootMerkle before = tree;
            tree = tree.Append(new Hash256(leaf));
            Assert.Equal((ulong)i, before.Count);
        }
    }

    [Fact]
    public void Roots_of_many_trees_at_once_equal_those_of_each()
    {
        KernelSet kernels = KernelRegistry.Default.Choose();
        BlockRootMerkle tree = BlockRootMerkle.Empty;
        var trees = new List<BlockRootMerkle>();
        for (int i = 0; i < 70; i++)
        {
            trees.Add(tree);
            tree = tree.Append(new Hash256(SHA256.HashData(BitConverter.GetBytes(i))));
        }

        BlockRootMerkle[] mixed = [.. trees, .. trees.AsEnumerable().Reverse()];
        byte[] roots = new byte[mixed.Length * Hash256.Size];
        BlockRootMerkle.Roots(kernels.Sha256, mixed, roots);
        for (int i = 0; i < mixed.Length; i++)
        {
            Assert.Equal(mixed[i].Root(), new Hash256(roots.AsSpan(i * Hash256.Size, Hash256.Size)));
        }
    }

    [Fact]
    public void Signing_digests_at_once_equal_those_of_each()
    {
        KernelSet kernels = KernelRegistry.Default.Choose();
        var simulation = new ChainSimulation();
        HeaderState state = simulation.StartWith(4);
        var states = new List<HeaderState>();
        for (int i = 0; i < 50; i++)
        {
            states.Add(state);
            state = simulation.Extend(state);
        }

        byte[] digests = new byte[states.Count * Hash256.Size];
        SigningDigests.Compute(kernels.Sha256, [.. states], digests);
        for (int i = 0; i < states.Count; i++)
        {
            Assert.Equal(states[i].SigningDigest(), new Hash256(digests.AsSpan(i * Hash256.Size, Hash256.Size)));
        }
    }

    [Fact]
    public void Nodes_that_do_not_fit_are_refused()
    {
        var node = new Hash256(SHA256.HashData([1]));
        Assert.Null(BlockRootMerkle.FromActiveNodes([node, node], 2, out string? error));
        Assert.Contains("expected 1", error, StringComparison.Ordinal);
        Assert.Null(BlockRootMerkle.FromActiveNodes([node, node, node], 3, out error));
        Assert.Contains("root", error, StringComparison.Ordinal);
    }
}
