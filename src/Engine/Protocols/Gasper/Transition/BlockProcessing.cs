using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Gasper.Blocks;
using Tactus.Engine.Protocols.Gasper.Presets;
using Tactus.Engine.Protocols.Gasper.Signatures;
using Tactus.Engine.Protocols.Gasper.State;

namespace Tactus.Engine.Protocols.Gasper.Transition;

/// <summary>process_block: header, RANDAO, eth1 vote, operations, in that order.</summary>
internal static class BlockProcessing
{
    public static void ProcessBlock(BeaconState state, BeaconBlock block, ISignatureChecks signatures)
    {
        ProcessHeader(state, block);
        ProcessRandao(state, block.Body, signatures);
        ProcessEth1Data(state, block.Body);
        ProcessOperations(state, block.Body, signatures);
    }

    public static void ProcessHeader(BeaconState state, BeaconBlock block)
    {
        if (block.Slot != state.Slot)
        {
            throw new GasperException(
                RejectReason.BadSlot, $"block of slot {block.Slot} in slot {state.Slot}", (long)block.Slot);
        }

        if (block.Slot <= state.LatestBlockHeader.Slot)
        {
            throw new GasperException(
                RejectReason.BadSlot,
                $"slot {block.Slot} is not after slot {state.LatestBlockHeader.Slot} of the latest block",
                (long)block.Slot);
        }

        int proposer = Accessors.ProposerIndex(state);
        if (block.ProposerIndex != (ulong)proposer)
        {
            throw new GasperException(
                RejectReason.WrongProducer, $"proposer {block.ProposerIndex}; slot {block.Slot} belongs to {proposer}");
        }

        Hash256 parentRoot = state.LatestBlockHeader.HashTreeRoot(state.Context.Hasher);
        if (block.ParentRoot != parentRoot)
        {
            throw new GasperException(
                RejectReason.BadLink, $"parent {block.ParentRoot.ToShortString()}; expected {parentRoot.ToShortString()}");
        }

        if (state.Validators.IsSlashed(proposer))
        {
            throw new GasperException(RejectReason.WrongProducer, $"proposer {proposer} is slashed");
        }

        state.LatestBlockHeader = block.Header(state.Context.Schemas, state.Context.Hasher) with
        {
            StateRoot = default,
        };
    }

    public static void ProcessRandao(BeaconState state, BeaconBlockBody body, ISignatureChecks signatures)
    {
        GasperPreset preset = state.Context.Preset;
        ulong epoch = state.CurrentEpoch;
        Hash256 root = Seeds.SigningRoot(
            state.Context, Seeds.RootOf(epoch), Seeds.DomainOf(state, Domain.Randao, epoch));
        signatures.Require(state, Accessors.ProposerIndex(state), root, body.RandaoReveal.Span, "randao reveal");
        Hash256 digest = state.Context.Hasher.Hash(body.RandaoReveal.Span);
        Hash256 mix = state.RandaoMix(epoch);
        Span<byte> mixed = stackalloc byte[Hash256.Size];
        for (int i = 0; i < mixed.Length; i++)
        {
            mixed[i] = (byte)(mix.Bytes[i] ^ digest.Bytes[i]);
        }

        state.RandaoMixes[(int)(epoch % preset.EpochsPerHistoricalVector)] = new Hash256(mixed);
    }

    public static void ProcessEth1Data(BeaconState state, BeaconBlockBody body)
    {
        GasperPreset preset = state.Context.Preset;
        ulong period = checked(preset.EpochsPerEth1VotingPeriod * preset.SlotsPerEpoch);
        if ((ulong)state.Eth1DataVotes.Count >= period)
        {
            throw new GasperException(RejectReason.LimitExceeded, $"more than {period} eth1 votes in a period");
        }

        state.AddEth1Vote(body.Eth1Data);
        ulong votes = 0;
        for (int chunk = 0; chunk < state.Eth1DataVotes.ChunkCount; chunk++)
        {
            foreach (ref readonly Eth1Data vote in state.Eth1DataVotes.Chunk(chunk))
            {
                votes += vote == body.Eth1Data ? 1UL : 0;
            }
        }

        if (votes * 2 > period)
        {
            state.Eth1Data = body.Eth1Data;
        }
    }

    public static void ProcessOperations(BeaconState state, BeaconBlockBody body, ISignatureChecks signatures)
    {
        ulong outstanding = checked(state.Eth1Data.DepositCount - state.Eth1DepositIndex);
        ulong expected = Math.Min(state.Context.Preset.MaxDeposits, outstanding);
        if ((ulong)body.Deposits.Count != expected)
        {
            throw new GasperException(
                RejectReason.ActionFailed, $"{body.Deposits.Count} deposits; {expected} are due");
        }

        foreach (ProposerSlashing slashing in body.ProposerSlashings)
        {
            Operations.ProcessProposerSlashing(state, slashing, signatures);
        }

        foreach (AttesterSlashing slashing in body.AttesterSlashings)
        {
            Operations.ProcessAttesterSlashing(state, slashing, signatures);
        }

        foreach (Attestation attestation in body.Attestations)
        {
            Operations.ProcessAttestation(state, attestation, signatures);
        }

        foreach (Deposit deposit in body.Deposits)
        {
            Operations.ProcessDeposit(state, deposit, signatures);
        }

        foreach (SignedVoluntaryExit exit in body.VoluntaryExits)
        {
            Operations.ProcessVoluntaryExit(state, exit, signatures);
        }
    }
}
