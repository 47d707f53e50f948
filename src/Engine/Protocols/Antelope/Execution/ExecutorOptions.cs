using Tactus.Engine.Protocols.Antelope.Voting;

namespace Tactus.Engine.Protocols.Antelope.Execution;

/// <summary>Parameters of execution that all nodes of a chain share.</summary>
public sealed record ExecutorOptions
{
    /// <summary>Voting layer: reference or Telos.</summary>
    public VotingRules Rules { get; init; } = VotingRules.Reference;

    /// <summary>What producing bills.</summary>
    public CpuCosts CpuCosts { get; init; } = new();

    /// <summary>Whether accounts need stake for NET and CPU. Off for a devnet, whose accounts have none.</summary>
    public bool EnforcesAccountLimits { get; init; }
}
