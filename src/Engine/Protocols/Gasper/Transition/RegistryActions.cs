using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Gasper.Presets;
using Tactus.Engine.Protocols.Gasper.State;

namespace Tactus.Engine.Protocols.Gasper.Transition;

/// <summary>What happens to a validator (beacon-chain.md, "Beacon state mutators").</summary>
public static class RegistryActions
{
    /// <summary>initiate_validator_exit: takes the next free place in the exit queue.</summary>
    public static void InitiateExit(BeaconState state, int index)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (state.Validators.ExitEpoch(index) != GasperPreset.FarFutureEpoch)
        {
            return;
        }

        GasperPreset preset = state.Context.Preset;
        (ulong lastEpoch, ulong count) = state.Caches.ExitQueue ??= FindExitQueue(state.Validators);
        ulong first = preset.ActivationExitEpoch(state.CurrentEpoch);
        ulong exitEpoch = Math.Max(lastEpoch, first);
        ulong already = exitEpoch == lastEpoch ? count : 0;
        if (already >= Accessors.ChurnLimit(state))
        {
            exitEpoch = checked(exitEpoch + 1);
            already = 0;
        }

        state.Caches.ExitQueue = (exitEpoch, already + 1);
        state.Validators.SetExitEpoch(index, exitEpoch);
        state.Validators.SetWithdrawableEpoch(index, checked(exitEpoch + preset.MinValidatorWithdrawabilityDelay));
    }

    /// <summary>slash_validator: starts the exit, takes the first penalty, and pays who reported and who included
    /// it.</summary>
    /// <param name="state">Changed.</param>
    /// <param name="index">The slashed validator.</param>
    /// <param name="whistleblower">Who reported; the proposer where null.</param>
    public static void Slash(BeaconState state, int index, int? whistleblower = null)
    {
        ArgumentNullException.ThrowIfNull(state);
        GasperPreset preset = state.Context.Preset;
        ValidatorRegistry validators = state.Validators;
        ulong epoch = state.CurrentEpoch;
        InitiateExit(state, index);
        validators.SetSlashed(index);
        ulong withdrawable = Math.Max(
            validators.WithdrawableEpoch(index), checked(epoch + preset.EpochsPerSlashingsVector));
        validators.SetWithdrawableEpoch(index, withdrawable);
        ulong effective = validators.EffectiveBalance(index);
        int ring = (int)(epoch % preset.EpochsPerSlashingsVector);
        state.Slashings[ring] = checked(state.Slashings[ring] + effective);
        state.DecreaseBalance(index, effective / preset.MinSlashingPenaltyQuotient);

        int proposer = Accessors.ProposerIndex(state);
        ulong reward = effective / preset.WhistleblowerRewardQuotient;
        ulong proposerReward = reward / preset.ProposerRewardQuotient;
        state.IncreaseBalance(proposer, proposerReward);
        state.IncreaseBalance(whistleblower ?? proposer, reward - proposerReward);
    }

    /// <summary>Adds to the registry, with a balance.</summary>
    internal static void AddValidator(
        BeaconState state, in PublicKey48 key, in Hash256 withdrawalCredentials, ulong amount)
    {
        GasperPreset preset = state.Context.Preset;
        ulong effective = Math.Min(
            amount - (amount % preset.EffectiveBalanceIncrement), preset.MaxEffectiveBalance);
        state.Validators.Add(key, withdrawalCredentials, effective);
        state.Balances.Add(amount);
        state.Caches.AddValidator();
    }

    private static (ulong Epoch, ulong Count) FindExitQueue(ValidatorRegistry validators)
    {
        ulong last = 0;
        ulong count = 0;
        for (int chunk = 0; chunk < validators.ChunkCount; chunk++)
        {
            foreach (ulong exit in validators.ExitEpochs(chunk))
            {
                if (exit == GasperPreset.FarFutureEpoch || exit < last)
                {
                    continue;
                }

                count = exit == last ? count + 1 : 1;
                last = exit;
            }
        }

        return (last, count);
    }
}
