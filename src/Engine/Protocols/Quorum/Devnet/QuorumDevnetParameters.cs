using Tactus.Engine.Protocols.Quorum.Blocks;

namespace Tactus.Engine.Protocols.Quorum.Devnet;

/// <summary>What decides a quorum devnet's blocks: the same parameters give the same block ids and the same
/// state.</summary>
public sealed record QuorumDevnetParameters
{
    public const int OutputsMax = 10_000_000;

    /// <summary>Most transfers per second that the load makes.</summary>
    public const int TransfersPerSecondMax = 1_000_000;

    /// <summary>All keys and the load come from it.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Members of the quorum.</summary>
    public int Members { get; init; } = 15;

    /// <summary>Users, each with one output at genesis.</summary>
    public int Users { get; init; } = 1000;

    public int TransfersPerSecond { get; init; } = 100;

    /// <summary>Seconds between blocks.</summary>
    public int SlotSec { get; init; } = 10;

    /// <summary>Whole coins of each output at genesis: 100 million in all [D], rounded down.</summary>
    public ulong CoinsEach => 100_000_000UL / (ulong)Users;

    /// <summary>Parameters of the protocol.</summary>
    public QuorumParameters Protocol =>
        new() { QuorumSize = Members, SlotSec = SlotSec, SupplyCoins = CoinsEach * (ulong)Users };

    /// <summary>Null when the parameters can be used, else what is wrong.</summary>
    public string? Check() =>
        Members is < 1 or > QuorumParameters.MembersMax
            ? $"--producers {Members}: 1 to {QuorumParameters.MembersMax} members are possible"
        : Users is < 2 or > OutputsMax ? $"--accounts {Users}: 2 to {OutputsMax} are possible"
        : TransfersPerSecond is < 0 or > TransfersPerSecondMax
            ? $"--tps {TransfersPerSecond}: 0 to {TransfersPerSecondMax} are possible"
        : SlotSec is < 1 or > 3600 ? $"--slot-ms: slots of {SlotSec} s; whole seconds, 1 to 3600, are possible"
        : null;
}
