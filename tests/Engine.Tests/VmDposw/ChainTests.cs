using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.VmDposw;
using Tactus.Engine.Protocols.VmDposw.Consensus;
using Tactus.Engine.Protocols.VmDposw.Machines;
using Tactus.Engine.Protocols.VmDposw.Wire;

namespace Tactus.Engine.Tests.VmDposw;

/// <summary>Whole blocks through decoder, pipeline, state and restart.</summary>
public sealed class ChainTests
{
    private static readonly VmDposwParameters Rules = TestNet.Quick with { Difficulty = 64 };

    [Fact]
    public void Sixty_blocks_run_on_their_slots_and_finality_advances()
    {
        using var chain = new TestChain(new TestNet(Rules));
        uint final = 0;
        int blocks = 0;
        while (blocks < 60)
        {
            chain.Request(blocks % 8, new VmTransaction { Kind = VmTransactionKind.Transfer, To = 7, Amount = 1 });
            blocks += chain.Run(1).Count;
            Assert.True(chain.Chain.Root.Number >= final);
            final = chain.Chain.Root.Number;
            Assert.Equal(final, chain.Head.Finalized);
        }

        Assert.True(final > 40, $"after {chain.Head.Number} blocks only {final} are final");
    }

    [Fact]
    public void The_same_seed_gives_the_same_blocks_and_state()
    {
        using var first = new TestChain(new TestNet(Rules));
        using var second = new TestChain(new TestNet(Rules));
        List<byte[]> blocks = first.Run(4);
        List<byte[]> again = second.Run(4);
        Assert.Equal(blocks, again);
        Assert.Equal(first.StateHash, second.StateHash);
        using var other = new TestChain(new TestNet(Rules, seed: 2));
        Assert.NotEqual(first.Chain.Head.Id, other.Chain.Head.Id);
    }

    [Fact]
    public void A_validator_without_keys_follows_and_a_restart_continues()
    {
        var net = new TestNet(Rules);
        using var producer = new TestChain(net);
        using var follower = new TestChain(net);
        foreach (byte[] block in producer.Run(3))
        {
            Assert.True(follower.Process(block).Accepted);
        }

        Assert.Equal(producer.Chain.Head.Id, follower.Chain.Head.Id);
        Assert.Equal(producer.StateHash, follower.StateHash);

        follower.Checkpoint();
        List<byte[]> later = producer.Run(2);
        foreach (byte[] block in later)
        {
            Assert.True(follower.Process(block).Accepted);
        }

        // The checkpoint is two rounds old: the rest comes from the log.
        using var restarted = new TestChain(net, follower.Disk);
        Assert.Equal(producer.Chain.Head.Id, restarted.Chain.Head.Id);
        Assert.Equal(producer.StateHash, restarted.StateHash);
        Assert.Equal(TestNet.Save(producer.Head, net.Protocol.Consensus), TestNet.Save(restarted.Head, net.Protocol.Consensus));
        Assert.NotEmpty(restarted.Run(1));
    }

    [Fact]
    public void A_node_moves_to_the_branch_with_more_filled_windows_and_unwinds_the_state()
    {
        var net = new TestNet(TestNet.Quick);
        using var left = new TestChain(net);
        using var right = new TestChain(net);
        using var node = new TestChain(net);

        // Left: VM2 alone makes four blocks. Right: VM2 and VM4 make one each; fewer blocks, less work, more windows.
        left.Request(0, new VmTransaction { Kind = VmTransactionKind.Transfer, To = 7, Amount = 5 });
        for (long slot = 1; slot <= 4; slot++)
        {
            Assert.True(node.Process(left.Produce(slot)).Accepted);
        }

        var keys = new TestNet(TestNet.Quick);
        using var other = new TestChain(keys);
        byte[] two = other.Produce(2);
        byte[] four = other.Produce(5);
        Assert.Equal(1_000_005, node.Account(7).Balance);
        Assert.True(node.Process(two).Accepted);
        Assert.Equal(left.Chain.Head.Id, node.Chain.Head.Id);
        Assert.True(node.Process(four).Accepted);
        Assert.Equal(other.Chain.Head.Id, node.Chain.Head.Id);
        Assert.Equal(1_000_000, node.Account(7).Balance);
        Assert.Equal(other.StateHash, node.StateHash);
        Assert.Equal(4, node.Chain.UnwoundCount);
    }

