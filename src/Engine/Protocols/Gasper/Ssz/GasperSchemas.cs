using Tactus.Engine.Protocols.Gasper.Presets;

namespace Tactus.Engine.Protocols.Gasper.Ssz;

/// <summary>The SSZ types of phase 0 (consensus-specs specs/phase0/beacon-chain.md and validator.md) under a preset's
/// limits.</summary>
public sealed class GasperSchemas
{
    private static readonly SszBasicType U64 = SszBasicType.UInt64;
    private static readonly SszVector Bytes4 = SszVector.Bytes(4);
    private static readonly SszVector Root = SszVector.Bytes(32);
    private static readonly SszVector PublicKey = SszVector.Bytes(48);
    private static readonly SszVector Signature = SszVector.Bytes(96);

    public GasperSchemas(GasperPreset preset)
    {
        ArgumentNullException.ThrowIfNull(preset);
        var committeeBits = new SszBitlist(preset.MaxValidatorsPerCommittee);
        var historicalRoots = new SszVector(Root, checked((int)preset.SlotsPerHistoricalRoot));
        Attestation = new(
            "Attestation", ("aggregation_bits", committeeBits), ("data", AttestationData), ("signature", Signature));
        IndexedAttestation = new(
            "IndexedAttestation",
            ("attesting_indices", new SszList(U64, preset.MaxValidatorsPerCommittee)),
            ("data", AttestationData),
            ("signature", Signature));
        PendingAttestation = new(
            "PendingAttestation",
            ("aggregation_bits", committeeBits),
            ("data", AttestationData),
            ("inclusion_delay", U64),
            ("proposer_index", U64));
        HistoricalBatch = new("HistoricalBatch", ("block_roots", historicalRoots), ("state_roots", historicalRoots));
        AttesterSlashing = new(
            "AttesterSlashing", ("attestation_1", IndexedAttestation), ("attestation_2", IndexedAttestation));
        AggregateAndProof = new(
            "AggregateAndProof", ("aggregator_index", U64), ("aggregate", Attestation), ("selection_proof", Signature));
        SignedAggregateAndProof = new(
            "SignedAggregateAndProof", ("message", AggregateAndProof), ("signature", Signature));
        BeaconBlockBody = new(
            "BeaconBlockBody",
            ("randao_reveal", Signature),
            ("eth1_data", Eth1Data),
            ("graffiti", Root),
            ("proposer_slashings", new SszList(ProposerSlashing, preset.MaxProposerSlashings)),
            ("attester_slashings", new SszList(AttesterSlashing, preset.MaxAttesterSlashings)),
            ("attestations", new SszList(Attestation, preset.MaxAttestations)),
            ("deposits", new SszList(Deposit, preset.MaxDeposits)),
            ("voluntary_exits", new SszList(SignedVoluntaryExit, preset.MaxVoluntaryExits)));
        BeaconBlock = new(
            "BeaconBlock",
            ("slot", U64),
            ("proposer_index", U64),
            ("parent_root", Root),
            ("state_root", Root),
            ("body", BeaconBlockBody));
        SignedBeaconBlock = new("SignedBeaconBlock", ("message", BeaconBlock), ("signature", Signature));
        BeaconState = State(preset, historicalRoots, PendingAttestation);
    }

    public static SszContainer Fork { get; } =
        new("Fork", ("previous_version", Bytes4), ("current_version", Bytes4), ("epoch", U64));

    public static SszContainer ForkData { get; } =
        new("ForkData", ("current_version", Bytes4), ("genesis_validators_root", Root));

    public static SszContainer Checkpoint { get; } = new("Checkpoint", ("epoch", U64), ("root", Root));

    public static SszContainer Validator { get; } = new(
        "Validator",
        ("pubkey", PublicKey),
        ("withdrawal_credentials", Root),
        ("effective_balance", U64),
        ("slashed", SszBasicType.Boolean),
        ("activation_eligibility_epoch", U64),
        ("activation_epoch", U64),
        ("exit_epoch", U64),
        ("withdrawable_epoch", U64));

    public static SszContainer AttestationData { get; } = new(
        "AttestationData",
        ("slot", U64),
        ("index", U64),
        ("beacon_block_root", Root),
        ("source", Checkpoint),
        ("target", Checkpoint));

    public static SszContainer Eth1Data { get; } =
        new("Eth1Data", ("deposit_root", Root), ("deposit_count", U64), ("block_hash", Root));

    public static SszContainer Eth1Block { get; } =
        new("Eth1Block", ("timestamp", U64), ("deposit_root", Root), ("deposit_count", U64));

