using System.Buffers.Binary;
using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Types;

namespace Tactus.Engine.Protocols.Antelope.Logs;

/// <summary>A blocks.log of nodeos, versions 1 to 3, opened for reading by block number. Holds no block in memory and
/// never writes. Safe for concurrent reads.</summary>
/// <remarks>Entries are a serialized block and the 64-bit file offset at which it starts. What
/// <see cref="Open(string)"/> checks is the frame: that the log ends with a whole block and that offsets are there.
/// Each read checks its own block's place and number; links, roots and signatures are for whoever decodes the
/// blocks.</remarks>
public sealed class BlockLog : IDisposable
{
    /// <summary>Bytes after each block.</summary>
    internal const int TrailerSize = 8;

    private readonly IRandomBytes _log;
    private readonly BlockOffsets _offsets;

    internal BlockLog(
        IRandomBytes log, BlockLogPreamble preamble, BlockOffsets offsets, long end, IReadOnlyList<string> notices)
    {
        _log = log;
        _offsets = offsets;
        Preamble = preamble;
        End = end;
        Notices = notices;
    }

    public BlockLogPreamble Preamble { get; }

    /// <summary>Blocks that can be read.</summary>
    public long Count => _offsets.Count;

    public uint FirstNumber => Preamble.FirstNumber;

    /// <summary>Number of the last block; one below <see cref="FirstNumber"/> where there is none.</summary>
    public uint HeadNumber => (uint)(FirstNumber + Count - 1);

    /// <summary>File offset behind the last whole block.</summary>
    public long End { get; }

    /// <summary>What was found and dealt with when the log was opened: a torn tail, an index that was missing or
    /// wrong.</summary>
    public IReadOnlyList<string> Notices { get; }

    /// <summary>Opens a blocks.log, and the blocks.index beside it if there is one.</summary>
    /// <exception cref="BlockLogException">No log that can be read; the message says what to do.</exception>
    public static BlockLog Open(string path)
    {
        string indexPath = Path.ChangeExtension(path, ".index");
        FileBytes? log = null;
        try
        {
            log = new FileBytes(path);
            return Open(log, File.Exists(indexPath) ? new FileBytes(indexPath) : null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log?.Dispose();
            throw new BlockLogException($"block log {path}: {e.Message}");
        }
        catch (BlockLogException)
        {
            log?.Dispose();
            throw;
        }
    }

    /// <summary>Opens a log in the given bytes, which it then owns.</summary>
    /// <exception cref="BlockLogException">No log that can be read; the message says what to do.</exception>
    public static BlockLog Open(IRandomBytes log, IRandomBytes? index) => new BlockLogOpening(log, index).Run();

    /// <summary>Reads a block's bytes into <paramref name="buffer"/>, which grows as needed, and checks that they are
    /// where the index and the log say and carry the number.</summary>
    /// <exception cref="BlockLogException">Number outside the log, or the log is damaged here.</exception>
    public ReadOnlySpan<byte> Read(uint number, ref byte[] buffer)
    {
        if (number < FirstNumber || number > HeadNumber || Count == 0)
        {
            throw new BlockLogException(
                $"block {number} is not in this log, which holds {FirstNumber} to {HeadNumber}", number);
        }

        long index = number - FirstNumber;
        long start = _offsets[index];
        long end = index + 1 < Count ? _offsets[index + 1] : End;
        long size = end - start - TrailerSize;
        if (start < Preamble.Size || end > End || size < BlockHeader.PreviousOffset + Hash256.Size)
        {
            throw Damaged(number, start, "the index entries of it and the next block make no sense");
        }

        if (size > PipelineLimits.BlockBytesMax)
        {
            throw Damaged(number, start, $"its {size} bytes exceed the limit {PipelineLimits.BlockBytesMax}");
        }

        int bytes = (int)size + TrailerSize;
        if (buffer.Length < bytes)
        {
            buffer = new byte[Math.Max(bytes, Math.Min(2 * buffer.Length, PipelineLimits.BlockBytesMax))];
        }

        Span<byte> record = buffer.AsSpan(0, bytes);
        if (_log.Read(start, record) != bytes)
        {
            throw Damaged(number, start, "the file ends within it");
        }

        long trailer = BinaryPrimitives.ReadInt64LittleEndian(record[(int)size..]);
        if (trailer != start)
        {
            throw Damaged(number, start, $"the offset behind it says {trailer}");
        }

        uint found = BlockHeader.NumberOf(record);
        return found == number
            ? record[..(int)size]
            : throw Damaged(number, start, $"the block there has the number {found}");
    }

    /// <summary>Reads and decodes a block.</summary>
    /// <exception cref="BlockLogException">Number outside the log, or the log is damaged here.</exception>
    public SignedBlock ReadBlock(uint number)
    {
        byte[] buffer = [];
        ReadOnlySpan<byte> bytes = Read(number, ref buffer);
        return SignedBlock.TryRead(bytes, out Verdict verdict)
            ?? throw new BlockLogException(
                $"block {number} at byte {_offsets[number - FirstNumber]} of the log: {verdict}", number);
    }

    /// <summary>The blocks from <paramref name="from"/> up to <paramref name="to"/>, or down where that is
    /// smaller.</summary>
    /// <exception cref="BlockLogException">At the first block that cannot be read.</exception>
    public IEnumerable<SignedBlock> Walk(uint from, uint to)
    {
        if (Count == 0)
        {
            yield break;
        }

        for (uint number = from; ; number = from <= to ? number + 1 : number - 1)
        {
            yield return ReadBlock(number);
            if (number == to)
            {
                yield break;
            }
        }
    }

    /// <summary>Where a block starts, in bytes from the start of the file.</summary>
    public long OffsetOf(uint number) => _offsets[number - FirstNumber];

    /// <summary>Writes the offsets as a blocks.index.</summary>
    public void WriteIndex(Stream output)
    {
        Span<byte> entry = stackalloc byte[BlockOffsets.EntrySize];
        for (long i = 0; i < Count; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(entry, _offsets[i]);
            output.Write(entry);
        }
    }

    public void Dispose()
    {
        _offsets.Dispose();
        _log.Dispose();
    }

    private static BlockLogException Damaged(uint number, long start, string what) => new(
        $"block {number} at byte {start} of the log: {what}; "
        + "if a fresh blocks.index (delete the old one) does not help, restore the log from a backup",
        number);
}
