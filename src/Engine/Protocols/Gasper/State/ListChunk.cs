using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Gasper.Ssz;

namespace Tactus.Engine.Protocols.Gasper.State;

/// <summary>A chunk of a <see cref="ChunkedList{T}"/>: items, the Merkle nodes above them, and which leaves
/// changed.</summary>
/// <remarks>
/// Nodes form a heap: node i has children 2i and 2i+1, node 1 is the root, and the leaves (the items themselves) stand
/// at <c>LeafCount..2*LeafCount-1</c>. Dirty bit j stands for the pair of leaves 2j and 2j+1.</remarks>
internal sealed class ListChunk<T>
    where T : unmanaged
{
    private const int NodeBytes = SszHasher.ChunkBytes;

    private readonly Lock _hashing = new();
    private readonly ulong[] _dirtyPairs;
    private byte[]? _nodes;
    private bool _isDirty = true;

    public ListChunk(int capacity)
    {
        Items = new T[capacity];
        _dirtyPairs = new ulong[(Math.Max(1, LeafCount / 2) + 63) / 64];
    }

    /// <summary>A copy that can be written; with the same capacity it keeps the nodes.</summary>
    public ListChunk(ListChunk<T> other, int capacity)
        : this(capacity)
    {
        other.Items.CopyTo(Items, 0);
        lock (other._hashing)
        {
            if (capacity == other.Items.Length && other._nodes is not null)
            {
                _nodes = (byte[])other._nodes.Clone();
                other._dirtyPairs.CopyTo(_dirtyPairs, 0);
                _isDirty = other._isDirty;
            }
        }
    }

    public T[] Items { get; }

    private int LeafCount => Math.Max(1, Items.Length * Unsafe.SizeOf<T>() / NodeBytes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void MarkDirty(int item)
    {
        _isDirty = true;
        int pair = item * Unsafe.SizeOf<T>() / (2 * NodeBytes);
        _dirtyPairs[pair >> 6] |= 1UL << (pair & 63);
    }

    public void MarkAllDirty()
    {
        _isDirty = true;
        _nodes = null;
    }

    /// <summary>Root of the chunk as a tree of <paramref name="depth"/> levels.</summary>
    public Hash256 Root(SszHasher hasher, int depth)
    {
        ReadOnlySpan<byte> leaves = MemoryMarshal.AsBytes<T>(Items);
        int ownDepth = SszHasher.DepthOf((ulong)LeafCount);
        if (ownDepth == 0)
        {
            return hasher.Merkleize(leaves, depth);
        }

        Hash256 root;
        lock (_hashing)
        {
            if (_nodes is null)
            {
                _nodes = new byte[LeafCount * NodeBytes];
                HashAll(hasher, leaves);
            }
            else if (_isDirty)
            {
                HashDirty(hasher, leaves);
            }

            _isDirty = false;
            Array.Clear(_dirtyPairs);
            root = new Hash256(_nodes.AsSpan(NodeBytes, NodeBytes));
        }

        for (int level = ownDepth; level < depth; level++)
        {
            root = hasher.Pair(root, hasher.ZeroHash(level));
        }

        return root;
    }

    private void HashAll(SszHasher hasher, ReadOnlySpan<byte> leaves)
    {
        int parents = LeafCount / 2;
        hasher.HashPairs(leaves, _nodes.AsSpan(parents * NodeBytes, parents * NodeBytes));
        for (parents /= 2; parents > 0; parents /= 2)
        {
            hasher.HashPairs(
                _nodes.AsSpan(2 * parents * NodeBytes, 2 * parents * NodeBytes),
                _nodes.AsSpan(parents * NodeBytes, parents * NodeBytes));
        }
    }

    private void HashDirty(SszHasher hasher, ReadOnlySpan<byte> leaves)
    {
        int parents = LeafCount / 2;
        Span<int> dirty = parents <= 512 ? stackalloc int[parents] : new int[parents];
        int count = 0;
        for (int word = 0; word < _dirtyPairs.Length; word++)
        {
            for (ulong bits = _dirtyPairs[word]; bits != 0; bits &= bits - 1)
            {
                dirty[count++] = (word << 6) + BitOperations.TrailingZeroCount(bits);
            }
        }

        byte[] scratch = System.Buffers.ArrayPool<byte>.Shared.Rent(Math.Max(1, count) * 2 * NodeBytes);
        HashLevel(hasher, leaves, parents, dirty[..count], scratch);
        for (parents /= 2; parents > 0; parents /= 2)
        {
            int kept = 0;
            for (int i = 0; i < count; i++)
            {
                int parent = dirty[i] >> 1;
                if (kept == 0 || dirty[kept - 1] != parent)
                {
                    dirty[kept++] = parent;
                }
            }

            count = kept;
            HashLevel(hasher, _nodes.AsSpan(2 * parents * NodeBytes), parents, dirty[..count], scratch);
        }

        System.Buffers.ArrayPool<byte>.Shared.Return(scratch);
    }

    /// <summary>Rehashes the nodes at <paramref name="dirty"/> of the level with <paramref name="parents"/>
    /// nodes.</summary>
    private void HashLevel(
        SszHasher hasher, ReadOnlySpan<byte> children, int parents, ReadOnlySpan<int> dirty, Span<byte> scratch)
    {
        for (int i = 0; i < dirty.Length; i++)
        {
            children.Slice(dirty[i] * 2 * NodeBytes, 2 * NodeBytes).CopyTo(scratch[(i * 2 * NodeBytes)..]);
        }

        hasher.HashPairs(scratch[..(dirty.Length * 2 * NodeBytes)], scratch);
        for (int i = 0; i < dirty.Length; i++)
        {
            scratch.Slice(i * NodeBytes, NodeBytes).CopyTo(_nodes.AsSpan((parents + dirty[i]) * NodeBytes));
        }
    }
}
