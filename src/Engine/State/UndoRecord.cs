using Tactus.Engine.Primitives;

namespace Tactus.Engine.State;

/// <summary>A block's place in the chain.</summary>
/// <param name="Number">Number of the block.</param>
/// <param name="Id">Id of the block.</param>
public readonly record struct ChainPoint(ulong Number, Hash256 Id)
{
    public override string ToString() => $"block {Number} ({Id.ToShortString()})";
}

/// <summary>What takes one block back: the before-images of its net writes.</summary>
public sealed class UndoRecord
{
    /// <summary>The block that the record takes back.</summary>
    public ChainPoint Block { get; internal set; }

    /// <summary>The block on which the state stands afterwards.</summary>
    public ChainPoint Parent { get; internal set; }

    /// <summary>The before-images.</summary>
    public BlockWrites Before { get; } = new();
}
