using Tactus.Engine.ForkTree;
using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.State;

namespace Tactus.Engine.Simulation;

/// <summary>Watches the honest nodes and holds them to the promises, after every block. Knows all chains at once, which
/// no node does. Liars are not held to anything.</summary>
internal sealed class Oracles
{
    /// <summary>Blocks between comparisons of whole states. Between them execution is compared by what headers commit
    /// to.</summary>
    private const uint StateEveryBlocks = 32;

    private readonly PropertyTable _table;
    private readonly ISimulatedProtocol _protocol;
    private readonly bool[] _honest;
    private readonly Watched[] _watched;

    // Final block of each height, by the first honest node that made it final.
    private readonly List<(Hash256 Id, int Node)> _final = [];
    private readonly Dictionary<Hash256, (Hash256 State, int Node)> _states = [];
    private readonly Dictionary<(ulong Producer, long Slot), Hash256> _made = [];

    // Blocks of honest nodes: those of liars may be rejected.
    private readonly HashSet<Hash256> _honestBlocks = [];

    public Oracles(PropertyTable table, ISimulatedProtocol protocol, IReadOnlyCollection<int> liars, int endpoints)
    {
        _table = table;
        _protocol = protocol;
        _honest = [.. Enumerable.Range(0, protocol.Nodes).Select(node => !liars.Contains(node))];
        _watched = [.. Enumerable.Range(0, endpoints).Select(_ => new Watched())];
    }

    private readonly List<(Hash256 Id, uint Number, long Slot)> _honestMade = [];

    /// <summary>Blocks that honest nodes made, in order.</summary>
    public IReadOnlyList<(Hash256 Id, uint Number, long Slot)> HonestMade => _honestMade;

    public long BlocksProcessed { get; private set; }

    /// <summary>Blocks taken back on honest nodes, by those that run and those that crashed.</summary>
    public long Unwound { get; private set; }

    public bool IsHonest(SimulatedNode node) => !node.At.IsTwin && _honest[node.At.Node];

    /// <summary>A node made a block; it goes through its own pipeline next.</summary>
    public void Made(SimulatedNode node, BlockWork block)
    {
        if (!IsHonest(node))
        {
            return;
        }

        _honestBlocks.Add(block.Id);
        _honestMade.Add((block.Id, block.Number, block.Slot));
        bool first = _made.TryAdd((block.Producer, block.Slot), block.Id)
            || _made[(block.Producer, block.Slot)] == block.Id;
        _table.Check(
            Property.SingleBlockPerSlot,
            first,
            () =>
                $"node {node.At.Node} made {block.Id.ToShortString()} for slot {block.Slot} after "
                + $"{_made[(block.Producer, block.Slot)].ToShortString()}");
    }

    /// <summary>A node decided on a block.</summary>
    public void Decided(SimulatedNode node, BlockWork block)
    {
        BlocksProcessed++;
        if (!IsHonest(node))
        {
            return;
        }

        Verdict verdict = block.Verdict;
        if (!verdict.Accepted)
        {
            Rejected(node, block, verdict);
            return;
        }

        if (_honestBlocks.Contains(block.Id))
        {
            _table.Count(Property.HonestBlocksValid);
        }

        Look(node);
    }

    /// <summary>Looks at a node whose chain may have moved.</summary>
    public void Look(SimulatedNode node)
    {
        if (!IsHonest(node))
        {
            return;
        }

        Chain chain = node.Chain!;
        Watched watched = _watched[node.Index];
        ForkNode<ChainBlock> head = chain.Head;
        ForkNode<ChainBlock> root = chain.Root;
        bool moved = root.Id != watched.FinalId || chain.UnwoundCount != watched.UnwoundHere;
        Unwound += chain.UnwoundCount - watched.UnwoundHere;
        watched.UnwoundHere = chain.UnwoundCount;
        if (moved)
        {
            Finality(node, chain, root, watched);
            _table.Check(
                Property.HeadOnFinality,
                chain.AncestorAt(root.Number) == root && node.Store.Irreversible <= node.Store.Head!.Value.Number,
                () => $"node {node.At.Node}: head {head} does not descend from the final block {root}");
        }

        _table.Check(
            Property.Bounded,
            chain.ParkedCount <= ParkedBlocks<byte[]>.BlocksMaxDefault,
            () => $"node {node.At.Node} has parked {chain.ParkedCount} blocks");
        if (head.Id != watched.HeadId)
        {
            watched.HeadId = head.Id;
            if (head.Number % StateEveryBlocks == 0)
            {
                CompareState(node);
            }
        }
    }

