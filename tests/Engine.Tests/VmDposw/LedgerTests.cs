using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.VmDposw;
using Tactus.Engine.Protocols.VmDposw.Consensus;
using Tactus.Engine.Protocols.VmDposw.Devnet;
using Tactus.Engine.Protocols.VmDposw.Ledger;
using Tactus.Engine.Protocols.VmDposw.Machines;
using Tactus.Engine.Protocols.VmDposw.Wire;

namespace Tactus.Engine.Tests.VmDposw;

/// <summary>Bids, voting, trade and rewards through the whole pipeline; properties V12 and V13.</summary>
public sealed class LedgerTests
{
    [Fact]
    public void A_bid_becomes_a_machine_when_its_period_ends_and_losers_are_refunded()
    {
        var net = new TestNet(TestNet.Quick with { PeriodRounds = 1 });
        using var chain = new TestChain(net);
        var buyer = new VmDevnetKeys(99, 2, 16);
        chain.Request(6, BidOf(VmCategory.Gold, 5000, buyer, 1));
        chain.Request(7, BidOf(VmCategory.Gold, 4000, buyer, 2));
        chain.Request(5, BidOf(VmCategory.Gold, 100, buyer, 1));
        chain.Run(1);
        Assert.Equal(1_000_000 - 5000, chain.Account(6).Balance);
        Assert.Equal(1_000_000 - 4000, chain.Account(7).Balance);
        Assert.Equal(1, chain.Failed);
        Assert.Equal(6u, chain.Totals.Machines);

        chain.Run(1);
        Assert.Equal(7u, chain.Totals.Machines);
        Assert.Equal(6UL, chain.Machine(7).Owner);
        Assert.Equal(5000, chain.Machine(7).Stake);
        Assert.Equal(1_000_000, chain.Account(7).Balance);
    }

    [Fact]
    public void A_new_machine_is_a_witness_in_the_queue_pool()
    {
        // Coverage of the example is exactly half; one more VM of any category pulls a witness into the cluster: the
        // largest deficit is equal, nobody is approved, so the first in the queue, VM1.
        var net = new TestNet(TestNet.Quick with { PeriodRounds = 1 });
        using var chain = new TestChain(net);
        chain.Request(6, BidOf(VmCategory.Bronze, 1000, new VmDevnetKeys(99, 1, 16), 1));
        chain.Run(2);
        Assert.Equal(VmRole.Witness, chain.Machine(7).Role);
        Assert.Equal(VmRole.Delegate, chain.Machine(1).Role);
        Assert.Equal([1u, 2u, 4u, 6u], chain.Head.ClusterOf(chain.Head.Setup.Round + 1).Select(vm => vm.Machine));
    }

    [Fact]
    public void Voting_weighs_approvals_by_locked_stake()
    {
        var net = new TestNet(TestNet.Quick with { PeriodRounds = 1 });
        using var chain = new TestChain(net);
        chain.Request(0, new VmTransaction { Kind = VmTransactionKind.Lock, Amount = 500 });
        chain.Request(0, new VmTransaction { Kind = VmTransactionKind.Approve, Machine = 3 });
        chain.Request(1, new VmTransaction { Kind = VmTransactionKind.Approve, Machine = 5 });
        chain.Request(1, new VmTransaction { Kind = VmTransactionKind.Lock, Amount = 700 });
        chain.Request(1, new VmTransaction { Kind = VmTransactionKind.Unlock, Amount = 100 });
        chain.Request(2, new VmTransaction { Kind = VmTransactionKind.Unlock, Amount = 1 });
        chain.Request(6, BidOf(VmCategory.Bronze, 1000, new VmDevnetKeys(99, 1, 16), 1));
        chain.Run(1);
        Assert.Equal(500, chain.Machine(3).Approvals);
        Assert.Equal(600, chain.Machine(5).Approvals);
        Assert.Equal(1, chain.Failed);
        chain.Run(1);
        Assert.Equal(VmRole.Delegate, chain.Machine(5).Role);
        Assert.Equal(VmRole.Witness, chain.Machine(3).Role);
    }

