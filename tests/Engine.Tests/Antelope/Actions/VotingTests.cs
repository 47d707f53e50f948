using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Actions;
using Tactus.Engine.Protocols.Antelope.Execution;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.Engine.Protocols.Antelope.Voting;

namespace Tactus.Engine.Tests.Antelope.Actions;

public sealed class VotingTests
{
    private static readonly Name Alice = TestChain.User(0);
    private static readonly Name Bob = TestChain.User(1);
    private static readonly Name Carol = TestChain.User(2);
    private static readonly ulong Eos = Symbol.CodeOf("EOS");
    private static readonly VotingRules Rules = VotingRules.Reference with { ActivationStake = 10_000 };

    [Fact]
    public void Staking_moves_tokens_and_gives_voting_power()
    {
        using TestChain chain = NewChain();
        chain.Start();
        chain.Do(Delegate(Alice, Alice, 300, 200));
        chain.Do(Delegate(Alice, Bob, 50, 0));
        Assert.Equal(1_000_000 - 550, Balance(chain, Alice));
        Assert.Equal(550, Balance(chain, WellKnown.Stake));
        Assert.Equal(550, Voter.Find(chain.View, Alice.Value)!.Staked);
        Assert.Equal(50, Delegations.Get(chain.View, Alice.Value, Bob.Value).Net);
        chain.Do(Delegate(Alice, Carol, 0, 70, transfer: true));
        Assert.Equal(70, Voter.Find(chain.View, Carol.Value)!.Staked);
        Assert.Equal(70, Delegations.Get(chain.View, Carol.Value, Carol.Value).Cpu);
        chain.Fails("must stake a positive amount", Delegate(Alice, Alice, 0, 0));
        chain.Fails("must stake a positive amount", Delegate(Alice, Alice, -1, 5));
        chain.Fails("transfer flag", Delegate(Alice, Alice, 1, 1, transfer: true));
        chain.Fails("overdrawn balance", Delegate(Alice, Alice, 5_000_000, 0));
        chain.Fails("different symbol", Delegate(Alice, Alice, 1, 1, symbol: new Symbol(3, "EOS")));
        chain.Fails("does not exist", Delegate(Alice, Name.Parse("nobody"), 1, 1));
        chain.Fails("until the chain is activated", Undelegate(Alice, Alice, 1, 1));
    }

    [Fact]
    public void Inline_transfers_leave_receipts_after_the_action_s_own()
    {
        using TestChain chain = NewChain();
        chain.Start();
        ChainAction stake = Delegate(Alice, Alice, 300, 200);
        chain.Do(stake);
        chain.Finish();
        ChainAction inline = TestChain.Transfer(Alice, WellKnown.Stake, TestChain.Core(500), "stake bandwidth");
        Name[] receivers = [WellKnown.System, WellKnown.Token, Alice, WellKnown.Stake];
        for (uint i = 0; i < 4; i++)
        {
            var receipt = new ActionReceipt
            {
                Receiver = receivers[i],
                ActDigest = (i == 0 ? stake : inline).ActDigest([]),
                GlobalSequence = 2 + i,
                RecvSequence = i == 0 ? 2u : 1u, // onblock was eosio's first
                AuthSequence = [new(Alice, 1 + i)],
                CodeSequence = 1,
                AbiSequence = 1,
            };
            Assert.Equal(receipt.Digest(), new Hash256(chain.Executor.Receipts.Leaves.Slice((int)(i + 1) * 32, 32)));
        }

        Assert.Equal(5, chain.Executor.Receipts.Count);
    }

    [Fact]
    public void Unstaked_tokens_come_back_after_the_delay()
    {
        using TestChain chain = NewChain();
        chain.Start();
        Register(chain, 0, 1);
        chain.Do(Delegate(Alice, Alice, 20_000, 0));
        chain.Do(Vote(Alice, 0));
        chain.Fails("insufficient staked net bandwidth", Undelegate(Alice, Alice, 20_001, 0));
        chain.Fails("insufficient staked cpu bandwidth", Undelegate(Alice, Alice, 0, 1));
        chain.Do(Undelegate(Alice, Alice, 8_000, 0));
        chain.Do(Undelegate(Alice, Alice, 2_000, 0));
        Assert.Equal(980_000, Balance(chain, Alice));
        Assert.Equal(10_000, Voter.Find(chain.View, Alice.Value)!.Staked);
        Assert.Equal(VoteWeight.TimeDecay(10_000, Now(chain)), Votes(chain, 0));

        // Staking again takes from the refund first.
        chain.Do(Delegate(Alice, Alice, 3_000, 0));
        Assert.Equal(980_000, Balance(chain, Alice));
        chain.Fails("refund is not available yet", Refund(Alice));
        chain.Fails("refund request not found", Refund(Bob));
        chain.Finish();
        chain.Start(3 * 24 * 3600 * 2);
        chain.Do(Refund(Alice));
        Assert.Equal(987_000, Balance(chain, Alice));
        chain.Fails("refund request not found", Refund(Alice));
    }

