using System.Collections.Concurrent;

namespace Tactus.Engine.State;

/// <summary>The whole state in memory, in plain tables: the oracle of every other store, and the ceiling that the pipeline
/// benchmark compares with.</summary>
public sealed class MemoryStateStore : IStateStore
{
    private readonly MemoryPartition[] _cells = new MemoryPartition[StatePartitions.Count];
    private readonly ConcurrentDictionary<StateKey, byte[]> _blobs = new();
    private long _blobBytes;

    /// <param name="cellsExpected">Cells to make room for; the tables grow beyond it by half when full.</param>
    public MemoryStateStore(long cellsExpected = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(cellsExpected);

        // 3 % over the mean: partitions fill as balls do boxes, within a few standard deviations.
        long perPartition = cellsExpected / StatePartitions.Count * 103 / 100;
        for (int i = 0; i < _cells.Length; i++)
        {
            _cells[i] = new MemoryPartition((int)Math.Min(int.MaxValue / 2, perPartition));
        }
    }

    public long CellCount => _cells.Sum(partition => (long)partition.Count);

    public long BlobCount => _blobs.Count;

    public long MemoryBytes => _cells.Sum(partition => partition.MemoryBytes) + Interlocked.Read(ref _blobBytes);

    public IStateSession OpenSession() => new Session(this);

    public void Commit(BlockWrites writes)
    {
        for (int i = 0; i < StatePartitions.Count; i++)
        {
            Apply(writes, i);
        }
    }

    public void Scan(StateHasher hasher)
    {
        ScanCells(new CellHasher(hasher));
        foreach ((StateKey key, byte[] bytes) in _blobs)
        {
            hasher.AddBlob(key, bytes);
        }
    }

    public void Dispose()
    {
        // Nothing is held outside the managed heap.
    }

    internal void ScanCells<TVisitor>(TVisitor visitor)
        where TVisitor : ICellVisitor
    {
        foreach (MemoryPartition partition in _cells)
        {
            partition.Scan(visitor);
        }
    }

    internal IEnumerable<KeyValuePair<StateKey, byte[]>> Blobs => _blobs;

    internal void Clear()
    {
        foreach (MemoryPartition partition in _cells)
        {
            partition.Clear();
        }

        _blobs.Clear();
        _blobBytes = 0;
    }

    private void Apply(BlockWrites writes, int partition)
    {
        _cells[partition].Apply(writes[partition].Cells);
        foreach (ref readonly BlobWrite blob in writes[partition].Blobs)
        {
            // Replaced in one step, so that a reader meets the old or the new bytes, never none.
            long delta = Math.Max(0, blob.Length) - (_blobs.TryGetValue(blob.Key, out byte[]? old) ? old.Length : 0);
            if (blob.Length >= 0)
            {
                _blobs[blob.Key] = writes[partition].BytesOf(blob).ToArray();
            }
            else
            {
                _blobs.TryRemove(blob.Key, out _);
            }

            Interlocked.Add(ref _blobBytes, delta);
        }
    }

    private readonly struct CellHasher(StateHasher hasher) : ICellVisitor
    {
        public void Visit(in StateKey key, in StateCell cell) => hasher.AddCell(key, cell);
    }

    private sealed class Session(MemoryStateStore store) : IStateSession
    {
        public bool TryRead(in StateKey key, out StateCell cell)
        {
            ulong hash = key.Hash64;
            return store._cells[StatePartitions.Of(hash)].TryRead(key, hash, out cell);
        }

        public void ReadMany(ReadOnlySpan<StateKey> keys, Span<StateCell> cells, Span<bool> present)
        {
            StateArguments.CheckReadMany(keys, cells, present);
            for (int i = 0; i < keys.Length; i++)
            {
                present[i] = TryRead(keys[i], out cells[i]);
            }
        }

        public bool TryReadBlob(in StateKey key, ref byte[] buffer, out int length)
        {
            if (!store._blobs.TryGetValue(key, out byte[]? bytes))
            {
                length = 0;
                return false;
            }

            length = bytes.Length;
            if (buffer.Length < length)
            {
                buffer = new byte[Math.Max(length, buffer.Length * 2)];
            }

            bytes.CopyTo(buffer, 0);
            return true;
        }

        public void ApplyPartition(BlockWrites writes, int partition) => store.Apply(writes, partition);

        public void Dispose()
        {
            // A session holds nothing.
        }
    }
}
