using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.VmDposw;
using Tactus.Engine.Protocols.VmDposw.Consensus;
using Tactus.Engine.Protocols.VmDposw.Machines;
using Tactus.Engine.Protocols.VmDposw.Rounds;
using Tactus.Engine.Protocols.VmDposw.Work;

namespace Tactus.Engine.Tests.VmDposw;

/// <summary>Properties V1 to V5 and V9: windows, shares, order.</summary>
public sealed class RoundPropertyTests
{
    [Fact]
    public void V01_windows_partition_the_round()
    {
        foreach (long round in (long[])[30, 7, 60_000_000, 30_000_001])
        {
            for (int delegates = 1; delegates <= VmDposwParameters.DelegatesMax; delegates++)
            {
                Assert.Equal(new Fraction(0, 1), TimeWindows.Start(round, delegates, 0));
                Assert.Equal(new Fraction(round, 1), TimeWindows.Start(round, delegates, delegates));
                for (int i = 0; i < delegates; i++)
                {
                    Fraction length = TimeWindows.Start(round, delegates, i + 1) - TimeWindows.Start(round, delegates, i);
                    Assert.Equal(new Fraction(round, delegates), length);
                }

                var random = new SplitMix64((ulong)(round + delegates));
                for (int i = 0; i < 50; i++)
                {
                    long offset = (long)(random.Next() % (ulong)round);
                    int window = TimeWindows.IndexAt(round, delegates, offset);
                    Fraction start = TimeWindows.Start(round, delegates, window);
                    Fraction end = TimeWindows.Start(round, delegates, window + 1);
                    Assert.True((Int128)start.Numerator <= (Int128)offset * start.Denominator, $"{offset} in window {window}");
                    Assert.True((Int128)offset * end.Denominator < end.Numerator, $"{offset} in window {window}");
                }
            }
        }
    }

    [Fact]
    public void V01_every_slot_of_a_round_has_one_owner()
    {
        var net = new TestNet();
        var slots = new Dictionary<uint, int>();
        for (long slot = 1; slot <= 12; slot++)
        {
            uint machine = net.MachineAt(net.Genesis, slot);
            slots[machine] = slots.GetValueOrDefault(machine) + 1;
        }

        Assert.Equal(new Dictionary<uint, int> { [2] = 4, [4] = 4, [6] = 4 }, slots);
        Assert.False(net.Genesis.TryMachineAt(0, net.Clock, net.Parameters, out _, out _, out _));
    }

    [Fact]
    public void V02_window_length_does_not_depend_on_power()
    {
        foreach (int[] powers in (int[][])[[300, 200, 100], [100_000, 2, 1]])
        {
            var net = new TestNet(TestNet.Quick with { PowerOf = powers });
            ClusterState state = net.RunRound(net.Genesis, 1);
            uint[] owners = [.. Enumerable.Range(13, 12).Select(slot => net.MachineAt(state, slot))];
            Assert.All(owners.GroupBy(vm => vm), window => Assert.Equal(4, window.Count()));
        }
    }

    [Fact]
    public void V03_a_deterministic_miner_makes_blocks_in_proportion_to_power()
    {
        // Fig. 2: three, two and one block in windows of 10 s. A block takes exactly d hashes.
        const int windowSec = 10;
        const int difficulty = 1000;
        int[] blocks = [.. TestNet.Quick.PowerOf.Select(power => power * windowSec / difficulty)];
        Assert.Equal([3, 2, 1], blocks);
    }