    [Fact]
    public void Votes_follow_the_stake_exactly()
    {
        using TestChain chain = NewChain(producers: 4);
        chain.Start();
        Register(chain, 0, 1, 2);
        chain.Fails("user must stake", Vote(Alice, 0));
        chain.Do(Delegate(Alice, Alice, 12_345, 0));
        chain.Fails("producer producer111d is not registered", Vote(Alice, 0, 3));
        chain.Do(Vote(Alice, 0, 1));
        double weight = VoteWeight.TimeDecay(12_345, Now(chain));
        Assert.Equal(weight, Votes(chain, 0));
        Assert.Equal(weight, Votes(chain, 1));
        Assert.Equal(2 * weight, VotingState.Read(chain.View).TotalProducerVoteWeight);
        chain.Do(Delegate(Alice, Alice, 655, 0));
        Assert.Equal(0 + weight + (-weight + VoteWeight.TimeDecay(13_000, Now(chain))), Votes(chain, 0));
        chain.Do(Vote(Alice, 1, 2));
        Assert.Equal(0, Votes(chain, 0));
        Assert.Equal(VoteWeight.TimeDecay(13_000, Now(chain)), Votes(chain, 2));
        chain.Do(Unregister(2));
        chain.Fails("producer producer111c is not currently registered", Vote(Alice, 2));
        chain.Do(Vote(Alice));
        Assert.Equal(0, Votes(chain, 2));

        // A vote a year later weighs twice as much.
        chain.Finish();
        chain.Start(52 * 7 * 24 * 3600 * 2);
        chain.Do(Vote(Alice, 0));
        Assert.Equal(2 * VoteWeight.TimeDecay(13_000, Now(chain) - (52 * 604_800)), Votes(chain, 0));
    }

    [Fact]
    public void Votes_are_at_most_thirty_sorted_and_unique()
    {
        using TestChain chain = NewChain(producers: 26);
        chain.Start();
        Register(chain, [.. Enumerable.Range(0, 26)]);
        chain.Do(Delegate(Alice, Alice, 100, 0));
        chain.Do(Vote(Alice, [.. Enumerable.Range(0, 26)]));
        chain.Fails("unique and sorted", VoteFor(Alice, default, TestChain.ProducerName(1), TestChain.ProducerName(0)));
        chain.Fails("unique and sorted", VoteFor(Alice, default, TestChain.ProducerName(1), TestChain.ProducerName(1)));
        Name[] many = [.. Enumerable.Range(1, 31).Select(i => new Name((ulong)i << 8))];
        chain.Fails("too many producers", VoteFor(Alice, default, many));
        chain.Fails("is not registered", VoteFor(Alice, default, many[..30]));
    }

    [Fact]
    public void Proxies_carry_the_weight_of_others()
    {
        using TestChain chain = NewChain();
        chain.Start();
        Register(chain, 0, 1);
        chain.Do(Delegate(Alice, Alice, 1_000, 0));
        chain.Do(Delegate(Bob, Bob, 500, 0));
        chain.Fails("invalid proxy specified", VoteFor(Alice, Carol));
        chain.Fails("proxy not found", VoteFor(Alice, Bob));
        chain.Fails("cannot proxy to self", VoteFor(Alice, Alice));
        chain.Do(RegProxy(Bob, true));
        chain.Fails("action has no effect", RegProxy(Bob, true));
        chain.Fails("at same time", VoteFor(Alice, Bob, TestChain.ProducerName(0)));
        chain.Do(VoteFor(Alice, Bob));
        chain.Fails("not allowed to become a proxy", RegProxy(Alice, true));
        chain.Fails("not allowed to use a proxy", VoteFor(Bob, Alice));
        chain.Do(Vote(Bob, 0));
        double alice = VoteWeight.TimeDecay(1_000, Now(chain));
        double bob = VoteWeight.TimeDecay(500, Now(chain));
        Assert.Equal(bob + alice, Votes(chain, 0));

        // The proxy follows its followers' stake, and its own vote.
        chain.Do(Delegate(Alice, Alice, 1_000, 0));
        double proxied = alice - alice + VoteWeight.TimeDecay(2_000, Now(chain));
        Near(bob + proxied, Votes(chain, 0));
        chain.Do(Vote(Bob, 1));
        Assert.Equal(0, Votes(chain, 0));
        chain.Do(Vote(Alice, 0));
        Near(bob, Votes(chain, 1));
        Assert.Equal(VoteWeight.TimeDecay(2_000, Now(chain)), Votes(chain, 0));
        chain.Do(RegProxy(Bob, false));
        Near(bob, Votes(chain, 1));
    }

