using Tactus.Engine.Primitives;

namespace Tactus.Engine.ForkTree;

/// <content>Save, load and clone.</content>
public sealed partial class BlockTree<TState>
{
    private const uint Magic = 0x4b524654; // "TFRK"
    private const uint FormatVersion = 1;

    /// <summary>Writes the tree: magic, version, head id, count, then the nodes in order of arrival, root
    /// first.</summary>
    public void Save(ByteWriter writer, IForkStateCodec<TState> codec)
    {
        writer.WriteUInt32(Magic);
        writer.WriteUInt32(FormatVersion);
        writer.WriteHash256(Head.Id);
        writer.WriteUInt32((uint)_nodes.Count);

        // Arrival order puts parents first, but the root may have arrived after a branch that is gone; it has no parent
        // here.
        Write(writer, codec, Root);
        foreach (ForkNode<TState> node in Nodes)
        {
            if (node != Root)
            {
                Write(writer, codec, node);
            }
        }
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <param name="reader">Stands at the magic; ends after the last node.</param>
    /// <param name="codec">The protocol's state codec.</param>
    /// <param name="preference">The protocol's order.</param>
    /// <param name="nodesMax">Bound of the new tree; a longer file is refused.</param>
    /// <param name="verdict">Why there is no tree.</param>
    public static BlockTree<TState>? Load(
        ref ByteReader reader,
        IForkStateCodec<TState> codec,
        IForkPreference<TState> preference,
        int nodesMax,
        out Verdict verdict)
    {
        int at = reader.Position;
        if (reader.ReadUInt32() != Magic || reader.ReadUInt32() != FormatVersion)
        {
            reader.Fail($"not a saved fork tree of version {FormatVersion}", at);
        }

        Hash256 headId = reader.ReadHash256();
        uint count = reader.ReadUInt32();
        if (count == 0 || count > (uint)nodesMax)
        {
            reader.Fail($"saved fork tree has {count} blocks, allowed are 1 to {nodesMax}", at);
        }

        BlockTree<TState>? tree = null;
        for (uint i = 0; i < count && !reader.Failed; i++)
        {
            int start = reader.Position;
            Hash256 id = reader.ReadHash256();
            Hash256 parentId = reader.ReadHash256();
            uint number = reader.ReadUInt32();
            long slot = reader.ReadInt64();
            bool validated = reader.ReadBool();
            TState state = codec.Read(ref reader);
            if (reader.Failed)
            {
                break;
            }

            if (tree is null)
            {
                tree = new BlockTree<TState>(id, parentId, number, slot, state, preference, nodesMax);
                continue;
            }

            ForkNode<TState>? parent = tree.Find(parentId);
            if (parent is null || parent.Number >= number || tree.Find(id) is not null
                || (validated && !parent.Validated))
            {
                reader.Fail($"saved fork tree: block {number} {id} does not fit its parent {parentId}", start);
                break;
            }

            tree.Link(
                new ForkNode<TState>(id, parentId, number, slot, state, tree._sequence++) { Validated = validated },
                parent);
        }

        ForkNode<TState>? head = tree?.Find(headId);
        if (!reader.Failed && head is not { Validated: true })
        {
            reader.Fail($"saved fork tree: head {headId} is not one of its validated blocks", at);
        }

        if (reader.Failed)
        {
            verdict = Verdict.Malformed(in reader);
            return null;
        }

        tree!.Head = head!;
        verdict = Verdict.Ok;
        return tree;
    }

    /// <summary>An independent tree with the same blocks, head and order of arrival; states are shared.</summary>
    public BlockTree<TState> Clone()
    {
        var copy = new BlockTree<TState>(
            Root.Id, Root.ParentId, Root.Number, Root.Slot, Root.State, _preference, NodesMax);
        foreach (ForkNode<TState> node in Nodes)
        {
            if (node != Root)
            {
                copy.Link(
                    new ForkNode<TState>(node.Id, node.ParentId, node.Number, node.Slot, node.State, copy._sequence++)
                    {
                        Validated = node.Validated,
                    },
                    copy._nodes[node.ParentId]);
            }
        }

        copy.Head = copy._nodes[Head.Id];
        copy.RefusedFull = RefusedFull;
        return copy;
    }

    private static void Write(ByteWriter writer, IForkStateCodec<TState> codec, ForkNode<TState> node)
    {
        writer.WriteHash256(node.Id);
        writer.WriteHash256(node.ParentId);
        writer.WriteUInt32(node.Number);
        writer.WriteInt64(node.Slot);
        writer.WriteBool(node.Validated);
        codec.Write(writer, node.State);
    }
}
