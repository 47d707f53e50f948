using Tactus.Engine.Primitives;

namespace Tactus.Engine.Pipeline;

/// <summary>A block that failed in replay.</summary>
public sealed record ReplayFailure(uint BlockNumber, Verdict Verdict);

/// <summary>What a replay went through so far.</summary>
public sealed record ReplayReport
{
    /// <summary>Blocks that passed, the genesis block included.</summary>
    public long Blocks { get; init; }

    /// <summary>Transactions that blocks carry whole or by id.</summary>
    public long Transactions { get; init; }

    /// <summary>Transaction signatures checked.</summary>
    public long Signatures { get; init; }

    /// <summary>Producer signatures checked, in blocks.</summary>
    public long BlockSignatures { get; init; }

    public long Bytes { get; init; }

    public uint HeadNumber { get; init; }

    public Hash256 HeadId { get; init; }

    public uint LastIrreversible { get; init; }

    public ReplayFailure? Failure { get; init; }

    /// <summary>Time that the checking half and the applying half waited for each other, in nanoseconds: what bounds the run.</summary>
    public long CheckWaitedNs { get; init; }

    public long ApplyWaitedNs { get; init; }

    public long ElapsedNs { get; init; }

    /// <summary>Time per stage over all blocks, in nanoseconds, indexed by <see cref="Stage"/>.</summary>
    public IReadOnlyList<long> StageNs { get; init; } = [];
}
