using Tactus.Engine.Devnet;
using Tactus.Engine.Production;
using Tactus.Engine.Protocols.Gasper.Blocks;

namespace Tactus.Host.Devnet;

/// <summary>How a devnet is run: what does not change its blocks.</summary>
internal sealed record DevnetOptions
{
    public required DevnetParameters Parameters { get; init; }

    /// <summary>Blocks to make before stopping; 0 runs until Ctrl-C.</summary>
    public uint Blocks { get; init; }

    /// <summary>Data folder; null for a temporary one that is deleted at the end.</summary>
    public string? DataFolder { get; init; }

    /// <summary>"faster" or "memory".</summary>
    public string Store { get; init; } = "faster";

    /// <summary>Threads that check signatures beside the applying one.</summary>
    public int SignatureThreads { get; init; }

    public ProductionWindows Windows { get; init; } = new();

    /// <summary>Make blocks as fast as possible on a virtual clock instead of one per slot.</summary>
    public bool Fast { get; init; }

    /// <summary>A checkpoint that the chain must go through (gasper); null trusts what the folder holds.</summary>
    public Checkpoint? Trusted { get; init; }

    /// <summary>Open the data and stop.</summary>
    public bool OpenOnly { get; init; }

    /// <summary>Blocks between checkpoints.</summary>
    public uint CheckpointBlocks { get; init; } = 240;
}
