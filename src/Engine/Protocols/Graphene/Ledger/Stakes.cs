using Tactus.Engine.Protocols.Graphene.Types;

namespace Tactus.Engine.Protocols.Graphene.Ledger;

/// <summary>Balances, and whose opinion each unit of stake follows. "Under DPOS, every stakeholder has influence that
/// is directly proportional to their stake".</summary>
/// <remarks>[C] tallies by visiting every account at maintenance. Here the stake that follows a proxy is kept up to
/// date with each change, so that maintenance visits only the accounts with an opinion. The sums are the
/// same.</remarks>
internal static class Stakes
{
    /// <summary>Adds to a balance, which does not fall below zero: the caller checked.</summary>
    public static void Add(LedgerView ledger, uint account, long amount)
    {
        AccountCell cell = ledger.GetAccount(account);
        cell.Balance += amount;
        ledger.PutAccount(account, cell);
        Follow(ledger, cell.Proxy, amount);
    }

    /// <summary>The stake whose opinion is this account's: its own unless it has a proxy, and that of those who follow
    /// it. One level: what follows a proxy does not follow the proxy's proxy [C].</summary>
    public static long BehindOpinionOf(LedgerView ledger, uint account)
    {
        AccountCell cell = ledger.GetAccount(account);
        return cell.ProxiedStake + (cell.Proxy == WellKnown.ProxyToSelf ? cell.Balance : 0);
    }

    /// <summary>Sets an account's opinion: its proxy and its place among the voters.</summary>
    public static void SetOpinion(LedgerView ledger, uint account, AccountOptions options)
    {
        AccountCell cell = ledger.GetAccount(account);
        Follow(ledger, cell.Proxy, -cell.Balance);
        cell = ledger.GetAccount(account);
        cell.Proxy = options.VotingAccount == account ? WellKnown.ProxyToSelf : options.VotingAccount;
        bool hadPlace = cell.VoterPlace != 0;
        CountersCell counters = ledger.Counters;
        if (options.HasOpinion && !hadPlace)
        {
            ledger.PutVoter(counters.Voters, account);
            cell.VoterPlace = ++counters.Voters;
            ledger.Counters = counters;
        }

        ledger.PutAccount(account, cell);
        Follow(ledger, cell.Proxy, cell.Balance);
        ledger.PutOptions(account, options);
        if (!options.HasOpinion && hadPlace)
        {
            GiveUpPlace(ledger, account, counters);
        }
    }

    /// <summary>The last voter takes the place that becomes free.</summary>
    private static void GiveUpPlace(LedgerView ledger, uint account, CountersCell counters)
    {
        AccountCell cell = ledger.GetAccount(account);
        uint place = cell.VoterPlace - 1;
        uint last = ledger.GetVoter(counters.Voters - 1);
        ledger.PutVoter(place, last);
        AccountCell moved = ledger.GetAccount(last);
        moved.VoterPlace = place + 1;
        ledger.PutAccount(last, moved);
        cell = ledger.GetAccount(account);
        cell.VoterPlace = 0;
        ledger.PutAccount(account, cell);
        counters.Voters--;
        ledger.RemoveVoter(counters.Voters);
        ledger.Counters = counters;
    }

    private static void Follow(LedgerView ledger, uint proxy, long amount)
    {
        if (proxy != WellKnown.ProxyToSelf && amount != 0)
        {
            AccountCell followed = ledger.GetAccount(proxy);
            followed.ProxiedStake += amount;
            ledger.PutAccount(proxy, followed);
        }
    }
}
