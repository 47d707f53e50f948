using Tactus.Engine.Primitives;

namespace Tactus.Engine.ForkTree;

/// <summary>A block that is not final yet, with the consensus state after it.</summary>
/// <typeparam name="TState">Consensus state after a block; immutable.</typeparam>
public sealed class ForkNode<TState>
{
    internal ForkNode(in Hash256 id, in Hash256 parentId, uint number, long slot, TState state, long sequence)
    {
        Id = id;
        ParentId = parentId;
        Number = number;
        Slot = slot;
        State = state;
        Sequence = sequence;
    }

    public Hash256 Id { get; }

    public Hash256 ParentId { get; }

    public uint Number { get; }

    public long Slot { get; }

    /// <summary>Consensus state after the block: as its header tells it, then as execution does.</summary>
    public TState State { get; internal set; }

    /// <summary>Order of arrival in this tree.</summary>
    public long Sequence { get; }

    /// <summary>Whether the block was applied successfully once.</summary>
    public bool Validated { get; internal set; }

    /// <summary>The parent in the tree; null for the root.</summary>
    public ForkNode<TState>? Parent { get; internal set; }

    internal List<ForkNode<TState>> Children { get; } = [];

    public override string ToString() => $"{Number} {Id.ToShortString()}{(Validated ? "" : " (not validated)")}";
}

/// <summary>What became of a block offered to a fork tree.</summary>
public enum ForkAdd
{
    Added = 0,

    /// <summary>It is in the tree already.</summary>
    Known,

    /// <summary>Its parent is not in the tree: park it and ask for the parent.</summary>
    Unlinkable,

    /// <summary>Its number is not above the root's: it contradicts finality, or repeats it.</summary>
    BelowRoot,

    /// <summary>The tree holds as many blocks as it may.</summary>
    Full,
}

/// <summary>How to go from one block to another.</summary>
/// <param name="Ancestor">Newest block on both branches.</param>
/// <param name="Unwind">Blocks to undo, newest first.</param>
/// <param name="Apply">Blocks to apply, oldest first.</param>
/// <typeparam name="TState">Consensus state after a block.</typeparam>
public sealed record SwitchPath<TState>(
    ForkNode<TState> Ancestor,
    IReadOnlyList<ForkNode<TState>> Unwind,
    IReadOnlyList<ForkNode<TState>> Apply);
