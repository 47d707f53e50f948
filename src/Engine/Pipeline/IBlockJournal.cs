using Tactus.Engine.Primitives;
using Tactus.Engine.State;

namespace Tactus.Engine.Pipeline;

/// <summary>Where committed blocks go: log and undo records. The chain drives it from one thread.</summary>
public interface IBlockJournal
{
    /// <summary>Makes a block durable and its writes visible in the store, and keeps its before-images until finality.</summary>
    void Commit(BlockWork block, BlockWrites writes, BlockWrites before);

    /// <summary>Takes the newest committed block back: its before-images go to the store.</summary>
    void Unwind(uint number, in Hash256 id);

    /// <summary>Blocks up to this number can never be unwound: their undo records may go.</summary>
    void Finalized(uint number);
}