    [Fact]
    public void Telos_weighs_by_the_number_of_producers()
    {
        VotingRules telos = VotingRules.Telos with { CoreSymbol = new Symbol(4, "EOS"), SelfStakeBoostPercent = 50 };
        using TestChain chain = NewChain(telos, producers: 20);
        chain.Start();
        Register(chain, [.. Enumerable.Range(0, 20)]);
        chain.Do(Delegate(Alice, Alice, 30_000, 0));
        chain.Fails("proxy voting is disabled", RegProxy(Bob, true));
        chain.Fails("proxy voting is disabled", VoteFor(Alice, Bob));
        chain.Do(Vote(Alice, [.. Enumerable.Range(0, 15)]));
        Assert.Equal(15_000, Votes(chain, 14));
        chain.Do(Vote(Alice, 3));
        Assert.Equal(0, Votes(chain, 14));
        Assert.Equal(0.002739052315863355 * 30_000, Votes(chain, 3), 9);
        Assert.Equal(30_000, VotingState.Read(chain.View).TotalActivatedStake);
        chain.Do(Vote(Alice));
        Assert.Equal(0, VotingState.Read(chain.View).TotalActivatedStake);

        // A producer that votes for itself gets half as much again on itself.
        chain.Do(TestChain.Transfer(Alice, TestChain.ProducerName(2), TestChain.Core(10)));
        chain.Do(Delegate(TestChain.ProducerName(2), TestChain.ProducerName(2), 10_000, 0));
        chain.Do(Vote(TestChain.ProducerName(2), 1, 2));
        double factor = VoteWeight.Inverse(10_000, 2);
        Assert.Equal(factor, Votes(chain, 1));
        Assert.Equal(factor + (0.5 * factor), Votes(chain, 2));
        chain.Fails("not part of this chain's rules", Claim(TestChain.ProducerName(2)));
    }

    [Theory]
    [InlineData(ScheduleOrder.Name)]
    [InlineData(ScheduleOrder.Location)]
    public void An_election_leads_to_a_schedule_two_finality_delays_later(ScheduleOrder order)
    {
        using TestChain chain = NewChain(Rules with { Order = order, ScheduleSize = 3 }, producers: 5);
        chain.Start();
        for (int i = 0; i < 5; i++)
        {
            chain.Do(RegProducer(i, location: (ushort)(90 - (10 * (i / 2)))));
        }

        // Votes: d most, then b, a = c, e none of weight. Of the equal a and c the earlier name is elected.
        chain.Do(Delegate(Alice, Alice, 20_000, 0));
        chain.Do(Vote(Alice, 0, 1, 2, 3));
        chain.Do(Delegate(Bob, Bob, 100, 0));
        chain.Do(Vote(Bob, 1, 3));
        chain.Do(Delegate(Carol, Carol, 100, 0));
        chain.Do(Vote(Carol, 3));
        Assert.True(VotingState.Read(chain.View).IsActivated);
        chain.Finish();

        // The first onblock after activation holds an election, because none was held before.
        chain.Start();
        Assert.Equal(3u, VotingState.Read(chain.View).LastScheduleSize);
        Assert.Null(chain.Executor.DueProposal);
        chain.Finish();
        int carriedAfter = 0;
        while (chain.Head.ActiveSchedule.Version == 0 && carriedAfter < 20)
        {
            chain.Start();
            chain.Finish();
            carriedAfter++;
        }

        // d and b are at locations 80 and 90, a at 90.
        string[] expected = order == ScheduleOrder.Name ? ["a", "b", "d"] : ["d", "a", "b"];
        Assert.Equal(
            expected.Select(c => $"producer111{c}"),
            chain.Head.ActiveSchedule.Producers.Select(p => p.Producer.ToString()));
        Assert.Equal(1u, chain.Head.ActiveSchedule.Version);
        Assert.InRange(carriedAfter, 2, 4); // one producer: each finality delay is one block

        // eosio.prods now needs three of the three producers.
        chain.Start();
        var active = Protocols.Antelope.Authority.PermissionStore.Find(
            chain.View, WellKnown.Producers.Value, WellKnown.Active.Value)!.Authority;
        Assert.Equal(3u, active.Threshold);
        Assert.Equal(3, active.Accounts.Count);
        uint last = VotingState.Read(chain.View).LastElectionSlot;
        chain.Finish();

        // No election for 120 slots, then one. onblock sees the previous block's slot.
        chain.Start(last + 120 - chain.Head.Slot);
        chain.Finish();
        chain.Start();
        Assert.Equal(last, VotingState.Read(chain.View).LastElectionSlot);
        chain.Finish();
        chain.Start();
        Assert.Equal(last + 121, VotingState.Read(chain.View).LastElectionSlot);
    }

