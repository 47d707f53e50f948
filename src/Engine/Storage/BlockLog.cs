using System.Buffers.Binary;
using Tactus.Engine.Primitives;

namespace Tactus.Engine.Storage;

/// <summary>The append-only log of all blocks that were ever committed, in order of commit. A record replaces every
/// earlier one of its number and above: that is how a switch of branch is recorded
/// (docs/decisions/0010-block-log-and-checkpoints.md). One thread at a time.</summary>
public sealed class BlockLog : IDisposable
{
    /// <summary>Largest block: 256 MiB.</summary>
    public const int BlockBytesMax = 256 << 20;

    private const int FileHeaderBytes = 16;
    private const int JoinedBytesMax = 64 * 1024;
    private const int IndexTrialsMax = 4096;

    private readonly IFile _file;
    private readonly BlockIndex _index;
    private readonly BlockLogOptions _options;
    private readonly string _name;
    private readonly List<BlockEntry> _tail = [];
    private readonly List<string> _notes = [];
    private readonly byte[] _joined = new byte[JoinedBytesMax];
    private uint _mark;
    private long _flushed;
    private int _unflushedBlocks;
    private bool _failed;

    private BlockLog(IFile file, BlockIndex index, BlockLogOptions options, string name)
    {
        _file = file;
        _index = index;
        _options = options;
        _name = name;
    }

    /// <summary>Number of the first block; meaningless while <see cref="IsEmpty"/>.</summary>
    public ulong First { get; private set; }

    /// <summary>Number of the last block; meaningless while <see cref="IsEmpty"/>.</summary>
    public ulong Head { get; private set; }

    /// <summary>Id of the last block.</summary>
    public Hash256 HeadId { get; private set; }

    public bool IsEmpty { get; private set; } = true;

    /// <summary>Number of the last block that can no longer be replaced; 0 where none is known. It lives in the index,
    /// which is made durable before a record replaces another: so after a crash it is never below what the blocks that
    /// were replaced had made irreversible, while what the blocks that stayed made so follows from them.</summary>
    public ulong LastIrreversible => _index.Count > 0 ? First + (ulong)_index.Count - 1 : 0;

    /// <summary>Length of the log in bytes, replaced blocks included.</summary>
    public long LengthBytes => _file.Length;

    /// <summary>What opening found and mended: lines for the operator. Normally empty.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>Opens or creates the log: checks every record after the last indexed one, cuts a torn tail at the last
    /// whole record, makes the index again where it is missing or wrong.</summary>
    /// <exception cref="StorageException">A record in the middle is damaged, or the file is no block log.</exception>
    public static BlockLog Open(IDisk disk, BlockLogOptions? options = null, string name = "blocks")
    {
        string logName = name + ".log";
        IFile? file = null;
        BlockIndex? index = null;
        try
        {
            file = disk.Open(logName);
            index = new BlockIndex(disk.Open(name + ".index"));
            var log = new BlockLog(file, index, options ?? new BlockLogOptions(), logName);
            log.ReadFileHeader();
            log.Recover();
            log.Flush();
            disk.FlushFolder();
            return log;
        }
        catch
        {
            index?.Dispose();
            file?.Dispose();
            throw;
        }
    }

    /// <summary>Appends a block. A number at or below the head replaces that block and all above it.</summary>
    /// <exception cref="ArgumentException">The number leaves a gap or replaces an irreversible block; the block is too
    /// large.</exception>
    /// <exception cref="StorageException">An append failed before: reopen the log.</exception>
    public void Append(ulong number, in Hash256 id, ReadOnlySpan<byte> block)
    {
        CheckAppend(number, block.Length);
        if (!IsEmpty && number <= Head)
        {
            _index.Flush();
        }

        var entry = new BlockEntry(number, _file.Length);
        var record = new BlockLogRecord((uint)block.Length, number, (ulong)_flushed, id, Crc32C.Of(block));
        _failed = true; // until the whole record is written
        if (block.Length <= JoinedBytesMax - BlockLogRecord.HeaderBytes)
        {
            record.Write(_joined, _mark);
            block.CopyTo(_joined.AsSpan(BlockLogRecord.HeaderBytes));
            _file.Append(_joined.AsSpan(0, BlockLogRecord.HeaderBytes + block.Length));
        }
        else
        {
            Span<byte> header = stackalloc byte[BlockLogRecord.HeaderBytes];
            record.Write(header, _mark);
            _file.Append(header);
            _file.Append(block);
        }

        if (++_unflushedBlocks >= _options.FlushEveryBlocks && _options.FlushEveryBlocks > 0)
        {
            FlushLog();
        }

        _failed = false;
        Link(entry, id);
    }

