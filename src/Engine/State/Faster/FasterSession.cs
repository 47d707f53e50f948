using FASTER.core;

namespace Tactus.Engine.State.Faster;

/// <summary>A thread's sessions with both logs. Protects the epoch for a batch and refreshes it every 1024 operations, so that
/// pages can close while the batch runs; never holds it between calls, because that would stop checkpoints.</summary>
internal sealed class FasterSession : IStateSession
{
    private const int RefreshMask = 1024 - 1;

    private readonly FasterStateStore _store;
    private readonly ClientSession<StateKey, StateCell, StateCell, StateCell, Empty, CellFunctions> _cells;
    private readonly UnsafeContext<StateKey, StateCell, StateCell, StateCell, Empty, CellFunctions> _unsafe;
    private readonly ClientSession<StateKey, SpanByte, SpanByte, BlobSink, Empty, BlobFunctions> _blobs;
    private readonly BlobSink _sink = new();

    public FasterSession(FasterStateStore store)
    {
        _store = store;
        _cells = store.Cells.For(default(CellFunctions)).NewSession<CellFunctions>(default(CellFunctions));
        _unsafe = _cells.UnsafeContext;
        _blobs = store.Blobs.For(new BlobFunctions()).NewSession<BlobFunctions>(new BlobFunctions());
    }

    public bool TryRead(in StateKey key, out StateCell cell)
    {
        StateKey copy = key;
        cell = default;
        _unsafe.BeginUnsafe();
        try
        {
            return Read(ref copy, ref cell);
        }
        finally
        {
            _unsafe.EndUnsafe();
        }
    }

    public void ReadMany(ReadOnlySpan<StateKey> keys, Span<StateCell> cells, Span<bool> present)
    {
        StateArguments.CheckReadMany(keys, cells, present);
        _unsafe.BeginUnsafe();
        try
        {
            FasterPrefetch? prefetch = keys.Length > FasterPrefetch.RecordAhead ? _store.Prefetch : null;
            long headAddress = _store.Cells.Log.HeadAddress;
            for (int i = 0; i < keys.Length; i++)
            {
                if (prefetch is not null)
                {
                    PrefetchKeys(prefetch, keys, i);
                }

                present[i] = (prefetch is not null && TryReadUnlocked(prefetch, keys[i], headAddress, ref cells[i]))
                    || Read(keys[i], ref cells[i]);
                if ((i & RefreshMask) == RefreshMask)
                {
                    _unsafe.Refresh();
                    headAddress = _store.Cells.Log.HeadAddress;
                }
            }
        }
        finally
        {
            _unsafe.EndUnsafe();
        }
    }

    public bool TryReadBlob(in StateKey key, ref byte[] buffer, out int length)
    {
        StateKey copy = key;
        BlobSink sink = _sink;
        sink.Buffer = buffer;
        Status status = _blobs.Read(ref copy, ref sink);
        if (status.IsPending)
        {
            _blobs.CompletePendingWithOutputs(out CompletedOutputIterator<StateKey, SpanByte, SpanByte, BlobSink, Empty> done, wait: true);
            using (done)
            {
                status = done.Next() ? done.Current.Status : throw LostRead();
            }
        }

        buffer = sink.Buffer;
        length = status.Found ? sink.Length : 0;
        return status.Found;
    }

    public void ApplyPartition(BlockWrites writes, int partition)
    {
        ReadOnlySpan<CellWrite> cells = writes[partition].Cells;
        long added = 0;
        Interlocked.Increment(ref _store.WritesTo(partition));
        _unsafe.BeginUnsafe();
        try
        {
            FasterPrefetch? prefetch = cells.Length > FasterPrefetch.RecordAhead ? _store.Prefetch : null;
            for (int i = 0; i < cells.Length; i++)
            {
                if (prefetch is not null)
                {
                    PrefetchWrites(prefetch, cells, i);
                }

                StateKey key = cells[i].Key;
                if (cells[i].Present != 0)
                {
                    StateCell cell = cells[i].Cell;
                    _unsafe.Upsert(ref key, ref cell);
                }
                else
                {
                    _unsafe.Delete(ref key);
                }

                added += (long)cells[i].Present - cells[i].WasPresent;
                if ((i & RefreshMask) == RefreshMask)
                {
                    _unsafe.Refresh();
                }
            }
        }
        finally
        {
            _unsafe.EndUnsafe();
            Interlocked.Increment(ref _store.WritesTo(partition));
        }

        _store.AddCounts(added, ApplyBlobs(writes, partition));
    }

    public void Dispose()
    {
        _cells.Dispose();
        _blobs.Dispose();
    }