    [Fact]
    public void Too_few_producers_keep_the_schedule()
    {
        using TestChain chain = NewChain(Rules with { ScheduleSize = 3 });
        chain.Start();
        Register(chain, 0, 1, 2);
        chain.Do(Delegate(Alice, Alice, 20_000, 0));
        chain.Do(Vote(Alice, 0, 1, 2));
        chain.Finish();
        chain.Start();
        chain.Do(Unregister(1));
        chain.Finish();
        for (int i = 0; i < 6; i++)
        {
            chain.Start(i == 4 ? 130u : 1u);
            chain.Finish();
        }

        Assert.Equal(3, chain.Head.ActiveSchedule.Producers.Count);
        Assert.Null(StoredProposal.Read(chain.View));
    }

    [Fact]
    public void Setprods_and_setparams_need_the_system_account()
    {
        using TestChain chain = NewChain();
        chain.Start();
        ChainAction SetProds(Name by, params int[] producers) => TestChain.Action("eosio", "setprods", by, w =>
        {
            w.WriteVarUInt32((uint)producers.Length);
            foreach (int i in producers)
            {
                w.WriteUInt64(TestChain.ProducerName(i).Value);
                BlockSigningAuthority.OfKey(TestChain.KeyOf("p")).Write(w);
            }
        });
        chain.Fails("missing authority of eosio", SetProds(Alice, 0));
        chain.Fails("duplicate producer", SetProds(WellKnown.System, 0, 0));
        chain.Fails("nonexisting account", SetProds(WellKnown.System, 0, 9));
        chain.Do(SetProds(WellKnown.System, 2, 0));
        Assert.Equal(2, StoredProposal.Read(chain.View)!.Schedule.Producers.Count);

        ChainAction SetParams(Name by, ChainConfig config) => TestChain.Action("eosio", "setparams", by, config.Write);
        var smaller = new ChainConfig { MaxBlockCpuUsageUs = 160_000 };
        chain.Fails("missing authority of eosio", SetParams(Alice, smaller));
        ChainConfig tooLarge = smaller with { MaxTransactionCpuUsageUs = 160_000 };
        chain.Fails("less than max block cpu usage", SetParams(WellKnown.System, tooLarge));
        chain.Do(SetParams(WellKnown.System, smaller));
        Assert.Equal(160_000u, chain.Executor.Config.MaxBlockCpuUsageUs);

        // A transaction that fails after changing the parameters changes nothing.
        chain.Fails(
            "overdrawn",
            SetParams(WellKnown.System, new ChainConfig()),
            TestChain.Transfer(Alice, Bob, TestChain.Core(9_000_000)));
        Assert.Equal(160_000u, chain.Executor.Config.MaxBlockCpuUsageUs);
    }

