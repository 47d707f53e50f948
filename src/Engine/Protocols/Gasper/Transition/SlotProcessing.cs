using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Gasper.Presets;
using Tactus.Engine.Protocols.Gasper.State;

namespace Tactus.Engine.Protocols.Gasper.Transition;

/// <summary>process_slots: what happens whether or not there is a block.</summary>
public static class SlotProcessing
{
    /// <summary>Most slots a state is moved in one go: 32 days of mainnet. A header that asks for more is refused
    /// unread.</summary>
    public const ulong SlotsMax = 32 * 7200;

    /// <summary>Moves the state to <paramref name="slot"/>, which must lie ahead of it.</summary>
    internal static void ProcessSlots(BeaconState state, ulong slot)
    {
        if (slot <= state.Slot)
        {
            throw new GasperException(
                RejectReason.BadSlot, $"slot {slot} is not after slot {state.Slot} of the state", (long)slot);
        }

        if (slot - state.Slot > SlotsMax)
        {
            throw new GasperException(
                RejectReason.BadSlot, $"slot {slot} is more than {SlotsMax} slots after slot {state.Slot}", (long)slot);
        }

        while (state.Slot < slot)
        {
            ProcessSlot(state);
            if ((state.Slot + 1) % state.Context.Preset.SlotsPerEpoch == 0)
            {
                EpochProcessing.ProcessEpoch(state);
            }

            state.Slot++;
        }
    }

    /// <summary>process_slot: remembers the roots of state and block.</summary>
    public static void ProcessSlot(BeaconState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        GasperPreset preset = state.Context.Preset;
        Hash256 stateRoot = state.HashTreeRoot();
        int at = (int)(state.Slot % preset.SlotsPerHistoricalRoot);
        state.StateRoots[at] = stateRoot;
        if (state.LatestBlockHeader.StateRoot.IsZero)
        {
            state.LatestBlockHeader = state.LatestBlockHeader with { StateRoot = stateRoot };
        }

        state.BlockRoots[at] = state.LatestBlockHeader.HashTreeRoot(state.Context.Hasher);
    }
}
