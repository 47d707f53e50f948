namespace Tactus.Engine.State;

/// <summary>What a state transition reads and writes. A block's writes stay in the view until the block is committed;
/// a failed transaction is taken back to its mark. Cells are fixed-size records, blobs variable-size ones; the two are
/// separate key spaces.</summary>
public interface IStateView
{
    bool TryGet(in StateKey key, out StateCell cell);

    void Put(in StateKey key, in StateCell cell);

    /// <summary>Removes the record; nothing happens where there is none.</summary>
    void Remove(in StateKey key);

    /// <summary>Reads a blob. The span is valid until the next write to the view.</summary>
    bool TryGetBlob(in StateKey key, out ReadOnlySpan<byte> bytes);

    /// <exception cref="ArgumentException">The blob is larger than <see cref="StateLimits.BlobBytesMax"/>.</exception>
    void PutBlob(in StateKey key, ReadOnlySpan<byte> bytes);

    void RemoveBlob(in StateKey key);

    /// <summary>A point to return to with <see cref="RollbackTo"/>. Marks nest.</summary>
    int Mark();

    /// <summary>Undoes every write since the mark.</summary>
    void RollbackTo(int mark);

    /// <summary>Keeps every write so far and voids earlier marks, so that what undoes them need not be remembered.</summary>
    void Settle()
    {
        // A view that remembers nothing per write has nothing to do.
    }
}
