using System.Buffers.Binary;
using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Types;

namespace Tactus.Engine.Protocols.Antelope.Logs;

/// <summary>Finds the blocks of a log: takes the index where it fits, else walks back along the offsets behind the
/// blocks; where the tail is torn, finds the last whole block first.</summary>
internal sealed class BlockLogOpening(IRandomBytes log, IRandomBytes? index)
{
    /// <summary>Entries at the end of the index that are tried when the log's tail is torn.</summary>
    private const int TailTries = 64;

    private readonly List<string> _notices = [];
    private byte[] _buffer = new byte[64 * 1024];
    private BlockLogPreamble _preamble = null!;

    private long Start => _preamble.Size;

    public BlockLog Run()
    {
        byte[] head = new byte[(int)Math.Min(log.Length, BlockLogPreamble.BytesMax)];
        _preamble = BlockLogPreamble.Read(head.AsSpan(0, log.Read(0, head)));
        if (log.Length == Start)
        {
            return Open(new BlockOffsets.InMemory([]), Start);
        }

        if (HeadEndingAt(log.Length) is { } last)
        {
            long count = (long)last.Number - _preamble.FirstNumber + 1;
            if (IndexFits(count, last.Offset))
            {
                return Open(new BlockOffsets.InFile(index!, count), log.Length);
            }

            _notices.Add(index is null
                ? "blocks.index is missing; offsets were rebuilt from the log"
                : "blocks.index does not fit the log; offsets were rebuilt from the log");
            return WalkBack(last.Offset, count) is { } offsets
                ? Open(new BlockOffsets.InMemory(offsets), log.Length)
                : Scan();
        }

        return IndexedTail() ?? Scan();
    }

    private BlockLog Open(BlockOffsets offsets, long end)
    {
        if (offsets is not BlockOffsets.InFile)
        {
            index?.Dispose();
        }

        return new BlockLog(log, _preamble, offsets, end, _notices);
    }

    private void NoteTornTail(uint head, long end, string reason) => _notices.Add(
        head < _preamble.FirstNumber
            ? $"no whole block in the log: {reason}"
            : $"the log ends at block {head}: the {log.Length - end} bytes from byte {end} on are no whole block "
            + $"({reason}); they are ignored");

    /// <summary>The block whose offset stands in the last eight bytes before <paramref name="end"/>, if it is
    /// whole.</summary>
    private (long Offset, uint Number)? HeadEndingAt(long end)
    {
        Span<byte> trailer = stackalloc byte[BlockLog.TrailerSize];
        if (end - Start < BlockLog.TrailerSize || log.Read(end - BlockLog.TrailerSize, trailer) != BlockLog.TrailerSize)
        {
            return null;
        }

        long offset = BinaryPrimitives.ReadInt64LittleEndian(trailer);
        long size = end - BlockLog.TrailerSize - offset;
        if (offset < Start || size <= 0 || size > PipelineLimits.BlockBytesMax)
        {
            return null;
        }

        SignedBlock? block = Decode(offset, (int)size, out int length, out _);
        bool fits = block is not null
            && length == size
            && block.Number >= _preamble.FirstNumber
            && (offset == Start) == (block.Number == _preamble.FirstNumber);
        return fits ? (offset, block!.Number) : null;
    }

    private bool IndexFits(long count, long lastOffset)
    {
        if (index is null || index.Length != count * BlockOffsets.EntrySize)
        {
            return false;
        }

        var offsets = new BlockOffsets.InFile(index, count);
        return offsets[0] == Start && offsets[count - 1] == lastOffset;
    }

    /// <summary>Follows the offsets from the last block to the first. Null where they do not lead there.</summary>
    private List<long>? WalkBack(long last, long count)
    {
        // Each block has at least a header, so a hostile number cannot make this allocate more than the file justifies.
        if (count > (log.Length - Start) / BlockHeader.SizeMin)
        {
            return null;
        }

        var offsets = new List<long>((int)Math.Min(count, int.MaxValue)) { last };
        Span<byte> trailer = stackalloc byte[BlockLog.TrailerSize];
        for (long at = last; offsets.Count < count;)
        {
            if (at - BlockLog.TrailerSize < Start
                || log.Read(at - BlockLog.TrailerSize, trailer) != BlockLog.TrailerSize)
            {
                return null;
            }

            long previous = BinaryPrimitives.ReadInt64LittleEndian(trailer);
            if (previous < Start || previous > at - BlockLog.TrailerSize - BlockHeader.SizeMin)
            {
                return null;
            }

            offsets.Add(previous);
            at = previous;
        }

        offsets.Reverse();
        return offsets[0] == Start ? offsets : null;
    }

