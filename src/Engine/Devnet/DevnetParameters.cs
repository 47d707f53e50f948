using System.Text.Json.Serialization;

namespace Tactus.Engine.Devnet;

/// <summary>What decides a devnet's blocks, in the words that all systems share: the same parameters give the same
/// block ids and the same state. Bounds of one system alone (the length of a schedule, a committee per slot) are its
/// devnet's to check.</summary>
public sealed record DevnetParameters
{
    public const int AccountsMax = 10_000_000;

    /// <summary>Most transfers per second that the load makes.</summary>
    public const int TransactionsPerSecondMax = 1_000_000;

    [JsonPropertyName("protocol")]
    public string Protocol { get; init; } = "antelope";

    /// <summary>All keys and the load come from it.</summary>
    [JsonPropertyName("seed")]
    public long Seed { get; init; } = 1;

    [JsonPropertyName("producers")]
    public int Producers { get; init; } = 21;

    [JsonPropertyName("accounts")]
    public int Accounts { get; init; } = 1000;

    /// <summary>Transfers per second.</summary>
    [JsonPropertyName("tps")]
    public int TransactionsPerSecond { get; init; } = 100;

    /// <summary>Length of a slot, for the systems that let it be chosen; null for the system's own.</summary>
    [JsonPropertyName("slot_ms")]
    public int? SlotMs { get; init; }

    /// <summary>Share of the validators that goes offline, rounded up; for systems with votes (gasper).</summary>
    [JsonPropertyName("offline_percent")]
    public int OfflinePercent { get; init; }

    /// <summary>The epoch in which they go.</summary>
    [JsonPropertyName("offline_from_epoch")]
    public int OfflineFromEpoch { get; init; } = 4;

    /// <summary>Null when the parameters can be used, else what is wrong.</summary>
    public string? Check() =>
        Producers < 1 ? $"--producers {Producers}: 1 is the least"
        : Accounts is < 2 or > AccountsMax ? $"--accounts {Accounts}: 2 to {AccountsMax} are possible"
        : TransactionsPerSecond is < 0 or > TransactionsPerSecondMax
            ? $"--tps {TransactionsPerSecond}: 0 to {TransactionsPerSecondMax} are possible"
        : OfflinePercent is < 0 or > 100 ? $"--offline-percent {OfflinePercent}: 0 to 100 are possible"
        : OfflineFromEpoch < 0 ? $"--offline-epoch {OfflineFromEpoch}: epochs count from 0"
        : null;
}
