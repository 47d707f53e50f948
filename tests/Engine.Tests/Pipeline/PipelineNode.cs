using Tactus.Engine.Devnet;
using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Production;
using Tactus.Engine.Protocols;
using Tactus.Engine.Protocols.Antelope;
using Tactus.Engine.Protocols.Antelope.Consensus;
using Tactus.Engine.Protocols.Antelope.Devnet;
using Tactus.Engine.State;
using Tactus.Engine.Storage;
using Tactus.Engine.Time;
using Tactus.Kernels;

namespace Tactus.Engine.Tests.Pipeline;

/// <summary>A whole node in memory: chain, pipeline, builder, load; on a clock that the test moves.</summary>
internal sealed class PipelineNode : IDisposable
{
    private readonly MemoryStateStore _state;
    private readonly BlockProducer _producer;
    private readonly PendingTransactions _pending = new();
    private readonly TransferLoad _load;
    private readonly BlockWork _work = new();

    public PipelineNode(
        DevnetParameters parameters,
        KernelSet kernels,
        ManualClock clock,
        Func<ulong, bool>? mine = null,
        int undoBlocksMax = StateLimits.UndoBlocksMax)
    {
        Clock = clock;
        var keys = new DevnetKeys(parameters);
        Disk = new SimulatedDisk();
        _state = new MemoryStateStore();
        Store = ChainStore.Open(Disk, new MemoryCheckpoints(_state, Disk), null, undoBlocksMax);
        AntelopeProtocol protocol = DevnetChain.Create(parameters, keys, kernels);
        IBlockTransition transition = protocol.CreateTransition(kernels);
        Chain = ChainOpening.Open(protocol, kernels, Store, transition);
        Pipeline = new BlockPipeline(Chain, kernels, Clock, new PipelineOptions { SignatureThreads = 0 });
        IBlockBuilder builder = protocol.CreateBuilder(kernels, transition, new SomeKeys(keys, mine));
        _producer = new BlockProducer(Chain, builder, _pending, new ProductionWindows(), Clock);
        _load = new TransferLoad(parameters, keys, protocol.ChainId);
        Mine = mine ?? (_ => true);
    }

    public SimulatedDisk Disk { get; }

    public ManualClock Clock { get; }

    public ChainStore Store { get; }

    public Chain Chain { get; }

    public BlockPipeline Pipeline { get; }

    public Func<ulong, bool> Mine { get; }

    /// <summary>Blocks that this node made, in order.</summary>
    public List<byte[]> Made { get; } = [];

    public Hash256 StateHash => Store.State.ComputeStateHash();

    public HeaderState HeadState => (HeaderState)Chain.Head.State.ConsensusState;

    /// <summary>Makes the block of a slot if its producer is this node's; the block goes through the node's own pipeline.</summary>
    public byte[]? Produce(long slot, bool transactions = true)
    {
        Clock.UnixUs = Chain.Consensus.SlotStartUs(slot) - 200_000;
        if (slot <= Chain.Head.Slot || !Mine(Chain.Consensus.ProducerAt(Chain.Head.State.ConsensusState, slot)))
        {
            return null;
        }

        if (transactions)
        {
            _load.Fill(_pending, HeadState);
        }

        Verdict verdict = _producer.Produce(slot, lastOfTurn: false, out ReadOnlyMemory<byte> block);
        if (verdict.Reason == RejectReason.DoubleSign)
        {
            return null;
        }

        Assert.True(verdict.Accepted, verdict.ToString());
        byte[] bytes = block.ToArray();
        verdict = Receive(bytes);
        Assert.True(verdict.Accepted, verdict.ToString());
        Made.Add(bytes);
        return bytes;
    }

    public Verdict Receive(byte[] block)
    {
        Verdict verdict = Pipeline.Process(_work, block);
        if (verdict.Accepted)
        {
            foreach (byte[] parked in Chain.TakeParked(_work.Id))
            {
                Receive(parked);
            }
        }

        return verdict;
    }

    public void Dispose()
    {
        _producer.Dispose();
        Pipeline.Dispose();
        Store.Dispose();
        _state.Dispose();
    }

    private sealed class SomeKeys(DevnetKeys keys, Func<ulong, bool>? mine) : IProducerKeys
    {
        public bool CanSign(ulong producer) => keys.CanSign(producer) && (mine is null || mine(producer));

        public void Sign(ulong producer, in Hash256 digest, Span<byte> signature65) => keys.Sign(producer, digest, signature65);
    }
}