    /// <summary>Makes every block appended so far, and the index, durable.</summary>
    public void Flush()
    {
        FlushLog();
        _index.Flush();
    }

    /// <summary>Moves blocks up to a number to the index: they can no longer be replaced.</summary>
    public void SetIrreversible(ulong number)
    {
        int count = 0;
        while (count < _tail.Count && _tail[count].Number <= number)
        {
            count++;
        }

        MoveToIndex(count);
    }

    /// <summary>Reads the block of a number as the log has it now, into a buffer that is replaced where it is too
    /// small.</summary>
    /// <returns>False where the log has no block of that number.</returns>
    /// <exception cref="StorageException">The record is damaged.</exception>
    public bool TryRead(ulong number, ref byte[] buffer, out int length, out Hash256 id)
    {
        length = 0;
        if (!TryReadHeader(number, out BlockLogRecord record, out long offset))
        {
            id = default;
            return false;
        }

        id = record.Id;
        length = (int)record.Length;
        if (buffer.Length < length)
        {
            buffer = new byte[Math.Max(length, Math.Min(buffer.Length * 2, BlockBytesMax))];
        }

        Span<byte> block = buffer.AsSpan(0, length);
        return _file.ReadAt(offset + BlockLogRecord.HeaderBytes, block) == length && Crc32C.Of(block) == record.BlockCrc
            ? true
            : throw Damaged(number, offset);
    }

    /// <summary>Id of the block of a number as the log has it now.</summary>
    public bool TryReadId(ulong number, out Hash256 id)
    {
        bool found = TryReadHeader(number, out BlockLogRecord record, out _);
        id = record.Id;
        return found;
    }

    public void Dispose()
    {
        _index.Dispose();
        _file.Dispose();
    }

    private static bool IsHeader(ReadOnlySpan<byte> header) =>
        header.Length == FileHeaderBytes && header.StartsWith("TACTUSB1"u8)
        && BinaryPrimitives.ReadUInt32LittleEndian(header[12..]) == Crc32C.Of(header[..12]);

