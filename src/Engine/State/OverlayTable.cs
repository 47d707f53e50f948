using System.Runtime.InteropServices;
using Tactus.Kernels;

namespace Tactus.Engine.State;

/// <summary>What a block has read and written of one partition: an open-addressing index of dense entries, each with the
/// current value and the one that the store held. Reused from block to block; emptied in constant time by a new epoch.</summary>
/// <typeparam name="TValue">A cell, or the place of a blob in the partition's arena.</typeparam>
internal sealed class OverlayTable<TValue>
    where TValue : unmanaged
{
    /// <summary>The record exists as the block sees it.</summary>
    public const byte IsPresent = 1;

    /// <summary>The record existed before the block.</summary>
    public const byte WasPresent = 2;

    /// <summary>The block wrote or removed it, perhaps back to what it was.</summary>
    public const byte IsTouched = 4;

    private const int EntriesMin = 8;

    // Slot: epoch in the high 32 bits, entry index in the low 32. A slot of an earlier epoch is empty.
    private ulong[] _slots = new ulong[EntriesMin * 2];
    private Entry[] _entries = new Entry[EntriesMin];
    private TValue[] _originals = new TValue[EntriesMin];
    private uint _epoch = 1;
    private int _count;

    public int Count => _count;

    public ref Entry this[int index] => ref _entries[index];

    /// <summary>The value that the store held; meaningless without <see cref="WasPresent"/>.</summary>
    public ref TValue Original(int index) => ref _originals[index];

    public void Clear()
    {
        _count = 0;
        if (++_epoch == 0)
        {
            Array.Clear(_slots);
            _epoch = 1;
        }
    }

    /// <summary>Index of the key's entry, or -1.</summary>
    public int Find(in StateKey key, ulong hash)
    {
        ulong[] slots = _slots;
        int mask = slots.Length - 1;
        for (int at = (int)hash & mask; ; at = (at + 1) & mask)
        {
            ulong slot = slots[at];
            if ((uint)(slot >> 32) != _epoch)
            {
                return -1;
            }

            int index = (int)(uint)slot;
            if (_entries[index].Key == key)
            {
                return index;
            }
        }
    }

    /// <summary>Asks for the slot where a key's search begins.</summary>
    public void Prefetch(ulong hash)
    {
        ulong[] slots = _slots;
        CacheLine.Prefetch(in slots[(int)hash & (slots.Length - 1)]);
    }

    /// <summary>Adds an entry for a key that has none, as the store holds it.</summary>
    public int Add(in StateKey key, ulong hash, in TValue value, bool present)
    {
        if (_count == _entries.Length)
        {
            Grow();
        }

        int index = _count++;
        ref Entry entry = ref _entries[index];
        entry.Key = key;
        entry.Value = value;
        entry.Flags = present ? (byte)(IsPresent | WasPresent) : (byte)0;
        entry.Hash32 = (uint)hash;
        _originals[index] = value;
        Link(index, (uint)hash);
        return index;
    }

    private void Link(int index, uint hash32)
    {
        int mask = _slots.Length - 1;
        int at = (int)hash32 & mask;
        while ((uint)(_slots[at] >> 32) == _epoch)
        {
            at = (at + 1) & mask;
        }

        _slots[at] = ((ulong)_epoch << 32) | (uint)index;
    }

    // Entries double; the index has two slots per entry, so at most half of it is used.
    private void Grow()
    {
        if (_count >= StateLimits.OverlayRecordsMax)
        {
            throw new InvalidOperationException(
                $"a block touches more than {StateLimits.OverlayRecordsMax} records of one partition; cut the block");
        }

        int length = _entries.Length * 2;
        Array.Resize(ref _entries, length);
        Array.Resize(ref _originals, length);
        _slots = new ulong[length * 2];
        for (int i = 0; i < _count; i++)
        {
            Link(i, _entries[i].Hash32);
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct Entry
    {
        public StateKey Key;
        public TValue Value;
        public uint Hash32;
        public byte Flags;
    }
}
