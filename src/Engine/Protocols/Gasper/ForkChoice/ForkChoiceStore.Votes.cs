using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Gasper.Blocks;
using Tactus.Engine.Protocols.Gasper.Presets;
using Tactus.Engine.Protocols.Gasper.Signatures;
using Tactus.Engine.Protocols.Gasper.State;
using Tactus.Engine.Protocols.Gasper.Transition;

namespace Tactus.Engine.Protocols.Gasper.ForkChoice;

/// <content>Attestations and attester slashings.</content>
public sealed partial class ForkChoiceStore
{
    /// <summary>on_attestation: moves the latest messages of those who signed.</summary>
    /// <param name="attestation">From the wire, or out of a block.</param>
    /// <param name="isFromBlock">Blocks may carry votes of the past, and their signatures were checked with the
    /// block.</param>
    /// <param name="signatures">Where the signature goes.</param>
    public Verdict OnAttestation(Attestation attestation, bool isFromBlock, ISignatureChecks signatures)
    {
        ArgumentNullException.ThrowIfNull(attestation);
        if (CurrentSlot <= attestation.Data.Slot)
        {
            return Verdict.Reject(RejectReason.ActionFailed, "attestation: the vote is of this slot or a later one");
        }

        Verdict verdict = Examine(attestation, isFromBlock, CurrentSlot, signatures, out ExaminedVote? vote);
        if (verdict.Accepted)
        {
            Count(vote!);
        }

        return verdict;
    }

    /// <summary>What on_attestation checks, except that the vote's slot is over; changes no latest message.</summary>
    /// <param name="attestation">From the wire, or out of a block.</param>
    /// <param name="isFromBlock">Blocks may carry votes of the past.</param>
    /// <param name="slotMax">Newest slot that may have begun somewhere.</param>
    /// <param name="signatures">Where the signature goes.</param>
    /// <param name="vote">What to <see cref="Count"/> once its slot is over, or null.</param>
    public Verdict Examine(
        Attestation attestation, bool isFromBlock, ulong slotMax, ISignatureChecks signatures, out ExaminedVote? vote)
    {
        ArgumentNullException.ThrowIfNull(attestation);
        ArgumentNullException.ThrowIfNull(signatures);
        ExaminedVote? examined = null;
        Verdict verdict = GasperException.Guard(() =>
        {
            AttestationData data = attestation.Data;
            CheckAttestation(data, isFromBlock, slotMax);
            BeaconState state = CheckpointState(data.Target);
            Span<int> signers = stackalloc int[checked((int)_context.Preset.MaxValidatorsPerCommittee)];
            int count = Operations.AttestingIndices(state, attestation, signers);
            Operations.RequireAttestation(
                state, signers[..count], data, attestation.Signature.Span, signatures, "attestation");
            Complete(signatures);
            examined = new ExaminedVote(signers[..count].ToArray(), data.Slot, data.BeaconBlockRoot, data.Target.Epoch);
        });
        vote = examined;
        return verdict;
    }

    /// <summary>update_latest_messages. A vote for a block that finality has dropped meanwhile counts for
    /// nothing.</summary>
    public void Count(ExaminedVote vote)
    {
        ArgumentNullException.ThrowIfNull(vote);
        int node = _tree.IndexOf(vote.BlockRoot);
        if (node >= 0)
        {
            foreach (int signer in vote.Signers.Span)
            {
                _votes.Vote(signer, node, vote.TargetEpoch);
            }
        }
    }

    /// <summary>on_attester_slashing: votes of proven equivocators count no more.</summary>
    public Verdict OnAttesterSlashing(AttesterSlashing slashing, ISignatureChecks signatures)
    {
        ArgumentNullException.ThrowIfNull(slashing);
        ArgumentNullException.ThrowIfNull(signatures);
        return GasperException.Guard(() =>
        {
            Operations.CheckAttesterSlashing(_states[Justified.Root], slashing, signatures);
            Complete(signatures);
            foreach (int index in Operations.Intersection(slashing))
            {
                _votes.Discard(index);
            }
        });
    }

    private static void Complete(ISignatureChecks signatures)
    {
        Verdict verdict = signatures.Complete();
        if (!verdict.Accepted)
        {
            throw new GasperException(verdict.Reason, verdict.Detail ?? "bad signature", verdict.Index);
        }
    }

    /// <summary>validate_on_attestation.</summary>
    private void CheckAttestation(in AttestationData data, bool isFromBlock, ulong slotMax)
    {
        GasperPreset preset = _context.Preset;
        Checkpoint target = data.Target;
        Check(
            isFromBlock || (target.Epoch <= preset.EpochOf(slotMax) && target.Epoch + 1 >= CurrentEpoch),
            "target epoch is neither current nor previous");
        Check(target.Epoch == preset.EpochOf(data.Slot), "slot is not in the target epoch");
        Check(_tree.IndexOf(target.Root) >= 0, "the target block is not known");
        int head = _tree.IndexOf(data.BeaconBlockRoot);
        Check(head >= 0, "the head block is not known");
        Check(_tree[head].Slot <= data.Slot, "the head block is later than the vote");
        Check(
            _tree.AncestorAt(data.BeaconBlockRoot, preset.StartSlot(target.Epoch)) == target.Root,
            "the target is not on the branch of the head");
        Check(data.Slot <= slotMax, "the vote is of a later slot");
    }

    private static void Check(bool holds, string detail)
    {
        if (!holds)
        {
            throw new GasperException(RejectReason.ActionFailed, $"attestation: {detail}");
        }
    }
}
