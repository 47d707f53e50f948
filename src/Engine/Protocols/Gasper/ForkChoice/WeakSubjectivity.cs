using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Gasper.Blocks;
using Tactus.Engine.Protocols.Gasper.Presets;
using Tactus.Engine.Protocols.Gasper.State;
using Tactus.Engine.Protocols.Gasper.Transition;

namespace Tactus.Engine.Protocols.Gasper.ForkChoice;

/// <summary>
/// How long a checkpoint protects against validators who left and then sign another history
/// (consensus-specs specs/phase0/weak-subjectivity.md).
/// </summary>
public static class WeakSubjectivity
{
    /// <summary>compute_weak_subjectivity_period of a state, in epochs.</summary>
    public static ulong PeriodEpochs(BeaconState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        GasperPreset preset = state.Context.Preset;
        ulong active = Accessors.ActiveCount(state, state.CurrentEpoch);
        return PeriodEpochs(preset, active, Accessors.TotalActiveBalance(state));
    }

    /// <summary>The same from the number of active validators and their balance.</summary>
    public static ulong PeriodEpochs(GasperPreset preset, ulong active, ulong totalBalance)
    {
        ArgumentNullException.ThrowIfNull(preset);
        ArgumentOutOfRangeException.ThrowIfZero(active);

        // The specification counts whole coins: ETH_TO_GWEI is the 10^9 of the smallest unit.
        const ulong Coin = 1_000_000_000;
        UInt128 average = totalBalance / active / Coin;
        UInt128 full = preset.MaxEffectiveBalance / Coin;
        UInt128 count = active;
        UInt128 churn = Math.Max(preset.MinPerEpochChurnLimit, active / preset.ChurnLimitQuotient);
        UInt128 deposits = (UInt128)preset.MaxDeposits * preset.SlotsPerEpoch;
        UInt128 decay = GasperPreset.SafetyDecay;
        UInt128 period = preset.MinValidatorWithdrawabilityDelay;
        if (full * (200 + (3 * decay)) < average * (200 + (12 * decay)))
        {
            UInt128 byChurn = count * ((average * (200 + (12 * decay))) - (full * (200 + (3 * decay))))
                / (600 * churn * ((2 * average) + full));
            UInt128 byTopUps = count * (200 + (3 * decay)) / (600 * deposits);
            period += UInt128.Max(byChurn, byTopUps);
        }
        else
        {
            period += 3 * count * decay * average / (200 * deposits * (full - average));
        }

        return (ulong)period;
    }

    /// <summary>is_within_weak_subjectivity_period, and that the state is the one that the checkpoint names.</summary>
    /// <param name="state">State at the checkpoint, latest block header filled in or not.</param>
    /// <param name="checkpoint">The trusted checkpoint.</param>
    /// <param name="currentEpoch">Epoch by the clock.</param>
    public static Verdict Check(BeaconState state, in Checkpoint checkpoint, ulong currentEpoch)
    {
        ArgumentNullException.ThrowIfNull(state);
        BeaconBlockHeader header = state.LatestBlockHeader;
        if (header.StateRoot.IsZero)
        {
            header = header with { StateRoot = state.HashTreeRoot() };
        }

        Hash256 root = header.HashTreeRoot(state.Context.Hasher);
        if (root != checkpoint.Root || state.Context.Preset.EpochOf(state.Slot) != checkpoint.Epoch)
        {
            return Verdict.Reject(
                RejectReason.BadLink,
                $"the state is of block {root.ToShortString()} in epoch {state.CurrentEpoch}; the checkpoint names "
                + $"{checkpoint.Root.ToShortString()} in epoch {checkpoint.Epoch}");
        }

        ulong period = PeriodEpochs(state);
        return currentEpoch <= checkpoint.Epoch + period
            ? Verdict.Ok
            : Verdict.Reject(
                RejectReason.BelowFinality,
                $"epoch {currentEpoch} is more than {period} epochs after the checkpoint: get a newer one from a source you trust");
    }
}
