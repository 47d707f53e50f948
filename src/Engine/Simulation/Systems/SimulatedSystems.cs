using Tactus.Engine.Primitives;
using Tactus.Kernels;

namespace Tactus.Engine.Simulation.Systems;

/// <summary>The protocols that can be simulated. A new one is one class and one line here.</summary>
public static class SimulatedSystems
{
    private static readonly SortedDictionary<string, Func<long, int, KernelSet, int, ISimulatedProtocol>> ByName = new(
        StringComparer.Ordinal)
    {
        ["antelope"] = (seed, nodes, kernels, _) => new AntelopeSimulation(seed, nodes, kernels),
        ["gasper"] = (seed, nodes, kernels, validators) => new GasperSimulation(seed, nodes, kernels, validators),
        ["graphene"] = (seed, nodes, kernels, _) => new GrapheneSimulation(seed, nodes, kernels),
        ["quorum"] = (seed, nodes, kernels, _) => new QuorumSimulation(seed, nodes, kernels),
        ["vmdposw"] = (seed, nodes, kernels, _) => new VmDposwSimulation(seed, nodes, kernels),
    };

    public static IReadOnlyList<string> Names => [.. ByName.Keys];

    /// <summary>Makes the system for one run.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="seed">Keys and load come from it.</param>
    /// <param name="nodes">Nodes that make blocks.</param>
    /// <param name="kernels">Kernels, from <see cref="Kernels"/>.</param>
    /// <param name="validatorsPerNode">Validators of each node where slots have committees; 0: as few as will
    /// do.</param>
    /// <exception cref="ScenarioException">There is no such system.</exception>
    public static ISimulatedProtocol Create(
        string name, ulong seed, int nodes, KernelSet kernels, int validatorsPerNode = 0) =>
        ByName.TryGetValue(name, out Func<long, int, KernelSet, int, ISimulatedProtocol>? create)
            ? create((long)seed, nodes, kernels, validatorsPerNode)
            : throw new ScenarioException(
                $"protocol '{name}' is unknown{Suggestion.For(name, Names)}; there are: {string.Join(", ", Names)}");

    /// <summary>Kernels for the runs of one thread: every signature is recovered once, not once per node.</summary>
    public static KernelSet Kernels(KernelSet chosen) => RememberingSecp256k1.In(chosen);
}
