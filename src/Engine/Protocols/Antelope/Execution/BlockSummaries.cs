using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Tactus.Engine.Primitives;

namespace Tactus.Engine.Protocols.Antelope.Execution;

/// <summary>The last 65,536 blocks by the low 16 bits of their number: what TaPoS checks against, and each block's
/// slot.</summary>
/// <remarks>Not part of the state; can be rebuilt from headers. Each block's overwritten entry is kept until the block
/// is irreversible, so that a fork switch can undo it.</remarks>
public sealed class BlockSummaries
{
    public const int Count = 1 << 16;

    private const uint Magic = 0x53424154;

    private readonly Entry[] _entries = new Entry[Count];
    private readonly Dictionary<uint, Entry> _overwritten = [];

    /// <summary>Notes a block.</summary>
    public void Set(uint number, in Hash256 id, uint slot)
    {
        ref Entry entry = ref _entries[(ushort)number];
        _overwritten[number] = entry;
        entry = new Entry { Number = number, Prefix = PrefixOf(id), Slot = slot };
    }

    /// <summary>Whether a transaction's reference names a block of this branch. As in nodeos, an entry that was never
    /// set stands for block 0 with prefix 0.</summary>
    public bool Matches(ushort refBlockNum, uint refBlockPrefix)
    {
        ref readonly Entry entry = ref _entries[refBlockNum];
        return (ushort)entry.Number == refBlockNum && entry.Prefix == refBlockPrefix;
    }

    /// <summary>Slot of a block that is still known.</summary>
    public bool TryGetSlot(uint number, out uint slot)
    {
        ref readonly Entry entry = ref _entries[(ushort)number];
        slot = entry.Slot;
        return number != 0 && entry.Number == number;
    }

    /// <summary>Takes the newest block back.</summary>
    /// <exception cref="InvalidOperationException">The block is not the newest of its entry, or no longer
    /// reversible.</exception>
    public void Undo(uint number)
    {
        if (_entries[(ushort)number].Number != number || !_overwritten.Remove(number, out Entry before))
        {
            throw new InvalidOperationException($"block {number} cannot be taken back from the block summaries");
        }

        _entries[(ushort)number] = before;
    }

    /// <summary>Forgets what is needed to undo blocks up to this one.</summary>
    public void Finalize(uint number)
    {
        // At most the reversible blocks are in here: a few hundred.
        foreach (uint key in _overwritten.Keys)
        {
            if (key <= number)
            {
                _overwritten.Remove(key);
            }
        }
    }

    /// <summary>ref_block_prefix of a block: bytes 8..11 of its id, little-endian.</summary>
    public static uint PrefixOf(in Hash256 id) => BinaryPrimitives.ReadUInt32LittleEndian(id.Bytes[8..]);

    /// <summary>Writes everything: entries, then what undoes the reversible blocks.</summary>
    public void Save(ByteWriter writer)
    {
        writer.WriteUInt32(Magic);
        writer.WriteSpan(MemoryMarshal.AsBytes(_entries.AsSpan()));
        writer.WriteUInt32((uint)_overwritten.Count);
        foreach ((uint number, Entry entry) in _overwritten.OrderBy(pair => pair.Key))
        {
            writer.WriteUInt32(number);
            writer.WriteUInt32(entry.Number);
            writer.WriteUInt32(entry.Prefix);
            writer.WriteUInt32(entry.Slot);
        }
    }

    /// <summary>Reads what <see cref="Save"/> wrote; the reader fails, and nothing changes, where the bytes are not
    /// that.</summary>
    public void Load(ref ByteReader reader)
    {
        if (reader.ReadUInt32() != Magic)
        {
            reader.Fail("not a table of block summaries");
        }

        ReadOnlySpan<byte> entries = reader.ReadSpan(Count * Marshal.SizeOf<Entry>());
        int count = (int)Math.Min(reader.ReadUInt32(), Count);
        ReadOnlySpan<byte> undo = reader.ReadSpan(count * 16);
        if (reader.Failed)
        {
            return;
        }

        MemoryMarshal.Cast<byte, Entry>(entries).CopyTo(_entries);
        _overwritten.Clear();
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> item = undo[(i * 16)..];
            _overwritten[BinaryPrimitives.ReadUInt32LittleEndian(item)] = MemoryMarshal.Read<Entry>(item[4..]);
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Entry
    {
        public uint Number;
        public uint Prefix;
        public uint Slot;
    }
}
