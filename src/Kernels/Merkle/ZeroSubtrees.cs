using Tactus.Kernels.Sha256;

namespace Tactus.Kernels.Merkle;

/// <summary>Roots of perfect subtrees of zero leaves: level 0 is 32 zero bytes, level k + 1 is sha256(level k | level
/// k).</summary>
internal static class ZeroSubtrees
{
    /// <summary>Levels held: a limit is at most 2^63 leaves.</summary>
    public const int LevelsMax = 64;

    private static readonly byte[] Roots = Build();

    public static ReadOnlySpan<byte> At(int level) => Roots.AsSpan(level * 32, 32);

    private static byte[] Build()
    {
        byte[] roots = new byte[LevelsMax * 32];
        Span<byte> pair = stackalloc byte[64];
        for (int level = 1; level < LevelsMax; level++)
        {
            ReadOnlySpan<byte> below = roots.AsSpan((level - 1) * 32, 32);
            below.CopyTo(pair);
            below.CopyTo(pair[32..]);
            Sha256Scalar.Hash(pair, roots.AsSpan(level * 32, 32));
        }

        return roots;
    }
}
