using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Gasper.Blocks;

namespace Tactus.Engine.Protocols.Gasper.ForkChoice;

/// <summary>A block as fork choice sees it.</summary>
public struct ProtoNode
{
    public Hash256 Root;

    public Hash256 ParentRoot;

    public ulong Slot;

    /// <summary>Position of the parent, always smaller than the node's own; -1 for the oldest block that is
    /// kept.</summary>
    public int Parent;

    /// <summary>Justified checkpoint of the block's state.</summary>
    public Checkpoint Justified;

    /// <summary>Finalized checkpoint of the block's state.</summary>
    public Checkpoint Finalized;

    /// <summary>What the block's state would justify if its epoch ended with it.</summary>
    public Checkpoint UnrealizedJustified;

    /// <summary>Arrived in its own slot before attestations were due.</summary>
    public bool IsTimely;

    /// <summary>Balance that votes for this block or a descendant, with the proposer boost.</summary>
    public ulong Weight;

    /// <summary>Viable child with the highest weight, the higher root among equals; -1 where there is none.</summary>
    internal int BestChild;

    /// <summary>Where best children lead from here; the node itself where it has none.</summary>
    internal int BestDescendant;
}
