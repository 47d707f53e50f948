using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Actions;
using Tactus.Engine.Protocols.Antelope.Authority;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.Engine.Protocols.Antelope.Voting;
using Tactus.Engine.State;

namespace Tactus.Engine.Protocols.Antelope.Execution;

/// <summary>Writes the 33-byte key of the account with this index.</summary>
public delegate void AccountKeySource(int index, Span<byte> key33);

/// <summary>The state before the first block of a chain of this engine: system accounts, the core token, producers and
/// user accounts. What it writes depends on its properties alone.</summary>
/// <remarks>A nodeos chain begins with fewer accounts and deploys contracts in its first blocks; here the native
/// contracts are there from the start. eosio, eosio.token: code and ABI sequence 1.</remarks>
public sealed record AntelopeGenesis
{
    /// <summary>Most user accounts: what eight characters of <see cref="UserName"/> and an index can tell
    /// apart.</summary>
    public const int UsersMax = int.MaxValue;

    /// <summary>Characters of a user name's number: base 31, without the dot.</summary>
    private const int UserNameDigits = 8;

    private static readonly ulong UserPrefix = Name.Parse("user").Value;

    /// <summary>System accounts beside eosio, all owned by eosio@active, privileged or not as on public
    /// chains.</summary>
    private static readonly string[] SystemAccounts =
    [
        "eosio.bpay", "eosio.msig", "eosio.names", "eosio.ram", "eosio.ramfee", "eosio.rex", "eosio.saving",
        "eosio.stake", "eosio.token", "eosio.vpay",
    ];

    public ChainConfig Config { get; init; } = new();

    public VotingRules Rules { get; init; } = VotingRules.Reference;

    /// <summary>Owner and active key of eosio.</summary>
    public required PublicKey SystemKey { get; init; }

    /// <summary>Producer accounts with the key that is their owner, active and signing key.</summary>
    public IReadOnlyList<(Name Account, PublicKey Key)> Producers { get; init; } = [];

    /// <summary>How many user accounts <see cref="WriteUsers"/> can write.</summary>
    public int UserCount { get; init; }

    /// <summary>Owner and active key of each user.</summary>
    public AccountKeySource? UserKeys { get; init; }

    /// <summary>Core token balance of each producer and user, in smallest units.</summary>
    public long BalanceEach { get; init; } = 1_000_000_0000;

    public long SupplyMax { get; init; } = 100_000_000_000_0000;

    /// <summary>Whether every account gets usage cells with no stake, which only chains with account limits
    /// need.</summary>
    public bool EnforcesAccountLimits { get; init; }

    /// <summary>Name of a user: "user" and the index in eight characters, such as user11111111 for index 0.</summary>
    public static Name UserName(int index)
    {
        ulong value = UserPrefix;
        long rest = index;
        for (int i = 0; i < UserNameDigits; i++, rest /= 31)
        {
            value |= (ulong)((rest % 31) + 1) << (4 + (5 * i));
        }

        return new Name(value);
    }

