using System.Buffers.Binary;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Gasper.Blocks;
using Tactus.Engine.Protocols.Gasper.Presets;
using Tactus.Engine.Protocols.Gasper.State;

namespace Tactus.Engine.Protocols.Gasper.Transition;

/// <summary>Questions about a state (beacon-chain.md, "Beacon state accessors").</summary>
public static class Accessors
{
    // Accepting a candidate takes two tries on average at half the full balance; 2^20 without one means no one has a
    // balance.
    private const int ProposerTriesMax = 1 << 20;

    /// <summary>Root of the newest block: its header with the state root that the next slot fills in.</summary>
    public static Hash256 LatestBlockRoot(BeaconState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        BeaconBlockHeader header = state.LatestBlockHeader;
        header = header.StateRoot.IsZero ? header with { StateRoot = state.HashTreeRoot() } : header;
        return header.HashTreeRoot(state.Context.Hasher);
    }

    /// <summary>The committees of an epoch: previous, current or next.</summary>
    public static EpochCommittees CommitteesOf(BeaconState state, ulong epoch)
    {
        ArgumentNullException.ThrowIfNull(state);
        return state.Caches.Committees(state, epoch);
    }

    /// <summary>get_total_active_balance of the current epoch: at least one increment.</summary>
    public static ulong TotalActiveBalance(BeaconState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        ulong epoch = state.CurrentEpoch;
        if (state.Caches.TotalActive.Balance == 0 || state.Caches.TotalActive.Epoch != epoch)
        {
            state.Caches.TotalActive = (epoch, TotalActiveBalance(state, epoch));
        }

        return state.Caches.TotalActive.Balance;
    }

    /// <summary>Number of validators active in an epoch.</summary>
    public static ulong ActiveCount(BeaconState state, ulong epoch)
    {
        ArgumentNullException.ThrowIfNull(state);
        ValidatorRegistry validators = state.Validators;
        ulong count = 0;
        for (int chunk = 0; chunk < validators.ChunkCount; chunk++)
        {
            ReadOnlySpan<ulong> activation = validators.ActivationEpochs(chunk);
            ReadOnlySpan<ulong> exit = validators.ExitEpochs(chunk)[..activation.Length];
            for (int i = 0; i < activation.Length; i++)
            {
                count += activation[i] <= epoch && epoch < exit[i] ? 1UL : 0;
            }
        }

        return count;
    }

    /// <summary>get_validator_churn_limit.</summary>
    public static ulong ChurnLimit(BeaconState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        GasperPreset preset = state.Context.Preset;
        ulong epoch = state.CurrentEpoch;
        if (state.Caches.ActiveCount is not { } known || known.Epoch != epoch)
        {
            known = (epoch, ActiveCount(state, epoch));
            state.Caches.ActiveCount = known;
        }

        return Math.Max(preset.MinPerEpochChurnLimit, known.Count / preset.ChurnLimitQuotient);
    }

    /// <summary>get_beacon_proposer_index of the state's slot.</summary>
    public static int ProposerIndex(BeaconState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (state.Caches.Proposer.Index < 0 || state.Caches.Proposer.Slot != state.Slot)
        {
            state.Caches.Proposer = (state.Slot, ProposerIndex(state, state.Slot));
        }

        return state.Caches.Proposer.Index;
    }

    /// <summary>Proposer of a slot of the state's current epoch.</summary>
    public static int ProposerIndex(BeaconState state, ulong slot)
    {
        ArgumentNullException.ThrowIfNull(state);
        CheckEpoch(state, slot);
        GasperPreset preset = state.Context.Preset;
        Span<byte> message = stackalloc byte[40];
        Seeds.SeedOf(state, state.CurrentEpoch, Domain.BeaconProposer).CopyTo(message);
        BinaryPrimitives.WriteUInt64LittleEndian(message[32..], slot);
        Hash256 seed = state.Context.Hasher.Hash(message);
        ReadOnlySpan<int> active = CommitteesOf(state, state.CurrentEpoch).Active;
        if (active.Length == 0)
        {
            throw new GasperException(RejectReason.WrongProducer, "no validator is active");
        }

        seed.CopyTo(message);
        Hash256 random = default;
        for (int i = 0; i < ProposerTriesMax; i++)
        {
            int candidate = active[Shuffling.ShuffledIndex(
                i % active.Length, active.Length, seed, preset.ShuffleRoundCount, state.Context.Hasher)];
            if (i % 32 == 0)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(message[32..], (ulong)i / 32);
                random = state.Context.Hasher.Hash(message);
            }

            ulong balance = state.Validators.EffectiveBalance(candidate);
            if ((UInt128)balance * byte.MaxValue >= (UInt128)preset.MaxEffectiveBalance * random.Bytes[i % 32])
            {
                return candidate;
            }
        }

        throw new GasperException(RejectReason.WrongProducer, "no active validator has a balance");
    }

    private static void CheckEpoch(BeaconState state, ulong slot)
    {
        if (state.Context.Preset.EpochOf(slot) != state.CurrentEpoch)
        {
            throw new ArgumentException(
                $"The proposer of slot {slot} is not known in epoch {state.CurrentEpoch}: "
                + "balances may change.", nameof(slot));
        }
    }

    private static ulong TotalActiveBalance(BeaconState state, ulong epoch)
    {
        ValidatorRegistry validators = state.Validators;
        ulong total = 0;
        for (int chunk = 0; chunk < validators.ChunkCount; chunk++)
        {
            ReadOnlySpan<ulong> balances = validators.EffectiveBalances(chunk);
            ReadOnlySpan<ulong> activation = validators.ActivationEpochs(chunk)[..balances.Length];
            ReadOnlySpan<ulong> exit = validators.ExitEpochs(chunk)[..balances.Length];
            ulong sum = 0;
            for (int i = 0; i < balances.Length; i++)
            {
                checked
                {
                    sum += activation[i] <= epoch && epoch < exit[i] ? balances[i] : 0;
                }
            }

            total = checked(total + sum);
        }

        return Math.Max(state.Context.Preset.EffectiveBalanceIncrement, total);
    }
}
