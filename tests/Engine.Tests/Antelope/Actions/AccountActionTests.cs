using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Authority;
using Tactus.Engine.Protocols.Antelope.Types;

namespace Tactus.Engine.Tests.Antelope.Actions;

public sealed class AccountActionTests : IDisposable
{
    private static readonly Name Alice = TestChain.User(0);
    private static readonly Name Bob = TestChain.User(1);
    private static readonly Name Carol = TestChain.User(2);
    private static readonly PublicKey KeyA = TestChain.KeyOf(Alice.ToString());
    private static readonly PublicKey KeyB = TestChain.KeyOf(Bob.ToString());
    private static readonly PublicKey KeyC = TestChain.KeyOf(Carol.ToString());

    private readonly TestChain _chain = new();

    public AccountActionTests()
    {
        _chain.Start();
    }

    public void Dispose() => _chain.Dispose();

    [Fact]
    public void A_new_account_can_act_with_its_key()
    {
        Name dave = Name.Parse("dave11111111");
        PublicKey key = TestChain.KeyOf("dave11111111");
        _chain.Do(NewAccount(Alice, dave, PermissionAuthority.OfKey(key), PermissionAuthority.OfKey(key)));
        _chain.Do(TestChain.Transfer(Alice, dave, TestChain.Core(100)));
        _chain.Do(TestChain.Transfer(dave, Bob, TestChain.Core(40)));
        Span<byte> key33 = stackalloc byte[33];
        Assert.True(AccountCells.TryGetSingleKey(_chain.View, dave.Value, WellKnown.Active.Value, key33));
        Assert.True(key33.SequenceEqual(key.Compressed));
        Assert.False(AccountCells.TryGetSingleKey(_chain.View, dave.Value, Name.Parse("custom").Value, key33));
    }

    [Fact]
    public void Newaccount_checks_name_creator_and_authorities()
    {
        PermissionAuthority good = PermissionAuthority.OfKey(KeyA);
        _chain.Fails("already taken", NewAccount(Alice, Bob, good, good));
        _chain.Fails("cannot be empty", NewAccount(Alice, default, good, good));
        _chain.Fails("12 chars long", NewAccount(Alice, Name.Parse("dave111111111"), good, good));
        _chain.Fails("start with 'eosio.'", NewAccount(Alice, Name.Parse("eosio.dave"), good, good));
        _chain.Do(NewAccount(WellKnown.System, Name.Parse("eosio.dave"), good, good));
        _chain.Fails("no active bid for name", NewAccount(Alice, Name.Parse("dave"), good, good));
        _chain.Do(NewAccount(WellKnown.System, Name.Parse("dave"), good, good));
        _chain.Fails("only suffix may create", NewAccount(Alice, Name.Parse("erin.dave"), good, good));
        Name dave = Name.Parse("dave11111111");
        var outOfReach = new PermissionAuthority(2, [new(KeyA, 1)]);
        _chain.Fails("Invalid owner authority", NewAccount(Alice, dave, outOfReach, good));
        _chain.Fails("Invalid active authority", NewAccount(Alice, dave, good, new PermissionAuthority(0, [])));
        _chain.Fails("does not exist", NewAccount(Alice, dave, good, Of(1, Level("nobody", "active"))));
        _chain.Fails("does not exist", NewAccount(Alice, dave, good, Of(1, Level(Alice.ToString(), "custom"))));
        ChainAction byBob = NewAccount(Alice, dave, good, good) with
        {
            Authorization = [new PermissionLevel(Bob, WellKnown.Active)],
        };
        _chain.Fails($"missing authority of {Alice}", byBob);
    }

    [Fact]
    public void Keys_must_be_sorted_and_unique()
    {
        PublicKey[] sorted = Sorted(KeyA, KeyB, KeyC);
        Assert.True(new PermissionAuthority(2, [new(sorted[0], 1), new(sorted[1], 1)]).IsValid());
        Assert.False(new PermissionAuthority(2, [new(sorted[1], 1), new(sorted[0], 1)]).IsValid());
        Assert.False(new PermissionAuthority(2, [new(sorted[1], 1), new(sorted[1], 1)]).IsValid());
        Assert.True(new PermissionAuthority(3, [new(sorted[0], 1)], waits: [new(5, 1), new(6, 1)]).IsValid());
        Assert.False(new PermissionAuthority(1, [new(sorted[0], 1)], waits: [new(0, 1)]).IsValid());
        Assert.False(new PermissionAuthority(1, [new(sorted[0], 1)], waits: [new(6, 1), new(6, 1)]).IsValid());
    }

