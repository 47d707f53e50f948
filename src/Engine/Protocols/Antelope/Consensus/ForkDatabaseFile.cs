using Tactus.Engine.ForkTree;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Types;

namespace Tactus.Engine.Protocols.Antelope.Consensus;

/// <summary>A reversible block of nodeos' fork database.</summary>
/// <param name="State">Header state after it.</param>
/// <param name="Block">The block.</param>
/// <param name="Validated">Whether nodeos had applied it.</param>
public sealed record ForkDatabaseBlock(HeaderState State, SignedBlock Block, bool Validated);

/// <summary>What nodeos keeps of blocks that are not final when it stops: fork_db.dat, version 1 (leap v5.0.3
/// fork_database.cpp): magic, version, root header state, count, block states with parents first, head id.</summary>
/// <param name="Root">State of the last final block; its block is the last of the block log.</param>
/// <param name="Blocks">Reversible blocks, parents first.</param>
/// <param name="HeadId">Id of the head.</param>
public sealed record ForkDatabaseFile(HeaderState Root, IReadOnlyList<ForkDatabaseBlock> Blocks, Hash256 HeadId)
{
    public const uint Magic = 0x30510FDB;

    public const uint FormatVersion = 1;

    /// <summary>Most reversible blocks that are read.</summary>
    public const int BlocksMax = BlockTree<HeaderState>.NodesMaxDefault - 1;

    /// <summary>Fewest bytes of a block state: a bound on what a hostile count can make us reserve.</summary>
    private const int BlockStateBytesMin = 400;

    /// <summary>Reads a whole file.</summary>
    /// <returns>Null with the reason and byte offset where the bytes are no such file.</returns>
    public static ForkDatabaseFile? TryRead(ReadOnlySpan<byte> bytes, out Verdict verdict)
    {
        var reader = new ByteReader(bytes);
        uint magic = reader.ReadUInt32();
        uint version = reader.ReadUInt32();
        if (!reader.Failed && (magic != Magic || version != FormatVersion))
        {
            reader.Fail(
                $"not a fork database: magic 0x{magic:x8} version {version}, "
                + $"expected 0x{Magic:x8} version {FormatVersion}",
                0);
        }

        HeaderState root = HeaderState.Read(ref reader);
        int count = reader.ReadCount(BlocksMax, BlockStateBytesMin, "reversible blocks");
        var blocks = new List<ForkDatabaseBlock>(count);
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            blocks.Add(ReadBlock(ref reader));
        }

        Hash256 headId = reader.ReadHash256();
        if (!reader.Failed && reader.Remaining > 0)
        {
            reader.Fail($"{reader.Remaining} bytes follow the head id");
        }

        verdict = reader.Failed ? Verdict.Malformed(in reader) : Verdict.Ok;
        return reader.Failed ? null : new ForkDatabaseFile(root, blocks, headId);
    }

    /// <summary>The fork tree that the file stands for.</summary>
    /// <returns>Null with the reason where a block does not follow from its parent, or the head is not a validated
    /// block. Signatures are not checked here.</returns>
    public BlockTree<HeaderState>? ToTree(out Verdict verdict)
    {
        var tree = new BlockTree<HeaderState>(
            Root.Id, Root.Header.Previous, Root.Number, Root.Slot, Root, HeaderPreference.Instance);
        foreach (ForkDatabaseBlock entry in Blocks)
        {
            HeaderState state = entry.State;
            ForkNode<HeaderState>? parent = tree.Find(state.Header.Previous);
            if (parent is null || (entry.Validated && !parent.Validated))
            {
                verdict = Verdict.Reject(
                    RejectReason.Unlinkable, $"fork database: the parent of block {state} is missing or not validated");
                return null;
            }

            verdict = parent.State.Next(
                state.Header, state.Signature, state.AdditionalSignatures, out HeaderState? next);
            if (!verdict.Accepted)
            {
                return null;
            }

            if (!next!.Equals(state))
            {
                verdict = Verdict.Reject(
                    RejectReason.Malformed,
                    $"fork database: the state of block {state} does not follow from its parent");
                return null;
            }

            tree.Add(state.Id, state.Header.Previous, state.Number, state.Slot, state, out ForkNode<HeaderState>? node);
            if (entry.Validated)
            {
                tree.MarkValidated(node!);
            }
        }

        if (tree.Find(HeadId) is not { Validated: true } head)
        {
            verdict = Verdict.Reject(
                RejectReason.Malformed, $"fork database: its head {HeadId} is not one of its validated blocks");
            return null;
        }

        tree.SetHead(head);
        verdict = Verdict.Ok;
        return tree;
    }

    /// <summary>block_state: header state, shared pointer to the block, validated.</summary>
    private static ForkDatabaseBlock ReadBlock(ref ByteReader reader)
    {
        int start = reader.Position;
        HeaderState state = HeaderState.Read(ref reader);
        if (!reader.ReadBool())
        {
            reader.Fail("block state has no block", start);
        }

        SignedBlock block = SignedBlock.Read(ref reader);
        bool validated = reader.ReadBool();
        if (!reader.Failed && block.Id() != state.Id)
        {
            reader.Fail($"block state of {state.Number} {state.Id} holds block {block.Id()}", start);
        }

        return new ForkDatabaseBlock(state, block, validated);
    }
}
