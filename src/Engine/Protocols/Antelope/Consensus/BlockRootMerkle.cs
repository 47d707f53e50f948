using System.Numerics;
using System.Security.Cryptography;
using Tactus.Engine.Primitives;

namespace Tactus.Engine.Protocols.Antelope.Consensus;

/// <summary>The legacy incremental Merkle tree over the ids of all earlier blocks (blockroot_merkle). Immutable: an
/// append shares the untouched peaks, so a state per block costs one small node.</summary>
/// <remarks>Held as one peak per set bit of the leaf count, lowest first. nodeos serializes the same peaks followed by
/// the root (its "active nodes"; leap v5.0.3 incremental_merkle.hpp); where the count is a power of two the only peak
/// is the root.</remarks>
public sealed partial class BlockRootMerkle : IEquatable<BlockRootMerkle>
{
    private readonly Peak? _lowest;

    private BlockRootMerkle(Peak? lowest, ulong count)
    {
        _lowest = lowest;
        Count = count;
    }

    public static BlockRootMerkle Empty { get; } = new(null, 0);

    /// <summary>Leaves appended.</summary>
    public ulong Count { get; }

    /// <summary>The tree with one more leaf: about one hash on average.</summary>
    public BlockRootMerkle Append(in Hash256 leaf)
    {
        Hash256 carry = leaf;
        int level = 0;
        Peak? peak = _lowest;
        while (peak is not null && peak.Level == level)
        {
            carry = Pair(peak.Hash, carry);
            level++;
            peak = peak.Next;
        }

        return new BlockRootMerkle(new Peak(carry, level, peak), Count + 1);
    }

    /// <summary>The root: the lowest peak is paired with itself up to the next peak, and so on; zeros for no leaves.
    /// Costs one hash per level (29 for 370 million blocks).</summary>
    public Hash256 Root()
    {
        if (_lowest is null)
        {
            return Hash256.Zero;
        }

        Hash256 top = _lowest.Hash;
        int level = _lowest.Level;
        for (Peak? rest = _lowest.Next; rest is not null; rest = rest.Next)
        {
            for (; level < rest.Level; level++)
            {
                top = Pair(top, top);
            }

            top = Pair(rest.Hash, top);
            level++;
        }

        return top;
    }

    /// <summary>vector of active nodes, then the count as u64.</summary>
    public void Write(ByteWriter writer)
    {
        int peaks = BitOperations.PopCount(Count);
        writer.WriteVarUInt32((uint)(peaks > 1 ? peaks + 1 : peaks));
        for (Peak? peak = _lowest; peak is not null; peak = peak.Next)
        {
            writer.WriteHash256(peak.Hash);
        }

        if (peaks > 1)
        {
            writer.WriteHash256(Root());
        }

        writer.WriteUInt64(Count);
    }

    /// <summary>Reads what <see cref="Write"/> and nodeos write; fails where the nodes do not fit the count or the root
    /// is wrong.</summary>
    public static BlockRootMerkle Read(ref ByteReader reader)
    {
        int at = reader.Position;
        int nodeCount = reader.ReadCount(65, Hash256.Size, "active Merkle nodes");
        var nodes = new Hash256[nodeCount];
        for (int i = 0; i < nodeCount; i++)
        {
            nodes[i] = reader.ReadHash256();
        }

        ulong count = reader.ReadUInt64();
        if (reader.Failed)
        {
            return Empty;
        }

        BlockRootMerkle? tree = FromActiveNodes(nodes, count, out string? error);
        if (tree is null)
        {
            reader.Fail(error!, at);
        }

        return tree ?? Empty;
    }

    /// <summary>A tree of <paramref name="count"/> leaves from its active nodes; null with the reason where they do not
    /// fit.</summary>
    public static BlockRootMerkle? FromActiveNodes(ReadOnlySpan<Hash256> nodes, ulong count, out string? error)
    {
        int peaks = BitOperations.PopCount(count);
        int expected = peaks > 1 ? peaks + 1 : peaks;
        if (nodes.Length != expected)
        {
            error = $"block root Merkle tree of {count} leaves has {nodes.Length} active nodes, expected {expected}";
            return null;
        }

        Peak? chain = null;
        int node = peaks - 1;
        for (int level = 63; level >= 0; level--)
        {
            if ((count >> level & 1) != 0)
            {
                chain = new Peak(nodes[node--], level, chain);
            }
        }

        var tree = new BlockRootMerkle(chain, count);
        if (peaks > 1 && tree.Root() != nodes[^1])
        {
            error = $"block root Merkle tree of {count} leaves names root {nodes[^1]}, its peaks give {tree.Root()}";
            return null;
        }

        error = null;
        return tree;
    }

    public bool Equals(BlockRootMerkle? other)
    {
        if (other is null || other.Count != Count)
        {
            return false;
        }

        Peak? y = other._lowest;
        for (Peak? x = _lowest; x is not null; x = x.Next, y = y!.Next)
        {
            if (ReferenceEquals(x, y))
            {
                return true;
            }

            if (x.Hash != y!.Hash)
            {
                return false;
            }
        }

        return true;
    }

    public override bool Equals(object? obj) => Equals(obj as BlockRootMerkle);

    public override int GetHashCode() => HashCode.Combine(Count, _lowest?.Hash);

    /// <summary>sha256 of left and right with the top bit of the first byte cleared in the left and set in the right
    /// (leap v5.0.3 merkle.cpp make_canonical_pair).</summary>
    private static Hash256 Pair(in Hash256 left, in Hash256 right)
    {
        Span<byte> pair = stackalloc byte[2 * Hash256.Size];
        left.CopyTo(pair);
        right.CopyTo(pair[Hash256.Size..]);
        pair[0] &= 0x7f;
        pair[Hash256.Size] |= 0x80;
        Span<byte> digest = stackalloc byte[Hash256.Size];
        SHA256.HashData(pair, digest);
        return new Hash256(digest);
    }

    private sealed record Peak(Hash256 Hash, int Level, Peak? Next);
}