    [Fact]
    public void Two_of_three_keys_satisfy_and_a_third_is_irrelevant()
    {
        PublicKey[] keys = Sorted(KeyA, KeyB, KeyC);
        var authority = new PermissionAuthority(2, [.. keys.Select(key => new KeyWeight(key, 1))]);
        _chain.Do(UpdateAuth(Alice, "active", "owner", authority, "owner"));
        ChainAction transfer = TestChain.Transfer(Alice, Bob, TestChain.Core(1));
        Assert.True(Push(transfer, keys[0], keys[1]).Accepted);
        Assert.True(Push(transfer, keys[1], keys[2]).Accepted);
        Refused("does not have signatures", Push(transfer, keys[0]));
        Refused("irrelevant signatures", Push(transfer, keys));
        Refused("does not have signatures", Push(transfer));
        Assert.False(AccountCells.TryGetSingleKey(_chain.View, Alice.Value, WellKnown.Active.Value, new byte[33]));

        // Back to a single key: the account is compact again.
        _chain.Do(UpdateAuth(Alice, "active", "owner", PermissionAuthority.OfKey(KeyC), "owner"));
        Assert.True(Push(transfer, KeyC).Accepted);
        Refused("does not have signatures", Push(transfer, KeyA));
        Assert.Empty(PermissionStore.ReadAll(_chain.View, Alice.Value));
    }

    [Fact]
    public void Weights_are_tried_from_the_heaviest()
    {
        // 3 alone suffices; with it the lighter signature is irrelevant.
        PublicKey[] keys = Sorted(KeyB, KeyC);
        var authority = new PermissionAuthority(3, [new(keys[0], 1), new(keys[1], 3)]);
        _chain.Do(UpdateAuth(Alice, "active", "owner", authority, "owner"));
        ChainAction transfer = TestChain.Transfer(Alice, Bob, TestChain.Core(1));
        Assert.True(Push(transfer, keys[1]).Accepted);
        Refused("irrelevant signatures", Push(transfer, keys));
        Refused("does not have signatures", Push(transfer, keys[0]));
    }

    [Fact]
    public void Authority_passes_through_other_accounts_up_to_the_depth_limit()
    {
        // alice <- bob <- carol: carol's key is enough.
        _chain.Do(UpdateAuth(Bob, "active", "owner", Of(1, Level(Carol.ToString(), "active")), "owner"));
        _chain.Do(UpdateAuth(Alice, "active", "owner", Of(1, Level(Bob.ToString(), "active")), "owner"));
        ChainAction transfer = TestChain.Transfer(Alice, Bob, TestChain.Core(1));
        Assert.True(Push(transfer, KeyC).Accepted);
        Refused("does not have signatures", Push(transfer, KeyB));

        // max_authority_depth permissions in a row: six work, seven do not.
        Name[] chain = [.. "abcdefg".Select(c => Name.Parse($"depth111111{c}"))];
        for (int i = 0; i < chain.Length; i++)
        {
            PermissionAuthority authority = i == 0
                ? PermissionAuthority.OfKey(KeyC)
                : Of(1, Level(chain[i - 1].ToString(), "active"));
            _chain.Do(NewAccount(Carol, chain[i], PermissionAuthority.OfKey(KeyC), authority));
        }

        Assert.True(Push(Nothing(chain[5]), KeyC).Accepted);
        Refused("does not have signatures", Push(Nothing(chain[6]), KeyC));
    }

    [Fact]
    public void A_circle_of_permissions_is_unsatisfied_and_ends()
    {
        _chain.Do(UpdateAuth(Bob, "active", "owner", Of(1, Level(Alice.ToString(), "active")), "owner"));
        _chain.Do(UpdateAuth(Alice, "active", "owner", Of(1, Level(Bob.ToString(), "active")), "owner"));
        Refused("does not have signatures", Push(TestChain.Transfer(Alice, Bob, TestChain.Core(1)), KeyC));
    }