    [Fact]
    public void Producers_are_paid_from_inflation_by_blocks_and_votes()
    {
        using TestChain chain = NewChain(Rules with { VotePayMin = 1 }, producers: 3, balance: 1_000_000_000_0000);
        chain.Start();
        chain.Do(RegProducer(0, 0));
        chain.Do(RegProducer(1, 0));
        Name first = TestChain.ProducerName(0);
        chain.Do(Delegate(Alice, Alice, 20_000, 0));
        chain.Fails("already claimed rewards within past day", Vote(Alice, 0, 1), Claim(first));
        chain.Do(Vote(Alice, 0, 1));
        chain.Finish();
        const uint DaySlots = 24 * 3600 * 2;
        chain.Start(DaySlots);
        long fill = chain.Executor.Scope.NowUs;
        Assert.Equal(fill, VotingState.Read(chain.View).LastFillUs);
        chain.Finish();
        chain.Start(DaySlots);
        Assert.True(TokenStat.TryGet(chain.View, Eos, out TokenStat before));
        chain.Do(Claim(first));
        Assert.True(TokenStat.TryGet(chain.View, Eos, out TokenStat after));

        // One day of continuous 4.879 % on the supply, in the contract's order of operations.
        const long DayUs = 24 * 3600 * 1_000_000L;
        long minted = (long)(0.04879016416943201 * before.Supply * DayUs / (52 * 7 * 24 * 3600 * 1E6));
        Assert.Equal(minted, after.Supply - before.Supply);
        long toProducers = minted * 10_000 / 50_000;
        long toBlocks = toProducers * 10_000 / 40_000;
        long toVotes = toProducers - toBlocks;
        Assert.Equal(minted - toProducers, Balance(chain, WellKnown.Saving));

        // No block was made by a registered producer (eosio made them); both have held the same votes equally long.
        Assert.Equal(toBlocks, Balance(chain, WellKnown.BlockPay));
        long paid = Balance(chain, first) - 1_000_000_000_0000;
        Assert.InRange(paid, (toVotes / 2) - 1, (toVotes / 2) + 1);
        Assert.Equal(toVotes - paid, Balance(chain, WellKnown.VotePay));
        Assert.Equal(toVotes - paid, VotingState.Read(chain.View).VotePayBucket);
        chain.Fails("already claimed rewards within past day", Claim(first));
        chain.Fails("unable to find key", Claim(TestChain.ProducerName(2)));
        chain.Do(Unregister(1));
        chain.Fails("does not have an active key", Claim(TestChain.ProducerName(1)));
    }

    [Fact]
    public void Block_pay_follows_the_blocks_made()
    {
        using TestChain chain = NewChain(Rules with { ScheduleSize = 2 }, producers: 2, balance: 1_000_000_000_0000);
        chain.Start();
        Register(chain, 0, 1);
        chain.Do(Delegate(Alice, Alice, 20_000, 0));
        chain.Do(Vote(Alice, 0, 1));
        chain.Finish();
        for (int i = 0; i < 60; i++)
        {
            chain.Start();
            chain.Finish();
        }

        chain.Start((24 * 3600 * 2) + 1);
        ProducerTable table = new ProducerTable().Load(chain.View);
        uint mine = table.Rows[0].UnpaidBlocks;
        uint all = VotingState.Read(chain.View).TotalUnpaidBlocks;
        Assert.Equal(all, mine + table.Rows[1].UnpaidBlocks);
        Assert.InRange(mine, 1u, all - 1);
        chain.Do(Claim(TestChain.ProducerName(0)));
        long bucket = Balance(chain, WellKnown.BlockPay);
        Assert.Equal(all - mine, VotingState.Read(chain.View).TotalUnpaidBlocks);
        Assert.Equal(bucket, VotingState.Read(chain.View).BlockPayBucket);
        Assert.True(bucket > 0);
    }

    [Fact]
    public void Registering_checks_key_and_url_and_takes_an_authority()
    {
        using TestChain chain = NewChain();
        chain.Start();
        chain.Fails("url too long", RegProducer(0, 0, new string('u', 512)));
        chain.Do(RegProducer(0, 7, new string('u', 511)));
        chain.Fails("producer not found", Unregister(1));
        Name second = TestChain.ProducerName(1);
        ChainAction With(BlockSigningAuthority authority) => TestChain.Action("eosio", "regproducer2", second, w =>
        {
            w.WriteUInt64(second.Value);
            authority.Write(w);
            w.WriteBytes([]);
            w.WriteUInt16(3);
        });
        PublicKey key = TestChain.KeyOf("one");
        chain.Fails("cannot reach the threshold", With(new BlockSigningAuthority(2, [new(key, 1)])));
        chain.Fails("a key appears twice", With(new BlockSigningAuthority(2, [new(key, 1), new(key, 1)])));
        chain.Fails("threshold is zero", With(new BlockSigningAuthority(0, [new(key, 1)])));
        var two = new BlockSigningAuthority(2, [new(key, 1), new(TestChain.KeyOf("two"), 1)]);
        chain.Do(With(two));
        Assert.Equal(two, ProducerTable.ReadAuthority(chain.View, TestChain.ProducerName(1).Value));
        Assert.Equal(3, new ProducerTable().Load(chain.View).Rows[1].Location);
    }

