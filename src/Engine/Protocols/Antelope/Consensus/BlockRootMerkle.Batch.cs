using System.Buffers;
using Tactus.Engine.Primitives;
using Tactus.Kernels;
using Tactus.Kernels.Sha256;

namespace Tactus.Engine.Protocols.Antelope.Consensus;

/// <content>Roots of many trees side by side. Every level of a root depends on the one below, so one root cannot use
/// wide lanes; roots of different blocks can.</content>
public sealed partial class BlockRootMerkle
{
    /// <summary>Writes the root of each tree, 32 bytes each.</summary>
    /// <param name="sha256">Kernels to hash with.</param>
    /// <param name="trees">The trees.</param>
    /// <param name="roots">At least 32 bytes for each tree.</param>
    public static void Roots(KernelLadder<ISha256Kernel> sha256, ReadOnlySpan<BlockRootMerkle> trees, Span<byte> roots)
    {
        Peak?[] rest = ArrayPool<Peak?>.Shared.Rent(trees.Length);
        int[] lanes = ArrayPool<int>.Shared.Rent(trees.Length);
        byte[] pairs = ArrayPool<byte>.Shared.Rent(trees.Length * 2 * Hash256.Size);
        int open = 0;
        for (int i = 0; i < trees.Length; i++)
        {
            Peak? lowest = trees[i]._lowest;
            (lowest?.Hash ?? Hash256.Zero).CopyTo(roots[(i * Hash256.Size)..]);
            rest[i] = lowest?.Next;
            open += rest[i] is null ? 0 : 1;
        }

        for (int level = 0; open > 0; level++)
        {
            int count = 0;
            for (int i = 0; i < trees.Length; i++)
            {
                if (rest[i] is { } next && trees[i]._lowest!.Level <= level)
                {
                    Span<byte> pair = pairs.AsSpan(count * 2 * Hash256.Size, 2 * Hash256.Size);
                    ReadOnlySpan<byte> top = roots.Slice(i * Hash256.Size, Hash256.Size);
                    bool joins = next.Level == level;
                    (joins ? next.Hash.Bytes : top).CopyTo(pair);
                    top.CopyTo(pair[Hash256.Size..]);
                    pair[0] &= 0x7f;
                    pair[Hash256.Size] |= 0x80;
                    rest[i] = joins ? next.Next : next;
                    open -= rest[i] is null ? 1 : 0;
                    lanes[count++] = i;
                }
            }

            if (count == 0)
            {
                continue;
            }

            sha256.For(count).HashPairs(pairs.AsSpan(0, count * 2 * Hash256.Size), pairs);
            for (int lane = 0; lane < count; lane++)
            {
                pairs.AsSpan(lane * Hash256.Size, Hash256.Size).CopyTo(roots[(lanes[lane] * Hash256.Size)..]);
            }
        }

        ArrayPool<Peak?>.Shared.Return(rest, clearArray: true);
        ArrayPool<int>.Shared.Return(lanes);
        ArrayPool<byte>.Shared.Return(pairs);
    }
}
