using System.Globalization;
using Tactus.Engine.Simulation;

namespace Tactus.Host.Simulate;

/// <summary>A run's result for machines.</summary>
internal sealed record SimulationJson
{
    public required string Protocol { get; init; }

    public required string Scenario { get; init; }

    public ulong Seed { get; init; }

    public int Nodes { get; init; }

    public int Slots { get; init; }

    public bool Held { get; init; }

    public bool BeyondTolerance { get; init; }

    public int Liars { get; init; }

    public int LiarsTolerated { get; init; }

    /// <summary>Liars, and slow nodes where the protocol's promise excludes them.</summary>
    public int Faulty { get; init; }

    public int Partitions { get; init; }

    /// <summary>Null: any number.</summary>
    public int? PartitionsTolerated { get; init; }

    public IReadOnlyList<string> Faults { get; init; } = [];

    public IReadOnlyList<PropertyJson> Properties { get; init; } = [];

    public required string EventHash { get; init; }

    public long Events { get; init; }

    public long BlocksMade { get; init; }

    public long BlocksProcessed { get; init; }

    public long BlocksTakenBack { get; init; }

    public int Restarts { get; init; }

    public long MessagesSent { get; init; }

    public long MessagesLost { get; init; }

    public uint Head { get; init; }

    public uint Final { get; init; }

    /// <summary>Wall time of the run; the only value that differs between equal runs.</summary>
    public double Seconds { get; init; }

    /// <summary>The smallest failing run found.</summary>
    public SimulationJson? Smaller { get; init; }

    public static SimulationJson Of(
        Scenario scenario, SimulationReport report, SimulationReport? smaller, double seconds) => new()
        {
            Protocol = report.Setup.Protocol,
            Scenario = scenario.Name,
            Seed = report.Setup.Seed,
            Nodes = report.Setup.Nodes,
            Slots = report.Setup.Slots,
            Held = report.Held,
            BeyondTolerance = report.IsBeyondTolerance,
            Liars = report.Liars,
            LiarsTolerated = report.FaultyMax,
            Faulty = report.Faulty,
            Partitions = report.Partitions,
            PartitionsTolerated = report.PartitionsMax == int.MaxValue ? null : report.PartitionsMax,
            Faults = [.. report.Setup.Faults.Select(fault => fault.ToString())],
            Properties = [.. report.Properties.Select(PropertyJson.Of)],
            EventHash = report.EventHash.ToString("x16", CultureInfo.InvariantCulture),
            Events = report.Events,
            BlocksMade = report.BlocksMade,
            BlocksProcessed = report.BlocksProcessed,
            BlocksTakenBack = report.Unwound,
            Restarts = report.Restarts,
            MessagesSent = report.MessagesSent,
            MessagesLost = report.MessagesLost,
            Head = report.HeadNumber,
            Final = report.FinalNumber,
            Seconds = Math.Round(seconds, 3),
            Smaller = smaller is null ? null : Of(scenario, smaller, null, 0),
        };
}

/// <summary>A property's verdict for machines.</summary>
internal sealed record PropertyJson(string Name, string Verdict, long Checks, long? Slot, string? Detail)
{
    public static PropertyJson Of(PropertyResult result) => new(
        result.Name,
        result.Verdict switch { PropertyVerdict.Held => "held", PropertyVerdict.Violated => "violated", _ => "not_judged" },
        result.Checks,
        result.Slot >= 0 ? result.Slot : null,
        result.Detail);
}
