using System.Text.Json;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Execution;
using Tactus.Engine.Protocols.Antelope.Logs;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.TestSupport;

namespace Tactus.Engine.Tests.Antelope.Actions;

/// <summary>Billing against what nodeos itself billed (shared data: block logs and a deep-mind log).</summary>
public sealed class RealBillingTests
{
    [DataFact]
    public void Net_words_of_real_transactions_are_exact()
    {
        string[] logs =
        [
            "leap-v2-small", "leap-v2-prodsched", "spring-v3-savanna", "telosdevnet-7c7fbb7-88",
            "telosdevnet-e890aa9-87", "telosdevnet-7fe82c0-1001", "telosdevnet-98041f4-1002",
        ];
        int exact = 0;
        var differing = new List<string>();
        foreach (string name in logs)
        {
            using BlockLog log = BlockLog.Open(TestData.PathOf("antelope", "blockslog", name, "blocks.log"));
            foreach (SignedBlock block in log.Walk(log.FirstNumber, log.HeadNumber))
            {
                foreach (TransactionReceipt receipt in block.Transactions)
                {
                    if (receipt.Packed is not { } packed)
                    {
                        continue;
                    }

                    // No log changed the NET parameters from nodeos' defaults.
                    ulong words = NetBilling.WordsOf(
                        packed.PackedTrx.Length, PrunableBytes(packed), IsDelayed(packed), new ChainConfig());
                    if (words == receipt.NetUsageWords)
                    {
                        exact++;
                    }
                    else
                    {
                        differing.Add($"{name} block {block.Number}: {words} computed, {receipt.NetUsageWords} billed");
                    }
                }
            }
        }

        Assert.True(differing.Count == 0, string.Join('\n', differing.Take(20)));
        Assert.Equal(812, exact);
    }

    [DataFact]
    public void Account_averages_follow_nodeos()
    {
        // Consecutive updates of one account: the value before, the units implied by "consumed", the value after.
        var last = new Dictionary<string, UsageAverage>(StringComparer.Ordinal);
        int compared = 0;
        foreach (JsonElement op in Operations("RLIMIT_OP ACCOUNT_USAGE UPD "))
        {
            foreach (string kind in (string[])["net_usage", "cpu_usage"])
            {
                string key = op.GetProperty("owner").GetString() + kind;
                JsonElement usage = op.GetProperty(kind);
                uint ordinal = usage.GetProperty("last_ordinal").GetUInt32();
                ulong valueEx = Number(usage.GetProperty("value_ex"));
                ulong consumed = Number(usage.GetProperty("consumed"));
                if (last.TryGetValue(key, out UsageAverage average) && ordinal > average.LastOrdinal)
                {
                    UsageAverage decayed = average;
                    decayed.Add(0, ordinal, ElasticLimit.AccountWindowSlots);
                    average.Add(consumed - decayed.Average(), ordinal, ElasticLimit.AccountWindowSlots);
                    Assert.Equal(valueEx, average.ValueEx);
                    compared++;
                }

                last[key] = new UsageAverage { LastOrdinal = ordinal, ValueEx = valueEx };
            }
        }

        Assert.Equal(474, compared);
    }

    [DataFact]
    public void Block_limits_follow_nodeos()
    {
        // Each block ends with an update in which nothing is pending; the one before it says what was.
        JsonElement[] states = [.. Operations("RLIMIT_OP STATE UPD ")];
        int compared = 0;
        for (int i = 1; i < states.Length; i++)
        {
            (JsonElement before, JsonElement after) = (states[i - 1], states[i]);
            uint number = after.GetProperty("average_block_cpu_usage").GetProperty("last_ordinal").GetUInt32();
            if (Number(after.GetProperty("pending_cpu_usage")) != 0
                || number == before.GetProperty("average_block_cpu_usage").GetProperty("last_ordinal").GetUInt32())
            {
                continue;
            }

            // The chain of the log runs with 100,000 us per block, 5 % of which is the target.
            Compare(before, after, "cpu", number, 5_000, 100_000);
            Compare(before, after, "net", number, 104_857, 1_048_576);
            compared++;
        }

        Assert.Equal(176, compared);
    }

    private static void Compare(
        JsonElement before, JsonElement after, string kind, uint number, ulong target, ulong blockMax)
    {
        JsonElement old = before.GetProperty($"average_block_{kind}_usage");
        var average = new UsageAverage
        {
            LastOrdinal = old.GetProperty("last_ordinal").GetUInt32(),
            ValueEx = Number(old.GetProperty("value_ex")),
        };
        average.Add(Number(before.GetProperty($"pending_{kind}_usage")), number, ElasticLimit.PeriodBlocks);
        Assert.Equal(Number(after.GetProperty($"average_block_{kind}_usage").GetProperty("value_ex")), average.ValueEx);
        ulong limit = Number(before.GetProperty($"virtual_{kind}_limit"));
        limit = ElasticLimit.Next(limit, average.Average(), target, blockMax);
        Assert.Equal(Number(after.GetProperty($"virtual_{kind}_limit")), limit);
    }

    // Large numbers are written as text.
    private static ulong Number(JsonElement value) => value.ValueKind == JsonValueKind.String
        ? ulong.Parse(value.GetString()!, System.Globalization.CultureInfo.InvariantCulture)
        : value.GetUInt64();

    private static IEnumerable<JsonElement> Operations(string prefix)
    {
        string marker = "DMLOG " + prefix;
        foreach (string line in File.ReadLines(TestData.PathOf("antelope", "deepmind", "deep-mind-5.0.x.dmlog")))
        {
            if (line.StartsWith(marker, StringComparison.Ordinal))
            {
                yield return JsonDocument.Parse(line[marker.Length..]).RootElement;
            }
        }
    }

    private static int PrunableBytes(PackedTransaction packed)
    {
        var writer = new ByteWriter();
        packed.Write(writer);
        var trx = new ByteWriter();
        trx.WriteBytes(packed.PackedTrx);
        var contextFree = new ByteWriter();
        contextFree.WriteBytes(packed.PackedContextFreeData);

        // All but compression, the context-free data's length and the transaction; its bytes without their length.
        return writer.Length - 1 - trx.Length - contextFree.Length + packed.PackedContextFreeData.Length;
    }

    private static bool IsDelayed(PackedTransaction packed) => packed.TryUnpack(out _)?.DelaySec > 0;
}
