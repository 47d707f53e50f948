using System.Runtime.InteropServices;

namespace Tactus.Engine.State;

/// <summary>One thread's view of the state inside a block: writes go to the block's overlay, reads fall through to the
/// store once per key and block. A journal takes failed transactions back. Nothing is allocated per read or write once the
/// buffers have grown to the block's size.</summary>
public sealed class BlockView : IStateView, IDisposable
{
    private const int LoadBatch = 512;

    private readonly IStateStore _store;
    private readonly IStateSession _session;
    private readonly StateKey[] _loadKeys = new StateKey[LoadBatch];
    private readonly ulong[] _loadHashes = new ulong[LoadBatch];
    private readonly int[] _loadFrom = new int[LoadBatch];
    private readonly CellPlace[] _loadPlaces = new CellPlace[LoadBatch];
    private readonly StateCell[] _loadCells = new StateCell[LoadBatch];
    private readonly bool[] _loadPresent = new bool[LoadBatch];
    private JournalEntry[] _journal = new JournalEntry[64];
    private int _journalCount;
    private byte[] _blobBuffer = new byte[1024];

    /// <summary>A view with an overlay of its own: the serial case.</summary>
    public BlockView(IStateStore store)
        : this(store, new BlockOverlay())
    {
    }

    /// <summary>A view over a shared overlay. The caller keeps to partitions that no other view works on meanwhile.</summary>
    public BlockView(IStateStore store, BlockOverlay overlay)
    {
        _store = store;
        _session = store.OpenSession();
        Overlay = overlay;
    }

    /// <summary>Another view over the same overlay, for another thread.</summary>
    internal BlockView Share() => new(_store, Overlay);

    /// <summary>The block's reads and writes.</summary>
    public BlockOverlay Overlay { get; }

    public bool TryGet(in StateKey key, out StateCell cell)
    {
        ulong hash = key.Hash64;
        OverlayTable<StateCell> table = Overlay.Cells(StatePartitions.Of(hash));
        int index = FindOrLoad(table, key, hash);
        ref readonly OverlayTable<StateCell>.Entry entry = ref table[index];
        if ((entry.Flags & OverlayTable<StateCell>.IsPresent) == 0)
        {
            cell = default;
            return false;
        }

        cell = entry.Value;
        return true;
    }

    public void Put(in StateKey key, in StateCell cell)
    {
        ref OverlayTable<StateCell>.Entry entry = ref Touch(key);
        entry.Value = cell;
        entry.Flags |= OverlayTable<StateCell>.IsPresent | OverlayTable<StateCell>.IsTouched;
    }

    public void Remove(in StateKey key)
    {
        ref OverlayTable<StateCell>.Entry entry = ref Touch(key);
        entry.Flags = (byte)((entry.Flags & ~OverlayTable<StateCell>.IsPresent) | OverlayTable<StateCell>.IsTouched);
    }

    public bool TryGetBlob(in StateKey key, out ReadOnlySpan<byte> bytes)
    {
        ulong hash = key.Hash64;
        int partition = StatePartitions.Of(hash);
        OverlayTable<BlobPlace> table = Overlay.Blobs(partition);
        ref readonly OverlayTable<BlobPlace>.Entry entry = ref table[FindOrLoadBlob(table, partition, key, hash)];
        bool present = (entry.Flags & OverlayTable<BlobPlace>.IsPresent) != 0;
        bytes = present ? Overlay.Arena(partition).Bytes(entry.Value) : default;
        return present;
    }

    public void PutBlob(in StateKey key, ReadOnlySpan<byte> bytes)
    {
        StateArguments.CheckBlob(bytes);
        ref OverlayTable<BlobPlace>.Entry entry = ref TouchBlob(key, out int partition);
        entry.Value = Overlay.Arena(partition).Add(bytes);
        entry.Flags |= OverlayTable<BlobPlace>.IsPresent | OverlayTable<BlobPlace>.IsTouched;
    }