    private void ReadFileHeader()
    {
        Span<byte> header = stackalloc byte[FileHeaderBytes];
        int read = _file.ReadAt(0, header);
        if (IsHeader(header[..read]))
        {
            _mark = BinaryPrimitives.ReadUInt32LittleEndian(header[8..]);
            return;
        }

        // The header is durable before the first block is written: a longer file without one is none of ours, or
        // damaged.
        if (_file.Length > FileHeaderBytes)
        {
            throw new StorageException(
                $"{_name}: the first {FileHeaderBytes} bytes are not the header of a block log. Nothing was changed. "
                + "Restore "
                + "the file from a backup, or move it away.");
        }

        if (_file.Length > 0)
        {
            _notes.Add($"{_name}: a header torn at byte {read} was written again; the log held no block");
            _file.Truncate(0);
        }

        _mark = _options.RecordMark;
        "TACTUSB1"u8.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], _mark);
        BinaryPrimitives.WriteUInt32LittleEndian(header[12..], Crc32C.Of(header[..12]));
        _file.Append(header);
        _file.Flush();
    }

    private void Recover()
    {
        long entries = _index.Count;
        if (!TryStartFromIndex(out long start) || !TryScan(start))
        {
            _index.Truncate(0);
            _tail.Clear();
            IsEmpty = true;
            if (!TryScan(FileHeaderBytes))
            {
                throw new StorageException($"{_name}: block numbers run below the first block");
            }

            // A log without irreversible blocks has no index, and a new log nothing to say.
            if (entries > 0)
            {
                _notes.Add($"{_name}: the index did not fit the log and was made again");
            }
        }
    }

    private bool TryStartFromIndex(out long start)
    {
        start = FileHeaderBytes;
        _index.Truncate(_index.CountWhole());
        if (_index.Count == 0)
        {
            return false;
        }

        if (!_index.TryRead(0, out BlockEntry first))
        {
            return false;
        }

        Span<byte> header = stackalloc byte[BlockLogRecord.HeaderBytes];
        for (long at = _index.Count - 1; at >= Math.Max(0, _index.Count - IndexTrialsMax); at--)
        {
            if (_index.TryRead(at, out BlockEntry last)
                && last.Number == first.Number + (ulong)at
                && last.Offset >= FileHeaderBytes
                && BlockLogRecord.TryRead(
                    header[.._file.ReadAt(last.Offset, header)], _mark, last.Offset, out BlockLogRecord record)
                && record.Number == last.Number
                && last.Offset + BlockLogRecord.HeaderBytes + record.Length <= _file.Length)
            {
                _index.Truncate(at + 1);
                start = last.Offset + BlockLogRecord.HeaderBytes + record.Length;
                First = first.Number;
                Head = last.Number;
                HeadId = record.Id;
                IsEmpty = false;
                return true;
            }
        }

        return false;
    }

    /// <summary>Links every record from an offset on and cuts the torn tail. False where a record replaces an indexed
    /// block, which only a wrong index explains.</summary>
    private bool TryScan(long start)
    {
        var scanner = new BlockLogScanner(_file, _name, _mark, start);
        while (scanner.TryNext(out BlockLogRecord record, out long offset))
        {
            if (!IsEmpty && (record.Number < First || record.Number + (ulong)_tail.Count <= Head))
            {
                return false;
            }

            if (!IsEmpty && record.Number > Head + 1)
            {
                throw new StorageException(
                    $"{_name}: the record at byte {offset} is block {record.Number}, "
                    + $"but the one before it is block {Head}; "
                    + "blocks are missing between them. Restore the file from a backup, "
                    + "or move it and its index away and "
                    + "fetch the blocks again from peers.");
            }

            Link(new BlockEntry(record.Number, offset), record.Id);
            if (_tail.Count > 2 * _options.ReversibleBlocksMax)
            {
                MoveToIndex(_tail.Count - _options.ReversibleBlocksMax);
            }
        }

        if (scanner.Offset < _file.Length)
        {
            _notes.Add(
                $"{_name}: a torn record at byte {scanner.Offset} was cut ({_file.Length - scanner.Offset} bytes); "
                + (IsEmpty ? "the log is empty" : $"the last whole block is {Head}"));
            _file.Truncate(scanner.Offset);
        }

        return true;
    }

    private void Link(in BlockEntry entry, in Hash256 id)
    {
        if (IsEmpty)
        {
            First = entry.Number;
            IsEmpty = false;
        }

        int keep = _tail.Count;
        while (keep > 0 && _tail[keep - 1].Number >= entry.Number)
        {
            keep--;
        }

        _tail.RemoveRange(keep, _tail.Count - keep);
        _tail.Add(entry);
        Head = entry.Number;
        HeadId = id;
    }

    private void MoveToIndex(int count)
    {
        if (count > 0)
        {
            _index.Append(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_tail)[..count]);
            _tail.RemoveRange(0, count);
        }
    }

    private void CheckAppend(ulong number, int length)
    {
        if (_failed)
        {
            throw new StorageException(
                $"{_name}: an append failed before; nothing committed is lost. Free the disk and restart");
        }

        if (length > BlockBytesMax)
        {
            throw new ArgumentException(
                $"block {number} has {length} bytes; the limit is {BlockBytesMax}", nameof(length));
        }

        if (!IsEmpty && number > Head + 1)
        {
            throw new ArgumentException($"block {number} does not follow block {Head}", nameof(number));
        }

        if (!IsEmpty && number + (ulong)_tail.Count <= Head)
        {
            throw new ArgumentException($"block {number} would replace an irreversible block", nameof(number));
        }
    }

    private bool TryReadHeader(ulong number, out BlockLogRecord record, out long offset)
    {
        record = default;
        offset = 0;
        if (IsEmpty || number < First || number > Head)
        {
            return false;
        }

        ulong tailFirst = Head + 1 - (ulong)_tail.Count;
        if (number >= tailFirst)
        {
            offset = _tail[(int)(number - tailFirst)].Offset;
        }
        else if (_index.TryRead((long)(number - First), out BlockEntry entry) && entry.Number == number)
        {
            offset = entry.Offset;
        }
        else
        {
            throw new StorageException(
                $"the index of {_name} is damaged at block {number}. Delete the index; "
                + "it is made again at the next start.");
        }

        Span<byte> header = stackalloc byte[BlockLogRecord.HeaderBytes];
        return BlockLogRecord.TryRead(header[.._file.ReadAt(offset, header)], _mark, offset, out record)
            && record.Number == number
            ? true
            : throw Damaged(number, offset);
    }

    private StorageException Damaged(ulong number, long offset) => new(
        $"{_name}: the record of block {number} at byte {offset} is damaged. Restore the file from a backup, "
        + "or move it and "
        + "its index away and fetch the blocks again from peers.");

    private void FlushLog()
    {
        _file.Flush();
        _flushed = _file.Length;
        _unflushedBlocks = 0;
    }
}
