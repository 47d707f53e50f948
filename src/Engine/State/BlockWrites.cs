namespace Tactus.Engine.State;

/// <summary>A set of writes, at most one per key, by partition: what a block commits, and, holding before-images, what takes the
/// block back. Reused from block to block: <see cref="Clear"/> keeps the buffers. Threads may fill different partitions.</summary>
public sealed class BlockWrites
{
    private PartitionWrites[] _partitions = new PartitionWrites[StatePartitions.Count];

    /// <summary>An empty set.</summary>
    public BlockWrites()
    {
        for (int i = 0; i < _partitions.Length; i++)
        {
            _partitions[i] = new PartitionWrites();
        }
    }

    /// <summary>Number of cells written or removed.</summary>
    public int CellCount => _partitions.Sum(partition => partition.Cells.Length);

    /// <summary>Number of blobs written or removed.</summary>
    public int BlobCount => _partitions.Sum(partition => partition.Blobs.Length);

    /// <summary>Memory that the buffers hold, in bytes.</summary>
    public long MemoryBytes => _partitions.Sum(partition => partition.MemoryBytes);

    /// <summary>The writes of a partition.</summary>
    public PartitionWrites this[int partition] => _partitions[partition];

    /// <summary>Empties the set and keeps its buffers.</summary>
    public void Clear()
    {
        foreach (PartitionWrites partition in _partitions)
        {
            partition.Clear();
        }
    }

    /// <summary>Exchanges the content of two sets without copying it.</summary>
    public void ExchangeWith(BlockWrites other) => (_partitions, other._partitions) = (other._partitions, _partitions);

    /// <summary>Adds a cell.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cell">The new cell; ignored without <paramref name="present"/>.</param>
    /// <param name="present">Whether there is a record from now on.</param>
    /// <param name="wasPresent">Whether there is a record before the write.</param>
    public void Add(in StateKey key, in StateCell cell, bool present, bool wasPresent) =>
        _partitions[StatePartitions.Of(key)].Add(key, cell, present, wasPresent);

    /// <summary>Adds a blob.</summary>
    /// <param name="key">The key.</param>
    /// <param name="bytes">The new bytes; ignored without <paramref name="present"/>.</param>
    /// <param name="present">Whether there is a blob from now on.</param>
    /// <param name="wasPresent">Whether there is a blob before the write.</param>
    public void AddBlob(in StateKey key, ReadOnlySpan<byte> bytes, bool present, bool wasPresent) =>
        _partitions[StatePartitions.Of(key)].AddBlob(key, bytes, present, wasPresent);
}
