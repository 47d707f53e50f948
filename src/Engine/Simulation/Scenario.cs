namespace Tactus.Engine.Simulation;

/// <summary>What happens to a network in a run: a data file of <c>scenarios/</c>. Times are in rounds of the protocol,
/// other durations in thousandths of a slot, so that one file fits every protocol.</summary>
public sealed record Scenario
{
    public required string Name { get; init; }

    public string Description { get; init; } = string.Empty;

    /// <summary>Nodes that make blocks, where the command line does not say; several: the seed chooses.</summary>
    public IReadOnlyList<int> Nodes { get; init; } = [21];

    /// <summary>Protocols that it is for; empty: all.</summary>
    public IReadOnlyList<string> Protocols { get; init; } = [];

    /// <summary>Validators of each node, in systems whose slots have committees; 0: as few as will do.</summary>
    public int ValidatorsPerNode { get; init; }

    /// <summary>What must hold while an attack lasts, or null.</summary>
    public ScenarioAttack? Attack { get; init; }

    /// <summary>Length of the run in rounds.</summary>
    public decimal Rounds { get; init; } = 4;

    public NetworkConduct Network { get; init; } = new();

    public IReadOnlyList<ScenarioFault> Faults { get; init; } = [];

    /// <summary>Faults that the seed draws, or null.</summary>
    public FaultDraw? Draw { get; init; }
}

/// <summary>What must hold while an attack lasts, and not only once it is over.</summary>
/// <param name="From">When it begins, in rounds,</param>
/// <param name="To">and ends.</param>
/// <param name="KeptPermille">Of the blocks that honest nodes make meanwhile, how many stay in the chain at least; 0:
/// not judged.</param>
/// <param name="Finality">Whether finality must follow the head at its end.</param>
public sealed record ScenarioAttack(decimal From, decimal To, int KeptPermille, bool Finality);

/// <summary>How messages fare.</summary>
/// <param name="DelayLeast">Least delay, thousandths of a slot.</param>
/// <param name="DelayMost">Most.</param>
/// <param name="DropPermille">Messages lost.</param>
/// <param name="DuplicatePermille">Messages that arrive twice.</param>
/// <param name="ReorderPermille">Messages held back by up to <paramref name="ReorderMost"/>, so that later ones
/// overtake.</param>
/// <param name="ReorderMost">Thousandths of a slot.</param>
public sealed record NetworkConduct(
    int DelayLeast = 40,
    int DelayMost = 240,
    int DropPermille = 0,
    int DuplicatePermille = 0,
    int ReorderPermille = 0,
    int ReorderMost = 2000);

/// <summary>Kinds of faults.</summary>
public enum FaultKind
{
    /// <summary>The network falls into parts that do not reach each other.</summary>
    Partition,

    /// <summary>The network behaves otherwise for a time, on all links or on those of some nodes.</summary>
    Network,

    /// <summary>Nodes stop, their disks losing what was not flushed, and start again.</summary>
    Crash,

    /// <summary>Nodes' clocks are wrong.</summary>
    Skew,

    /// <summary>Nodes leave slots of theirs empty.</summary>
    Miss,

    /// <summary>Nodes send their blocks late.</summary>
    Late,

    /// <summary>Nodes run twice with the same keys: two blocks for one slot.</summary>
    Equivocate,

    /// <summary>Nodes leave all transactions out.</summary>
    Censor,

    /// <summary>Nodes leave out the votes that their blocks should carry for earlier ones.</summary>
    Withhold,

    /// <summary>Nodes make their blocks before the slot.</summary>
    Premature,

    // The kinds below are moves of attacks, and no scenario draws them. Where a node runs twice, its second instance
    // makes them.

    /// <summary>Nodes take no blocks but those of nodes who are struck by the same fault; votes they hear.</summary>
    Deaf,

    /// <summary>Nodes keep what they send from everybody who is not struck by the same fault: until
    /// <see cref="ScenarioFault.Amount"/> thousandths of a slot after the start of the next one, or, where that is 0,
    /// until the fault ends.</summary>
    Hold,

    /// <summary>Nodes that run twice say one thing to one part and another thing to the other: what the first instance
    /// sends comes late to the second part, what the second sends comes late to the first part.</summary>
    Sway,
}

/// <summary>Who is struck: a number of nodes, the protocol's own bounds, or named ones.</summary>
public enum FaultCount
{
    Number = 0,

    /// <summary>As many as the protocol tolerates.</summary>
    Tolerated,

    /// <summary>As many as break it.</summary>
    Breaking,
}

/// <summary>One fault of a scenario.</summary>
public sealed record ScenarioFault
{
    public required FaultKind Kind { get; init; }

    /// <summary>When it begins and ends, in rounds.</summary>
    public decimal From { get; init; }

    public decimal To { get; init; }

    /// <summary>Nodes that it strikes; empty: <see cref="Count"/> nodes that the seed chooses.</summary>
    public IReadOnlyList<int> Nodes { get; init; } = [];

    public FaultCount CountKind { get; init; }

    public int Count { get; init; } = 1;

    /// <summary>Weights of the parts of a partition, by node order.</summary>
    public IReadOnlyList<int> Split { get; init; } = [];

    /// <summary>Conduct of the network meanwhile.</summary>
    public NetworkConduct? Network { get; init; }

    /// <summary>How often, of the occasions, in thousandths.</summary>
    public int Permille { get; init; } = 1000;

    /// <summary>How much: skew, lateness or lead in thousandths of a slot.</summary>
    public int Amount { get; init; }

    /// <summary>What a crash takes of the disk: everything (unflushed), nothing, torn, scattered, or any (the seed
    /// chooses).</summary>
    public string Loss { get; init; } = "any";

    /// <summary>Crash in the middle of a write instead of between two events.</summary>
    public bool MidWrite { get; init; }

    /// <summary>After a crash: start with an empty disk, as a node that is new.</summary>
    public bool Fresh { get; init; }

    /// <summary>After a crash: start with a checkpoint of this round from a node that is up and honest; 0: without
    /// one.</summary>
    public decimal Checkpoint { get; init; }
}

/// <summary>Faults that the seed draws, never more liars and crashed nodes together than the protocol
/// tolerates.</summary>
/// <param name="Least">Fewest faults.</param>
/// <param name="Most">Most.</param>
/// <param name="From">They begin after this, in rounds,</param>
/// <param name="To">and end before this.</param>
/// <param name="Kinds">Kinds to draw from.</param>
public sealed record FaultDraw(int Least, int Most, decimal From, decimal To, IReadOnlyList<FaultKind> Kinds);
