using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Gasper.Blocks;
using Tactus.Engine.Protocols.Gasper.Presets;

namespace Tactus.Engine.Protocols.Gasper.ForkChoice;

/// <summary>What decides which branches count: the store's checkpoints and its clock.</summary>
public readonly record struct HeadFilter(Checkpoint Justified, Checkpoint Finalized, ulong CurrentEpoch);

/// <summary>
/// The block tree as an array in insertion order, so that parents come before children: one backward pass moves weights
/// up and chooses best children (the proto-array of protolambda/lmd-ghost, rules of consensus-specs
/// phase0/fork-choice.md).</summary>
/// <remarks>A pass costs O(blocks); votes cost what <see cref="VoteTracker"/> says.</remarks>
public sealed class ProtoArray
{
    /// <summary>Blocks that are kept at most: a hundred days without finality. A block beyond is refused.</summary>
    public const int NodesMax = 1 << 20;

    private readonly GasperPreset _preset;
    private readonly Dictionary<Hash256, int> _indices = [];
    private ProtoNode[] _nodes = new ProtoNode[64];
    private long[] _deltas = new long[64];
    private Hash256 _boostedRoot;
    private ulong _boost;

    public ProtoArray(GasperPreset preset)
    {
        _preset = preset;
    }

    private ProtoArray(ProtoArray other)
    {
        _preset = other._preset;
        _indices = new(other._indices);
        _nodes = (ProtoNode[])other._nodes.Clone();
        _deltas = new long[other._deltas.Length];
        _boostedRoot = other._boostedRoot;
        _boost = other._boost;
        Count = other.Count;
    }

    public int Count { get; private set; }

    public ref readonly ProtoNode this[int index] => ref _nodes[index];

    public ProtoArray Clone() => new(this);

    /// <summary>Position of a block, or -1.</summary>
    public int IndexOf(in Hash256 root) => _indices.TryGetValue(root, out int index) ? index : -1;

    /// <summary>Adds a block; known ones are left alone. Fields that the tree keeps itself are filled in.</summary>
    /// <exception cref="InvalidOperationException">The tree is full.</exception>
    public int Add(ProtoNode node)
    {
        if (_indices.TryGetValue(node.Root, out int known))
        {
            return known;
        }

        if (Count == NodesMax)
        {
            throw new InvalidOperationException($"fork choice holds {NodesMax} blocks without finality");
        }

        if (Count == _nodes.Length)
        {
            Array.Resize(ref _nodes, Count * 2);
            Array.Resize(ref _deltas, Count * 2);
        }

        node.Parent = IndexOf(node.ParentRoot);
        node.BestChild = -1;
        node.BestDescendant = Count;
        node.Weight = 0;
        _indices.Add(node.Root, Count);
        _nodes[Count] = node;
        return Count++;
    }

    /// <summary>get_ancestor: the block of a branch at a slot, or the last one before it. Null where the tree starts
    /// later.</summary>
    public Hash256? AncestorAt(in Hash256 root, ulong slot)
    {
        int index = IndexOf(root);
        while (index >= 0 && _nodes[index].Slot > slot)
        {
            index = _nodes[index].Parent;
        }

        return index < 0 ? null : _nodes[index].Root;
    }

    /// <summary>Whether <paramref name="root"/> is <paramref name="ancestor"/> or descends from it.</summary>
    public bool IsDescendant(in Hash256 root, in Hash256 ancestor)
    {
        int from = IndexOf(ancestor);
        int index = IndexOf(root);
        while (index > from)
        {
            index = _nodes[index].Parent;
        }

        return index >= 0 && index == from;
    }

    /// <summary>Whether a checkpoint is the one of its epoch on a block's branch.</summary>
    public bool GoesThrough(in Hash256 root, in Checkpoint checkpoint)
    {
        int at = IndexOf(checkpoint.Root);
        ulong start = _preset.StartSlot(checkpoint.Epoch);

        // A tree may start in the middle of an epoch, with a block that stands for the epoch's first.
        return at >= 0 && _nodes[at].Slot > start
            ? IsDescendant(root, checkpoint.Root)
            : AncestorAt(root, start) == checkpoint.Root;
    }

    /// <summary>get_head: moves votes and boost into the weights, chooses best children, and descends from the
    /// justified block.</summary>
    /// <param name="votes">Whose changed votes are taken over.</param>
    /// <param name="balances">Weight of each validator: zero for inactive and slashed ones.</param>
    /// <param name="filter">Which branches count.</param>
    /// <param name="boostRoot">The boosted block, or zero.</param>
    /// <param name="boost">Weight of the boost.</param>
    public Hash256 FindHead(
        VoteTracker votes, ReadOnlySpan<ulong> balances, in HeadFilter filter, in Hash256 boostRoot, ulong boost)
    {
        ArgumentNullException.ThrowIfNull(votes);
        Span<long> deltas = _deltas.AsSpan(0, Count);
        deltas.Clear();
        votes.TakeDeltas(balances, deltas);
        MoveBoost(boostRoot, boost, deltas);
        Descend(filter, deltas);
        int justified = IndexOf(filter.Justified.Root);
        if (justified < 0)
        {
            throw new InvalidOperationException(
                $"the justified block {filter.Justified.Root.ToShortString()} is not in the tree");
        }

        return _nodes[_nodes[justified].BestDescendant].Root;
    }

