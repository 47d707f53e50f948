using System.Buffers.Binary;

namespace Tactus.Engine.Storage;

/// <summary>Where the irreversible blocks lie in the log: a file of 20-byte entries (offset u64, number u64, CRC-32C of
/// both), appended in order of number. It only saves a scan: whatever is missing or wrong is made again from the
/// log.</summary>
internal sealed class BlockIndex : IDisposable
{
    private const int EntryBytes = 20;
    private const int EntriesPerRead = 4096;

    private readonly IFile _file;
    private byte[] _buffer = new byte[EntryBytes * 64];

    public BlockIndex(IFile file)
    {
        _file = file;
        Count = file.Length / EntryBytes;
        if (Count * EntryBytes != file.Length)
        {
            file.Truncate(Count * EntryBytes);
        }
    }

    /// <summary>Entries from the first on whose checksums hold and whose numbers follow each other. Entries are written
    /// without being flushed one by one, so a power failure may leave a hole before whole ones.</summary>
    public long CountWhole()
    {
        byte[] chunk = new byte[EntryBytes * EntriesPerRead];
        ulong first = 0;
        for (long at = 0; at < Count; at += EntriesPerRead)
        {
            int entries = _file.ReadAt(at * EntryBytes, chunk) / EntryBytes;
            for (int i = 0; i < entries; i++)
            {
                ReadOnlySpan<byte> entry = chunk.AsSpan(i * EntryBytes, EntryBytes);
                ulong number = BinaryPrimitives.ReadUInt64LittleEndian(entry[8..]);
                first = at + i == 0 ? number : first;
                if (BinaryPrimitives.ReadUInt32LittleEndian(entry[16..]) != Crc32C.Of(entry[..16])
                    || number != first + (ulong)(at + i))
                {
                    return at + i;
                }
            }
        }

        return Count;
    }

    /// <summary>Number of entries.</summary>
    public long Count { get; private set; }

    public void Append(ReadOnlySpan<BlockEntry> entries)
    {
        if (_buffer.Length < entries.Length * EntryBytes)
        {
            _buffer = new byte[entries.Length * EntryBytes];
        }

        for (int i = 0; i < entries.Length; i++)
        {
            Span<byte> entry = _buffer.AsSpan(i * EntryBytes, EntryBytes);
            BinaryPrimitives.WriteInt64LittleEndian(entry, entries[i].Offset);
            BinaryPrimitives.WriteUInt64LittleEndian(entry[8..], entries[i].Number);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[16..], Crc32C.Of(entry[..16]));
        }

        _file.Append(_buffer.AsSpan(0, entries.Length * EntryBytes));
        Count += entries.Length;
    }

    /// <summary>Entry at a position; false where its checksum does not hold.</summary>
    public bool TryRead(long position, out BlockEntry entry)
    {
        Span<byte> bytes = stackalloc byte[EntryBytes];
        bool whole = position >= 0 && position < Count
            && _file.ReadAt(position * EntryBytes, bytes) == EntryBytes
            && BinaryPrimitives.ReadUInt32LittleEndian(bytes[16..]) == Crc32C.Of(bytes[..16]);
        entry = whole
            ? new BlockEntry(
                BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]), BinaryPrimitives.ReadInt64LittleEndian(bytes))
            : default;
        return whole;
    }

    public void Truncate(long count)
    {
        if (count != Count)
        {
            _file.Truncate(count * EntryBytes);
            Count = count;
        }
    }

    public void Flush() => _file.Flush();

    public void Dispose() => _file.Dispose();
}

/// <summary>Where a block lies in the log.</summary>
/// <param name="Number">Number of the block.</param>
/// <param name="Offset">Offset of its record in bytes.</param>
internal readonly record struct BlockEntry(ulong Number, long Offset);
