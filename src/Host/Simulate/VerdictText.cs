using System.Globalization;
using Tactus.Engine.Simulation;

namespace Tactus.Host.Simulate;

/// <summary>Writes verdicts for people.</summary>
internal static class VerdictText
{
    public static void Write(TextWriter output, SimulationReport report, double seconds)
    {
        output.WriteLine();
        foreach (PropertyResult property in report.Properties)
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  {Word(property.Verdict),-10} {property.Name,-22} {property.Checks,9} checks  {property.Promise}"));
            if (property.Detail is not null)
            {
                output.WriteLine(
                    $"             {(property.Slot >= 0 ? string.Create(CultureInfo.InvariantCulture, $"slot {property.Slot}: ") : string.Empty)}{property.Detail}");
            }
        }

        output.WriteLine();
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.BlocksMade} blocks made, {report.BlocksProcessed} processed by {report.Setup.Nodes} nodes, "
            + $"{report.Unwound} taken back, "
            + $"{report.Restarts} restarts, {report.MessagesLost} of {report.MessagesSent} messages lost, "
            + $"head {report.HeadNumber}, final {report.FinalNumber}"));
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{report.Events} events, hash {report.EventHash:x16}, {seconds:F1} s"));
        output.WriteLine(Summary(report));
    }

    public static void WriteSmaller(TextWriter output, SimulationReport smaller)
    {
        SimulationSetup setup = smaller.Setup;
        output.WriteLine();
        output.WriteLine(
            $"smallest failing run found: seed {setup.Seed}, {setup.Nodes} nodes, {setup.Slots} slots, "
            + $"{setup.Faults.Count} faults");
        foreach (PlannedFault fault in setup.Faults)
        {
            output.WriteLine("  " + fault);
        }

        foreach (PropertyResult property in smaller.Properties.Where(
            property => property.Verdict == PropertyVerdict.Violated))
        {
            output.WriteLine($"  VIOLATED {property.Name} in slot {property.Slot}: {property.Detail}");
        }
    }

    public static string Summary(SimulationReport report)
    {
        string[] violated = [.. report.Properties.Where(
            p => p.Verdict == PropertyVerdict.Violated).Select(p => p.Name)];
        return violated.Length == 0 ? $"every property that was judged held (seed {report.Setup.Seed})"
            : report.IsBeyondTolerance
                ? $"VIOLATED beyond tolerance: {string.Join(", ", violated)} (seed {report.Setup.Seed}; "
                    + $"{Beyond(report)})"
            : $"VIOLATED: {string.Join(", ", violated)} (seed {report.Setup.Seed})";
    }

    private static string Beyond(SimulationReport report) => report.Faulty > report.FaultyMax
        ? $"{report.Faulty} of {report.Setup.Nodes} nodes lied{(report.SlowIsFaulty ? " or were slow" : "")}, "
            + $"{report.Setup.Protocol} promises this for at most {report.FaultyMax}"
        : $"the network fell apart {report.Partitions} times, {report.Setup.Protocol} promises this for at most "
            + $"{report.PartitionsMax}";

    private static string Word(PropertyVerdict verdict) => verdict switch
    {
        PropertyVerdict.Held => "held",
        PropertyVerdict.Violated => "VIOLATED",
        _ => "not judged",
    };
}
