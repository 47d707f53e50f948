// The order of floating-point additions is consensus: producers ascending by name, old votes taken off before new ones
// are put on (the contracts keep the differences in an ordered map). Source: reference-contracts and telos.contracts
// voting.cpp.
using Tactus.Engine.Protocols.Antelope.Execution;
using Tactus.Engine.Protocols.Antelope.Types;

namespace Tactus.Engine.Protocols.Antelope.Voting;

/// <summary>Counts votes: a voter's old weight leaves its old producers or proxy, the new weight goes to the new
/// ones.</summary>
public static class VoteCount
{
    /// <summary>Claims older than this earn no vote pay, in microseconds: three days.</summary>
    internal const long ClaimThresholdUs = 3 * 24 * 3600 * 1_000_000L;

    /// <summary>Counts a vote, or a change of the voter's stake.</summary>
    /// <param name="scope">The action that causes it.</param>
    /// <param name="owner">The voter.</param>
    /// <param name="proxy">Its proxy, 0 for none.</param>
    /// <param name="producers">Its producers, ascending.</param>
    /// <param name="isVoting">Whether this is a vote: then every producer must be registered.</param>
    /// <returns>Null, or why the vote is refused.</returns>
    public static string? Update(ActionScope scope, ulong owner, ulong proxy, ulong[] producers, bool isVoting)
    {
        if (CheckForm(scope.Rules, owner, proxy, producers) is { } wrong)
        {
            return wrong;
        }

        if (Voter.Find(scope.View, owner) is not { } voter)
        {
            return "user must stake before they can vote";
        }

        if (proxy != 0 && voter.IsProxy)
        {
            return "account registered as a proxy is not allowed to use a proxy";
        }

        VotingState state = VotingState.Read(scope.View);
        double newWeight = scope.Rules.Weight == VoteWeightRule.Inverse
            ? InverseWeight(scope, voter, producers, isVoting, ref state, out bool hadWeight, out long newStake)
            : DecayWeight(scope, voter, ref state, out hadWeight, out newStake);
        state.Write(scope.View);

        var deltas = new SortedDictionary<ulong, Delta>();
        string? error = TakeOld(scope, voter, hadWeight, deltas)
            ?? GiveNew(scope, owner, proxy, producers, newWeight, isVoting, deltas)
            ?? ApplyDeltas(scope, deltas, isVoting);
        if (error is not null)
        {
            return error;
        }

        voter.LastVoteWeight = newWeight;
        voter.LastStake = newStake;
        voter.Producers = producers;
        voter.Proxy = proxy;
        voter.Save(scope.View);
        return null;
    }

    /// <summary>Carries a change of a voter's weight to its producers or its proxy, where it is more than
    /// rounding.</summary>
    public static string? Propagate(ActionScope scope, Voter voter)
    {
        if (voter.Proxy != 0 && voter.IsProxy)
        {
            return "account registered as a proxy is not allowed to use a proxy";
        }

        double weight = VoteWeight.Of(scope.Rules, voter.Staked, voter.Producers.Length, scope.NowSec)
            + (voter.IsProxy ? voter.ProxiedVoteWeight : 0);
        double delta = weight - voter.LastVoteWeight;
        string? error = null;
        if (Math.Abs(delta) > 1)
        {
            error = voter.Proxy != 0
                ? PropagateToProxy(scope, voter.Proxy, delta)
                : PropagateToProducers(scope, voter, delta);
        }

        voter.LastVoteWeight = weight;
        voter.Save(scope.View);
        return error;
    }

    private static string? CheckForm(VotingRules rules, ulong owner, ulong proxy, ulong[] producers)
    {
        if (proxy != 0)
        {
            return producers.Length != 0 ? "cannot vote for producers and proxy at same time"
                : owner == proxy ? "cannot proxy to self"
                : null;
        }

        if (producers.Length > rules.VotesMax)
        {
            return "attempt to vote for too many producers";
        }

        for (int i = 1; i < producers.Length; i++)
        {
            if (producers[i - 1] >= producers[i])
            {
                return "producer votes must be unique and sorted";
            }
        }

        return null;
    }

    private static double DecayWeight(
        ActionScope scope, Voter voter, ref VotingState state, out bool hadWeight, out long newStake)
    {
        // The first vote activates the stake; nobody can unstake before activation.
        if (!state.IsActivated && voter.LastVoteWeight <= 0 && scope.Rules.ActivationStake is { } needed)
        {
            state.TotalActivatedStake += voter.Staked;
            if (state.TotalActivatedStake >= needed)
            {
                state.ActivatedUs = scope.NowUs;
            }
        }

        hadWeight = voter.LastVoteWeight > 0;
        newStake = voter.Staked;
        return VoteWeight.TimeDecay(voter.Staked, scope.NowSec) + (voter.IsProxy ? voter.ProxiedVoteWeight : 0);
    }

