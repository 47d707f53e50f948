using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Production;
using Tactus.Engine.Protocols;
using Tactus.Engine.Protocols.Graphene;
using Tactus.Engine.Protocols.Graphene.Consensus;
using Tactus.Engine.Protocols.Graphene.Ledger;
using Tactus.Engine.Protocols.Graphene.Types;
using Tactus.Engine.State;
using Tactus.Engine.Storage;
using Tactus.Engine.Tests.Graphene.RealData;
using Tactus.Engine.Time;

namespace Tactus.Engine.Tests.Graphene;

/// <summary>A whole node in memory, with the real pipeline, builder and store. Time stands where a block is
/// made.</summary>
internal sealed class GrapheneNode : IDisposable
{
    private readonly TestWorld _world;
    private readonly GrapheneBlockBuilder _builder;
    private readonly BlockView _view;
    private readonly BlockPipeline _pipeline;
    private readonly MemoryStateStore _state;
    private readonly BlockWork _work = new();

    public GrapheneNode(TestWorld world, SimulatedDisk? disk = null)
    {
        _world = world;
        Disk = disk ?? new SimulatedDisk();
        _state = new MemoryStateStore();
        Store = ChainStore.Open(Disk, new MemoryCheckpoints(_state, Disk));
        GrapheneProtocol protocol = world.Protocol();
        IBlockTransition transition = protocol.CreateTransition(Recovery.Kernels);
        Chain = ChainOpening.Open(protocol, Recovery.Kernels, Store, transition);
        _pipeline = new BlockPipeline(
            Chain, Recovery.Kernels, new ManualClock(),
            new PipelineOptions { SignatureThreads = 0, CheckClock = false });
        _builder = (GrapheneBlockBuilder)protocol.CreateBuilder(Recovery.Kernels, transition, world.Keys);
        _view = new BlockView(Store.State);
    }

    public SimulatedDisk Disk { get; }

    public ChainStore Store { get; }

    public Chain Chain { get; }

    public GrapheneBlockBuilder Builder => _builder;

    public BlockPipeline Pipeline => _pipeline;

    public WitnessState Head => (WitnessState)Chain.Head.State.ConsensusState;

    public Hash256 StateHash => Store.State.ComputeStateHash();

    /// <summary>Verdict of each transaction of the last built block.</summary>
    public List<Verdict> Added { get; } = [];

    /// <summary>Reads records of the head's state.</summary>
    public T Read<T>(Func<LedgerView, T> read)
    {
        using var view = new BlockView(Store.State);
        return read(new LedgerView(view));
    }

    /// <summary>Builds the block of slot k after the head and leaves it unsent.</summary>
    public byte[] Build(long k, params SignedTransaction[] transactions)
    {
        Verdict verdict = _builder.Begin(Head, Slots.TimeSec(Head, k), _view);
        Assert.True(verdict.Accepted, verdict.ToString());
        Added.Clear();
        foreach (SignedTransaction transaction in transactions)
        {
            // One queue each: variants of one body with other signatures have one id.
            var pending = new PendingTransactions();
            byte[] packed = transaction.ToBytes();
            Assert.True(pending.Add(
                SignedTransaction.IdOf(transaction.Body()),
                packed,
                _world.TagsOf(transaction),
                transaction.ExpirationSec).Accepted);
            Assert.True(pending.TryTake(0, out PendingTransaction? item));
            Added.Add(_builder.Add(item!));
        }

        verdict = _builder.Seal(out ReadOnlyMemory<byte> block);
        Assert.True(verdict.Accepted, verdict.ToString());
        _view.Reset();
        return block.ToArray();
    }

    /// <summary>Builds the block of slot k after the head and applies it.</summary>
    public byte[] Produce(long k = 1, params SignedTransaction[] transactions)
    {
        byte[] block = Build(k, transactions);
        Verdict verdict = Receive(block);
        Assert.True(verdict.Accepted, verdict.ToString());
        return block;
    }

    /// <summary>Produces until the head is at or after a time.</summary>
    public void ProduceUntil(uint timeSec)
    {
        while (Head.TimeSec < timeSec)
        {
            Produce();
        }
    }

    /// <summary>Produces with transactions that must all be accepted.</summary>
    public byte[] Must(params SignedTransaction[] transactions)
    {
        byte[] block = Produce(1, transactions);
        Assert.All(Added, v => Assert.True(v.Accepted, v.ToString()));
        return block;
    }

    /// <summary>Takes a block in, and the parked blocks that waited for it.</summary>
    public Verdict Receive(byte[] block)
    {
        Verdict verdict = _pipeline.Process(_work, block);
        Hash256 id = _work.Id;
        if (verdict.Accepted)
        {
            foreach (byte[] child in Chain.TakeParked(id))
            {
                Receive(child);
            }
        }

        return verdict;
    }

    public void Dispose()
    {
        _view.Dispose();
        _pipeline.Dispose();
        Store.Dispose();
        _state.Dispose();
    }
}
