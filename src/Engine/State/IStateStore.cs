using Tactus.Engine.Primitives;
using Tactus.Kernels;

namespace Tactus.Engine.State;

/// <summary>The committed state: cells (fixed size) and blobs (variable size), two key spaces. Blocks are committed by one
/// thread or by several that own disjoint partitions; reads go on meanwhile and see each record whole, before or after.</summary>
public interface IStateStore : IDisposable
{
    /// <summary>Live cells.</summary>
    long CellCount { get; }

    /// <summary>Live blobs.</summary>
    long BlobCount { get; }

    /// <summary>Memory that records and index hold, in bytes, without the runtime's own.</summary>
    long MemoryBytes { get; }

    /// <summary>A session for one thread. Dispose it on that thread.</summary>
    IStateSession OpenSession();

    /// <summary>Applies a block's writes, or the before-images that take it back. Durable only with the block log and the
    /// next checkpoint. No other commit or checkpoint may run at the same time.</summary>
    void Commit(BlockWrites writes);

    /// <summary>Feeds every live record to the hasher, in no particular order. No commit may run at the same time.</summary>
    void Scan(StateHasher hasher);

    /// <summary>Hash of the set of live records: the same for every store, thread count and order of insertion
    /// (<see cref="StateHasher"/>). A full scan: for comparisons, not for the block path.</summary>
    /// <param name="kernels">Kernels to hash with; null: the platform's SHA-256.</param>
    Hash256 ComputeStateHash(KernelSet? kernels = null)
    {
        var hasher = new StateHasher(kernels);
        Scan(hasher);
        return hasher.Finish();
    }
}

/// <summary>A thread's access to the committed state.</summary>
public interface IStateSession : IDisposable
{
    /// <summary>Reads one cell; false and a zero cell where there is no record.</summary>
    bool TryRead(in StateKey key, out StateCell cell);

    /// <summary>Reads many cells at once: <c>present[i]</c> and <c>cells[i]</c> answer <c>keys[i]</c>.</summary>
    /// <exception cref="ArgumentException">An output is shorter than <paramref name="keys"/>.</exception>
    void ReadMany(ReadOnlySpan<StateKey> keys, Span<StateCell> cells, Span<bool> present);

    /// <summary>Reads a blob into a buffer, which is replaced by a larger one where it is too small.</summary>
    bool TryReadBlob(in StateKey key, ref byte[] buffer, out int length);

    /// <summary>Applies one partition of a write set: the seam for parallel commit. Each partition once, by one thread.</summary>
    void ApplyPartition(BlockWrites writes, int partition);
}
