using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Graphene.Consensus;
using Tactus.Engine.Protocols.Graphene.Ledger;
using Tactus.Engine.Protocols.Graphene.Types;

namespace Tactus.Engine.Tests.Graphene;

/// <summary>Slots, orders, votes, pay: properties P1 to P4, P10, P12, P14, P15 and invariants I1 to I4, I7 to
/// I9.</summary>
public class WitnessTests
{
    [Fact]
    public void P1_A_witness_that_misses_is_unpaid_and_counted_and_the_next_extends_the_same_head()
    {
        var world = new TestWorld();
        using var node = new GrapheneNode(world);
        node.ProduceUntil(TestWorld.GenesisSec + 300);
        WitnessState before = node.Head;
        uint absent = Slots.Witness(before, 1);
        uint next = Slots.Witness(before, 2);
        WitnessCell absentBefore = node.Read(l => l.GetWitness(absent));
        WitnessCell nextBefore = node.Read(l => l.GetWitness(next));
        node.Produce(k: 2);
        Assert.Equal(before.Id, node.Chain.Head.ParentId);
        Assert.Equal(next, node.Head.Producer);
        Assert.Equal(before.AbsoluteSlot + 2, node.Head.AbsoluteSlot);
        Assert.Equal(absentBefore.Missed + 1, node.Read(l => l.GetWitness(absent)).Missed);
        Assert.Equal(absentBefore.Paid, node.Read(l => l.GetWitness(absent)).Paid);
        Assert.Equal(nextBefore.Missed, node.Read(l => l.GetWitness(next)).Missed);
        Assert.True(node.Read(l => l.GetWitness(next)).Paid > nextBefore.Paid);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void P2_I1_I3_I4_I8_A_new_order_exactly_at_multiples_of_N(int seed)
    {
        // 7 witnesses, slots missed at random from the seed, no repetition inside the window of 128 slots.
        var world = new TestWorld(witnesses: 7);
        using var node = new GrapheneNode(world);
        var random = new Random(seed);
        var filled = new List<bool>();
        ulong missedInAll = 0;
        for (int i = 0; i < 120; i++)
        {
            WitnessState before = node.Head;
            int k = random.Next(4) == 0 ? random.Next(2, 6) : 1;
            node.Produce(k);
            WitnessState after = node.Head;
            missedInAll += (ulong)(k - 1);
            filled.AddRange(Enumerable.Repeat(false, k - 1));
            filled.Add(true);
            Assert.Equal((before.Number + 1, before.Id), (after.Number, node.Chain.Head.ParentId));
            Assert.True(after.TimeSec > before.TimeSec);
            Assert.Equal(after.Number + missedInAll, after.AbsoluteSlot);
            if (after.Number % 7 == 0)
            {
                uint[] order = [.. after.Active];
                WitnessShuffle.Shuffle(order.AsSpan(), after.TimeSec);
                Assert.Equal(order, after.Shuffled.ToArray());
                Assert.Equal(after.Active.ToArray(), after.Shuffled.Order().ToArray());
            }
            else
            {
                Assert.Equal(before.Shuffled.ToArray(), after.Shuffled.ToArray());
            }

            // [C] The block's bit lies before the slots that it shows as missed, so the window ends one gap later than
            // the slots.
            int last = filled.Count - 1;
            int expected = Enumerable.Range(0, 128).Count(b => BitShows(filled, last, b));
            Assert.Equal(expected, Participation.Filled(after.RecentSlots));
        }
    }

    // Slots of the window, the newest first; before the first block all count as filled. The reference shifts the
    // missed slots in after the block that shows them.
    private static bool BitShows(List<bool> filled, int last, int bit)
    {
        var window = new List<bool>();
        for (int i = 0; i <= last; i++)
        {
            int gap = 0;
            while (!filled[i])
            {
                gap++;
                i++;
            }

            window.Add(true);
            window.AddRange(Enumerable.Repeat(false, gap));
        }

        int at = window.Count - 1 - bit;
        return at < 0 || window[at];
    }

    [Fact]
    public void P3_One_stake_gives_a_whole_vote_to_each_choice_and_the_top_N_win()
    {
        var world = new TestWorld(witnesses: 3, candidates: 3, users: 3);
        using var node = new GrapheneNode(world);
        node.Produce();
        long[] before = Votes(node, 6);
        node.Must(world.Sign(node, Vote(node, world, world.User(0), 3, 4, 5, 6), world.User(0)));
        node.ProduceUntil(NextMaintenance(node));
        long stake = node.Read(l => l.GetAccount(world.User(0))).Balance;
        long founder = node.Read(l => l.GetAccount(TestWorld.Founder)).Balance;
        long[] after = Votes(node, 6);
        Assert.Equal(before.Length, after.Length);
        Assert.Equal([founder, founder, founder, stake, stake, stake], after);
        Assert.Equal([1u, 2, 3], node.Head.Active.ToArray());

        // Another voter for 5 and 6: they rise, nobody falls; equal votes are ordered by vote id.
        node.Must(world.Sign(node, Vote(node, world, world.User(1), 0, 5, 6), world.User(1)));
        node.ProduceUntil(NextMaintenance(node));
        Assert.Equal([founder, founder, founder, stake, 2 * stake, 2 * stake], Votes(node, 6));
    }

    [Fact]
    public void P3_A_proxy_votes_with_the_stake_of_its_followers_one_level_deep()
    {
        var world = new TestWorld(witnesses: 1, candidates: 3, users: 4);
        using var node = new GrapheneNode(world);
        node.Produce();
        node.Must(
            world.Sign(node, Vote(node, world, world.User(0), 0, 2), world.User(0)),
            world.Sign(node, Follow(world, world.User(1), world.User(0)), world.User(1)),
            world.Sign(node, Follow(world, world.User(2), world.User(1)), world.User(2)),
            world.Sign(node, Vote(node, world, world.User(3), 0, 3), world.User(3)));
        node.ProduceUntil(NextMaintenance(node));

        // User 2 follows user 1, who follows user 0: user 2's stake follows user 1's own opinion, which is empty.
        Assert.Equal(20_000, node.Read(l => l.GetWitness(2)).Votes);
        Assert.Equal(10_000, node.Read(l => l.GetWitness(3)).Votes);

        // Stake moves with the transfer, before any maintenance visits it.
        node.Must(world.Sign(
            node, new Transfer(Asset.Core(0), world.User(1), world.User(3), Asset.Core(4_000)), world.User(1)));
        node.ProduceUntil(NextMaintenance(node));
        Assert.Equal(16_000, node.Read(l => l.GetWitness(2)).Votes);
        Assert.Equal(14_000, node.Read(l => l.GetWitness(3)).Votes);

        // An opinion that ends frees its place; the rest still counts.
        node.Must(world.Sign(node, Vote(node, world, world.User(0), 0), world.User(0)));
        node.ProduceUntil(NextMaintenance(node));
        Assert.Equal(0, node.Read(l => l.GetWitness(2)).Votes);
        Assert.Equal(14_000, node.Read(l => l.GetWitness(3)).Votes);
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public void P3_Incremental_tallies_equal_visiting_every_account(int seed)
    {
        var world = new TestWorld(witnesses: 3, candidates: 3, users: 8);
        using var node = new GrapheneNode(world);
        var random = new Random(seed);
        node.Produce();
        for (int round = 0; round < 25; round++)
        {
            uint user = world.User(random.Next(8));
            uint other = world.User(random.Next(8));
            Operation operation = random.Next(3) switch
            {
                0 => Vote(
                    node,
                    world,
                    user,
                    0,
                    [.. Enumerable.Range(1, 6).Where(_ => random.Next(2) == 0).Select(i => (uint)i)]),
                1 => new AccountUpdate(
                    Asset.Core(0), user, null, null, node.Read(l => l.Options(user)) with { VotingAccount = random.Next(2) == 0 ? WellKnown.ProxyToSelf : other }),
                _ => new Transfer(
                    Asset.Core(1), user, other == user ? TestWorld.Founder : other, Asset.Core(random.Next(1, 500))),
            };
            node.Must(world.Sign(node, operation, user));
        }

        node.ProduceUntil(NextMaintenance(node) - 2);
        long[] expected = new long[7];
        for (uint account = WellKnown.FirstUser; account < node.Read(l => l.Totals).Accounts; account++)
        {
            AccountCell cell = node.Read(l => l.GetAccount(account));
            AccountOptions opinion = node.Read(
                l => l.Options(cell.Proxy == WellKnown.ProxyToSelf ? account : cell.Proxy));
            foreach (uint vote in opinion.Votes.Where(v => AccountOptions.TypeOf(v) == VoteType.Witness))
            {
                expected[node.Read(l => l.TryGetVoted(vote, out uint w) ? w : 0)] += cell.Balance;
            }
        }

        // Pay of the maintenance block itself goes to witness accounts, which have no opinion here.
        node.ProduceUntil(node.Head.NextMaintenanceSec);
        Assert.Equal(expected[1..], Votes(node, 6));
    }

    [Fact]
    public void P4_N_is_the_smallest_odd_number_that_more_than_half_of_the_opinions_want()
    {
        var random = new Random(5);
        for (int i = 0; i < 400; i++)
        {
            int max = 2 * random.Next(2, 60) + 1;
            (long Stake, int Wish)[] votes =
            [
                .. Enumerable.Range(0, random.Next(0, 7))
                    .Select(_ => ((long)random.Next(1, 100), random.Next(0, max + 1))),
            ];
            var count = new WitnessCount(max);
            foreach ((long stake, int wish) in votes)
            {
                count.Add(stake, wish);
            }

            (long Stake, int Wish)[] opinions = [.. votes.Where(v => v.Wish > 1)];
            long total = opinions.Sum(v => v.Stake);

            // Nobody with an opinion, or a single unit of it: the minimum.
            int expected = 1;
            if (total / 2 > 0)
            {
                while (2 * opinions.Where(v => (v.Wish / 2 * 2) + 1 <= expected).Sum(v => v.Stake) <= total)
                {
                    expected += 2;
                }
            }

            Assert.Equal(expected, count.Decide(1));
        }
    }

    [Fact]
    public void P4_Nobody_asks_for_more_witnesses_than_they_vote_for()
    {
        var world = new TestWorld(witnesses: 3, users: 1);
        using var node = new GrapheneNode(world);
        node.Produce();
        AccountUpdate update = Vote(node, world, world.User(0), 3, 1, 2);
        node.Produce(1, world.Sign(node, update, world.User(0)));
        Assert.Equal(RejectReason.ActionFailed, node.Added[0].Reason);
        Assert.Contains("3 witnesses are wished for, 2 are voted for", node.Added[0].Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void P4_I9_The_voters_choose_N_at_maintenance()
    {
        var world = new TestWorld(witnesses: 3, candidates: 4, users: 2);
        world.SetBalance(world.User(0), 3_000_000);
        using var node = new GrapheneNode(world);
        node.Produce();
        Assert.Equal(3, node.Head.Active.Length);
        node.Must(world.Sign(node, Vote(node, world, world.User(0), 7, 1, 2, 3, 4, 5, 6, 7), world.User(0)));
        node.ProduceUntil(NextMaintenance(node));
        Assert.Equal(7, node.Head.Active.Length);

        // An even wish means the next odd number: half of it, twice, plus one.
        node.Must(world.Sign(node, Vote(node, world, world.User(0), 4, 1, 2, 3, 4, 5, 6, 7), world.User(0)));
        node.ProduceUntil(NextMaintenance(node));
        Assert.Equal(5, node.Head.Active.Length);
    }

    [Fact]
    public void P10_A_block_by_the_wrong_witness_or_key_or_off_its_slot_is_rejected()
    {
        var world = new TestWorld();
        using var node = new GrapheneNode(world);
        node.Produce();
        WitnessState head = node.Head;
        uint time = (uint)Slots.TimeSec(head, 1);
        uint right = Slots.Witness(head, 1);
        uint wrong = Slots.Witness(head, 2);
        Hash256 state = node.StateHash;
        Assert.Equal(RejectReason.WrongProducer, node.Receive(Forge(world, head, time, wrong, wrong)).Reason);
        Assert.Equal(RejectReason.BadBlockSignature, node.Receive(Forge(world, head, time, right, wrong)).Reason);
        Assert.Equal(RejectReason.BadSlot, node.Receive(Forge(world, head, time + 1, right, right)).Reason);
        Assert.Equal(RejectReason.BadSlot, node.Receive(Forge(world, head, time - 2, right, right)).Reason);
        Assert.Equal(RejectReason.BadSlot, node.Receive(Forge(world, head, head.TimeSec, right, right)).Reason);
        Assert.Equal((head.Id, state), (node.Head.Id, node.StateHash));
        Assert.True(node.Receive(Forge(world, head, time, right, right)).Accepted);
    }

    [Fact]
    public void P12_I4_Votes_change_the_active_set_at_maintenance_and_the_order_at_the_next_multiple_of_N()
    {
        var world = new TestWorld(witnesses: 5, candidates: 5, users: 1);
        world.SetBalance(world.User(0), 5_000_000);
        using var node = new GrapheneNode(world);
        node.Produce();
        node.Must(world.Sign(node, Vote(node, world, world.User(0), 5, 6, 7, 8, 9, 10), world.User(0)));
        uint maintenance = NextMaintenance(node);
        node.ProduceUntil(maintenance - 1);
        while (!node.Head.DidMaintenance)
        {
            Assert.Equal([1u, 2, 3, 4, 5], node.Head.Active.ToArray());
            node.Produce();
        }

        Assert.Equal([6u, 7, 8, 9, 10], node.Head.Active.ToArray());
        uint irreversible = node.Head.LastIrreversible;
        bool sawOldWitness = false;
        while (node.Head.Number % 5 != 0)
        {
            // Voted out, and still in its slots. Newcomers have confirmed nothing: irreversibility stands still.
            Assert.All(node.Head.Shuffled, w => Assert.InRange(w, 1u, 5u));
            node.Produce();
            sawOldWitness |= node.Head.Producer <= 5;
            Assert.Equal(irreversible, node.Head.LastIrreversible);
        }

        Assert.Equal([6u, 7, 8, 9, 10], node.Head.Shuffled.Order().ToArray());
        for (int i = 0; i < 5; i++)
        {
            node.Produce();
            Assert.True(node.Head.Producer > 5);
        }

        Assert.True(node.Head.LastIrreversible > irreversible);
        Assert.True(sawOldWitness || maintenance % 10 == 0);
    }

    [Fact]
    public void A_witness_that_changes_its_key_signs_with_the_new_one_from_the_next_block_on()
    {
        var world = new TestWorld();
        using var node = new GrapheneNode(world);
        node.Produce();
        uint witness = Slots.Witness(node.Head, 2);
        node.Must(world.Sign(
            node,
            new WitnessUpdate(Asset.Core(0), witness, world.WitnessAccount(witness), null, world.BlockKey(witness, 1)),
            world.WitnessAccount(witness)));
        uint time = (uint)Slots.TimeSec(node.Head, 1);
        Assert.Equal(witness, Slots.Witness(node.Head, 1));
        Assert.Equal(
            RejectReason.BadBlockSignature, node.Receive(Forge(world, node.Head, time, witness, witness)).Reason);
        Assert.True(node.Receive(Forge(world, node.Head, time, witness, witness, keyVersion: 1)).Accepted);
    }

    [Fact]
    public void Slots_after_maintenance_are_skipped_and_not_counted()
    {
        var world = new TestWorld();
        using var node = new GrapheneNode(world);
        node.ProduceUntil(NextMaintenance(node, atLeast: TestWorld.GenesisSec + 1));
        WitnessState maintained = node.Head;
        Assert.True(maintained.DidMaintenance);
        Assert.Equal(maintained.TimeSec + 8, Slots.TimeSec(maintained, 1));
        uint missedBefore = Missed(node);
        node.Produce();
        Assert.Equal(maintained.AbsoluteSlot + 1, node.Head.AbsoluteSlot);
        Assert.Equal(missedBefore, Missed(node));
        Assert.False(node.Head.DidMaintenance);
    }

    [Fact]
    public void P15_Participation_falls_by_one_in_128_per_missed_slot_and_alarms_after_26()
    {
        UInt128 slots = Participation.Initial;
        int missed = 0;
        for (; Participation.Rate(slots) >= Participation.AlarmDefault; missed++)
        {
            slots = Participation.After(slots, 0);
            slots = Participation.After(slots >> 1, 1);
        }

        Assert.Equal(26, missed);
        Assert.Equal(128 - 26, Participation.Filled(Participation.After(Participation.Initial, 26)));
    }

    [Fact]
    public void The_production_rule_stops_below_33_percent_and_outside_its_slot()
    {
        var world = new TestWorld();
        using var node = new GrapheneNode(world);
        node.Produce();
        WitnessState head = node.Head;
        long ms = Slots.TimeSec(head, 1) * 1000;
        uint owner = Slots.Witness(head, 1);
        ProductionDecision Decide(WitnessState state, long at, bool synced = true, uint mine = 0, bool key = true) =>
            ProductionRule.Decide(state, at, synced, w => w == (mine == 0 ? owner : mine), _ => key, out _);

        Assert.Equal(ProductionDecision.Produce, Decide(head, ms));
        Assert.Equal(ProductionDecision.Produce, Decide(head, ms - 500));
        Assert.Equal(ProductionDecision.NoSlotYet, Decide(head, ms - 501));
        Assert.Equal(ProductionDecision.NotSynced, Decide(head, ms, synced: false));
        Assert.Equal(ProductionDecision.NotMyTurn, Decide(head, ms, mine: Slots.Witness(head, 2)));
        Assert.Equal(ProductionDecision.NoKey, Decide(head, ms, key: false));
        Assert.Equal(
            ProductionDecision.LowParticipation, Decide(head with { RecentSlots = (UInt128.One << 42) - 1 }, ms));
        Assert.Equal(ProductionDecision.Produce, Decide(head with { RecentSlots = (UInt128.One << 43) - 1 }, ms));
        Assert.Equal(ProductionDecision.TooLate, Decide(
            head with { DidMaintenance = false, IntervalSec = 5, TimeSec = head.TimeSec / 5 * 5 },
            (head.TimeSec / 5 * 5 + 5) * 1000L + 2_501));
        Assert.True(ProductionRule.IsSynced(head, ms));
        Assert.False(ProductionRule.IsSynced(head, ms + 1));
    }

    [Fact]
    public void I7_Pay_comes_out_of_the_budget_and_nothing_is_lost()
    {
        var world = new TestWorld(parameters: new ChainParameters { BlockIntervalSec = 2, MaintenanceIntervalSec = 120, WitnessPayPerBlock = 7, ReviewPeriodSec = 300 })
        {
            SupplyMax = 2_000_000_000,
        };
        using var node = new GrapheneNode(world);
        long paid = 0;
        for (int i = 0; i < 250; i++)
        {
            TotalsCell before = node.Read(l => l.Totals);
            if (i % 10 == 3)
            {
                node.Must(world.Sign(
                    node, new Transfer(Asset.Core(5), world.User(0), world.User(1), Asset.Core(1)), world.User(0)));
            }
            else
            {
                node.Produce(i % 7 == 0 ? 2 : 1);
            }

            TotalsCell after = node.Read(l => l.Totals);
            long payNow = Enumerable.Range(1, 5).Sum(w => node.Read(l => l.GetWitness((uint)w)).Paid) - paid;
            paid += payNow;
            Assert.Equal(Math.Min(7, before.WitnessBudget), payNow);
            long held = Enumerable.Range(0, (int)after.Accounts)
                .Sum(a => node.Read(l => l.GetAccount((uint)a)).Balance);
            Assert.Equal(after.Supply, held + after.CollectedFees + after.WitnessBudget);
            Assert.True(after.Supply <= world.SupplyMax);
        }

        Assert.True(paid > 500);
    }

    [Fact]
    public void Witness_pay_of_the_reference_test_259_259_76_0()
    {
        // bitshares-core operation_tests witness_pay_test: reserve 1,000,000,000 and 30 blocks of 5 s: a budget of 594.
        long budget = Budget.ForWitnesses(259, 150, 5, Budget.Total(1_000_000_000, 150));
        Assert.Equal(594, budget);
        var pays = new List<long>();
        for (int i = 0; i < 4; i++)
        {
            pays.Add(Budget.PayOf(259, budget));
            budget -= pays[^1];
        }

        Assert.Equal([259L, 259, 76, 0], pays);
    }

    internal static AccountUpdate Vote(
        GrapheneNode node, TestWorld world, uint account, ushort wish, params uint[] witnesses)
    {
        uint[] votes = [.. witnesses.Select(w => node.Read(l => l.GetWitness(w)).VoteId).Order()];
        return new AccountUpdate(
            Asset.Core(0), account, null, null,
            new AccountOptions(world.KeyOf(account), WellKnown.ProxyToSelf, wish, 0, votes));
    }

    internal static AccountUpdate Follow(TestWorld world, uint account, uint proxy) =>
        new(Asset.Core(0), account, null, null, new AccountOptions(world.KeyOf(account), proxy, 0, 0, []));

    internal static uint NextMaintenance(GrapheneNode node, uint atLeast = 0)
    {
        while (node.Head.NextMaintenanceSec < atLeast)
        {
            node.Produce();
        }

        return node.Head.NextMaintenanceSec;
    }

    internal static byte[] Forge(
        TestWorld world, WitnessState head, uint time, uint witness, uint signer, int keyVersion = 0)
    {
        var header = new BlockHeader { Previous = head.Id, TimeSec = time, Witness = witness };
        var writer = new ByteWriter();
        header.Write(writer);
        writer.WriteSpan(world.SignDigest(world.BlockKey(signer, keyVersion), header.Digest()));
        writer.WriteVarUInt32(0);
        return writer.ToArray();
    }

    private static long[] Votes(GrapheneNode node, int count) =>
        [.. Enumerable.Range(1, count).Select(w => node.Read(l => l.GetWitness((uint)w)).Votes)];

    private static uint Missed(GrapheneNode node) =>
        (uint)Enumerable.Range(1, 5).Sum(w => node.Read(l => l.GetWitness((uint)w)).Missed);
}
