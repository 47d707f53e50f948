using Tactus.Engine.Protocols;
using Tactus.Engine.Protocols.Antelope.Devnet;
using Tactus.Kernels;

namespace Tactus.Host.Devnet;

/// <summary>The protocols that a devnet can run.</summary>
internal static class DevnetSystems
{
    private static readonly Dictionary<string, Func<DevnetParameters, KernelSet, IDevnet>> ByName = new(StringComparer.Ordinal)
    {
        ["antelope"] = (parameters, kernels) => new AntelopeDevnet(parameters, kernels),
    };

    public static IReadOnlyList<string> Names => [.. ByName.Keys];

    /// <exception cref="DevnetException">There is no such protocol.</exception>
    public static IDevnet Create(DevnetParameters parameters, KernelSet kernels) =>
        ByName.TryGetValue(parameters.Protocol, out Func<DevnetParameters, KernelSet, IDevnet>? create)
            ? create(parameters, kernels)
            : throw new DevnetException($"protocol '{parameters.Protocol}' is unknown; there are: {string.Join(", ", ByName.Keys)}");
}
