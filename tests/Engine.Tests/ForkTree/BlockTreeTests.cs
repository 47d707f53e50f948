using Tactus.Engine.ForkTree;
using Tactus.Engine.Primitives;

namespace Tactus.Engine.Tests.ForkTree;

/// <summary>The tree over a plain state: an integer weight, the heavier preferred.</summary>
public class BlockTreeTests
{
    [Fact]
    public void The_head_moves_on_strict_preference_only()
    {
        BlockTree<int> tree = Tree();
        ForkNode<int> a = Add(tree, "a", "root", 1, 5);
        ForkNode<int> b = Add(tree, "b", "root", 1, 5);
        Assert.Equal(tree.Root, tree.Head);
        tree.MarkValidated(a);
        Assert.Equal(a, tree.Head);
        Assert.Equal(a, tree.Candidate);
        tree.MarkValidated(b);
        Assert.Equal(a, tree.Head);
        ForkNode<int> c = Add(tree, "c", "b", 2, 6);
        Assert.Equal(c, tree.Candidate);
        tree.MarkValidated(c);
        Assert.Equal(c, tree.Head);
    }

    [Fact]
    public void Among_equals_the_tie_is_broken_by_id_and_the_first_validated_stays()
    {
        BlockTree<int> tree = Tree();
        ForkNode<int> a = Add(tree, "a", "root", 1, 5);
        ForkNode<int> b = Add(tree, "b", "root", 1, 5);
        ForkNode<int> expected = a.Id < b.Id ? a : b;
        Assert.Equal(expected, tree.Candidate);
        ForkNode<int> other = expected == a ? b : a;
        tree.MarkValidated(other);
        Assert.Equal(other, tree.Candidate);
    }

    [Fact]
    public void A_block_is_added_once_and_only_where_it_links()
    {
        BlockTree<int> tree = Tree();
        ForkNode<int> a = Add(tree, "a", "root", 1, 1);
        Assert.Equal(ForkAdd.Known, tree.Add(Id("a"), Id("root"), 11, 1, 1, out ForkNode<int>? known));
        Assert.Equal(a, known);
        Assert.Equal(ForkAdd.Unlinkable, tree.Add(Id("x"), Id("y"), 12, 2, 1, out known));
        Assert.Null(known);
        Assert.Equal(ForkAdd.BelowRoot, tree.Add(Id("z"), Id("y"), 10, 0, 1, out _));
        Assert.Throws<ArgumentException>(() => tree.Add(Id("q"), Id("a"), 11, 1, 1, out _));
    }

    [Fact]
    public void A_full_tree_refuses_and_counts()
    {
        var tree = new BlockTree<int>(Id("root"), default, 10, 0, 0, Heavier.Instance, nodesMax: 3);
        Add(tree, "a", "root", 1, 1);
        Add(tree, "b", "a", 2, 2);
        Assert.Equal(ForkAdd.Full, tree.Add(Id("c"), Id("b"), 13, 3, 3, out _));
        Assert.Equal(1, tree.RefusedFull);
        Assert.Equal(3, tree.Count);
    }

    [Fact]
    public void The_path_between_branches_goes_over_their_newest_common_block()
    {
        BlockTree<int> tree = Tree();
        ForkNode<int> a = Add(tree, "a", "root", 1, 1);
        ForkNode<int> b1 = Add(tree, "b1", "a", 2, 1);
        ForkNode<int> b2 = Add(tree, "b2", "b1", 3, 1);
        ForkNode<int> c1 = Add(tree, "c1", "a", 2, 1);
        ForkNode<int> c2 = Add(tree, "c2", "c1", 5, 1);
        ForkNode<int> c3 = Add(tree, "c3", "c2", 6, 1);
        SwitchPath<int> path = tree.PathBetween(b2, c3);
        Assert.Equal(a, path.Ancestor);
        Assert.Equal([b2, b1], path.Unwind);
        Assert.Equal([c1, c2, c3], path.Apply);
        path = tree.PathBetween(a, b2);
        Assert.Equal(a, path.Ancestor);
        Assert.Empty(path.Unwind);
        Assert.Equal([b1, b2], path.Apply);
        Assert.Empty(tree.PathBetween(c3, c3).Apply);
        Assert.Equal(c1, tree.AncestorAt(c3, 12));
        Assert.Null(tree.AncestorAt(c3, 13));
        Assert.True(tree.IsAncestor(a, c3));
        Assert.False(tree.IsAncestor(b1, c3));
    }

