using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Graphene.Consensus;
using Tactus.Engine.Protocols.Graphene.Ledger;
using Tactus.Engine.Protocols.Graphene.Types;
using Tactus.Engine.Protocols.Graphene.Wire;
using Tactus.Engine.State;
using Tactus.Engine.Storage;
using Tactus.Engine.Tests.Graphene.RealData;
using Tactus.Engine.Time;

namespace Tactus.Engine.Tests.Graphene;

/// <summary>The engine's contract: partitions, restart, replay with checking ahead, hostile bytes,
/// allocation.</summary>
public class GrapheneChainTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void P6_After_a_partition_all_nodes_take_the_majority_branch(int seed)
    {
        // Witnesses 1..5 of 7 on one side, 6 and 7 on the other; both know the common blocks.
        var world = new TestWorld(witnesses: 7);
        using var large = new GrapheneNode(world);
        using var small = new GrapheneNode(world);
        var random = new Random(seed);
        int common = 40 + random.Next(20);
        for (int i = 0; i < common; i++)
        {
            small.Receive(large.Produce());
        }

        WitnessState root = large.Head;
        var onLarge = new List<byte[]>();
        var onSmall = new List<byte[]>();
        for (uint time = root.TimeSec + 2; time < root.TimeSec + 100; time += 2)
        {
            Turn(large, time, w => w <= 5, onLarge);
            Turn(small, time, w => w > 5, onSmall);
        }

        Assert.True(onLarge.Count > onSmall.Count && onSmall.Count > 0);
        uint finalOnSmall = small.Head.LastIrreversible;
        Assert.True(finalOnSmall <= root.Number);
        foreach (byte[] block in onSmall)
        {
            large.Receive(block);
        }

        foreach (byte[] block in onLarge)
        {
            Assert.True(small.Receive(block).Accepted);
        }

        Assert.Equal(large.Head.Id, small.Head.Id);
        Assert.Equal(large.StateHash, small.StateHash);

        // What was undone is the minority's branch, no more, and never on the majority's side.
        Assert.Equal((0L, (long)onSmall.Count), (large.Chain.UnwoundCount, small.Chain.UnwoundCount));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_restart_continues_where_the_log_ends(bool checkpoint)
    {
        var world = new TestWorld(witnesses: 5, candidates: 2);
        var node = new GrapheneNode(world);
        for (int i = 0; i < 90; i++)
        {
            Step(world, node, i);
            if (i == 55 && checkpoint)
            {
                node.Store.Checkpoint(ChainOpening.SaveAttachment(node.Chain));
            }
        }

        (Hash256 head, Hash256 state, uint final) = (node.Head.Id, node.StateHash, node.Chain.Root.Number);
        byte[] next = node.Build(1);
        node.Dispose();
        SimulatedDisk found = node.Disk.Restart(CrashLoss.Nothing, 1);
        using var again = new GrapheneNode(world, found);
        Assert.Equal(checkpoint ? 56u : 0u, again.Chain.Head.Number);
        if (checkpoint)
        {
            Assert.True(again.Head.Executed);
        }

        ChainOpening.Reapply(again.Pipeline);
        Assert.Equal((head, state, final), (again.Head.Id, again.StateHash, again.Chain.Root.Number));

        // And the next block is the one that would have come.
        Assert.Equal(next, again.Produce());
    }

    [Fact]
    public void Headers_checked_ahead_of_execution_are_judged_again_when_their_parent_is_executed()
    {
        // Elections and skipped slots lie between the block checked and the one applied.
        var world = new TestWorld(witnesses: 5, candidates: 2);
        using var node = new GrapheneNode(world);
        var blocks = new List<byte[]>();
        for (int i = 0; i < 100; i++)
        {
            blocks.Add(Step(world, node, i));
        }

        using var replayed = new GrapheneNode(world);
        var run = new ReplayRun(replayed.Pipeline, new ManualClock());
        ReplayReport report = run.Run(new ListSource(blocks), 1, (uint)blocks.Count);
        Assert.Null(report.Failure);
        Assert.Equal(node.StateHash, replayed.StateHash);
        Assert.Equal(node.Head.LastIrreversible, replayed.Chain.Root.Number);

        // The same with one block by the wrong witness: it is found when it is applied.
        using var cheated = new GrapheneNode(world);
        for (int i = 0; i < 60; i++)
        {
            Assert.True(cheated.Receive(blocks[i]).Accepted);
        }

        WitnessState parent = cheated.Head;
        uint wrong = Slots.Witness(parent, 2);
        byte[] forged = WitnessTests.Forge(world, parent, (uint)Slots.TimeSec(parent, 1), wrong, wrong);
        ReplayReport failed = new ReplayRun(cheated.Pipeline, new ManualClock())
            .Run(new ListSource([.. blocks[..60], forged]), 61, 61);
        Assert.Equal(RejectReason.WrongProducer, failed.Failure!.Verdict.Reason);
    }

    [Fact]
    public void The_same_blocks_give_the_same_state_on_every_kernel()
    {
        var world = new TestWorld(witnesses: 5, candidates: 2);
        using var node = new GrapheneNode(world);
        var blocks = new List<byte[]>();
        for (int i = 0; i < 20; i++)
        {
            blocks.Add(Step(world, node, i));
        }

        Kernels.KernelSet scalar = Kernels.KernelRegistry.Default.Choose("sha256:scalar,secp256k1:scalar");
        using var state = new MemoryStateStore();
        var disk = new SimulatedDisk();
        using ChainStore store = ChainStore.Open(disk, new MemoryCheckpoints(state, disk));
        var protocol = new Protocols.Graphene.GrapheneProtocol(scalar, TestWorld.ChainId, world.Genesis());
        Chain chain = ChainOpening.Open(protocol, scalar, store, protocol.CreateTransition(scalar));
        using var pipeline = new BlockPipeline(chain, scalar, new ManualClock(), new PipelineOptions { SignatureThreads = 0, CheckClock = false });
        var work = new BlockWork();
        Assert.All(blocks, b => Assert.True(pipeline.Process(work, b).Accepted));
        Assert.Equal(node.StateHash, store.State.ComputeStateHash());
    }

    [Fact]
    public void Damaged_blocks_are_refused_and_never_throw_or_change_the_state()
    {
        var world = new TestWorld();
        using var node = new GrapheneNode(world);
        node.Produce();
        SignedTransaction[] transactions =
        [
            world.Sign(node, new Transfer(Asset.Core(1), world.User(0), world.User(1), Asset.Core(1)), world.User(0)),
            world.Sign(node, WitnessTests.Vote(node, world, world.User(1), 2, 1, 2), world.User(1)),
            world.Sign(
                node,
                new ProposalCreate(
                    Asset.Core(0),
                    world.User(2),
                    node.Head.TimeSec + 500,
                    [new UpdateGlobalParameters(Asset.Core(0), world.Parameters)],
                    300),
                world.User(2)),
        ];
        byte[] block = node.Build(1, transactions);
        Hash256 state = node.StateHash;
        var random = new Random(77);
        for (int i = 0; i < 1500; i++)
        {
            byte[] damaged = random.Next(3) switch
            {
                0 => block[..random.Next(block.Length)],
                1 => [.. block, (byte)random.Next(256)],
                _ => Flip(block, random),
            };
            Assert.False(node.Receive(damaged).Accepted);
        }

        Assert.Equal(state, node.StateHash);
        Assert.True(node.Receive(block).Accepted);
    }

    [Fact]
    public void A_transfer_allocates_nothing()
    {
        const int Count = 300;
        var world = new TestWorld(users: 8);
        using var node = new GrapheneNode(world);
        node.Produce();
        SignedTransaction[] transfers = [.. Enumerable.Range(0, Count).Select(i => world.Sign(
            node, new Transfer(Asset.Core(1), world.User(i % 8), world.User((i + 1) % 8), Asset.Core(1 + (i / 8))),
            world.User(i % 8)))];
        byte[][] bodies = [.. transfers.Select(t => t.Body())];
        byte[][] tags = [.. transfers.Select(world.TagsOf)];
        Hash256[] ids = [.. bodies.Select(b => SignedTransaction.IdOf(b))];
        var executor = new BlockExecutor();
        var results = new ByteWriter();
        using var view = new BlockView(node.Store.State);
        long allocated = long.MaxValue; // of the round without a collection of another test's making
        for (int pass = 0; pass < 3; pass++)
        {
            // The first pass grows the buffers, the second is compiled code, the third is measured.
            executor.Start(view, checkAuthority: true);
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < Count; i++)
            {
                results.Clear();
                Verdict verdict = executor.Apply(bodies[i], ids[i], bodies[i].Length + 66, tags[i], results);
                if (!verdict.Accepted)
                {
                    Assert.Fail(verdict.ToString());
                }
            }

            allocated = Math.Min(allocated, GC.GetAllocatedBytesForCurrentThread() - before);
            executor.Abort();
            view.Reset();
        }

        Assert.Equal(0, allocated);

        // Decoding: the header, and nothing per transaction.
        byte[] block = node.Build(1, transfers);
        var decoder = new BlockLaneDecoder(Recovery.Kernels, TestWorld.ChainId);
        var work = new BlockWork();
        allocated = long.MaxValue;
        for (int pass = 0; pass < 3; pass++)
        {
            work.Load(block);
            long before = GC.GetAllocatedBytesForCurrentThread();
            Assert.True(decoder.Decode(work).Accepted);
            allocated = Math.Min(allocated, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(Count, work.Transactions.Count);
        Assert.InRange(allocated, 0, 1024);
    }

    [Fact]
    public void A_padded_length_or_a_wrong_number_of_results_is_malformed()
    {
        var world = new TestWorld();
        using var node = new GrapheneNode(world);
        node.Produce();
        byte[] block = node.Build(1);
        byte[] padded = [.. block[..^1], 0x80, 0x00];
        Assert.Equal(RejectReason.Malformed, node.Receive(padded).Reason);
        byte[] full = node.Build(
            2,
            world.Sign(node, new Transfer(Asset.Core(0), world.User(0), world.User(1), Asset.Core(1)), world.User(0)));
        byte[] fewer = [.. full[..^2], 0];
        Assert.Equal(RejectReason.Malformed, node.Receive(fewer).Reason);
        Assert.True(node.Receive(full).Accepted);
    }

    private static void Turn(GrapheneNode node, uint time, Func<uint, bool> mine, List<byte[]> made)
    {
        long k = Slots.At(node.Head, time);
        if (k > 0 && Slots.TimeSec(node.Head, k) == time && mine(Slots.Witness(node.Head, k)))
        {
            made.Add(node.Produce(k));
        }
    }

    /// <summary>One block of a run that votes, names a proxy, transfers and misses slots.</summary>
    private static byte[] Step(TestWorld world, GrapheneNode node, int i) => i switch
    {
        5 => node.Must(world.Sign(node, WitnessTests.Vote(node, world, world.User(0), 0, 6, 7), world.User(0))),
        9 => node.Must(world.Sign(node, WitnessTests.Follow(world, world.User(1), world.User(0)), world.User(1))),
        _ when i % 4 == 1 => node.Must(world.Sign(
            node, new Transfer(Asset.Core(1), world.User(2), world.User(i % 2), Asset.Core(i)), world.User(2))),
        _ => node.Produce(i % 6 == 0 ? 2 : 1),
    };

    private static byte[] Flip(byte[] block, Random random)
    {
        byte[] damaged = [.. block];
        damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
        return damaged;
    }

    private sealed class ListSource(IReadOnlyList<byte[]> blocks) : IBlockSource
    {
        public uint First => 1;

        public uint Head => (uint)blocks.Count;

        public ReadOnlySpan<byte> Read(uint number, ref byte[] buffer) => blocks[(int)number - 1];
    }
}
