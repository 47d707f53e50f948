using Tactus.Engine.Protocols.VmDposw.Machines;
using Tactus.Engine.Protocols.VmDposw.Rounds;

namespace Tactus.Engine.Protocols.VmDposw;

/// <summary>Parameters of a chain. The document names dT, d and limits without values; those here are [N].</summary>
public sealed record VmDposwParameters
{
    /// <summary>Most delegates of a cluster.</summary>
    public const int DelegatesMax = 64;

    /// <summary>Upper limit of <see cref="MachinesMax"/>.</summary>
    public const int MachinesLimit = 1024;

    /// <summary>T0 of round 1 in Unix microseconds.</summary>
    public long GenesisUnixUs { get; init; } = 1_767_225_600_000_000; // 2026-01-01T00:00:00Z

    /// <summary>Grid of block times in microseconds: a VM makes at most one block in a slot.</summary>
    public long SlotUs { get; init; } = 500_000;

    /// <summary>Length of a round, dT, in microseconds.</summary>
    public long RoundUs { get; init; } = 30_000_000;

    /// <summary>Between rounds, in microseconds.</summary>
    public long GapUs { get; init; }

    /// <summary>Expected hashes per block, d: the same for all delegates of a round.</summary>
    public ulong Difficulty { get; init; } = 256;

    /// <summary>Computing power by category, in hashes per second. [D] formula (1): gold > silver > bronze.</summary>
    public IReadOnlyList<int> PowerOf { get; init; } = [300, 200, 100];

    public OrderRule Order { get; init; } = OrderRule.Ascending;

    /// <summary>Limits of a category's share of a round, in percent.</summary>
    public int ShareMinPercent { get; init; } = 20;

    public int ShareMaxPercent { get; init; } = 60;

    /// <summary>Requirement on the cluster, formula (2).</summary>
    public Majority Coverage { get; init; } = Majority.AtLeastHalf;

    /// <summary>Voting right that must build on a round before it is final. [N] More than half: with exactly half, as
    /// the example's gold VM has, both sides of a partition would qualify (W5).</summary>
    public Majority Finality { get; init; } = Majority.MoreThanHalf;

    /// <summary>Cap on VMs.</summary>
    public int MachinesMax { get; init; } = 256;

    /// <summary>Most VMs of a category that one period creates.</summary>
    public int SupplyEach { get; init; } = 1;

    /// <summary>Rounds of a bidding period.</summary>
    public uint PeriodRounds { get; init; } = 4;

    /// <summary>Least bid by category, in BFDT units.</summary>
    public IReadOnlyList<long> PriceMin { get; init; } = [3_000, 2_000, 1_000];

    /// <summary>Requests (transactions) that fit a block.</summary>
    public int BlockRequestsMax { get; init; } = 10_000;

    /// <summary>Share of a round's capacity beyond which further delegates are voted in, in percent.</summary>
    public int DemandPercent { get; init; } = 80;

    /// <summary>Created for a VM's owner per block and per request of it, in BFDT units. [D] 3.3: "higher computing
    /// power will process more transaction requests (thus more blocks) and thus generate more rewards".</summary>
    public long RewardPerBlock { get; init; } = 10;

    public long RewardPerRequest { get; init; } = 1;

    /// <summary>Most delegates of this chain's cluster: every window has a slot.</summary>
    public int ClusterMax => (int)Math.Min(DelegatesMax, RoundUs / SlotUs);

    /// <summary>Voting right of a category. [D] 3.1: "higher computing power represent higher voting right"; [N]
    /// proportional.</summary>
    public int RightOf(VmCategory category) => PowerOf[(int)category];

    public RoundClock CreateClock() => new(GenesisUnixUs, SlotUs, RoundUs, GapUs);

    /// <summary>Null when the parameters can be used, else what is wrong.</summary>
    public string? Check() =>
        SlotUs < 1 || GapUs < 0 || RoundUs < SlotUs
            ? $"a round of {RoundUs} us needs slots of 1 to {RoundUs} us and a gap from 0 on"
        : Difficulty < 1 ? "the difficulty is at least 1"
        : PowerOf.Count != VmCategories.Count || PriceMin.Count != VmCategories.Count
            ? "three categories need three powers and prices"
        : PowerOf[2] < 1 || PowerOf[0] <= PowerOf[1] || PowerOf[1] <= PowerOf[2] || PowerOf[0] > 1_000_000_000
            ? $"powers {string.Join(", ", PowerOf)}: gold > silver > bronze > 0 is required, up to 1,000,000,000"
        : PriceMin.Any(price => price < 1) ? "bids start from 1"
        : ShareMinPercent is < 0 or > 100 || ShareMaxPercent < ShareMinPercent || ShareMaxPercent > 100
            ? $"shares from {ShareMinPercent} to {ShareMaxPercent} %: 0 <= min <= max <= 100 is required"
        : MachinesMax is < 1 or > MachinesLimit ? $"the cap on VMs is 1 to {MachinesLimit}"
        : SupplyEach < 0 || PeriodRounds < 1 || BlockRequestsMax < 1 || DemandPercent < 1 || RewardPerBlock < 0 || RewardPerRequest < 0
            ? "supply and rewards are not negative; period, requests per block and demand share are positive"
        : null;
}
