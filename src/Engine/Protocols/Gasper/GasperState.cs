using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Gasper.Blocks;
using Tactus.Engine.Protocols.Gasper.Presets;
using Tactus.Engine.Protocols.Gasper.Ssz;
using Tactus.Engine.Protocols.Gasper.State;
using Tactus.Engine.Protocols.Gasper.Transition;

namespace Tactus.Engine.Protocols.Gasper;

/// <summary>A beacon state after a block, with what the engine asks beside it: the block's place in the chain and the
/// heights of the blocks that are checkpoints. Never changes; the state inside is only given out as a copy, so any
/// thread may ask.</summary>
public sealed class GasperState
{
    /// <summary>Most checkpoint blocks above finality: one or two per block, and the engine keeps fewer blocks than
    /// this above it.</summary>
    private const int CheckpointsMax = 1 << 16;

    private readonly Lock _lock = new();
    private readonly BeaconState _state;
    private readonly CheckpointBlock[] _checkpoints;

    // The state at a later slot without a block: asked several times for the slot that comes next.
    private BeaconState? _later;

    private GasperState(BeaconState state, uint height, in Hash256 id, CheckpointBlock[] checkpoints)
    {
        _state = state;
        Height = height;
        Id = id;
        int finalized = IndexAt(checkpoints, state.Finalized.Epoch);
        _checkpoints = checkpoints[finalized..];
        FinalizedHeight = checkpoints[finalized].Height;
        StateRoot = state.HashTreeRoot();
    }

    /// <summary>Blocks since genesis.</summary>
    public uint Height { get; }

    /// <summary>Root of the block.</summary>
    public Hash256 Id { get; }

    /// <summary>Root of the state.</summary>
    public Hash256 StateRoot { get; }

    public uint FinalizedHeight { get; }

    public ulong Slot => _state.Slot;

    public ulong Epoch => _state.CurrentEpoch;

    public GasperPreset Preset => _state.Context.Preset;

    public Checkpoint Justified => _state.CurrentJustified;

    public Checkpoint Finalized => _state.Finalized;

    /// <summary>The state that stands for genesis; the argument is not used by the caller any more.</summary>
    public static GasperState Genesis(BeaconState state, in Hash256 id) =>
        new(state, 0, id, [new CheckpointBlock(0, 0)]);

    /// <summary>The state after a child block.</summary>
    /// <param name="id">Root of the child.</param>
    /// <param name="after">Beacon state after it, not used by the caller any more.</param>
    public GasperState Next(in Hash256 id, BeaconState after)
    {
        ArgumentNullException.ThrowIfNull(after);
        GasperPreset preset = after.Context.Preset;
        if (after.CurrentEpoch == Epoch)
        {
            return new GasperState(after, Height + 1, id, _checkpoints);
        }

        // An epoch's checkpoint is the newest block at or before its first slot: this block for epochs that begin
        // between the two, the child where it stands on the first slot itself.
        bool isFirst = preset.StartSlot(after.CurrentEpoch) == after.Slot;
        CheckpointBlock[] checkpoints = _checkpoints;
        if (!isFirst || after.CurrentEpoch > Epoch + 1)
        {
            checkpoints = [.. checkpoints, new CheckpointBlock(Epoch + 1, Height)];
        }

        return new GasperState(
            after, Height + 1, id,
            isFirst ? [.. checkpoints, new CheckpointBlock(after.CurrentEpoch, Height + 1)] : checkpoints);
    }

    /// <summary>A copy of the beacon state: cheap, lists share their chunks.</summary>
    public BeaconState Copy()
    {
        lock (_lock)
        {
            return _state.Clone();
        }
    }

    /// <summary>A copy of the state at a slot, without a block in between.</summary>
    public Verdict At(ulong slot, out BeaconState? state)
    {
        lock (_lock)
        {
            state = null;
            if (slot == _state.Slot)
            {
                state = _state.Clone();
                return Verdict.Ok;
            }

            if (_later?.Slot != slot)
            {
                Verdict verdict = StateTransition.Advance(
                    _later?.Slot < slot ? _later : _state, slot, out BeaconState? later);
                if (!verdict.Accepted)
                {
                    return verdict;
                }

                _later = later;
            }

            state = _later!.Clone();
            return Verdict.Ok;
        }
    }

    public void Save(ByteWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteUInt32(Height);
        writer.WriteHash256(Id);
        writer.WriteVarUInt32((uint)_checkpoints.Length);
        foreach (CheckpointBlock checkpoint in _checkpoints)
        {
            writer.WriteUInt64(checkpoint.Epoch);
            writer.WriteUInt32(checkpoint.Height);
        }

        byte[] state = Copy().Encode();
        writer.WriteUInt32((uint)state.Length);
        writer.WriteSpan(state);
    }

    /// <summary>Reads what <see cref="Save"/> wrote; null, with the reader failed, where the bytes are something
    /// else.</summary>
    public static GasperState? Load(GasperContext context, ref ByteReader reader)
    {
        uint height = reader.ReadUInt32();
        Hash256 id = reader.ReadHash256();
        var checkpoints =
            new CheckpointBlock[reader.ReadCount(CheckpointsMax, sizeof(ulong) + sizeof(uint), "checkpoint blocks")];
        for (int i = 0; i < checkpoints.Length; i++)
        {
            ulong epoch = reader.ReadUInt64();
            checkpoints[i] = new CheckpointBlock(epoch, reader.ReadUInt32());
        }

        uint length = reader.ReadUInt32();
        if (!reader.Failed && (length > (uint)reader.Remaining || checkpoints.Length == 0))
        {
            reader.Fail("the saved beacon state is cut off, or names no finalized block");
        }

        if (reader.Failed)
        {
            return null;
        }

        try
        {
            var state = BeaconState.Decode(context, reader.ReadSpan((int)length).ToArray());
            if (checkpoints[0].Epoch <= state.Finalized.Epoch)
            {
                return new GasperState(state, height, id, checkpoints);
            }

            reader.Fail("the saved checkpoint blocks begin after the finalized epoch");
        }
        catch (SszException error)
        {
            reader.Fail(error.Message);
        }

        return null;
    }

    /// <summary>The last entry that begins at or before an epoch; the first one always does.</summary>
    private static int IndexAt(CheckpointBlock[] checkpoints, ulong epoch)
    {
        int at = checkpoints.Length - 1;
        while (at > 0 && checkpoints[at].Epoch > epoch)
        {
            at--;
        }

        return at;
    }

    /// <summary>The block that is the checkpoint of an epoch and of those that follow it until the next
    /// entry.</summary>
    private readonly record struct CheckpointBlock(ulong Epoch, uint Height);
}
