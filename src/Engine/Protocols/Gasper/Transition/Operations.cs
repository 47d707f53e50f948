using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Gasper.Blocks;
using Tactus.Engine.Protocols.Gasper.Presets;
using Tactus.Engine.Protocols.Gasper.Signatures;
using Tactus.Engine.Protocols.Gasper.Ssz;
using Tactus.Engine.Protocols.Gasper.State;

namespace Tactus.Engine.Protocols.Gasper.Transition;

/// <summary>The operations of a block (beacon-chain.md, "Operations"). Each throws what makes the block
/// invalid.</summary>
internal static class Operations
{
    public static void ProcessProposerSlashing(
        BeaconState state, ProposerSlashing slashing, ISignatureChecks signatures)
    {
        BeaconBlockHeader header1 = slashing.Header1.Message;
        BeaconBlockHeader header2 = slashing.Header2.Message;
        Check(header1.Slot == header2.Slot, "proposer slashing: the headers are of different slots");
        Check(
            header1.ProposerIndex == header2.ProposerIndex,
            "proposer slashing: the headers are of different proposers");
        Check(header1 != header2, "proposer slashing: the headers are equal");
        int proposer = ValidatorIndex(state, header1.ProposerIndex, "proposer slashing");
        Check(
            state.Validators.IsSlashable(proposer, state.CurrentEpoch),
            $"proposer slashing: validator {proposer} is not slashable");
        Hash256 domain = Seeds.DomainOf(
            state, Domain.BeaconProposer, state.Context.Preset.EpochOf(header1.Slot));
        foreach (SignedHeader header in (ReadOnlySpan<SignedHeader>)[slashing.Header1, slashing.Header2])
        {
            Hash256 root = Seeds.SigningRoot(
                state.Context, header.Message.HashTreeRoot(state.Context.Hasher), domain);
            signatures.Require(state, proposer, root, header.Signature.Span, "proposer slashing");
        }

        RegistryActions.Slash(state, proposer);
    }

    public static void ProcessAttesterSlashing(
        BeaconState state, AttesterSlashing slashing, ISignatureChecks signatures)
    {
        CheckAttesterSlashing(state, slashing, signatures);
        bool isAnySlashed = false;
        foreach (int index in Intersection(slashing))
        {
            if (state.Validators.IsSlashable(index, state.CurrentEpoch))
            {
                RegistryActions.Slash(state, index);
                isAnySlashed = true;
            }
        }

        Check(isAnySlashed, "attester slashing: no validator in both attestations is slashable");
    }

    /// <summary>The parts that fork choice shares: slashable data and two valid attestations.</summary>
    public static void CheckAttesterSlashing(
        BeaconState state, AttesterSlashing slashing, ISignatureChecks signatures)
    {
        Check(
            slashing.Attestation1.Data.IsSlashableWith(slashing.Attestation2.Data),
            "attester slashing: neither a double nor a surround vote");
        CheckIndexed(state, slashing.Attestation1, signatures, "attester slashing, attestation 1");
        CheckIndexed(state, slashing.Attestation2, signatures, "attester slashing, attestation 2");
    }

    /// <summary>Validators in both attestations, ascending. The attestations were checked: sorted and in the
    /// registry.</summary>
    public static List<int> Intersection(AttesterSlashing slashing)
    {
        ReadOnlySpan<ulong> first = slashing.Attestation1.Indices.Span;
        ReadOnlySpan<ulong> second = slashing.Attestation2.Indices.Span;
        var both = new List<int>();
        for (int i = 0, k = 0; i < first.Length && k < second.Length;)
        {
            if (first[i] == second[k])
            {
                both.Add((int)first[i]);
            }

            bool isFirstBehind = first[i] <= second[k];
            bool isSecondBehind = second[k] <= first[i];
            i += isFirstBehind ? 1 : 0;
            k += isSecondBehind ? 1 : 0;
        }

        return both;
    }

    public static void ProcessAttestation(BeaconState state, Attestation attestation, ISignatureChecks signatures)
    {
        GasperPreset preset = state.Context.Preset;
        AttestationData data = attestation.Data;
        ulong current = state.CurrentEpoch;
        bool isCurrent = data.Target.Epoch == current;
        Check(
            isCurrent || data.Target.Epoch == state.PreviousEpoch,
            "attestation: target epoch is neither current nor previous");
        Check(data.Target.Epoch == preset.EpochOf(data.Slot), "attestation: slot is not in the target epoch");
        ulong earliest = checked(data.Slot + preset.MinAttestationInclusionDelay);
        ulong latest = checked(data.Slot + preset.SlotsPerEpoch);
        Check(earliest <= state.Slot, "attestation: included too early");
        Check(state.Slot <= latest, "attestation: included too late");
        Check(
            data.Source == (isCurrent ? state.CurrentJustified : state.PreviousJustified),
            "attestation: source is not the justified checkpoint");

        Span<int> signers = stackalloc int[checked((int)preset.MaxValidatorsPerCommittee)];
        int count = AttestingIndices(state, attestation, signers);
        PendingAttestations list = isCurrent ? state.CurrentEpochAttestations : state.PreviousEpochAttestations;
        ulong limit = checked(preset.MaxAttestations * preset.SlotsPerEpoch);
        if ((ulong)list.Items.Count >= limit)
        {
            throw new GasperException(RejectReason.LimitExceeded, $"more than {limit} attestations in an epoch");
        }

        EpochParticipation participation = isCurrent ? state.Caches.Current(state) : state.Caches.Previous(state);
        var pending = new PendingAttestation(
            attestation.AggregationBits, data, state.Slot - data.Slot, (ulong)Accessors.ProposerIndex(state));
        list.Add(pending);
        Participation.Include(state, participation, pending);
        RequireAttestation(state, signers[..count], data, attestation.Signature.Span, signatures, "attestation");
    }

