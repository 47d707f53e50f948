using Tactus.Engine.Simulation;
using Tactus.Engine.Simulation.Systems;
using Tactus.Kernels;
using Xunit.Abstractions;

namespace Tactus.Engine.Tests.Simulation;

/// <summary>The attacks on Gasper that its document names: what holds against each, and that it would not hold without
/// the rule that the document counts on, or with more liars than the system tolerates.</summary>
public sealed class AttackTests(ITestOutputHelper output)
{
    private const string Kept = "honest-blocks-kept";
    private const string Finality = "finality-under-attack";
    private const string Agreement = "finality-agreement";

    private static readonly KernelSet Kernels = KernelRegistry.Default.Choose();

    [Fact]
    public void Proposer_boost_keeps_withheld_blocks_from_pushing_out_honest_ones()
    {
        Scenario scenario = Cut(ScenarioLibrary.Find("attack-short-reorg"), 2.5m, validatorsPerNode: 4);
        Assert.True(Run(scenario).Held);
        SimulationReport without = Run(scenario, new GasperRules { ProposerBoost = false });
        Assert.Equal(PropertyVerdict.Violated, Of(without, Kept).Verdict);
    }

    [Fact]
    public void Proposer_boost_and_discounted_equivocators_keep_two_branches_from_being_balanced()
    {
        Scenario scenario = Cut(ScenarioLibrary.Find("attack-balancing"), 3.5m, validatorsPerNode: 2);
        Assert.True(Run(scenario).Held);
        SimulationReport without = Run(
            scenario, new GasperRules { ProposerBoost = false, EquivocatorsDiscounted = false });
        Assert.Equal(PropertyVerdict.Violated, Of(without, Finality).Verdict);
    }

    [Fact]
    public void An_avalanche_of_withheld_blocks_brings_no_weight_with_it()
    {
        Scenario scenario = Cut(ScenarioLibrary.Find("attack-avalanche"), 2.5m);
        Assert.True(Run(scenario).Held);

        // Seven of ten who vote for nothing else: there is no earlier message of theirs, and their branch wins.
        Scenario single = scenario with
        {
            Faults = [.. scenario.Faults.Where(fault => fault.Kind != FaultKind.Equivocate)],
        };
        SimulationReport more = Run(Strike(single, [0, 1, 2, 3, 4, 5, 6]));
        Assert.Equal(PropertyVerdict.Violated, Of(more, Kept).Verdict);
        Assert.True(more.IsBeyondTolerance);
    }

    [Fact]
    public void Finality_comes_back_while_bouncing_goes_on_unless_more_than_a_third_bounce()
    {
        Scenario scenario = Cut(ScenarioLibrary.Find("attack-bouncing"), 5);
        Assert.True(Run(scenario).Held);

        // Whose votes come an epoch late has no part in justifying: three of ten are not missed, four are.
        Scenario late = scenario with
        {
            Faults =
            [
                .. scenario.Faults.Select(
                    fault => fault.Kind == FaultKind.Hold ? fault with { Amount = 8_000 } : fault),
            ],
        };
        Assert.True(Run(late).Held);
        SimulationReport more = Run(Strike(late, [0, 1, 2, 3]));
        Assert.Equal(PropertyVerdict.Violated, Of(more, Finality).Verdict);
        Assert.True(more.IsBeyondTolerance);
    }

    [Fact]
    public void With_51_percent_the_chain_is_the_attackers_and_the_run_says_so()
    {
        Scenario scenario = Cut(ScenarioLibrary.Find("attack-51-percent"), 2.5m, validatorsPerNode: 2);
        SimulationReport report = Run(scenario);
        Assert.True(report.IsBeyondTolerance);
        Assert.Equal(PropertyVerdict.Violated, Of(report, Kept).Verdict);
        Assert.Equal(PropertyVerdict.Held, Of(report, Agreement).Verdict);
        Assert.True(Run(Strike(scenario, [0, 1, 2, 3])).Held);
    }

    [Fact]
    public void A_new_node_with_a_checkpoint_refuses_another_history()
    {
        Scenario scenario = Cut(ScenarioLibrary.Find("attack-long-range"), 3.5m, settle: 1);
        SimulationReport report = Run(scenario);
        Assert.True(report.Held);
        Assert.True(report.IsBeyondTolerance);
        SimulationReport without = Run(
            scenario with { Faults = [.. scenario.Faults.Select(fault => fault with { Checkpoint = 0 })] });
        Assert.Equal(PropertyVerdict.Violated, Of(without, Agreement).Verdict);
    }

    [Fact]
    public void An_attack_on_another_system_is_refused_with_what_to_do()
    {
        ScenarioException refusal = Assert.Throws<ScenarioException>(
            () => new Campaign("antelope", ScenarioLibrary.Find("attack-balancing"), 0, 0, Kernels));
        Assert.Contains("is for gasper", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("--protocol gasper", refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>The same attack for a shorter time, and no more time after it than is asked about.</summary>
    /// <param name="scenario">Of the library.</param>
    /// <param name="to">When the attack ends, in rounds; faults end as much earlier, but for those of the first
    /// two.</param>
    /// <param name="validatorsPerNode">Fewer than the scenario's; 0: the scenario's.</param>
    /// <param name="settle">Rounds after the attack.</param>
    private static Scenario Cut(Scenario scenario, decimal to, int validatorsPerNode = 0, decimal settle = 0.2m)
    {
        decimal earlier = scenario.Attack!.To - to;
        return scenario with
        {
            ValidatorsPerNode = validatorsPerNode > 0 ? validatorsPerNode : scenario.ValidatorsPerNode,
            Attack = scenario.Attack with { To = to },
            Rounds = to + settle,
            Faults =
            [
                .. scenario.Faults.Select(fault => fault.To > 2 ? fault with { To = fault.To - earlier } : fault),
            ],
        };
    }

    private static Scenario Strike(Scenario scenario, int[] nodes) => scenario with
    {
        Faults =
        [
            .. scenario.Faults.Select(fault => fault.Nodes.Count > 0 ? fault with { Nodes = nodes } : fault),
        ],
    };

    private static PropertyResult Of(SimulationReport report, string name) =>
        report.Properties.Single(p => p.Name == name);

    private SimulationReport Run(Scenario scenario, GasperRules? rules = null)
    {
        var campaign = new Campaign("gasper", scenario, 0, 0, Kernels)
        {
            Hooks = new SimulationHooks
            {
                System = (seed, nodes, validators, kernels) =>
                    new GasperSimulation((long)seed, nodes, kernels, validators, rules),
            },
        };
        SimulationReport report = campaign.Run(seed: 1);
        output.WriteLine(
            $"{scenario.Name}, {report.Liars} liars, {rules}: {report.BlocksMade} blocks, final {report.FinalNumber}");
        foreach (PropertyResult property in report.Properties.Where(p => p.Verdict != PropertyVerdict.NotJudged))
        {
            output.WriteLine($"  {property.Verdict,-10} {property.Name,-22} {property.Checks,6} {property.Detail}");
        }

        return report;
    }
}
