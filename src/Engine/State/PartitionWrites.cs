using System.Runtime.CompilerServices;

namespace Tactus.Engine.State;

/// <summary>The writes of one partition, at most one per key. <see cref="Clear"/> keeps the buffers.</summary>
public sealed class PartitionWrites
{
    private CellWrite[] _cells = [];
    private BlobWrite[] _blobs = [];
    private byte[] _blobBytes = [];
    private int _cellCount;
    private int _blobCount;
    private int _blobBytesUsed;

    /// <summary>Cells written or removed.</summary>
    public ReadOnlySpan<CellWrite> Cells => _cells.AsSpan(0, _cellCount);

    /// <summary>Blobs written or removed.</summary>
    public ReadOnlySpan<BlobWrite> Blobs => _blobs.AsSpan(0, _blobCount);

    /// <summary>Bytes of all blobs.</summary>
    public ReadOnlySpan<byte> BlobBytes => _blobBytes.AsSpan(0, _blobBytesUsed);

    /// <summary>Memory that the buffers hold, in bytes.</summary>
    public long MemoryBytes =>
        ((long)_cells.Length * Unsafe.SizeOf<CellWrite>()) + ((long)_blobs.Length * Unsafe.SizeOf<BlobWrite>()) + _blobBytes.Length;

    /// <summary>Bytes of a blob that is present.</summary>
    public ReadOnlySpan<byte> BytesOf(in BlobWrite blob) => _blobBytes.AsSpan(blob.Offset, blob.Length);

    internal void Clear()
    {
        _cellCount = 0;
        _blobCount = 0;
        _blobBytesUsed = 0;
    }

    /// <summary>Adds a cell.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cell">The new cell; ignored without <paramref name="present"/>.</param>
    /// <param name="present">Whether there is a record from now on.</param>
    /// <param name="wasPresent">Whether there is a record before the write.</param>
    internal void Add(in StateKey key, in StateCell cell, bool present, bool wasPresent)
    {
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

    /// <summary>Adds a blob.</summary>
    /// <inheritdoc cref="Add(in StateKey, in StateCell, bool, bool)"/>
    /// <param name="key">The key.</param>
    /// <param name="bytes">The new bytes; ignored without <paramref name="present"/>.</param>
    internal void AddBlob(in StateKey key, ReadOnlySpan<byte> bytes, bool present, bool wasPresent)
    {
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
}