    /// <summary>Compares a node's whole state with that of the first node that stood on the same block.</summary>
    public void CompareState(SimulatedNode node)
    {
        Hash256 id = node.Chain!.Head.Id;
        Hash256 state = node.Store.State.ComputeStateHash();
        if (_states.TryAdd(id, (state, node.At.Node)))
        {
            return;
        }

        (Hash256 State, int Node) other = _states[id];
        _table.Check(
            Property.StateAgreement,
            other.State == state,
            () =>
                $"after block {node.Chain!.Head} node {node.At.Node} has the state {state.ToShortString()}, "
                + $"node {other.Node} {other.State.ToShortString()}");
    }

    /// <summary>A node is about to lose its memory: what it has committed must come back.</summary>
    public void Crashed(SimulatedNode node)
    {
        Watched watched = _watched[node.Index];
        watched.Committed = node.Store.Head;
    }

    /// <summary>A node begins anew: nothing of what it had must come back.</summary>
    public void IsNew(SimulatedNode node) => _watched[node.Index] = new Watched();

    /// <summary>A node has started again.</summary>
    public void Restarted(SimulatedNode node)
    {
        Watched watched = _watched[node.Index];
        Chain chain = node.Chain!;
        watched.UnwoundHere = chain.UnwoundCount;
        if (!IsHonest(node))
        {
            return;
        }

        if (watched.Committed is { } committed)
        {
            bool there = committed.Number == chain.Protocol.Genesis.Number
                || (node.Store.Log.TryReadId(committed.Number, out Hash256 id) && id == committed.Id);
            _table.Check(
                Property.CrashDurability,
                there && chain.Head.Number >= committed.Number,
                () => $"node {node.At.Node} had committed {committed} and starts at {chain.Head}");
        }

        // The state again, whatever block it stands on: restarts are where it goes wrong.
        Look(node);
        CompareState(node);
    }

    public void FailedToStart(SimulatedNode node, string why)
    {
        if (IsHonest(node))
        {
            _table.Violate(Property.CrashDurability, $"node {node.At.Node} does not start: {why}");
        }
    }

    private void Rejected(SimulatedNode node, BlockWork block, Verdict verdict)
    {
        if (verdict.Reason == RejectReason.LimitExceeded)
        {
            _table.Violate(Property.Bounded, $"node {node.At.Node}: {verdict}");
        }
        else if (_honestBlocks.Contains(block.Id)
            && verdict.Reason is not (RejectReason.Duplicate or RejectReason.Unlinkable or RejectReason.BelowFinality or RejectReason.FromTheFuture))
        {
            _table.Violate(
                Property.HonestBlocksValid,
                $"node {node.At.Node} rejects block {block.Number} {block.Id.ToShortString()}: {verdict}");
        }
    }

    private void Finality(SimulatedNode node, Chain chain, ForkNode<ChainBlock> root, Watched watched)
    {
        _table.Check(
            Property.FinalityMonotonic,
            root.Number >= watched.FinalNumber,
            () => $"node {node.At.Node}: finality went from block {watched.FinalNumber} back to {root.Number}");
        for (uint number = watched.FinalNumber + 1; number <= root.Number; number++)
        {
            Hash256 id = number == root.Number ? root.Id : IdOf(node, number);
            CompareFinal(node, number, id);
        }

        // A branch that contradicts what is final already is as wrong as two final blocks.
        if (root.Number == watched.FinalNumber && root.Id != watched.FinalId && watched.FinalNumber > 0)
        {
            CompareFinal(node, root.Number, root.Id);
        }

        watched.FinalNumber = Math.Max(watched.FinalNumber, root.Number);
        watched.FinalId = root.Id;
    }

    private static Hash256 IdOf(SimulatedNode node, uint number) =>
        node.Store.Log.TryReadId(number, out Hash256 id) ? id
        : number == node.Chain!.Protocol.Genesis.Number ? node.Chain.Protocol.Genesis.Id
        : default;

    private void CompareFinal(SimulatedNode node, uint number, in Hash256 id)
    {
        while (_final.Count <= number)
        {
            _final.Add((default, -1));
        }

        (Hash256 Id, int Node) known = _final[(int)number];
        if (known.Node < 0)
        {
            _final[(int)number] = (id, node.At.Node);
            return;
        }

        Hash256 mine = id;
        _table.Check(
            Property.FinalityAgreement,
            known.Id == id,
            () =>
                $"block {number}: node {known.Node} made {known.Id.ToShortString()} final, "
                + $"node {node.At.Node} {mine.ToShortString()}");
    }

    /// <summary>What is known of an endpoint.</summary>
    private sealed class Watched
    {
        public uint FinalNumber { get; set; }


        public Hash256 FinalId { get; set; }

        public Hash256 HeadId { get; set; }

        public long UnwoundHere { get; set; }

        public ChainPoint? Committed { get; set; }
    }
}
