using Tactus.Kernels.Sha256;

namespace Tactus.Kernels.Merkle;

/// <summary>One step up a tree: a level, or several at once where the kernel holds subtrees in its lanes.</summary>
internal static class MerkleLevels
{
    private const int NodeBytes = MerkleTree.NodeBytes;

    /// <summary>
    /// Reduces nodes (two or more) of the given level by <paramref name="levels"/> levels into the start of
    /// <paramref name="parents"/>, which may be the nodes' own memory.
    /// </summary>
    public static void Reduce(
        KernelLadder<ISha256Kernel> sha256,
        MerkleShape shape,
        ReadOnlySpan<byte> nodes,
        int level,
        int levels,
        Span<byte> parents)
    {
        int count = nodes.Length / NodeBytes;
        int whole = count >> levels;
        int restCount = count - (whole << levels);
        ISha256Kernel kernel = sha256.For(count / 2);

        // The nodes that fill no subtree, taken first: the parents may overwrite the nodes. Below levelsMax 6, 63 nodes
        // at most.
        Span<byte> rest = stackalloc byte[(restCount + 1) * NodeBytes];
        nodes[(whole << levels << 5)..].CopyTo(rest);

        ReadOnlySpan<byte> full = nodes[..(whole << levels << 5)];
        if (kernel is ISha256SubtreeKernel wide)
        {
            wide.HashSubtrees(full, levels, shape == MerkleShape.AntelopeLegacy, parents);
        }
        else if (shape == MerkleShape.AntelopeLegacy)
        {
            full.CopyTo(parents);
            SetChildBits(parents[..full.Length]);
            kernel.HashPairs(parents[..full.Length], parents);
        }
        else
        {
            kernel.HashPairs(full, parents);
        }

        for (int i = 0; i < levels && restCount > 0; i++)
        {
            restCount = ReduceRest(sha256, shape, rest, restCount, level + i);
        }

        rest[..(restCount * NodeBytes)].CopyTo(parents[(whole * NodeBytes)..]);
    }

    /// <summary>Reduces the last nodes of a level, in place, when more nodes precede them; returns how many
    /// remain.</summary>
    private static int ReduceRest(
        KernelLadder<ISha256Kernel> sha256,
        MerkleShape shape,
        Span<byte> rest,
        int count,
        int level)
    {
        bool odd = count % 2 != 0;
        Span<byte> last = rest.Slice((count - 1) * NodeBytes, NodeBytes);
        Span<byte> beyond = rest.Slice(count * NodeBytes, odd ? NodeBytes : 0);
        bool carried = odd && shape is MerkleShape.AntelopeSavanna or MerkleShape.Graphene;
        if (odd && shape == MerkleShape.AntelopeLegacy)
        {
            last.CopyTo(beyond);
        }
        else if (odd && shape is MerkleShape.Skycoin or MerkleShape.Ssz)
        {
            ZeroSubtrees.At(level).CopyTo(beyond);
        }

        int pairs = odd && !carried ? (count + 1) / 2 : count / 2;
        Span<byte> children = rest[..(pairs * 2 * NodeBytes)];
        if (shape == MerkleShape.AntelopeLegacy)
        {
            SetChildBits(children);
        }

        sha256.For(pairs).HashPairs(children, rest);
        if (carried)
        {
            last.CopyTo(rest[(pairs * NodeBytes)..]);
        }

        return pairs + (carried ? 1 : 0);
    }

    /// <summary>Antelope's canonical bits: the top bit of byte 0 clear in left children and set in right
    /// ones.</summary>
    internal static void SetChildBits(Span<byte> children)
    {
        for (int at = 0; at < children.Length; at += 2 * NodeBytes)
        {
            children[at] &= 0x7f;
            children[at + NodeBytes] |= 0x80;
        }
    }
}
