using Tactus.Engine.Protocols.Graphene.Consensus;
using Tactus.Engine.Protocols.Graphene.Types;
using Tactus.Engine.State;

namespace Tactus.Engine.Protocols.Graphene.Ledger;

/// <summary>An account at the start.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Key">The key of both authorities.</param>
/// <param name="Balance">Core that it holds.</param>
public sealed record GenesisAccount(string Name, SigningKey Key, long Balance);

/// <summary>What a Graphene chain starts from: parameters, accounts, candidates and, until the first maintenance
/// tallies votes, the first witnesses as the active ones [C].</summary>
public sealed class GrapheneGenesis
{
    public required uint TimeSec { get; init; }

    public required ChainParameters Parameters { get; init; }

    /// <summary>[C] 1,000,000,000,000,000: what may ever be issued.</summary>
    public long SupplyMax { get; init; } = 1_000_000_000_000_000;

    /// <summary>[C] 11, odd.</summary>
    public int WitnessesMin { get; init; } = 11;

    public int DelegatesMin { get; init; } = 11;

    /// <summary>[N] One delegate, one weight, instead of one vote, one weight.</summary>
    public bool EqualDelegates { get; init; }

    /// <summary>Accounts from 1.2.6 on.</summary>
    public required IReadOnlyList<GenesisAccount> Accounts { get; init; }

    /// <summary>Witness candidates: index among <see cref="Accounts"/> and signing key. 1.6.1 is the first.</summary>
    public required IReadOnlyList<(int Account, SigningKey Key)> Witnesses { get; init; }

    /// <summary>How many of them are active before the first maintenance; 0 = all.</summary>
    public int ActiveAtStart { get; init; }

    /// <summary>Delegate candidates: indexes among <see cref="Accounts"/>.</summary>
    public IReadOnlyList<int> Delegates { get; init; } = [];

    /// <summary>Opinions at the start: index among <see cref="Accounts"/>, witnesses (1-based) and delegates (0-based)
    /// it votes for, wished numbers, and the index of its proxy or null.</summary>
    public IReadOnlyList<GenesisOpinion> Opinions { get; init; } = [];

    /// <summary>More accounts, made by index: they follow <see cref="Accounts"/>.</summary>
    public int UserCount { get; init; }

    public Func<int, GenesisAccount>? User { get; init; }

    /// <summary>[C] The state before block 1: the active witnesses in their order, not shuffled.</summary>
    public WitnessState State()
    {
        int active = ActiveAtStart == 0 ? Witnesses.Count : ActiveAtStart;
        uint[] ids = [.. Enumerable.Range(1, active).Select(i => (uint)i)];
        return new WitnessState
        {
            Number = 0,
            Id = default,
            TimeSec = TimeSec,
            IntervalSec = Parameters.BlockIntervalSec,
            SkipSlots = Parameters.MaintenanceSkipSlots,

            // [C] Block 1 does maintenance.
            NextMaintenanceSec = TimeSec,
            Active = [.. ids],
            LastConfirmed = [.. ids.Select(_ => 0u)],
            Shuffled = [.. ids],
            Keys = [.. ids.Select(i => new WitnessKey(i, Witnesses[(int)i - 1].Key))],
        };
    }

    /// <summary>Everything but <see cref="User"/> accounts.</summary>
    public void Write(IStateView view)
    {
        var ledger = new LedgerView(view);
        ledger.Parameters = Parameters;
        ledger.Totals = new TotalsCell { Accounts = WellKnown.FirstUser + (uint)Accounts.Count + (uint)UserCount };
        ledger.Counters = new CountersCell
        {
            SupplyMax = SupplyMax,
            WitnessesMin = (uint)WitnessesMin,
            DelegatesMin = (uint)DelegatesMin,
            EqualDelegates = EqualDelegates ? 1u : 0u,
        };
        string[] special =
        [
            "committee-account",
            "witness-account",
            "relaxed-committee-account",
            "null-account",
            "temp-account",
            "proxy-to-self",
        ];
        for (uint i = 0; i < special.Length; i++)
        {
            Authority nobody = i == WellKnown.TempAccount ? new Authority(0, [], []) : Authority.Nobody;
            WriteAccount(ledger, i, special[i], 0, nobody, default);
        }

        for (int i = 0; i < Accounts.Count; i++)
        {
            WriteAccount(
                ledger, Id(i), Accounts[i].Name, Accounts[i].Balance, Authority.OfKey(Accounts[i].Key),
                Accounts[i].Key);
        }

        long supply = Accounts.Sum(a => a.Balance);
        foreach ((int account, SigningKey key) in Witnesses)
        {
            OperationExecutor.AddWitness(ledger, Id(account), key, string.Empty);
        }

        foreach (int account in Delegates)
        {
            OperationExecutor.AddDelegate(ledger, Id(account));
        }

        foreach (GenesisOpinion opinion in Opinions)
        {
            uint[] votes =
            [
                .. opinion.Witnesses.Select(w => ledger.GetWitness(w).VoteId),
                .. opinion.Delegates.Select(d => ledger.GetDelegate(d).VoteId),
            ];
            uint proxy = opinion.Proxy is { } p ? Id(p) : WellKnown.ProxyToSelf;
            Array.Sort(votes);
            Stakes.SetOpinion(
                ledger,
                Id(opinion.Account),
                new AccountOptions(
                    Accounts[opinion.Account].Key, proxy, opinion.WitnessCount, opinion.DelegateCount, votes));
        }

        TotalsCell totals = ledger.Totals;
        totals.Supply = supply + (UserCount > 0 ? UserCount * User!(0).Balance : 0);
        ledger.Totals = totals;
        ledger.Consensus = State();
    }

    /// <summary>User accounts [first, first + count), all of the same balance.</summary>
    public void WriteUsers(IStateView view, int first, int count)
    {
        var ledger = new LedgerView(view);
        for (int i = first; i < first + count; i++)
        {
            GenesisAccount user = User!(i);
            WriteAccount(ledger, Id(Accounts.Count + i), user.Name, user.Balance, Authority.OfKey(user.Key), user.Key);
        }
    }

    /// <summary>Account id of an index.</summary>
    public static uint Id(int index) => WellKnown.FirstUser + (uint)index;

    private static void WriteAccount(
        LedgerView ledger, uint id, string name, long balance, Authority authority, in SigningKey memo)
    {
        ledger.PutNamed(name, id);
        ledger.PutAccount(id, new AccountCell { Balance = balance, Proxy = WellKnown.ProxyToSelf });
        ledger.PutAuthorities(id, authority, authority);
        ledger.PutOptions(id, AccountOptions.None(memo));
    }
}

/// <summary>An opinion at the start.</summary>
public sealed record GenesisOpinion(
    int Account, IReadOnlyList<uint> Witnesses, IReadOnlyList<uint> Delegates, ushort WitnessCount, ushort DelegateCount, int? Proxy = null);
