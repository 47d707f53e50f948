using Tactus.Engine.Primitives;

namespace Tactus.Engine.ForkTree;

/// <summary>The blocks after the last final one, as a tree; which of them is the head; how to go from one to another.
/// Pure: it applies nothing and knows no protocol. Not for concurrent use.</summary>
/// <remarks>Invariants: every node descends from <see cref="Root"/>; the parent of a validated node is validated;
/// <see cref="Head"/> is validated; the root only moves forward along its descendants.</remarks>
/// <typeparam name="TState">Consensus state after a block; immutable.</typeparam>
public sealed partial class BlockTree<TState>
{
    /// <summary>Default bound on nodes: 2 hours of half-second blocks, far above the 336 that are not final in steady
    /// state.</summary>
    public const int NodesMaxDefault = 16384;

    private readonly IForkPreference<TState> _preference;
    private readonly Dictionary<Hash256, ForkNode<TState>> _nodes = [];
    private readonly SortedSet<ForkNode<TState>> _open;
    private long _sequence;

    /// <summary>A tree of one final, validated block.</summary>
    /// <param name="rootId">Its id.</param>
    /// <param name="rootParentId">Id of the block before it.</param>
    /// <param name="number">Its number.</param>
    /// <param name="slot">Its slot.</param>
    /// <param name="state">Consensus state after it.</param>
    /// <param name="preference">The protocol's order.</param>
    /// <param name="nodesMax">Most nodes held; further blocks are refused and counted.</param>
    public BlockTree(
        in Hash256 rootId,
        in Hash256 rootParentId,
        uint number,
        long slot,
        TState state,
        IForkPreference<TState> preference,
        int nodesMax = NodesMaxDefault)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(nodesMax, 1);
        _preference = preference;
        _open = new SortedSet<ForkNode<TState>>(new TryOrder(preference));
        NodesMax = nodesMax;
        Root = new ForkNode<TState>(rootId, rootParentId, number, slot, state, _sequence++) { Validated = true };
        Head = Root;
        _nodes.Add(rootId, Root);
    }

    /// <summary>The last final block.</summary>
    public ForkNode<TState> Root { get; private set; }

    /// <summary>The best validated block.</summary>
    public ForkNode<TState> Head { get; private set; }

    /// <summary>Blocks held, the root included.</summary>
    public int Count => _nodes.Count;

    public int NodesMax { get; }

    /// <summary>Blocks refused because the tree was full.</summary>
    public long RefusedFull { get; private set; }

    /// <summary>The block to move to: the best one not validated yet where it is strictly preferred to the head, else
    /// the head.</summary>
    public ForkNode<TState> Candidate =>
        _open.Min is { } best && _preference.Compare(best.State, Head.State) > 0 ? best : Head;

    public ForkNode<TState>? Find(in Hash256 id) => _nodes.GetValueOrDefault(id);

    /// <summary>All nodes in order of arrival: parents before children.</summary>
    public IEnumerable<ForkNode<TState>> Nodes => _nodes.Values.OrderBy(n => n.Sequence);

    /// <summary>Nodes without children, in order of arrival.</summary>
    public IEnumerable<ForkNode<TState>> Leaves => Nodes.Where(n => n.Children.Count == 0);

    /// <summary>Children of a node, in order of arrival.</summary>
    public IReadOnlyList<ForkNode<TState>> ChildrenOf(ForkNode<TState> node) => node.Children;

    /// <summary>Adds a block whose header was checked.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="parentId">Id of its parent.</param>
    /// <param name="number">Its number, above its parent's.</param>
    /// <param name="slot">Its slot.</param>
    /// <param name="state">Consensus state after it.</param>
    /// <param name="node">The node, new or known; null where it was not added.</param>
    /// <exception cref="ArgumentException">The number is not above the parent's: the caller did not check the
    /// header.</exception>
    public ForkAdd Add(
        in Hash256 id, in Hash256 parentId, uint number, long slot, TState state, out ForkNode<TState>? node)
    {
        if (_nodes.TryGetValue(id, out node))
        {
            return ForkAdd.Known;
        }

        if (number <= Root.Number)
        {
            return ForkAdd.BelowRoot;
        }

        if (!_nodes.TryGetValue(parentId, out ForkNode<TState>? parent))
        {
            return ForkAdd.Unlinkable;
        }

        if (number <= parent.Number)
        {
            throw new ArgumentException($"block {number} {id} has the parent {parent}", nameof(number));
        }

        if (_nodes.Count >= NodesMax)
        {
            RefusedFull++;
            return ForkAdd.Full;
        }

        node = Link(new ForkNode<TState>(id, parentId, number, slot, state, _sequence++), parent);
        return ForkAdd.Added;
    }

    /// <summary>Notes that a block was applied; it becomes the head where it is strictly preferred.</summary>
    /// <exception cref="InvalidOperationException">It is not of this tree, or its parent is not validated.</exception>
    public void MarkValidated(ForkNode<TState> node)
    {
        Own(node);
        if (node.Validated)
        {
            return;
        }

        if (node.Parent is { Validated: false } parent)
        {
            throw new InvalidOperationException($"block {node} is validated before its parent {parent}");
        }

        _open.Remove(node);
        node.Validated = true;
        if (_preference.Compare(node.State, Head.State) > 0)
        {
            Head = node;
        }
    }

    /// <summary>The same, with the state as execution tells it.</summary>
    public void MarkValidated(ForkNode<TState> node, TState state)
    {
        Own(node);

        // Open nodes are ordered by their state.
        _open.Remove(node);
        node.State = state;
        if (!node.Validated)
        {
            _open.Add(node);
        }

        MarkValidated(node);
    }

    /// <summary>Sets the head where the protocol chooses it itself.</summary>
    /// <exception cref="InvalidOperationException">The block is not of this tree or not validated.</exception>
    public void SetHead(ForkNode<TState> node)
    {
        Own(node);
        Head = node.Validated ? node : throw new InvalidOperationException($"block {node} cannot be the head");
    }

    /// <summary>The way between two blocks of the tree.</summary>
    /// <exception cref="InvalidOperationException">One of them is not of this tree.</exception>
    public SwitchPath<TState> PathBetween(ForkNode<TState> from, ForkNode<TState> to)
    {
        Own(from);
        Own(to);
        var unwind = new List<ForkNode<TState>>();
        var apply = new List<ForkNode<TState>>();
        ForkNode<TState> x = from;
        ForkNode<TState> y = to;
        while (x != y)
        {
            // The root has the lowest number, so the side with the higher number always has a parent.
            if (x.Number >= y.Number)
            {
                unwind.Add(x);
                x = x.Parent!;
            }
            else
            {
                apply.Add(y);
                y = y.Parent!;
            }
        }

        apply.Reverse();
        return new SwitchPath<TState>(x, unwind, apply);
    }

    /// <summary>Whether <paramref name="ancestor"/> is <paramref name="node"/> or lies below it.</summary>
    public bool IsAncestor(ForkNode<TState> ancestor, ForkNode<TState> node)
    {
        ForkNode<TState>? at = node;
        while (at is not null && at.Number > ancestor.Number)
        {
            at = at.Parent;
        }

        return at == ancestor;
    }

    /// <summary>Called with the state of each block that was the root and has left the tree.</summary>
    public Action<TState>? Finalized { get; set; }

    /// <summary>The block of a number on the branch that ends in <paramref name="tip"/>, or null.</summary>
    public ForkNode<TState>? AncestorAt(ForkNode<TState> tip, uint number)
    {
        ForkNode<TState>? at = tip;
        while (at is not null && at.Number > number)
        {
            at = at.Parent;
        }

        return at?.Number == number ? at : null;
    }

    /// <summary>Removes a block that failed, and all that descends from it.</summary>
    /// <returns>How many blocks went.</returns>
    /// <exception cref="InvalidOperationException">It is the root, or the head descends from it.</exception>
    public int Remove(ForkNode<TState> node)
    {
        Own(node);
        if (node == Root || IsAncestor(node, Head))
        {
            throw new InvalidOperationException(
                $"removing block {node} would remove the {(node == Root ? "root" : "head")}");
        }

        node.Parent!.Children.Remove(node);
        return Drop(node);
    }

    /// <summary>Makes a block final: it becomes the root, the blocks before it and all other branches are
    /// dropped.</summary>
    /// <param name="node">The root, or a validated block on the head's branch.</param>
    /// <param name="dropped">Blocks of other branches that went.</param>
    /// <returns>The newly final blocks, oldest first; the last is the new root.</returns>
    /// <exception cref="InvalidOperationException">The block is not on the head's branch.</exception>
    public IReadOnlyList<ForkNode<TState>> AdvanceRoot(ForkNode<TState> node, out int dropped)
    {
        Own(node);
        dropped = 0;
        if (!IsAncestor(node, Head))
        {
            throw new InvalidOperationException($"block {node} cannot become final: the head is {Head}");
        }

        var final = new List<ForkNode<TState>>();
        for (ForkNode<TState> at = node; at != Root; at = at.Parent!)
        {
            final.Add(at);
        }

        final.Reverse();
        foreach (ForkNode<TState> next in final)
        {
            foreach (ForkNode<TState> child in Root.Children)
            {
                dropped += child == next ? 0 : Drop(child);
            }

            ForkNode<TState> before = Root;
            _nodes.Remove(before.Id);
            before.Children.Clear();
            next.Parent = null;
            Root = next;
            Finalized?.Invoke(before.State);
        }

        return final;
    }

    private ForkNode<TState> Link(ForkNode<TState> node, ForkNode<TState> parent)
    {
        node.Parent = parent;
        parent.Children.Add(node);
        _nodes.Add(node.Id, node);
        if (!node.Validated)
        {
            _open.Add(node);
        }

        return node;
    }

    /// <summary>Forgets a node and its descendants; iterative, because a branch may be thousands of blocks
    /// deep.</summary>
    private int Drop(ForkNode<TState> top)
    {
        int count = 0;
        var stack = new Stack<ForkNode<TState>>();
        stack.Push(top);
        while (stack.TryPop(out ForkNode<TState>? node))
        {
            foreach (ForkNode<TState> child in node.Children)
            {
                stack.Push(child);
            }

            if (!node.Validated)
            {
                _open.Remove(node);
            }

            _nodes.Remove(node.Id);
            node.Parent = null;
            node.Children.Clear();
            count++;
        }

        return count;
    }

    private void Own(ForkNode<TState> node)
    {
        if (!_nodes.TryGetValue(node.Id, out ForkNode<TState>? mine) || mine != node)
        {
            throw new InvalidOperationException($"block {node} is not in the fork tree");
        }
    }

    /// <summary>The block to try first comes first; total, because ids differ.</summary>
    private sealed class TryOrder(IForkPreference<TState> preference) : IComparer<ForkNode<TState>>
    {
        public int Compare(ForkNode<TState>? x, ForkNode<TState>? y)
        {
            int order = preference.Compare(y!.State, x!.State);
            order = order != 0 ? order : preference.BreakTie(y.Id, x.Id);
            return order != 0 ? order : x.Id.CompareTo(y.Id);
        }
    }
}
