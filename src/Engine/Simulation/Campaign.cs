using Tactus.Engine.Simulation.Systems;
using Tactus.Kernels;

namespace Tactus.Engine.Simulation;

/// <summary>Runs of one scenario of one protocol.</summary>
public sealed class Campaign
{
    private readonly string _protocol;
    private readonly Scenario _scenario;
    private readonly int _nodes;
    private readonly int _slots;
    private readonly KernelSet _kernels;

    // What Setup made and no run has used yet: making a system's keys can cost as much as its run.
    private ISimulatedProtocol? _unused;
    private ulong _unusedSeed;

    /// <param name="protocol">One of <see cref="SimulatedSystems.Names"/>.</param>
    /// <param name="scenario">What happens.</param>
    /// <param name="nodes">Nodes; 0: as the scenario says.</param>
    /// <param name="slots">Slots; 0: as the scenario says.</param>
    /// <param name="kernels">Kernels chosen at start. One campaign per thread.</param>
    /// <exception cref="ScenarioException">The scenario is for other protocols.</exception>
    public Campaign(string protocol, Scenario scenario, int nodes, int slots, KernelSet kernels)
    {
        _protocol = protocol;
        _scenario = scenario;
        _nodes = nodes;
        _slots = slots;
        _kernels = SimulatedSystems.Kernels(kernels);
        if (scenario.Protocols.Count > 0 && !scenario.Protocols.Contains(protocol, StringComparer.Ordinal)
            && SimulatedSystems.Names.Contains(protocol, StringComparer.Ordinal))
        {
            throw new ScenarioException(
                $"scenario '{scenario.Name}' is for {string.Join(" and ", scenario.Protocols)}: "
                + $"it attacks what {protocol} does not have; "
                + $"run it with --protocol {scenario.Protocols[0]}, or another scenario");
        }
    }

    /// <summary>Where a test makes nodes wrong.</summary>
    public SimulationHooks? Hooks { get; init; }

    /// <summary>What a seed decides.</summary>
    public SimulationSetup Setup(ulong seed)
    {
        ISimulatedProtocol system = Create(
            _protocol, seed, _nodes > 0 ? _nodes : FaultPlan.NodesOf(_scenario, seed), _scenario.ValidatorsPerNode);
        (_unused, _unusedSeed) = (system, seed);
        return FaultPlan.Of(_scenario, system, seed, _slots);
    }

    /// <summary>Runs one seed.</summary>
    public SimulationReport Run(
        ulong seed, Action<SimulationPicture>? picture = null, CancellationToken cancellation = default) =>
        Run(Setup(seed), picture, cancellation);

    public SimulationReport Run(
        SimulationSetup setup, Action<SimulationPicture>? picture = null, CancellationToken cancellation = default)
    {
        ISimulatedProtocol system = _unused is { } made && _unusedSeed == setup.Seed && made.Nodes == setup.Nodes ? made
            : Create(setup.Protocol, setup.Seed, setup.Nodes, setup.ValidatorsPerNode);
        _unused = null;
        using var simulation = new Simulation(setup, system, _kernels, Hooks);
        return simulation.Run(picture, cancellation);
    }

    private ISimulatedProtocol Create(string protocol, ulong seed, int nodes, int validatorsPerNode) =>
        Hooks?.System?.Invoke(seed, nodes, validatorsPerNode, _kernels)
            ?? SimulatedSystems.Create(protocol, seed, nodes, _kernels, validatorsPerNode);

    /// <summary>The smallest failing run that shrinking finds.</summary>
    public SimulationReport Shrink(SimulationReport failing, CancellationToken cancellation = default) =>
        Shrinker.Shrink(failing.Setup, failing, setup => Run(setup, null, cancellation));
}
