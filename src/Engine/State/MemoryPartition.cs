using System.Runtime.InteropServices;

namespace Tactus.Engine.State;

/// <summary>Open-addressing table of one partition's cells: linear probing, deletion by backward shift, 80 bytes per slot.
/// One writer at a time; readers run beside it and retry while the version is odd or has moved.</summary>
internal sealed class MemoryPartition
{
    // At most 4 of 5 slots are used: a miss then probes 13 slots on average (Knuth, 6.4), which lie side by side.
    private const int UsedNumerator = 4;
    private const int UsedDenominator = 5;
    private const int SlotsMin = 16;

    private readonly Lock _writer = new();
    private Slot[] _slots;
    private int _count;
    private int _version;

    public MemoryPartition(int records) =>
        _slots = new Slot[Math.Max(SlotsMin, (int)Math.Min(Array.MaxLength, ((long)records * UsedDenominator / UsedNumerator) + 1))];

    public int Count => Volatile.Read(ref _count);

    public long MemoryBytes => (long)Volatile.Read(ref _slots).Length * Slot.Size;

    public bool TryRead(in StateKey key, ulong hash, out StateCell cell)
    {
        SpinWait spin = default;
        while (true)
        {
            int before = Volatile.Read(ref _version);
            if ((before & 1) == 0)
            {
                Slot[] slots = Volatile.Read(ref _slots);
                int at = Find(slots, key, hash);
                bool found = at >= 0;
                cell = found ? slots[at].Cell : default;
                Volatile.ReadBarrier();
                if (Volatile.Read(ref _version) == before)
                {
                    return found;
                }
            }

            spin.SpinOnce();
        }
    }

    public void Apply(ReadOnlySpan<CellWrite> writes)
    {
        if (writes.IsEmpty)
        {
            return;
        }

        lock (_writer)
        {
            Volatile.Write(ref _version, _version + 1);
            Volatile.WriteBarrier();
            foreach (ref readonly CellWrite write in writes)
            {
                if (write.Present != 0)
                {
                    Put(write.Key, write.Cell);
                }
                else
                {
                    Remove(write.Key);
                }
            }

            Volatile.Write(ref _version, _version + 1);
        }
    }

    public void Clear()
    {
        Volatile.Write(ref _version, _version + 1);
        Volatile.WriteBarrier();
        Array.Clear(_slots);
        _count = 0;
        Volatile.Write(ref _version, _version + 1);
    }

    /// <summary>Calls the visitor with every live cell. No write may run at the same time.</summary>
    public void Scan<TVisitor>(TVisitor visitor)
        where TVisitor : ICellVisitor
    {
        foreach (ref readonly Slot slot in _slots.AsSpan())
        {
            if (slot.Used != 0)
            {
                visitor.Visit(slot.Key, slot.Cell);
            }
        }
    }

    private static int HomeOf(ulong hash, int slots) => (int)(((hash & uint.MaxValue) * (ulong)slots) >> 32);

    // Bounded by the number of slots, so that a reader beside a writer ends even where it sees no empty slot.
    private static int Find(Slot[] slots, in StateKey key, ulong hash)
    {
        int at = HomeOf(hash, slots.Length);
        for (int probes = 0; probes < slots.Length; probes++)
        {
            ref readonly Slot slot = ref slots[at];
            if (slot.Used == 0)
            {
                return ~at;
            }

            if (slot.Key == key)
            {
                return at;
            }

            at = at + 1 == slots.Length ? 0 : at + 1;
        }

        return ~0;
    }

    private void Put(in StateKey key, in StateCell cell)
    {
        ulong hash = key.Hash64;
        int at = Find(_slots, key, hash);
        if (at < 0)
        {
            if ((long)(_count + 1) * UsedDenominator > (long)_slots.Length * UsedNumerator)
            {
                Grow();
                at = Find(_slots, key, hash);
            }

            at = ~at;
            _slots[at].Key = key;
            _slots[at].Used = 1;
            _count++;
        }

        _slots[at].Cell = cell;
    }

    private void Remove(in StateKey key)
    {
        int hole = Find(_slots, key, key.Hash64);
        if (hole < 0)
        {
            return;
        }

        // Pull back every follower whose home does not lie cyclically in (hole, follower].
        int length = _slots.Length;
        int next = hole;
        while (true)
        {
            next = next + 1 == length ? 0 : next + 1;
            if (_slots[next].Used == 0)
            {
                break;
            }

            int home = HomeOf(_slots[next].Key.Hash64, length);
            bool stays = hole < next ? hole < home && home <= next : hole < home || home <= next;
            if (!stays)
            {
                _slots[hole] = _slots[next];
                hole = next;
            }
        }

        _slots[hole] = default;
        _count--;
    }

    private void Grow()
    {
        Slot[] old = _slots;
        int length = (int)Math.Min(Array.MaxLength, ((long)old.Length * 3 / 2) + 1);
        var slots = new Slot[length];
        foreach (ref readonly Slot slot in old.AsSpan())
        {
            if (slot.Used != 0)
            {
                slots[~Find(slots, slot.Key, slot.Key.Hash64)] = slot;
            }
        }

        Volatile.Write(ref _slots, slots);
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Slot
    {
        public const int Size = StateKey.Size + StateCell.Size + sizeof(ulong);

        public StateKey Key;
        public StateCell Cell;
        public ulong Used;
    }
}

/// <summary>Receives the cells of a scan.</summary>
internal interface ICellVisitor
{
    void Visit(in StateKey key, in StateCell cell);
}
