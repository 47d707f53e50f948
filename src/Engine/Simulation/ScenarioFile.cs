using System.Globalization;
using System.Text.Json;
using Tactus.Engine.Primitives;
using Tactus.Engine.Simulation.Systems;

namespace Tactus.Engine.Simulation;

/// <summary>Reads scenario files. A key or a name that does not exist is an error that says which one was
/// meant.</summary>
public static class ScenarioFile
{
    /// <summary>Largest file: 1 MiB.</summary>
    public const int BytesMax = 1 << 20;

    /// <summary>Most faults of a scenario, written or drawn.</summary>
    public const int FaultsMax = 256;

    /// <summary>Most nodes: what a schedule of the largest system holds.</summary>
    public const int NodesMax = 125;

    /// <summary>Most validators of a node: more make a run of hours.</summary>
    public const int ValidatorsPerNodeMax = 256;

    private static readonly string[] Losses = ["everything", "nothing", "torn", "scattered", "any"];

    private static readonly Dictionary<string, FaultKind> Kinds =
        Enum.GetValues<FaultKind>().ToDictionary(kind => kind.ToString().ToLowerInvariant(), StringComparer.Ordinal);

    /// <exception cref="ScenarioException">The file is missing, too large, no JSON, or not a scenario.</exception>
    public static Scenario Load(string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists)
        {
            throw new ScenarioException($"there is no scenario file {path}");
        }

