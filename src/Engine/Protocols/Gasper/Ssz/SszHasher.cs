using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using Tactus.Engine.Primitives;
using Tactus.Kernels;
using Tactus.Kernels.Sha256;

namespace Tactus.Engine.Protocols.Gasper.Ssz;

/// <summary>
/// Merkle roots of SSZ chunks (consensus-specs ssz/simple-serialize.md, "Merkleization") over the SHA-256 kernels: a
/// level at a time, so that wide kernels see whole levels. Safe for concurrent use.</summary>
public sealed class SszHasher
{
    /// <summary>Bytes of a chunk, a leaf and a node.</summary>
    public const int ChunkBytes = 32;

    /// <summary>Deepest tree: a list of 2^40 validators has 40 levels, and 64 holds every ulong limit.</summary>
    public const int DepthMax = 64;

    private readonly KernelLadder<ISha256Kernel> _sha256;
    private readonly Hash256[] _zeroHashes = new Hash256[DepthMax + 1];

    public SszHasher(KernelLadder<ISha256Kernel> sha256)
    {
        _sha256 = sha256;
        for (int depth = 1; depth <= DepthMax; depth++)
        {
            _zeroHashes[depth] = Pair(_zeroHashes[depth - 1], _zeroHashes[depth - 1]);
        }
    }

    /// <summary>Levels of the smallest tree with room for <paramref name="leaves"/>: ceil(log2), 0 for one leaf or
    /// none.</summary>
    public static int DepthOf(ulong leaves) => leaves <= 1 ? 0 : 64 - BitOperations.LeadingZeroCount(leaves - 1);

    /// <summary>Root of an all-zero tree of that depth.</summary>
    public Hash256 ZeroHash(int depth) => _zeroHashes[depth];

    /// <summary>The kernel for a batch of that many messages.</summary>
    public ISha256Kernel Kernel(int batch) => _sha256.For(batch);

    /// <summary>SHA-256 of 64-byte pairs laid end to end. Output may be the start of the input.</summary>
    public void HashPairs(ReadOnlySpan<byte> pairs, Span<byte> digests) =>
        _sha256.For(pairs.Length / (2 * ChunkBytes)).HashPairs(pairs, digests);

    /// <summary>SHA-256 of one message of any length.</summary>
    public Hash256 Hash(ReadOnlySpan<byte> message)
    {
        Span<byte> digest = stackalloc byte[ChunkBytes];
        _sha256.For(1).HashEqual(message, message.Length, digest);
        return new Hash256(digest);
    }

    /// <summary>SHA-256 of two nodes side by side.</summary>
    public Hash256 Pair(in Hash256 left, in Hash256 right)
    {
        Span<byte> buffer = stackalloc byte[2 * ChunkBytes];
        left.CopyTo(buffer);
        right.CopyTo(buffer[ChunkBytes..]);
        Span<byte> digest = stackalloc byte[ChunkBytes];
        _sha256.For(1).HashPairs(buffer, digest);
        return new Hash256(digest);
    }

    /// <summary>Root and length side by side: how a list differs from a vector.</summary>
    public Hash256 MixInLength(in Hash256 root, ulong length)
    {
        Span<byte> tail = stackalloc byte[ChunkBytes];
        tail.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(tail, length);
        return Pair(root, new Hash256(tail));
    }

    /// <summary>Root of a tree of <paramref name="depth"/> levels whose first leaves are given and whose others are
    /// zero.</summary>
    /// <param name="chunks">Leaves; a last one shorter than 32 bytes is padded with zeros.</param>
    /// <param name="depth">Levels above the leaves.</param>
    /// <param name="level">Level the leaves stand at: missing ones are zero trees of that depth.</param>
    public Hash256 Merkleize(ReadOnlySpan<byte> chunks, int depth, int level = 0)
    {
        int count = (chunks.Length + ChunkBytes - 1) / ChunkBytes;
        if (count == 0)
        {
            return _zeroHashes[level + depth];
        }

        if (depth == 0)
        {
            return new Hash256(chunks);
        }

        // One spare chunk: an odd level is padded with the zero tree of its height.
        byte[] buffer = ArrayPool<byte>.Shared.Rent((count + 1) * ChunkBytes);
        Span<byte> nodes = buffer.AsSpan(0, (count + 1) * ChunkBytes);
        nodes[((count - 1) * ChunkBytes)..].Clear();
        chunks.CopyTo(nodes);
        for (int k = 0; k < depth; k++)
        {
            if ((count & 1) != 0)
            {
                _zeroHashes[level + k].CopyTo(nodes[(count * ChunkBytes)..]);
                count++;
            }

            HashPairs(nodes[..(count * ChunkBytes)], nodes);
            count /= 2;
        }

        var root = new Hash256(nodes);
        ArrayPool<byte>.Shared.Return(buffer);
        return root;
    }
}
