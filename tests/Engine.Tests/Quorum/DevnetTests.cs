using Tactus.Engine.Devnet;
using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Production;
using Tactus.Engine.Protocols.Quorum.Blocks;
using Tactus.Engine.Protocols.Quorum.Devnet;
using Tactus.Engine.State;
using Tactus.Engine.Storage;
using Tactus.Engine.Time;

namespace Tactus.Engine.Tests.Quorum;

public sealed class DevnetTests
{
    private static readonly QuorumDevnetParameters Parameters =
        new() { Members = 5, Users = 40, TransfersPerSecond = 3 };

    [Fact]
    public void SameSeedGivesTheSameChainAlsoAcrossARestart()
    {
        (Hash256 whole, Hash256 wholeState) = Run(new SimulatedDisk(), 12);
        var disk = new SimulatedDisk();
        Run(disk, 5);
        (Hash256 resumed, Hash256 resumedState) = Run(disk, 12);
        Assert.Equal(whole, resumed);
        Assert.Equal(wholeState, resumedState);
        Assert.NotEqual(whole, Run(new SimulatedDisk(), 12, Parameters with { Seed = 2 }).Head);
    }

    /// <summary>Runs up to a block number; a disk with data is resumed from its log.</summary>
    private static (Hash256 Head, Hash256 State) Run(
        IDisk disk, uint toNumber, QuorumDevnetParameters? parameters = null)
    {
        var devnet = new QuorumDevnet(parameters ?? Parameters, TestPipeline.Kernels);
        using var state = new MemoryStateStore();
        using ChainStore store = ChainStore.Open(disk, new MemoryCheckpoints(state, disk));
        var owner = new Producing(devnet);
        Chain chain = ChainOpening.Open(devnet.Protocol, TestPipeline.Kernels, store, owner.Transition);
        var clock = new ManualClock { UnixUs = DevnetGenesis.UnixUs };
        using var pipeline = new BlockPipeline(
            chain, TestPipeline.Kernels, clock, new PipelineOptions { SignatureThreads = 0, CheckClock = false });
        ChainOpening.Reapply(pipeline);
        devnet.Resume(store);
        var pending = new PendingTransactions();
        using var producer = new BlockProducer(chain, owner.Builder, pending, new ProductionWindows(), clock);
        var work = new BlockWork();
        while (chain.Head.Number < toNumber)
        {
            devnet.Fill(pending, chain);
            clock.UnixUs = chain.Consensus.SlotStartUs(chain.Head.Slot + 1) - 1000;
            Verdict verdict = producer.Produce(chain.Head.Slot + 1, lastOfTurn: false, out ReadOnlyMemory<byte> block);
            Assert.True(verdict.Accepted, verdict.ToString());
            verdict = pipeline.Process(work, block.Span);
            Assert.True(verdict.Accepted, verdict.ToString());
            Assert.Equal(30, work.Transactions.Count);
            Assert.Equal(0, producer.FailedCount);
        }

        Assert.Equal(toNumber - 1, chain.Root.Number);
        Assert.True(((QuorumState)chain.Head.State.ConsensusState).BurnedHours > 0);
        Assert.Contains("certificate 5/5", devnet.Status(chain), StringComparison.Ordinal);
        return (chain.Head.Id, ((IStateStore)state).ComputeStateHash());
    }

    private sealed class Producing
    {
        public Producing(QuorumDevnet devnet)
        {
            Transition = devnet.Protocol.CreateTransition(TestPipeline.Kernels);
            Builder = devnet.Protocol.CreateBuilder(TestPipeline.Kernels, Transition, devnet.Keys);
        }

        public Protocols.IBlockTransition Transition { get; }

        public IBlockBuilder Builder { get; }
    }
}