    /// <summary>Where the tail is torn but the index names a whole block near the end, the log ends there.</summary>
    private BlockLog? IndexedTail()
    {
        long entries = (index?.Length ?? 0) / BlockOffsets.EntrySize;
        if (index is null || entries == 0 || new BlockOffsets.InFile(index, entries)[0] != Start)
        {
            return null;
        }

        var offsets = new BlockOffsets.InFile(index, entries);
        string reason = "the index ends before it";
        for (long i = entries - 1; i >= Math.Max(0, entries - TailTries); i--)
        {
            uint number = (uint)(_preamble.FirstNumber + i);
            long offset = offsets[i];
            if (offset < Start || offset >= log.Length)
            {
                continue;
            }

            if (RecordAt(offset, number, default, out long end, out string? error) is not null)
            {
                NoteTornTail(number, end, reason);
                return Open(new BlockOffsets.InFile(index, i + 1), end);
            }

            reason = $"block {number}: {error}";
        }

        return null;
    }

    /// <summary>Decodes block after block from the start, as far as they are whole and linked.</summary>
    private BlockLog Scan()
    {
        var offsets = new List<long>();
        long at = Start;
        uint number = _preamble.FirstNumber;
        Hash256 parent = default;
        string reason = "nothing is wrong";
        while (at < log.Length)
        {
            SignedBlock? block = RecordAt(at, number, parent, out long end, out string? error);
            if (block is null)
            {
                reason = $"block {number}: {error}";
                break;
            }

            offsets.Add(at);
            parent = block.Id();
            at = end;
            number++;
        }

        if (at < log.Length)
        {
            NoteTornTail(number - 1, at, reason);
        }

        return Open(new BlockOffsets.InMemory(offsets), at);
    }

    /// <summary>The whole record at an offset: a block with the number and, unless zero, this parent, and the offset
    /// behind it.</summary>
    private SignedBlock? RecordAt(long offset, uint number, in Hash256 parent, out long end, out string? error)
    {
        int available = (int)Math.Min(log.Length - offset, PipelineLimits.BlockBytesMax);
        SignedBlock? block = Decode(offset, available, out int length, out error);
        end = offset + length + BlockLog.TrailerSize;
        if (block is null)
        {
            return null;
        }

        if (block.Number != number)
        {
            error = $"the block there has the number {block.Number}";
            return null;
        }

        if (!parent.IsZero && block.Header.Previous != parent)
        {
            error = $"it follows {block.Header.Previous}, not {parent}";
            return null;
        }

        Span<byte> trailer = stackalloc byte[BlockLog.TrailerSize];
        if (log.Read(offset + length, trailer) != BlockLog.TrailerSize)
        {
            error = "the file ends within the offset behind it";
            return null;
        }

        long found = BinaryPrimitives.ReadInt64LittleEndian(trailer);
        error = found == offset ? null : $"the offset behind it says {found} in place of {offset}";
        return error is null ? block : null;
    }

    /// <summary>Decodes a block of at most <paramref name="available"/> bytes, reading no more of the file than it
    /// needs.</summary>
    private SignedBlock? Decode(long offset, int available, out int length, out string? error)
    {
        int want = Math.Min(available, _buffer.Length);
        while (true)
        {
            if (_buffer.Length < want)
            {
                _buffer = new byte[want];
            }

            int read = log.Read(offset, _buffer.AsSpan(0, want));
            var reader = new ByteReader(_buffer.AsSpan(0, read));
            SignedBlock block = SignedBlock.Read(ref reader);
            length = reader.Position;
            if (!reader.Failed)
            {
                error = null;
                return block;
            }

            if (!reader.FailedShort || want == available || read < want)
            {
                error = $"{reader.FailReason} at byte {offset + reader.FailOffset}";
                return null;
            }

            want = (int)Math.Min(available, 2L * want);
        }
    }
}
