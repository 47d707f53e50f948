using System.Globalization;
using System.Text.Json;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Consensus;
using Tactus.Engine.Protocols.Antelope.Keys;
using Tactus.Engine.Protocols.Antelope.Types;

namespace Tactus.Engine.Tests.Antelope.Consensus;

/// <summary>Turns the JSON of get_block_header_state into the packed form, and reads that.</summary>
internal static class HeaderStateJson
{
    public static HeaderState Read(string text)
    {
        JsonElement json = JsonDocument.Parse(text).RootElement;
        json = json.TryGetProperty("json", out JsonElement inner) ? inner : json;
        var writer = new ByteWriter();
        Pack(json, writer);
        var reader = new ByteReader(writer.Written);
        HeaderState state = HeaderState.Read(ref reader);
        Assert.True(!reader.Failed, $"{reader.FailReason} at {reader.FailOffset}");
        Assert.Equal(0, reader.Remaining);
        Assert.Equal(writer.ToArray(), state.ToBytes());
        return state;
    }

    public static BlockHeader Header(JsonElement json) => new()
    {
        Slot = Slot(json.GetProperty("timestamp").GetString()!),
        Producer = Name.Parse(json.GetProperty("producer").GetString()!),
        Confirmed = json.GetProperty("confirmed").GetUInt16(),
        Previous = Hash(json.GetProperty("previous")),
        TransactionRoot = Hash(json.GetProperty("transaction_mroot")),
        ActionRoot = Hash(json.GetProperty("action_mroot")),
        ScheduleVersion = json.GetProperty("schedule_version").GetUInt32(),
    };

    /// <summary>Both forms: {producer_name, block_signing_key} and {producer_name, authority: [0, {...}]}.</summary>
    public static ProducerSchedule Schedule(JsonElement json) => new(
        json.GetProperty("version").GetUInt32(),
        [
            .. json.GetProperty("producers").EnumerateArray().Select(p => new ProducerAuthority(
                Name.Parse(p.GetProperty("producer_name").GetString()!),
                p.TryGetProperty("authority", out JsonElement authority)
                    ? Authority(authority)
                    : BlockSigningAuthority.OfKey(
                        KeyText.ParsePublicKey(p.GetProperty("block_signing_key").GetString()!)))),
        ]);

    public static Hash256 Hash(JsonElement json) => Hash256.FromHex(json.GetString()!);

    public static KeySignature Signature(JsonElement header) =>
        KeyText.ParseSignature(header.GetProperty("producer_signature").GetString()!);

    private static void Pack(JsonElement json, ByteWriter writer)
    {
        writer.WriteUInt32(json.GetProperty("block_num").GetUInt32());
        writer.WriteUInt32(json.GetProperty("dpos_proposed_irreversible_blocknum").GetUInt32());
        writer.WriteUInt32(json.GetProperty("dpos_irreversible_blocknum").GetUInt32());
        Schedule(json.GetProperty("active_schedule")).WriteAuthority(writer);
        JsonElement merkle = json.GetProperty("blockroot_merkle");
        writer.WriteVarUInt32((uint)merkle.GetProperty("_active_nodes").GetArrayLength());
        foreach (JsonElement node in merkle.GetProperty("_active_nodes").EnumerateArray())
        {
            writer.WriteHash256(Hash(node));
        }

        JsonElement count = merkle.GetProperty("_node_count");
        writer.WriteUInt64(count.ValueKind == JsonValueKind.String
            ? ulong.Parse(count.GetString()!, CultureInfo.InvariantCulture)
            : count.GetUInt64());
        PackMap(json.GetProperty("producer_to_last_produced"), writer);
        PackMap(json.GetProperty("producer_to_last_implied_irb"), writer);
        BlockSigningAuthority signer = json.TryGetProperty("valid_block_signing_authority", out JsonElement authority)
            ? Authority(authority)
            : BlockSigningAuthority.OfKey(KeyText.ParsePublicKey(json.GetProperty("block_signing_key").GetString()!));
        signer.Write(writer);
        JsonElement confirms = json.GetProperty("confirm_count");
        writer.WriteBytes([.. confirms.EnumerateArray().Select(c => c.GetByte())]);
        writer.WriteHash256(Hash(json.GetProperty("id")));
        JsonElement header = json.GetProperty("header");
        Assert.Equal(0, header.GetProperty("header_extensions").GetArrayLength());
        Header(header).Write(writer);
        Signature(header).Write(writer);
        JsonElement pending = json.GetProperty("pending_schedule");
        bool nested = pending.TryGetProperty("schedule", out JsonElement schedule);
        writer.WriteUInt32((nested ? pending.GetProperty("schedule_lib_num") : json.GetProperty(
            "pending_schedule_lib_num")).GetUInt32());
        writer.WriteHash256(
            Hash(nested ? pending.GetProperty("schedule_hash") : json.GetProperty("pending_schedule_hash")));
        Schedule(nested ? schedule : pending).WriteAuthority(writer);
        writer.WriteBool(true);
        if (json.TryGetProperty("activated_protocol_features", out JsonElement features))
        {
            JsonElement digests = features.GetProperty("protocol_features");
            writer.WriteVarUInt32((uint)digests.GetArrayLength());
            foreach (JsonElement digest in digests.EnumerateArray())
            {
                writer.WriteHash256(Hash(digest));
            }
        }
        else
        {
            writer.WriteVarUInt32(0);
        }

        writer.WriteVarUInt32(0);
    }

    private static BlockSigningAuthority Authority(JsonElement json)
    {
        Assert.Equal(0, json[0].GetInt32());
        return new BlockSigningAuthority(
            json[1].GetProperty("threshold").GetUInt32(),
            [
                .. json[1].GetProperty("keys").EnumerateArray().Select(k =>
                    new KeyWeight(
                        KeyText.ParsePublicKey(k.GetProperty("key").GetString()!),
                        k.GetProperty("weight").GetUInt16())),
            ]);
    }

    private static void PackMap(JsonElement json, ByteWriter writer)
    {
        var entries = json.EnumerateArray()
            .Select(e => (Name: Name.Parse(e[0].GetString()!), Number: e[1].GetUInt32()))
            .OrderBy(e => e.Name.Value)
            .ToList();
        writer.WriteVarUInt32((uint)entries.Count);
        foreach ((Name name, uint number) in entries)
        {
            writer.WriteUInt64(name.Value);
            writer.WriteUInt32(number);
        }
    }

    private static uint Slot(string timestamp) => SlotTime.FromUnixMs(
        DateTimeOffset.Parse(timestamp + "Z", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)
            .ToUnixTimeMilliseconds());
}
