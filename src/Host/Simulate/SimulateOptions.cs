namespace Tactus.Host.Simulate;

/// <summary>What <c>tactus simulate</c> is to do.</summary>
internal sealed record SimulateOptions
{
    public required string Protocol { get; init; }

    public required string Scenario { get; init; }

    public ulong Seed { get; init; } = 1;

    /// <summary>Null: as the scenario says.</summary>
    public int? Nodes { get; init; }

    /// <summary>Null: as the scenario says.</summary>
    public int? Slots { get; init; }

    public int Seeds { get; init; } = 1;

    public int Threads { get; init; } = 1;

    public bool Json { get; init; }

    public bool Shrink { get; init; } = true;
}