    /// <summary>Writes everything but the users.</summary>
    /// <exception cref="InvalidOperationException">The balances exceed the maximum supply, or a producer's key is not
    /// K1.</exception>
    public void WriteSystem(IStateView view)
    {
        ChainState.WriteConfig(view, Config);
        Span<byte> key = stackalloc byte[PublicKey.CompressedSize];
        RequireK1(SystemKey).CopyTo(key);
        WriteAccount(view, WellKnown.System.Value, key, balance: -1);
        SetPrivileged(view, WellKnown.System);
        var ownedBySystem = new PermissionAuthority(
            1, [], [new AccountWeight(new PermissionLevel(WellKnown.System, WellKnown.Active), 1)]);
        foreach (string account in SystemAccounts)
        {
            WriteSystemAccount(view, Name.Parse(account), ownedBySystem, ownedBySystem);
        }

        // eosio.null accepts any action from nobody; the members of the active schedule fill eosio.prods (nodeos
        // genesis).
        var nobody = new PermissionAuthority(1, []);
        WriteSystemAccount(view, WellKnown.Null, nobody, nobody);
        WriteSystemAccount(view, WellKnown.Producers, nobody, ownedBySystem);
        PermissionStore.Put(
            view,
            WellKnown.Producers.Value,
            new Permission(WellKnown.MajorityPermission, WellKnown.Active, ownedBySystem));
        PermissionStore.Put(
            view,
            WellKnown.Producers.Value,
            new Permission(WellKnown.MinorityPermission, WellKnown.MajorityPermission, ownedBySystem));
        SetPrivileged(view, Name.Parse("eosio.msig"));
        WriteCode(view, WellKnown.System);
        WriteCode(view, WellKnown.Token);

        foreach ((Name account, PublicKey accountKey) in Producers)
        {
            RequireK1(accountKey).CopyTo(key);
            WriteAccount(view, account.Value, key, BalanceEach);
        }

        var supply = (UInt128)BalanceEach * (ulong)((long)Producers.Count + UserCount);
        if (supply > (UInt128)SupplyMax)
        {
            throw new InvalidOperationException(
                $"{Producers.Count + (long)UserCount} balances of {BalanceEach} exceed the maximum supply {SupplyMax}");
        }

        var stat = new TokenStat
        {
            Supply = (long)supply,
            SupplyMax = SupplyMax,
            Issuer = WellKnown.System.Value,
            Symbol = Rules.CoreSymbol.Value,
            IsCore = true,
        };
        stat.Put(view);
    }

    /// <summary>Writes a range of users: one cell each, no allocation. Call it in chunks and commit each, so that a
    /// chain of ten million accounts does not pass through one view.</summary>
    public void WriteUsers(IStateView view, int first, int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)first + count, UserCount, nameof(count));
        AccountKeySource keys = UserKeys ?? throw new InvalidOperationException($"{nameof(UserKeys)} is not set");
        Span<byte> key = stackalloc byte[PublicKey.CompressedSize];
        for (int i = first; i < first + count; i++)
        {
            keys(i, key);
            WriteAccount(view, UserName(i).Value, key, BalanceEach);
        }
    }

    private static void SetPrivileged(IStateView view, Name account)
    {
        StateKey key = AccountCells.KeyOf(account.Value);
        view.TryGet(in key, out StateCell cell);
        AccountRecord.Of(ref cell).IsPrivileged = true;
        view.Put(in key, in cell);
    }

    private static void WriteCode(IStateView view, Name account)
    {
        StateKey key = AccountCells.KeyOf(account.Value);
        view.TryGet(in key, out StateCell cell);
        AccountRecord.Of(ref cell).HasCode = true;
        view.Put(in key, in cell);
        ChainState.WriteCodeSequences(view, account.Value, 1, 1);
    }

    private static void WriteSystemAccount(
        IStateView view, Name account, PermissionAuthority owner, PermissionAuthority active)
    {
        AccountActions.Create(view, account.Value);
        PermissionStore.Put(view, account.Value, new Permission(WellKnown.Owner, default, owner));
        PermissionStore.Put(view, account.Value, new Permission(WellKnown.Active, WellKnown.Owner, active));
    }

    private static ReadOnlySpan<byte> RequireK1(PublicKey key) => key.Type == KeyType.K1
        ? key.Compressed
        : throw new InvalidOperationException($"genesis accounts have K1 keys, not {key.Type}");

    /// <param name="balance">Core token; negative: no row.</param>
    private void WriteAccount(IStateView view, ulong account, ReadOnlySpan<byte> key33, long balance)
    {
        StateCell cell = default;
        ref AccountRecord record = ref AccountRecord.Of(ref cell);
        record.SetAuthorities(key33, key33);
        if (balance >= 0)
        {
            record.HasCoreBalance = true;
            record.CoreBalance = balance;
        }

        view.Put(AccountCells.KeyOf(account), in cell);
        if (EnforcesAccountLimits)
        {
            AccountUsage.SetWeights(view, account, 0, 0);
        }
    }
}
