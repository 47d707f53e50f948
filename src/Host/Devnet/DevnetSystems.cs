using System.Security.Cryptography;
using Tactus.Engine.Devnet;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols;
using Tactus.Engine.Protocols.Antelope.Devnet;
using Tactus.Engine.Protocols.Gasper.Blocks;
using Tactus.Engine.Protocols.Gasper.Devnet;
using Tactus.Engine.Protocols.Graphene.Devnet;
using Tactus.Engine.Protocols.Quorum.Devnet;
using Tactus.Engine.Protocols.VmDposw.Devnet;
using Tactus.Kernels;

namespace Tactus.Host.Devnet;

/// <summary>The protocols that a devnet can run.</summary>
internal static class DevnetSystems
{
    private const string Gasper = "gasper";
    private const string Graphene = "graphene";
    private const string Quorum = "quorum";

    private static readonly Dictionary<string, Func<DevnetParameters, KernelSet, Checkpoint?, IDevnet>> ByName = new(
        StringComparer.Ordinal)
    {
        ["antelope"] = (parameters, kernels, _) => new AntelopeDevnet(parameters, kernels),
        [Graphene] = (parameters, kernels, _) => new GrapheneDevnet(
            new GrapheneDevnetParameters
            {
                Seed = parameters.Seed,
                Witnesses = parameters.Producers,
                Accounts = parameters.Accounts,
                TransactionsPerSecond = parameters.TransactionsPerSecond,
                BlockIntervalSec = (byte)Math.Min((parameters.SlotMs ?? 2_000) / 1000, byte.MaxValue),
            },
            kernels),
        [Quorum] = (parameters, kernels, _) => new QuorumDevnet(
            new QuorumDevnetParameters
            {
                Seed = parameters.Seed,
                Members = parameters.Producers,
                Users = parameters.Accounts,
                TransfersPerSecond = parameters.TransactionsPerSecond,
                SlotSec = (parameters.SlotMs ?? 10_000) / 1000,
            },
            kernels),
        [Gasper] = (parameters, kernels, trusted) =>
            new GasperDevnet(parameters, kernels, new Hash256(RandomNumberGenerator.GetBytes(Hash256.Size)), trusted),
        ["vmdposw"] = (parameters, kernels, _) => new VmDposwDevnet(parameters, kernels),
    };

    /// <summary>Producers, witnesses, members, delegates or validators where the command line names no
    /// number.</summary>
    public static int ProducersDefault(string protocol) => protocol switch
    {
        Quorum => 15,
        "vmdposw" => 3,
        Gasper => 64,
        _ => 21,
    };

    public static IReadOnlyList<string> Names => [.. ByName.Keys];

    /// <summary>Null when a system knows the options that were given, else which one it does not, and who
    /// does.</summary>
    public static string? WhyUnfit(string protocol, int? slotMs, int? offlinePercent, int? offlineEpoch) =>
        slotMs is { } ms && protocol is not (Gasper or Quorum or Graphene)
            ? $"--slot-ms {ms}: the slots of {protocol} have 500 ms; {Graphene}, {Quorum} and {Gasper} let it be chosen"
        : slotMs is { } whole && protocol is not Gasper && (whole < 1000 || whole % 1000 != 0)
            ? $"--slot-ms {whole}: the slots of {protocol} are whole seconds"
        : offlinePercent is { } share && protocol != Gasper
            ? $"--offline-percent {share}: is for {Gasper}, whose validators vote"
        : offlineEpoch is { } epoch && protocol != Gasper
            ? $"--offline-epoch {epoch}: is for {Gasper}, whose validators vote"
        : null;

    /// <param name="parameters">Names the system.</param>
    /// <param name="kernels">Kernels chosen at start.</param>
    /// <param name="trusted">A checkpoint that the chain must go through (gasper), or null.</param>
    /// <exception cref="DevnetException">There is no such protocol, or a parameter is not for it.</exception>
    public static IDevnet Create(DevnetParameters parameters, KernelSet kernels, Checkpoint? trusted = null)
    {
        if (!ByName.TryGetValue(
            parameters.Protocol, out Func<DevnetParameters, KernelSet, Checkpoint?, IDevnet>? create))
        {
            throw new DevnetException(
                $"protocol '{parameters.Protocol}' is unknown; there are: {string.Join(", ", ByName.Keys)}");
        }

        if (trusted is not null && parameters.Protocol != Gasper)
        {
            throw new DevnetException($"--ws-checkpoint is for {Gasper}: {parameters.Protocol} has no epochs");
        }

        return create(parameters, kernels, trusted);
    }
}
