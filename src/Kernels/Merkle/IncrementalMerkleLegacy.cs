using System.Buffers.Binary;
using System.Numerics;

namespace Tactus.Kernels.Merkle;

/// <summary>
/// The Antelope tree over the ids of all blocks so far, in its legacy shape: keeps one root (peak) per set bit of the
/// leaf count.</summary>
/// <remarks>
/// The peak for bit k is the root of a perfect tree of 2^k leaves; higher bits hold earlier leaves. nodeos serialises
/// the same thing as "active nodes": the peaks from the lowest bit up, then the root of the whole, which is left out
/// where it is itself the only peak (specification: nodeos incremental_merkle; worked through for counts 1 to 6 and
/// tested against its append loop).</remarks>
public sealed class IncrementalMerkleLegacy
{
    private const int NodeBytes = MerkleTree.NodeBytes;

    /// <summary>Counts are below 2^32 (block numbers), so 32 peaks; the root may follow in the serialised
    /// form.</summary>
    private const int PeaksMax = 32;

    private readonly byte[] _peaks = new byte[PeaksMax * NodeBytes];

    /// <summary>Leaves appended so far.</summary>
    public ulong Count { get; private set; }

    /// <summary>Appends a leaf: amortised one hash.</summary>
    /// <exception cref="InvalidOperationException">The tree holds 2^32 - 1 leaves.</exception>
    public void Append(ReadOnlySpan<byte> leaf)
    {
        if (Count == uint.MaxValue)
        {
            throw new InvalidOperationException("The block root tree is full: 2^32 - 1 leaves.");
        }

        Span<byte> top = stackalloc byte[NodeBytes];
        leaf[..NodeBytes].CopyTo(top);
        int bit = 0;
        for (; (Count >> bit & 1) != 0; bit++)
        {
            HashPair(Peak(bit), top, top);
        }

        top.CopyTo(Peak(bit));
        Count++;
    }

    /// <summary>Writes the root of all leaves so far (32 bytes); zeros when there are none.</summary>
    public void Root(Span<byte> root)
    {
        root = root[..NodeBytes];
        if (Count == 0)
        {
            root.Clear();
            return;
        }

        int bit = BitOperations.TrailingZeroCount(Count);
        int height = BitOperations.Log2(Count - 1 | 1) + (Count > 1 ? 1 : 0);
        Peak(bit).CopyTo(root);
        bool partial = false;
        for (; bit < height; bit++)
        {
            // Bit set: an earlier subtree of this height stands to the left, unless this is the peak that was started
            // from.
            if (partial && (Count >> bit & 1) != 0)
            {
                HashPair(Peak(bit), root, root);
            }
            else
            {
                HashPair(root, root, root);
            }

            partial = true;
        }
    }

    /// <summary>An independent copy.</summary>
    public IncrementalMerkleLegacy Clone()
    {
        var copy = new IncrementalMerkleLegacy { Count = Count };
        _peaks.CopyTo(copy._peaks, 0);
        return copy;
    }

    /// <summary>Number of active nodes of the form that nodeos stores.</summary>
    public int ActiveNodeCount => ActiveNodeCountOf(Count);

    /// <summary>Writes the active nodes (32 bytes each), root last.</summary>
    public void WriteActiveNodes(Span<byte> nodes)
    {
        int at = 0;
        for (int bit = 0; bit < PeaksMax; bit++)
        {
            if ((Count >> bit & 1) != 0)
            {
                Peak(bit).CopyTo(nodes[at..]);
                at += NodeBytes;
            }
        }

        if (ActiveNodeCount * NodeBytes > at)
        {
            Root(nodes[at..]);
        }
    }

    /// <summary>Builds the tree from a leaf count and its active nodes (32 bytes each, root last).</summary>
    /// <exception cref="FormatException">The number of nodes does not fit the count, or the last is not the root of the
    /// others.</exception>
    public static IncrementalMerkleLegacy FromActiveNodes(ulong count, ReadOnlySpan<byte> nodes)
    {
        if (count > uint.MaxValue || nodes.Length != ActiveNodeCountOf(count) * NodeBytes)
        {
            throw new FormatException(
                $"Incremental Merkle tree: {nodes.Length} bytes of active nodes do not fit a count of {count} leaves.");
        }

        var tree = new IncrementalMerkleLegacy { Count = count };
        int at = 0;
        for (int bit = 0; bit < PeaksMax; bit++)
        {
            if ((count >> bit & 1) != 0)
            {
                nodes.Slice(at, NodeBytes).CopyTo(tree.Peak(bit));
                at += NodeBytes;
            }
        }

        Span<byte> root = stackalloc byte[NodeBytes];
        tree.Root(root);
        return count == 0 || root.SequenceEqual(nodes[^NodeBytes..])
            ? tree
            : throw new FormatException("Incremental Merkle tree: the last active node is not the root of the others.");
    }

    /// <summary>Bytes that <see cref="Save"/> writes.</summary>
    public int SavedBytes => 1 + (ActiveNodeCount * NodeBytes) + sizeof(ulong);

    /// <summary>Writes nodeos' form: node count (varuint32, always one byte), nodes, leaf count (u64). Returns the
    /// bytes written.</summary>
    public int Save(Span<byte> output)
    {
        output[0] = (byte)ActiveNodeCount;
        WriteActiveNodes(output[1..]);
        BinaryPrimitives.WriteUInt64LittleEndian(output[(SavedBytes - sizeof(ulong))..], Count);
        return SavedBytes;
    }

    /// <summary>Reads what <see cref="Save"/> wrote; says how many bytes that was.</summary>
    /// <exception cref="FormatException">The input is short or not such a tree.</exception>
    public static IncrementalMerkleLegacy Load(ReadOnlySpan<byte> input, out int bytesRead)
    {
        int nodesBytes = input.IsEmpty ? 0 : input[0] * NodeBytes;
        bytesRead = 1 + nodesBytes + sizeof(ulong);
        if (input.Length < bytesRead || input[0] > PeaksMax + 1)
        {
            throw new FormatException(
                $"Incremental Merkle tree: {input.Length} bytes hold no such tree; "
                + $"it has at most {PeaksMax + 1} nodes.");
        }

        ulong count = BinaryPrimitives.ReadUInt64LittleEndian(input[(1 + nodesBytes)..]);
        return FromActiveNodes(count, input.Slice(1, nodesBytes));
    }

    private static int ActiveNodeCountOf(ulong count) =>
        BitOperations.PopCount(count) + (count == 0 || BitOperations.IsPow2(count) ? 0 : 1);

    private Span<byte> Peak(int bit) => _peaks.AsSpan(bit * NodeBytes, NodeBytes);

    private static void HashPair(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Span<byte> parent)
    {
        Span<byte> children = stackalloc byte[2 * NodeBytes];
        left.CopyTo(children);
        right.CopyTo(children[NodeBytes..]);
        MerkleLevels.SetChildBits(children);
        System.Security.Cryptography.SHA256.HashData(children, parent);
    }
}
