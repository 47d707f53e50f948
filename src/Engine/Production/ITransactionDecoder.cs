using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;

namespace Tactus.Engine.Production;

/// <summary>Reads transactions that come alone into the lanes of a work item, as Decode does with those of a block. One
/// batch at a time: Start, Append for each, Finish.</summary>
public interface ITransactionDecoder
{
    /// <summary>Begins a batch of at most <paramref name="countMax"/> transactions in an empty work item.</summary>
    void Start(BlockWork work, int countMax);

    /// <summary>Adds a transaction in the packed form that blocks carry. What is rejected leaves no trace.</summary>
    Verdict Append(BlockWork work, ReadOnlySpan<byte> packed);

    /// <summary>Ends the batch: ids and digests are there.</summary>
    void Finish(BlockWork work);

    /// <summary>Last Unix second in which a block may include a transaction of the batch.</summary>
    uint ExpirationSec(BlockWork work, int index);
}
