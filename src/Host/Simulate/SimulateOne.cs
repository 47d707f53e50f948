using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Spectre.Console;
using Tactus.Engine.Simulation;
using Tactus.Host.Configuration;
using Tactus.Kernels;

namespace Tactus.Host.Simulate;

/// <summary>One run, with a live picture and the verdicts at its end.</summary>
internal sealed class SimulateOne(SimulateOptions options, Scenario scenario, KernelSet kernels, TextWriter output)
{
    private const int LinesPerRun = 20;

    /// <returns>Whether every property held.</returns>
    public bool Run(CancellationToken cancellation)
    {
        var campaign = new Campaign(options.Protocol, scenario, options.Nodes ?? 0, options.Slots ?? 0, kernels);
        SimulationSetup setup = campaign.Setup(options.Seed);
        if (!options.Json)
        {
            output.WriteLine(
                $"{setup.Protocol}, scenario {scenario.Name}, seed {setup.Seed}: {setup.Nodes} nodes, "
                + $"{setup.Slots} slots, {setup.Faults.Count} faults");
            foreach (PlannedFault fault in setup.Faults)
            {
                output.WriteLine("  " + fault);
            }
        }

        long start = Stopwatch.GetTimestamp();
        SimulationReport report = options.Json ? campaign.Run(setup, null, cancellation)
            : AnsiConsole.Profile.Capabilities.Interactive && !Console.IsOutputRedirected
            ? RunLive(campaign, setup, cancellation)
            : RunPlain(campaign, setup, cancellation);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        SimulationReport? smaller = !report.Held && options.Shrink ? campaign.Shrink(report, cancellation) : null;
        if (options.Json)
        {
            output.WriteLine(
                JsonSerializer.Serialize(SimulationJson.Of(scenario, report, smaller, seconds), JsonOutput.Options));
        }
        else
        {
            VerdictText.Write(output, report, seconds);
            if (smaller is not null)
            {
                VerdictText.WriteSmaller(output, smaller);
            }
        }

        return report.Held;
    }

    private SimulationReport RunPlain(Campaign campaign, SimulationSetup setup, CancellationToken cancellation)
    {
        int shown = -1;
        return campaign.Run(
            setup,
            picture =>
            {
                int line = picture.Slot * LinesPerRun / Math.Max(1, picture.Slots);
                if (line > shown)
                {
                    shown = line;
                    output.WriteLine(Line(picture));
                }
            },
            cancellation);
    }

    private static string Line(SimulationPicture picture)
    {
        NodePicture[] up = [.. picture.Nodes.Where(node => node.Up)];
        return string.Create(
            CultureInfo.InvariantCulture,
            $"slot {picture.Slot,7}  up {up.Length,3}/{picture.Nodes.Count}  heads {Span(up, node => node.Head),-15}  "
            + $"branches {picture.Heads,2}  "
            + $"final {Span(up, node => node.Final),-15}  "
            + $"{(picture.Faults.Count == 0 ? "all well" : string.Join("; ", picture.Faults))}");
    }

    private static string Span(NodePicture[] nodes, Func<NodePicture, uint> number)
    {
        if (nodes.Length == 0)
        {
            return "-";
        }

        uint least = nodes.Min(number);
        uint most = nodes.Max(number);
        return least == most ? least.ToString(CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{least}..{most}");
    }

    private static SimulationReport RunLive(Campaign campaign, SimulationSetup setup, CancellationToken cancellation)
    {
        SimulationReport? report = null;
        AnsiConsole.Live(new Markup("starting")).Start(live =>
            report = campaign.Run(
                setup,
                picture =>
                {
                    live.UpdateTarget(Table(picture));
                    live.Refresh();
                },
                cancellation));
        return report!;
    }

    private static Table Table(SimulationPicture picture)
    {
        uint highest = picture.Nodes.Max(node => node.Head);
        Table table = new Table().Border(TableBorder.Rounded).AddColumns(
            "node", "head", "id", "behind", "final", "not final", "taken back");
        table.Title = new TableTitle(
            string.Create(
                CultureInfo.InvariantCulture, $"slot {picture.Slot} of {picture.Slots}, {picture.Heads} branches"));
        table.Caption = new TableTitle(
            Markup.Escape(picture.Faults.Count == 0 ? "all well" : string.Join("; ", picture.Faults)));
        for (int i = 0; i < picture.Nodes.Count; i++)
        {
            NodePicture node = picture.Nodes[i];
            string name = i.ToString(CultureInfo.InvariantCulture);
            if (!node.Up)
            {
                table.AddRow(
                    name, "[red]down[/]", string.Empty, string.Empty, string.Empty, string.Empty, string.Empty);
                continue;
            }

            uint behind = highest - node.Head;
            table.AddRow(
                name,
                Text(node.Head),
                node.HeadId,
                behind > 1 ? $"[yellow]{Text(behind)}[/]" : Text(behind),
                Text(node.Final),
                Text(node.Head - node.Final),
                Text(node.Unwound));
        }

        return table;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