    /// <summary>get_attesting_indices, ascending; checks committee index and bit count, and that someone
    /// voted.</summary>
    public static int AttestingIndices(BeaconState state, Attestation attestation, Span<int> signers)
    {
        AttestationData data = attestation.Data;
        EpochCommittees committees = Accessors.CommitteesOf(state, data.Target.Epoch);
        Check(data.Index < (ulong)committees.PerSlot, $"attestation: there is no committee {data.Index}");
        ReadOnlySpan<int> committee = committees.Committee(data.Slot, (int)data.Index);
        Bits bits = attestation.AggregationBits;
        Check(bits.Count == committee.Length, $"attestation: {bits.Count} bits for a committee of {committee.Length}");
        int count = 0;
        for (int i = 0; i < committee.Length; i++)
        {
            if (bits[i])
            {
                signers[count++] = committee[i];
            }
        }

        Check(count > 0, "attestation: nobody voted");
        signers[..count].Sort();
        return count;
    }

    public static void RequireAttestation(
        BeaconState state,
        ReadOnlySpan<int> signers,
        in AttestationData data,
        ReadOnlySpan<byte> signature,
        ISignatureChecks signatures,
        string what)
    {
        Hash256 domain = Seeds.DomainOf(state, Domain.BeaconAttester, data.Target.Epoch);
        Hash256 root = Seeds.SigningRoot(state.Context, data.HashTreeRoot(state.Context.Hasher), domain);
        signatures.RequireAggregate(state, signers, root, signature, what);
    }

    public static void ProcessDeposit(BeaconState state, Deposit deposit, ISignatureChecks signatures)
    {
        SszHasher hasher = state.Context.Hasher;
        Hash256 leaf = GasperSchemas.DepositData.Root(deposit.EncodedData.Span, hasher);
        if (!DepositTree.IsInTree(leaf, deposit.Proof.Span, state.Eth1DepositIndex, state.Eth1Data.DepositRoot, hasher))
        {
            throw new GasperException(
                RejectReason.WrongRoot, $"deposit {state.Eth1DepositIndex}: its branch does not lead to the deposit root");
        }

        state.Eth1DepositIndex++;
        ApplyDeposit(state, deposit, signatures);
    }

    public static void ProcessVoluntaryExit(BeaconState state, SignedVoluntaryExit exit, ISignatureChecks signatures)
    {
        int index = ValidatorIndex(state, exit.ValidatorIndex, "exit");
        ValidatorRegistry validators = state.Validators;
        ulong epoch = state.CurrentEpoch;
        Check(validators.IsActive(index, epoch), $"exit: validator {index} is not active");
        Check(
            validators.ExitEpoch(index) == GasperPreset.FarFutureEpoch, $"exit: validator {index} is leaving already");
        Check(epoch >= exit.Epoch, $"exit: not valid before epoch {exit.Epoch}");
        Check(
            epoch >= checked(validators.ActivationEpoch(index) + state.Context.Preset.ShardCommitteePeriod),
            $"exit: validator {index} has not been active long enough");
        Hash256 root = Seeds.SigningRoot(
            state.Context,
            exit.MessageRoot(state.Context.Hasher),
            Seeds.DomainOf(state, Domain.VoluntaryExit, exit.Epoch));
        signatures.Require(state, index, root, exit.Signature.Span, "exit");
        RegistryActions.InitiateExit(state, index);
    }

    /// <summary>is_valid_indexed_attestation: indices sorted, unique, in the registry, at least one; signature
    /// required.</summary>
    public static void CheckIndexed(
        BeaconState state, IndexedAttestation attestation, ISignatureChecks signatures, string what)
    {
        ReadOnlySpan<ulong> indices = attestation.Indices.Span;
        Check(indices.Length > 0, $"{what}: nobody voted");
        Span<int> signers = stackalloc int[indices.Length];
        for (int i = 0; i < indices.Length; i++)
        {
            Check(i == 0 || indices[i - 1] < indices[i], $"{what}: indices are not sorted and unique");
            signers[i] = ValidatorIndex(state, indices[i], what);
        }

        RequireAttestation(state, signers, attestation.Data, attestation.Signature.Span, signatures, what);
    }

    private static void ApplyDeposit(BeaconState state, Deposit deposit, ISignatureChecks signatures)
    {
        var key = new PublicKey48(deposit.PublicKey.Span);
        int index = state.Validators.IndexOf(key);
        if (index >= 0)
        {
            state.IncreaseBalance(index, deposit.Amount);
            return;
        }

        // The proof of possession is checked under the genesis version, so that it holds on every fork.
        GasperContext context = state.Context;
        Hash256 message = GasperSchemas.DepositMessage.Root(deposit.EncodedData.Span[..(48 + 32 + 8)], context.Hasher);
        Hash256 domain = Seeds.DomainOf(context, Domain.Deposit, context.Preset.GenesisForkVersionBytes, default);
        Hash256 root = Seeds.SigningRoot(context, message, domain);
        if (signatures.IsValidDeposit(deposit.PublicKey.Span, root, deposit.Signature.Span))
        {
            RegistryActions.AddValidator(state, key, deposit.WithdrawalCredentials, deposit.Amount);
        }
    }

    private static int ValidatorIndex(BeaconState state, ulong index, string what)
    {
        Check(index < (ulong)state.Validators.Count, $"{what}: there is no validator {index}");
        return (int)index;
    }

    private static void Check(bool holds, string detail)
    {
        if (!holds)
        {
            throw new GasperException(RejectReason.ActionFailed, detail);
        }
    }
}
