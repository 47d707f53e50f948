using System.Globalization;
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
    /// <summary>Checkpoints beyond are refused, so that their slots fit 64 bits.</summary>
    private const ulong EpochMax = GasperConsensus.SlotMax;

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
        Hash256 root = Accessors.LatestBlockRoot(state);
        if (root != checkpoint.Root || state.Context.Preset.EpochOf(state.Slot) != checkpoint.Epoch)
        {
            return Verdict.Reject(
                RejectReason.BadLink,
                $"the state is of block {root.ToShortString()} in epoch {state.CurrentEpoch}; the checkpoint names "
                + $"{checkpoint.Root.ToShortString()} in epoch {checkpoint.Epoch}");
        }

        return CheckAge(state, checkpoint, currentEpoch);
    }

    /// <summary>Whether a checkpoint still protects: with the validators of <paramref name="state"/> and so many epochs
    /// later nobody can have left who could have made another history.</summary>
    public static Verdict CheckAge(BeaconState state, in Checkpoint checkpoint, ulong currentEpoch)
    {
        ulong period = PeriodEpochs(state);
        return currentEpoch <= checkpoint.Epoch + period
            ? Verdict.Ok
            : Verdict.Reject(
                RejectReason.BelowFinality,
                $"epoch {currentEpoch} is more than {period} epochs after the checkpoint of epoch {checkpoint.Epoch}: "
                + "get a newer one from "
                + "a source you trust");
    }

    /// <summary>Reads "ROOT:EPOCH", the root as 64 hexadecimal digits with or without 0x.</summary>
    public static bool TryParse(string text, out Checkpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(text);
        checkpoint = default;
        string[] parts = text.Split(':');
        if (parts.Length != 2 || !ulong.TryParse(
            parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out ulong epoch)
            || epoch > EpochMax)
        {
            return false;
        }

        string hex = parts[0].StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? parts[0][2..] : parts[0];
        if (hex.Length != 2 * Hash256.Size || !hex.All(char.IsAsciiHexDigit))
        {
            return false;
        }

        checkpoint = new Checkpoint(epoch, Hash256.FromHex(hex));
        return true;
    }
}
