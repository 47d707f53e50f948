using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols;
using Tactus.Engine.State;
using Tactus.Engine.Storage;
using Tactus.Kernels;

namespace Tactus.Engine.Pipeline;

/// <summary>Opens a chain on its store: writes the genesis state into an empty one; after a restart rebuilds the fork tree from
/// the last irreversible block of the checkpoint, and applies the blocks of the log that the checkpoint does not have.</summary>
public static class ChainOpening
{
    private const uint AttachmentMagic = 0x31544354; // "TCT1"

    /// <summary>Opens the chain up to the block on which the store's state stands. <see cref="Reapply"/> does the rest.</summary>
    /// <exception cref="StorageException">The store belongs to another chain, or its parts do not fit each other.</exception>
    public static Chain Open(IProtocol protocol, KernelSet kernels, ChainStore store, IBlockTransition transition)
    {
        GenesisBlock genesis = protocol.Genesis;
        if (store.Head is null)
        {
            using (var view = new BlockView(store.State))
            {
                transition.InitializeState(view, () => Flush(store.State, view));
                store.CommitGenesis(new ChainPoint(genesis.Number, genesis.Id), view);
            }

            return new Chain(protocol, genesis, store, transition);
        }

        GenesisBlock root = LoadAttachment(protocol, store, transition);
        var chain = new Chain(protocol, root, store, transition);
        AddLoggedHeaders(chain, kernels, store);
        chain.RestoreHeadState();
        uint final = chain.AdvanceFinality();
        store.SetIrreversible(final);
        transition.Finalized(final);
        return chain;
    }

    /// <summary>Applies the blocks that the log has beyond the state.</summary>
    /// <param name="pipeline">Pipeline over the chain.</param>
    /// <param name="applied">Called after each block with its number and the last one.</param>
    /// <exception cref="StorageException">A logged block does not apply: the log was written by another version or is damaged.</exception>
    public static void Reapply(BlockPipeline pipeline, Action<uint, uint>? applied = null)
    {
        ChainStore store = pipeline.Chain.Store!;
        var block = new BlockWork();
        byte[] buffer = [];
        while (store.BlocksToReapply > 0)
        {
            ulong number = store.Head!.Value.Number + 1;
            if (!store.Log.TryRead(number, ref buffer, out int length, out _))
            {
                throw new StorageException($"the block log lacks block {number}");
            }

            Verdict verdict = pipeline.Process(block, buffer.AsSpan(0, length));
            if (!verdict.Accepted)
            {
                throw new StorageException(
                    $"block {number} of the log does not apply ({verdict}). The data was written by another version, with other "
                    + "parameters, or is damaged: start with the options it was made with, or with an empty folder.");
            }

            applied?.Invoke((uint)number, (uint)store.Log.Head);
        }
    }

    /// <summary>What a checkpoint carries beside the state: the root of the fork tree and what the transition keeps.</summary>
    public static byte[] SaveAttachment(Chain chain)
    {
        ForkTree.ForkNode<ChainBlock> root = chain.Root;
        var writer = new ByteWriter(64 * 1024);
        writer.WriteUInt32(AttachmentMagic);
        writer.WriteHash256(chain.Protocol.Genesis.Id);
        writer.WriteUInt32(root.Number);
        writer.WriteHash256(root.Id);
        writer.WriteInt64(root.Slot);
        int lengthAt = writer.Length;
        writer.WriteUInt32(0);
        chain.Consensus.Save(root.State.ConsensusState, writer);
        uint length = (uint)(writer.Length - lengthAt - 4);
        writer.Patch(lengthAt, length);
        chain.Transition!.Save(writer);
        return writer.ToArray();
    }

    private static void Flush(IStateStore store, BlockView view)
    {
        var writes = new BlockWrites();
        view.Collect(writes, new BlockWrites());
        store.Commit(writes);
        view.Reset();
    }

    private static GenesisBlock LoadAttachment(IProtocol protocol, ChainStore store, IBlockTransition transition)
    {
        var reader = new ByteReader(store.Attachment);
        if (reader.ReadUInt32() != AttachmentMagic)
        {
            throw new StorageException("the checkpoint's attachment is not of this format");
        }

        Hash256 genesisId = reader.ReadHash256();
        if (genesisId != protocol.Genesis.Id)
        {
            throw new StorageException(
                $"the data belongs to the chain of genesis block {genesisId.ToShortString()}, not {protocol.Genesis.Id.ToShortString()}: "
                + "start with the options it was made with, or with an empty folder");
        }

        uint number = reader.ReadUInt32();
        Hash256 id = reader.ReadHash256();
        long slot = reader.ReadInt64();
        int length = (int)reader.ReadUInt32();
        var stateReader = new ByteReader(reader.ReadSpan(length));
        object state = protocol.Consensus.Load(ref stateReader);
        transition.Load(ref reader);
        if (reader.Failed || stateReader.Failed)
        {
            throw new StorageException(
                $"the checkpoint's attachment is damaged: {reader.FailReason ?? stateReader.FailReason}; delete the manifest to "
                + "build the state again from the block log");
        }

        // Blocks that the store took back because the log's branch leaves them.
        for (ulong above = store.RestoredAt!.Value.Number; above > store.Head!.Value.Number; above--)
        {
            transition.Unwound((uint)above, default);
        }

        return new GenesisBlock(number, id, slot, default, state);
    }

    private static void AddLoggedHeaders(Chain chain, KernelSet kernels, ChainStore store)
    {
        IBlockDecoder decoder = chain.Protocol.CreateDecoder(kernels);
        var block = new BlockWork();
        byte[] buffer = [];
        for (ulong number = chain.Root.Number + 1UL; number <= store.Head!.Value.Number; number++)
        {
            if (!store.Log.TryRead(number, ref buffer, out int length, out _))
            {
                throw new StorageException($"the block log lacks block {number}, which the checkpoint has applied");
            }

            block.Load(buffer.AsSpan(0, length));
            Verdict verdict = decoder.Decode(block);
            verdict = verdict.Accepted ? chain.CheckHeader(block, trustSignature: true) : verdict;
            verdict = verdict.Accepted ? chain.AddBlock(block) : verdict;
            if (!verdict.Accepted)
            {
                throw new StorageException($"block {number} of the log does not fit the checkpoint: {verdict}");
            }

            chain.MoveForward(chain.Find(block.Id)!);
        }
    }
}
