using System.Collections.Concurrent;
using Tactus.Engine.ForkTree;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols;
using Tactus.Engine.State;

namespace Tactus.Engine.Pipeline;

/// <summary>What a node knows of its chain: the fork tree, the applied head, the state behind it. The checking half of the
/// pipeline adds headers while the applying half moves the head; the lock is held only for the tree itself.</summary>
public sealed class Chain
{
    private readonly Lock _lock = new();
    private readonly BlockTree<ChainBlock> _tree;
    private readonly ParkedBlocks<byte[]> _parked = new();

    // Headers that passed the gate and whose blocks are on their way to ForkChoice: at most the pipeline's blocks in flight.
    private readonly Dictionary<Hash256, BlockWork> _inFlight = [];

    // Buffers of blocks that became final, for the next ones. The root, which may still be at work, keeps its own.
    private readonly Stack<byte[]> _buffers = new();

    // What the log held as irreversible when it was opened: a branch that the node left before it stopped may have made more
    // final than the head's state knows (a fork choice that prefers such a head, a crash within a switch of branch).
    private readonly uint _finalityFloor;

    // Sessions of the threads that look up expected keys; as many as ever ran at once.
    private readonly ConcurrentBag<IStateSession> _hints = [];

    /// <param name="protocol">The consensus system.</param>
    /// <param name="root">The block to start from: genesis, or the last final block of a restart.</param>
    /// <param name="store">Log, state and undo records; null where blocks are checked and not executed.</param>
    /// <param name="transition">Applies blocks; null where they are not executed.</param>
    public Chain(IProtocol protocol, GenesisBlock root, ChainStore? store = null, IBlockTransition? transition = null)
    {
        Protocol = protocol;
        Store = store;
        Transition = transition;
        _tree = new BlockTree<ChainBlock>(
            root.Id,
            Hash256.Zero,
            root.Number,
            root.Slot,
            new ChainBlock(root.ConsensusState, root.Bytes),
            new ChainPreference(protocol.Consensus))
        {
            Finalized = Reuse,
        };
        Head = _tree.Head;
        ForkChoice = protocol.CreateForkChoice(root, transition);
        _finalityFloor = (uint)(store?.Log.LastIrreversible ?? 0);
        View = store is null ? null : new BlockView(store.State);
    }

    public IProtocol Protocol { get; }

    public IConsensus Consensus => Protocol.Consensus;

    public ChainStore? Store { get; }

    public IBlockTransition? Transition { get; }

    /// <summary>Chooses the head where votes do; null where the states of blocks decide.</summary>
    public IForkChoice? ForkChoice { get; }

    /// <summary>The overlay of the block that is being applied.</summary>
    public BlockView? View { get; }

    /// <summary>The block whose state the store holds.</summary>
    public ForkNode<ChainBlock> Head { get; private set; }

    /// <summary>The last block that can never be unwound.</summary>
    public ForkNode<ChainBlock> Root
    {
        get
        {
            lock (_lock)
            {
                return _tree.Root;
            }
        }
    }

    /// <summary>Blocks taken back by fork switches so far.</summary>
    public long UnwoundCount { get; private set; }

    /// <summary>Blocks that wait for their parent.</summary>
    public int ParkedCount
    {
        get
        {
            lock (_lock)
            {
                return _parked.Count;
            }
        }
    }

    public bool Knows(in Hash256 id)
    {
        lock (_lock)
        {
            return _tree.Find(id) is not null;
        }
    }

    public ForkNode<ChainBlock>? Find(in Hash256 id)
    {
        lock (_lock)
        {
            return _tree.Find(id);
        }
    }

    /// <summary>Checks a header against its parent's state. What passes is in flight until <see cref="AddBlock"/>; children
    /// may be checked against it meanwhile.</summary>
    public Verdict CheckHeader(BlockWork block, bool trustSignature = false)
    {
        object? parentState;
        lock (_lock)
        {
            if (_tree.Find(block.Id) is not null || _inFlight.ContainsKey(block.Id))
            {
                return Verdict.Reject(RejectReason.Duplicate, $"block {block.Number} {block.Id.ToShortString()} is known");
            }

            if (block.Number <= _tree.Root.Number)
            {
                return Verdict.Reject(
                    RejectReason.BelowFinality,
                    $"block {block.Number} is not above the last irreversible block {_tree.Root.Number}");
            }

            parentState = _tree.Find(block.PreviousId)?.State.ConsensusState
                ?? _inFlight.GetValueOrDefault(block.PreviousId)?.ConsensusState;
            if (parentState is null)
            {
                _parked.Park(block.Id, block.PreviousId, block.Number, block.Bytes.Length, block.Bytes.ToArray());
                return Verdict.Reject(
                    RejectReason.Unlinkable,
                    $"block {block.Number}: its parent {block.PreviousId.ToShortString()} is unknown; parked ({_parked.Count})");
            }
        }

        Verdict verdict = Consensus.CheckHeader(block, parentState, trustSignature);
        if (verdict.Accepted)
        {
            lock (_lock)
            {
                _inFlight.Add(block.Id, block);
            }
        }

        return verdict;
    }

    /// <summary>A block whose header passed will not go on.</summary>
    public void Withdraw(BlockWork block)
    {
        lock (_lock)
        {
            if (_inFlight.GetValueOrDefault(block.Id) == block)
            {
                _inFlight.Remove(block.Id);
            }
        }
    }

