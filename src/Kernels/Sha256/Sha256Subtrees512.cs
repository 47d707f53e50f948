using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Lanes = System.Runtime.Intrinsics.Vector512<uint>;

namespace Tactus.Kernels.Sha256;

/// <summary>Levels of perfect subtrees, one subtree in each of sixteen lanes.</summary>
/// <remarks>
/// A node of sixteen lanes is 8 vectors (512 B): word k of lane i is element i of vector k. Children 2j and 2j + 1 of a level lie
/// side by side, so they are the 16 message words of parent j as they stand: only the leaves and the roots are transposed.
/// </remarks>
internal static unsafe class Sha256Subtrees512
{
    /// <summary>2^6 leaves in each lane: their parents take 32 x 512 B = 16 KiB, a third of the first-level cache.</summary>
    public const int LevelsMax = 6;

    private const int SetLanes = Sha256Lanes512.SetLanes;
    private const int NodeBytes = Sha256Scalar.DigestBytes;
    private const int PairBytes = 2 * NodeBytes;

    /// <summary>Vectors of a node of sixteen lanes.</summary>
    private const int NodeVectors = 8;

    /// <summary>One level: pairs of nodes to their parents, 32 at a time.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void HashPairs(byte* pairs, int count, bool childBits, byte* parents)
    {
        byte* memory = stackalloc byte[(33 * sizeof(Lanes)) - 1];
        Lanes* words = (Lanes*)(((nuint)memory + 63) & ~(nuint)63);
        byte** rows = stackalloc byte*[2 * SetLanes];
        byte* last = stackalloc byte[2 * SetLanes * NodeBytes];
        for (int at = 0; at < count; at += 2 * SetLanes)
        {
            int some = Math.Min(2 * SetLanes, count - at);
            bool two = some > SetLanes;

            // Lanes beyond the last pair repeat it.
            for (int i = 0; i < (two ? 2 * SetLanes : SetLanes); i++)
            {
                rows[i] = pairs + ((long)PairBytes * (at + Math.Min(i, some - 1)));
            }

            Sha256Transpose512.Load(rows, words);
            if (two)
            {
                Sha256Transpose512.Load(rows + SetLanes, words + SetLanes);
                HashTwo(words, childBits, words);
            }
            else
            {
                HashOne(words, childBits, words);
            }

            byte* to = some == 2 * SetLanes || some == SetLanes ? parents + ((long)NodeBytes * at) : last;
            Sha256Transpose512.Store(words, to);
            if (two)
            {
                Sha256Transpose512.Store(words + NodeVectors, to + (SetLanes * NodeBytes));
            }

            if (to == last)
            {
                Buffer.MemoryCopy(last, parents + ((long)NodeBytes * at), some * NodeBytes, some * NodeBytes);
            }
        }
    }

    /// <summary>Two levels or more: runs of 2^levels nodes to their roots, sixteen runs at a time.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void HashRuns(byte* nodes, int runs, int levels, bool childBits, byte* roots)
    {
        int leaves = 1 << levels;
        byte* memory = stackalloc byte[(((NodeVectors << (LevelsMax - 1)) + 33) * sizeof(Lanes)) - 1];
        Lanes* words = (Lanes*)(((nuint)memory + 63) & ~(nuint)63);
        Lanes* level = words + 32;
        byte** rows = stackalloc byte*[2 * SetLanes];
        byte* last = stackalloc byte[SetLanes * NodeBytes];
        for (int run = 0; run < runs; run += SetLanes)
        {
            int some = Math.Min(SetLanes, runs - run);
            for (int pair = 0; pair < leaves / 2; pair += 2)
            {
                for (int i = 0; i < SetLanes; i++)
                {
                    // Lanes beyond the last run repeat it.
                    long leaf = ((long)(run + Math.Min(i, some - 1)) * leaves) + (2 * pair);
                    rows[i] = nodes + (leaf * NodeBytes);
                    rows[i + SetLanes] = rows[i] + PairBytes;
                }

                Sha256Transpose512.Load(rows, words);
                Sha256Transpose512.Load(rows + SetLanes, words + SetLanes);
                HashTwo(words, childBits, level + (NodeVectors * pair));
            }

            for (int pairs = leaves / 4; pairs > 1; pairs /= 2)
            {
                // Parents j and j + 1 go to where their children, and those of earlier ones, have been used up.
                for (int pair = 0; pair < pairs; pair += 2)
                {
                    HashTwo(level + (2 * NodeVectors * pair), childBits, level + (NodeVectors * pair));
                }
            }

            HashOne(level, childBits, level);
            Sha256Transpose512.Store(level, some == SetLanes ? roots + ((long)NodeBytes * run) : last);
            if (some != SetLanes)
            {
                Buffer.MemoryCopy(last, roots + ((long)NodeBytes * run), some * NodeBytes, some * NodeBytes);
            }
        }
    }

    /// <summary>Sixteen pairs: 16 vectors of words, which are overwritten, to a node.</summary>
    private static void HashOne(Lanes* words, bool childBits, Lanes* parent)
    {
        if (childBits)
        {
            SetChildBits(words);
        }

        Sha256Compress512.Block(words, (Lanes*)Sha256Tables.InitialState16, words, Sha256Tables.Rounds);
        Sha256Compress512.SharedBlock(Sha256Tables.EndOf64Bytes, words, parent);
    }

    /// <summary>Twice sixteen pairs: 32 vectors of words, which are overwritten, to two nodes.</summary>
    private static void HashTwo(Lanes* words, bool childBits, Lanes* parents)
    {
        if (childBits)
        {
            SetChildBits(words);
            SetChildBits(words + SetLanes);
        }

        Sha256Compress512Twice.Block(words, (Lanes*)Sha256Tables.InitialState16, words, Sha256Tables.Rounds);
        Sha256Compress512Twice.SharedBlock(Sha256Tables.EndOf64Bytes, words, parents);
    }

    /// <summary>Word 0 begins the left child and word 8 the right one; the first byte is the top one.</summary>
    private static void SetChildBits(Lanes* words)
    {
        words[0] &= Vector512.Create(0x7fffffffu);
        words[8] |= Vector512.Create(0x80000000u);
    }
}
