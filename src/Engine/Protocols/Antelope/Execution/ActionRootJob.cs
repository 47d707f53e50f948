using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Kernels;
using Tactus.Kernels.Merkle;

namespace Tactus.Engine.Protocols.Antelope.Execution;

/// <summary>The root over a block's action receipts, on several threads: subtrees first, then what is above
/// them.</summary>
internal sealed class ActionRootJob(KernelSet kernels) : ParallelJob
{
    /// <summary>Levels of a subtree: 4096 leaves, 128 KiB.</summary>
    private const int SubtreeLevels = 12;

    private const int SubtreeBytes = Hash256.Size << SubtreeLevels;

    private byte[] _roots = new byte[64 * Hash256.Size];
    private ReadOnlyMemory<byte> _leaves;

    /// <param name="runner">Threads.</param>
    /// <param name="leaves">Digests of the receipts, 32 bytes each.</param>
    public Hash256 Run(IParallelRunner runner, ReadOnlyMemory<byte> leaves)
    {
        _leaves = leaves;
        int subtrees = (leaves.Length + SubtreeBytes - 1) / SubtreeBytes;
        Span<byte> root = stackalloc byte[Hash256.Size];
        if (subtrees <= 1)
        {
            Reduce(leaves.Span, root);
            return new Hash256(root);
        }

        if (_roots.Length < subtrees * Hash256.Size)
        {
            _roots = new byte[subtrees * Hash256.Size * 2];
        }

        runner.Run(this, subtrees);
        Reduce(_roots.AsSpan(0, subtrees * Hash256.Size), root);
        return new Hash256(root);
    }

    protected override void RunPart(int part)
    {
        ReadOnlySpan<byte> leaves = _leaves.Span[(part * SubtreeBytes)..];
        leaves = leaves[..Math.Min(leaves.Length, SubtreeBytes)];
        Span<byte> root = _roots.AsSpan(part * Hash256.Size, Hash256.Size);
        Reduce(leaves, root);

        // An odd last node meets itself, on every level up to the height of the other subtrees.
        Span<byte> pair = stackalloc byte[2 * Hash256.Size];
        for (int nodes = leaves.Length / Hash256.Size; nodes <= 1 << (SubtreeLevels - 1); nodes = Math.Max(
            2, nodes * 2))
        {
            root.CopyTo(pair);
            root.CopyTo(pair[Hash256.Size..]);
            Reduce(pair, root);
        }
    }

    private void Reduce(ReadOnlySpan<byte> nodes, Span<byte> root) =>
        MerkleTree.Root(kernels.Sha256, MerkleShape.AntelopeLegacy, nodes, root);
}
