using System.Globalization;
using System.Text;
using System.Text.Json;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Graphene.Types;

namespace Tactus.Engine.Tests.Graphene.RealData;

/// <summary>Blocks of Steem/Hive as their JSON gives them: the same header with a witness name, leaves without results,
/// and operations of their own, written here because only tests need them.</summary>
internal static class HiveJson
{
    public static uint Time(JsonElement element) =>
        (uint)DateTimeOffset.Parse(element.GetString() + "Z", CultureInfo.InvariantCulture).ToUnixTimeSeconds();

    public static Hash256 Id(JsonElement element) => Hash256.FromHex(element.GetString()!);

    public static BlockHeader Header(JsonElement block) => new()
    {
        Previous = Id(block.GetProperty("previous")),
        TimeSec = Time(block.GetProperty("timestamp")),
        WitnessName = block.GetProperty("witness").GetString(),
        MerkleRoot = Id(block.GetProperty("transaction_merkle_root")),
    };

    public static byte[] Body(JsonElement transaction)
    {
        var writer = new ByteWriter();
        writer.WriteUInt16(transaction.GetProperty("ref_block_num").GetUInt16());
        writer.WriteUInt32(transaction.GetProperty("ref_block_prefix").GetUInt32());
        writer.WriteUInt32(Time(transaction.GetProperty("expiration")));
        JsonElement operations = transaction.GetProperty("operations");
        writer.WriteVarUInt32((uint)operations.GetArrayLength());
        foreach (JsonElement operation in operations.EnumerateArray())
        {
            bool legacy = operation.ValueKind == JsonValueKind.Array;
            string type = legacy ? operation[0].GetString() + "_operation" : operation.GetProperty("type").GetString()!;
            Write(writer, type, legacy ? operation[1] : operation.GetProperty("value"));
        }

        Assert.Equal(0, transaction.GetProperty("extensions").GetArrayLength());
        writer.WriteVarUInt32(0);
        return writer.ToArray();
    }

    public static byte[] Signed(JsonElement transaction)
    {
        var writer = new ByteWriter();
        writer.WriteSpan(Body(transaction));
        JsonElement signatures = transaction.GetProperty("signatures");
        writer.WriteVarUInt32((uint)signatures.GetArrayLength());
        foreach (JsonElement signature in signatures.EnumerateArray())
        {
            writer.WriteSpan(Convert.FromHexString(signature.GetString()!));
        }

        return writer.ToArray();
    }

    private static void Write(ByteWriter writer, string type, JsonElement value)
    {
        switch (type)
        {
            case "vote_operation":
                writer.WriteVarUInt32(0);
                Text(writer, value, "voter", "author", "permlink");
                writer.WriteUInt16((ushort)value.GetProperty("weight").GetInt16());
                break;
            case "comment_operation":
                writer.WriteVarUInt32(1);
                Text(
                    writer,
                    value,
                    "parent_author",
                    "parent_permlink",
                    "author",
                    "permlink",
                    "title",
                    "body",
                    "json_metadata");
                break;
            case "feed_publish_operation":
                writer.WriteVarUInt32(7);
                Text(writer, value, "publisher");
                Asset(writer, value.GetProperty("exchange_rate").GetProperty("base"));
                Asset(writer, value.GetProperty("exchange_rate").GetProperty("quote"));
                break;
            case "account_witness_vote_operation":
                writer.WriteVarUInt32(12);
                Text(writer, value, "account", "witness");
                writer.WriteBool(value.GetProperty("approve").GetBoolean());
                break;
            case "account_witness_proxy_operation":
                writer.WriteVarUInt32(13);
                Text(writer, value, "account", "proxy");
                break;
            case "pow_operation":
                writer.WriteVarUInt32(14);
                Pow(writer, value);
                break;
            default:
                throw new NotSupportedException(type);
        }
    }

    private static void Pow(ByteWriter writer, JsonElement value)
    {
        Text(writer, value, "worker_account");
        writer.WriteSpan(Convert.FromHexString(value.GetProperty("block_id").GetString()!));
        JsonElement nonce = value.GetProperty("nonce");
        writer.WriteUInt64(nonce.ValueKind == JsonValueKind.String ? ulong.Parse(
            nonce.GetString()!, CultureInfo.InvariantCulture) : nonce.GetUInt64());
        JsonElement work = value.GetProperty("work");
        SigningKey.Parse(work.GetProperty("worker").GetString()!, "STM").Write(writer);
        writer.WriteSpan(Convert.FromHexString(work.GetProperty("input").GetString()!));
        writer.WriteSpan(Convert.FromHexString(work.GetProperty("signature").GetString()!));
        writer.WriteSpan(Convert.FromHexString(work.GetProperty("work").GetString()!));
        JsonElement props = value.GetProperty("props");
        Asset(writer, props.GetProperty("account_creation_fee"));
        writer.WriteUInt32(props.GetProperty("maximum_block_size").GetUInt32());
        writer.WriteUInt16(props.GetProperty("hbd_interest_rate").GetUInt16());
    }

    private static void Text(ByteWriter writer, JsonElement value, params string[] names)
    {
        foreach (string name in names)
        {
            writer.WriteBytes(Encoding.UTF8.GetBytes(value.GetProperty(name).GetString()!));
        }
    }

    // The chain was called Steem then, and its bytes still say so: HIVE is STEEM and HBD is SBD.
    private static void Asset(ByteWriter writer, JsonElement asset)
    {
        long amount;
        string symbol;
        if (asset.ValueKind == JsonValueKind.String)
        {
            string[] parts = asset.GetString()!.Split(' ');
            amount = long.Parse(
                parts[0].Replace(".", string.Empty, StringComparison.Ordinal), CultureInfo.InvariantCulture);
            symbol = parts[1] == "HIVE" ? "STEEM" : "SBD";
        }
        else
        {
            amount = long.Parse(asset.GetProperty("amount").GetString()!, CultureInfo.InvariantCulture);
            symbol = asset.GetProperty("nai").GetString() == "@@000000021" ? "STEEM" : "SBD";
        }

        writer.WriteInt64(amount);
        writer.WriteByte(3);
        Span<byte> name = stackalloc byte[7];
        Encoding.ASCII.GetBytes(symbol, name);
        writer.WriteSpan(name);
    }
}
