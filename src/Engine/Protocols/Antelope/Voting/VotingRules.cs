using Tactus.Engine.Protocols.Antelope.Types;

namespace Tactus.Engine.Protocols.Antelope.Voting;

/// <summary>How stake becomes vote weight.</summary>
public enum VoteWeightRule
{
    /// <summary>stake * 2^(weeks since 2000 / 52): votes that are not renewed fade (reference contracts).</summary>
    TimeDecay,

    /// <summary>stake * (sin(pi n / 30 - pi / 2) + 1) / 2 for n producers voted: voting for few counts little
    /// (Telos).</summary>
    Inverse,
}

/// <summary>Order of producers within a schedule.</summary>
public enum ScheduleOrder
{
    /// <summary>Ascending by account name.</summary>
    Name,

    /// <summary>Ascending by registered location; ties by name. (Telos sorts with an unstable sort, so its ties are
    /// compiler-defined; this engine needs a stated order.)</summary>
    Location,
}

/// <summary>Who gets paid, and from what.</summary>
public enum PayRule
{
    /// <summary>Continuous inflation, a fifth of it to producers: a quarter by blocks made, the rest by votes
    /// held.</summary>
    ReferenceInflation,

    /// <summary>No pay: claimrewards is refused. Telos pays from a price oracle and a treasury, which are
    /// contracts.</summary>
    None,
}

/// <summary>The voting layer's parameters: data, so that one code serves several chains. Amounts are in the core
/// token's smallest units.</summary>
public sealed record VotingRules
{
    /// <summary>Rules of the reference system contract.</summary>
    public static VotingRules Reference { get; } = new();

    /// <summary>Rules of Telos (telos.contracts): inverse weight, order by location, no proxies, activation by block
    /// count. Rotation, kicks and pay need contracts that are not part of this engine.</summary>
    public static VotingRules Telos { get; } = new()
    {
        CoreSymbol = new Symbol(4, "TLOS"),
        Weight = VoteWeightRule.Inverse,
        Order = ScheduleOrder.Location,
        AllowsProxies = false,
        ActivationStake = null,
        ActivationBlock = 1_000,
        Pay = PayRule.None,
    };

    public Symbol CoreSymbol { get; init; } = new(4, "EOS");

    public VoteWeightRule Weight { get; init; } = VoteWeightRule.TimeDecay;

    public ScheduleOrder Order { get; init; } = ScheduleOrder.Name;

    public bool AllowsProxies { get; init; } = true;

    public PayRule Pay { get; init; } = PayRule.ReferenceInflation;

    /// <summary>Most producers of a schedule that elections propose.</summary>
    public int ScheduleSize { get; init; } = 21;

    /// <summary>Most producers that one voter names.</summary>
    public int VotesMax { get; init; } = 30;

    /// <summary>An election takes place when more than this many slots have passed since the last: 60 s.</summary>
    public uint ElectionSlots { get; init; } = 120;

    /// <summary>Stake that must have voted before elections, undelegating and pay begin: 15 % of a billion tokens. Null
    /// where
    /// <see cref="ActivationBlock"/> decides.</summary>
    public long? ActivationStake { get; init; } = 150_000_000_0000;

    /// <summary>Block from which a chain without <see cref="ActivationStake"/> is active, once any producer has
    /// votes.</summary>
    public uint ActivationBlock { get; init; }

    /// <summary>Percent of its own weight that a producer which votes for itself gets on top (Telos self-stake
    /// boost).</summary>
    public uint SelfStakeBoostPercent { get; init; }

    /// <summary>Seconds that unstaked tokens wait: three days.</summary>
    public uint RefundDelaySec { get; init; } = 3 * 24 * 3600;

    /// <summary>Yearly inflation, compounded continuously: ln(1.05), the nearest double to what the contract computes
    /// with log1p for its 500 hundredths of a percent.</summary>
    public double ContinuousRate { get; init; } = 0.04879016416943201;

    /// <summary>10,000 times the inverse of the producers' part of inflation: a fifth.</summary>
    public long InflationPayFactor { get; init; } = 50_000;

    /// <summary>10,000 times the inverse of the block-pay part of the producers' part: a quarter.</summary>
    public long VotePayFactor { get; init; } = 40_000;

    /// <summary>Less vote pay than this per claim is not paid: 100 tokens.</summary>
    public long VotePayMin { get; init; } = 100_0000;
}
