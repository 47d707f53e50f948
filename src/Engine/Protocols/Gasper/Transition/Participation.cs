using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Gasper.Blocks;
using Tactus.Engine.Protocols.Gasper.State;

namespace Tactus.Engine.Protocols.Gasper.Transition;

/// <summary>Turns included attestations into votes by validator.</summary>
internal static class Participation
{
    /// <summary>Rebuilds the votes of an epoch from its list of attestations.</summary>
    public static EpochParticipation Derive(BeaconState state, PendingAttestations attestations)
    {
        var participation = new EpochParticipation(state.Validators.Count);
        foreach (PendingAttestation attestation in attestations.Items)
        {
            Include(state, participation, attestation);
        }

        return participation;
    }

    /// <summary>Counts an attestation that the state has accepted.</summary>
    public static void Include(BeaconState state, EpochParticipation participation, PendingAttestation attestation)
    {
        AttestationData data = attestation.Data;
        EpochCommittees committees = state.Caches.Committees(state, data.Target.Epoch);
        ReadOnlySpan<int> committee = committees.Committee(data.Slot, checked((int)data.Index));
        Votes votes = Votes.Source;
        if (IsBlockAt(state, state.Context.Preset.StartSlot(data.Target.Epoch), data.Target.Root))
        {
            votes |= Votes.Target;
            if (IsBlockAt(state, data.Slot, data.BeaconBlockRoot))
            {
                votes |= Votes.Head;
            }
        }

        var inclusion = new Inclusion(
            (uint)Math.Min(attestation.InclusionDelay, uint.MaxValue), checked((int)attestation.ProposerIndex));
        Bits bits = attestation.AggregationBits;
        int count = Math.Min(committee.Length, bits.Count);
        for (int i = 0; i < count; i++)
        {
            if (bits[i])
            {
                participation.Include(committee[i], votes, inclusion);
            }
        }
    }

    // An included vote is at least a slot old, so its roots are known. Only states that no blocks built can differ.
    private static bool IsBlockAt(BeaconState state, ulong slot, in Hash256 root) =>
        state.HasBlockRootAt(slot) && state.BlockRootAt(slot) == root;
}