    private static double InverseWeight(
        ActionScope scope,
        Voter voter,
        ulong[] producers,
        bool isVoting,
        ref VotingState state,
        out bool hadWeight,
        out long newStake)
    {
        // Voting for nobody takes the stake back.
        newStake = isVoting && producers.Length == 0 ? 0 : voter.Staked;
        state.TotalActivatedStake += newStake - voter.LastStake;
        hadWeight = voter.LastStake > 0;
        return VoteWeight.Inverse(newStake, producers.Length);
    }

    private static string? TakeOld(
        ActionScope scope, Voter voter, bool hadWeight, SortedDictionary<ulong, Delta> deltas)
    {
        if (!hadWeight)
        {
            return null;
        }

        if (voter.Proxy != 0)
        {
            return PropagateToProxy(scope, voter.Proxy, -voter.LastVoteWeight);
        }

        foreach (ulong producer in voter.Producers)
        {
            deltas[producer] = new Delta(-Boosted(scope.Rules, voter.LastVoteWeight, producer == voter.Owner), false);
        }

        return null;
    }

    private static string? GiveNew(
        ActionScope scope,
        ulong owner,
        ulong proxy,
        ulong[] producers,
        double weight,
        bool isVoting,
        SortedDictionary<ulong, Delta> deltas)
    {
        if (proxy == 0)
        {
            foreach (ulong producer in producers)
            {
                deltas.TryGetValue(producer, out Delta delta);
                deltas[producer] = new Delta(delta.Weight + Boosted(scope.Rules, weight, producer == owner), true);
            }

            return null;
        }

        return Voter.Find(scope.View, proxy) is not { } voter ? "invalid proxy specified"
            : isVoting && !voter.IsProxy ? "proxy not found"
            : PropagateToProxy(scope, proxy, weight);
    }

    private static double Boosted(VotingRules rules, double weight, bool isOwn) =>
        isOwn ? weight + (rules.SelfStakeBoostPercent / 100.0 * weight) : weight;

    private static string? PropagateToProxy(ActionScope scope, ulong proxy, double delta)
    {
        if (Voter.Find(scope.View, proxy) is not { } voter)
        {
            return "old proxy not found";
        }

        voter.ProxiedVoteWeight += delta;
        return Propagate(scope, voter);
    }

    private static string? PropagateToProducers(ActionScope scope, Voter voter, double delta)
    {
        VotingState state = VotingState.Read(scope.View);
        ProducerTable table = scope.Producers.Load(scope.View);
        var shares = default(ShareChange);
        foreach (ulong producer in voter.Producers)
        {
            int at = table.IndexOf(producer);
            if (at < 0)
            {
                return "producer not found";
            }

            ref ProducerRow row = ref table.Rows[at];
            double votesBefore = row.TotalVotes;
            row.TotalVotes += delta;
            state.TotalProducerVoteWeight += delta;
            shares.Add(ref row, votesBefore, delta, scope.NowUs);
        }

        Save(scope, table, ref state, shares);
        return null;
    }

    private static string? ApplyDeltas(ActionScope scope, SortedDictionary<ulong, Delta> deltas, bool isVoting)
    {
        VotingState state = VotingState.Read(scope.View);
        ProducerTable table = scope.Producers.Load(scope.View);
        var shares = default(ShareChange);
        foreach ((ulong producer, Delta delta) in deltas)
        {
            int at = table.IndexOf(producer);
            if (at < 0)
            {
                if (delta.IsNew)
                {
                    return $"producer {new Name(producer)} is not registered";
                }

                continue;
            }

            ref ProducerRow row = ref table.Rows[at];
            if (isVoting && delta.IsNew && !row.IsActive)
            {
                return $"producer {new Name(producer)} is not currently registered";
            }

            // Rounding may leave small negative sums.
            double votesBefore = row.TotalVotes;
            row.TotalVotes = Math.Max(row.TotalVotes + delta.Weight, 0);
            state.TotalProducerVoteWeight += delta.Weight;
            shares.Add(ref row, votesBefore, delta.Weight, scope.NowUs);
        }

        Save(scope, table, ref state, shares);
        return null;
    }

    private static void Save(ActionScope scope, ProducerTable table, ref VotingState state, ShareChange shares)
    {
        state.UpdateShares(scope.NowUs, -shares.Inactive, shares.Rate);
        table.Save(scope.View);
        state.Write(scope.View);
    }

    private readonly record struct Delta(double Weight, bool IsNew);

    // How vote-pay shares change with a producer's votes: one that did not claim for three days stops earning.
    private struct ShareChange
    {
        public double Inactive;
        public double Rate;

        public void Add(ref ProducerRow row, double votesBefore, double delta, long nowUs)
        {
            long thresholdUs = row.LastClaimUs + ClaimThresholdUs;
            bool crossed = thresholdUs <= nowUs;
            bool updatedAfter = thresholdUs <= row.LastVotePayUpdateUs;
            double share = row.UpdateShare(nowUs, updatedAfter ? 0 : votesBefore, crossed && !updatedAfter);
            if (!crossed)
            {
                Rate += delta;
            }
            else if (!updatedAfter)
            {
                Inactive += share;
                Rate -= votesBefore;
            }
        }
    }
}
