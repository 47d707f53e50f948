namespace Tactus.Engine.State;

/// <summary>The reads and writes of one block over the committed state, by partition. One per block in work, reused.
/// Partitions are independent: several <see cref="BlockView"/>s on several threads may share an overlay as long as each
/// partition has one owner at a time.</summary>
public sealed class BlockOverlay
{
    private readonly OverlayTable<StateCell>[] _cells = new OverlayTable<StateCell>[StatePartitions.Count];
    private readonly OverlayTable<BlobPlace>[] _blobs = new OverlayTable<BlobPlace>[StatePartitions.Count];
    private readonly BlobArena[] _arenas = new BlobArena[StatePartitions.Count];

    /// <summary>An empty overlay.</summary>
    public BlockOverlay()
    {
        for (int i = 0; i < StatePartitions.Count; i++)
        {
            _cells[i] = new OverlayTable<StateCell>();
            _blobs[i] = new OverlayTable<BlobPlace>();
            _arenas[i] = new BlobArena();
        }
    }

    internal OverlayTable<StateCell> Cells(int partition) => _cells[partition];

    internal OverlayTable<BlobPlace> Blobs(int partition) => _blobs[partition];

    internal BlobArena Arena(int partition) => _arenas[partition];

    /// <summary>Forgets everything and keeps the buffers, for the next block.</summary>
    public void Clear()
    {
        for (int i = 0; i < StatePartitions.Count; i++)
        {
            _cells[i].Clear();
            _blobs[i].Clear();
            _arenas[i].Clear();
        }
    }

    /// <summary>The net writes of the block and the before-images that take it back. Records that end as they began are
    /// left out. Both sets are cleared first.</summary>
    public void Collect(BlockWrites writes, BlockWrites before)
    {
        writes.Clear();
        before.Clear();
        for (int i = 0; i < StatePartitions.Count; i++)
        {
            CollectPartition(i, writes[i], before[i]);
        }
    }

    /// <summary>The same for one partition, whose sets are empty.</summary>
    internal void CollectPartition(int partition, PartitionWrites writes, PartitionWrites before)
    {
        CollectCells(_cells[partition], writes, before);
        CollectBlobs(_blobs[partition], _arenas[partition], writes, before);
    }

    private static void CollectCells(OverlayTable<StateCell> table, PartitionWrites writes, PartitionWrites before)
    {
        for (int i = 0; i < table.Count; i++)
        {
            ref readonly OverlayTable<StateCell>.Entry entry = ref table[i];
            if ((entry.Flags & OverlayTable<StateCell>.IsTouched) == 0)
            {
                continue;
            }

            bool present = (entry.Flags & OverlayTable<StateCell>.IsPresent) != 0;
            bool was = (entry.Flags & OverlayTable<StateCell>.WasPresent) != 0;
            ref readonly StateCell original = ref table.Original(i);
            if (present != was || (present && entry.Value != original))
            {
                writes.Add(entry.Key, entry.Value, present, was);
                before.Add(entry.Key, original, was, present);
            }
        }
    }

    private static void CollectBlobs(OverlayTable<BlobPlace> table, BlobArena arena, PartitionWrites writes, PartitionWrites before)
    {
        for (int i = 0; i < table.Count; i++)
        {
            ref readonly OverlayTable<BlobPlace>.Entry entry = ref table[i];
            if ((entry.Flags & OverlayTable<BlobPlace>.IsTouched) == 0)
            {
                continue;
            }

            bool present = (entry.Flags & OverlayTable<BlobPlace>.IsPresent) != 0;
            bool was = (entry.Flags & OverlayTable<BlobPlace>.WasPresent) != 0;
            ReadOnlySpan<byte> now = present ? arena.Bytes(entry.Value) : default;
            ReadOnlySpan<byte> original = was ? arena.Bytes(table.Original(i)) : default;
            if (present != was || !now.SequenceEqual(original))
            {
                writes.AddBlob(entry.Key, now, present, was);
                before.AddBlob(entry.Key, original, was, present);
            }
        }
    }
}