    /// <summary>Whether a block itself may be head: filter_block_tree's test of a leaf.</summary>
    /// <remarks>
    /// The specification asks only leaves. In a store whose checkpoints come from its blocks it makes no difference:
    /// what a block votes for and descends from, its children do too, so no viable block has children none of which is
    /// viable.</remarks>
    public bool IsViable(int index, in HeadFilter filter)
    {
        ref readonly ProtoNode node = ref _nodes[index];

        // Votes of an earlier epoch than the clock's count as if that epoch had ended: get_voting_source.
        ulong votingEpoch = _preset.EpochOf(node.Slot) < filter.CurrentEpoch
            ? node.UnrealizedJustified.Epoch
            : node.Justified.Epoch;
        bool isJustifiedRight = filter.Justified.Epoch == 0
            || votingEpoch == filter.Justified.Epoch
            || votingEpoch + 2 >= filter.CurrentEpoch;
        return isJustifiedRight && IsFinalizedRight(index, filter);
    }

    /// <summary>
    /// Drops the blocks that were added before <paramref name="finalizedRoot"/>, where those are at least
    /// <paramref name="threshold"/>. Returns their roots. Losing branches that started later are never viable, and go
    /// with the next prune.</summary>
    public IReadOnlyList<Hash256> Prune(in Hash256 finalizedRoot, int threshold, VoteTracker votes)
    {
        ArgumentNullException.ThrowIfNull(votes);
        int first = IndexOf(finalizedRoot);
        if (first <= 0 || first < threshold)
        {
            return [];
        }

        Hash256[] dropped = new Hash256[first];
        for (int i = 0; i < first; i++)
        {
            dropped[i] = _nodes[i].Root;
            _indices.Remove(_nodes[i].Root);
        }

        for (int i = first; i < Count; i++)
        {
            ref ProtoNode node = ref _nodes[i];
            node.Parent = Math.Max(-1, node.Parent - first);
            node.BestChild = Math.Max(-1, node.BestChild - first);
            node.BestDescendant -= first;
            _indices[node.Root] = i - first;
        }

        Array.Copy(_nodes, first, _nodes, 0, Count - first);
        Array.Clear(_nodes, Count - first, first);
        Count -= first;
        votes.Move(first);
        return dropped;
    }

    private bool IsFinalizedRight(int index, in HeadFilter filter)
    {
        ref readonly ProtoNode node = ref _nodes[index];
        if (filter.Finalized.Epoch == 0 || node.Finalized == filter.Finalized || node.Justified == filter.Finalized)
        {
            return true;
        }

        return GoesThrough(node.Root, filter.Finalized);
    }

    private void MoveBoost(in Hash256 boostRoot, ulong boost, Span<long> deltas)
    {
        int before = _boost == 0 ? -1 : IndexOf(_boostedRoot);
        if (before >= 0)
        {
            deltas[before] -= (long)_boost;
        }

        int now = boostRoot.IsZero ? -1 : IndexOf(boostRoot);
        if (now >= 0)
        {
            deltas[now] += (long)boost;
        }

        _boostedRoot = boostRoot;
        _boost = now >= 0 ? boost : 0;
    }

    /// <summary>The backward pass: a node is finished before its parent is looked at.</summary>
    private void Descend(in HeadFilter filter, Span<long> deltas)
    {
        for (int i = 0; i < Count; i++)
        {
            _nodes[i].BestChild = -1;
        }

        for (int i = Count - 1; i >= 0; i--)
        {
            ref ProtoNode node = ref _nodes[i];
            node.Weight = checked((ulong)((long)node.Weight + deltas[i]));
            bool isViable = node.BestChild >= 0 || IsViable(i, filter);
            node.BestDescendant = node.BestChild >= 0 ? _nodes[node.BestChild].BestDescendant : i;
            if (node.Parent < 0)
            {
                continue;
            }

            deltas[node.Parent] += deltas[i];
            ref ProtoNode parent = ref _nodes[node.Parent];
            if (isViable && (parent.BestChild < 0 || IsBetter(node, _nodes[parent.BestChild])))
            {
                parent.BestChild = i;
            }
        }
    }

    private static bool IsBetter(in ProtoNode x, in ProtoNode y) =>
        x.Weight > y.Weight || (x.Weight == y.Weight && x.Root > y.Root);
}