    public void RemoveBlob(in StateKey key)
    {
        ref OverlayTable<BlobPlace>.Entry entry = ref TouchBlob(key, out _);
        entry.Flags = (byte)((entry.Flags & ~OverlayTable<BlobPlace>.IsPresent) | OverlayTable<BlobPlace>.IsTouched);
    }

    public int Mark() => _journalCount;

    /// <exception cref="ArgumentOutOfRangeException">The mark was rolled back or settled before.</exception>
    public void RollbackTo(int mark)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(mark);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(mark, _journalCount);
        while (_journalCount > mark)
        {
            ref readonly JournalEntry undo = ref _journal[--_journalCount];
            if (undo.IsBlob)
            {
                ref OverlayTable<BlobPlace>.Entry entry = ref Overlay.Blobs(undo.Partition)[undo.Index];
                entry.Value = undo.Place;
                entry.Flags = undo.Flags;
            }
            else
            {
                ref OverlayTable<StateCell>.Entry entry = ref Overlay.Cells(undo.Partition)[undo.Index];
                entry.Value = undo.Cell;
                entry.Flags = undo.Flags;
            }
        }
    }

    /// <summary>Keeps every write so far for good and drops the journal, which would otherwise grow with the block: call it
    /// after each transaction. Earlier marks are void.</summary>
    public void Settle() => _journalCount = 0;

    /// <summary>Reads keys into the overlay in batches, ahead of the transactions that will need them.</summary>
    public void Load(ReadOnlySpan<StateKey> keys)
    {
        for (int first = 0; first < keys.Length; first += LoadBatch)
        {
            ReadOnlySpan<StateKey> batch = keys.Slice(first, Math.Min(LoadBatch, keys.Length - first));
            Hash(batch);
            LocateBatch(batch, _loadHashes, _loadPlaces);
        }
    }

    /// <summary>Reads keys into the overlay like <see cref="Load"/> and says where each lies. Places hold until
    /// <see cref="Reset"/>.</summary>
    internal void Locate(ReadOnlySpan<StateKey> keys, Span<CellPlace> places)
    {
        for (int first = 0; first < keys.Length; first += LoadBatch)
        {
            ReadOnlySpan<StateKey> batch = keys.Slice(first, Math.Min(LoadBatch, keys.Length - first));
            Hash(batch);
            LocateBatch(batch, _loadHashes, places[first..]);
        }
    }

    /// <summary>The same for at most 512 keys whose <see cref="StateKey.Hash64"/> is known.</summary>
    internal void Locate(ReadOnlySpan<StateKey> keys, ReadOnlySpan<ulong> hashes, Span<CellPlace> places)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(keys.Length, LoadBatch, nameof(keys));
        LocateBatch(keys, hashes, places);
    }

    /// <summary>The record at a place, to read or to write without a search. Writes through it set
    /// <see cref="OverlayTable{TValue}.IsTouched"/> themselves and are not in the journal: only where nothing can fail
    /// afterwards, and no mark is open.</summary>
    internal ref OverlayTable<StateCell>.Entry At(CellPlace place) => ref Overlay.Cells(place.Partition)[place.Index];

    /// <summary>Collects the net writes and the before-images (<see cref="BlockOverlay.Collect"/>).</summary>
    public void Collect(BlockWrites writes, BlockWrites before) => Overlay.Collect(writes, before);

    /// <summary>Forgets the block, overlay included, and keeps the buffers.</summary>
    public void Reset()
    {
        _journalCount = 0;
        Overlay.Clear();
    }

    public void Dispose() => _session.Dispose();

    private void Hash(ReadOnlySpan<StateKey> keys)
    {
        for (int i = 0; i < keys.Length; i++)
        {
            _loadHashes[i] = keys[i].Hash64;
        }
    }

    private void LocateBatch(ReadOnlySpan<StateKey> keys, ReadOnlySpan<ulong> hashes, Span<CellPlace> places)
    {
        for (int i = 0; i < keys.Length; i++)
        {
            ulong hash = hashes[i];
            Overlay.Cells(StatePartitions.Of(hash)).Prefetch(hash);
        }

        int missing = 0;
        for (int i = 0; i < keys.Length; i++)
        {
            ulong hash = hashes[i];
            int partition = StatePartitions.Of(hash);
            int index = Overlay.Cells(partition).Find(keys[i], hash);
            places[i] = new CellPlace((byte)partition, index);
            if (index < 0)
            {
                _loadFrom[missing] = i;
                _loadKeys[missing++] = keys[i];
            }
        }

        _session.ReadMany(_loadKeys.AsSpan(0, missing), _loadCells, _loadPresent);
        for (int m = 0; m < missing; m++)
        {
            ref readonly StateKey key = ref _loadKeys[m];
            ulong hash = hashes[_loadFrom[m]];
            ref CellPlace place = ref places[_loadFrom[m]];
            OverlayTable<StateCell> table = Overlay.Cells(place.Partition);

            // The batch may hold a key twice.
            int index = table.Find(key, hash);
            place = place with { Index = index >= 0 ? index : table.Add(key, hash, _loadCells[m], _loadPresent[m]) };
        }
    }

    private int FindOrLoad(OverlayTable<StateCell> table, in StateKey key, ulong hash)
    {
        int index = table.Find(key, hash);
        if (index < 0)
        {
            bool present = _session.TryRead(key, out StateCell cell);
            index = table.Add(key, hash, cell, present);
        }

        return index;
    }

    private int FindOrLoadBlob(OverlayTable<BlobPlace> table, int partition, in StateKey key, ulong hash)
    {
        int index = table.Find(key, hash);
        if (index < 0)
        {
            bool present = _session.TryReadBlob(key, ref _blobBuffer, out int length);
            BlobPlace place = present ? Overlay.Arena(partition).Add(_blobBuffer.AsSpan(0, length)) : default;
            index = table.Add(key, hash, place, present);
        }

        return index;
    }

    private ref OverlayTable<StateCell>.Entry Touch(in StateKey key)
    {
        ulong hash = key.Hash64;
        int partition = StatePartitions.Of(hash);
        OverlayTable<StateCell> table = Overlay.Cells(partition);
        int index = FindOrLoad(table, key, hash);
        ref OverlayTable<StateCell>.Entry entry = ref table[index];
        ref JournalEntry undo = ref Journal(partition, index, entry.Flags, isBlob: false);
        undo.Cell = entry.Value;
        return ref entry;
    }

    private ref OverlayTable<BlobPlace>.Entry TouchBlob(in StateKey key, out int partition)
    {
        ulong hash = key.Hash64;
        partition = StatePartitions.Of(hash);
        OverlayTable<BlobPlace> table = Overlay.Blobs(partition);
        int index = FindOrLoadBlob(table, partition, key, hash);
        ref OverlayTable<BlobPlace>.Entry entry = ref table[index];
        ref JournalEntry undo = ref Journal(partition, index, entry.Flags, isBlob: true);
        undo.Place = entry.Value;
        return ref entry;
    }

    private ref JournalEntry Journal(int partition, int index, byte flags, bool isBlob)
    {
        if (_journalCount == _journal.Length)
        {
            Array.Resize(ref _journal, _journal.Length * 2);
        }

        ref JournalEntry entry = ref _journal[_journalCount++];
        entry.Index = index;
        entry.Partition = (byte)partition;
        entry.Flags = flags;
        entry.IsBlob = isBlob;
        return ref entry;
    }

    /// <summary>How an entry of the overlay was before a write.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct JournalEntry
    {
        public StateCell Cell;
        public BlobPlace Place;
        public int Index;
        public byte Partition;
        public byte Flags;
        public bool IsBlob;
    }
}

/// <summary>Where a cell lies in a block's overlay.</summary>
internal readonly record struct CellPlace(byte Partition, int Index);
