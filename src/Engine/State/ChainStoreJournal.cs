using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;

namespace Tactus.Engine.State;

/// <summary>The pipeline's journal on a <see cref="ChainStore"/>.</summary>
public sealed class ChainStoreJournal(ChainStore chain) : IBlockJournal
{
    public void Commit(BlockWork block, BlockWrites writes, BlockWrites before) =>
        chain.Commit(new ChainPoint(block.Number, block.Id), block.Bytes, writes, before);

    /// <exception cref="ArgumentException">The block is not the head.</exception>
    public void Unwind(uint number, in Hash256 id)
    {
        if (chain.Head is not { } head || head != new ChainPoint(number, id))
        {
            throw new ArgumentException($"block {number} ({id.ToShortString()}) is not the head; that is {chain.Head}", nameof(number));
        }

        chain.Unwind(number - 1);
    }

    public void Finalized(uint number)
    {
        if (chain.Head is { } head)
        {
            chain.SetIrreversible(Math.Min(number, head.Number));
        }
    }
}
