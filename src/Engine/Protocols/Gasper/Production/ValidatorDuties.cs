using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Gasper.Blocks;
using Tactus.Engine.Protocols.Gasper.Presets;
using Tactus.Engine.Protocols.Gasper.Signatures;
using Tactus.Engine.Protocols.Gasper.State;
using Tactus.Engine.Protocols.Gasper.Transition;

namespace Tactus.Engine.Protocols.Gasper.Production;

/// <summary>What a block may carry besides attestations.</summary>
public sealed record BlockContents
{
    public static readonly BlockContents Empty = new();

    public Hash256 Graffiti { get; init; }

    /// <summary>Null votes for what the state has.</summary>
    public Eth1Data? Eth1Data { get; init; }

    public IReadOnlyList<ProposerSlashing> ProposerSlashings { get; init; } = [];

    public IReadOnlyList<AttesterSlashing> AttesterSlashings { get; init; } = [];

    public IReadOnlyList<Deposit> Deposits { get; init; } = [];

    public IReadOnlyList<SignedVoluntaryExit> VoluntaryExits { get; init; } = [];
}

/// <summary>What a validator does in its slots, and what it signs (consensus-specs
/// specs/phase0/validator.md).</summary>
public static class ValidatorDuties
{
    /// <summary>Builds the block of a slot, with its state root, unsigned.</summary>
    /// <param name="slotState">State advanced to the slot, before the block; unchanged.</param>
    /// <param name="randaoReveal">Signature of <see cref="RandaoRoot"/> by the slot's proposer.</param>
    /// <param name="attestations">Of a pool's selection.</param>
    /// <param name="contents">Everything else.</param>
    /// <param name="block">The block, or null.</param>
    /// <returns>Why the contents make no valid block.</returns>
    public static Verdict BuildBlock(
        BeaconState slotState,
        ReadOnlyMemory<byte> randaoReveal,
        IReadOnlyList<Attestation> attestations,
        BlockContents contents,
        out BeaconBlock? block)
    {
        ArgumentNullException.ThrowIfNull(slotState);
        ArgumentNullException.ThrowIfNull(contents);
        BeaconState state = slotState.Clone();
        BeaconBlock? built = null;
        Verdict verdict = GasperException.Guard(() =>
        {
            var draft = new BeaconBlock
            {
                Slot = state.Slot,
                ProposerIndex = (ulong)Accessors.ProposerIndex(state),
                ParentRoot = state.LatestBlockHeader.HashTreeRoot(state.Context.Hasher),
                StateRoot = default,
                Body = new BeaconBlockBody
                {
                    RandaoReveal = randaoReveal,
                    Eth1Data = contents.Eth1Data ?? state.Eth1Data,
                    Graffiti = contents.Graffiti,
                    ProposerSlashings = contents.ProposerSlashings,
                    AttesterSlashings = contents.AttesterSlashings,
                    Attestations = attestations,
                    Deposits = contents.Deposits,
                    VoluntaryExits = contents.VoluntaryExits,
                },
            };
            BlockProcessing.ProcessBlock(state, draft, SignaturesTrusted.Instance);
            built = new BeaconBlock
            {
                Slot = draft.Slot,
                ProposerIndex = draft.ProposerIndex,
                ParentRoot = draft.ParentRoot,
                StateRoot = state.HashTreeRoot(),
                Body = draft.Body,
            };
        });
        block = built;
        return verdict;
    }

    /// <summary>The vote of a committee: head, and the link from the justified checkpoint to the epoch's first
    /// block.</summary>
    /// <param name="slotState">State of the head advanced to the slot.</param>
    /// <param name="committee">Index of the committee in the slot.</param>
    /// <param name="head">Root of the head.</param>
    public static AttestationData Vote(BeaconState slotState, int committee, in Hash256 head)
    {
        ArgumentNullException.ThrowIfNull(slotState);
        GasperPreset preset = slotState.Context.Preset;
        ulong start = preset.StartSlot(slotState.CurrentEpoch);
        Hash256 target = start == slotState.Slot ? head : slotState.BlockRootAt(start);
        return new AttestationData(
            slotState.Slot,
            (ulong)committee,
            head,
            slotState.CurrentJustified,
            new Checkpoint(slotState.CurrentEpoch, target));
    }

    /// <summary>What the proposer of the state's slot signs as its RANDAO reveal.</summary>
    public static Hash256 RandaoRoot(BeaconState slotState)
    {
        ArgumentNullException.ThrowIfNull(slotState);
        ulong epoch = slotState.CurrentEpoch;
        return Seeds.SigningRoot(
            slotState.Context, Seeds.RootOf(epoch), Seeds.DomainOf(slotState, Domain.Randao, epoch));
    }

    /// <summary>What the proposer signs of its block.</summary>
    public static Hash256 BlockRoot(BeaconState slotState, BeaconBlock block)
    {
        ArgumentNullException.ThrowIfNull(slotState);
        ArgumentNullException.ThrowIfNull(block);
        GasperContext context = slotState.Context;
        return Seeds.SigningRoot(
            context,
            block.HashTreeRoot(context.Schemas, context.Hasher),
            Seeds.DomainOf(slotState, Domain.BeaconProposer, context.Preset.EpochOf(block.Slot)));
    }

    /// <summary>What an attester signs of its vote.</summary>
    public static Hash256 VoteRoot(BeaconState slotState, in AttestationData data)
    {
        ArgumentNullException.ThrowIfNull(slotState);
        return Seeds.SigningRoot(
            slotState.Context,
            data.HashTreeRoot(slotState.Context.Hasher),
            Seeds.DomainOf(slotState, Domain.BeaconAttester, data.Target.Epoch));
    }
}