    [Fact]
    public void A_failed_block_goes_with_its_descendants()
    {
        BlockTree<int> tree = Tree();
        ForkNode<int> a = Add(tree, "a", "root", 1, 1);
        tree.MarkValidated(a);
        ForkNode<int> b = Add(tree, "b", "root", 1, 9);
        Add(tree, "b1", "b", 2, 10);
        Add(tree, "b2", "b1", 3, 11);
        Assert.Equal("b2", Name(tree.Candidate));
        Assert.Equal(3, tree.Remove(b));
        Assert.Equal(a, tree.Candidate);
        Assert.Equal(2, tree.Count);
        Assert.Null(tree.Find(Id("b1")));
        Assert.Throws<InvalidOperationException>(() => tree.Remove(a));
        Assert.Throws<InvalidOperationException>(() => tree.Remove(tree.Root));
        Assert.Throws<InvalidOperationException>(() => tree.Remove(b));
        Assert.Throws<InvalidOperationException>(() => tree.MarkValidated(b));
    }

    [Fact]
    public void Advancing_the_root_drops_what_competes()
    {
        BlockTree<int> tree = Tree();
        ForkNode<int> a = Add(tree, "a", "root", 1, 1);
        ForkNode<int> b = Add(tree, "b", "a", 2, 2);
        ForkNode<int> c = Add(tree, "c", "b", 3, 3);
        ForkNode<int> x = Add(tree, "x", "root", 1, 1);
        Add(tree, "y", "x", 2, 2);
        Add(tree, "z", "a", 2, 7);
        ForkNode<int> w = Add(tree, "w", "b", 3, 1);
        tree.MarkValidated(a);
        tree.MarkValidated(b);
        Assert.Throws<InvalidOperationException>(() => tree.AdvanceRoot(c, out _));
        tree.MarkValidated(c);
        Assert.Throws<InvalidOperationException>(() => tree.AdvanceRoot(x, out _));
        Assert.Equal([a, b], tree.AdvanceRoot(b, out int dropped));
        Assert.Equal(3, dropped);
        Assert.Equal(b, tree.Root);
        Assert.Null(b.Parent);
        Assert.Equal([b, c, w], tree.Nodes);
        Assert.Equal([c, w], tree.Leaves);
        Assert.Equal([c, w], tree.ChildrenOf(b));
        Assert.Empty(tree.AdvanceRoot(b, out dropped));
        Assert.Equal(0, dropped);
        Assert.Equal(c, tree.Candidate);
        Assert.Equal(ForkAdd.BelowRoot, tree.Add(Id("late"), Id("a"), 12, 2, 9, out _));
    }

    [Fact]
    public void A_block_is_not_validated_before_its_parent()
    {
        BlockTree<int> tree = Tree();
        Add(tree, "a", "root", 1, 1);
        ForkNode<int> b = Add(tree, "b", "a", 2, 2);
        Assert.Throws<InvalidOperationException>(() => tree.MarkValidated(b));
        Assert.Throws<InvalidOperationException>(() => tree.SetHead(b));
    }

    /// <summary>Random histories: the invariants hold after every step, and saved, loaded and cloned trees behave the
    /// same.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void Invariants_hold_over_random_histories(int seed)
    {
        var random = new Random(seed);
        BlockTree<int> tree = Tree();
        int made = 0;
        for (int step = 0; step < 600; step++)
        {
            List<ForkNode<int>> nodes = [.. tree.Nodes];
            ForkNode<int> node = nodes[random.Next(nodes.Count)];
            switch (random.Next(10))
            {
                case < 5:
                    tree.Add(
                        Id($"n{made++}"), node.Id, node.Number + 1, node.Slot + 1, node.State + random.Next(3), out _);
                    break;
                case < 8:
                    ForkNode<int> candidate = tree.Candidate;
                    foreach (ForkNode<int> apply in tree.PathBetween(tree.Head, candidate).Apply)
                    {
                        tree.MarkValidated(apply);
                    }

                    Assert.Equal(candidate, tree.Head);
                    break;
                case 8:
                    if (node != tree.Root && !tree.IsAncestor(node, tree.Head))
                    {
                        tree.Remove(node);
                    }

                    break;
                default:
                    if (random.Next(4) == 0 && tree.IsAncestor(node, tree.Head))
                    {
                        tree.AdvanceRoot(node, out _);
                        Assert.Equal(node, tree.Root);
                    }

                    break;
            }

            Check(tree, $"seed {seed} step {step}");
            if (step % 50 == 0)
            {
                BlockTree<int> clone = tree.Clone();
                AssertSame(tree, clone);
                tree = random.Next(2) == 0 ? clone : Reload(tree);
            }
        }
    }

