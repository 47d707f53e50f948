using Tactus.Engine.Storage;

namespace Tactus.Engine.Simulation;

/// <summary>Everything that decides a run: the same setup gives the same run, event for event, on every
/// machine.</summary>
public sealed record SimulationSetup
{
    public required string Protocol { get; init; }

    public required ulong Seed { get; init; }

    public required int Nodes { get; init; }

    /// <summary>Slots to run, the first ones, in which the schedule settles, included.</summary>
    public required int Slots { get; init; }

    public NetworkConduct Network { get; init; } = new();

    /// <summary>Validators of each node, where the scenario says; 0: the system's own choice.</summary>
    public int ValidatorsPerNode { get; init; }

    /// <summary>What must hold while an attack lasts, or null.</summary>
    public PlannedAttack? Attack { get; init; }

    public IReadOnlyList<PlannedFault> Faults { get; init; } = [];

    /// <summary>Nodes whose conduct the protocol's promises exclude.</summary>
    public IReadOnlyList<int> Liars =>
        [.. Faults.Where(fault => fault.IsLie).SelectMany(fault => fault.Nodes).Distinct().Order()];

    /// <summary>Nodes whose messages come late or get lost.</summary>
    public IReadOnlyList<int> Slow =>
        [.. Faults.Where(fault => fault.IsSlow).SelectMany(fault => fault.Nodes).Distinct().Order()];

    /// <summary>Slot, from the start, after which nothing is wrong any more.</summary>
    public int HealedAt => Faults.Count == 0 ? 0 : Faults.Max(fault => fault.To);
}

/// <summary>An attack with its slots (from the start of the run) fixed.</summary>
/// <param name="From">First slot.</param>
/// <param name="To">Slot after the last.</param>
/// <param name="KeptPermille">Honest blocks of these slots that must stay, in thousandths; 0: not judged.</param>
/// <param name="Finality">Whether finality must follow the head at its end.</param>
public sealed record PlannedAttack(int From, int To, int KeptPermille, bool Finality);

/// <summary>A fault with its slots (from the start of the run) and nodes fixed.</summary>
public sealed record PlannedFault
{
    public required FaultKind Kind { get; init; }

    public required int From { get; init; }

    public required int To { get; init; }

    public IReadOnlyList<int> Nodes { get; init; } = [];

    /// <summary>Part of each node in a partition.</summary>
    public IReadOnlyList<int> Parts { get; init; } = [];

    public NetworkConduct? Network { get; init; }

    public int Permille { get; init; } = 1000;

    public int Amount { get; init; }

    public CrashLoss Loss { get; init; }

    public bool MidWrite { get; init; }

    /// <summary>Start again with an empty disk.</summary>
    public bool Fresh { get; init; }

    /// <summary>Slot of the checkpoint that a starting node is given; 0: none.</summary>
    public int Checkpoint { get; init; }

    public bool IsLie => Kind is FaultKind.Equivocate or FaultKind.Censor or FaultKind.Withhold or FaultKind.Premature
        or FaultKind.Deaf or FaultKind.Hold or FaultKind.Sway;

    /// <summary>How often a partition cuts the network in two: once for two parts, twice for three.</summary>
    public int Cuts => Kind == FaultKind.Partition ? Math.Max(1, Parts.Distinct().Count() - 1) : 0;

    public bool IsSlow => Kind is FaultKind.Late or FaultKind.Network;

    public override string ToString() =>
        $"{Kind.ToString().ToLowerInvariant()} in slots {From}..{To}"
        + (Nodes.Count > 0 ? $" of nodes {string.Join(',', Nodes)}" : string.Empty)
        + (Parts.Count > 0 ? $" into {string.Join(" and ", Parts.GroupBy(part => part).OrderBy(g => g.Key).Select(g => g.Count()))}" : string.Empty)
        + (Kind == FaultKind.Crash ? $" losing {Loss.ToString().ToLowerInvariant()}{(MidWrite ? " in the middle of a write" : string.Empty)}" : string.Empty)
        + (Fresh ? " starting with an empty disk" : string.Empty)
        + (Checkpoint > 0 ? $" and a checkpoint of slot {Checkpoint}" : string.Empty)
        + (Amount != 0 ? $" by {Amount} thousandths of a slot" : string.Empty)
        + (Permille != 1000 ? $", {Permille} of 1000 times" : string.Empty);
}
