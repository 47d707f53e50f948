using Tactus.Engine.Devnet;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Consensus;
using Tactus.Engine.Protocols.Antelope.Devnet;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.Engine.Time;
using Tactus.Kernels;
using Xunit.Abstractions;

namespace Tactus.Engine.Tests.Pipeline;

/// <summary>Whole nodes, with state, through a partition: 11 producers against 10, then healed.</summary>
public sealed class ForkSwitchTests(ITestOutputHelper output)
{
    private static readonly KernelSet Kernels = KernelRegistry.Default.Choose();

    private static readonly DevnetParameters Parameters = new() { Seed = 3, Accounts = 40, TransactionsPerSecond = 8 };

    private readonly ManualClock _clock = new();

    [Fact]
    public void After_a_partition_all_nodes_take_the_longer_branch_with_the_state_of_a_straight_run()
    {
        // Producers a..k (11) stay with the first node, l..u (10) with the second.
        var names = Enumerable.Range(0, 21).Select(i => DevnetKeys.ProducerName(i).Value).ToHashSet();
        var majority = Enumerable.Range(0, 11).Select(i => DevnetKeys.ProducerName(i).Value).ToHashSet();
        using var left = new PipelineNode(Parameters, Kernels, _clock, majority.Contains);
        using var right = new PipelineNode(Parameters, Kernels, _clock, p => !majority.Contains(p));

        // Together: eosio's blocks, then the schedule of 21, until every producer has had a turn.
        long slot = left.Chain.Head.Slot + 1;
        for (int i = 0; i < 280; i++, slot++)
        {
            byte[] block = left.Produce(slot) ?? right.Produce(slot) ?? throw new InvalidOperationException($"nobody made slot {slot}");
            Assert.True((left.Made.LastOrDefault() == block ? right : left).Receive(block).Accepted);
        }

        Assert.Equal(left.Chain.Head.Id, right.Chain.Head.Id);
        Assert.Equal(left.StateHash, right.StateHash);
        Assert.Contains(left.HeadState.ActiveSchedule.Producers, p => names.Contains(p.Producer.Value));
        int madeLeft = left.Made.Count;
        int madeRight = right.Made.Count;
        uint forkNumber = left.Chain.Head.Number;
        Hash256 forkState = left.StateHash;

        // Apart for a little over a round: each side fills its own slots.
        for (int i = 0; i < 260; i++, slot++)
        {
            left.Produce(slot);
            right.Produce(slot);
        }

        byte[][] leftBranch = [.. left.Made.Skip(madeLeft)];
        byte[][] rightBranch = [.. right.Made.Skip(madeRight)];
        output.WriteLine($"fork after {forkNumber}: {leftBranch.Length} against {rightBranch.Length} blocks");
        Assert.True(leftBranch.Length > rightBranch.Length);
        Assert.NotEqual(left.StateHash, right.StateHash);
        Hash256 winner = left.Chain.Head.Id;
        Hash256 winnerState = left.StateHash;

        // Healed: each side gets the other's blocks, the right one in reverse order, so that they are parked first.
        foreach (byte[] block in rightBranch)
        {
            Assert.True(left.Receive(block).Accepted);
        }

        foreach (byte[] block in leftBranch.Reverse())
        {
            right.Receive(block);
        }

        Assert.Equal(winner, left.Chain.Head.Id);
        Assert.Equal(winner, right.Chain.Head.Id);
        Assert.Equal(winnerState, left.StateHash);
        Assert.Equal(winnerState, right.StateHash);
        Assert.Equal(0, left.Chain.UnwoundCount);
        Assert.Equal(rightBranch.Length, right.Chain.UnwoundCount);
        Assert.Equal(0, right.Chain.ParkedCount);

        // A node that only ever saw the winning branch has the same state.
        using var straight = new PipelineNode(Parameters, Kernels, _clock);
        for (uint number = 2; number <= left.Chain.Head.Number; number++)
        {
            byte[] buffer = [];
            Assert.True(left.Store.Log.TryRead(number, ref buffer, out int length, out _));
            Assert.True(straight.Receive(buffer[..length]).Accepted);
        }

        Assert.Equal(winner, straight.Chain.Head.Id);
        Assert.Equal(winnerState, straight.StateHash);

        // And the switched node goes on with it: its producers confirm nothing twice.
        for (int i = 0; i < 30; i++, slot++)
        {
            byte[]? block = left.Produce(slot);
            if (block is not null)
            {
                Assert.True(right.Receive(block).Accepted);
            }
            else if ((block = right.Produce(slot)) is not null)
            {
                Assert.True(left.Receive(block).Accepted);
            }
        }

        Assert.Equal(left.Chain.Head.Id, right.Chain.Head.Id);
        Assert.Equal(left.StateHash, right.StateHash);
        Assert.True(left.Chain.Head.Number > forkNumber + leftBranch.Length);
        Assert.NotEqual(forkState, left.StateHash);
    }

