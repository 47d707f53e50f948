using Tactus.Engine.Primitives;
using Tactus.Engine.State;

namespace Tactus.Engine.Production;

/// <summary>Builds one block at a time on top of a parent: Begin, Add for each transaction, Seal. What it executes
/// stays in the view it is given; the block becomes part of the chain by going through the pipeline like any
/// other.</summary>
public interface IBlockBuilder
{
    /// <summary>Bytes of the block so far.</summary>
    int Bytes { get; }

    int TransactionCount { get; }

    /// <summary>Starts a block.</summary>
    /// <param name="parentState">Consensus state of the parent, whose state the view shows.</param>
    /// <param name="slot">The block's slot.</param>
    /// <param name="view">Empty view of the parent's state.</param>
    Verdict Begin(object parentState, long slot, IStateView view);

    /// <summary>Executes a transaction and adds it.</summary>
    /// <returns>Accepted; LimitExceeded where the block is full (try it in the next one); anything else: it
    /// failed.</returns>
    Verdict Add(PendingTransaction transaction);

    /// <summary>Finishes and signs the block.</summary>
    /// <param name="block">The serialized block; valid until the next Begin.</param>
    Verdict Seal(out ReadOnlyMemory<byte> block);

    /// <summary>Gives the block up.</summary>
    void Abandon();
}

/// <summary>Signs for the producers of this node. Implementations refuse to sign twice for one slot.</summary>
public interface IProducerKeys
{
    bool CanSign(ulong producer);

    /// <summary>Signs a digest: 65 bytes, [recovery id | r | s].</summary>
    void Sign(ulong producer, in Hash256 digest, Span<byte> signature65);
}
