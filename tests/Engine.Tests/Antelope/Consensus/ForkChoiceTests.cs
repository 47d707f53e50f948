using Tactus.Engine.ForkTree;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Consensus;
using Tactus.Engine.Protocols.Antelope.Types;

namespace Tactus.Engine.Tests.Antelope.Consensus;

/// <summary>Branches, partitions and disorder, at the level of headers.</summary>
public class ForkChoiceTests
{
    [Fact]
    public void Eleven_against_ten_producers_heal_onto_the_longer_branch()
    {
        var simulation = new ChainSimulation();
        HeaderState trunk = simulation.StartWith(21);
        for (int i = 0; i < 3 * 252; i++)
        {
            trunk = simulation.Extend(trunk);
        }

        var left = new SimulatedNode(trunk);
        var right = new SimulatedNode(trunk);
        var leftBlocks = new List<BlockHeader>();
        var rightBlocks = new List<BlockHeader>();
        uint slot = trunk.Slot;

        // Every second turn belongs to the left: 11 of 21.
        for (; slot < trunk.Slot + (2 * 252); slot++)
        {
            bool isLeft = (slot + 1) % 252 / 12 % 2 == 0;
            SimulatedNode side = isLeft ? left : right;
            HeaderState made = simulation.Extend(side.Head, slot + 1);
            side.Receive(made.Header);
            (isLeft ? leftBlocks : rightBlocks).Add(made.Header);
        }

        Assert.Equal(2 * 132, leftBlocks.Count);
        Assert.Equal(2 * 120, rightBlocks.Count);

        // Neither side has two thirds: the chain they share may become final, nothing after the split.
        Assert.True(left.Head.Irreversible <= trunk.Number);
        Assert.True(right.Head.Irreversible <= trunk.Number);
        Assert.True(left.Head.ProposedIrreversible <= trunk.Number);
        Assert.True(left.Head.Irreversible >= right.Head.Irreversible);

        // Healed: each gets the other's blocks.
        leftBlocks.ForEach(right.Receive);
        rightBlocks.ForEach(left.Receive);
        Assert.Equal(leftBlocks[^1].Id(), left.Head.Id);
        Assert.Equal(left.Head.Id, right.Head.Id);

        // The right gave up all it had, at the latest when the left was longer: more voters made the left's finality
        // higher.
        Assert.Equal(240, right.LastSwitch.Unwound);
        Assert.InRange(right.LastSwitch.Applied, 1, 241);
        Assert.Equal((0, 0), left.LastSwitch);
        Assert.Equal(left.Head, right.Head);

        // All 21 go on together and finality passes the split.
        for (int i = 0; i < 2 * 252; i++)
        {
            slot++;
            if (simulation.TryExtend(left.Head, slot, out _) is { } made)
            {
                left.Receive(made.Header);
                right.Receive(made.Header);
            }
        }

        Assert.True(left.Tree.Root.Number > trunk.Number + 132, $"final {left.Tree.Root.Number}, split {trunk.Number}");
        Assert.Equal(left.Head.Id, right.Head.Id);
        Assert.Equal(left.Tree.Root.Id, right.Tree.Root.Id);
        Assert.DoesNotContain(left.Tree.Nodes, n => n.Id == rightBlocks[^1].Id());
    }

    [Fact]
    public void Higher_finality_beats_length()
    {
        var simulation = new ChainSimulation();
        HeaderState trunk = simulation.StartWith(4);
        for (int i = 0; i < 48; i++)
        {
            trunk = simulation.Extend(trunk);
        }

        // The long branch: one producer alone in all its turns. The short one: the other three.
        Name loner = trunk.Scheduled(trunk.Slot + 1).Producer;
        HeaderState longer = trunk;
        HeaderState shorter = trunk;
        var node = new SimulatedNode(trunk);
        for (uint slot = trunk.Slot + 1; longer.Number - trunk.Number < 60; slot++)
        {
            if (trunk.Scheduled(slot).Producer == loner)
            {
                longer = simulation.Extend(longer, slot);
                node.Receive(longer.Header);
            }
        }

        Assert.Equal(longer.Id, node.Head.Id);
        for (uint slot = trunk.Slot + 1; shorter.Irreversible <= longer.Irreversible; slot++)
        {
            if (slot % 12 == 0 && trunk.Scheduled(slot).Producer != loner)
            {
                shorter = simulation.Extend(shorter, slot);
                Assert.Equal(longer.Id, node.Head.Id);
                node.Receive(shorter.Header);
            }
        }

        Assert.True(shorter.Number < longer.Number);
        Assert.Equal(shorter.Id, node.Head.Id);
    }

