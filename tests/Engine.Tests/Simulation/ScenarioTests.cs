using Tactus.Engine.Simulation;
using Tactus.Engine.Simulation.Systems;
using Tactus.Kernels;
using Xunit.Abstractions;

namespace Tactus.Engine.Tests.Simulation;

/// <summary>A short slice of every scenario, on every protocol.</summary>
public sealed class ScenarioTests(ITestOutputHelper output)
{
    private static readonly KernelSet Kernels = KernelRegistry.Default.Choose();

    public static TheoryData<string, string> Slices()
    {
        var slices = new TheoryData<string, string>();
        foreach (string protocol in SimulatedSystems.Names)
        {
            foreach (string scenario in ScenarioLibrary.Names.Where(
                name => name != "beyond-tolerance" && ScenarioLibrary.Find(name).Protocols.Count == 0))
            {
                slices.Add(protocol, scenario);
            }
        }

        return slices;
    }

    [Theory]
    [MemberData(nameof(Slices))]
    public void Every_promise_holds(string protocol, string scenario)
    {
        SimulationReport report = Campaign(protocol, scenario, nodes: 4).Run(seed: 11);
        Print(report);
        Assert.True(report.Held, Describe(report));
        Assert.True(
            report.BlocksMade > report.Setup.Slots / 20, $"{report.BlocksMade} blocks in {report.Setup.Slots} slots");
        PropertyResult agreement = report.Properties.Single(p => p.Name == "finality-agreement");
        Assert.True(agreement.Checks > 0, "no block became final on two nodes");
    }

    [Fact]
    public void The_same_seed_gives_the_same_run_and_another_seed_another()
    {
        SimulationReport first = Campaign("antelope", "random-faults", nodes: 5).Run(seed: 3);
        SimulationReport again = Campaign("antelope", "random-faults", nodes: 5).Run(seed: 3);
        SimulationReport other = Campaign("antelope", "random-faults", nodes: 5).Run(seed: 4);
        Assert.Equal(first.EventHash, again.EventHash);
        Assert.Equal(first.Events, again.Events);
        Assert.Equal(first.Properties, again.Properties);
        Assert.NotEqual(first.EventHash, other.EventHash);
    }

    [Fact]
    public void A_run_is_the_same_on_every_machine()
    {
        // Recorded once. A change of the engine that moves it on purpose records it again.
        SimulationReport report = Campaign("antelope", "calm", nodes: 4, slots: 60).Run(seed: 1);
        Print(report);
        Assert.Equal(CalmHash, report.EventHash);
    }

    [Theory]
    [InlineData("antelope", "beyond-tolerance")]
    [InlineData("graphene", "beyond-tolerance")]
    [InlineData("quorum", "beyond-tolerance")]
    [InlineData("vmdposw", "beyond-tolerance")]
    public void Beyond_its_tolerance_the_system_breaks_and_the_run_says_so(string protocol, string scenario)
    {
        Campaign campaign = Campaign(protocol, scenario, nodes: 7);
        SimulationReport report = campaign.Run(seed: 1);
        Print(report);
        Assert.True(report.IsBeyondTolerance);
        PropertyResult agreement = report.Properties.Single(p => p.Name == "finality-agreement");
        Assert.Equal(PropertyVerdict.Violated, agreement.Verdict);
    }

    /// <summary>Graphene's NP1: random-faults seed 1085 as it shrank when it still drew a second partition. Witnesses
    /// that change sides between the two stand on both branches without lying.</summary>
    [Fact]
    public void Two_partitions_in_turn_break_Graphenes_finality_and_the_run_says_so()
    {
        Campaign campaign = Campaign("graphene", "random-faults", nodes: 0);
        SimulationSetup drawn = campaign.Setup(seed: 1085);
        PlannedFault first = Assert.Single(drawn.Faults, fault => fault.Kind == FaultKind.Partition);
        Assert.Equal((10, 27, 52), (drawn.Nodes, first.From, first.To));
        SimulationSetup once = drawn with { Faults = [first] };
        PlannedFault second = first with { From = 15, To = 29, Parts = SecondPartition };
        SimulationReport report = campaign.Run(once with { Slots = 51, Faults = [first with { To = 51 }, second] });
        Print(report);
        Assert.True(report.IsBeyondTolerance);
        Assert.Equal(0, report.Liars);
        Assert.Equal(PropertyVerdict.Violated, report.Properties.Single(p => p.Name == "finality-agreement").Verdict);

        SimulationReport tolerated = campaign.Run(once);
        Assert.False(tolerated.IsBeyondTolerance);
        Assert.True(tolerated.Held, Describe(tolerated));
    }

