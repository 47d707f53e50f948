using System.Buffers.Binary;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Types;

namespace Tactus.Engine.Protocols.Antelope.Logs;

/// <summary>Writes a blocks.log and its blocks.index, which nodeos reads.</summary>
/// <remarks>It is for export and tests. The engine's own durable log has lengths and checksums, which this format
/// lacks.</remarks>
public sealed class BlockLogWriter : IDisposable
{
    private readonly Stream _log;
    private readonly Stream? _index;
    private readonly ByteWriter _scratch = new();
    private long _position;

    /// <summary>Starts a log: writes the preamble. Owns the streams.</summary>
    public BlockLogWriter(Stream log, Stream? index, BlockLogPreamble preamble)
    {
        _log = log;
        _index = index;
        NextNumber = preamble.FirstNumber;
        preamble.Write(_scratch);
        Put(_log, _scratch.Written);
    }

    private BlockLogWriter(Stream log, Stream index, long position, uint nextNumber)
    {
        _log = log;
        _index = index;
        _position = position;
        NextNumber = nextNumber;
    }

    /// <summary>Number that the next block must have.</summary>
    public uint NextNumber { get; private set; }

    /// <summary>Creates blocks.log and blocks.index in a folder.</summary>
    /// <exception cref="IOException">They exist, or cannot be made.</exception>
    public static BlockLogWriter Create(string folder, BlockLogPreamble preamble)
    {
        Directory.CreateDirectory(folder);
        return new BlockLogWriter(
            new FileStream(Path.Combine(folder, "blocks.log"), FileMode.CreateNew, FileAccess.Write),
            new FileStream(Path.Combine(folder, "blocks.index"), FileMode.CreateNew, FileAccess.Write),
            preamble);
    }

    /// <summary>Goes on with the blocks.log in a folder: cuts a torn tail off and writes the index anew where it did
    /// not fit.</summary>
    /// <exception cref="BlockLogException">No log that can be read.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static BlockLogWriter Append(string folder, out IReadOnlyList<string> notices)
    {
        string path = Path.Combine(folder, "blocks.log");
        string indexPath = Path.Combine(folder, "blocks.index");
        using BlockLog log = BlockLog.Open(path);
        notices = log.Notices;
        var fresh = new MemoryStream();
        if (notices.Count > 0)
        {
            log.WriteIndex(fresh);
        }

        var index = new FileStream(indexPath, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite);
        if (notices.Count > 0)
        {
            index.SetLength(0);
            fresh.WriteTo(index);
        }

        index.Seek(0, SeekOrigin.End);
        var output = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        output.SetLength(log.End);
        output.Seek(0, SeekOrigin.End);
        return new BlockLogWriter(output, index, log.End, log.HeadNumber + 1);
    }

    /// <summary>Appends a serialized block, its offset, and its index entry.</summary>
    /// <exception cref="ArgumentException">Not the next block.</exception>
    public void Append(ReadOnlySpan<byte> block)
    {
        if (block.Length < BlockHeader.SizeMin || BlockHeader.NumberOf(block) != NextNumber)
        {
            throw new ArgumentException($"{block.Length} bytes that are not block {NextNumber}", nameof(block));
        }

        Span<byte> offset = stackalloc byte[BlockLog.TrailerSize];
        BinaryPrimitives.WriteInt64LittleEndian(offset, _position);
        Put(_log, block);
        Put(_log, offset);
        _index?.Write(offset);
        NextNumber++;
    }

    public void Append(SignedBlock block)
    {
        _scratch.Clear();
        block.Write(_scratch);
        Append(_scratch.Written);
    }

    public void Flush()
    {
        _log.Flush();
        _index?.Flush();
    }

    public void Dispose()
    {
        _log.Dispose();
        _index?.Dispose();
    }

    private void Put(Stream stream, ReadOnlySpan<byte> bytes)
    {
        stream.Write(bytes);
        _position += bytes.Length;
    }
}
