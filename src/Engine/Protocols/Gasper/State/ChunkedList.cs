using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Gasper.Ssz;

namespace Tactus.Engine.Protocols.Gasper.State;

/// <summary>
/// A list in chunks that clones share until one of them writes, and that keeps the Merkle nodes over each chunk: a
/// clone costs one reference per chunk, a root costs the nodes above leaves that changed since the last one.</summary>
/// <remarks>
/// Items of 1, 2, 4 or 8 bytes are packed into leaves, 32-byte items are leaves; others cannot be hashed. One thread
/// writes and hashes a list; its clones may be read and hashed by other threads.</remarks>
public sealed class ChunkedList<T>
    where T : unmanaged
{
    private const int CapacityMin = 16;

    private readonly List<ListChunk<T>> _chunks = [];
    private readonly List<bool> _isOwned = [];
    private readonly int _capacityMax;
    private (ulong Limit, Hash256 Root)? _root;

    /// <param name="lengthMax">Length that is never exceeded, so that a short vector takes no whole chunk.</param>
    public ChunkedList(ulong lengthMax = ulong.MaxValue)
    {
        _capacityMax = (int)Math.Min(
            (ulong)ItemsPerChunk, BitOperations.RoundUpToPowerOf2(Math.Min(lengthMax, 1UL << 32)));
    }

    private ChunkedList(ChunkedList<T> other)
    {
        _capacityMax = other._capacityMax;
        _chunks.AddRange(other._chunks);
        for (int i = 0; i < _chunks.Count; i++)
        {
            _isOwned.Add(false);
            other._isOwned[i] = false;
        }

        Count = other.Count;
        _root = other._root;
    }

    /// <summary>Items of a full chunk: 32 KiB of 8-byte or 32-byte items, which stays out of the large-object
    /// heap.</summary>
    public static int ItemsPerChunk => Unsafe.SizeOf<T>() > 8 ? 1024 : 4096;

    public int Count { get; private set; }

    public int ChunkCount => _chunks.Count;

    public T this[int index]
    {
        get
        {
            CheckIndex(index);
            return _chunks[index / ItemsPerChunk].Items[index % ItemsPerChunk];
        }

        set
        {
            CheckIndex(index);
            ListChunk<T> chunk = Own(index / ItemsPerChunk);
            int at = index % ItemsPerChunk;
            chunk.Items[at] = value;
            chunk.MarkDirty(at);
        }
    }

    /// <summary>A list that shares every chunk with this one until either writes to it.</summary>
    public ChunkedList<T> Clone() => new(this);

    /// <summary>The items of a chunk that are in use.</summary>
    public ReadOnlySpan<T> Chunk(int chunk) =>
        _chunks[chunk].Items.AsSpan(0, Math.Min(ItemsPerChunk, Count - (chunk * ItemsPerChunk)));

    /// <summary>The items of a chunk for writing; all of them count as changed.</summary>
    public Span<T> WriteChunk(int chunk)
    {
        ListChunk<T> own = Own(chunk);
        own.MarkAllDirty();
        return own.Items.AsSpan(0, Math.Min(ItemsPerChunk, Count - (chunk * ItemsPerChunk)));
    }

    public void Add(T item)
    {
        int chunk = Count / ItemsPerChunk;
        if (chunk == _chunks.Count)
        {
            _chunks.Add(new ListChunk<T>(Math.Min(CapacityMin, _capacityMax)));
            _isOwned.Add(true);
        }

        int at = Count % ItemsPerChunk;
        ListChunk<T> own = Own(chunk);
        if (at == own.Items.Length)
        {
            own = new ListChunk<T>(own, own.Items.Length * 2);
            _chunks[chunk] = own;
        }

        Count++;
        own.Items[at] = item;
        own.MarkDirty(at);
    }

    /// <summary>Makes the list <paramref name="items"/> and nothing else.</summary>
    public void Assign(ReadOnlySpan<T> items)
    {
        Resize(items.Length);
        for (int chunk = 0; chunk < _chunks.Count; chunk++)
        {
            Span<T> to = WriteChunk(chunk);
            items.Slice(chunk * ItemsPerChunk, to.Length).CopyTo(to);
        }
    }

    /// <summary>Makes the list <paramref name="count"/> default items.</summary>
    public void Resize(int count)
    {
        _chunks.Clear();
        _isOwned.Clear();
        _root = null;
        Count = count;
        for (int left = count; left > 0; left -= ItemsPerChunk)
        {
            int capacity = (int)BitOperations.RoundUpToPowerOf2(
                (uint)Math.Max(Math.Min(left, ItemsPerChunk), CapacityMin));
            _chunks.Add(new ListChunk<T>(Math.Min(capacity, _capacityMax)));
            _isOwned.Add(true);
        }
    }

    public void Clear() => Resize(0);

    public void CopyTo(Span<T> destination)
    {
        for (int chunk = 0; chunk < _chunks.Count; chunk++)
        {
            Chunk(chunk).CopyTo(destination[(chunk * ItemsPerChunk)..]);
        }
    }

    /// <summary>Root of the vector of these items; of a list, the root before the length is mixed in.</summary>
    /// <param name="hasher">Hashes the nodes that changed.</param>
    /// <param name="limit">Items there is room for.</param>
    public Hash256 Root(SszHasher hasher, ulong limit)
    {
        ArgumentNullException.ThrowIfNull(hasher);
        if (_root is not { } known || known.Limit != limit)
        {
            known = (limit, ComputeRoot(hasher, limit));
            _root = known;
        }

        return known.Root;
    }

    private Hash256 ComputeRoot(SszHasher hasher, ulong limit)
    {
        int size = Unsafe.SizeOf<T>();
        int depth = SszHasher.DepthOf((ulong)((((UInt128)limit * (uint)size) + 31) / 32));
        int chunkDepth = Math.Min(depth, SszHasher.DepthOf((ulong)(ItemsPerChunk * size / 32)));
        if (_chunks.Count == 0)
        {
            return hasher.ZeroHash(depth);
        }

        Hash256[] roots = new Hash256[_chunks.Count];
        for (int i = 0; i < roots.Length; i++)
        {
            roots[i] = _chunks[i].Root(hasher, chunkDepth);
        }

        return hasher.Merkleize(MemoryMarshal.AsBytes<Hash256>(roots), depth - chunkDepth, chunkDepth);
    }

    private void CheckIndex(int index)
    {
        if ((uint)index >= (uint)Count)
        {
            throw new ArgumentOutOfRangeException(nameof(index), index, $"the list has {Count} items");
        }
    }

    private ListChunk<T> Own(int chunk)
    {
        _root = null;
        if (!_isOwned[chunk])
        {
            _chunks[chunk] = new ListChunk<T>(_chunks[chunk], _chunks[chunk].Items.Length);
            _isOwned[chunk] = true;
        }

        return _chunks[chunk];
    }
}