    [Fact]
    public void A_damaged_save_is_refused_or_read_as_a_valid_tree()
    {
        BlockTree<int> tree = Tree();
        tree.MarkValidated(Add(tree, "a", "root", 1, 1));
        Add(tree, "b", "a", 2, 2);
        Add(tree, "c", "root", 1, 3);
        var writer = new ByteWriter();
        tree.Save(writer, IntCodec.Instance);
        byte[] bytes = writer.ToArray();
        for (int i = 0; i < bytes.Length; i++)
        {
            var cut = new ByteReader(bytes.AsSpan(0, i));
            Assert.Null(BlockTree<int>.Load(ref cut, IntCodec.Instance, Heavier.Instance, 100, out Verdict verdict));
            Assert.Equal(RejectReason.Malformed, verdict.Reason);
            byte[] changed = [.. bytes];
            changed[i] ^= 0x41;
            var reader = new ByteReader(changed);
            BlockTree<int>? loaded = BlockTree<int>.Load(
                ref reader, IntCodec.Instance, Heavier.Instance, 100, out verdict);
            Assert.Equal(verdict.Accepted, loaded is not null);
            if (loaded is not null)
            {
                Check(loaded, $"byte {i}");
            }
        }

        var full = new ByteReader(bytes);
        Assert.Null(
            BlockTree<int>.Load(ref full, IntCodec.Instance, Heavier.Instance, nodesMax: 3, out Verdict tooMany));
        Assert.Contains("allowed are 1 to 3", tooMany.Detail, StringComparison.Ordinal);
    }

    private static void Check(BlockTree<int> tree, string at)
    {
        List<ForkNode<int>> nodes = [.. tree.Nodes];
        Assert.True(nodes.Count == tree.Count, at);
        Assert.True(tree.Root.Validated && tree.Root.Parent is null, at);
        Assert.True(tree.Head.Validated, at);
        foreach (ForkNode<int> node in nodes)
        {
            Assert.True(tree.IsAncestor(tree.Root, node), at);
            Assert.True(node == tree.Root || tree.Find(node.ParentId) == node.Parent, at);
            Assert.True(!node.Validated || node.Parent is null or { Validated: true }, at);
        }

        ForkNode<int> candidate = tree.Candidate;
        int best = nodes.Where(n => !n.Validated).Select(n => n.State).DefaultIfEmpty(int.MinValue).Max();
        Assert.True(
            best > tree.Head.State ? candidate.State == best && !candidate.Validated : candidate == tree.Head, at);
    }

    private static BlockTree<int> Reload(BlockTree<int> tree)
    {
        var writer = new ByteWriter();
        tree.Save(writer, IntCodec.Instance);
        var reader = new ByteReader(writer.Written);
        BlockTree<int>? loaded = BlockTree<int>.Load(
            ref reader, IntCodec.Instance, Heavier.Instance, tree.NodesMax, out Verdict verdict);
        Assert.True(verdict.Accepted, verdict.ToString());
        Assert.Equal(0, reader.Remaining);
        AssertSame(tree, loaded!);
        return loaded!;
    }

    private static void AssertSame(BlockTree<int> x, BlockTree<int> y)
    {
        Assert.Equal(Rows(x), Rows(y));
        Assert.Equal(x.Head.Id, y.Head.Id);
        Assert.Equal(x.Root.Id, y.Root.Id);
        Assert.Equal(x.Candidate.Id, y.Candidate.Id);

        static List<(Hash256, Hash256, uint, long, int, bool)> Rows(BlockTree<int> tree) =>
            [.. tree.Nodes.Select(n => (n.Id, n.ParentId, n.Number, n.Slot, n.State, n.Validated))];
    }

    private static BlockTree<int> Tree() => new(Id("root"), default, 10, 0, 0, Heavier.Instance);

    private static ForkNode<int> Add(BlockTree<int> tree, string id, string parent, uint above, int weight)
    {
        Assert.Equal(ForkAdd.Added, tree.Add(Id(id), Id(parent), 10 + above, above, weight, out ForkNode<int>? node));
        return node!;
    }

    private static Hash256 Id(string name) => new(System.Text.Encoding.ASCII.GetBytes(name));

    private static string Name(ForkNode<int> node) => System.Text.Encoding.ASCII.GetString(node.Id.Bytes).TrimEnd('\0');

    private sealed class Heavier : IForkPreference<int>
    {
        public static Heavier Instance { get; } = new();

        public int Compare(int x, int y) => x.CompareTo(y);

        public int BreakTie(in Hash256 x, in Hash256 y) => y.CompareTo(x);
    }

    private sealed class IntCodec : IForkStateCodec<int>
    {
        public static IntCodec Instance { get; } = new();

        public void Write(ByteWriter writer, int state) => writer.WriteUInt32((uint)state);

        public int Read(ref ByteReader reader) => (int)reader.ReadUInt32();
    }
}
