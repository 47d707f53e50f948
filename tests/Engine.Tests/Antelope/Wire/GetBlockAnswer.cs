using System.Globalization;
using System.Text.Json;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Keys;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.TestSupport;

namespace Tactus.Engine.Tests.Antelope.Wire;

/// <summary>Builds a block from a recorded get_block answer.</summary>
internal static class GetBlockAnswer
{
    private static readonly string[] Wrappers = ["json", "block", "block_header"];

    /// <summary>The part of a recorded file that is the block.</summary>
    public static JsonElement Open(string file)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(TestData.PathOf("antelope", "mainnet-blocks", file)));
        string wrapper = Wrappers.First(name => document.RootElement.TryGetProperty(name, out _));
        return document.RootElement.GetProperty(wrapper).Clone();
    }

    public static SignedBlock Block(JsonElement json) => new(new BlockHeader
    {
        Slot = SlotTime.FromUnixMs(Time(json, "timestamp").ToUnixTimeMilliseconds()),
        Producer = Name.Parse(Text(json, "producer")),
        Confirmed = json.GetProperty("confirmed").GetUInt16(),
        Previous = Hash256.FromHex(Text(json, "previous")),
        TransactionRoot = Hash256.FromHex(Text(json, "transaction_mroot")),
        ActionRoot = Hash256.FromHex(Text(json, "action_mroot")),
        ScheduleVersion = json.GetProperty("schedule_version").GetUInt32(),
        NewProducers = Schedule(json.GetProperty("new_producers")),
    })
    {
        ProducerSignature = KeyText.ParseSignature(Text(json, "producer_signature")),
        Transactions = [.. json.GetProperty("transactions").EnumerateArray().Select(Receipt)],
    };

    private static TransactionReceipt Receipt(JsonElement json)
    {
        var status = Enum.Parse<TransactionStatus>(
            Text(json, "status").Replace("_", string.Empty, StringComparison.Ordinal), ignoreCase: true);
        uint cpu = json.GetProperty("cpu_usage_us").GetUInt32();
        uint words = json.GetProperty("net_usage_words").GetUInt32();
        JsonElement trx = json.GetProperty("trx");
        if (trx.ValueKind == JsonValueKind.String)
        {
            return new TransactionReceipt(status, cpu, words, Hash256.FromHex(trx.GetString()!));
        }

        return new TransactionReceipt(status, cpu, words, new PackedTransaction(
            [.. trx.GetProperty("signatures").EnumerateArray().Select(s => KeyText.ParseSignature(s.GetString()!))],
            Enum.Parse<TransactionCompression>(Text(trx, "compression"), ignoreCase: true),
            Convert.FromHexString(Text(trx, "packed_context_free_data")),
            Convert.FromHexString(Text(trx, "packed_trx"))));
    }

    private static ProducerSchedule? Schedule(JsonElement json) => json.ValueKind == JsonValueKind.Null
        ? null
        : new ProducerSchedule(
            json.GetProperty("version").GetUInt32(),
            [.. json.GetProperty("producers").EnumerateArray().Select(p => new ProducerAuthority(
                Name.Parse(Text(p, "producer_name")),
                BlockSigningAuthority.OfKey(KeyText.ParsePublicKey(Text(p, "block_signing_key")))))]);

    private static DateTimeOffset Time(JsonElement json, string name) =>
        DateTimeOffset.Parse(Text(json, name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
}