    [Fact]
    public void Account_limits_follow_stake_when_they_are_on()
    {
        using TestChain chain = NewChain(options: new ExecutorOptions { Rules = Rules, EnforcesAccountLimits = true });
        chain.Start();

        // Nobody has stake: no limit applies until someone has.
        chain.Do(TestChain.Transfer(Alice, Bob, TestChain.Core(1)));
        chain.Do(Delegate(Alice, Alice, 5_000, 5_000));
        Assert.Equal(RejectReason.ResourceLimit, chain.Push(TestChain.Transfer(Bob, Alice, TestChain.Core(1))).Reason);
        chain.Do(TestChain.Transfer(Alice, Bob, TestChain.Core(1)));
        chain.Do(Delegate(Alice, Bob, 1_000, 1_000));
        chain.Do(TestChain.Transfer(Bob, Alice, TestChain.Core(1)));
    }

    private static TestChain NewChain(
        VotingRules? rules = null, int producers = 3, long balance = 1_000_000, ExecutorOptions? options = null) =>
        new(
            users: 3,
            options: options ?? new ExecutorOptions { Rules = rules ?? Rules },
            producers: producers,
            balance: balance);

    // Weights of proxies are sums of differences: equal up to rounding.
    private static void Near(double expected, double actual) => Assert.InRange(actual / expected, 1 - 1e-12, 1 + 1e-12);

    private static long Now(TestChain chain) => chain.Executor.Scope.NowSec;

    private static double Votes(TestChain chain, int producer)
    {
        ProducerTable table = new ProducerTable().Load(chain.View);
        return table.Rows[table.IndexOf(TestChain.ProducerName(producer).Value)].TotalVotes;
    }

    private static long Balance(TestChain chain, Name account)
    {
        TokenBalance.TryGet(chain.View, account.Value, Eos, out long amount);
        return amount;
    }

    private static void Register(TestChain chain, params int[] producers)
    {
        foreach (int i in producers)
        {
            chain.Do(RegProducer(i, 0));
        }
    }

    private static ChainAction RegProducer(int producer, ushort location, string url = "https://example.org") =>
        TestChain.Action("eosio", "regproducer", TestChain.ProducerName(producer), w =>
        {
            w.WriteUInt64(TestChain.ProducerName(producer).Value);
            TestChain.KeyOf(TestChain.ProducerName(producer).ToString()).Write(w);
            w.WriteBytes(System.Text.Encoding.ASCII.GetBytes(url));
            w.WriteUInt16(location);
        });

    private static ChainAction Unregister(int producer) => Single("unregprod", TestChain.ProducerName(producer));

    private static ChainAction Claim(Name producer) => Single("claimrewards", producer);

    private static ChainAction Refund(Name owner) => Single("refund", owner);

    private static ChainAction Single(string action, Name account) =>
        TestChain.Action("eosio", action, account, w => w.WriteUInt64(account.Value));

    private static ChainAction RegProxy(Name proxy, bool isProxy) => TestChain.Action("eosio", "regproxy", proxy, w =>
    {
        w.WriteUInt64(proxy.Value);
        w.WriteBool(isProxy);
    });

    private static ChainAction Vote(Name voter, params int[] producers) =>
        VoteFor(voter, default, [.. producers.Select(TestChain.ProducerName)]);

    private static ChainAction VoteFor(Name voter, Name proxy, params Name[] producers) =>
        TestChain.Action("eosio", "voteproducer", voter, w =>
        {
            w.WriteUInt64(voter.Value);
            w.WriteUInt64(proxy.Value);
            w.WriteVarUInt32((uint)producers.Length);
            foreach (Name producer in producers)
            {
                w.WriteUInt64(producer.Value);
            }
        });

    private static ChainAction Delegate(
        Name from, Name receiver, long net, long cpu, bool transfer = false, Symbol? symbol = null) =>
        TestChain.Action("eosio", "delegatebw", from, w =>
        {
            w.WriteUInt64(from.Value);
            w.WriteUInt64(receiver.Value);
            new Asset(net, symbol ?? new Symbol(4, "EOS")).Write(w);
            new Asset(cpu, symbol ?? new Symbol(4, "EOS")).Write(w);
            w.WriteBool(transfer);
        });

    private static ChainAction Undelegate(Name from, Name receiver, long net, long cpu) =>
        TestChain.Action("eosio", "undelegatebw", from, w =>
        {
            w.WriteUInt64(from.Value);
            w.WriteUInt64(receiver.Value);
            TestChain.Core(net).Write(w);
            TestChain.Core(cpu).Write(w);
        });
}
