namespace Tactus.Engine.Protocols.Quorum.Blocks;

/// <summary>What makes a quorum void.</summary>
public enum EvidenceRule
{
    /// <summary>Two signatures of one member for two blocks of one sequence number.</summary>
    AnyMember = 0,

    /// <summary>Two whole certificates for one sequence number.</summary>
    FullCertificate = 1,
}

/// <summary>Parameters of the system. [D] the document, [C] Skycoin's code, [N] chosen here
/// (docs/decisions/0021-quorum.md).</summary>
public sealed record QuorumParameters
{
    /// <summary>Largest quorum; a certificate has one signature of 65 bytes for each.</summary>
    public const int MembersMax = 127;

    /// <summary>Most slips that one opening may carry, some 250 bytes each.</summary>
    public const int SlipsMax = 1 << 19;

    /// <summary>Members of a quorum [D: "only ~15 nodes have to agree"].</summary>
    public int QuorumSize { get; init; } = 15;

    /// <summary>Seconds between blocks [C: Skycoin's block publisher runs every 10 s].</summary>
    public int SlotSec { get; init; } = 10;

    /// <summary>How long slips are gathered before the tally, in seconds [N].</summary>
    public ulong ElectionWindowSec { get; init; } = 24 * 3600;

    /// <summary>Length of a polling round in milliseconds [N].</summary>
    public long RoundTimeoutMs { get; init; } = 2_000;

    /// <summary>Without a new block for this long the quorum is given up, in seconds [N].</summary>
    public ulong StallTimeoutSec { get; init; } = 60;

    /// <summary>Time within which published data reaches every honest node, in milliseconds [N].</summary>
    public long GossipBoundMs { get; init; } = 1_000;

    /// <summary>Fewest whole coins that a slip votes with [D: "if you require each person to have 10 coins";
    /// optional].</summary>
    public ulong VoteCoinsMin { get; init; } = 1;

    /// <summary>Whole coins in existence [D: "only 100 million coins"].</summary>
    public ulong SupplyCoins { get; init; } = 100_000_000;

    /// <summary>An election after evidence or a stall counts only with slips worth the supply divided by this [N]:
    /// otherwise whoever holds a coin could open an epoch alone.</summary>
    public ulong MandateDivisor { get; init; } = 10;

    public EvidenceRule Evidence { get; init; } = EvidenceRule.AnyMember;

    /// <summary>Divisor of the least fee that nodes relay [C: 10 today, 2 before].</summary>
    public ulong BurnFactor { get; init; } = 10;

    /// <summary>Whole coins of slips that more than which recall a quorum or ratify a hash: half the supply [N][D: "a
    /// majority of coin holders"].</summary>
    public ulong MajorityCoins => SupplyCoins / 2;

    /// <summary>Null when the parameters can be used, else what is wrong.</summary>
    public string? Check() =>
        QuorumSize is < 1 or > MembersMax ? $"quorum size {QuorumSize}: 1 to {MembersMax} are possible"
        : SlotSec < 1 ? $"slot of {SlotSec} s: at least 1 s"
        : RoundTimeoutMs < 1 ? $"round timeout of {RoundTimeoutMs} ms: at least 1 ms"
        : VoteCoinsMin < 1 || SupplyCoins < 1 ? "a vote takes at least one coin, and there must be coins"
        : BurnFactor < 2 || MandateDivisor < 1 ? "burn factor from 2, mandate divisor from 1"
        : null;
}
