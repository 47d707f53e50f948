namespace Tactus.Engine.Simulation;

/// <summary>Makes a failing setup smaller while the same property keeps failing: fewer faults, slots and nodes, shorter
/// faults that strike fewer.</summary>
public static class Shrinker
{
    /// <summary>Most runs that shrinking may take.</summary>
    public const int RunsMax = 60;

    /// <param name="failing">A setup whose run violates a property.</param>
    /// <param name="run">Runs a setup.</param>
    /// <param name="report">The failing run's report.</param>
    /// <returns>The smallest failing run found; the given one where nothing smaller fails.</returns>
    public static SimulationReport Shrink(
        SimulationSetup failing, SimulationReport report, Func<SimulationSetup, SimulationReport> run)
    {
        HashSet<string> names = [.. Violated(report)];
        SimulationReport best = report;
        int runs = 0;
        bool Try(SimulationSetup setup)
        {
            if (runs >= RunsMax)
            {
                return false;
            }

            runs++;
            SimulationReport result = run(setup);
            bool fails = Violated(result).Any(names.Contains);
            best = fails ? result : best;
            return fails;
        }

        // What happens after the first violation of a property about the present does not matter.
        long last = report.Properties.Where(p => p.Verdict == PropertyVerdict.Violated).Max(p => p.Slot);
        if (last + 2 < failing.Slots)
        {
            Try(Cut(best.Setup, (int)last + 2));
        }

        bool smaller = true;
        while (smaller && runs < RunsMax)
        {
            smaller = false;
            for (int i = best.Setup.Faults.Count - 1; i >= 0; i--)
            {
                SimulationSetup setup = best.Setup;
                smaller |= Try(setup with { Faults = [.. setup.Faults.Where((_, at) => at != i)] });
            }

            for (int i = 0; i < best.Setup.Faults.Count; i++)
            {
                PlannedFault fault = best.Setup.Faults[i];
                smaller |= fault.Nodes.Count > 1
                    && Try(With(best.Setup, i, fault with { Nodes = [.. fault.Nodes.Take(fault.Nodes.Count / 2)] }));
                fault = best.Setup.Faults[i];
                smaller |= fault.To - fault.From > 1
                    && Try(With(best.Setup, i, fault with { To = fault.From + ((fault.To - fault.From) / 2) }));
            }

            smaller |= best.Setup.Nodes > 4 && Try(WithNodes(best.Setup, Math.Max(4, best.Setup.Nodes * 2 / 3)));
            smaller |= best.Setup.Slots > 2 && Try(Cut(best.Setup, best.Setup.Slots * 3 / 4));
        }

        return best;
    }

    private static IEnumerable<string> Violated(SimulationReport report) =>
        report.Properties.Where(p => p.Verdict == PropertyVerdict.Violated).Select(p => p.Name);

    private static SimulationSetup With(SimulationSetup setup, int index, PlannedFault fault) =>
        setup with { Faults = [.. setup.Faults.Select((other, i) => i == index ? fault : other)] };

    private static SimulationSetup WithNodes(SimulationSetup setup, int nodes) => setup with
    {
        Nodes = nodes,
        Faults =
        [
            .. setup.Faults
                .Select(fault => fault with
                {
                    Nodes = [.. fault.Nodes.Where(node => node < nodes)],
                    Parts = [.. fault.Parts.Take(nodes)],
                })
                .Where((fault, i) => fault.Nodes.Count > 0 || setup.Faults[i].Nodes.Count == 0),
        ],
    };

    private static SimulationSetup Cut(SimulationSetup setup, int slots) => setup with
    {
        Slots = slots,
        Faults = [.. setup.Faults.Where(fault => fault.From < slots).Select(
            fault => fault with { To = Math.Min(fault.To, slots) })],
    };
}