    /// <summary>Honest producers on random branches, every block to every node in another order.</summary>
    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    [InlineData(14)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(18)]
    public void The_order_of_delivery_does_not_change_the_head(int seed)
    {
        var random = new Random(seed);
        var simulation = new ChainSimulation();
        HeaderState start = simulation.StartWith(4 + random.Next(4));
        var views = new SimulatedNode[3];
        for (int i = 0; i < views.Length; i++)
        {
            views[i] = new SimulatedNode(start);
        }

        // Three groups that hear each other only now and then; producers move between them.
        var blocks = new List<BlockHeader>();
        var heard = new int[views.Length];
        for (uint slot = start.Slot + 1; slot < start.Slot + 700; slot++)
        {
            int group = random.Next(100) < 85 ? (int)(slot / 50 % 3) : random.Next(3);
            if (random.Next(10) == 0)
            {
                for (; heard[group] < blocks.Count; heard[group]++)
                {
                    views[group].Receive(blocks[heard[group]]);
                }
            }

            if (random.Next(8) != 0 && simulation.TryExtend(views[group].Head, slot, out _) is { } made)
            {
                Assert.True(made.Irreversible >= views[group].Head.Irreversible, $"seed {seed}: finality went back");
                Assert.True(made.ProposedIrreversible >= views[group].Head.ProposedIrreversible, $"seed {seed}");
                views[group].Receive(made.Header);
                blocks.Add(made.Header);
            }
        }

        Assert.True(blocks.Count > 300, $"seed {seed}: {blocks.Count} blocks");
        SimulatedNode inOrder = Deliver(start, blocks, null, -1);
        bool forked = inOrder.Head.Number - start.Number < blocks.Count;
        Assert.True(forked, $"seed {seed}: no forks were made");
        for (int i = 0; i < 4; i++)
        {
            SimulatedNode other = Deliver(start, blocks, random, i == 3 ? random.Next(blocks.Count) : -1);
            Assert.Equal(0, other.ParkedCount);
            Assert.Equal(
                (inOrder.Head.Irreversible, inOrder.Head.Number), (other.Head.Irreversible, other.Head.Number));
            int equals = inOrder.Tree.Nodes.Count(n => HeaderPreference.Instance.Compare(n.State, inOrder.Head) == 0);
            Assert.True(equals > 1 || inOrder.Head.Id == other.Head.Id, $"seed {seed}: heads differ without a tie");
            Assert.Equal(inOrder.Tree.Root.Id, other.Tree.Root.Id);
        }
    }

    [Fact]
    public void Ties_are_tried_by_the_words_of_the_id()
    {
        // Words are little-endian: byte 7 outweighs byte 0 within the first word.
        var x = Hash256.FromHex("ff00000000000001" + new string('0', 48));
        var y = Hash256.FromHex("0000000000000002" + new string('0', 48));
        Assert.True(HeaderPreference.Instance.BreakTie(x, y) > 0);
        Assert.True(HeaderPreference.Instance.BreakTie(y, x) < 0);
        Assert.Equal(0, HeaderPreference.Instance.BreakTie(x, x));
    }

    private static SimulatedNode Deliver(HeaderState start, List<BlockHeader> blocks, Random? shuffle, int reloadAt)
    {
        BlockHeader[] order = [.. blocks];
        if (shuffle is not null)
        {
            // Local disorder and late bursts, not a uniform shuffle: most blocks come near their turn.
            for (int i = 0; i < order.Length; i++)
            {
                int j = Math.Min(order.Length - 1, i + shuffle.Next(shuffle.Next(10) == 0 ? 100 : 5));
                (order[i], order[j]) = (order[j], order[i]);
            }
        }

        var node = new SimulatedNode(start);
        for (int i = 0; i < order.Length; i++)
        {
            node.Receive(order[i]);
            if (i == reloadAt)
            {
                var writer = new ByteWriter();
                node.Tree.Save(writer, HeaderStateForkCodec.Instance);
                var reader = new ByteReader(writer.Written);
                BlockTree<HeaderState>? loaded = BlockTree<HeaderState>.Load(
                    ref reader, HeaderStateForkCodec.Instance, HeaderPreference.Instance, 100_000, out Verdict verdict);
                Assert.True(verdict.Accepted, verdict.ToString());
                Assert.Equal(node.Tree.Nodes.Select(n => n.State), loaded!.Nodes.Select(n => n.State));
                node.Tree = loaded;
            }
        }

        return node;
    }
}
