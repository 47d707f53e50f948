using System.Buffers;
using Tactus.Engine.Primitives;
using Tactus.Kernels;
using Tactus.Kernels.Sha256;

namespace Tactus.Engine.Protocols.Antelope.Consensus;

/// <summary>What the producers of many blocks signed, hashed side by side: <see cref="HeaderState.SigningDigest"/> in
/// batches.</summary>
public static class SigningDigests
{
    /// <summary>Writes the digest of each state, 32 bytes each.</summary>
    /// <param name="sha256">Kernels to hash with.</param>
    /// <param name="states">States of any blocks.</param>
    /// <param name="digests">At least 32 bytes for each state.</param>
    public static void Compute(KernelLadder<ISha256Kernel> sha256, ReadOnlySpan<HeaderState> states, Span<byte> digests)
    {
        int count = states.Length;
        BlockRootMerkle[] trees = ArrayPool<BlockRootMerkle>.Shared.Rent(count);
        byte[] roots = ArrayPool<byte>.Shared.Rent(count * Hash256.Size);
        byte[] pairs = ArrayPool<byte>.Shared.Rent(count * 2 * Hash256.Size);
        for (int i = 0; i < count; i++)
        {
            trees[i] = states[i].IsSavanna ? BlockRootMerkle.Empty : states[i].BlockRoot;
        }

        BlockRootMerkle.Roots(sha256, trees.AsSpan(0, count), roots);
        for (int i = 0; i < count; i++)
        {
            Pair(pairs, i, states[i].HeaderDigest.Bytes, roots.AsSpan(i * Hash256.Size, Hash256.Size));
        }

        HashPairs(sha256, pairs, count, roots);
        for (int i = 0; i < count; i++)
        {
            Pair(pairs, i, roots.AsSpan(i * Hash256.Size, Hash256.Size), states[i].Pending.Hash.Bytes);
        }

        HashPairs(sha256, pairs, count, digests);
        for (int i = 0; i < count; i++)
        {
            if (states[i].IsSavanna)
            {
                states[i].Id.CopyTo(digests[(i * Hash256.Size)..]);
            }
        }

        ArrayPool<BlockRootMerkle>.Shared.Return(trees, clearArray: true);
        ArrayPool<byte>.Shared.Return(roots);
        ArrayPool<byte>.Shared.Return(pairs);
    }

    private static void Pair(byte[] pairs, int index, ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        Span<byte> pair = pairs.AsSpan(index * 2 * Hash256.Size, 2 * Hash256.Size);
        left.CopyTo(pair);
        right.CopyTo(pair[Hash256.Size..]);
    }

    private static void HashPairs(KernelLadder<ISha256Kernel> sha256, byte[] pairs, int count, Span<byte> digests)
    {
        if (count > 0)
        {
            sha256.For(count).HashPairs(pairs.AsSpan(0, count * 2 * Hash256.Size), digests);
        }
    }
}
