using Tactus.Engine.ForkTree;
using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Production;
using Tactus.Engine.Protocols;
using Tactus.Engine.State;
using Tactus.Engine.Storage;
using Tactus.Kernels;

namespace Tactus.Engine.Simulation;

/// <summary>A whole node: chain, pipeline, producer and state over a disk that can crash, on a clock of its
/// own.</summary>
internal sealed class SimulatedNode : IDisposable
{
    /// <summary>Blocks between checkpoints: often enough that restarts find some of every age.</summary>
    private const uint CheckpointBlocks = 100;

    /// <summary>Most blocks of one answer to a request.</summary>
    private const int SpanBlocksMax = 512;

    private readonly KernelSet _kernels;
    private readonly SimulationHooks _hooks;
    private readonly ProductionWindows _windows;
    private readonly BlockWork _work = new();
    private readonly Queue<byte[]> _ready = new();
    private readonly PendingTransactions _nothing = new();
    private readonly PendingTransactions _fresh = new();
    private IProtocol? _protocol;
    private IBlockTransition? _transition;
    private MemoryStateStore? _state;
    private ChainStore? _store;
    private BlockPipeline? _pipeline;
    private BlockProducer? _producer;
    private uint _checkpointAt;

    public SimulatedNode(
        int endpoint, Endpoint at, ISimulatedMember member, KernelSet kernels, NodeClock clock,
        ProductionWindows windows, SimulationHooks hooks)
    {
        Index = endpoint;
        At = at;
        Member = member;
        Clock = clock;
        _kernels = kernels;
        _windows = windows;
        _hooks = hooks;
    }

    /// <summary>Number of the endpoint.</summary>
    public int Index { get; }

    public Endpoint At { get; }

    public ISimulatedMember Member { get; }

    public NodeClock Clock { get; }

    /// <summary>The chain, or null while the node is down.</summary>
    public Chain? Chain { get; private set; }

    public ChainStore Store => _store ?? throw new InvalidOperationException("the node never started");

    public SimulatedDisk Disk { get; private set; } = new();

    public bool IsUp => Chain is not null;

    public PendingTransactions Pending { get; private set; } = new();

    /// <summary>The member's talk with others, in systems that have some; null while the node is down.</summary>
    public IMemberMessages? Messages { get; private set; }

    /// <summary>When the node last asked for blocks.</summary>
    public long AskedUs { get; set; } = long.MinValue / 2;

    /// <summary>Opens the chain on the disk and applies what the log has beyond the checkpoint.</summary>
    /// <exception cref="StorageException">The disk does not hold what a node needs.</exception>
    public void Start()
    {
        _state = new MemoryStateStore();
        _store = ChainStore.Open(Disk, new MemoryCheckpoints(_state, Disk), _hooks.Log);
        _protocol = _hooks.Protocol?.Invoke(At.Node, Member.CreateProtocol()) ?? Member.CreateProtocol();
        _transition = _protocol.CreateTransition(_kernels);
        Chain chain = ChainOpening.Open(_protocol, _kernels, _store, _transition);
        var options = new PipelineOptions { SignatureThreads = 0 };
        using (var again = new BlockPipeline(chain, _kernels, Clock, options with { CheckClock = false }))
        {
            ChainOpening.Reapply(again);
        }

        Member.Resume(_store);
        _pipeline = new BlockPipeline(chain, _kernels, Clock, options);
        Pending = new PendingTransactions();
        Chain = chain;
        NewBuilder(withhold: false, Pending);
        _checkpointAt = chain.Head.Number + CheckpointBlocks;
        Messages = Member.Join(chain, _protocol, _transition);
        _hooks.Started?.Invoke(At.Node, chain);
    }

    /// <summary>Stops at once. Nothing is flushed.</summary>
    public void Kill()
    {
        Chain = null;
        Messages = null;
        _producer?.Dispose();
        _producer = null;
        _pipeline?.Dispose();
        _pipeline = null;
        _ready.Clear();
    }

    /// <summary>What the member may see and do now.</summary>
    /// <param name="aheadUs">How far it takes its clock to be ahead.</param>
    /// <param name="censors">It is to leave transactions out.</param>
    public MemberTurn TakeTurn(long aheadUs, bool censors) => new()
    {
        Chain = Chain!,
        Pipeline = _pipeline!,
        Pending = Pending,
        NowUs = Clock.UnixUs + aheadUs,
        Censors = censors,
    };

    /// <summary>The disk after the crash: what was not flushed goes in the way of <paramref name="loss"/>.</summary>
    public void LosePower(CrashLoss loss, int seed) => Disk = Disk.Restart(loss, seed);

    /// <summary>An empty disk in the place of the old one.</summary>
    public void LoseDisk() => Disk = new SimulatedDisk();

