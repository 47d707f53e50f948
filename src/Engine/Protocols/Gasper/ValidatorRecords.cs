using System.Runtime.InteropServices;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Gasper.State;
using Tactus.Engine.State;

namespace Tactus.Engine.Protocols.Gasper;

/// <summary>Records of the store: two cells and a blob per validator, and one blob about the chain, which names the
/// root of the whole state, so that the store's hash stands for all of it.</summary>
public static class ValidatorRecords
{
    private const byte BalanceTable = 1;
    private const byte LifeTable = 2;
    private const byte KeyTable = 3;
    private const byte SummaryTable = 4;

    private static readonly StateKey SummaryKey = StateKey.Of(SummaryTable, 0);

    /// <summary>Key of a validator's <see cref="BalanceRecord"/>.</summary>
    public static StateKey BalanceKey(int validator) => StateKey.Of(BalanceTable, (ulong)validator);

    /// <summary>Key of a validator's <see cref="LifeRecord"/>.</summary>
    public static StateKey LifeKey(int validator) => StateKey.Of(LifeTable, (ulong)validator);

    /// <summary>Key of the blob with a validator's public key and withdrawal credentials, 80 bytes.</summary>
    public static StateKey KeysKey(int validator) => StateKey.Of(KeyTable, (ulong)validator);

    /// <summary>Writes everything about a validator.</summary>
    public static void WriteNew(IStateView view, BeaconState state, int i)
    {
        ArgumentNullException.ThrowIfNull(view);
        ArgumentNullException.ThrowIfNull(state);
        Span<byte> keys = stackalloc byte[PublicKey48.Size + Hash256.Size];
        PublicKey48 key = state.Validators.PublicKey(i);
        ((ReadOnlySpan<byte>)key).CopyTo(keys);
        state.Validators.WithdrawalCredentials(i).CopyTo(keys[PublicKey48.Size..]);
        view.PutBlob(KeysKey(i), keys);
        view.Put(BalanceKey(i), StateCell.Of(BalanceRecord.Of(state, i)));
        view.Put(LifeKey(i), StateCell.Of(LifeRecord.Of(state, i)));
    }

    /// <summary>Writes the validators that differ between two states of one chain.</summary>
    public static void WriteChanges(IStateView view, BeaconState before, BeaconState after)
    {
        ArgumentNullException.ThrowIfNull(view);
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        int perChunk = ValidatorRegistry.ValidatorsPerChunk;
        for (int chunk = 0; chunk < after.Validators.ChunkCount; chunk++)
        {
            if (chunk < before.Validators.ChunkCount && IsShared(before, after, chunk))
            {
                continue;
            }

            int end = Math.Min((chunk + 1) * perChunk, after.Validators.Count);
            for (int i = chunk * perChunk; i < end; i++)
            {
                WriteChange(view, before, after, i);
            }
        }
    }

    /// <summary>Writes what the newest block says of the chain.</summary>
    public static void WriteSummary(IStateView view, GasperState state)
    {
        ArgumentNullException.ThrowIfNull(view);
        ArgumentNullException.ThrowIfNull(state);
        var writer = new ByteWriter(192);
        writer.WriteUInt32(state.Height);
        writer.WriteUInt64(state.Slot);
        writer.WriteHash256(state.Id);
        writer.WriteHash256(state.StateRoot);
        writer.WriteUInt64(state.Justified.Epoch);
        writer.WriteHash256(state.Justified.Root);
        writer.WriteUInt64(state.Finalized.Epoch);
        writer.WriteHash256(state.Finalized.Root);
        writer.WriteUInt32(state.FinalizedHeight);
        view.PutBlob(SummaryKey, writer.Written);
    }

    private static void WriteChange(IStateView view, BeaconState before, BeaconState after, int i)
    {
        if (i >= before.Validators.Count)
        {
            WriteNew(view, after, i);
            return;
        }

        var balance = BalanceRecord.Of(after, i);
        if (balance != BalanceRecord.Of(before, i))
        {
            view.Put(BalanceKey(i), StateCell.Of(balance));
        }

        var life = LifeRecord.Of(after, i);
        if (life != LifeRecord.Of(before, i))
        {
            view.Put(LifeKey(i), StateCell.Of(life));
        }
    }

    /// <summary>Whether the two states hold the same arrays, which clones do until one of them writes: equal spans lie
    /// at the same place.</summary>
    private static bool IsShared(BeaconState x, BeaconState y, int chunk) =>
        x.Balances.Chunk(chunk) == y.Balances.Chunk(chunk)
        && x.Validators.EffectiveBalances(chunk) == y.Validators.EffectiveBalances(chunk)
        && x.Validators.Slashed(chunk) == y.Validators.Slashed(chunk)
        && x.Validators.ActivationEligibilityEpochs(chunk) == y.Validators.ActivationEligibilityEpochs(chunk)
        && x.Validators.ActivationEpochs(chunk) == y.Validators.ActivationEpochs(chunk)
        && x.Validators.ExitEpochs(chunk) == y.Validators.ExitEpochs(chunk)
        && x.Validators.WithdrawableEpochs(chunk) == y.Validators.WithdrawableEpochs(chunk);
}

/// <summary>What changes with every epoch, in the smallest unit.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct BalanceRecord(ulong Balance, ulong EffectiveBalance)
{
    public static BalanceRecord Of(BeaconState state, int i)
    {
        ArgumentNullException.ThrowIfNull(state);
        return new(state.Balances[i], state.Validators.EffectiveBalance(i));
    }
}

/// <summary>A validator's epochs, <see cref="ulong.MaxValue"/> where not set, and 1 where it was slashed.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct LifeRecord(
    ulong Eligibility, ulong Activation, ulong Exit, ulong Withdrawable, ulong Slashed)
{
    public static LifeRecord Of(BeaconState state, int i)
    {
        ArgumentNullException.ThrowIfNull(state);
        ValidatorRegistry validators = state.Validators;
        return new(
            validators.ActivationEligibilityEpoch(i),
            validators.ActivationEpoch(i),
            validators.ExitEpoch(i),
            validators.WithdrawableEpoch(i),
            validators.IsSlashed(i) ? 1UL : 0);
    }
}
