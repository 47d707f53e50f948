namespace Tactus.Engine.Simulation;

/// <summary>What became of a property in a run.</summary>
public enum PropertyVerdict
{
    /// <summary>It was checked, and it held every time.</summary>
    Held = 0,

    Violated,

    /// <summary>The run gave no occasion to check it, or ended too early.</summary>
    NotJudged,
}

/// <summary>A property and what became of it.</summary>
/// <param name="Name">Its short name.</param>
/// <param name="Promise">What it says.</param>
/// <param name="Verdict">What became of it.</param>
/// <param name="Checks">How often it was checked.</param>
/// <param name="Detail">The first violation, or why it was not judged.</param>
/// <param name="Slot">Slot, from the start, of the first violation.</param>
public sealed record PropertyResult(
    string Name, string Promise, PropertyVerdict Verdict, long Checks, string? Detail, long Slot);

/// <summary>How a run ended. Everything in it follows from the setup.</summary>
public sealed record SimulationReport
{
    public required SimulationSetup Setup { get; init; }

    public required IReadOnlyList<PropertyResult> Properties { get; init; }

    /// <summary>Hash over every event of the run and the heads after it: equal for equal runs.</summary>
    public required ulong EventHash { get; init; }

    public long Events { get; init; }

    /// <summary>Blocks made, by honest nodes and liars.</summary>
    public long BlocksMade { get; init; }

    /// <summary>Blocks that went through a node's pipeline.</summary>
    public long BlocksProcessed { get; init; }

    /// <summary>Blocks that were taken back by switches of branch, over all nodes.</summary>
    public long Unwound { get; init; }

    public int Restarts { get; init; }

    public long MessagesSent { get; init; }

    public long MessagesLost { get; init; }

    public uint HeadNumber { get; init; }

    public uint FinalNumber { get; init; }

    /// <summary>Nodes that the protocol tolerates as liars, and how many lied.</summary>
    public int FaultyMax { get; init; }

    public int Liars => Setup.Liars.Count;

    /// <summary>Whether slow nodes count with the liars, and how many nodes that makes.</summary>
    public bool SlowIsFaulty { get; init; }

    public int Faulty => SlowIsFaulty ? Setup.Liars.Union(Setup.Slow).Count() : Liars;

    /// <summary>Partitions into two that the protocol tolerates, and how many there were; into three counts as
    /// two.</summary>
    public int PartitionsMax { get; init; }

    public int Partitions => Setup.Faults.Sum(fault => fault.Cuts);

    /// <summary>Whether more nodes lied, or the network fell apart more often, than the protocol tolerates: then a
    /// violation shows where its promise ends.</summary>
    public bool IsBeyondTolerance => Faulty > FaultyMax || Partitions > PartitionsMax;

    public bool Held => Properties.All(property => property.Verdict != PropertyVerdict.Violated);
}

/// <summary>How the network stands in the middle of a run: for the live picture.</summary>
/// <param name="Slot">Slot from the start.</param>
/// <param name="Slots">Of how many.</param>
/// <param name="Nodes">Each node: up, head, finality.</param>
/// <param name="Heads">Branches: heads that no other node has in its chain.</param>
/// <param name="Faults">What is wrong now.</param>
public sealed record SimulationPicture(
    int Slot, int Slots, IReadOnlyList<NodePicture> Nodes, int Heads, IReadOnlyList<string> Faults);

/// <param name="Up">Whether it runs.</param>
/// <param name="Head">Number of its head.</param>
/// <param name="HeadId">Short id of its head.</param>
/// <param name="Final">Its last final block.</param>
/// <param name="Unwound">Blocks it took back so far.</param>
public sealed record NodePicture(bool Up, uint Head, string HeadId, uint Final, long Unwound);