    [Fact]
    public void Owner_stands_above_active_and_not_below()
    {
        _chain.Do(UpdateAuth(Alice, "owner", "", PermissionAuthority.OfKey(KeyC), "owner"));
        ChainAction byOwner = TestChain.Transfer(Alice, Bob, TestChain.Core(1)) with
        {
            Authorization = [new PermissionLevel(Alice, WellKnown.Owner)],
        };
        Assert.True(Push(byOwner, KeyC).Accepted);
        Refused("does not have signatures", Push(byOwner, KeyA));
        ChainAction newOwner = UpdateAuth(Alice, "owner", "", PermissionAuthority.OfKey(KeyA), "active");
        Refused("irrelevant authority", Push(newOwner, KeyA));
        ChainAction newActive = UpdateAuth(Alice, "active", "owner", PermissionAuthority.OfKey(KeyB), "active");
        Assert.True(Push(newActive, KeyA).Accepted);
    }

    [Fact]
    public void A_linked_permission_suffices_for_its_action_only()
    {
        _chain.Do(UpdateAuth(Alice, "pay", "active", PermissionAuthority.OfKey(KeyC), "active"));
        ChainAction byPay = TestChain.Transfer(Alice, Bob, TestChain.Core(1)) with
        {
            Authorization = [new PermissionLevel(Alice, Name.Parse("pay"))],
        };
        Refused("irrelevant authority", Push(byPay, KeyC));
        _chain.Fails("Failed to retrieve permission", LinkAuth(Alice, "eosio.token", "transfer", "nothing"));
        _chain.Fails("Failed to retrieve code", LinkAuth(Alice, "nobody", "transfer", "pay"));
        Refused("Cannot link eosio::updateauth", Push(LinkAuth(Alice, "eosio", "updateauth", "pay"), KeyA));
        _chain.Do(LinkAuth(Alice, "eosio.token", "transfer", "pay"));
        _chain.Fails("new requirement is same as old", LinkAuth(Alice, "eosio.token", "transfer", "pay"));
        Assert.True(Push(byPay, KeyC).Accepted);
        Assert.True(Push(TestChain.Transfer(Alice, Bob, TestChain.Core(1)), KeyA).Accepted);
        ChainAction close = TestChain.Action("eosio.token", "close", Alice, _ => { }, "pay");
        Refused("irrelevant authority", Push(close, KeyC));

        _chain.Fails("linked to eosio.token::transfer", DeleteAuth(Alice, "pay"));
        Refused("cannot unlink", Push(UnlinkAuth(Alice, "eosio.token", "issue"), KeyA));
        _chain.Do(UnlinkAuth(Alice, "eosio.token", "transfer"));
        Refused("irrelevant authority", Push(byPay, KeyC));
        _chain.Do(DeleteAuth(Alice, "pay"));
        Refused("non-existent permission", Push(byPay, KeyC));
    }

    [Fact]
    public void A_link_to_a_whole_contract_and_to_anyone_works()
    {
        _chain.Do(UpdateAuth(Alice, "pay", "active", PermissionAuthority.OfKey(KeyC), "active"));
        _chain.Do(LinkAuth(Alice, "eosio.token", "", "pay"));
        ChainAction byPay = TestChain.Transfer(Alice, Bob, TestChain.Core(1)) with
        {
            Authorization = [new PermissionLevel(Alice, Name.Parse("pay"))],
        };
        Assert.True(Push(byPay, KeyC).Accepted);
        _chain.Do(UpdateAuth(Alice, "other", "active", PermissionAuthority.OfKey(KeyB), "active"));
        ChainAction byOther = byPay with { Authorization = [new PermissionLevel(Alice, Name.Parse("other"))] };
        Refused("irrelevant authority", Push(byOther, KeyB));
        _chain.Do(LinkAuth(Alice, "eosio.token", "transfer", "eosio.any"));
        Assert.True(Push(byOther, KeyB).Accepted);
    }