    [Fact]
    public void V03_real_work_is_proportional_to_power_in_expectation()
    {
        // Seeded headers; each VM tries what its power gives in a window of 8 slots. Expectation: hashes / d blocks.
        const ulong difficulty = 64;
        VmDposwParameters rules = TestNet.Quick with { Difficulty = difficulty };
        int[] found = new int[3];
        ulong[] tried = new ulong[3];
        var random = new SplitMix64(7);
        byte[] header = new byte[100];
        for (int slot = 0; slot < 8 * 100; slot++)
        {
            foreach (VmCategory category in Enum.GetValues<VmCategory>())
            {
                BitConverter.TryWriteBytes(header, random.Next());
                ulong budget = VmDposwBlockBuilder.HashesPerSlot(rules, category);
                bool done = LowDifficultyWork.TryFind(TestNet.Kernels, header, difficulty, budget, out ulong nonce, out Hash256 work);
                Assert.Equal(done, LowDifficultyWork.IsDone(work, difficulty) && !work.IsZero);
                tried[(int)category] += done ? nonce + 1 : budget;
                found[(int)category] += done ? 1 : 0;
            }
        }

        Assert.True(found[0] > found[1] && found[1] > found[2], $"X > Y > Z: {string.Join(", ", found)}");
        for (int i = 0; i < 3; i++)
        {
            double perBlock = tried[i] / (double)found[i];
            Assert.InRange(perBlock, difficulty * 0.85, difficulty * 1.15);
        }
    }

    [Fact]
    public void V04_every_category_serves_within_its_share()
    {
        for (int gold = 0; gold <= 12; gold++)
        {
            for (int silver = 0; silver <= 12; silver++)
            {
                for (int bronze = gold + silver == 0 ? 1 : 0; bronze <= 12; bronze++)
                {
                    int[] available = [gold, silver, bronze];
                    int[] taking = new int[3];
                    CategoryShares.Take(available, 20, 60, taking);
                    int total = taking.Sum();
                    int present = available.Count(x => x > 0);
                    for (int i = 0; i < 3; i++)
                    {
                        Assert.InRange(taking[i], available[i] > 0 ? 1 : 0, available[i]);
                        if (available[i] > 0 && present > 1)
                        {
                            Assert.InRange(100 * taking[i], 20 * total, 60 * total);
                        }
                    }

                    // One category alone takes the whole round, whatever the limit says.
                    Assert.True(present > 1 || total == available.Sum());
                }
            }
        }
    }

    [Fact]
    public void V04_who_sits_out_changes_and_nobody_leaves()
    {
        VmDposwParameters rules = TestNet.Quick with { RoundUs = 12_000_000 };
        ClusterDelegate[] cluster = [.. Enumerable.Range(1, 7).Select(i => new ClusterDelegate(
            (uint)i, i <= 5 ? VmCategory.Gold : (VmCategory)(i - 5), default, default, 0, VectorTests.Number(i)))];
        var served = new HashSet<uint>();
        RoundSetup setup = RoundSetup.None;
        for (uint round = 1; round <= 5; round++)
        {
            setup = RoundSetup.After(round, cluster, setup, VectorTests.Number(round), rules);
            Assert.Equal(5, setup.Order.Count); // 3 gold of 5, 1 silver, 1 bronze: 60 %
            Assert.Contains(6u, setup.Order);
            Assert.Contains(7u, setup.Order);
            served.UnionWith(setup.Order);
        }

        Assert.Equal(7, served.Count);
    }

    [Fact]
    public void V05_an_empty_category_widens_the_other_windows_equally()
    {
        ClusterDelegate[] cluster = [.. new uint[] { 2, 4, 6 }.Select((id, i) => new ClusterDelegate(
            id, (VmCategory)i, default, default, 0, VectorTests.Number(id)))];
        RoundSetup three = RoundSetup.After(1, cluster, RoundSetup.None, default, TestNet.Quick);
        RoundSetup two = RoundSetup.After(1, cluster[..2], RoundSetup.None, default, TestNet.Quick);
        Assert.Equal([2u, 4u, 6u], three.Order);
        Assert.Equal([2u, 4u], two.Order);
        for (int i = 0; i < two.Order.Count; i++)
        {
            Fraction before = TimeWindows.Start(30, three.Order.Count, i + 1) - TimeWindows.Start(30, three.Order.Count, i);
            Fraction after = TimeWindows.Start(30, two.Order.Count, i + 1) - TimeWindows.Start(30, two.Order.Count, i);
            Assert.Equal(new Fraction(10, 1), before);
            Assert.Equal(new Fraction(15, 1), after);
        }
    }