        return file.Length > BytesMax
            ? throw new ScenarioException($"{path}: {file.Length} bytes exceed the limit of {BytesMax}")
            : Parse(File.ReadAllText(path), path);
    }

    /// <param name="json">The text.</param>
    /// <param name="source">What to call it in errors.</param>
    /// <exception cref="ScenarioException">It is not a scenario.</exception>
    public static Scenario Parse(string json, string source = "scenario")
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(
                json,
                new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = 8 });
            return Read(new ScenarioNode(document.RootElement, source));
        }
        catch (JsonException error)
        {
            throw new ScenarioException($"{source}: no JSON: {error.Message}", error);
        }
    }

    private static Scenario Read(ScenarioNode node)
    {
        node.CheckKeys(
            "$schema", "name", "description", "protocols", "nodes", "validatorsPerNode", "rounds", "network", "attack",
            "faults", "draw");
        var scenario = new Scenario
        {
            Name = node.Text("name") ?? throw node.Wrong("name", "is missing"),
            Description = node.Text("description") ?? string.Empty,
            Nodes = node.Numbers("nodes", 1, NodesMax) is { Count: > 0 } nodes ? nodes : [21],
            Protocols = ReadProtocols(node),
            ValidatorsPerNode = node.Number("validatorsPerNode", 0, 0, ValidatorsPerNodeMax),
            Attack = node.Child("attack") is { } attack ? ReadAttack(attack) : null,
            Rounds = node.Rounds("rounds", 4),
            Network = node.Child("network") is { } network ? ReadNetwork(network) : new NetworkConduct(),
            Faults = [.. node.Children("faults", FaultsMax).Select(ReadFault)],
            Draw = node.Child("draw") is { } draw ? ReadDraw(draw) : null,
        };
        return scenario;
    }

    private static string[] ReadProtocols(ScenarioNode node)
    {
        string[] names = [.. node.Texts("protocols")];
        return Array.Find(names, name => !SimulatedSystems.Names.Contains(name, StringComparer.Ordinal)) is { } unknown
            ? throw node.Wrong(
                "protocols",
                $"'{unknown}' is unknown{Suggestion.For(unknown, SimulatedSystems.Names)}; there are: "
                + $"{string.Join(", ", SimulatedSystems.Names)}")
            : names;
    }

    private static ScenarioAttack ReadAttack(ScenarioNode node)
    {
        node.CheckKeys("from", "to", "keptPermille", "finality");
        var attack = new ScenarioAttack(
            node.Rounds("from", 0), node.Rounds("to", 0), node.Number("keptPermille", 0, 0, 1000),
            node.Flag("finality"));
        return attack.To <= attack.From ? throw node.Wrong("to", "must be later than 'from'") : attack;
    }

    private static NetworkConduct ReadNetwork(ScenarioNode node)
    {
        node.CheckKeys("delay", "dropPermille", "duplicatePermille", "reorderPermille", "reorder");
        IReadOnlyList<int> delay = node.Numbers("delay", 0, 1_000_000);
        if (delay.Count is not (0 or 2) || (delay.Count == 2 && delay[0] > delay[1]))
        {
            throw node.Wrong("delay", "is [least, most] in thousandths of a slot");
        }

        var standard = new NetworkConduct();
        return new NetworkConduct(
            delay.Count == 0 ? standard.DelayLeast : delay[0],
            delay.Count == 0 ? standard.DelayMost : delay[1],
            node.Number("dropPermille", 0, 0, 1000),
            node.Number("duplicatePermille", 0, 0, 1000),
            node.Number("reorderPermille", 0, 0, 1000),
            node.Number("reorder", standard.ReorderMost, 0, 1_000_000));
    }

    private static ScenarioFault ReadFault(ScenarioNode node)
    {
        node.CheckKeys(
            "kind", "from", "to", "nodes", "count", "split", "network", "permille", "amount", "loss", "midWrite",
            "fresh", "checkpoint");
        FaultKind kind = ReadKind(node, node.Text("kind") ?? throw node.Wrong("kind", "is missing"));
        string loss = node.Text("loss") ?? "any";
        if (!Losses.Contains(loss, StringComparer.Ordinal))
        {
            throw node.Wrong("loss", $"'{loss}' is unknown{Suggestion.For(loss, Losses)}");
        }

        (FaultCount countKind, int count) = node.Count("count");
        var fault = new ScenarioFault
        {
            Kind = kind,
            From = node.Rounds("from", 0),
            To = node.Rounds("to", 0),
            Nodes = node.Numbers("nodes", 0, NodesMax - 1),
            CountKind = countKind,
            Count = count,
            Split = node.Numbers("split", 1, NodesMax),
            Network = node.Child("network") is { } network ? ReadNetwork(network) : null,
            Permille = node.Number("permille", 1000, 0, 1000),
            Amount = node.Number("amount", 0, -1_000_000, 1_000_000),
            Loss = loss,
            MidWrite = node.Flag("midWrite"),
            Fresh = node.Flag("fresh"),
            Checkpoint = node.Rounds("checkpoint", 0),
        };
        return fault.To <= fault.From ? throw node.Wrong("to", "must be later than 'from'")
            : kind == FaultKind.Partition && fault.Split.Count < 2
            ? throw node.Wrong("split", "names the sizes of at least two parts")
            : kind == FaultKind.Network && fault.Network is null
            ? throw node.Wrong("network", "says how the network behaves meanwhile")
            : kind is FaultKind.Sway && (fault.Split.Count != 2 || fault.Nodes.Count == 0)
            ? throw node.Wrong("split", "names the sizes of two parts, and 'nodes' who sways them")
            : kind != FaultKind.Crash && (fault.Fresh || fault.Checkpoint > 0)
            ? throw node.Wrong("fresh", "and 'checkpoint' say how a node starts after a crash")
            : kind is FaultKind.Skew or FaultKind.Late or FaultKind.Premature or FaultKind.Sway && fault.Amount == 0
                ? throw node.Wrong("amount", "says how much, in thousandths of a slot")
            : fault;
    }

    private static FaultDraw ReadDraw(ScenarioNode node)
    {
        node.CheckKeys("faults", "from", "to", "kinds");
        IReadOnlyList<int> range = node.Numbers("faults", 0, FaultsMax);
        if (range.Count != 2 || range[0] > range[1])
        {
            throw node.Wrong("faults", "is [fewest, most]");
        }

        IReadOnlyList<string> names = node.Texts("kinds");
        var draw = new FaultDraw(
            range[0],
            range[1],
            node.Rounds("from", 0),
            node.Rounds("to", 0),
            names.Count == 0 ? [.. Enum.GetValues<FaultKind>().Where(kind => kind <= FaultKind.Premature)]
                : [.. names.Select(name => ReadKind(node, name)).Distinct().Order()]);
        return draw.To <= draw.From ? throw node.Wrong("to", "must be later than 'from'") : draw;
    }

    private static FaultKind ReadKind(ScenarioNode node, string name) => Kinds.TryGetValue(name, out FaultKind kind)
        ? kind
        : throw node.Wrong("kind", string.Create(
            CultureInfo.InvariantCulture, $"'{name}' is unknown{Suggestion.For(name, Kinds.Keys)}; there are: {string.Join(", ", Kinds.Keys)}"));
}

/// <summary>A scenario that cannot be used.</summary>
public sealed class ScenarioException : Exception
{
    public ScenarioException()
    {
    }

    public ScenarioException(string message)
        : base(message)
    {
    }

    public ScenarioException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
