using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Gasper.Presets;
using Tactus.Engine.Protocols.Gasper.State;

namespace Tactus.Engine.Protocols.Gasper.Transition;

/// <summary>process_epoch: the steps at the end of the last slot of an epoch, in the order of the
/// specification.</summary>
internal static class EpochProcessing
{
    public static void ProcessEpoch(BeaconState state)
    {
        ParticipationTotals totals = ParticipationTotals.Of(state);
        Justification.AtEpochEnd(state, totals).ApplyTo(state);
        Rewards.Process(state, totals);
        RegistryUpdates(state);
        Slashings(state);
        Eth1DataReset(state);
        EffectiveBalanceUpdates(state);
        SlashingsReset(state);
        RandaoMixesReset(state);
        HistoricalRootsUpdate(state);
        state.RotateAttestations();
    }

    public static void RegistryUpdates(BeaconState state)
    {
        GasperPreset preset = state.Context.Preset;
        ValidatorRegistry validators = state.Validators;
        ulong epoch = state.CurrentEpoch;
        ulong finalized = state.Finalized.Epoch;
        var queue = new List<(ulong Epoch, int Index)>();
        for (int chunk = 0; chunk < validators.ChunkCount; chunk++)
        {
            int first = chunk * ValidatorRegistry.ValidatorsPerChunk;
            int count = validators.EffectiveBalances(chunk).Length;
            for (int i = 0; i < count; i++)
            {
                // Spans are taken anew: a write may have given the chunk its own copy.
                ulong effective = validators.EffectiveBalances(chunk)[i];
                ulong activation = validators.ActivationEpochs(chunk)[i];
                ulong eligibility = validators.ActivationEligibilityEpochs(chunk)[i];
                if (eligibility == GasperPreset.FarFutureEpoch && effective == preset.MaxEffectiveBalance)
                {
                    validators.SetActivationEligibilityEpoch(first + i, epoch + 1);
                }
                else if (activation == GasperPreset.FarFutureEpoch && eligibility <= finalized)
                {
                    queue.Add((eligibility, first + i));
                }

                if (effective <= preset.EjectionBalance && activation <= epoch
                    && epoch < validators.ExitEpochs(chunk)[i])
                {
                    RegistryActions.InitiateExit(state, first + i);
                }
            }
        }

        queue.Sort();
        int activated = (int)Math.Min((ulong)queue.Count, Accessors.ChurnLimit(state));
        for (int i = 0; i < activated; i++)
        {
            validators.SetActivationEpoch(queue[i].Index, preset.ActivationExitEpoch(epoch));
        }
    }

    /// <summary>process_slashings: the penalty that grows with the share slashed around the same time.</summary>
    public static void Slashings(BeaconState state)
    {
        GasperPreset preset = state.Context.Preset;
        ValidatorRegistry validators = state.Validators;
        ulong total = Accessors.TotalActiveBalance(state);
        UInt128 slashedSum = 0;
        for (int chunk = 0; chunk < state.Slashings.ChunkCount; chunk++)
        {
            foreach (ulong slashed in state.Slashings.Chunk(chunk))
            {
                slashedSum += slashed;
            }
        }

        ulong adjusted = (ulong)UInt128.Min(slashedSum * preset.ProportionalSlashingMultiplier, total);
        ulong increment = preset.EffectiveBalanceIncrement;
        ulong withdrawable = checked(state.CurrentEpoch + (preset.EpochsPerSlashingsVector / 2));
        for (int chunk = 0; chunk < validators.ChunkCount; chunk++)
        {
            ReadOnlySpan<byte> slashed = validators.Slashed(chunk);
            for (int i = slashed.IndexOf((byte)1); i >= 0; i = Next(slashed, i))
            {
                if (validators.WithdrawableEpochs(chunk)[i] == withdrawable)
                {
                    // 1000 increments times a billion increments of 10^9 do not fit 64 bits: 128.
                    ulong effective = validators.EffectiveBalances(chunk)[i];
                    UInt128 numerator = (UInt128)(effective / increment) * adjusted;
                    ulong penalty = checked((ulong)(numerator / total) * increment);
                    state.DecreaseBalance((chunk * ValidatorRegistry.ValidatorsPerChunk) + i, penalty);
                }
            }
        }
    }

    public static void Eth1DataReset(BeaconState state)
    {
        if ((state.CurrentEpoch + 1) % state.Context.Preset.EpochsPerEth1VotingPeriod == 0)
        {
            state.ClearEth1Votes();
        }
    }

    /// <summary>Effective balances follow balances with hysteresis, so that they, and the roots above them, change
    /// rarely.</summary>
    public static void EffectiveBalanceUpdates(BeaconState state)
    {
        GasperPreset preset = state.Context.Preset;
        ValidatorRegistry validators = state.Validators;
        ulong increment = preset.EffectiveBalanceIncrement;
        ulong step = increment / preset.HysteresisQuotient;
        ulong down = step * preset.HysteresisDownwardMultiplier;
        ulong up = step * preset.HysteresisUpwardMultiplier;
        for (int chunk = 0; chunk < validators.ChunkCount; chunk++)
        {
            ReadOnlySpan<ulong> balances = state.Balances.Chunk(chunk);
            int first = chunk * ValidatorRegistry.ValidatorsPerChunk;
            for (int i = 0; i < balances.Length; i++)
            {
                ulong balance = balances[i];
                ulong effective = validators.EffectiveBalances(chunk)[i];
                if (checked(balance + down) < effective || checked(effective + up) < balance)
                {
                    ulong updated = Math.Min(balance - (balance % increment), preset.MaxEffectiveBalance);
                    if (updated != effective)
                    {
                        validators.SetEffectiveBalance(first + i, updated);
                    }
                }
            }
        }
    }

    public static void SlashingsReset(BeaconState state) =>
        state.Slashings[(int)((state.CurrentEpoch + 1) % state.Context.Preset.EpochsPerSlashingsVector)] = 0;

    public static void RandaoMixesReset(BeaconState state)
    {
        ulong next = state.CurrentEpoch + 1;
        state.RandaoMixes[(int)(next % state.Context.Preset.EpochsPerHistoricalVector)] =
            state.RandaoMix(state.CurrentEpoch);
    }

    public static void HistoricalRootsUpdate(BeaconState state)
    {
        GasperPreset preset = state.Context.Preset;
        if ((state.CurrentEpoch + 1) % (preset.SlotsPerHistoricalRoot / preset.SlotsPerEpoch) == 0)
        {
            Hash256 blocks = state.BlockRoots.Root(state.Context.Hasher, preset.SlotsPerHistoricalRoot);
            Hash256 states = state.StateRoots.Root(state.Context.Hasher, preset.SlotsPerHistoricalRoot);
            state.HistoricalRoots.Add(state.Context.Hasher.Pair(blocks, states));
        }
    }

    private static int Next(ReadOnlySpan<byte> flags, int from)
    {
        int next = flags[(from + 1)..].IndexOf((byte)1);
        return next < 0 ? -1 : from + 1 + next;
    }
}
