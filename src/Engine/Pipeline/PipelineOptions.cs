using Tactus.Engine.Signatures;

namespace Tactus.Engine.Pipeline;

/// <summary>How a pipeline runs.</summary>
public sealed record PipelineOptions
{
    public ValidationMode Mode { get; init; } = ValidationMode.Full;

    /// <summary>Threads that check signatures beside the applying one; 0 runs everything on the caller.</summary>
    public int SignatureThreads { get; init; } = Math.Max(0, Environment.ProcessorCount - 1);

    /// <summary>Signatures checked before their block came, by the pending queue; null where there are none.</summary>
    public AdmittedSignatures? Admitted { get; init; }

    /// <summary>Signatures per chunk, at most.</summary>
    public int ChunkSignatures { get; init; } = PipelineLimits.ChunkSignatures;

    /// <summary>Whether blocks far ahead of the clock are rejected; off in replay, where the clock says nothing.</summary>
    public bool CheckClock { get; init; } = true;

    /// <summary>Skip producer signatures too: for blocks known to be good, whose headers are only followed.</summary>
    public bool TrustHeaders { get; init; }

    /// <summary>Largest block in bytes.</summary>
    public int BlockBytesMax { get; init; } = PipelineLimits.BlockBytesMax;
}