    /// <summary>Whether the record at an address is the one that the index leads to.</summary>
    internal bool IsNewestCell(ref StateKey key, long address, out StateCell cell)
    {
        StateKey copy = key;
        StateCell input = default;
        cell = default;
        ReadOptions options = default;
        Status status = _cells.Read(ref copy, ref input, ref cell, ref options, out RecordMetadata record);
        if (status.IsPending)
        {
            _cells.CompletePendingWithOutputs(
                out CompletedOutputIterator<StateKey, StateCell, StateCell, StateCell, Empty> done, wait: true);
            using (done)
            {
                if (!done.Next())
                {
                    throw LostRead();
                }

                status = done.Current.Status;
                cell = done.Current.Output;
                record = done.Current.RecordMetadata;
            }
        }

        return status.Found && record.Address == address;
    }

    /// <summary>Whether the record at an address is the one that the index leads to. The span holds until the next read.</summary>
    internal bool IsNewestBlob(ref StateKey key, long address, out ReadOnlySpan<byte> bytes)
    {
        StateKey copy = key;
        SpanByte input = default;
        BlobSink sink = _sink;
        ReadOptions options = default;
        Status status = _blobs.Read(ref copy, ref input, ref sink, ref options, out RecordMetadata record);
        if (status.IsPending)
        {
            _blobs.CompletePendingWithOutputs(out CompletedOutputIterator<StateKey, SpanByte, SpanByte, BlobSink, Empty> done, wait: true);
            using (done)
            {
                if (!done.Next())
                {
                    throw LostRead();
                }

                status = done.Current.Status;
                record = done.Current.RecordMetadata;
            }
        }

        bytes = sink.Buffer.AsSpan(0, sink.Length);
        return status.Found && record.Address == address;
    }

    private static void PrefetchKeys(FasterPrefetch prefetch, ReadOnlySpan<StateKey> keys, int at)
    {
        if (at + FasterPrefetch.BucketAhead < keys.Length)
        {
            prefetch.Bucket(keys[at + FasterPrefetch.BucketAhead].Hash64);
        }

        if (at + FasterPrefetch.RecordAhead < keys.Length)
        {
            prefetch.Record(keys[at + FasterPrefetch.RecordAhead].Hash64);
        }
    }

    private static void PrefetchWrites(FasterPrefetch prefetch, ReadOnlySpan<CellWrite> cells, int at)
    {
        if (at + FasterPrefetch.BucketAhead < cells.Length)
        {
            prefetch.Bucket(cells[at + FasterPrefetch.BucketAhead].Key.Hash64);
        }

        if (at + FasterPrefetch.RecordAhead < cells.Length)
        {
            prefetch.Record(cells[at + FasterPrefetch.RecordAhead].Key.Hash64);
        }
    }

    // A commit that wrote to the partition meanwhile may have torn what was read.
    private bool TryReadUnlocked(FasterPrefetch prefetch, in StateKey key, long headAddress, ref StateCell cell)
    {
        ulong hash = key.Hash64;
        ref long writes = ref _store.WritesTo(StatePartitions.Of(hash));
        long before = Volatile.Read(ref writes);
        return (before & 1) == 0
            && prefetch.TryRead(in key, hash, headAddress, ref cell)
            && IsStill(before, ref writes);
    }

    private static bool IsStill(long before, ref long writes)
    {
        // What was read before is read before the number is.
        Volatile.ReadBarrier();
        return Volatile.Read(ref writes) == before;
    }

    private bool Read(StateKey key, ref StateCell cell)
    {
        cell = default;
        return Read(ref key, ref cell);
    }

    private static Storage.StorageException LostRead() =>
        new("FASTER finished a read from its log file without a result; check the disk and restart");

    private bool Read(ref StateKey key, ref StateCell cell)
    {
        Status status = _unsafe.Read(ref key, ref cell);
        if (status.IsPending)
        {
            _unsafe.CompletePendingWithOutputs(
                out CompletedOutputIterator<StateKey, StateCell, StateCell, StateCell, Empty> done, wait: true);
            using (done)
            {
                if (!done.Next())
                {
                    throw LostRead();
                }

                status = done.Current.Status;
                cell = done.Current.Output;
            }
        }

        return status.Found;
    }

    private unsafe long ApplyBlobs(BlockWrites writes, int partition)
    {
        long added = 0;
        foreach (ref readonly BlobWrite blob in writes[partition].Blobs)
        {
            StateKey key = blob.Key;
            if (blob.Length >= 0)
            {
                fixed (byte* bytes = writes[partition].BlobBytes)
                {
                    SpanByte value = SpanByte.FromPointer(bytes + blob.Offset, blob.Length);
                    _blobs.Upsert(ref key, ref value);
                }
            }
            else
            {
                _blobs.Delete(ref key);
            }

            added += (blob.Length >= 0 ? 1 : 0) - (long)blob.WasPresent;
        }

        return added;
    }
}
