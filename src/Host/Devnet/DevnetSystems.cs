using System.Security.Cryptography;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols;
using Tactus.Engine.Protocols.Antelope.Devnet;
using Tactus.Engine.Protocols.Gasper.Devnet;
using Tactus.Engine.Protocols.Graphene.Devnet;
using Tactus.Engine.Protocols.Quorum.Devnet;
using Tactus.Engine.Protocols.VmDposw.Devnet;
using Tactus.Kernels;

namespace Tactus.Host.Devnet;

/// <summary>The protocols that a devnet can run.</summary>
internal static class DevnetSystems
{
    private static readonly Dictionary<string, Func<DevnetParameters, KernelSet, IDevnet>> ByName = new(StringComparer.Ordinal)
    {
        ["antelope"] = (parameters, kernels) => new AntelopeDevnet(parameters, kernels),
        ["graphene"] = (parameters, kernels) => new GrapheneDevnet(
            new GrapheneDevnetParameters
            {
                Seed = parameters.Seed,
                Witnesses = parameters.Producers,
                Accounts = parameters.Accounts,
                TransactionsPerSecond = parameters.TransactionsPerSecond,
                BlockIntervalSec = (byte)Math.Min((parameters.SlotMs ?? 2_000) / 1000, byte.MaxValue),
            },
            kernels),
        ["quorum"] = (parameters, kernels) => new QuorumDevnet(
            new QuorumDevnetParameters
            {
                Seed = parameters.Seed,
                Members = parameters.Producers,
                Users = parameters.Accounts,
                TransfersPerSecond = parameters.TransactionsPerSecond,
                SlotSec = (parameters.SlotMs ?? 10_000) / 1000,
            },
            kernels),
        ["gasper"] = (parameters, kernels) =>
            new GasperDevnet(parameters, kernels, new Hash256(RandomNumberGenerator.GetBytes(Hash256.Size))),
        ["vmdposw"] = (parameters, kernels) => new VmDposwDevnet(parameters, kernels),
    };

    /// <summary>Producers, witnesses, members, delegates or validators where the command line names no number.</summary>
    public static int ProducersDefault(string protocol) => protocol switch
    {
        "quorum" => 15,
        "vmdposw" => 3,
        "gasper" => 64,
        _ => 21,
    };

    public static IReadOnlyList<string> Names => [.. ByName.Keys];

    /// <exception cref="DevnetException">There is no such protocol.</exception>
    public static IDevnet Create(DevnetParameters parameters, KernelSet kernels) =>
        ByName.TryGetValue(parameters.Protocol, out Func<DevnetParameters, KernelSet, IDevnet>? create)
            ? Create(create, parameters, kernels)
            : throw new DevnetException($"protocol '{parameters.Protocol}' is unknown; there are: {string.Join(", ", ByName.Keys)}");

    private static IDevnet Create(
        Func<DevnetParameters, KernelSet, IDevnet> create, DevnetParameters parameters, KernelSet kernels)
    {
        try
        {
            return create(parameters, kernels);
        }
        catch (ArgumentException error)
        {
            throw new DevnetException(error.Message);
        }
    }
}
