using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Gasper.Blocks;
using Tactus.Engine.Protocols.Gasper.Signatures;
using Tactus.Engine.Protocols.Gasper.State;

namespace Tactus.Engine.Protocols.Gasper.Transition;

/// <summary>The state transition function. Pure: the given state is never changed, a rejection names its
/// reason.</summary>
public static class StateTransition
{
    /// <summary>state_transition: empty slots up to the block, its signature, the block, its state root.</summary>
    /// <param name="before">State after the parent block; unchanged.</param>
    /// <param name="signed">The block.</param>
    /// <param name="signatures">Where signatures go; <see cref="SignaturesTrusted"/> skips them.</param>
    /// <param name="after">The state after the block, or null.</param>
    /// <param name="checkStateRoot">False where a block is being built and its state root is not known yet.</param>
    public static Verdict Apply(
        BeaconState before,
        SignedBeaconBlock signed,
        ISignatureChecks signatures,
        out BeaconState? after,
        bool checkStateRoot = true)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(signed);
        ArgumentNullException.ThrowIfNull(signatures);
        BeaconState state = before.Clone();
        Verdict verdict = GasperException.Guard(() =>
        {
            SlotProcessing.ProcessSlots(state, signed.Message.Slot);
            RequireBlockSignature(state, signed, signatures);
            BlockProcessing.ProcessBlock(state, signed.Message, signatures);
            Verdict completed = signatures.Complete();
            if (!completed.Accepted)
            {
                throw new GasperException(completed.Reason, completed.Detail ?? "bad signature", completed.Index);
            }

            if (checkStateRoot)
            {
                CheckStateRoot(state, signed.Message);
            }
        });
        after = verdict.Accepted ? state : null;
        return verdict;
    }

    /// <summary>process_slots on a clone: the state at a later slot without a block.</summary>
    public static Verdict Advance(BeaconState before, ulong slot, out BeaconState? after)
    {
        ArgumentNullException.ThrowIfNull(before);
        BeaconState state = before.Clone();
        Verdict verdict = GasperException.Guard(() => SlotProcessing.ProcessSlots(state, slot));
        after = verdict.Accepted ? state : null;
        return verdict;
    }

    private static void RequireBlockSignature(BeaconState state, SignedBeaconBlock signed, ISignatureChecks signatures)
    {
        if (signed.Message.ProposerIndex >= (ulong)state.Validators.Count)
        {
            throw new GasperException(
                RejectReason.WrongProducer, $"there is no validator {signed.Message.ProposerIndex}");
        }

        Hash256 root = Seeds.SigningRoot(
            state.Context,
            signed.Message.HashTreeRoot(state.Context.Schemas, state.Context.Hasher),
            Seeds.DomainOf(state, Domain.BeaconProposer, state.CurrentEpoch));
        signatures.Require(state, (int)signed.Message.ProposerIndex, root, signed.Signature.Span, "block");
    }

    private static void CheckStateRoot(BeaconState state, BeaconBlock block)
    {
        Hash256 root = state.HashTreeRoot();
        if (root != block.StateRoot)
        {
            throw new GasperException(
                RejectReason.WrongStateRoot,
                $"the block names {block.StateRoot.ToShortString()}; its transition gives {root.ToShortString()}");
        }
    }
}
