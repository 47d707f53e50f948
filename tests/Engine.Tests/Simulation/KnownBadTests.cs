using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Production;
using Tactus.Engine.Protocols;
using Tactus.Engine.Protocols.Antelope.Consensus;
using Tactus.Engine.Signatures;
using Tactus.Engine.Simulation;
using Tactus.Engine.State;
using Tactus.Engine.Storage;
using Tactus.Kernels;

namespace Tactus.Engine.Tests.Simulation;

/// <summary>Nodes that are wrong on purpose and pass for honest: the oracles must see each.</summary>
public sealed class KnownBadTests
{
    private static readonly KernelSet Kernels = KernelRegistry.Default.Choose();

    [Fact]
    public void Nodes_that_take_every_block_for_final_are_seen_after_a_partition()
    {
        SimulationReport report = Run(
            "partition-11-10", new SimulationHooks { Protocol = (_, protocol) => new HastyProtocol(protocol) });
        Assert.Equal(PropertyVerdict.Violated, VerdictOf(report, "finality-agreement"));
    }

    [Fact]
    public void A_node_whose_state_differs_is_seen()
    {
        SimulationReport report = Run("calm", new SimulationHooks
        {
            Started = (node, chain) =>
            {
                if (node == 2)
                {
                    var writes = new BlockWrites();
                    writes.Add(StateKey.Of(0xEE, 1), default, present: true, wasPresent: false);
                    chain.Store!.State.Commit(writes);
                }
            },
        });
        Assert.Equal(PropertyVerdict.Violated, VerdictOf(report, "state-agreement"));
    }

    [Fact]
    public void A_log_that_is_not_flushed_is_seen_after_a_power_failure()
    {
        SimulationReport report = Run(
            "crash-restart", new SimulationHooks { Log = new BlockLogOptions { FlushEveryBlocks = 0 } });
        Assert.Equal(PropertyVerdict.Violated, VerdictOf(report, "crash-durability"));
    }

    [Fact]
    public void A_node_that_rejects_good_blocks_is_seen()
    {
        SimulationReport report = Run("calm", new SimulationHooks
        {
            Protocol = (node, protocol) => node == 1 ? new HastyProtocol(protocol) { RejectsFrom = 40 } : protocol,
        });
        Assert.Equal(PropertyVerdict.Violated, VerdictOf(report, "honest-blocks-valid"));
    }

    private static SimulationReport Run(string scenario, SimulationHooks hooks) =>
        new Campaign(
            "antelope", ScenarioLibrary.Find(scenario), nodes: 4, slots: 0, Kernels)
        { Hooks = hooks }.Run(seed: 5);

    private static PropertyVerdict VerdictOf(SimulationReport report, string name) =>
        report.Properties.Single(p => p.Name == name).Verdict;

    /// <summary>Antelope without patience: each block is final with the next one.</summary>
    private sealed class HastyProtocol(IProtocol inner) : IProtocol, IConsensus
    {
        public uint RejectsFrom { get; init; } = uint.MaxValue;

        public string Name => inner.Name;

        public Hash256 ChainId => inner.ChainId;

        public IConsensus Consensus => this;

        public ISlowSignatures? SlowSignatures => inner.SlowSignatures;

        public GenesisBlock Genesis => inner.Genesis;

        public long SlotUs => inner.Consensus.SlotUs;

        public IBlockDecoder CreateDecoder(KernelSet kernels) => inner.CreateDecoder(kernels);

        public IBlockTransition CreateTransition(KernelSet kernels) => inner.CreateTransition(kernels);

        public IBlockBuilder CreateBuilder(KernelSet kernels, IBlockTransition transition, IProducerKeys keys) =>
            inner.CreateBuilder(kernels, transition, keys);

        public long SlotAt(long unixUs) => inner.Consensus.SlotAt(unixUs);

        public long SlotStartUs(long slot) => inner.Consensus.SlotStartUs(slot);

        public Verdict CheckHeader(BlockWork block, object parentState, bool trustSignature) =>
            block.Number >= RejectsFrom
            ? Verdict.Reject(RejectReason.WrongProducer, "a node that is wrong")
            : inner.Consensus.CheckHeader(block, parentState, trustSignature);

        public ulong ProducerAt(object state, long slot) => inner.Consensus.ProducerAt(state, slot);

        public uint FinalizedNumber(object state) =>
            RejectsFrom == uint.MaxValue ? Math.Max(1, ((HeaderState)state).Number - 1)
                : inner.Consensus.FinalizedNumber(state);

        public int Prefer(object x, object y) => inner.Consensus.Prefer(x, y);

        public int BreakTie(in Hash256 x, in Hash256 y) => inner.Consensus.BreakTie(x, y);

        public void Save(object state, ByteWriter writer) => inner.Consensus.Save(state, writer);

        public object Load(ref ByteReader reader) => inner.Consensus.Load(ref reader);
    }
}