    [Fact]
    public void Unwinding_to_the_last_final_block_gives_its_state_exactly()
    {
        using var node = new PipelineNode(Parameters, Kernels, _clock);
        var states = new Dictionary<uint, Hash256> { [1] = node.StateHash };
        long slot = node.Chain.Head.Slot + 1;
        for (int i = 0; i < 30; i++, slot++)
        {
            node.Produce(slot);
            states[node.Chain.Head.Number] = node.StateHash;
        }

        uint final = node.Chain.Root.Number;
        Assert.True(final < node.Chain.Head.Number - 10);
        for (uint number = node.Chain.Head.Number - 1; number >= final; number--)
        {
            node.Store.Unwind(number);
            Assert.Equal(states[number], node.StateHash);
        }
    }

    [Fact]
    public void A_block_that_does_not_execute_is_dropped_and_the_old_branch_restored()
    {
        using var node = new PipelineNode(Parameters, Kernels, _clock);
        using var liar = new PipelineNode(Parameters, Kernels, _clock);
        long slot = node.Chain.Head.Slot + 1;
        for (int i = 0; i < 12; i++, slot++)
        {
            byte[] block = node.Produce(slot)!;
            Assert.True(liar.Receive(block).Accepted);
        }

        Hash256 head = node.Chain.Head.Id;
        Hash256 state = node.StateHash;

        // The same block with another action root, signed properly by its producer.
        byte[] honest = liar.Produce(slot)!;
        byte[] wrong = Forgery.WithActionRoot(honest, node.HeadState, Parameters);
        Verdict verdict = node.Receive(wrong);
        Assert.Equal(RejectReason.WrongActionRoot, verdict.Reason);
        Assert.Equal(head, node.Chain.Head.Id);
        Assert.Equal(state, node.StateHash);

        Assert.True(node.Receive(honest).Accepted);
        Assert.Equal(liar.StateHash, node.StateHash);
    }

    [Fact]
    public void A_block_whose_waiting_ancestor_does_not_execute_is_rejected_with_it()
    {
        using var node = new PipelineNode(Parameters, Kernels, _clock);
        using var liar = new PipelineNode(Parameters, Kernels, _clock);
        long slot = node.Chain.Head.Slot + 1;
        for (int i = 0; i < 12; i++, slot++)
        {
            Assert.True(liar.Receive(node.Produce(slot)!).Accepted);
        }

        HeaderState common = liar.HeadState;
        byte[] wrong = Forgery.WithActionRoot(liar.Produce(slot + 1)!, common, Parameters, out HeaderState wrongState);
        byte[] child = Forgery.WithParent(liar.Produce(slot + 2)!, wrongState, Parameters);
        node.Produce(slot);
        Hash256 head = node.Chain.Head.Id;
        Hash256 state = node.StateHash;

        // As high as the head: it waits, not executed. Its child makes its branch the longer one.
        Assert.True(node.Receive(wrong).Accepted);
        Verdict verdict = node.Receive(child);
        Assert.Equal(RejectReason.Unlinkable, verdict.Reason);
        Assert.Contains("which was rejected", verdict.Detail, StringComparison.Ordinal);
        Assert.Equal(head, node.Chain.Head.Id);
        Assert.Equal(state, node.StateHash);
        Assert.False(node.Chain.Knows(wrongState.Id));

        // Offered again, it is judged again.
        Assert.True(node.Receive(wrong).Accepted);
        Assert.Equal(RejectReason.Unlinkable, node.Receive(child).Reason);
        Assert.Equal(state, node.StateHash);
    }

    [Fact]
    public void Where_finality_lags_too_far_blocks_are_refused_and_the_node_stands()
    {
        const int undoBlocksMax = 4;
        using var maker = new PipelineNode(Parameters, Kernels, _clock);
        using var node = new PipelineNode(Parameters, Kernels, _clock, undoBlocksMax: undoBlocksMax);
        long slot = maker.Chain.Head.Slot + 1;
        while (node.Chain.Head.Number - node.Chain.Root.Number < undoBlocksMax)
        {
            Assert.True(node.Receive(maker.Produce(slot++)!).Accepted);
        }

        Hash256 state = node.StateHash;
        byte[] next = maker.Produce(slot)!;
        for (int i = 0; i < 2; i++)
        {
            Verdict verdict = node.Receive(next);
            Assert.Equal(RejectReason.LimitExceeded, verdict.Reason);
            Assert.Contains("finality stands at", verdict.Detail, StringComparison.Ordinal);
            Assert.Equal(state, node.StateHash);
        }
    }

    [Fact]
    public void Headers_name_what_is_wrong()
    {
        using var node = new PipelineNode(Parameters, Kernels, _clock);
        long slot = node.Chain.Head.Slot + 1;
        byte[] first = node.Produce(slot)!;
        Assert.Equal(RejectReason.Duplicate, node.Receive(first).Reason);

        byte[] next = Forgery.Resigned(node.Produce(slot + 1)!, Parameters, key: 5);
        using var other = new PipelineNode(Parameters, Kernels, _clock);
        Assert.True(other.Receive(first).Accepted);
        Assert.Equal(RejectReason.BadBlockSignature, other.Receive(next).Reason);
        Assert.Equal(RejectReason.Malformed, other.Receive(next[..^1]).Reason);

        _clock.UnixUs = SlotTime.ToUnixMs((uint)slot) * 1000 - 10_000_000;
        Assert.Equal(RejectReason.FromTheFuture, other.Receive(node.Made[1]).Reason);
    }
}
