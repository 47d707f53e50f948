using System.Runtime.CompilerServices;

namespace Tactus.Engine.State;

/// <summary>A set of writes, at most one per key, grouped by partition: what a block commits, and, holding before-images,
/// what takes the block back. Reused from block to block: <see cref="Clear"/> keeps the buffers.</summary>
public sealed class BlockWrites
{
    private int[] _cellEnds = new int[StatePartitions.Count];
    private int[] _blobEnds = new int[StatePartitions.Count];
    private CellWrite[] _cells = [];
    private BlobWrite[] _blobs = [];
    private byte[] _blobBytes = [];
    private int _cellCount;
    private int _blobCount;
    private int _blobBytesUsed;
    private int _partition;

    /// <summary>Number of cells written or removed.</summary>
    public int CellCount => _cellCount;

    /// <summary>Number of blobs written or removed.</summary>
    public int BlobCount => _blobCount;

    /// <summary>Bytes of all blobs.</summary>
    public ReadOnlySpan<byte> BlobBytes => _blobBytes.AsSpan(0, _blobBytesUsed);

    /// <summary>Memory that the buffers hold, in bytes.</summary>
    public long MemoryBytes => ((long)_cells.Length * Unsafe.SizeOf<CellWrite>()) + ((long)_blobs.Length * Unsafe.SizeOf<BlobWrite>()) + _blobBytes.Length;

    /// <summary>All cells, by partition.</summary>
    public ReadOnlySpan<CellWrite> Cells => _cells.AsSpan(0, _cellCount);

    /// <summary>All blobs, by partition.</summary>
    public ReadOnlySpan<BlobWrite> Blobs => _blobs.AsSpan(0, _blobCount);

    /// <summary>Cells of one partition.</summary>
    public ReadOnlySpan<CellWrite> CellsOf(int partition) => Range(_cells, _cellEnds, _cellCount, partition);

    /// <summary>Blobs of one partition.</summary>
    public ReadOnlySpan<BlobWrite> BlobsOf(int partition) => Range(_blobs, _blobEnds, _blobCount, partition);

    /// <summary>Bytes of a blob that is present.</summary>
    public ReadOnlySpan<byte> BytesOf(in BlobWrite blob) => _blobBytes.AsSpan(blob.Offset, blob.Length);

    /// <summary>Empties the set and keeps its buffers.</summary>
    public void Clear()
    {
        _cellCount = 0;
        _blobCount = 0;
        _blobBytesUsed = 0;
        _partition = 0;
        Array.Clear(_cellEnds);
        Array.Clear(_blobEnds);
    }

    /// <summary>Exchanges the content of two sets without copying it.</summary>
    public void ExchangeWith(BlockWrites other)
    {
        (_cellEnds, other._cellEnds) = (other._cellEnds, _cellEnds);
        (_blobEnds, other._blobEnds) = (other._blobEnds, _blobEnds);
        (_cells, other._cells) = (other._cells, _cells);
        (_blobs, other._blobs) = (other._blobs, _blobs);
        (_blobBytes, other._blobBytes) = (other._blobBytes, _blobBytes);
        (_cellCount, other._cellCount) = (other._cellCount, _cellCount);
        (_blobCount, other._blobCount) = (other._blobCount, _blobCount);
        (_blobBytesUsed, other._blobBytesUsed) = (other._blobBytesUsed, _blobBytesUsed);
        (_partition, other._partition) = (other._partition, _partition);
    }

    /// <summary>Adds a cell. Partitions must come in ascending order.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cell">The new cell; ignored without <paramref name="present"/>.</param>
    /// <param name="present">Whether there is a record from now on.</param>
    /// <param name="wasPresent">Whether there is a record before the write.</param>
    /// <exception cref="ArgumentException">The key's partition lies below that of a write added before.</exception>
    public void Add(in StateKey key, in StateCell cell, bool present, bool wasPresent)
    {
        MoveTo(StatePartitions.Of(key));
        if (_cellCount == _cells.Length)
        {
            Array.Resize(ref _cells, Math.Max(16, _cells.Length * 2));
        }

        ref CellWrite write = ref _cells[_cellCount++];
        write.Key = key;
        write.Cell = present ? cell : default;
        write.Present = present ? 1u : 0u;
        write.WasPresent = wasPresent ? 1u : 0u;
    }

    /// <summary>Adds a blob. Partitions must come in ascending order.</summary>
    /// <param name="key">The key.</param>
    /// <param name="bytes">The new bytes; ignored without <paramref name="present"/>.</param>
    /// <param name="present">Whether there is a blob from now on.</param>
    /// <param name="wasPresent">Whether there is a blob before the write.</param>
    /// <exception cref="ArgumentException">The key's partition lies below that of a write added before.</exception>
    public void AddBlob(in StateKey key, ReadOnlySpan<byte> bytes, bool present, bool wasPresent)
    {
        MoveTo(StatePartitions.Of(key));
        if (_blobCount == _blobs.Length)
        {
            Array.Resize(ref _blobs, Math.Max(4, _blobs.Length * 2));
        }

        ref BlobWrite write = ref _blobs[_blobCount++];
        write.Key = key;
        write.Offset = _blobBytesUsed;
        write.Length = present ? bytes.Length : -1;
        write.WasPresent = wasPresent ? 1u : 0u;
        if (present)
        {
            int needed = checked(_blobBytesUsed + bytes.Length);
            if (needed > _blobBytes.Length)
            {
                Array.Resize(ref _blobBytes, (int)Math.Min(Array.MaxLength, Math.Max(256L, Math.Max(needed, _blobBytes.Length * 2L))));
            }

            bytes.CopyTo(_blobBytes.AsSpan(_blobBytesUsed));
            _blobBytesUsed = needed;
        }
    }

    /// <summary>Ends the set: partitions after the last written one are empty. Call once after the last write.</summary>
    public void Seal() => MoveTo(StatePartitions.Count);

    private static ReadOnlySpan<T> Range<T>(T[] items, int[] ends, int count, int partition)
    {
        int start = partition == 0 ? 0 : ends[partition - 1];
        return items.AsSpan(start, Math.Min(ends[partition], count) - start);
    }

    private void MoveTo(int partition)
    {
        if (partition < _partition)
        {
            throw new ArgumentException($"writes of partition {partition} come after those of {_partition}", nameof(partition));
        }

        while (_partition < partition)
        {
            _cellEnds[_partition] = _cellCount;
            _blobEnds[_partition] = _blobCount;
            _partition++;
        }
    }
}
