using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Gasper.Blocks;
using Tactus.Engine.Protocols.Gasper.Presets;
using Tactus.Engine.Protocols.Gasper.State;

namespace Tactus.Engine.Protocols.Gasper.ForkChoice;

/// <summary>
/// Saving and loading. States are large and implied by the blocks, so a save names blocks only: whoever loads brings
/// the states, by replay from the finalized one or out of a checkpoint.</summary>
public sealed partial class ForkChoiceStore
{
    private const byte SaveVersion = 1;

    // Root, parent, slot, three checkpoints, timely.
    private const int SavedNodeBytes = 32 + 32 + 8 + (3 * Checkpoint.Size) + 1;

    private ForkChoiceStore(GasperContext context, ProtoArray tree, VoteTracker votes, ulong genesisTime)
    {
        _context = context;
        _tree = tree;
        _votes = votes;
        GenesisTime = genesisTime;
    }

    /// <summary>Everything but the states: clock, checkpoints, block tree and latest messages.</summary>
    public byte[] Save()
    {
        var writer = new ByteWriter(1 << 16);
        writer.WriteByte(SaveVersion);
        writer.WriteUInt64(Time);
        writer.WriteUInt64(GenesisTime);
        foreach (Checkpoint checkpoint in (ReadOnlySpan<Checkpoint>)[Justified, Finalized, UnrealizedJustified, UnrealizedFinalized])
        {
            Write(writer, checkpoint);
        }

        writer.WriteHash256(ProposerBoostRoot);
        writer.WriteUInt32((uint)_tree.Count);
        for (int i = 0; i < _tree.Count; i++)
        {
            ref readonly ProtoNode node = ref _tree[i];
            writer.WriteHash256(node.Root);
            writer.WriteHash256(node.ParentRoot);
            writer.WriteUInt64(node.Slot);
            Write(writer, node.Justified);
            Write(writer, node.Finalized);
            Write(writer, node.UnrealizedJustified);
            writer.WriteBool(node.IsTimely);
        }

        _votes.Save(writer);
        return writer.ToArray();
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <param name="context">Constants and kernels.</param>
    /// <param name="bytes">The save.</param>
    /// <param name="stateOf">State after a block of the save.</param>
    /// <param name="store">The store, or null.</param>
    public static Verdict TryLoad(
        GasperContext context, ReadOnlySpan<byte> bytes, Func<Hash256, BeaconState?> stateOf,
        out ForkChoiceStore? store)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(stateOf);
        store = null;
        var reader = new ByteReader(bytes);
        if (reader.ReadByte() != SaveVersion)
        {
            return Verdict.Reject(RejectReason.WrongVersion, $"fork-choice save: expected version {SaveVersion}", 0);
        }

        ulong time = reader.ReadUInt64();
        ulong genesisTime = reader.ReadUInt64();
        Checkpoint justified = Read(ref reader);
        Checkpoint finalized = Read(ref reader);
        Checkpoint unrealizedJustified = Read(ref reader);
        Checkpoint unrealizedFinalized = Read(ref reader);
        Hash256 boost = reader.ReadHash256();
        ProtoArray tree = ReadTree(ref reader, context.Preset);
        VoteTracker votes = VoteTracker.Load(ref reader, tree.Count);
        if (!reader.Failed && (reader.Remaining > 0 || time < genesisTime || tree.IndexOf(justified.Root) < 0))
        {
            reader.Fail("the parts do not fit together");
        }

        if (reader.Failed)
        {
            return Verdict.Malformed(reader);
        }

        var loaded = new ForkChoiceStore(context, tree, votes, genesisTime)
        {
            Time = time,
            Justified = justified,
            Finalized = finalized,
            UnrealizedJustified = unrealizedJustified,
            UnrealizedFinalized = unrealizedFinalized,
            ProposerBoostRoot = boost,
        };
        for (int i = 0; i < tree.Count; i++)
        {
            if (stateOf(tree[i].Root) is not { } state)
            {
                return Verdict.Reject(
                    RejectReason.NotSynced,
                    $"the state after block {tree[i].Root.ToShortString()} is missing: replay it", i);
            }

            loaded._states.Add(tree[i].Root, state);
        }

        store = loaded;
        return Verdict.Ok;
    }

    private static ProtoArray ReadTree(ref ByteReader reader, GasperPreset preset)
    {
        var tree = new ProtoArray(preset);
        uint count = reader.ReadUInt32();
        if (count > reader.Remaining / SavedNodeBytes || count > ProtoArray.NodesMax)
        {
            reader.Fail($"{count} blocks exceed the bytes that remain");
            return tree;
        }

        for (int i = 0; i < count; i++)
        {
            int added = tree.Add(new ProtoNode
            {
                Root = reader.ReadHash256(),
                ParentRoot = reader.ReadHash256(),
                Slot = reader.ReadUInt64(),
                Justified = Read(ref reader),
                Finalized = Read(ref reader),
                UnrealizedJustified = Read(ref reader),
                IsTimely = reader.ReadBool(),
            });
            if (added != i)
            {
                reader.Fail($"block {i} is there twice");
                return tree;
            }
        }

        return tree;
    }

    private static void Write(ByteWriter writer, in Checkpoint checkpoint)
    {
        writer.WriteUInt64(checkpoint.Epoch);
        writer.WriteHash256(checkpoint.Root);
    }

    private static Checkpoint Read(ref ByteReader reader) => new(reader.ReadUInt64(), reader.ReadHash256());
}