    /// <summary>The same with one partition: random-faults seed 601 as it shrank when it still drew late witnesses beside
    /// the liars. Branches that both have three of four witnesses share two: the liar, and the one that is late.</summary>
    [Fact]
    public void A_late_witness_and_a_liar_break_Graphenes_finality_and_the_run_says_so()
    {
        Campaign campaign = Campaign("graphene", "random-faults", nodes: 0);
        SimulationSetup drawn = campaign.Setup(seed: 601);
        PlannedFault partition = Assert.Single(drawn.Faults, fault => fault.Kind == FaultKind.Partition);
        Assert.Equal((4, 17, 19), (drawn.Nodes, partition.From, partition.To));
        PlannedFault late = new()
        {
            Kind = FaultKind.Late,
            From = 4,
            To = 22,
            Nodes = [1],
            Amount = 3319,
            Permille = 552,
        };
        PlannedFault lie = new() { Kind = FaultKind.Equivocate, From = 16, To = 18, Nodes = [3] };
        PlannedFault network = new()
        {
            Kind = FaultKind.Network,
            From = 5,
            To = 11,
            Nodes = [1],
            Network = new NetworkConduct(20, 929, 58, 21, 198, 1090),
        };
        SimulationReport report = campaign.Run(drawn with { Slots = 27, Faults = [partition, late, lie, network] });
        Print(report);
        Assert.True(report.IsBeyondTolerance);
        Assert.Equal((1, 2, 1), (report.Liars, report.Faulty, report.FaultyMax));
        Assert.Equal(PropertyVerdict.Violated, report.Properties.Single(p => p.Name == "finality-agreement").Verdict);

        SimulationReport tolerated = campaign.Run(drawn with { Faults = [partition, lie] });
        Assert.False(tolerated.IsBeyondTolerance);
        Assert.True(tolerated.Held, Describe(tolerated));
    }

    /// <summary>Random-faults seeds as they failed when quorums had three of five members: a partition with one liar,
    /// who runs twice, lets each side elect a quorum, and the two share only the liar. Seed 886 has three
    /// partitions.</summary>
    [Theory]
    [InlineData(116)]
    [InlineData(610)]
    [InlineData(886)]
    public void Two_quorums_that_share_only_a_liar_keep_two_chains_and_the_run_says_so(ulong seed)
    {
        Campaign campaign = Campaign("quorum", "random-faults", nodes: 0);
        SimulationSetup drawn = campaign.Setup(seed);
        Assert.Equal((5, 1), (drawn.Nodes, drawn.Liars.Count));
        SimulationReport tolerated = campaign.Run(drawn);
        Print(tolerated);
        Assert.False(tolerated.IsBeyondTolerance);
        Assert.True(tolerated.Held, Describe(tolerated));

        SimulationReport broken = new Campaign("quorum", ScenarioLibrary.Find("random-faults"), 0, 0, Kernels)
        {
            Hooks = new SimulationHooks
            {
                System = (runSeed, nodes, _, kernels) =>
                    new QuorumSimulation((long)runSeed, nodes, kernels, quorumSize: 3),
            },
        }.Run(drawn);
        Print(broken);
        Assert.True(broken.IsBeyondTolerance);
        Assert.Equal(PropertyVerdict.Violated, broken.Properties.Single(p => p.Name == "finality-agreement").Verdict);
    }