    /// <summary>Adds a block whose header passed to the tree, not validated yet.</summary>
    public Verdict AddBlock(BlockWork block)
    {
        lock (_lock)
        {
            _inFlight.Remove(block.Id);
            int length = block.Bytes.Length;
            byte[] buffer = block.GiveBuffer(_buffers.TryPop(out byte[]? used) ? used : []);
            ForkAdd added = _tree.Add(
                block.Id,
                block.PreviousId,
                block.Number,
                block.Slot,
                new ChainBlock(block.ConsensusState!, buffer.AsMemory(0, length)) { Buffer = buffer },
                out ForkNode<ChainBlock>? node);
            return added switch
            {
                ForkAdd.Added => Weigh(block, node!),
                ForkAdd.Full => Verdict.Reject(RejectReason.LimitExceeded, $"the fork tree holds its {_tree.NodesMax} blocks"),
                ForkAdd.Unlinkable => Verdict.Reject(
                    RejectReason.Unlinkable, $"block {block.Number}: its parent {block.PreviousId.ToShortString()} was rejected"),
                _ => Verdict.Reject(RejectReason.BelowFinality, $"block {block.Number} came after a rival became final"),
            };
        }
    }

    /// <summary>Looks up the keys that the authorities of some transactions' signers name, as a hint for batch checking. Any
    /// thread, for any range.</summary>
    public void ExpectKeys(BlockWork block, int firstTransaction, int count)
    {
        if (Transition is null || Store is null)
        {
            return;
        }

        IStateSession session = _hints.TryTake(out IStateSession? free) ? free : Store.State.OpenSession();
        Transition.ExpectKeys(block, firstTransaction, count, session);
        _hints.Add(session);
    }

    /// <summary>The block to move to: strictly better than the head, or the head itself.</summary>
    public ForkNode<ChainBlock> Candidate()
    {
        if (ForkChoice is not null)
        {
            // A block that votes prefer and that could not be applied here is not in the tree any more.
            return Find(ForkChoice.SelectHead()) ?? Head;
        }

        lock (_lock)
        {
            return _tree.Candidate;
        }
    }

    public SwitchPath<ChainBlock> PathTo(ForkNode<ChainBlock> target)
    {
        lock (_lock)
        {
            return _tree.PathBetween(Head, target);
        }
    }

    /// <summary>The applied head is now <paramref name="node"/>, which was applied and committed.</summary>
    /// <param name="node">The block.</param>
    /// <param name="consensusState">The state after it as execution tells it; null keeps what its header told.</param>
    public void MoveForward(ForkNode<ChainBlock> node, object? consensusState = null)
    {
        lock (_lock)
        {
            _tree.MarkValidated(node, consensusState is null ? node.State : node.State with { ConsensusState = consensusState });

            // A block of a branch that was left is validated already, and the head all the same.
            _tree.SetHead(node);
            Head = node;
        }
    }

    /// <summary>After a restart: the state of the head as its records tell it.</summary>
    public void RestoreHeadState()
    {
        if (Transition is not null && Store is not null)
        {
            using IStateSession session = Store.State.OpenSession();
            MoveForward(Head, Transition.HeadState(session, Head.State.ConsensusState));
        }
    }

    /// <summary>The newest block was taken back.</summary>
    public void MoveBack()
    {
        lock (_lock)
        {
            UnwoundCount++;
            Head = Head.Parent ?? throw new InvalidOperationException("the root cannot be unwound");
            _tree.SetHead(Head);
        }
    }

    /// <summary>Forgets a block that failed and all that build on it.</summary>
    public void Drop(in Hash256 id)
    {
        lock (_lock)
        {
            if (_tree.Find(id) is { } node)
            {
                _tree.Remove(node);
            }
        }
    }

    /// <summary>Moves finality to what the head's state says, and never below what was final before a restart.</summary>
    /// <returns>The number of the last irreversible block.</returns>
    public uint AdvanceFinality()
    {
        lock (_lock)
        {
            uint final = Math.Max(
                Consensus.FinalizedNumber(Head.State.ConsensusState), Math.Min(_finalityFloor, Head.Number));
            if (final > _tree.Root.Number && _tree.AncestorAt(Head, final) is { } node)
            {
                _tree.AdvanceRoot(node, out _);
                _parked.DropUpTo(_tree.Root.Number);
            }

            return _tree.Root.Number;
        }
    }

    /// <summary>Takes out the parked blocks that wait for this one.</summary>
    public IReadOnlyList<byte[]> TakeParked(in Hash256 parentId)
    {
        lock (_lock)
        {
            return _parked.TakeChildren(parentId);
        }
    }

    /// <summary>The block of a number on the head's branch, or null below the root.</summary>
    public ForkNode<ChainBlock>? AncestorAt(uint number)
    {
        lock (_lock)
        {
            return _tree.AncestorAt(Head, number);
        }
    }

    private Verdict Weigh(BlockWork block, ForkNode<ChainBlock> node)
    {
        Verdict verdict = ForkChoice?.OnBlock(block) ?? Verdict.Ok;
        if (!verdict.Accepted)
        {
            _tree.Remove(node);
        }

        return verdict;
    }

    private void Reuse(ChainBlock final)
    {
        if (final.Buffer is { } buffer && _buffers.Count < PipelineLimits.BlocksInFlightMax)
        {
            _buffers.Push(buffer);
        }
    }
}
