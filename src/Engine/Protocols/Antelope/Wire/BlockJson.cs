using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Keys;
using Tactus.Engine.Protocols.Antelope.Types;

namespace Tactus.Engine.Protocols.Antelope.Wire;

/// <summary>Blocks and transactions as JSON, in the layout of nodeos' get_block. Action data is hexadecimal; transfers
/// of tokens are decoded beside it.</summary>
public static class BlockJson
{
    private static readonly JsonWriterOptions Options = new()
    {
        Indented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string ToText(SignedBlock block) => Render(json => Write(json, block));

    public static string ToText(Transaction transaction) => Render(json => Write(json, transaction));

    public static string ToText(PackedTransaction packed) => Render(json => Write(json, packed));

    public static void Write(Utf8JsonWriter json, SignedBlock block)
    {
        BlockHeader header = block.Header;
        Hash256 id = block.Id();
        json.WriteStartObject();
        json.WriteString("timestamp", SlotTime.ToText(header.Slot));
        json.WriteString("producer", header.Producer.ToString());
        json.WriteNumber("confirmed", header.Confirmed);
        json.WriteString("previous", header.Previous.ToString());
        json.WriteString("transaction_mroot", header.TransactionRoot.ToString());
        json.WriteString("action_mroot", header.ActionRoot.ToString());
        json.WriteNumber("schedule_version", header.ScheduleVersion);
        WriteSchedule(json, header.NewProducers);
        WriteExtensions(json, "header_extensions", header.Extensions);
        json.WriteString("producer_signature", KeyText.ToText(block.ProducerSignature));
        json.WriteStartArray("transactions");
        foreach (TransactionReceipt receipt in block.Transactions)
        {
            Write(json, receipt);
        }

        json.WriteEndArray();
        WriteExtensions(json, "block_extensions", block.Extensions);
        json.WriteString("id", id.ToString());
        json.WriteNumber("block_num", block.Number);
        json.WriteNumber("ref_block_prefix", RefBlockPrefix(id));
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, TransactionReceipt receipt)
    {
        json.WriteStartObject();
        json.WriteString("status", StatusText(receipt.Status));
        json.WriteNumber("cpu_usage_us", receipt.CpuUsageUs);
        json.WriteNumber("net_usage_words", receipt.NetUsageWords);
        json.WritePropertyName("trx");
        if (receipt.Packed is null)
        {
            json.WriteStringValue(receipt.Id.ToString());
        }
        else
        {
            Write(json, receipt.Packed);
        }

        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, PackedTransaction packed)
    {
        Transaction? transaction = packed.TryUnpack(out Verdict verdict);
        json.WriteStartObject();
        if (transaction is not null)
        {
            json.WriteString("id", transaction.Id().ToString());
        }

        json.WriteStartArray("signatures");
        foreach (KeySignature signature in packed.Signatures)
        {
            json.WriteStringValue(KeyText.ToText(signature));
        }

        json.WriteEndArray();
        json.WriteString("compression", packed.Compression == TransactionCompression.Zlib ? "zlib" : "none");
        json.WriteString("packed_context_free_data", Hex(packed.PackedContextFreeData));
        json.WriteStartArray("context_free_data");
        foreach (byte[] item in packed.TryUnpackContextFreeData(out _) ?? [])
        {
            json.WriteStringValue(Hex(item));
        }

        json.WriteEndArray();
        json.WriteString("packed_trx", Hex(packed.PackedTrx));
        if (transaction is null)
        {
            json.WriteString("error", verdict.ToString());
        }
        else
        {
            json.WritePropertyName("transaction");
            Write(json, transaction);
        }

        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, Transaction transaction)
    {
        json.WriteStartObject();
        json.WriteString("expiration", SecondsText(transaction.Expiration));
        json.WriteNumber("ref_block_num", transaction.RefBlockNum);
        json.WriteNumber("ref_block_prefix", transaction.RefBlockPrefix);
        json.WriteNumber("max_net_usage_words", transaction.MaxNetUsageWords);
        json.WriteNumber("max_cpu_usage_ms", transaction.MaxCpuUsageMs);
        json.WriteNumber("delay_sec", transaction.DelaySec);
        WriteActions(json, "context_free_actions", transaction.ContextFreeActions);
        WriteActions(json, "actions", transaction.Actions);
        WriteExtensions(json, "transaction_extensions", transaction.Extensions);
        json.WriteEndObject();
    }

    /// <summary>Little-endian number in bytes 8..11 of an id: what transactions name as their reference
    /// block.</summary>
    public static uint RefBlockPrefix(in Hash256 id) =>
        System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(id.Bytes[8..]);

    private static void WriteActions(Utf8JsonWriter json, string name, IReadOnlyList<ChainAction> actions)
    {
        json.WriteStartArray(name);
        foreach (ChainAction action in actions)
        {
            json.WriteStartObject();
            json.WriteString("account", action.Account.ToString());
            json.WriteString("name", action.Name.ToString());
            json.WriteStartArray("authorization");
            foreach (PermissionLevel level in action.Authorization)
            {
                json.WriteStartObject();
                json.WriteString("actor", level.Actor.ToString());
                json.WriteString("permission", level.Permission.ToString());
                json.WriteEndObject();
            }

            json.WriteEndArray();
            if (TokenTransfer.TryRead(action) is { } transfer)
            {
                json.WriteStartObject("data");
                json.WriteString("from", transfer.From.ToString());
                json.WriteString("to", transfer.To.ToString());
                json.WriteString("quantity", transfer.Quantity.ToString());
                json.WriteString("memo", transfer.Memo);
                json.WriteEndObject();
                json.WriteString("hex_data", Hex(action.Data));
            }
            else
            {
                json.WriteString("data", Hex(action.Data));
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteSchedule(Utf8JsonWriter json, ProducerSchedule? schedule)
    {
        if (schedule is null)
        {
            json.WriteNull("new_producers");
            return;
        }

        json.WriteStartObject("new_producers");
        json.WriteNumber("version", schedule.Version);
        json.WriteStartArray("producers");
        foreach (ProducerAuthority producer in schedule.Producers)
        {
            json.WriteStartObject();
            json.WriteString("producer_name", producer.Producer.ToString());
            json.WriteString("block_signing_key", KeyText.ToText(producer.Authority.Keys[0].Key));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Extensions as [id, data]; nothing where there are none.</summary>
    private static void WriteExtensions(Utf8JsonWriter json, string name, IReadOnlyList<Extension> extensions)
    {
        if (extensions.Count == 0)
        {
            return;
        }

        json.WriteStartArray(name);
        foreach (Extension extension in extensions)
        {
            json.WriteStartArray();
            json.WriteNumberValue(extension.Id);
            json.WriteStringValue(Hex(extension.Data));
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    private static string StatusText(TransactionStatus status) => status switch
    {
        TransactionStatus.Executed => "executed",
        TransactionStatus.SoftFail => "soft_fail",
        TransactionStatus.HardFail => "hard_fail",
        TransactionStatus.Delayed => "delayed",
        TransactionStatus.Expired => "expired",
        _ => ((byte)status).ToString(CultureInfo.InvariantCulture),
    };

    private static string SecondsText(uint seconds) =>
        DateTimeOffset.FromUnixTimeSeconds(seconds).UtcDateTime.ToString(
            "yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);

    private static string Render(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Options))
        {
            write(json);
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }
}
