using System.Buffers;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Gasper.Presets;
using Tactus.Engine.Protocols.Gasper.State;

namespace Tactus.Engine.Protocols.Gasper.Transition;

/// <summary>Parts of the rewards, as the vectors list them apart.</summary>
[Flags]
internal enum RewardComponents
{
    None = 0,
    Source = 1,
    Target = 2,
    Head = 4,
    InclusionDelay = 8,
    Inactivity = 16,
    All = Source | Target | Head | InclusionDelay | Inactivity,
}

/// <summary>
/// Rewards and penalties for the previous epoch (beacon-chain.md, "Rewards and penalties"). One pass over the columns;
/// the amounts depend only on the effective balance, so they are recomputed when it differs from the last validator's.
/// </summary>
internal static class Rewards
{
    /// <summary>process_rewards_and_penalties.</summary>
    public static void Process(BeaconState state, in ParticipationTotals totals)
    {
        if (state.CurrentEpoch == 0)
        {
            return;
        }

        ValidatorRegistry validators = state.Validators;
        var rates = new RewardRates(state, totals);
        ulong[] proposerRewards = ProposerRewards(state, ref rates);
        EpochParticipation participation = state.Caches.Previous(state);
        ulong previous = state.PreviousEpoch;
        for (int chunk = 0; chunk < validators.ChunkCount; chunk++)
        {
            ReadOnlySpan<ulong> effective = validators.EffectiveBalances(chunk);
            ReadOnlySpan<byte> slashed = validators.Slashed(chunk)[..effective.Length];
            ReadOnlySpan<ulong> activation = validators.ActivationEpochs(chunk)[..effective.Length];
            ReadOnlySpan<ulong> exit = validators.ExitEpochs(chunk)[..effective.Length];
            ReadOnlySpan<ulong> withdrawable = validators.WithdrawableEpochs(chunk)[..effective.Length];
            ReadOnlySpan<byte> votes = participation.VotesChunk(chunk)[..effective.Length];
            ReadOnlySpan<Inclusion> inclusions = participation.InclusionsChunk(chunk)[..effective.Length];
            ReadOnlySpan<ulong> proposers = proposerRewards.AsSpan(
                chunk * ValidatorRegistry.ValidatorsPerChunk, effective.Length);
            Span<ulong> balances = state.Balances.WriteChunk(chunk)[..effective.Length];
            for (int i = 0; i < effective.Length; i++)
            {
                ulong reward = proposers[i];
                ulong penalty = 0;
                bool isSlashed = slashed[i] != 0;
                if ((activation[i] <= previous && previous < exit[i]) || (isSlashed && previous + 1 < withdrawable[i]))
                {
                    rates.For(effective[i]);
                    Votes counted = isSlashed ? Votes.None : (Votes)votes[i];
                    rates.Add(RewardComponents.All, counted, inclusions[i].Delay, ref reward, ref penalty);
                }

                ulong balance = checked(balances[i] + reward);
                balances[i] = penalty > balance ? 0 : balance - penalty;
            }
        }

        ArrayPool<ulong>.Shared.Return(proposerRewards);
    }

    /// <summary>The deltas of some components by validator: what the rewards vectors list.</summary>
    public static (ulong[] Rewards, ulong[] Penalties) Deltas(BeaconState state, RewardComponents components)
    {
        var rates = new RewardRates(state, ParticipationTotals.Of(state));
        int count = state.Validators.Count;
        ulong[] rewards = new ulong[count];
        ulong[] penalties = new ulong[count];
        if (components.HasFlag(RewardComponents.InclusionDelay))
        {
            ulong[] proposers = ProposerRewards(state, ref rates);
            proposers.AsSpan(0, count).CopyTo(rewards);
            ArrayPool<ulong>.Shared.Return(proposers);
        }

        EpochParticipation participation = state.Caches.Previous(state);
        for (int i = 0; i < count; i++)
        {
            bool isSlashed = state.Validators.IsSlashed(i);
            if (state.Validators.IsActive(i, state.PreviousEpoch)
                || (isSlashed && state.PreviousEpoch + 1 < state.Validators.WithdrawableEpoch(i)))
            {
                rates.For(state.Validators.EffectiveBalance(i));
                rates.Add(
                    components,
                    isSlashed ? Votes.None : participation.VotesOf(i),
                    participation.InclusionOf(i).Delay,
                    ref rewards[i],
                    ref penalties[i]);
            }
        }

        return (rewards, penalties);
    }

