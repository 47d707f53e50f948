using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Quorum;
using Tactus.Engine.Protocols.Quorum.Blocks;
using Tactus.Engine.State;
using Tactus.Engine.Storage;
using Tactus.Engine.Time;
using Tactus.Kernels;

namespace Tactus.Engine.Tests.Quorum;

/// <summary>A chain on a simulated disk with a pipeline in front.</summary>
internal sealed class TestPipeline : IDisposable
{
    public static readonly KernelSet Kernels = KernelRegistry.Default.Choose();

    private readonly MemoryStateStore _state = new();
    private readonly BlockWork _work = new();

    public TestPipeline(QuorumGenesis genesis, QuorumParameters parameters, IDisk? disk = null, bool checkClock = false)
    {
        Disk = disk ?? new SimulatedDisk();
        Protocol = new QuorumProtocol(Kernels, genesis, parameters);
        Store = ChainStore.Open(Disk, new MemoryCheckpoints(_state, Disk));
        Transition = (QuorumTransition)Protocol.CreateTransition(Kernels);
        Chain = ChainOpening.Open(Protocol, Kernels, Store, Transition);
        Pipeline = new BlockPipeline(
            Chain, Kernels, Clock, new PipelineOptions { SignatureThreads = 0, CheckClock = checkClock });
    }

    public IDisk Disk { get; }

    public ManualClock Clock { get; } = new();

    public QuorumProtocol Protocol { get; }

    public ChainStore Store { get; }

    public QuorumTransition Transition { get; }

    public Chain Chain { get; }

    public BlockPipeline Pipeline { get; }

    public QuorumState Head => (QuorumState)Chain.Head.State.ConsensusState;

    public BlockWork Work => _work;

    public Hash256 StateHash() => ((IStateStore)_state).ComputeStateHash();

    public long Unspents => _state.BlobCount;

    public Verdict Process(ReadOnlySpan<byte> block) => Pipeline.Process(_work, block);

    public void Dispose()
    {
        Pipeline.Dispose();
        Store.Dispose();
        _state.Dispose();
    }
}