    /// <summary>VM-DPoSW seeds that failed when one majority made a round final and only windows decided between
    /// branches: a partition with late blocks, in which VMs change branches without lying (850, 906), and one in which
    /// the branch with fewer windows had the majority of voting right (779, 915).</summary>
    [Theory]
    [InlineData(850)]
    [InlineData(906)]
    [InlineData(779)]
    [InlineData(915)]
    public void A_partition_leaves_VmDposw_one_final_chain(ulong seed)
    {
        SimulationReport report = Campaign("vmdposw", "random-faults", nodes: 0).Run(seed);
        Print(report);
        Assert.Contains(report.Setup.Faults, fault => fault.Kind == FaultKind.Partition);
        Assert.True(report.Held, Describe(report));
        Assert.Equal(PropertyVerdict.Held, report.Properties.Single(p => p.Name == "convergence").Verdict);
    }

    /// <summary>A fork choice that prefers a head which knows less finality, and a crash within the switch to it: the
    /// log's index says what was final.</summary>
    [Theory]
    [InlineData("vmdposw", 20)]
    public void Finality_does_not_move_back_over_a_crash_within_a_switch(string protocol, ulong seed)
    {
        SimulationReport report = Campaign(protocol, "random-faults", nodes: 0).Run(seed);
        Print(report);
        Assert.True(report.Restarts > 0);
        Assert.True(report.Held, Describe(report));
    }

    /// <summary>An election that was held in two parts, one in which a member had signed in the epoch that was given
    /// up, one in which members signed different openings, and one after a crash: after healing the parts agree on one
    /// opening, and the chain grows.</summary>
    [Theory]
    [InlineData("partition-11-10", 4, 11)]
    [InlineData("random-faults", 0, 2)]
    [InlineData("random-faults", 0, 10)]
    [InlineData("disk-faults", 4, 11)]
    public void A_quorum_that_was_given_up_in_parts_is_replaced(string scenario, int nodes, ulong seed)
    {
        SimulationReport report = Campaign("quorum", scenario, nodes).Run(seed);
        Print(report);
        Assert.True(report.Held, Describe(report));
        Assert.Equal(PropertyVerdict.Held, report.Properties.Single(p => p.Name == "chain-growth").Verdict);
    }

    [Theory]
    [InlineData("antelope")]
    [InlineData("quorum")]
    public void Inclusion_is_judged_where_censors_are_the_only_fault(string protocol)
    {
        SimulationReport report = Campaign(protocol, "censorship", nodes: 4).Run(seed: 12);
        Print(report);
        PropertyResult inclusion = report.Properties.Single(p => p.Name == "inclusion");
        Assert.Equal(PropertyVerdict.Held, inclusion.Verdict);
        Assert.True(inclusion.Checks >= 8, $"{inclusion.Checks} transactions");
    }

    [Fact]
    public void A_failing_run_shrinks_to_a_smaller_one_that_fails_alike()
    {
        Campaign campaign = Campaign("antelope", "beyond-tolerance", nodes: 4);
        SimulationReport report = campaign.Run(seed: 1);
        Assert.False(report.Held);
        SimulationReport smaller = campaign.Shrink(report);
        Print(smaller);
        Assert.False(smaller.Held);
        Assert.True(smaller.Setup.Slots < report.Setup.Slots);
        Assert.True(smaller.Setup.Faults.Count <= report.Setup.Faults.Count);
        Assert.Equal(smaller.EventHash, campaign.Run(smaller.Setup).EventHash);
    }

    /// <summary>The part of each node in the partition that seed 1085 drew second.</summary>
    private static readonly int[] SecondPartition = [1, 1, 0, 0, 0, 0, 1, 1, 1, 0];

    private const ulong CalmHash = 0x7729AAF475752555;

    private static Campaign Campaign(string protocol, string scenario, int nodes, int slots = 0) =>
        new(protocol, ScenarioLibrary.Find(scenario), nodes, slots, Kernels);

    private static string Describe(SimulationReport report) => string.Join(
        '\n', report.Properties.Where(
            p => p.Verdict == PropertyVerdict.Violated).Select(p => $"{p.Name} in slot {p.Slot}: {p.Detail}"));

    private void Print(SimulationReport report)
    {
        output.WriteLine(
            $"seed {report.Setup.Seed}, {report.Setup.Nodes} nodes, {report.Setup.Slots} slots, "
            + $"hash {report.EventHash:x16}");
        foreach (PropertyResult property in report.Properties)
        {
            output.WriteLine($"{property.Verdict,-10} {property.Name,-22} {property.Checks,8} {property.Detail}");
        }
    }
}
