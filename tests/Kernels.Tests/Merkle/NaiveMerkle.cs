using System.Security.Cryptography;
using Tactus.Kernels.Merkle;

namespace Tactus.Kernels.Tests.Merkle;

/// <summary>Roots by the definitions, recursively and with the platform's SHA-256: the oracle of the tree
/// tests.</summary>
internal static class NaiveMerkle
{
    public static byte[] Root(MerkleShape shape, byte[][] leaves) => shape switch
    {
        MerkleShape.AntelopeLegacy => Legacy(leaves),
        MerkleShape.AntelopeSavanna => leaves.Length == 0 ? new byte[32] : SplitAtPower(leaves),
        MerkleShape.Graphene => leaves.Length == 0 ? new byte[20] : Ripemd(CarryUp(leaves)),
        _ => Padded(leaves, PowerAtLeast(leaves.Length)),
    };

    /// <summary>Padded with zero leaves to <paramref name="size"/>, a power of two.</summary>
    public static byte[] Padded(byte[][] leaves, int size)
    {
        byte[][] all = [.. leaves, .. Enumerable.Range(0, size - leaves.Length).Select(_ => new byte[32])];
        return Perfect(all);
    }

    public static byte[] Pair(byte[] left, byte[] right) => SHA256.HashData([.. left, .. right]);

    private static byte[] Perfect(byte[][] nodes) =>
        nodes.Length == 1 ? nodes[0] : Pair(Perfect(nodes[..(nodes.Length / 2)]), Perfect(nodes[(nodes.Length / 2)..]));

    private static byte[] Legacy(byte[][] nodes)
    {
        if (nodes.Length <= 1)
        {
            return nodes.Length == 0 ? new byte[32] : nodes[0];
        }

        byte[][] even = nodes.Length % 2 == 0 ? nodes : [.. nodes, nodes[^1]];
        return Legacy([.. even.Chunk(2).Select(LegacyPair)]);
    }

    private static byte[] LegacyPair(byte[][] children)
    {
        byte[] left = [.. children[0]];
        byte[] right = [.. children[1]];
        left[0] &= 0x7f;
        right[0] |= 0x80;
        return Pair(left, right);
    }

    private static byte[] SplitAtPower(byte[][] nodes)
    {
        if (nodes.Length == 1)
        {
            return nodes[0];
        }

        int split = PowerAtLeast(nodes.Length) / 2;
        return Pair(SplitAtPower(nodes[..split]), SplitAtPower(nodes[split..]));
    }

    private static byte[] CarryUp(byte[][] nodes) =>
        nodes.Length == 1
            ? nodes[0]
            : CarryUp([.. nodes.Chunk(2).Select(c => c.Length == 1 ? c[0] : Pair(c[0], c[1]))]);

    private static byte[] Ripemd(byte[] node)
    {
        var digest = new Org.BouncyCastle.Crypto.Digests.RipeMD160Digest();
        digest.BlockUpdate(node, 0, node.Length);
        byte[] root = new byte[20];
        digest.DoFinal(root, 0);
        return root;
    }

    private static int PowerAtLeast(int n) => n <= 1 ? 1 : 2 * PowerAtLeast((n + 1) / 2);
}
