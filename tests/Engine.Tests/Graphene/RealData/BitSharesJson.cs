using System.Globalization;
using System.Text.Json;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Graphene.Types;

namespace Tactus.Engine.Tests.Graphene.RealData;

/// <summary>Blocks of BitShares and its relatives from JSON to bytes.</summary>
internal static class BitSharesJson
{
    public static BlockHeader Header(JsonElement block) => new()
    {
        Previous = HiveJson.Id(block.GetProperty("previous")),
        TimeSec = HiveJson.Time(block.GetProperty("timestamp")),
        Witness = Instance(block.GetProperty("witness")),
        MerkleRoot = HiveJson.Id(block.GetProperty("transaction_merkle_root")),
    };

    /// <summary>The block as it travels. A body that this chain's operations cannot express is given as
    /// bytes.</summary>
    public static byte[] Block(JsonElement block, string prefix, byte[]? onlyBody = null)
    {
        var writer = new ByteWriter();
        Header(block).Write(writer);
        writer.WriteSpan(Convert.FromHexString(block.GetProperty("witness_signature").GetString()!));
        JsonElement transactions = block.GetProperty("transactions");
        writer.WriteVarUInt32((uint)transactions.GetArrayLength());
        foreach (JsonElement transaction in transactions.EnumerateArray())
        {
            writer.WriteSpan(Processed(transaction, prefix, onlyBody));
        }

        return writer.ToArray();
    }

    public static byte[] Processed(JsonElement transaction, string prefix, byte[]? body = null)
    {
        var writer = new ByteWriter();
        writer.WriteSpan(body ?? Transaction(transaction, prefix).Body());
        JsonElement signatures = transaction.GetProperty("signatures");
        writer.WriteVarUInt32((uint)signatures.GetArrayLength());
        foreach (JsonElement signature in signatures.EnumerateArray())
        {
            writer.WriteSpan(Convert.FromHexString(signature.GetString()!));
        }

        JsonElement results = transaction.GetProperty("operation_results");
        writer.WriteVarUInt32((uint)results.GetArrayLength());
        foreach (JsonElement result in results.EnumerateArray())
        {
            WriteResult(writer, result);
        }

        return writer.ToArray();
    }

    public static SignedTransaction Transaction(JsonElement transaction, string prefix) => new()
    {
        RefBlockNum = transaction.GetProperty("ref_block_num").GetUInt16(),
        RefBlockPrefix = transaction.GetProperty("ref_block_prefix").GetUInt32(),
        ExpirationSec = HiveJson.Time(transaction.GetProperty("expiration")),
        Operations =
        [
            .. transaction.GetProperty("operations")
                .EnumerateArray()
                .Select(o => Operation(o[0].GetInt32(), o[1], prefix)),
        ],
        Signatures =
        [
            .. transaction.GetProperty("signatures")
                .EnumerateArray()
                .Select(s => Convert.FromHexString(s.GetString()!)),
        ],
    };

    private static Operation Operation(int tag, JsonElement value, string prefix) => tag switch
    {
        1 => new LimitOrderCreate(
            Asset(value.GetProperty("fee")),
            Instance(value.GetProperty("seller")),
            Asset(value.GetProperty("amount_to_sell")),
            Asset(value.GetProperty("min_to_receive")),
            HiveJson.Time(value.GetProperty("expiration")),
            value.GetProperty("fill_or_kill").GetBoolean()),
        2 => new LimitOrderCancel(
            Asset(value.GetProperty("fee")), Instance(value.GetProperty("fee_paying_account")),
            Instance(value.GetProperty("order"))),
        5 => new AccountCreate(
            Asset(value.GetProperty("fee")),
            Instance(value.GetProperty("registrar")),
            Instance(value.GetProperty("referrer")),
            value.GetProperty("referrer_percent").GetUInt16(),
            value.GetProperty("name").GetString()!,
            AuthorityOf(value.GetProperty("owner"), prefix),
            AuthorityOf(value.GetProperty("active"), prefix),
            new AccountOptions(
                SigningKey.Parse(value.GetProperty("options").GetProperty("memo_key").GetString()!, prefix),
                Instance(value.GetProperty("options").GetProperty("voting_account")),
                value.GetProperty("options").GetProperty("num_witness").GetUInt16(),
                value.GetProperty("options").GetProperty("num_committee").GetUInt16(),
                [])),
        20 => new WitnessCreate(
            Asset(value.GetProperty("fee")),
            Instance(value.GetProperty("witness_account")),
            value.GetProperty("url").GetString()!,
            SigningKey.Parse(value.GetProperty("block_signing_key").GetString()!, prefix)),
        _ => throw new NotSupportedException($"operation {tag}"),
    };

    private static Authority AuthorityOf(JsonElement authority, string prefix) => new(
        authority.GetProperty("weight_threshold").GetUInt32(),
        [],
        [.. authority.GetProperty("key_auths").EnumerateArray().Select(k => (SigningKey.Parse(k[0].GetString()!, prefix), k[1].GetUInt16()))]);

    private static void WriteResult(ByteWriter writer, JsonElement result)
    {
        switch (result[0].GetInt32())
        {
            case 0:
                OperationResult.WriteVoid(writer);
                break;
            case 1:
                byte type = byte.Parse(result[1].GetString()!.Split('.')[1], CultureInfo.InvariantCulture);
                OperationResult.WriteObject(writer, type, Instance(result[1]));
                break;
            case 2:
                OperationResult.WriteAsset(writer, Asset(result[1]));
                break;
            case 3:
                // GXChain's contract receipt: billed time u32, memory u32, fee.
                writer.WriteVarUInt32(3);
                writer.WriteUInt32(result[1].GetProperty("billed_cpu_time_us").GetUInt32());
                writer.WriteUInt32(result[1].GetProperty("ram_usage_bs").GetUInt32());
                Asset(result[1].GetProperty("fee")).Write(writer);
                break;
            default:
                throw new NotSupportedException(result.ToString());
        }
    }

    private static Asset Asset(JsonElement asset)
    {
        JsonElement amount = asset.GetProperty("amount");
        return new Asset(
            amount.ValueKind == JsonValueKind.String
                ? long.Parse(amount.GetString()!, CultureInfo.InvariantCulture)
                : amount.GetInt64(),
            Instance(asset.GetProperty("asset_id")));
    }

    private static uint Instance(JsonElement id) =>
        uint.Parse(id.GetString()!.Split('.')[2], CultureInfo.InvariantCulture);
}
