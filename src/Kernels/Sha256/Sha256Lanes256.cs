using System.Runtime.CompilerServices;
using Lanes = System.Runtime.Intrinsics.Vector256<uint>;

namespace Tactus.Kernels.Sha256;

/// <summary>Eight lanes. Its sixteen registers hold one state and its temporaries, so there is no second set.</summary>
internal readonly unsafe struct Sha256Lanes256 : ISha256Lanes
{
    /// <summary>Lanes of the set.</summary>
    public const int SetLanes = 8;

    private const int NodeBytes = Sha256Scalar.DigestBytes;

    static int ISha256Lanes.Lanes => SetLanes;

    static int ISha256Lanes.LanesFew => SetLanes;

    static int ISha256Lanes.StepNs => 260;

    static int ISha256Lanes.StepFewNs => 260;

    static int ISha256Lanes.StateStride => SetLanes;

    static int ISha256Lanes.StateIndex(int lane) => lane;

    [SkipLocalsInit]
    static void ISha256Lanes.Step(byte** blocks, uint* state, bool few)
    {
        byte* memory = stackalloc byte[(17 * sizeof(Lanes)) - 1];
        Lanes* words = (Lanes*)(((nuint)memory + 31) & ~(nuint)31);
        Sha256Transpose256.Load(blocks, words);
        Sha256Compress256.Block(words, (Lanes*)state, (Lanes*)state, Sha256Tables.Rounds);
    }

    /// <summary>Pairs of nodes to their parents, eight at a time. The parents may be the start of the pairs.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void HashPairs(byte* pairs, int count, byte* parents)
    {
        byte* memory = stackalloc byte[(17 * sizeof(Lanes)) - 1];
        Lanes* words = (Lanes*)(((nuint)memory + 31) & ~(nuint)31);
        byte** rows = stackalloc byte*[SetLanes];
        byte* last = stackalloc byte[SetLanes * NodeBytes];
        for (int at = 0; at < count; at += SetLanes)
        {
            int some = Math.Min(SetLanes, count - at);
            for (int i = 0; i < SetLanes; i++)
            {
                // Lanes beyond the last pair repeat it.
                rows[i] = pairs + (2L * NodeBytes * (at + Math.Min(i, some - 1)));
            }

            Sha256Transpose256.Load(rows, words);
            Sha256Compress256.Block(words, (Lanes*)Sha256Tables.InitialState8, words, Sha256Tables.Rounds);
            Sha256Compress256.SharedBlock(Sha256Tables.EndOf64Bytes, words, words);
            byte* to = parents + ((long)NodeBytes * at);
            Sha256Transpose256.Store(words, some == SetLanes ? to : last);
            if (some != SetLanes)
            {
                Buffer.MemoryCopy(last, to, some * NodeBytes, some * NodeBytes);
            }
        }
    }
}
