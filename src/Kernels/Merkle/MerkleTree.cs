using System.Buffers;
using System.Numerics;
using Tactus.Kernels.Sha256;

namespace Tactus.Kernels.Merkle;

/// <summary>Merkle roots of every shape, level by level on the SHA-256 kernel that suits the length of the
/// level.</summary>
/// <remarks>
/// Splitting at the largest power of two (Savanna) gives the same tree as pairing neighbours level by level and
/// carrying an odd last node up: below every node of the left part all levels are even. So all shapes are one loop, and
/// they differ in what an odd last node meets: itself, nothing, or the root of a subtree of zeros of its own height.
/// </remarks>
public static class MerkleTree
{
    /// <summary>Bytes of a node.</summary>
    public const int NodeBytes = 32;

    /// <summary>Bytes of a root: 20 for <see cref="MerkleShape.Graphene"/>, else 32.</summary>
    public static int RootBytes(MerkleShape shape) => shape == MerkleShape.Graphene ? Ripemd160.DigestBytes : NodeBytes;

    /// <summary>Root over <c>leaves.Length / 32</c> leaves laid end to end, which are left unchanged.</summary>
    /// <exception cref="ArgumentException">The leaves are not whole, or <paramref name="root"/> is too
    /// short.</exception>
    public static void Root(
        KernelLadder<ISha256Kernel> sha256,
        MerkleShape shape,
        ReadOnlySpan<byte> leaves,
        Span<byte> root)
    {
        // The first level halves and an odd node may follow; legacy child bits may have to be set in a copy of the
        // leaves.
        int count = CountOf(leaves);
        int scratchNodes = shape == MerkleShape.AntelopeLegacy ? count : (count / 2) + 1;
        byte[] scratch = ArrayPool<byte>.Shared.Rent(scratchNodes * NodeBytes);
        Reduce(sha256, shape, leaves, scratch, root);
        ArrayPool<byte>.Shared.Return(scratch);
    }

    /// <summary>The same, using the memory of the leaves as scratch: they are overwritten.</summary>
    /// <exception cref="ArgumentException">The leaves are not whole, or <paramref name="root"/> is too
    /// short.</exception>
    public static void RootInPlace(
        KernelLadder<ISha256Kernel> sha256,
        MerkleShape shape,
        Span<byte> leaves,
        Span<byte> root) =>
        Reduce(sha256, shape, leaves, leaves, root);

    /// <summary>SSZ merkleize: root over chunks of 32 bytes, padded with zero chunks to
    /// <paramref name="limitChunks"/>.</summary>
    /// <exception cref="ArgumentException">More chunks than the limit, chunks that are not whole, or a short
    /// root.</exception>
    public static void SszRoot(
        KernelLadder<ISha256Kernel> sha256,
        ReadOnlySpan<byte> chunks,
        ulong limitChunks,
        Span<byte> root)
    {
        int count = CountOf(chunks);
        if ((ulong)count > limitChunks || limitChunks > 1UL << (ZeroSubtrees.LevelsMax - 1))
        {
            throw new ArgumentException(
                $"{count} chunks against a limit of {limitChunks}; the largest limit is 2^63.", nameof(limitChunks));
        }

        int depth = HeightOf(limitChunks);
        if (count == 0)
        {
            ZeroSubtrees.At(depth).CopyTo(root);
            return;
        }

        Root(sha256, MerkleShape.Ssz, chunks, root);
        Span<byte> pair = stackalloc byte[2 * NodeBytes];
        for (int level = HeightOf((ulong)count); level < depth; level++)
        {
            root[..NodeBytes].CopyTo(pair);
            ZeroSubtrees.At(level).CopyTo(pair[NodeBytes..]);
            sha256.For(1).HashPairs(pair, root);
        }
    }

    /// <summary>SSZ mix_in_length: root := sha256(root | length as 32 little-endian bytes).</summary>
    public static void MixInLength(KernelLadder<ISha256Kernel> sha256, Span<byte> root, ulong length)
    {
        Span<byte> pair = stackalloc byte[2 * NodeBytes];
        pair.Clear();
        root[..NodeBytes].CopyTo(pair);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(pair[NodeBytes..], length);
        sha256.For(1).HashPairs(pair, root);
    }

    /// <summary>Levels above the leaves of the smallest perfect tree that holds <paramref name="leaves"/>.</summary>
    private static int HeightOf(ulong leaves) => leaves <= 1 ? 0 : BitOperations.Log2(leaves - 1) + 1;

    private static int CountOf(ReadOnlySpan<byte> leaves) =>
        leaves.Length % NodeBytes == 0
            ? leaves.Length / NodeBytes
            : throw new ArgumentException(
                $"{leaves.Length} bytes are not whole leaves of {NodeBytes} bytes.", nameof(leaves));

    /// <summary>
    /// Reduces level after level into <paramref name="scratch"/>, which is separate from the leaves (and then half as
    /// long, plus a node; in the legacy shape as long) or is the leaves themselves.</summary>
    private static void Reduce(
        KernelLadder<ISha256Kernel> sha256,
        MerkleShape shape,
        ReadOnlySpan<byte> leaves,
        Span<byte> scratch,
        Span<byte> root)
    {
        if (root.Length < RootBytes(shape))
        {
            throw new ArgumentException(
                $"The root takes {RootBytes(shape)} bytes; there are {root.Length}.", nameof(root));
        }

        int count = CountOf(leaves);
        if (count == 0)
        {
            root[..RootBytes(shape)].Clear();
            return;
        }

        ReadOnlySpan<byte> nodes = leaves;
        for (int level = 0; count > 1;)
        {
            int levels = LevelsAtOnce(sha256, count);
            MerkleLevels.Reduce(sha256, shape, nodes[..(count * NodeBytes)], level, levels, scratch);
            count = ((count - 1) >> levels) + 1;
            level += levels;
            nodes = scratch;
        }

        if (shape == MerkleShape.Graphene)
        {
            Ripemd160.Hash(nodes[..NodeBytes], root);
        }
        else
        {
            nodes[..NodeBytes].CopyTo(root);
        }
    }

    /// <summary>
    /// Levels to hash without leaving lane order. Nodes that do not fill a subtree cost a short batch for each of its
    /// levels, so the tree must be large or divide evenly.</summary>
    private static int LevelsAtOnce(KernelLadder<ISha256Kernel> sha256, int count)
    {
        if (sha256.For(count / 2) is not ISha256SubtreeKernel wide || count < 4 * wide.SubtreeLanes)
        {
            return 1;
        }

        int levels = Math.Min(wide.SubtreeLevelsMax, BitOperations.Log2((uint)(count / wide.SubtreeLanes)));
        return count % (1 << levels) == 0 || count >= UnevenCountMin ? levels : 1;
    }

    /// <summary>From this many nodes, what lane order saves (some 1 ns a node) exceeds the short batches of an uneven
    /// end.</summary>
    private const int UnevenCountMin = 4096;
}