    [Fact]
    public void A_machine_is_traded_and_its_new_owner_earns_and_may_change_its_keys()
    {
        var net = new TestNet();
        using var chain = new TestChain(net);
        chain.Request(1, new VmTransaction { Kind = VmTransactionKind.SellMachine, Machine = 2, To = 7 });
        chain.Request(1, new VmTransaction { Kind = VmTransactionKind.SellMachine, Machine = 2, To = 6 });
        chain.Run(1);
        Assert.Equal(7UL, chain.Machine(2).Owner);
        Assert.Equal(VmRole.Delegate, chain.Machine(2).Role);
        Assert.Equal(1, chain.Failed);
        long before = chain.Account(7).Balance;
        chain.Run(1);
        Assert.True(chain.Account(7).Balance > before);

        var buyer = new VmDevnetKeys(99, 2, 16);
        chain.Request(7, new VmTransaction
        {
            Kind = VmTransactionKind.MachineKeys,
            Machine = 2,
            Key = buyer.MachineKey(1),
            Commitment = buyer.ChainOf(1).Commitment,
        });
        chain.Produce(net.Clock.FirstSlotOf(3));
        ClusterDelegate now = ClusterState.Find(chain.Head.ClusterOf(3), 2)!;
        ClusterDelegate next = ClusterState.Find(chain.Head.ClusterOf(4), 2)!;
        Assert.Equal(net.Keys.MachineKey(2), now.Key);
        Assert.Equal(buyer.MachineKey(1), next.Key);
        Assert.Equal(buyer.ChainOf(1).Commitment, next.LastKey);
        Assert.Equal(now.Last, next.Last);
    }

    [Fact]
    public void Rewards_follow_blocks_and_requests()
    {
        var net = new TestNet();
        using var chain = new TestChain(net);
        long supply = chain.Totals.Supply;
        for (int i = 0; i < 5; i++)
        {
            chain.Request(0, new VmTransaction { Kind = VmTransactionKind.Transfer, To = 7, Amount = 3 });
        }

        chain.Produce(1);
        Assert.Equal(supply + 10 + 5, chain.Totals.Supply);
        Assert.Equal(1_000_000 + 10 + 5, chain.Account(1).Balance);
        Assert.Equal(1_000_015, chain.Account(7).Balance);
    }

    [Fact]
    public void Requests_that_fail_leave_no_trace()
    {
        var net = new TestNet();
        using var chain = new TestChain(net);
        chain.Request(0, new VmTransaction { Kind = VmTransactionKind.Transfer, To = 7, Amount = 2_000_000 });
        chain.Request(0, new VmTransaction { Kind = VmTransactionKind.Transfer, To = 77, Amount = 1 });
        chain.Request(0, new VmTransaction { Kind = VmTransactionKind.Transfer, To = 7, Amount = -1 });
        chain.Request(0, new VmTransaction { Kind = VmTransactionKind.Approve, Machine = 77 });
        chain.Request(0, new VmTransaction { Kind = VmTransactionKind.OpenAccount, To = 7, Amount = 1, Key = net.Keys.AccountKey(7) });
        chain.Produce(1);
        Assert.Equal(5, chain.Failed);
        Assert.Equal(0UL, chain.Account(0).Sequence);
        Assert.Equal(1_000_000, chain.Account(0).Balance);
        chain.CheckInvariants();
    }

    [Fact]
    public void V12_coverage_holds_at_every_round_start()
    {
        var net = new TestNet(TestNet.Quick with { PeriodRounds = 1, MachinesMax = 20, RoundUs = 10_000_000 });
        using var chain = new TestChain(net);
        var random = new SplitMix64(12);
        var buyer = new VmDevnetKeys(99, 40, 4);
        for (uint round = 1; round <= 10; round++)
        {
            for (int i = 0; i < 4; i++)
            {
                chain.Request((int)(random.Next() % 8), BidOf((VmCategory)(random.Next() % 3), 5000, buyer, (uint)(random.Next() % 40) + 1));
            }

            RunWithOwnKeys(chain, net, round);
            long cluster = chain.Head.ClusterOf(round + 1).Sum(vm => (long)net.Parameters.RightOf(vm.Category));
            Assert.True(Coverage.Holds(cluster, chain.Totals.TotalRight, Majority.AtLeastHalf), $"round {round + 1}: {cluster}");
        }

        Assert.True(chain.Totals.Machines > 12, $"{chain.Totals.Machines} VMs");
        Assert.True(chain.Totals.Delegates > 5, $"{chain.Totals.Delegates} delegates");
    }