    [Fact]
    public void Updateauth_and_deleteauth_keep_the_hierarchy()
    {
        PermissionAuthority key = PermissionAuthority.OfKey(KeyA);
        _chain.Fails("reserved", UpdateAuth(Alice, "eosio.x", "active", key, "active"));
        _chain.Do(UpdateAuth(Alice, "loop", "active", key, "active"));
        _chain.Fails("its own parent", UpdateAuth(Alice, "loop", "loop", key, "active"));
        _chain.Do(DeleteAuth(Alice, "loop"));
        _chain.Fails("parent from owner", UpdateAuth(Alice, "active", "", key, "owner"));
        _chain.Fails("Cannot change owner authority's parent", UpdateAuth(Alice, "owner", "active", key, "owner"));
        _chain.Do(UpdateAuth(Alice, "pay", "active", key, "active"));
        _chain.Do(UpdateAuth(Alice, "sub", "pay", key, "active"));
        _chain.Fails("Changing parent", UpdateAuth(Alice, "sub", "active", key, "active"));
        _chain.Fails("has children", DeleteAuth(Alice, "pay"));
        _chain.Do(DeleteAuth(Alice, "sub"));
        _chain.Do(DeleteAuth(Alice, "pay"));
        _chain.Fails("Cannot delete owner", DeleteAuth(Alice, "owner", "owner"));
        _chain.Fails("Cannot delete active", DeleteAuth(Alice, "active"));
        ChainAction byTwo = DeleteAuth(Alice, "pay") with
        {
            Authorization = [new PermissionLevel(Alice, WellKnown.Active), new PermissionLevel(Bob, WellKnown.Active)],
        };
        Refused("should only have one declared", Push(byTwo, KeyA, KeyB));
    }

    [Fact]
    public void Missing_accounts_and_empty_transactions_are_unauthorized()
    {
        Refused("does not exist", Push(TestChain.Action("nobody", "act", Alice, _ => { }), KeyA));
        Refused("does not exist", Push(TestChain.Transfer(Name.Parse("nobody"), Bob, TestChain.Core(1)), KeyA));
        Refused("at least one authorization", Push(Nothing(Alice) with { Authorization = [] }));
        Refused("irrelevant signatures", Push(Nothing(Alice), KeyA, KeyB));
    }

    [Fact]
    public void Light_validation_trusts_the_producer()
    {
        using var chain = new TestChain { ChecksTransactions = false };
        chain.Start();
        Transaction transaction = chain.NewTransaction(TestChain.Transfer(Alice, Bob, TestChain.Core(1))) with
        {
            RefBlockNum = 777,
        };
        Assert.True(chain.Push(transaction, out _, null).Accepted);
    }

    private static PublicKey[] Sorted(params PublicKey[] keys) =>
        [.. keys.OrderBy(key => Convert.ToHexString(key.Data), StringComparer.Ordinal)];

    private static ChainAction NewAccount(
        Name creator, Name name, PermissionAuthority owner, PermissionAuthority active) =>
        TestChain.Action("eosio", "newaccount", creator, w =>
        {
            w.WriteUInt64(creator.Value);
            w.WriteUInt64(name.Value);
            owner.Write(w);
            active.Write(w);
        });

    private static PermissionLevel Level(string actor, string permission) =>
        new(Name.Parse(actor), Name.Parse(permission));

    private static PermissionAuthority Of(uint threshold, params PermissionLevel[] levels) =>
        new(threshold, [], [.. levels.Select(level => new AccountWeight(level, 1))]);

    private static ChainAction Nothing(Name actor) => TestChain.Action("eosio.null", "nonce", actor, _ => { });

    private static ChainAction UpdateAuth(
        Name account, string permission, string parent, PermissionAuthority authority, string by) =>
        TestChain.Action(
            "eosio",
            "updateauth",
            account,
            w =>
            {
                w.WriteUInt64(account.Value);
                w.WriteUInt64(Name.Parse(permission).Value);
                w.WriteUInt64(Name.Parse(parent).Value);
                authority.Write(w);
            },
            by);

    private static ChainAction DeleteAuth(Name account, string permission, string by = "active") =>
        Names("deleteauth", account, by, account.ToString(), permission);

    private static ChainAction LinkAuth(Name account, string code, string type, string requirement) =>
        Names("linkauth", account, "active", account.ToString(), code, type, requirement);

    private static ChainAction UnlinkAuth(Name account, string code, string type) =>
        Names("unlinkauth", account, "active", account.ToString(), code, type);

    private static ChainAction Names(string action, Name actor, string by, params string[] names) =>
        TestChain.Action(
            "eosio",
            action,
            actor,
            w =>
            {
                foreach (string name in names)
                {
                    w.WriteUInt64(Name.Parse(name).Value);
                }
            },
            by);

    private static void Refused(string reason, Verdict verdict)
    {
        Assert.Equal(RejectReason.Unauthorized, verdict.Reason);
        Assert.Contains(reason, verdict.Detail, StringComparison.Ordinal);
    }

    private Verdict Push(ChainAction action, params PublicKey[] keys) =>
        _chain.Push(_chain.NewTransaction(action), out _, null, keys);
}
