using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Types;

namespace Tactus.Engine.Protocols.Antelope.Execution;

/// <summary>What executing a block must know from its header and the consensus state.</summary>
public sealed record BlockContext
{
    public required uint Number { get; init; }

    public required uint Slot { get; init; }

    public Name Producer { get; init; }

    public required Hash256 PreviousId { get; init; }

    /// <summary>The packed header of the previous block, without its signature: the argument of onblock.</summary>
    public required ReadOnlyMemory<byte> PreviousHeader { get; init; }

    /// <summary>Last irreversible block number of the header state after this block's transition.</summary>
    public uint DposIrreversible { get; init; }

    /// <summary>Schedule that is active in the header state after this block's transition (after a promotion).</summary>
    public required ProducerSchedule ActiveSchedule { get; init; }

    /// <summary>Schedule that a header carried and that is not active yet; empty where there is none.</summary>
    public ProducerSchedule PendingSchedule { get; init; } = ProducerSchedule.Empty;

    /// <summary>Whether the parent's header state had no pending schedule: only then may this header carry one.</summary>
    public bool HasRoomForSchedule { get; init; }

    public ProtocolFeatures Features { get; init; } = ProtocolFeatures.All;

    /// <summary>Full validation or production. False (light validation of a trusted producer's block) skips authorization,
    /// TaPoS, expiration and limits of single transactions, as nodeos does.</summary>
    public bool ChecksTransactions { get; init; } = true;
}
