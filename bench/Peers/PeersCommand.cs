using System.Runtime.InteropServices;
using System.Text.Json;

namespace Tactus.Bench.Peers;

/// <summary><c>bench peers [--json FILE] [--measure-ms N] [--cpu-time]</c>: our kernels against the best peers, in one
/// run.</summary>
internal static class PeersCommand
{
    private static readonly JsonSerializerOptions JsonOptions =
        new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    public static int Run(ReadOnlySpan<string> args)
    {
        string? json = null;
        int measureMs = 700;
        for (int i = 0; i < args.Length; i++)
        {
            if (args[i] == "--json" && i + 1 < args.Length)
            {
                json = args[++i];
            }
            else if (args[i] == "--measure-ms" && i + 1 < args.Length && int.TryParse(args[i + 1], out measureMs)
                && measureMs > 0)
            {
                i++;
            }
            else if (args[i] == "--cpu-time" && OperatingSystem.IsLinux())
            {
                SampleClock.UsesCpuTime = true;
            }
            else
            {
                Console.Error.WriteLine(
                    $"peers: '{args[i]}' is not understood. Use: peers [--json FILE] [--measure-ms N] [--cpu-time]");
                return 2;
            }
        }

        var notes = new List<string>();
        void Say(string line)
        {
            notes.Add(line);
            Console.WriteLine(line);
        }

        Say($"processor: {Processor()}; {RuntimeInformation.FrameworkDescription}; {RuntimeInformation.OSDescription}");
        Say("times include parsing and hashing to scalars on every side; rounds alternate");
        Say(SampleClock.UsesCpuTime
            ? "processor time of the measuring thread, for a machine that others use"
            : "wall time; for figures to keep: a quiet machine, one core (taskset)");
        var rows = new List<PeerRow>();
        rows.AddRange(FieldPeerBench.Run(measureMs));
        Say("field-multiply: libsecp256k1 does not export its field; compare its bench_internal of the same build");
        rows.AddRange(Secp256k1PeerBench.Run(Say, measureMs));
        rows.AddRange(MerklePeerBench.Run(Say, 3 * measureMs));
        Print(rows);
        if (json is not null)
        {
            File.WriteAllText(json, JsonSerializer.Serialize(new { Notes = notes, Rows = rows }, JsonOptions));
        }

        return 0;
    }

    private static void Print(List<PeerRow> rows)
    {
        Console.WriteLine();
        Console.WriteLine($"{"path",-16}{"batch",9}{"keys",7}  {"kernel",-22}{"median ns",12}{"min ns",12}{"ratio",8}");
        foreach (PeerRow row in rows)
        {
            Console.WriteLine(
                $"{row.Path,-16}{row.Batch,9}{row.DistinctKeys,7}  {row.Kernel,-22}"
                + $"{row.MedianNs,12:F1}{row.MinNs,12:F1}{row.Ratio,8:F2}");
        }
    }

    private static string Processor()
    {
        const string Info = "/proc/cpuinfo";
        string? line = File.Exists(Info)
            ? File.ReadLines(Info).FirstOrDefault(text => text.StartsWith("model name", StringComparison.Ordinal))
            : null;
        return line is null ? RuntimeInformation.ProcessArchitecture.ToString()
            : line[(line.IndexOf(':') + 1)..].Trim();
    }
}
