using System.Security.Cryptography;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Consensus;
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
    public void Nodes_that_do_not_fit_are_refused()
    {
        var node = new Hash256(SHA256.HashData([1]));
        Assert.Null(BlockRootMerkle.FromActiveNodes([node, node], 2, out string? error));
        Assert.Contains("expected 1", error, StringComparison.Ordinal);
        Assert.Null(BlockRootMerkle.FromActiveNodes([node, node, node], 3, out error));
        Assert.Contains("root", error, StringComparison.Ordinal);
    }
}