    public static SszContainer DepositMessage { get; } =
        new("DepositMessage", ("pubkey", PublicKey), ("withdrawal_credentials", Root), ("amount", U64));

    public static SszContainer DepositData { get; } = new(
        "DepositData", ("pubkey", PublicKey), ("withdrawal_credentials", Root), ("amount", U64),
        ("signature", Signature));

    public static SszContainer Deposit { get; } =
        new("Deposit", ("proof", new SszVector(Root, GasperPreset.DepositTreeDepth + 1)), ("data", DepositData));

    public static SszContainer BeaconBlockHeader { get; } = new(
        "BeaconBlockHeader",
        ("slot", U64),
        ("proposer_index", U64),
        ("parent_root", Root),
        ("state_root", Root),
        ("body_root", Root));

    public static SszContainer SignedBeaconBlockHeader { get; } =
        new("SignedBeaconBlockHeader", ("message", BeaconBlockHeader), ("signature", Signature));

    public static SszContainer SigningData { get; } = new("SigningData", ("object_root", Root), ("domain", Root));

    public static SszContainer ProposerSlashing { get; } = new(
        "ProposerSlashing", ("signed_header_1", SignedBeaconBlockHeader), ("signed_header_2", SignedBeaconBlockHeader));

    public static SszContainer VoluntaryExit { get; } = new("VoluntaryExit", ("epoch", U64), ("validator_index", U64));

    public static SszContainer SignedVoluntaryExit { get; } =
        new("SignedVoluntaryExit", ("message", VoluntaryExit), ("signature", Signature));

    public SszContainer Attestation { get; }

    public SszContainer IndexedAttestation { get; }

    public SszContainer PendingAttestation { get; }

    public SszContainer HistoricalBatch { get; }

    public SszContainer AttesterSlashing { get; }

    public SszContainer AggregateAndProof { get; }

    public SszContainer SignedAggregateAndProof { get; }

    public SszContainer BeaconBlockBody { get; }

    public SszContainer BeaconBlock { get; }

    public SszContainer SignedBeaconBlock { get; }

    public SszContainer BeaconState { get; }

    /// <summary>Every container of phase 0, by name.</summary>
    public IReadOnlyDictionary<string, SszContainer> All => new[]
    {
        Fork, ForkData, Checkpoint, Validator, AttestationData, Eth1Data, Eth1Block, DepositMessage, DepositData,
        Deposit,
        BeaconBlockHeader, SignedBeaconBlockHeader, SigningData, ProposerSlashing, VoluntaryExit, SignedVoluntaryExit,
        Attestation, IndexedAttestation, PendingAttestation, HistoricalBatch, AttesterSlashing, AggregateAndProof,
        SignedAggregateAndProof, BeaconBlockBody, BeaconBlock, SignedBeaconBlock, BeaconState,
    }.ToDictionary(c => c.Name, StringComparer.Ordinal);

    private static SszContainer State(GasperPreset preset, SszVector historicalRoots, SszContainer pendingAttestation)
    {
        var pending = new SszList(pendingAttestation, preset.MaxAttestations * preset.SlotsPerEpoch);
        return new(
            "BeaconState",
            ("genesis_time", U64),
            ("genesis_validators_root", Root),
            ("slot", U64),
            ("fork", Fork),
            ("latest_block_header", BeaconBlockHeader),
            ("block_roots", historicalRoots),
            ("state_roots", historicalRoots),
            ("historical_roots", new SszList(Root, preset.HistoricalRootsLimit)),
            ("eth1_data", Eth1Data),
            ("eth1_data_votes", new SszList(Eth1Data, preset.EpochsPerEth1VotingPeriod * preset.SlotsPerEpoch)),
            ("eth1_deposit_index", U64),
            ("validators", new SszList(Validator, preset.ValidatorRegistryLimit)),
            ("balances", new SszList(U64, preset.ValidatorRegistryLimit)),
            ("randao_mixes", new SszVector(Root, checked((int)preset.EpochsPerHistoricalVector))),
            ("slashings", new SszVector(U64, checked((int)preset.EpochsPerSlashingsVector))),
            ("previous_epoch_attestations", pending),
            ("current_epoch_attestations", pending),
            ("justification_bits", new SszBitvector(GasperPreset.JustificationBitsLength)),
            ("previous_justified_checkpoint", Checkpoint),
            ("current_justified_checkpoint", Checkpoint),
            ("finalized_checkpoint", Checkpoint));
    }
}
