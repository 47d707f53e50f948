using System.Collections.Immutable;
using System.Text.Json;
using Tactus.Engine.Protocols.Graphene.Consensus;
using Tactus.TestSupport;

namespace Tactus.Engine.Tests.Graphene;

/// <summary>The vectors of an independent reference, for each pure function of the consensus.</summary>
public class ConsensusVectorTests
{
    [DataFact]
    public void Shuffle() => Each("shuffle", 9, v =>
    {
        int[] list = Ints(v.GetProperty("in"));
        WitnessShuffle.Shuffle(list.AsSpan(), v.GetProperty("head_time").GetUInt32());
        Assert.Equal(Ints(v.GetProperty("out")), list);
    });

    [DataFact]
    public void Recent_slots()
    {
        UInt128 slots = Participation.Initial;
        Each("recent_slots", 14, v =>
        {
            slots = Participation.After(slots, v.GetProperty("missed").GetUInt64());
            string bits = string.Concat(
                Enumerable.Range(0, 128).Select(i => (slots >> i & UInt128.One) == UInt128.One ? '1' : '0'));
            Assert.Equal(v.GetProperty("rsf_lsb_first").GetString(), bits);
            Assert.Equal(v.GetProperty("rate").GetInt32(), Participation.Rate(slots));
        });
    }

    [DataFact]
    public void Last_irreversible() => Each("lib", 9, v =>
    {
        Assert.Equal(Irreversibility.Threshold, v.GetProperty("threshold").GetInt32());
        Assert.Equal(
            v.GetProperty("lib").GetUInt32(),
            Irreversibility.Candidate([.. Ints(v.GetProperty("last_confirmed")).Select(i => (uint)i)]));
    });

    [DataFact]
    public void Number_of_witnesses() => Each("choose_n", 10, v =>
    {
        var count = new WitnessCount(v.GetProperty("max").GetInt32());
        foreach (JsonElement vote in v.GetProperty("votes").EnumerateArray())
        {
            count.Add(vote[0].GetInt64(), vote[1].GetInt32());
        }

        Assert.Equal(v.GetProperty("n").GetInt32(), count.Decide(v.GetProperty("min").GetInt32()));
    });

    [DataFact]
    public void Election_of_the_top() => Each("elect", 1, v =>
        Assert.Equal(
            Ints(v.GetProperty("active")).Select(i => (uint)i),
            Election.Elect(
                v.GetProperty("tally")
                    .EnumerateObject()
                    .Select(e => (uint.Parse(e.Name), e.Value.GetInt64(), uint.Parse(e.Name))),
                v.GetProperty("n").GetInt32())));

    [DataFact]
    public void Weights_of_delegates() => Each("vote_authority", 5, v =>
    {
        (ushort[] weights, uint threshold) = DelegateWeights.Of(
            [.. v.GetProperty("votes").EnumerateArray().Select(e => e[1].GetInt64())]);
        Assert.Equal(
            v.GetProperty("weights").EnumerateArray().Select(e => e[1].GetUInt16()), weights.Where(w => w > 0));
        JsonElement expected = v.GetProperty("threshold");
        Assert.Equal(expected.ValueKind == JsonValueKind.Null ? 0u : expected.GetUInt32(), threshold);
    });

    [DataFact]
    public void Slot_times() => Each("slot_time", 6, v =>
    {
        uint number = v.GetProperty("head_num").GetUInt32();
        var state = new WitnessState
        {
            Number = number,
            Id = default,
            TimeSec = v.GetProperty(number == 0 ? "genesis" : "head_time").GetUInt32(),
            IntervalSec = v.GetProperty("interval").GetByte(),
            SkipSlots = 3,
            DidMaintenance = v.GetProperty("maint").GetBoolean(),
            NextMaintenanceSec = 0,
            Active = [1],
            LastConfirmed = [0],
            Shuffled = [1],
            Keys = ImmutableArray<WitnessKey>.Empty,
        };
        long slot = v.GetProperty("slot").GetInt64();
        long time = v.GetProperty("t").GetInt64();
        Assert.Equal(time, Slots.TimeSec(state, slot));
        Assert.Equal(slot, Slots.At(state, time));
        Assert.Equal(slot - 1, Slots.At(state, time - 1));
    });

    [DataFact]
    public void Budget_from_the_reserve() => Each("budget", 5, v =>
        Assert.Equal(
            v.GetProperty("total_budget").GetInt64(),
            Budget.Total(v.GetProperty("reserve").GetInt64(), v.GetProperty("dt").GetInt64())));

    private static void Each(string name, int count, Action<JsonElement> check)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(TestData.PathOf("graphene", "vectors", "vectors_dpos.json")));
        int seen = 0;
        foreach (JsonElement vector in document.RootElement.GetProperty(name).EnumerateArray())
        {
            check(vector);
            seen++;
        }

        Assert.Equal(count, seen);
    }

    private static int[] Ints(JsonElement array) => [.. array.EnumerateArray().Select(e => e.GetInt32())];
}