    [Fact]
    public void Changes_of_the_cluster_that_execution_does_not_give_are_rejected()
    {
        var net = new TestNet();
        using var chain = new TestChain(net);
        var change = new DelegateChange(1, VmCategory.Gold, net.Keys.MachineKey(1), net.Keys.ChainOf(1).Commitment);
        byte[] block = net.Seal(net.Draft(net.Genesis, 1) with { Changes = [change] });
        Verdict verdict = chain.Process(block);
        Assert.Equal(RejectReason.BadSchedule, verdict.Reason);
        Assert.Equal(0u, chain.Chain.Head.Number);
        Assert.NotEmpty(chain.Produce(1));
    }

    [Fact]
    public void Every_cut_and_every_flipped_byte_of_a_block_is_rejected_with_a_reason()
    {
        var net = new TestNet(TestNet.Quick with { Difficulty = 16 });
        using var chain = new TestChain(net);
        chain.Request(0, new VmTransaction { Kind = VmTransactionKind.Transfer, To = 7, Amount = 5 });
        byte[] block = [];
        for (long slot = 1; block.Length == 0; slot++)
        {
            block = chain.Produce(slot);
        }

        using var fresh = new TestChain(net);
        for (int length = 0; length < block.Length; length++)
        {
            Verdict verdict = fresh.Process(block.AsSpan(0, length).ToArray());
            Assert.Equal(RejectReason.Malformed, verdict.Reason);
        }

        Assert.Equal(RejectReason.TrailingBytes, fresh.Process([.. block, 0]).Reason);
        for (int at = 0; at < block.Length; at++)
        {
            byte[] wrong = (byte[])block.Clone();
            wrong[at] ^= 0x10;
            Verdict verdict = fresh.Process(wrong);
            Assert.False(verdict.Accepted, $"byte {at}");
            Assert.False(string.IsNullOrEmpty(verdict.Detail), $"byte {at}: {verdict.Reason}");
        }

        Assert.Equal(0u, fresh.Chain.Head.Number);
        Assert.True(fresh.Process(block).Accepted);
    }

    [Fact]
    public void A_block_that_arrives_before_its_parent_waits_for_it()
    {
        var net = new TestNet(Rules);
        using var producer = new TestChain(net);
        using var node = new TestChain(net);
        List<byte[]> blocks = producer.Run(1);
        for (int i = blocks.Count - 1; i > 0; i--)
        {
            Assert.Equal(RejectReason.Unlinkable, node.Process(blocks[i]).Reason);
        }

        Assert.Equal(blocks.Count - 1, node.Chain.ParkedCount);
        Assert.True(node.Process(blocks[0]).Accepted);
        Assert.Equal(producer.Chain.Head.Id, node.Chain.Head.Id);
    }

    [Fact]
    public void A_builder_signs_once_for_a_slot_and_on_one_branch_in_a_round()
    {
        var net = new TestNet();
        using var state = new Engine.State.MemoryStateStore();
        var builder = (VmDposwBlockBuilder)net.Protocol.CreateBuilder(
            TestNet.Kernels, net.Protocol.CreateTransition(TestNet.Kernels), net.Keys);
        using var chain = new TestChain(net);
        Assert.NotEmpty(chain.Produce(1));
        using var view = new Engine.State.BlockView(state);
        net.Protocol.CreateTransition(TestNet.Kernels).InitializeState(view, () => { });
        Assert.True(builder.Begin(net.Genesis, 1, view).Accepted);
        Assert.True(builder.Seal(out ReadOnlyMemory<byte> block).Accepted);
        Assert.True(net.Check(block.ToArray(), net.Genesis, out ClusterState? own).Accepted);
        Assert.Equal(RejectReason.DoubleSign, builder.Begin(net.Genesis, 1, view).Reason);

        // Its window goes on: on its own block, not beside it; in the next round it is free again.
        Assert.Equal(net.MachineAt(net.Genesis, 1), net.MachineAt(net.Genesis, 2));
        Assert.Equal(RejectReason.DoubleSign, builder.Begin(net.Genesis, 2, view).Reason);
        Assert.True(builder.Begin(own!, 2, view).Accepted);
        builder.Abandon();
        uint machine = net.MachineAt(net.Genesis, 1);
        Assert.True(builder.Begin(net.Genesis, net.FirstSlotOf(net.Genesis, 2, machine), view).Accepted);
    }
}
