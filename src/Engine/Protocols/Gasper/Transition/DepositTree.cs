using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Gasper.Presets;
using Tactus.Engine.Protocols.Gasper.Ssz;

namespace Tactus.Engine.Protocols.Gasper.Transition;

/// <summary>
/// The deposit contract's tree of 2^32 leaves, built by appending, and cut down to what finalized deposits leave behind
/// (EIP-4881): full subtrees below the finalized count keep only their root.
/// </summary>
public sealed class DepositTree(SszHasher hasher)
{
    private const int Depth = GasperPreset.DepositTreeDepth;

    // _levels[k] holds the roots of full subtrees of 2^k leaves that are known, starting at _first[k].
    private readonly List<Hash256>[] _levels = [.. Enumerable.Range(0, Depth + 1).Select(_ => new List<Hash256>())];
    private readonly ulong[] _first = new ulong[Depth + 1];

    /// <summary>Deposits appended so far.</summary>
    public ulong Count { get; private set; }

    /// <summary>Deposits that are finalized: their branches can no longer be asked for.</summary>
    public ulong FinalizedCount { get; private set; }

    /// <summary>A tree that continues from the finalized subtree roots of a snapshot, largest first.</summary>
    /// <exception cref="FormatException">The number of roots does not fit the count.</exception>
    public static DepositTree FromSnapshot(SszHasher hasher, IReadOnlyList<Hash256> finalized, ulong count)
    {
        ArgumentNullException.ThrowIfNull(finalized);
        if (count > 1UL << Depth || finalized.Count != System.Numerics.BitOperations.PopCount(count))
        {
            throw new FormatException($"deposit snapshot: {finalized.Count} roots do not make up {count} deposits");
        }

        var tree = new DepositTree(hasher) { Count = count, FinalizedCount = count };
        int next = 0;
        for (int level = Depth; level >= 0; level--)
        {
            tree._first[level] = count >> level;
            if ((count >> level & 1) != 0)
            {
                tree._first[level] = (count >> level) - 1;
                tree._levels[level].Add(finalized[next++]);
            }
        }

        return tree;
    }

    /// <summary>Appends the hash_tree_root of a DepositData.</summary>
    /// <exception cref="InvalidOperationException">The tree is full.</exception>
    public void Append(in Hash256 leaf)
    {
        if (Count == 1UL << Depth)
        {
            throw new InvalidOperationException("the deposit tree is full");
        }

        Hash256 node = leaf;
        ulong index = Count++;
        for (int level = 0; ; level++)
        {
            _levels[level].Add(node);
            if ((index & 1) == 0 || level == Depth)
            {
                return;
            }

            node = hasher.Pair(Node(level, index - 1), node);
            index >>= 1;
        }
    }

    /// <summary>The deposit root: the tree with the count mixed in.</summary>
    public Hash256 Root() => hasher.MixInLength(SubtreeRoot(Depth, 0), Count);

    /// <summary>The 33 nodes that prove deposit <paramref name="index"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The deposit is finalized or not there yet.</exception>
    public byte[] Proof(ulong index)
    {
        if (index >= Count || index < FinalizedCount)
        {
            throw new ArgumentOutOfRangeException(
                nameof(index), index, $"branches are known for deposits {FinalizedCount}..{Count - 1}");
        }

        byte[] proof = new byte[(Depth + 1) * Hash256.Size];
        for (int level = 0; level < Depth; level++)
        {
            SubtreeRoot(level, (index >> level) ^ 1).CopyTo(proof.AsSpan(level * Hash256.Size));
        }

        Seeds.RootOf(Count).CopyTo(proof.AsSpan(Depth * Hash256.Size));
        return proof;
    }

    /// <summary>Forgets what lies below full finalized subtrees.</summary>
    public void Finalize(ulong count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Count);
        FinalizedCount = Math.Max(FinalizedCount, count);
        for (int level = 0; level <= Depth; level++)
        {
            // A node stays while it is a root of the snapshot (its parent is not full) or lies beyond the finalized
            // part.
            ulong parents = FinalizedCount >> level >> 1;
            ulong keepFrom = Math.Min(parents * 2, _first[level] + (ulong)_levels[level].Count);
            if (keepFrom > _first[level])
            {
                _levels[level].RemoveRange(0, (int)(keepFrom - _first[level]));
                _first[level] = keepFrom;
            }
        }
    }

    /// <summary>Roots of the full subtrees that make up the finalized deposits, largest first: the snapshot of
    /// EIP-4881.</summary>
    public IReadOnlyList<Hash256> Snapshot()
    {
        var roots = new List<Hash256>();
        for (int level = Depth; level >= 0; level--)
        {
            if ((FinalizedCount >> level & 1) != 0)
            {
                roots.Add(Node(level, (FinalizedCount >> level) - 1));
            }
        }

        return roots;
    }

    /// <summary>is_valid_merkle_branch for a deposit: 32 levels, then the count.</summary>
    public static bool IsInTree(
        in Hash256 leaf, ReadOnlySpan<byte> proof, ulong index, in Hash256 root, SszHasher hasher)
    {
        ArgumentNullException.ThrowIfNull(hasher);
        Hash256 node = leaf;
        for (int level = 0; level <= Depth; level++)
        {
            var sibling = new Hash256(proof.Slice(level * Hash256.Size, Hash256.Size));
            node = (index >> level & 1) != 0 ? hasher.Pair(sibling, node) : hasher.Pair(node, sibling);
        }

        return node == root;
    }

    private Hash256 Node(int level, ulong index) => _levels[level][(int)(index - _first[level])];

    private Hash256 SubtreeRoot(int level, ulong index)
    {
        if (index < Count >> level)
        {
            return Node(level, index);
        }

        return index << level >= Count
            ? hasher.ZeroHash(level)
            : hasher.Pair(SubtreeRoot(level - 1, index * 2), SubtreeRoot(level - 1, (index * 2) + 1));
    }
}
