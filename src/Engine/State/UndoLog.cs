using Tactus.Engine.Storage;

namespace Tactus.Engine.State;

/// <summary>The undo records of the blocks that are not yet irreversible, newest last. Bounded; buffers are reused. Saved
/// with each checkpoint, so that a restart can take blocks back below it.</summary>
public sealed class UndoLog
{
    private const int PooledMax = 16;

    private readonly UndoRecord?[] _ring;
    private readonly Stack<UndoRecord> _pool = new(PooledMax);
    private int _first;
    private int _count;

    /// <param name="blocksMax">Most records kept.</param>
    public UndoLog(int blocksMax = StateLimits.UndoBlocksMax)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(blocksMax, 1);
        _ring = new UndoRecord[blocksMax];
    }

    /// <summary>Number of records.</summary>
    public int Count => _count;

    /// <summary>Most records.</summary>
    public int BlocksMax => _ring.Length;

    /// <summary>Memory that the records hold, in bytes.</summary>
    public long MemoryBytes => Records().Sum(record => record.Before.MemoryBytes);

    /// <summary>The newest record, or null.</summary>
    public UndoRecord? Newest => _count == 0 ? null : _ring[Place(_count - 1)];

    /// <summary>An empty record to fill, from the pool where it has one.</summary>
    public UndoRecord Rent() => _pool.TryPop(out UndoRecord? record) ? record : new UndoRecord();

    /// <summary>Gives back a record that is no longer in the log.</summary>
    public void Return(UndoRecord record)
    {
        record.Before.Clear();
        if (_pool.Count < PooledMax)
        {
            _pool.Push(record);
        }
    }

    /// <summary>Whether another block can be applied.</summary>
    public bool HasRoom => _count < _ring.Length;

    /// <summary>Fails where the log is full. To be called before a block changes anything.</summary>
    /// <exception cref="InvalidOperationException">Finality lags by more blocks than the log keeps.</exception>
    public void CheckRoom()
    {
        if (_count == _ring.Length)
        {
            throw new InvalidOperationException(
                $"{_count} blocks wait for finality, as many as the undo log keeps ({nameof(StateLimits.UndoBlocksMax)}); no "
                + "block is applied before the last irreversible block advances. Check why finality has stalled.");
        }
    }

    /// <summary>Adds the newest block's record.</summary>
    /// <exception cref="InvalidOperationException">The log is full (<see cref="CheckRoom"/>).</exception>
    public void Push(UndoRecord record)
    {
        CheckRoom();
        _ring[Place(_count++)] = record;
    }

    /// <summary>Takes the newest record off; give it back with <see cref="Return"/>. False where the log is empty.</summary>
    public bool TryPop([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out UndoRecord? record)
    {
        record = Newest;
        if (record is not null)
        {
            _ring[Place(--_count)] = null;
        }

        return record is not null;
    }

    /// <summary>Drops the records of irreversible blocks.</summary>
    public void DropThrough(ulong number)
    {
        while (_count > 0 && _ring[_first] is { } oldest && oldest.Block.Number <= number)
        {
            _ring[_first] = null;
            _first = (_first + 1) % _ring.Length;
            _count--;
            Return(oldest);
        }
    }

    /// <summary>Drops everything.</summary>
    public void Clear() => DropThrough(ulong.MaxValue);

    internal void Save(ChecksummedWriter writer)
    {
        writer.Write(_count);
        foreach (UndoRecord record in Records())
        {
            writer.Write(record.Block);
            writer.Write(record.Parent);
            writer.Write(record.Before.CellCount);
            for (int i = 0; i < StatePartitions.Count; i++)
            {
                foreach (ref readonly CellWrite cell in record.Before[i].Cells)
                {
                    writer.Write(cell);
                }
            }

            writer.Write(record.Before.BlobCount);
            for (int i = 0; i < StatePartitions.Count; i++)
            {
                SaveBlobs(writer, record.Before[i]);
            }
        }
    }

    internal void Load(ChecksummedReader reader)
    {
        Clear();
        int count = reader.ReadLength(_ring.Length);
        byte[] bytes = [];
        for (int i = 0; i < count; i++)
        {
            UndoRecord record = Rent();
            record.Block = reader.Read<ChainPoint>();
            record.Parent = reader.Read<ChainPoint>();
            LoadWrites(reader, record.Before, ref bytes);
            Push(record);
        }
    }

    private static void SaveBlobs(ChecksummedWriter writer, PartitionWrites writes)
    {
        foreach (ref readonly BlobWrite blob in writes.Blobs)
        {
            writer.Write(blob.Key);
            writer.Write(blob.Length);
            writer.Write(blob.WasPresent);
            if (blob.Length >= 0)
            {
                writer.Write(writes.BytesOf(blob));
            }
        }
    }

    private static void LoadWrites(ChecksummedReader reader, BlockWrites writes, ref byte[] bytes)
    {
        int cells = reader.ReadLength(StateLimits.OverlayRecordsMax * StatePartitions.Count);
        for (int i = 0; i < cells; i++)
        {
            CellWrite cell = reader.Read<CellWrite>();
            writes.Add(cell.Key, cell.Cell, cell.Present != 0, cell.WasPresent != 0);
        }

        int blobs = reader.ReadLength(StateLimits.OverlayRecordsMax * StatePartitions.Count);
        for (int i = 0; i < blobs; i++)
        {
            StateKey key = reader.Read<StateKey>();
            int length = reader.Read<int>();
            bool was = reader.Read<uint>() != 0;
            if (length > StateLimits.BlobBytesMax)
            {
                throw new StorageException($"an undo record holds a blob of {length} bytes, more than {StateLimits.BlobBytesMax}");
            }

            if (bytes.Length < length)
            {
                bytes = new byte[length];
            }

            reader.Read(bytes.AsSpan(0, Math.Max(0, length)));
            writes.AddBlob(key, bytes.AsSpan(0, Math.Max(0, length)), length >= 0, was);
        }
    }

    private int Place(int position) => (_first + position) % _ring.Length;

    private IEnumerable<UndoRecord> Records()
    {
        for (int i = 0; i < _count; i++)
        {
            yield return _ring[Place(i)]!;
        }
    }
}
