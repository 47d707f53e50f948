using System.Collections.Immutable;
using Tactus.Engine.Protocols.Graphene.Consensus;
using Tactus.Engine.Protocols.Graphene.Types;

namespace Tactus.Engine.Protocols.Graphene.Ledger;

/// <summary>"The slate of active witnesses is updated once every maintenance interval (1 day) when the votes are
/// tallied."</summary>
internal static class Maintenance
{
    /// <summary>Tallies, elects, applies new parameters, sets the next time and draws the budget, in this order
    /// [C].</summary>
    public static WitnessState Run(LedgerView ledger, WitnessState state)
    {
        ChainParameters parameters = ledger.Parameters;
        CountersCell counters = ledger.Counters;
        TotalsCell totals = ledger.Totals;
        var witnessVotes = new long[totals.Witnesses + 1];
        var delegateVotes = new long[totals.Delegates];
        var witnessCount = new WitnessCount(parameters.WitnessCountMax);
        var delegateCount = new WitnessCount(parameters.DelegateCountMax);
        Tally(ledger, counters.Voters, witnessVotes, delegateVotes, witnessCount, delegateCount);

        uint[] active = ElectWitnesses(ledger, witnessVotes, witnessCount.Decide((int)counters.WitnessesMin));
        ElectDelegates(
            ledger, delegateVotes, delegateCount.Decide((int)counters.DelegatesMin), counters.EqualDelegates != 0);
        ledger.PutAuthorities(
            WellKnown.WitnessAccount,
            Authority.Nobody,
            Majority(active.Select(w => ledger.GetWitness(w)).Select(w => (w.Account, w.Votes)), equal: false));
        if (counters.HasPending != 0)
        {
            parameters = ledger.Pending;
            ledger.Parameters = parameters;
            counters.HasPending = 0;
            ledger.Counters = counters;
        }

        uint next = NextTime(state, parameters.MaintenanceIntervalSec);
        DrawBudget(ledger, parameters, state.TimeSec, next);
        return state with
        {
            Active = [.. active],
            LastConfirmed = [.. active.Select(w => ledger.GetWitness(w).LastConfirmed)],
            NextMaintenanceSec = next,
            IntervalSec = parameters.BlockIntervalSec,
            SkipSlots = parameters.MaintenanceSkipSlots,
        };
    }

    /// <summary>Keys of all who may sign: the active ones, and those that are still in the order.</summary>
    public static ImmutableArray<WitnessKey> KeysOf(LedgerView ledger, WitnessState state) =>
        [.. state.Active.Union(state.Shuffled).Order().Select(w => new WitnessKey(w, ledger.WitnessKey(w)))];

    /// <summary>[C] Block 1: the next multiple of the interval. Later: as many intervals on as it takes to lie after
    /// the head.</summary>
    internal static uint NextTime(WitnessState state, uint intervalSec)
    {
        if (state.Number == 1)
        {
            return ((state.TimeSec / intervalSec) + 1) * intervalSec;
        }

        uint behind = (state.TimeSec - state.NextMaintenanceSec) / intervalSec;
        return state.NextMaintenanceSec + ((behind + 1) * intervalSec);
    }

    /// <summary>"Each account is allowed one vote per share per witness": the whole stake for each choice.</summary>
    private static void Tally(
        LedgerView ledger, uint voters, long[] witnessVotes, long[] delegateVotes, WitnessCount witnessCount,
        WitnessCount delegateCount)
    {
        for (uint place = 0; place < voters; place++)
        {
            uint account = ledger.GetVoter(place);
            long stake = Stakes.BehindOpinionOf(ledger, account);
            if (stake <= 0)
            {
                continue;
            }

            AccountOptions opinion = ledger.Options(account);
            foreach (uint vote in opinion.Votes)
            {
                if (ledger.TryGetVoted(vote, out uint instance))
                {
                    (AccountOptions.TypeOf(vote) == VoteType.Witness ? witnessVotes : delegateVotes)[instance] += stake;
                }
            }

            witnessCount.Add(stake, opinion.WitnessCount);
            delegateCount.Add(stake, opinion.DelegateCount);
        }
    }

    private static uint[] ElectWitnesses(LedgerView ledger, long[] votes, int count)
    {
        var candidates = new List<(uint, long, uint)>();
        for (uint id = 1; id < votes.Length; id++)
        {
            WitnessCell witness = ledger.GetWitness(id);
            if (witness.Votes != votes[id])
            {
                witness.Votes = votes[id];
                ledger.PutWitness(id, witness);
            }

            candidates.Add((id, votes[id], witness.VoteId));
        }

        return Election.Elect(candidates, count);
    }

    /// <summary>"A delegate becomes a co-signer on a special account".</summary>
    private static void ElectDelegates(LedgerView ledger, long[] votes, int count, bool equal)
    {
        var candidates = new List<(uint, long, uint)>();
        for (uint id = 0; id < votes.Length; id++)
        {
            DelegateCell member = ledger.GetDelegate(id);
            member.Votes = votes[id];
            ledger.PutDelegate(id, member);
            candidates.Add((id, votes[id], member.VoteId));
        }

        uint[] elected = Election.Elect(candidates, count);
        IEnumerable<(uint, long)> accounts = elected.Select(d => ledger.GetDelegate(d))
            .Select(d => (d.Account, d.Votes));
        Authority active = Majority(accounts, equal);
        ledger.PutAuthorities(WellKnown.GenesisAccount, Authority.Nobody, active);
        ledger.PutAuthorities(WellKnown.RelaxedDelegates, Authority.Nobody, active);
    }

    private static Authority Majority(IEnumerable<(uint Account, long Votes)> members, bool equal)
    {
        (uint Account, long Votes)[] all = [.. members.OrderBy(m => m.Account)];
        (ushort[] weights, uint threshold) = DelegateWeights.Of([.. all.Select(m => m.Votes)], equal);
        return threshold == 0
            ? Authority.Nobody
            : new Authority(threshold, [.. all.Select((m, i) => (m.Account, weights[i])).Where(m => m.Item2 > 0)], []);
    }

    /// <summary>What was not spent, and the fees, go back to the reserve before the next budget is drawn from
    /// it.</summary>
    private static void DrawBudget(LedgerView ledger, ChainParameters parameters, uint nowSec, uint nextSec)
    {
        TotalsCell totals = ledger.Totals;
        long unissued = ledger.Counters.SupplyMax - totals.Supply;
        long reserve = unissued + totals.CollectedFees + totals.WitnessBudget;
        long elapsed = totals.LastBudgetSec == 0 ? 0 : (long)nowSec - totals.LastBudgetSec;
        long total = Budget.Total(reserve, elapsed);
        long forWitnesses = Budget.ForWitnesses(
            parameters.WitnessPayPerBlock, nextSec - nowSec, parameters.BlockIntervalSec, total);

        // Workers are not part of this chain: their share stays in the reserve.
        totals.Supply += forWitnesses - totals.CollectedFees - totals.WitnessBudget;
        totals.CollectedFees = 0;
        totals.WitnessBudget = forWitnesses;
        totals.LastBudgetSec = nowSec;
        ledger.Totals = totals;
    }
}
