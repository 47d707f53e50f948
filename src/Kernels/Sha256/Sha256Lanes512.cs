using System.Runtime.CompilerServices;
using Lanes = System.Runtime.Intrinsics.Vector512<uint>;

namespace Tactus.Kernels.Sha256;

/// <summary>Two sets of sixteen lanes; sixteen or fewer messages use the first set alone.</summary>
internal readonly unsafe struct Sha256Lanes512 : ISha256Lanes
{
    /// <summary>Lanes of a set.</summary>
    public const int SetLanes = 16;

    static int ISha256Lanes.Lanes => 2 * SetLanes;

    static int ISha256Lanes.LanesFew => SetLanes;

    static int ISha256Lanes.StepNs => 265;

    static int ISha256Lanes.StepFewNs => 185;

    static int ISha256Lanes.StateStride => SetLanes;

    static int ISha256Lanes.StateIndex(int lane) => (lane / SetLanes * 8 * SetLanes) + (lane % SetLanes);

    [SkipLocalsInit]
    static void ISha256Lanes.Step(byte** blocks, uint* state, bool few)
    {
        byte* memory = stackalloc byte[(33 * sizeof(Lanes)) - 1];
        Lanes* words = (Lanes*)(((nuint)memory + 63) & ~(nuint)63);
        Sha256Transpose512.Load(blocks, words);
        if (few)
        {
            Sha256Compress512.Block(words, (Lanes*)state, (Lanes*)state, Sha256Tables.Rounds);
        }
        else
        {
            Sha256Transpose512.Load(blocks + SetLanes, words + SetLanes);
            Sha256Compress512Twice.Block(words, (Lanes*)state, (Lanes*)state, Sha256Tables.Rounds);
        }
    }
}
