using System.Text.Json;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Graphene.Consensus;
using Tactus.Engine.Protocols.Graphene.Ledger;
using Tactus.Engine.Protocols.Graphene.Types;
using Tactus.TestSupport;

namespace Tactus.Engine.Tests.Graphene;

/// <summary>Branches and switches on whole nodes: properties P8, P9, P11, P17, invariants I2, I6, I10, I11, and the
/// negative properties NP1, NP3, NP4.</summary>
public class ForkTests
{
    [Fact]
    public void P8_I2_Of_two_blocks_for_one_slot_each_node_keeps_the_first_and_the_next_witness_decides()
    {
        var world = new TestWorld();
        using var a = new GrapheneNode(world);
        using var b = new GrapheneNode(world);
        byte[] common = a.Produce();
        b.Receive(common);
        byte[] first = a.Build(1);
        byte[] second = b.Build(
            1, world.Sign(b, new Transfer(Asset.Core(0), world.User(0), world.User(1), Asset.Core(1)), world.User(0)));
        Assert.NotEqual(first, second);
        Assert.True(a.Receive(first).Accepted);
        Assert.True(a.Receive(second).Accepted);
        Assert.True(b.Receive(second).Accepted);
        Assert.True(b.Receive(first).Accepted);
        Assert.NotEqual(a.Head.Id, b.Head.Id);
        Assert.Equal(a.Head.Number, b.Head.Number);

        // The evidence: two signed headers of one witness for one slot.
        Assert.Equal((a.Head.Producer, a.Head.AbsoluteSlot), (b.Head.Producer, b.Head.AbsoluteSlot));
        byte[] decision = b.Produce();
        Assert.True(a.Receive(decision).Accepted);
        Assert.Equal(b.Head.Id, a.Head.Id);
        Assert.Equal(b.StateHash, a.StateHash);
        Assert.Equal(1, a.Chain.UnwoundCount);
    }

    [Fact]
    public void P9_A_late_block_loses_to_the_slot_that_was_filled_without_it()
    {
        // cryptonomex/graphene#396: produced on 298723 because 298724 had not come; the next witness built on the late
        // one.
        var world = new TestWorld();
        using var a = new GrapheneNode(world);
        using var b = new GrapheneNode(world);
        b.Receive(a.Produce());
        byte[] late = a.Build(1);
        byte[] inTime = b.Produce(2);
        a.Receive(inTime);
        a.Receive(late);
        Assert.Equal(b.Head.Id, a.Head.Id);
        a.Receive(b.Produce());
        Assert.Equal(b.Head.Id, a.Head.Id);
        b.Receive(late);
        Assert.Equal(b.Head.Id, a.Head.Id);
    }

    [Fact]
    public void P9_A_late_block_wins_where_the_next_witness_builds_on_it()
    {
        var world = new TestWorld();
        using var a = new GrapheneNode(world);
        using var b = new GrapheneNode(world);
        b.Receive(a.Produce());
        byte[] late = a.Produce(1);
        byte[] inTime = b.Produce(2);
        Assert.True(a.Receive(inTime).Accepted);
        byte[] next = a.Produce(2);
        Assert.True(b.Receive(late).Accepted);
        Assert.True(b.Receive(next).Accepted);
        Assert.Equal(a.Head.Id, b.Head.Id);
        Assert.Equal(a.StateHash, b.StateHash);
    }

