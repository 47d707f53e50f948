namespace Tactus.Engine.Protocols.Gasper.Presets;

/// <summary>
/// All constants of the protocol that differ between networks, under the names of the consensus specification
/// (consensus-specs presets/ and configs/, phase 0). Amounts are in the smallest unit, 10^-9 of the coin.
/// Data, not code: see the JSON files beside this one and <see cref="PresetLoader"/>.
/// </summary>
public sealed record GasperPreset
{
    public required string ConfigName { get; init; }

    // Time
    public required ulong SecondsPerSlot { get; init; }
    public required ulong SlotsPerEpoch { get; init; }
    public required ulong MinAttestationInclusionDelay { get; init; }
    public required ulong MinSeedLookahead { get; init; }
    public required ulong MaxSeedLookahead { get; init; }
    public required ulong MinEpochsToInactivityPenalty { get; init; }
    public required ulong EpochsPerEth1VotingPeriod { get; init; }
    public required ulong SlotsPerHistoricalRoot { get; init; }
    public required ulong MinValidatorWithdrawabilityDelay { get; init; }
    public required ulong ShardCommitteePeriod { get; init; }

    // Committees
    public required ulong MaxCommitteesPerSlot { get; init; }
    public required ulong TargetCommitteeSize { get; init; }
    public required ulong MaxValidatorsPerCommittee { get; init; }
    public required int ShuffleRoundCount { get; init; }

    // Balances
    public required ulong MinDepositAmount { get; init; }
    public required ulong MaxEffectiveBalance { get; init; }
    public required ulong EffectiveBalanceIncrement { get; init; }
    public required ulong EjectionBalance { get; init; }
    public required ulong HysteresisQuotient { get; init; }
    public required ulong HysteresisDownwardMultiplier { get; init; }
    public required ulong HysteresisUpwardMultiplier { get; init; }

    // State lengths
    public required ulong EpochsPerHistoricalVector { get; init; }
    public required ulong EpochsPerSlashingsVector { get; init; }
    public required ulong HistoricalRootsLimit { get; init; }
    public required ulong ValidatorRegistryLimit { get; init; }

    // Rewards and penalties
    public required ulong BaseRewardFactor { get; init; }
    public required ulong WhistleblowerRewardQuotient { get; init; }
    public required ulong ProposerRewardQuotient { get; init; }
    public required ulong InactivityPenaltyQuotient { get; init; }
    public required ulong MinSlashingPenaltyQuotient { get; init; }
    public required ulong ProportionalSlashingMultiplier { get; init; }

    // Operations per block
    public required ulong MaxProposerSlashings { get; init; }
    public required ulong MaxAttesterSlashings { get; init; }
    public required ulong MaxAttestations { get; init; }
    public required ulong MaxDeposits { get; init; }
    public required ulong MaxVoluntaryExits { get; init; }

    // Registry
    public required ulong MinPerEpochChurnLimit { get; init; }
    public required ulong ChurnLimitQuotient { get; init; }

    // Genesis
    public required ulong MinGenesisActiveValidatorCount { get; init; }
    public required ulong MinGenesisTime { get; init; }
    public required ulong GenesisDelay { get; init; }

    /// <summary>Four bytes as 0x and eight hexadecimal digits, in byte order.</summary>
    public required string GenesisForkVersion { get; init; }

    // Fork choice
    public required ulong ProposerScoreBoost { get; init; }
    public required ulong ReorgHeadWeightThreshold { get; init; }
    public required ulong ReorgParentWeightThreshold { get; init; }
    public required ulong ReorgMaxEpochsSinceFinalization { get; init; }

    /// <summary>BASE_REWARDS_PER_EPOCH: source, target, head and inclusion delay.</summary>
    public const ulong BaseRewardsPerEpoch = 4;

    /// <summary>DEPOSIT_CONTRACT_TREE_DEPTH.</summary>
    public const int DepositTreeDepth = 32;

    /// <summary>JUSTIFICATION_BITS_LENGTH.</summary>
    public const int JustificationBitsLength = 4;

    /// <summary>INTERVALS_PER_SLOT: a block is timely in the first of them.</summary>
    public const ulong IntervalsPerSlot = 3;

    /// <summary>FAR_FUTURE_EPOCH: not set.</summary>
    public const ulong FarFutureEpoch = ulong.MaxValue;

    /// <summary>SAFETY_DECAY of the weak-subjectivity period, in percent.</summary>
    public const ulong SafetyDecay = 10;

    public ulong EpochOf(ulong slot) => slot / SlotsPerEpoch;

    /// <exception cref="OverflowException">The slot does not fit 64 bits.</exception>
    public ulong StartSlot(ulong epoch) => checked(epoch * SlotsPerEpoch);

    /// <summary>Epoch at which an activation or exit that is started in <paramref name="epoch"/> takes
    /// effect.</summary>
    public ulong ActivationExitEpoch(ulong epoch) => checked(epoch + 1 + MaxSeedLookahead);

    /// <summary>First four bytes of the genesis fork version, as a little-endian number.</summary>
    public uint GenesisForkVersionBytes =>
        System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(
            Convert.FromHexString(GenesisForkVersion.AsSpan(2)));
}