    [Theory]
    [InlineData(OrderRule.Ascending)]
    [InlineData(OrderRule.Descending)]
    [InlineData(OrderRule.Rotation)]
    public void V09_the_order_is_a_permutation_for_every_input(OrderRule rule)
    {
        var random = new SplitMix64(9);
        for (int trial = 0; trial < 2000; trial++)
        {
            int count = 1 + (int)(random.Next() % 20);
            uint[] served = [.. Enumerable.Range(1, count).Select(i => (uint)(i * 3))];
            int values = 1 + (int)(random.Next() % 3);
            Hash256[] last = [.. served.Select(_ => VectorTests.Number((long)(random.Next() % (ulong)(values * count))))];
            Hash256 final = last[^1];
            uint[] order = ServingOrder.Next(served, last, final, rule);
            Assert.Equal(served, order.Order());
            Assert.Equal(order, ServingOrder.Next(served, (Hash256[])last.Clone(), final, rule));
            if (rule == OrderRule.Ascending)
            {
                // The one placed first always gets its own slot; those after it only move forward, cyclically, past
                // taken slots.
                Assert.Equal(served[0], order[ServingOrder.Residue(last[0], count)]);
                Assert.All(served.Select((vm, i) => (vm, i)), entry =>
                {
                    int wanted = ServingOrder.Residue(last[entry.i], count);
                    int got = Array.IndexOf(order, entry.vm);
                    for (int slot = wanted; slot != got; slot = (slot + 1) % count)
                    {
                        Assert.True(Array.IndexOf(served, order[slot]) < entry.i, "a slot that it passed was taken before it");
                    }
                });
            }
        }
    }

    [Fact]
    public void V09_every_order_is_reached_from_every_order()
    {
        // The testable part of "controllable" for a real hash: from each of the 6 orders all 6 follow with some
        // frequency.
        uint[][] all = [[2, 4, 6], [2, 6, 4], [4, 2, 6], [4, 6, 2], [6, 2, 4], [6, 4, 2]];
        foreach (uint[] from in all)
        {
            var reached = new Dictionary<string, int>(StringComparer.Ordinal);
            Hash256 link = VectorTests.Number(from[0] * 100 + from[1]);
            for (int i = 0; i < 600; i++)
            {
                Hash256[] last = [link = KeyChain.Hash(link), link = KeyChain.Hash(link), link = KeyChain.Hash(link)];
                string order = string.Join(',', ServingOrder.Next(from, last, default, OrderRule.Ascending));
                reached[order] = reached.GetValueOrDefault(order) + 1;
            }

            Assert.Equal(6, reached.Count);
            Assert.All(reached.Values, count => Assert.True(count > 30, $"an order came {count} times of 600"));
        }
    }

    [Theory]
    [InlineData(100, true)]
    [InlineData(130, false)]
    public void The_queue_stays_bounded_when_capacity_meets_arrivals(int arrivalsPercent, bool bounded)
    {
        // The other testable part of "controllable": blocks of each VM are Poisson around C dT / (K d), from a seed.
        const int rounds = 300;
        VmDposwParameters rules = TestNet.Quick with { Difficulty = 64 };
        long capacity = Demand.CapacityOf(600, 3, rules.RoundUs, rules.Difficulty, 100);
        long arrivals = capacity * arrivalsPercent / 100 * 9 / 10;
        var random = new SplitMix64(3);
        long queue = 0;
        long longest = 0;
        for (int round = 0; round < rounds; round++)
        {
            queue += arrivals;
            foreach (int power in rules.PowerOf)
            {
                long hashes = power * rules.RoundUs / 3 / 1_000_000;
                for (long i = 0; i < hashes; i++)
                {
                    queue -= random.Next() % rules.Difficulty == 0 ? Math.Min(100, queue) : 0;
                }
            }

            longest = Math.Max(longest, queue);
        }

        Assert.Equal(bounded, longest < 20 * capacity);
    }
}