    [Fact]
    public void NP3_Two_branches_of_equal_length_stay_until_one_more_block()
    {
        var world = new TestWorld();
        using var a = new GrapheneNode(world);
        using var b = new GrapheneNode(world);
        b.Receive(a.Produce());
        byte[] onA = a.Produce(1);
        byte[] onB = b.Produce(2);
        a.Receive(onB);
        b.Receive(onA);
        Assert.NotEqual(a.Head.Id, b.Head.Id);
        for (int later = 0; later < 5; later++)
        {
            // Hearing the same blocks again changes nothing: no rule breaks the tie.
            Assert.Equal(RejectReason.Duplicate, a.Receive(onB).Reason);
            Assert.NotEqual(a.Head.Id, b.Head.Id);
        }

        byte[] more = b.Produce();
        a.Receive(more);
        Assert.Equal(b.Head.Id, a.Head.Id);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void P17_I10_I11_A_switch_equals_never_having_been_on_the_other_branch(int seed)
    {
        var world = new TestWorld();
        using var a = new GrapheneNode(world);
        using var b = new GrapheneNode(world);
        using var straight = new GrapheneNode(world);
        var random = new Random(seed);
        for (int i = 0; i < 70; i++)
        {
            byte[] block = a.Produce(1, Load(world, a, random));
            b.Receive(block);
            straight.Receive(block);
        }

        // Past a maintenance on both branches, with votes that differ; finality stands still because few produce.
        var onB = new List<byte[]>();
        a.Produce(1, Load(world, a, random));
        for (int i = 0; i < 2; i++)
        {
            byte[] block = b.Produce(2 + i, Load(world, b, random));
            onB.Add(block);
            straight.Receive(block);
        }

        foreach (byte[] block in onB)
        {
            Assert.True(a.Receive(block).Accepted);
        }

        Assert.Equal(b.Head.Id, a.Head.Id);
        Assert.Equal(b.StateHash, a.StateHash);
        Assert.Equal(straight.StateHash, a.StateHash);
        Assert.Equal(1, a.Chain.UnwoundCount);
        a.Receive(b.Produce(1, Load(world, b, random)));
        Assert.Equal(b.StateHash, a.StateHash);
    }

    [Fact]
    public void P17_An_invalid_block_in_the_middle_of_a_longer_branch_leaves_the_state_as_it_was()
    {
        var world = new TestWorld();
        using var a = new GrapheneNode(world);
        using var b = new GrapheneNode(world);
        b.Receive(a.Produce());
        a.Produce(1);
        Hash256 state = a.StateHash;
        Hash256 head = a.Head.Id;

        // On b: a good block, then one whose transaction spends more than there is, made by a key of the right witness.
        byte[] good = b.Produce(2);
        byte[] wrong = WithForgedTransaction(world, b);
        var work = new Tactus.Engine.Pipeline.BlockWork();
        work.Load(wrong);
        Assert.True(new Protocols.Graphene.Wire.BlockLaneDecoder(
            RealData.Recovery.Kernels, TestWorld.ChainId).Decode(work).Accepted);
        Assert.True(a.Receive(good).Accepted);
        Assert.Equal(head, a.Head.Id);
        Verdict verdict = a.Receive(wrong);
        Assert.Equal(RejectReason.ActionFailed, verdict.Reason);
        Assert.Equal((head, state), (a.Head.Id, a.StateHash));
        Assert.Null(a.Chain.Find(work.Id));

        // A good successor on b's branch still wins.
        Assert.True(a.Receive(b.Produce(2)).Accepted);
        Assert.Equal(b.StateHash, a.StateHash);
    }

    [Fact]
    public void Delivery_order_does_not_matter_to_the_final_head()
    {
        var world = new TestWorld();
        using var source = new GrapheneNode(world);
        var blocks = new List<byte[]>();
        var random = new Random(9);
        for (int i = 0; i < 30; i++)
        {
            blocks.Add(source.Produce(random.Next(1, 3), Load(world, source, random)));
        }

        foreach (int seed in (int[])[1, 2, 3])
        {
            using var node = new GrapheneNode(world);
            byte[][] order = [.. blocks];
            new Random(seed).Shuffle(order);
            foreach (byte[] block in order)
            {
                node.Receive(block);
            }

            Assert.Equal(source.Head.Id, node.Head.Id);
            Assert.Equal(source.StateHash, node.StateHash);
        }
    }

    [Fact]
    public void I6_Irreversibility_never_falls_and_blocks_below_it_are_never_popped()
    {
        var world = new TestWorld();
        using var node = new GrapheneNode(world);
        using var rival = new GrapheneNode(world);
        rival.Receive(node.Produce());
        uint last = 0;
        var random = new Random(4);
        for (int i = 0; i < 60; i++)
        {
            node.Produce(random.Next(3) == 0 ? 2 : 1);
            Assert.True(node.Head.LastIrreversible >= last && node.Head.LastIrreversible <= node.Head.Number);
            last = node.Head.LastIrreversible;
            Assert.Equal(last, node.Chain.Root.Number);
        }

        // A rival branch from block 1 is refused whatever its length.
        Hash256 head = node.Head.Id;
        byte[] old = rival.Produce(2);
        Assert.Equal(RejectReason.BelowFinality, node.Receive(old).Reason);
        Assert.Equal(head, node.Head.Id);
    }

    [Fact]
    public void P11_One_honest_witness_is_enough_for_a_transaction_to_enter_within_two_rounds()
    {
        var world = new TestWorld(witnesses: 5);
        using var node = new GrapheneNode(world);
        node.ProduceUntil(TestWorld.GenesisSec + 60);
        const uint Honest = 3;
        for (int trial = 0; trial < 12; trial++)
        {
            SignedTransaction wish = world.Sign(
                node, new Transfer(Asset.Core(0), world.User(0), world.User(1), Asset.Core(trial + 1)), world.User(0));
            int slots = 0;
            bool entered = false;
            while (!entered)
            {
                bool honest = Slots.Witness(node.Head, 1) == Honest;
                node.Produce(1, honest ? [wish] : []);
                entered = honest && node.Added[0].Accepted;
                Assert.True(
                    ++slots <= (2 * 5) - 1, "a valid transaction waited longer than the boundary of two rounds allows");
            }
        }
    }

    [Fact]
    public void NP4_P11_A_majority_can_censor_until_a_maintenance_replaces_it()
    {
        // Witnesses 1..3 of 5 pass the transaction over and orphan whoever includes it, until votes replace them.
        var world = new TestWorld(witnesses: 5, candidates: 3, users: 3);
        world.SetBalance(world.User(2), 9_000_000);
        using var censored = new GrapheneNode(world);
        using var honest = new GrapheneNode(world);
        honest.Receive(censored.Produce());
        SignedTransaction wish = world.Sign(
            censored, new Transfer(Asset.Core(0), world.User(0), world.User(1), Asset.Core(7)), world.User(0));

        // The honest minority includes it and is orphaned: its branch is shorter at every common slot.
        for (int slot = 0; slot < 15; slot++)
        {
            uint owner = Slots.Witness(censored.Head, 1);
            if (owner <= 3)
            {
                censored.Produce();
            }
            else
            {
                // Left out: the majority does not build on it.
                byte[] block = censored.Build(1, wish);
                Assert.True(censored.Added[0].Accepted);
                Assert.NotEmpty(block);
                SkipOne(censored);
            }
        }

        Assert.Equal(10_000, censored.Read(l => l.GetAccount(world.User(0))).Balance);

        // A block with the vote is included (P12's proviso), and after maintenance and reshuffle the wish enters.
        censored.Must(
            world.Sign(censored, WitnessTests.Vote(censored, world, world.User(2), 5, 4, 5, 6, 7, 8), world.User(2)));
        censored.ProduceUntil(censored.Head.NextMaintenanceSec);
        Assert.Equal([4u, 5, 6, 7, 8], censored.Head.Active.ToArray());
        while (censored.Head.Number % 5 != 0)
        {
            censored.Produce();
        }

        SignedTransaction again = world.Sign(censored, wish.Operations, world.User(0));
        censored.Must(again);
        Assert.Equal(9_993, censored.Read(l => l.GetAccount(world.User(0))).Balance);
    }

    [DataFact]
    public void NP1_Two_different_irreversible_blocks_without_a_single_faulty_witness()
    {
        using JsonDocument vector = JsonDocument.Parse(File.ReadAllBytes(TestData.PathOf("graphene", "vectors", "lib_conflict_n4.json")));
        Dictionary<string, ModelNode> nodes = new(StringComparer.Ordinal);
        foreach (string name in (string[])["A", "B", "C", "D"])
        {
            nodes[name] = new ModelNode();
        }

        var blocks = new Dictionary<string, ModelBlock>(StringComparer.Ordinal) { ["G"] = ModelBlock.Genesis };
        foreach (JsonElement step in vector.RootElement.GetProperty("steps").EnumerateArray())
        {
            if (!step.TryGetProperty("block", out JsonElement name))
            {
                continue;
            }

            ModelBlock parent = blocks[step.GetProperty("parent").GetString()!];
            var block = new ModelBlock(name.GetString()!, parent, step.GetProperty("producer").GetString()![0] - 'A');
            blocks.Add(block.Name, block);
            foreach (JsonElement to in step.GetProperty("delivered_to").EnumerateArray())
            {
                nodes[to.GetString()!].Receive(block);
            }
        }

        foreach (JsonProperty end in vector.RootElement.GetProperty("end").EnumerateObject())
        {
            ModelBlock irreversible = nodes[end.Name].Irreversible;
            Assert.Equal(end.Value.GetProperty("lib_block").GetString(), irreversible.Name);
            Assert.Equal(end.Value.GetProperty("lib").GetUInt32(), irreversible.Number);
        }

        // The violation, named: neither of the two final blocks descends from the other.
        Assert.False(nodes["A"].Irreversible.Descends(nodes["C"].Irreversible));
        Assert.False(nodes["C"].Irreversible.Descends(nodes["A"].Irreversible));
    }

    private static void SkipOne(GrapheneNode node)
    {
        // The slot stays empty: the next block takes the following slot.
        uint owner = Slots.Witness(node.Head, 2);
        node.Produce(2);
        Assert.Equal(owner, node.Head.Producer);
    }

    private static SignedTransaction[] Load(TestWorld world, GrapheneNode node, Random random)
    {
        int from = random.Next(4);
        return random.Next(4) switch
        {
            0 => [],
            1 => [world.Sign(node, WitnessTests.Vote(node, world, world.User(from), 0, [.. Enumerable.Range(1, 5).Where(_ => random.Next(2) == 0).Select(w => (uint)w)]), world.User(from))],
            _ => [world.Sign(node, new Transfer(Asset.Core(1), world.User(from), world.User((from + 1) % 4), Asset.Core(random.Next(1, 20))), world.User(from))],
        };
    }

    private static byte[] WithForgedTransaction(TestWorld world, GrapheneNode node)
    {
        SignedTransaction overspend = world.Sign(
            node, new Transfer(Asset.Core(0), world.User(0), world.User(1), Asset.Core(99_999_999)), world.User(0));
        byte[] empty = node.Build(1);
        var writer = new ByteWriter();
        writer.WriteSpan(empty.AsSpan(0, empty.Length - 1));
        writer.WriteVarUInt32(1);
        writer.WriteSpan(overspend.ToBytes());
        writer.WriteVarUInt32(1);
        writer.WriteVarUInt32(0);
        return ProposalTests.Resign(world, node, writer.ToArray());
    }

    /// <summary>A block of the model: who made it on what.</summary>
    private sealed record ModelBlock(string Name, ModelBlock? Parent, int Producer)
    {
        public static ModelBlock Genesis { get; } = new("G", null, -1);

        public uint Number => Parent is null ? 0 : Parent.Number + 1;

        public bool Descends(ModelBlock ancestor) => this == ancestor || (Parent?.Descends(ancestor) ?? false);

        public ModelBlock At(uint number) => Number == number ? this : Parent!.At(number);
    }

    /// <summary>A node that follows the rules exactly, with blocks delivered by hand: longer wins, nothing at or below
    /// one's own irreversible block is dropped.</summary>
    private sealed class ModelNode
    {
        private ModelBlock _head = ModelBlock.Genesis;

        public ModelBlock Irreversible { get; private set; } = ModelBlock.Genesis;

        public void Receive(ModelBlock block)
        {
            if (block.Number <= _head.Number || !block.Descends(Irreversible))
            {
                return;
            }

            _head = block;
            uint[] lastConfirmed = new uint[4];
            for (ModelBlock? at = block; at?.Parent is not null; at = at.Parent)
            {
                lastConfirmed[at.Producer] = Math.Max(lastConfirmed[at.Producer], at.Number);
            }

            uint candidate = Irreversibility.Candidate(lastConfirmed);
            Irreversible = candidate > Irreversible.Number ? block.At(candidate) : Irreversible;
        }
    }
}
