using System.Buffers.Binary;
using Tactus.Engine.Primitives;

namespace Tactus.Engine.Storage;

/// <summary>Header of a record in the block log, 64 bytes, little-endian, followed by the block's bytes.</summary>
/// <remarks>
/// <code>
///  0  u32  mark       of the log file, so that no block's content can pass for a record
///  4  u32  length     of the block in bytes
///  8  u64  number     of the block
/// 16  u64  flushed    length of the log known to be durable when this record was written; at most its own offset
/// 24  32   id         of the block
/// 56  u32  CRC-32C of the block
/// 60  u32  CRC-32C of bytes 0..59
/// </code>
/// </remarks>
/// <param name="Length">Length of the block in bytes.</param>
/// <param name="Number">Number of the block.</param>
/// <param name="Flushed">Durable length of the log when the record was written, in bytes.</param>
/// <param name="Id">Id of the block.</param>
/// <param name="BlockCrc">CRC-32C of the block's bytes.</param>
internal readonly record struct BlockLogRecord(uint Length, ulong Number, ulong Flushed, Hash256 Id, uint BlockCrc)
{
    public const int HeaderBytes = 64;

    public void Write(Span<byte> header, uint mark)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(header, mark);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], Length);
        BinaryPrimitives.WriteUInt64LittleEndian(header[8..], Number);
        BinaryPrimitives.WriteUInt64LittleEndian(header[16..], Flushed);
        Id.CopyTo(header[24..]);
        BinaryPrimitives.WriteUInt32LittleEndian(header[56..], BlockCrc);
        BinaryPrimitives.WriteUInt32LittleEndian(header[60..], Crc32C.Of(header[..60]));
    }

    /// <summary>Reads a header that lies at <paramref name="offset"/>; false where mark, checksum or bounds do not
    /// hold.</summary>
    public static bool TryRead(ReadOnlySpan<byte> header, uint mark, long offset, out BlockLogRecord record)
    {
        record = default;
        if (header.Length < HeaderBytes
            || BinaryPrimitives.ReadUInt32LittleEndian(header) != mark
            || BinaryPrimitives.ReadUInt32LittleEndian(header[60..]) != Crc32C.Of(header[..60]))
        {
            return false;
        }

        record = new BlockLogRecord(
            BinaryPrimitives.ReadUInt32LittleEndian(header[4..]),
            BinaryPrimitives.ReadUInt64LittleEndian(header[8..]),
            BinaryPrimitives.ReadUInt64LittleEndian(header[16..]),
            new Hash256(header[24..56]),
            BinaryPrimitives.ReadUInt32LittleEndian(header[56..]));
        return record.Length <= BlockLog.BlockBytesMax && record.Flushed <= (ulong)offset;
    }
}