    /// <summary>What each proposer earns for the votes it included first. Rented: the caller returns it.</summary>
    private static ulong[] ProposerRewards(BeaconState state, ref RewardRates rates)
    {
        ValidatorRegistry validators = state.Validators;
        ulong[] rewards = ArrayPool<ulong>.Shared.Rent(Math.Max(1, validators.Count));
        Array.Clear(rewards);
        EpochParticipation participation = state.Caches.Previous(state);
        for (int chunk = 0; chunk < validators.ChunkCount; chunk++)
        {
            ReadOnlySpan<ulong> effective = validators.EffectiveBalances(chunk);
            ReadOnlySpan<byte> slashed = validators.Slashed(chunk)[..effective.Length];
            ReadOnlySpan<byte> votes = participation.VotesChunk(chunk)[..effective.Length];
            ReadOnlySpan<Inclusion> inclusions = participation.InclusionsChunk(chunk)[..effective.Length];
            for (int i = 0; i < effective.Length; i++)
            {
                if ((votes[i] & (byte)Votes.Source) != 0 && slashed[i] == 0)
                {
                    rates.For(effective[i]);
                    int proposer = inclusions[i].Proposer;
                    if ((uint)proposer >= (uint)validators.Count)
                    {
                        throw new GasperException(
                            RejectReason.ActionFailed, $"proposer {proposer} is not in the registry");
                    }

                    rewards[proposer] = checked(rewards[proposer] + rates.Proposer);
                }
            }
        }

        return rewards;
    }
}

/// <summary>The amounts for one effective balance; recomputed when the balance changes from one validator to the
/// next.</summary>
internal struct RewardRates
{
    private readonly GasperPreset _preset;
    private readonly ParticipationTotals _totals;
    private readonly ulong _squareRoot;
    private readonly ulong _finalityDelay;
    private readonly bool _isLeaking;
    private ulong _effective;
    private ulong _base;
    private ulong _source;
    private ulong _target;
    private ulong _head;
    private ulong _attesterMax;
    private ulong _leak;
    private ulong _leakMissedTarget;

    public RewardRates(BeaconState state, in ParticipationTotals totals)
    {
        _preset = state.Context.Preset;
        _totals = totals;
        _squareRoot = IntegerMath.SquareRoot(totals.Active);
        _finalityDelay = checked(state.PreviousEpoch - state.Finalized.Epoch);
        _isLeaking = _finalityDelay > _preset.MinEpochsToInactivityPenalty;
        _effective = ulong.MaxValue;
    }

    /// <summary>What the proposer gets for including a validator's vote first.</summary>
    public ulong Proposer { get; private set; }

    public void For(ulong effective)
    {
        if (effective != _effective)
        {
            Compute(effective);
        }
    }

    /// <summary>Adds what a validator of this balance earns and loses.</summary>
    public readonly void Add(
        RewardComponents components, Votes votes, uint delay, ref ulong reward, ref ulong penalty)
    {
        if (components.HasFlag(RewardComponents.Source))
        {
            Choose(votes.HasFlag(Votes.Source), _source, ref reward, ref penalty);
        }

        if (components.HasFlag(RewardComponents.Target))
        {
            Choose(votes.HasFlag(Votes.Target), _target, ref reward, ref penalty);
        }

        if (components.HasFlag(RewardComponents.Head))
        {
            Choose(votes.HasFlag(Votes.Head), _head, ref reward, ref penalty);
        }

        if (components.HasFlag(RewardComponents.InclusionDelay) && votes.HasFlag(Votes.Source))
        {
            reward += delay == 1 ? _attesterMax : _attesterMax / delay;
        }

        if (components.HasFlag(RewardComponents.Inactivity) && _isLeaking)
        {
            penalty += _leak + (votes.HasFlag(Votes.Target) ? 0 : _leakMissedTarget);
        }
    }

    private readonly void Choose(bool hasVoted, ulong earned, ref ulong reward, ref ulong penalty)
    {
        reward += hasVoted ? earned : 0;
        penalty += hasVoted ? 0 : _base;
    }

    private void Compute(ulong effective)
    {
        checked
        {
            _effective = effective;
            _base = effective * _preset.BaseRewardFactor / _squareRoot / GasperPreset.BaseRewardsPerEpoch;
            Proposer = _base / _preset.ProposerRewardQuotient;
            _attesterMax = _base - Proposer;
            _source = Share(_totals.PreviousSource);
            _target = Share(_totals.PreviousTarget);
            _head = Share(_totals.PreviousHead);
            _leak = (GasperPreset.BaseRewardsPerEpoch * _base) - Proposer;
            _leakMissedTarget = effective * _finalityDelay / _preset.InactivityPenaltyQuotient;
        }
    }

    /// <summary>The base reward times the share that voted, in whole increments; all of it in a leak, which makes up
    /// for the penalty.</summary>
    private readonly ulong Share(ulong attesting)
    {
        ulong increment = _preset.EffectiveBalanceIncrement;
        return _isLeaking
            ? _base
            : checked(_base * (attesting / increment)) / (_totals.Active / increment);
    }
}
