using Tactus.Engine.Protocols.Gasper.Presets;
using Tactus.Engine.Protocols.Gasper.Ssz;
using Tactus.Kernels;

namespace Tactus.Engine.Protocols.Gasper;

/// <summary>What every part of the protocol needs and never changes: constants, types, and the hash kernels.</summary>
public sealed class GasperContext
{
    public GasperContext(GasperPreset preset, KernelSet kernels)
    {
        ArgumentNullException.ThrowIfNull(kernels);
        Preset = preset;
        Schemas = new GasperSchemas(preset);
        Hasher = new SszHasher(kernels.Sha256);
    }

    public GasperPreset Preset { get; }

    public GasperSchemas Schemas { get; }

    public SszHasher Hasher { get; }
}
