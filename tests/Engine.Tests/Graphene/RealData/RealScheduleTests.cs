using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Tactus.Engine.Protocols.Graphene.Consensus;
using Tactus.TestSupport;

namespace Tactus.Engine.Tests.Graphene.RealData;

/// <summary>Slots, orders, budgets and irreversibility that real chains showed.</summary>
public class RealScheduleTests
{
    private const int Witnesses = 21;

    [DataFact]
    public void Steem_slots_are_owned_by_the_shuffled_witnesses()
    {
        using JsonDocument facts = Open("hive", "schedule_facts.json");
        string[] top =
        [
            .. facts.RootElement.GetProperty("pre_shuffle_top19").EnumerateArray().Select(e => e.GetString()!),
        ];
        using JsonDocument document = Open("hive", "get_block_range_milion.pat.json");
        (uint Number, uint Time, string Witness)[] blocks = [.. document.RootElement.GetProperty("blocks").EnumerateArray()
            .Select(b => (
                HiveJson.Header(b).Number,
                HiveJson.Time(b.GetProperty("timestamp")),
                b.GetProperty("witness").GetString()!))];
        uint genesis = (uint)new DateTimeOffset(2016, 3, 24, 16, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds();
        int[]? order = null;
        var runnersUp = new Dictionary<int, string>();
        int predicted = 0;
        var missedOwners = new List<int>();
        for (int i = 0; i < blocks.Length; i++)
        {
            (uint number, uint time, string witness) = blocks[i];
            if (order is not null)
            {
                // Positions 19 and 20 hold a runner-up and a miner that differ from round to round: whoever it is, it
                // is the same all round and nobody of the top.
                int position = order[(int)((time - genesis) / 3 % Witnesses)];
                if (position < top.Length)
                {
                    Assert.Equal(top[position], witness);
                }
                else
                {
                    Assert.DoesNotContain(witness, top);
                    Assert.Equal(runnersUp.GetValueOrDefault(position, witness), witness);
                    runnersUp[position] = witness;
                }

                predicted++;
                for (uint missed = blocks[i - 1].Time + 3; missed < time; missed += 3)
                {
                    missedOwners.Add(order[(int)((missed - genesis) / 3 % Witnesses)]);
                }
            }

            if (number % Witnesses == 0)
            {
                order = [.. Enumerable.Range(0, Witnesses)];
                WitnessShuffle.Shuffle(order.AsSpan(), time);
                runnersUp.Clear();
            }
        }

        // The file holds the first half of the range: 500 blocks, of which those after the first multiple of 21 are
        // predicted.
        Assert.Equal(blocks.Length - (int)(Witnesses - (1_000_000 % Witnesses)) % Witnesses - 1, predicted);
        Assert.Equal([19, 19], missedOwners);
    }

    [DataFact]
    public void Steem_state_at_block_5000000()
    {
        using JsonDocument properties = Open("hive", "database_api_patterns_get_dynamic_global_properties_get.pat.json");
        using JsonDocument schedule = Open("hive", "database_api_patterns_get_witness_schedule_get_current.pat.json");
        JsonElement p = properties.RootElement;
        var recent = UInt128.Parse(p.GetProperty("recent_slots_filled").GetString()!, CultureInfo.InvariantCulture);
        Assert.Equal(121, p.GetProperty("participation_count").GetInt32());
        Assert.Equal(121, Participation.Filled(recent));
        Assert.Equal(9453, Participation.Rate(recent));
        ulong slot = p.GetProperty("current_aslot").GetUInt64();
        uint time = HiveJson.Time(p.GetProperty("time"));
        uint genesis = HiveJson.Time(p.GetProperty("last_budget_time"));
        Assert.Equal(slot, (time - genesis) / 3);
        JsonElement shuffled = schedule.RootElement.GetProperty("current_shuffled_witnesses");
        Assert.Equal(p.GetProperty("current_witness").GetString(), shuffled[(int)(slot % Witnesses)].GetString());
    }

    [DataFact]
    public void BitShares_budgets_and_absolute_slots_of_2017_2018_and_2020()
    {
        using JsonDocument document = Open("bitshares", "dynamic_global_properties_snapshots.json");
        JsonElement[] snapshots = [.. document.RootElement.GetProperty("snapshots").EnumerateArray()];
        const long PayPerBlock = 100_000;
        foreach (JsonElement s in snapshots)
        {
            // Drawn at the hour for 1200 blocks, then one pay per block after the maintenance block, which the old
            // budget paid.
            uint time = HiveJson.Time(s.GetProperty("time"));
            uint maintenance = HiveJson.Time(s.GetProperty("last_budget_time"));
            uint next = HiveJson.Time(s.GetProperty("next_maintenance_time"));
            long budget = Budget.ForWitnesses(PayPerBlock, next - maintenance, 3, long.MaxValue);
            WitnessState atMaintenance = State(maintenance, didMaintenance: true);
            long blocks = Slots.At(atMaintenance, time);
            for (long i = 0; i < blocks; i++)
            {
                budget -= Budget.PayOf(PayPerBlock, budget);
            }

            Assert.Equal(s.GetProperty("witness_budget").GetInt64(), budget);
        }

        // Between 2018 and 2020 every hour did maintenance and skipped three slots, which the absolute count leaves
        // out.
        long slots = (HiveJson.Time(snapshots[2].GetProperty("time")) - HiveJson.Time(
            snapshots[1].GetProperty("time"))) / 3;
        long absolute = snapshots[2].GetProperty("current_aslot")
            .GetInt64() - snapshots[1].GetProperty("current_aslot")
            .GetInt64();
        long hours = (HiveJson.Time(snapshots[2].GetProperty("last_budget_time")) - HiveJson.Time(
            snapshots[1].GetProperty("last_budget_time"))) / 3600;
        Assert.Equal(slots - (3 * hours), absolute);
    }

    [DataFact]
    public void GXChain_lines_of_irreversibility_are_exact()
    {
        using JsonDocument document = Open("logs", "gxchain_testnet_n11_6939202.json");
        (uint Number, string Witness, uint Irreversible)[] rows = [.. document.RootElement.GetProperty("rows").EnumerateArray()
            .Select(r => (r[0].GetUInt32(), r[2].GetString()!, r[3].GetUInt32()))];
        uint[] checkable =
        [
            .. document.RootElement.GetProperty("facts")
                .GetProperty("lib_checkable")
                .EnumerateArray()
                .Select(e => e.GetUInt32()),
        ];
        Dictionary<string, int> seats = document.RootElement.GetProperty("facts")
            .GetProperty("sorted_index")
            .EnumerateObject()
            .ToDictionary(e => e.Name, e => e.Value.GetInt32(), StringComparer.Ordinal);
        uint[] lastConfirmed = new uint[11];
        int exact = 0;
        foreach ((uint number, string witness, uint irreversible) in rows)
        {
            if (checkable.Contains(number))
            {
                // Printed before the block is applied.
                Assert.Equal(irreversible, Irreversibility.Candidate(lastConfirmed));
                exact++;
            }

            lastConfirmed[seats[witness]] = number;
        }

        Assert.Equal(3, exact);
    }

    [DataFact]
    public void GXChain_round_boundaries_lie_at_multiples_of_N()
    {
        using JsonDocument document = Open("logs", "gxchain_testnet_n11_6939202.json");
        Assert.All(
            document.RootElement.GetProperty("facts").GetProperty("round_boundaries").EnumerateArray(),
            b => Assert.Equal(0u, b.GetUInt32() % 11));

        // Inside a round no witness repeats; across the boundary init1 has 6939206 and 6939208 (I5).
        (uint Number, string Witness)[] rows =
        [
            .. document.RootElement.GetProperty("rows")
                .EnumerateArray()
                .Select(r => (r[0].GetUInt32(), r[2].GetString()!)),
        ];
        Assert.Equal(
            6, rows.Where(r => r.Number <= 6_939_207).Select(r => r.Witness).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(
            6, rows.Where(r => r.Number > 6_939_207).Select(r => r.Witness).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal("init1", rows.Single(r => r.Number == 6_939_206).Witness);
        Assert.Equal("init1", rows.Single(r => r.Number == 6_939_208).Witness);
    }

    [DataFact]
    public void GXChain_testnet_producers_are_the_shuffled_order()
    {
        // Round of blocks 6939208..6939213 (no slot missed): seats from the order shuffled at 6939207, at one phase
        // only.
        using JsonDocument document = Open("logs", "gxchain_testnet_n11_6939202.json");
        JsonElement root = document.RootElement;
        Dictionary<string, int> seats = root.GetProperty("facts").GetProperty("sorted_index").EnumerateObject()
            .ToDictionary(e => e.Name, e => e.Value.GetInt32(), StringComparer.Ordinal);
        (uint Number, uint Time, string Witness)[] rows = [.. root.GetProperty("rows").EnumerateArray()
            .Select(r => (r[0].GetUInt32(), HiveJson.Time(r[1]), r[2].GetString()!))];
        int[] order = [.. Enumerable.Range(0, 11)];
        WitnessShuffle.Shuffle(order.AsSpan(), rows.Single(r => r.Number == 6_939_207).Time);

        // The slot index of 6939202 is 6 modulo 11.
        foreach ((uint number, _, string witness) in rows.Where(r => r.Number > 6_939_207))
        {
            Assert.Equal(seats[witness], order[(int)((6 + number - 6_939_202) % 11)]);
        }
    }

    [DataFact]
    public void GXChain_mainnet_lag_is_never_below_fifteen()
    {
        using JsonDocument document = Open("logs", "gxchain_mainnet_n21_10731531.json");
        int confirmers = Witnesses - (3000 * Witnesses / 10000);
        Assert.Equal(15, confirmers);
        foreach (JsonElement row in document.RootElement.GetProperty("rows").EnumerateArray())
        {
            Assert.True(row[0].GetUInt32() - row[3].GetUInt32() >= confirmers);
        }
    }

    [DataFact]
    public void Hourly_block_deltas_show_three_skipped_slots()
    {
        using JsonDocument document = Open("logs", "bitshares_incidents.json");
        JsonElement maintenance = document.RootElement.EnumerateArray()
            .Single(i => i.GetProperty("kind").GetString()!.StartsWith("maintenance block", StringComparison.Ordinal));
        (uint Number, uint Time)[] events = [.. maintenance.GetProperty("events").EnumerateArray()
            .Where(e => e.TryGetProperty("num", out _))
            .Select(e => (e.GetProperty("num").GetUInt32(), HiveJson.Time(e.GetProperty("time"))))];
        (uint Number, uint Time)[] hourly = [.. events.Where(e => e.Time % 3600 == 0).OrderBy(e => e.Number)];
        Assert.True(hourly.Length >= 3);
        int full = 0;
        for (int i = 1; i < hourly.Length; i++)
        {
            // 1197 where no slot was missed, fewer where some were, never more.
            long most = Slots.At(State(hourly[i - 1].Time, didMaintenance: true), hourly[i].Time);
            Assert.Equal(1197, most);
            Assert.True(hourly[i].Number - hourly[i - 1].Number <= most);
            full += hourly[i].Number - hourly[i - 1].Number == most ? 1 : 0;
        }

        Assert.True(full >= 1);
    }

    private static JsonDocument Open(params string[] path) =>
        JsonDocument.Parse(File.ReadAllBytes(TestData.PathOf(["graphene", .. path])));

    private static WitnessState State(uint time, bool didMaintenance) => new()
    {
        Number = 1,
        Id = default,
        TimeSec = time,
        IntervalSec = 3,
        SkipSlots = 3,
        DidMaintenance = didMaintenance,
        NextMaintenanceSec = time + 3600,
        Active = [1],
        LastConfirmed = [1],
        Shuffled = [1],
        Keys = ImmutableArray<WitnessKey>.Empty,
    };
}