    [Fact]
    public void V13_demand_only_adds_delegates_within_the_cap()
    {
        // One request per block is the capacity, so that each round's requests exceed its usable share.
        var net = new TestNet(TestNet.Quick with { BlockRequestsMax = 1, Difficulty = 64, DemandPercent = 10 });
        using var chain = new TestChain(net);
        uint[] before = [2, 4, 6];
        for (uint round = 1; round <= 5; round++)
        {
            for (int i = 0; i < 12; i++)
            {
                chain.Request(0, new VmTransaction { Kind = VmTransactionKind.Transfer, To = 7, Amount = 1 });
            }

            chain.Run(1);
            uint[] after = [.. chain.Head.ClusterOf(chain.Head.Setup.Round + 1).Select(vm => vm.Machine)];
            Assert.Equal(before, after.Intersect(before));
            Assert.InRange(after.Length, before.Length, Math.Min(before.Length + 1, 6));
            before = after;
        }

        Assert.Equal([1u, 2u, 3u, 4u, 5u, 6u], before);
    }

    [Fact]
    public void V13_without_demand_nobody_is_added()
    {
        var net = new TestNet(TestNet.Quick with { Difficulty = 64 });
        using var chain = new TestChain(net);
        chain.Request(0, new VmTransaction { Kind = VmTransactionKind.Transfer, To = 7, Amount = 1 });
        chain.Run(3);
        Assert.Equal([2u, 4u, 6u], chain.Head.ClusterOf(5).Select(vm => vm.Machine));
    }

    [Fact]
    public void Capacity_is_the_mean_power()
    {
        // 300 + 200 + 100 over three windows of 10 s at d = 1000: 3 + 2 + 1 blocks; a further bronze VM lowers it.
        Assert.Equal(6, Demand.CapacityOf(600, 3, 30_000_000, 1000, 1));
        Assert.Equal(5, Demand.CapacityOf(700, 4, 30_000_000, 1000, 1));
        Assert.Equal(6, Demand.CapacityOf(900, 4, 30_000_000, 1000, 1));
    }

    [Fact]
    public void The_auction_takes_the_highest_bids_within_supply_and_cap()
    {
        VmBid[] bids =
        [
            new(1, VmCategory.Bronze, 10), new(2, VmCategory.Gold, 30), new(3, VmCategory.Gold, 40), new(4, VmCategory.Gold, 40),
            new(5, VmCategory.Silver, 5),
        ];
        Assert.Equal([2, 3, 4, 0], Auction.Winners(bids, 2, 0, 100));
        Assert.Equal([2, 4, 0], Auction.Winners(bids, 1, 0, 100));
        Assert.Equal([2, 3, 4], Auction.Winners(bids, 2, 7, 10));
        Assert.Empty(Auction.Winners(bids, 2, 10, 10));
    }

    /// <summary>VMs bought here have keys that this node lacks: their windows stay empty.</summary>
    private static void RunWithOwnKeys(TestChain chain, TestNet net, uint round)
    {
        for (long slot = net.Clock.FirstSlotOf(round); slot < net.Clock.FirstSlotOf(round + 1); slot++)
        {
            if (net.MachineAt(chain.Head, slot) <= 6)
            {
                chain.Produce(slot);
                chain.CheckInvariants();
            }
        }
    }

    private static VmTransaction BidOf(VmCategory category, long price, VmDevnetKeys keys, uint machine) => new()
    {
        Kind = VmTransactionKind.Bid,
        Category = category,
        Amount = price,
        Key = keys.MachineKey(machine),
        Commitment = keys.ChainOf(machine).Commitment,
    };
}
