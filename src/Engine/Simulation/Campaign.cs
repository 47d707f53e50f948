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

    /// <param name="protocol">One of <see cref="SimulatedSystems.Names"/>.</param>
    /// <param name="scenario">What happens.</param>
    /// <param name="nodes">Nodes; 0: as the scenario says.</param>
    /// <param name="slots">Slots; 0: as the scenario says.</param>
    /// <param name="kernels">Kernels chosen at start. One campaign per thread.</param>
    public Campaign(string protocol, Scenario scenario, int nodes, int slots, KernelSet kernels)
    {
        _protocol = protocol;
        _scenario = scenario;
        _nodes = nodes;
        _slots = slots;
        _kernels = SimulatedSystems.Kernels(kernels);
    }

    /// <summary>Where a test makes nodes wrong.</summary>
    public SimulationHooks? Hooks { get; init; }

    /// <summary>What a seed decides.</summary>
    public SimulationSetup Setup(ulong seed)
    {
        ISimulatedProtocol system = SimulatedSystems.Create(
            _protocol, seed, _nodes > 0 ? _nodes : FaultPlan.NodesOf(_scenario, seed), _kernels);
        return FaultPlan.Of(_scenario, system, seed, _slots);
    }

    /// <summary>Runs one seed.</summary>
    public SimulationReport Run(
        ulong seed, Action<SimulationPicture>? picture = null, CancellationToken cancellation = default) =>
        Run(Setup(seed), picture, cancellation);

    public SimulationReport Run(
        SimulationSetup setup, Action<SimulationPicture>? picture = null, CancellationToken cancellation = default)
    {
        ISimulatedProtocol system = SimulatedSystems.Create(setup.Protocol, setup.Seed, setup.Nodes, _kernels);
        using var simulation = new Simulation(setup, system, _kernels, Hooks);
        return simulation.Run(picture, cancellation);
    }

    /// <summary>The smallest failing run that shrinking finds.</summary>
    public SimulationReport Shrink(SimulationReport failing, CancellationToken cancellation = default) =>
        Shrinker.Shrink(failing.Setup, failing, setup => Run(setup, null, cancellation));
}
