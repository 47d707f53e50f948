using System.Numerics;
using Tactus.Kernels.Merkle;

namespace Tactus.Kernels.Tests.Merkle;

public class IncrementalMerkleLegacyTests
{
    [Fact]
    public void Root_and_active_nodes_equal_the_definitions_at_every_count()
    {
        var tree = new IncrementalMerkleLegacy();
        var loop = new AppendLoop();
        var leaves = new List<byte[]>();
        byte[] root = new byte[32];
        tree.Root(root);
        Assert.Equal(new byte[32], root);
        for (int n = 1; n <= 300; n++)
        {
            byte[] leaf = new byte[32];
            new Random(n).NextBytes(leaf);
            leaves.Add(leaf);
            tree.Append(leaf);
            loop.Append(leaf);

            tree.Root(root);
            Assert.Equal(NaiveMerkle.Root(MerkleShape.AntelopeLegacy, [.. leaves]), root);
            byte[] nodes = new byte[tree.ActiveNodeCount * 32];
            tree.WriteActiveNodes(nodes);
            Assert.Equal(loop.ActiveNodes.SelectMany(node => node), nodes);
        }
    }

    [Fact]
    public void Save_and_load_give_a_tree_that_goes_on_alike()
    {
        var tree = new IncrementalMerkleLegacy();
        for (int n = 0; n <= 70; n++)
        {
            byte[] saved = new byte[tree.SavedBytes];
            Assert.Equal(saved.Length, tree.Save(saved));
            IncrementalMerkleLegacy loaded = IncrementalMerkleLegacy.Load([.. saved, 9, 9], out int bytesRead);
            Assert.Equal(saved.Length, bytesRead);
            Assert.Equal(tree.Count, loaded.Count);

            byte[] leaf = new byte[32];
            new Random(n).NextBytes(leaf);
            IncrementalMerkleLegacy clone = tree.Clone();
            tree.Append(leaf);
            loaded.Append(leaf);
            Assert.Equal((ulong)n, clone.Count);
            clone.Append(leaf);
            Assert.Equal(Root(tree), Root(loaded));
            Assert.Equal(Root(tree), Root(clone));
        }
    }

    [Fact]
    public void Wrong_active_nodes_are_refused()
    {
        var tree = new IncrementalMerkleLegacy();
        for (int n = 0; n < 11; n++)
        {
            tree.Append(new byte[32]);
        }

        byte[] saved = new byte[tree.SavedBytes];
        tree.Save(saved);
        for (int length = 0; length < saved.Length; length++)
        {
            Assert.Throws<FormatException>(() => IncrementalMerkleLegacy.Load(saved.AsSpan(0, length), out _));
        }

        for (int at = 0; at < saved.Length; at++)
        {
            byte[] flipped = [.. saved];
            flipped[at] ^= 0x40;
            Assert.Throws<FormatException>(() => IncrementalMerkleLegacy.Load(flipped, out _));
        }
    }

    private static byte[] Root(IncrementalMerkleLegacy tree)
    {
        byte[] root = new byte[32];
        tree.Root(root);
        return root;
    }

    /// <summary>nodeos' append, written from the specification's description of incremental_merkle: the
    /// oracle.</summary>
    private sealed class AppendLoop
    {
        private ulong _count;

        public List<byte[]> ActiveNodes { get; private set; } = [];

        public void Append(byte[] leaf)
        {
            int depth = 64 - BitOperations.LeadingZeroCount(BitOperations.RoundUpToPowerOf2(_count + 1));
            ulong index = _count;
            byte[] top = leaf;
            bool partial = false;
            var updated = new List<byte[]>();
            int next = 0;
            for (int level = 0; level < depth - 1; level++, index >>= 1)
            {
                if (index % 2 == 0)
                {
                    if (!partial)
                    {
                        updated.Add(top);
                    }

                    top = NaiveMerkle.Root(MerkleShape.AntelopeLegacy, [top, top]);
                    partial = true;
                }
                else
                {
                    byte[] left = ActiveNodes[next++];
                    if (partial)
                    {
                        updated.Add(left);
                    }

                    top = NaiveMerkle.Root(MerkleShape.AntelopeLegacy, [left, top]);
                }
            }

            updated.Add(top);
            ActiveNodes = updated;
            _count++;
        }
    }
}
