using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Gasper;
using Tactus.Engine.Protocols.Gasper.Blocks;
using Tactus.Engine.Protocols.Gasper.Presets;
using Tactus.Engine.Protocols.Gasper.State;
using Tactus.Engine.Protocols.Gasper.Transition;

namespace Tactus.Engine.Tests.Gasper;

/// <summary>The votes of the traces' procedure: no blocks, whole committees vote for what the state holds.</summary>
internal static class WholeCommittees
{
    /// <summary>One attestation per committee, by its members who are neither offline nor slashed.</summary>
    public static PendingAttestations Votes(BeaconState state, ulong epoch, int offlineFrom)
    {
        GasperPreset preset = state.Context.Preset;
        EpochCommittees committees = Accessors.CommitteesOf(state, epoch);
        var attestations = new PendingAttestations();
        var target = new Checkpoint(epoch, BlockRootAt(state, preset.StartSlot(epoch)));
        for (ulong slot = preset.StartSlot(epoch); slot < preset.StartSlot(epoch + 1); slot++)
        {
            for (int index = 0; index < committees.PerSlot; index++)
            {
                ReadOnlySpan<int> committee = committees.Committee(slot, index);
                bool[] bits = new bool[committee.Length];
                for (int i = 0; i < bits.Length; i++)
                {
                    bits[i] = committee[i] < offlineFrom && !state.Validators.IsSlashed(committee[i]);
                }

                if (bits.Contains(true))
                {
                    var data = new AttestationData(
                        slot, (ulong)index, BlockRootAt(state, slot), state.CurrentJustified, target);
                    attestations.Add(new PendingAttestation(Bits.From(bits), data, 1, (ulong)committee[0]));
                }
            }
        }

        return attestations;
    }

    /// <summary>The procedure reads the root that process_slot has just written for the state's own slot.</summary>
    private static Hash256 BlockRootAt(BeaconState state, ulong slot) =>
        state.BlockRoots[(int)(slot % state.Context.Preset.SlotsPerHistoricalRoot)];
}
