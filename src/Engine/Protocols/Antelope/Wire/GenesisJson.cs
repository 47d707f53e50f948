using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using Tactus.Engine.Protocols.Antelope.Keys;
using Tactus.Engine.Protocols.Antelope.Types;

namespace Tactus.Engine.Protocols.Antelope.Wire;

/// <summary>The genesis.json of a chain.</summary>
/// <remarks>Keys that are not of chain_config_v0 are ignored, as nodeos does (Telos' file has
/// max_generated_transaction_count); a limit that is missing is an error here, because a default in its place would
/// silently give another chain id.</remarks>
public static class GenesisJson
{
    /// <summary>Largest file read, in bytes.</summary>
    public const int BytesMax = 1024 * 1024;

    /// <returns>False with what is wrong and where.</returns>
    public static bool TryParse(
        ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out GenesisState? genesis, [NotNullWhen(false)] out string? error)
    {
        genesis = null;
        if (utf8.Length > BytesMax)
        {
            error = $"genesis: {utf8.Length} bytes exceed the limit {BytesMax}";
            return false;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(utf8.ToArray());
            genesis = Of(document.RootElement);
            error = null;
            return true;
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            error = $"genesis: {e.Message}";
            return false;
        }
    }

    private static GenesisState Of(JsonElement root)
    {
        JsonElement limits = Member(root, "initial_configuration", JsonValueKind.Object);
        return new GenesisState
        {
            InitialTimestampUs = TimeUs(Text(root, "initial_timestamp")),
            InitialKey = KeyText.ParsePublicKey(Text(root, "initial_key")),
            InitialConfiguration = new ChainConfig
            {
                MaxBlockNetUsage = Number(limits, "max_block_net_usage", ulong.MaxValue),
                TargetBlockNetUsagePct = UInt32(limits, "target_block_net_usage_pct"),
                MaxTransactionNetUsage = UInt32(limits, "max_transaction_net_usage"),
                BasePerTransactionNetUsage = UInt32(limits, "base_per_transaction_net_usage"),
                NetUsageLeeway = UInt32(limits, "net_usage_leeway"),
                ContextFreeDiscountNetUsageNum = UInt32(limits, "context_free_discount_net_usage_num"),
                ContextFreeDiscountNetUsageDen = UInt32(limits, "context_free_discount_net_usage_den"),
                MaxBlockCpuUsageUs = UInt32(limits, "max_block_cpu_usage"),
                TargetBlockCpuUsagePct = UInt32(limits, "target_block_cpu_usage_pct"),
                MaxTransactionCpuUsageUs = UInt32(limits, "max_transaction_cpu_usage"),
                MinTransactionCpuUsageUs = UInt32(limits, "min_transaction_cpu_usage"),
                MaxTransactionLifetimeSec = UInt32(limits, "max_transaction_lifetime"),
                DeferredTrxExpirationWindowSec = UInt32(limits, "deferred_trx_expiration_window"),
                MaxTransactionDelaySec = UInt32(limits, "max_transaction_delay"),
                MaxInlineActionSize = UInt32(limits, "max_inline_action_size"),
                MaxInlineActionDepth = UInt16(limits, "max_inline_action_depth"),
                MaxAuthorityDepth = UInt16(limits, "max_authority_depth"),
            },
        };
    }

    private static long TimeUs(string text)
    {
        const DateTimeStyles Style = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        return DateTime.TryParse(text, CultureInfo.InvariantCulture, Style, out DateTime time)
            ? (time - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond
            : throw new FormatException($"initial_timestamp '{text}' must read 2018-12-12T10:29:00.000");
    }

    private static JsonElement Member(JsonElement parent, string name, JsonValueKind kind) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out JsonElement member)
            ? member.ValueKind == kind ? member : throw new FormatException($"{name} must be of kind {kind}")
            : throw new FormatException($"{name} is missing");

    private static string Text(JsonElement parent, string name) =>
        Member(parent, name, JsonValueKind.String).GetString()!;

    private static uint UInt32(JsonElement parent, string name) => (uint)Number(parent, name, uint.MaxValue);

    private static ushort UInt16(JsonElement parent, string name) => (ushort)Number(parent, name, ushort.MaxValue);

    /// <summary>A number, or a string of digits as nodeos prints large ones.</summary>
    private static ulong Number(JsonElement parent, string name, ulong max)
    {
        if (!parent.TryGetProperty(name, out JsonElement member))
        {
            throw new FormatException($"initial_configuration.{name} is missing");
        }

        ulong value;
        bool good = member.ValueKind == JsonValueKind.String
            ? ulong.TryParse(member.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out value)
            : TryNumber(member, out value);
        return good && value <= max
            ? value
            : throw new FormatException($"initial_configuration.{name} must be a whole number of at most {max}");
    }

    private static bool TryNumber(JsonElement member, out ulong value)
    {
        value = 0;
        return member.ValueKind == JsonValueKind.Number && member.TryGetUInt64(out value);
    }
}