    /// <summary>Makes the block of a slot where its producer is this node's.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="fill">Put transactions in.</param>
    /// <param name="withhold">Leave the votes for earlier blocks out.</param>
    /// <returns>The block, or null where there is none to make.</returns>
    public byte[]? Produce(long slot, bool fill, bool withhold)
    {
        Chain chain = Chain!;
        if (slot <= chain.Head.Slot)
        {
            return null;
        }

        ulong producer = chain.Consensus.ProducerAt(chain.Head.State.ConsensusState, slot);
        if (!Member.CanSign(producer))
        {
            return null;
        }

        if (fill)
        {
            // By way of a queue of its own: clients may have sent the same transactions already.
            Member.Fill(_fresh, chain);
            while (_fresh.TryTake(0, out PendingTransaction? made))
            {
                Pending.Add(made!.Id, made.Packed.Span, made.KeyTags.Span, made.ExpirationSec);
                _fresh.Release(made);
            }
        }

        BlockProducer maker = _producer!;
        if (withhold || !fill)
        {
            maker = NewProducer(withhold, fill ? Pending : _nothing);
        }

        bool lastOfTurn = chain.Consensus.ProducerAt(chain.Head.State.ConsensusState, slot + 1) != producer;
        Verdict verdict = maker.Produce(slot, lastOfTurn, out ReadOnlyMemory<byte> block);
        byte[]? bytes = verdict.Accepted ? block.ToArray() : null;
        LastRefusal = verdict;
        if (maker != _producer)
        {
            // The lasting builder does not know of the block: make it anew from what the member has stored.
            maker.Dispose();
            NewBuilder(withhold: false, Pending);
        }

        return bytes;
    }

    /// <summary>Why the last block was not made.</summary>
    public Verdict LastRefusal { get; private set; }

    /// <summary>Takes a block, and then the parked ones that waited for it.</summary>
    /// <param name="block">Its bytes.</param>
    /// <param name="decided">Called after each with what the pipeline found.</param>
    /// <returns>The parent that is missing, or null.</returns>
    /// <exception cref="DiskCrashException">The disk crashed in the middle.</exception>
    public Hash256? Receive(byte[] block, Action<SimulatedNode, BlockWork> decided)
    {
        Hash256? missing = null;
        _ready.Enqueue(block);
        while (_ready.TryDequeue(out byte[]? next))
        {
            Verdict verdict = _pipeline!.Process(_work, next);
            decided(this, _work);
            if (verdict.Accepted)
            {
                foreach (byte[] child in Chain!.TakeParked(_work.Id))
                {
                    _ready.Enqueue(child);
                }
            }
            else if (verdict.Reason == RejectReason.Unlinkable)
            {
                missing = _work.PreviousId;
            }
        }

        if (Chain!.Head.Number >= _checkpointAt)
        {
            Store.BeginCheckpoint(ChainOpening.SaveAttachment(Chain));
            _checkpointAt = Chain.Head.Number + CheckpointBlocks;
        }

        return missing;
    }

    /// <summary>Asks for a block and what lies between.</summary>
    public BlockRequest Ask(in Hash256 wanted)
    {
        Chain chain = Chain!;
        ForkNode<ChainBlock> root = chain.Root;
        var known = new List<(uint, Hash256)>();
        uint step = 1;
        for (uint number = chain.Head.Number; number > root.Number; number -= Math.Min(step, number - root.Number))
        {
            if (chain.AncestorAt(number) is { } node)
            {
                known.Add((number, node.Id));
            }

            step = known.Count > 8 ? step * 2 : 1;
        }

        known.Add((root.Number, root.Id));
        return new BlockRequest(wanted, known);
    }

    /// <summary>The blocks from the asker's newest up to the wanted one, oldest first, or nothing where this node lacks
    /// it.</summary>
    public byte[][] Answer(BlockRequest request)
    {
        Chain chain = Chain!;
        var blocks = new List<byte[]>();
        ForkNode<ChainBlock>? at = chain.Find(request.Wanted);
        if (at is null)
        {
            return [];
        }

        while (at.Parent is { } parent && !request.Known.Contains((at.Number, at.Id)))
        {
            blocks.Add(at.State.Bytes.ToArray());
            at = parent;
        }

        if (!request.Known.Contains((at.Number, at.Id)))
        {
            AddLogged(at.Number, request, blocks);
        }

        blocks.Reverse();
        return [.. blocks.Take(SpanBlocksMax)];
    }

    public void Dispose()
    {
        Kill();
        _store?.Dispose();
        _state?.Dispose();
    }

    /// <summary>Adds final blocks, newest first, down to the newest one that the asker has.</summary>
    private void AddLogged(uint from, BlockRequest request, List<byte[]> blocks)
    {
        byte[] buffer = [];
        foreach ((uint number, Hash256 id) in request.Known)
        {
            bool isOurs = Store.Log.TryReadId(number, out Hash256 logged) ? logged == id
                : number == _protocol!.Genesis.Number;
            if (number <= from && isOurs)
            {
                for (uint n = from; n > number; n--)
                {
                    if (Store.Log.TryRead(n, ref buffer, out int length, out _))
                    {
                        blocks.Add(buffer[..length]);
                    }
                }

                return;
            }
        }
    }

    private void NewBuilder(bool withhold, PendingTransactions pending)
    {
        _producer?.Dispose();
        _producer = NewProducer(withhold, pending);
    }

    private BlockProducer NewProducer(bool withhold, PendingTransactions pending) => new(
        Chain!, Member.CreateBuilder(_protocol!, _transition!, withhold), pending, _windows, Clock);
}

/// <summary>Places where a test makes nodes wrong in ways that the oracles must see.</summary>
public sealed record SimulationHooks
{
    /// <summary>Replaces the protocol of a node.</summary>
    public Func<int, IProtocol, IProtocol>? Protocol { get; init; }

    /// <summary>Makes the system in another way, from seed, nodes, validators per node (0: its own choice) and
    /// kernels.</summary>
    public Func<ulong, int, int, KernelSet, ISimulatedProtocol>? System { get; init; }

    /// <summary>Called when a node has started.</summary>
    public Action<int, Chain>? Started { get; init; }

    /// <summary>Settings of the block logs.</summary>
    public BlockLogOptions? Log { get; init; }
}
