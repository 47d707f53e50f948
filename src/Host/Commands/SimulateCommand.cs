using System.CommandLine;
using Tactus.Engine.Simulation;
using Tactus.Engine.Simulation.Systems;
using Tactus.Host.Configuration;
using Tactus.Host.Simulate;
using Tactus.Kernels;

namespace Tactus.Host.Commands;

/// <summary><c>tactus simulate</c>: attacks a network on a virtual clock and holds it to its promises.</summary>
internal static class SimulateCommand
{
    private const int SeedsMax = 1_000_000;

    public static Command Create()
    {
        var protocol = new Option<string>("--protocol")
        {
            Description = "Consensus system.",
            DefaultValueFactory = _ => "antelope",
        };
        protocol.AcceptOnlyFromAmong([.. SimulatedSystems.Names]);
        var scenario = new Option<string>("--scenario")
        {
            Description = $"What happens: {string.Join(", ", ScenarioLibrary.Names)}, or the path of a scenario file.",
            DefaultValueFactory = _ => "calm",
        };
        var seed = new Option<ulong>("--seed")
        {
            Description = "All chance comes from it: the same seed gives the same run.",
            DefaultValueFactory = _ => 1,
        };
        var nodes = new Option<int?>("--nodes")
        {
            Description = "Nodes that make blocks (default: as the scenario says).",
        };
        var slots = new Option<int?>("--slots")
        {
            Description = "Length of the run; the scenario's times scale with it (default: as the scenario says).",
        };
        var seeds = new Option<int>("--seeds")
        {
            Description = "Runs with this many seeds, one after the other from --seed on.",
            DefaultValueFactory = _ => 1,
        };
        var threads = new Option<int>("--threads")
        {
            Description = "Runs at a time, each in one thread.",
            DefaultValueFactory = _ => Environment.ProcessorCount,
        };
        var json = new Option<bool>("--json") { Description = "Write the result as JSON." };
        var noShrink = new Option<bool>("--no-shrink") { Description = "Do not look for a smaller failing run." };
        var command = new Command(
            "simulate", "Run a whole network on a virtual clock, attack it, and check every promise of its protocol.")
        {
            protocol, scenario, seed, nodes, slots, seeds, threads, json, noShrink,
        };
        command.SetAction(result => Run(new SimulateOptions
        {
            Protocol = result.GetValue(protocol)!,
            Scenario = result.GetValue(scenario)!,
            Seed = result.GetValue(seed),
            Nodes = result.GetValue(nodes),
            Slots = result.GetValue(slots),
            Seeds = result.GetValue(seeds),
            Threads = result.GetValue(threads),
            Json = result.GetValue(json),
            Shrink = !result.GetValue(noShrink),
        }));
        return command;
    }

    private static int Run(SimulateOptions options)
    {
        try
        {
            if (Problem(options) is { } problem)
            {
                throw new ScenarioException(problem);
            }

            Scenario scenario = ScenarioLibrary.Find(options.Scenario);
            KernelSet kernels = HostEnvironment.ChooseKernels();
            using var cancel = new CancellationTokenSource();
            Console.CancelKeyPress += (_, e) =>
            {
                e.Cancel = true;
                cancel.Cancel();
            };
            bool held = options.Seeds > 1
                ? new SimulateSeeds(options, scenario, kernels, Console.Out).Run(cancel.Token)
                : new SimulateOne(options, scenario, kernels, Console.Out).Run(cancel.Token);
            return held ? ExitCodes.Ok : ExitCodes.Failed;
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("stopped before the end; nothing is judged");
            return ExitCodes.Failed;
        }
        catch (Exception error) when (error is ScenarioException or KernelChoiceException or IOException
            or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"error: {error.Message}");
            return ExitCodes.Usage;
        }
    }

    private static string? Problem(SimulateOptions options) =>
        options.Nodes is < 1 or > ScenarioFile.NodesMax
            ? $"--nodes {options.Nodes}: 1 to {ScenarioFile.NodesMax} are possible"
        : options.Slots is < 1 or > 10_000_000 ? $"--slots {options.Slots}: 1 to 10000000 are possible"
        : options.Seeds is < 1 or > SeedsMax ? $"--seeds {options.Seeds}: 1 to {SeedsMax} are possible"
        : options.Threads is < 1 or > 1024 ? $"--threads {options.Threads}: 1 to 1024 are possible"
        : null;
}
