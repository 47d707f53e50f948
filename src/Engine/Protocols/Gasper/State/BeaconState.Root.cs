using System.Buffers.Binary;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Gasper.Blocks;
using Tactus.Engine.Protocols.Gasper.Presets;
using Tactus.Engine.Protocols.Gasper.Ssz;

namespace Tactus.Engine.Protocols.Gasper.State;

/// <summary>hash_tree_root: only leaves that changed since the last root, and the nodes above them, are
/// hashed.</summary>
public sealed partial class BeaconState
{
    private const int FieldCount = 21;

    /// <summary>hash_tree_root of the state.</summary>
    public Hash256 HashTreeRoot()
    {
        GasperPreset preset = Context.Preset;
        SszHasher hasher = Context.Hasher;
        Span<byte> roots = stackalloc byte[FieldCount * SszHasher.ChunkBytes];
        roots.Clear();
        int field = 0;
        Put(roots, ref field, Number(GenesisTime));
        Put(roots, ref field, GenesisValidatorsRoot);
        Put(roots, ref field, Number(Slot));
        Put(roots, ref field, ForkRoot());
        Put(roots, ref field, LatestBlockHeader.HashTreeRoot(hasher));
        Put(roots, ref field, BlockRoots.Root(hasher, preset.SlotsPerHistoricalRoot));
        Put(roots, ref field, StateRoots.Root(hasher, preset.SlotsPerHistoricalRoot));
        Put(roots, ref field, ListRoot(HistoricalRoots, preset.HistoricalRootsLimit));
        Put(roots, ref field, Eth1Data.HashTreeRoot(hasher));
        Put(roots, ref field, Eth1VotesRoot());
        Put(roots, ref field, Number(Eth1DepositIndex));
        Put(roots, ref field, Validators.Root(hasher, preset.ValidatorRegistryLimit));
        Put(roots, ref field, ListRoot(Balances, preset.ValidatorRegistryLimit));
        Put(roots, ref field, RandaoMixes.Root(hasher, preset.EpochsPerHistoricalVector));
        Put(roots, ref field, Slashings.Root(hasher, preset.EpochsPerSlashingsVector));
        Put(roots, ref field, PreviousEpochAttestations.Root(Context));
        Put(roots, ref field, CurrentEpochAttestations.Root(Context));
        Put(roots, ref field, Number(JustificationBits));
        Put(roots, ref field, CheckpointRoot(PreviousJustified));
        Put(roots, ref field, CheckpointRoot(CurrentJustified));
        Put(roots, ref field, CheckpointRoot(Finalized));
        return hasher.Merkleize(roots, SszHasher.DepthOf(FieldCount));
    }

    private static void Put(Span<byte> roots, ref int field, in Hash256 root) =>
        root.CopyTo(roots[(field++ * SszHasher.ChunkBytes)..]);

    private static Hash256 Number(ulong value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        return new Hash256(bytes);
    }

    private Hash256 ForkRoot()
    {
        var writer = new SszWriter();
        Fork.Write(writer);
        return GasperSchemas.Fork.Root(writer.Written, Context.Hasher);
    }

    private Hash256 CheckpointRoot(in Checkpoint checkpoint) =>
        Context.Hasher.Pair(Number(checkpoint.Epoch), checkpoint.Root);

    private Hash256 ListRoot<T>(ChunkedList<T> list, ulong limit)
        where T : unmanaged =>
        Context.Hasher.MixInLength(list.Root(Context.Hasher, limit), (ulong)list.Count);

    private Hash256 Eth1VotesRoot()
    {
        for (int i = _eth1VoteRoots.Count; i < Eth1DataVotes.Count; i++)
        {
            _eth1VoteRoots.Add(Eth1DataVotes[i].HashTreeRoot(Context.Hasher));
        }

        return ListRoot(
            _eth1VoteRoots, checked(Context.Preset.EpochsPerEth1VotingPeriod * Context.Preset.SlotsPerEpoch));
    }
}
