using System.Buffers.Binary;

namespace Tactus.Engine.Storage;

/// <summary>Walks the records of a block log in order and tells a torn tail from damage.</summary>
internal sealed class BlockLogScanner(IFile file, string name, uint mark, long offset)
{
    private const int ChunkBytes = 1 << 20;

    private readonly byte[] _header = new byte[BlockLogRecord.HeaderBytes];
    private byte[] _block = new byte[64 * 1024];

    /// <summary>Offset of the record that <see cref="TryNext"/> returns next, or where the whole records end.</summary>
    public long Offset { get; private set; } = offset;

    /// <summary>Reads and checks the next record. False at the end of the whole records.</summary>
    /// <exception cref="StorageException">A record is damaged although later ones prove that it had been
    /// durable.</exception>
    public bool TryNext(out BlockLogRecord record, out long offset)
    {
        offset = Offset;
        record = default;
        if (offset == file.Length)
        {
            return false;
        }

        if (IsWhole(offset, out record))
        {
            Offset = offset + BlockLogRecord.HeaderBytes + record.Length;
            return true;
        }

        if (FindWitness(offset) is { } witness)
        {
            throw new StorageException(
                $"{name}: the record at byte {offset} is damaged, but the record at byte {witness} shows that it had "
                + "been stored durably. Nothing was changed. Restore the file from a backup, "
                + "or move it and its index away and "
                + "fetch the blocks again from peers.");
        }

        return false;
    }

    private bool IsWhole(long offset, out BlockLogRecord record)
    {
        int read = file.ReadAt(offset, _header);
        if (!BlockLogRecord.TryRead(_header.AsSpan(0, read), mark, offset, out record)
            || offset + BlockLogRecord.HeaderBytes + record.Length > file.Length)
        {
            return false;
        }

        if (_block.Length < record.Length)
        {
            _block = new byte[Math.Max((int)record.Length, _block.Length * 2)];
        }

        Span<byte> block = _block.AsSpan(0, (int)record.Length);
        return file.ReadAt(offset + BlockLogRecord.HeaderBytes, block) == block.Length
            && Crc32C.Of(block) == record.BlockCrc;
    }

    // A later record that was written when the log was already durable beyond the bad offset.
    private long? FindWitness(long bad)
    {
        byte[] chunk = new byte[ChunkBytes + BlockLogRecord.HeaderBytes];
        Span<byte> pattern = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(pattern, mark);
        for (long at = bad + 1; at < file.Length; at += ChunkBytes)
        {
            ReadOnlySpan<byte> bytes = chunk.AsSpan(0, file.ReadAt(at, chunk));
            for (int from = 0; from < Math.Min(bytes.Length, ChunkBytes);)
            {
                int found = bytes[from..].IndexOf(pattern);
                if (found < 0)
                {
                    break;
                }

                long offset = at + from + found;
                if (BlockLogRecord.TryRead(bytes[(from + found)..], mark, offset, out BlockLogRecord record)
                    && record.Flushed > (ulong)bad)
                {
                    return offset;
                }

                from += found + 1;
            }
        }

        return null;
    }
}
