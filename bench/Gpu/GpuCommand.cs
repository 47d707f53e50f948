using System.Numerics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Tactus.Kernels.Gpu;

namespace Tactus.Bench.Gpu;

/// <summary>
/// <c>bench gpu [--json FILE] [--profile FILE] [--device auto|cuda|opencl|cpu] [--comb BITS]</c>: what the device can
/// do, what the programs make of it, and from which batch on it beats the processor of the same machine.
/// </summary>
internal static class GpuCommand
{
    private const string Usage =
        "gpu [--json FILE] [--profile FILE] [--device auto|cuda|opencl|cpu] [--comb 4..16] [--largest 8..20]\n"
        + "      [--rounds N]\n"
        + "      [--shown-only yes|no]   only the sizes that the H200 is to show\n"
        + "  gpu --counts 8..20   field operations a signature in batches up to that power of two; needs no device";

    private static readonly JsonSerializerOptions JsonOptions =
        new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    private const int CombBitsOfStandIn = 6;

    /// <summary>Measurements at the head of the order: three programs and a tree.</summary>
    private const int ShownFirst = 4;

    public static int Run(ReadOnlySpan<string> args)
    {
        string? json = null, profile = null, device = null;
        int? comb = null, largest = null, counts = null;
        int rounds = 5;
        bool shownOnly = false;
        for (int i = 0; i < args.Length; i++)
        {
            string? value = i + 1 < args.Length ? args[i + 1] : null;
            bool understood = value is not null;
            switch (args[i])
            {
                case "--json":
                    json = value;
                    break;
                case "--profile":
                    profile = value;
                    break;
                case "--device":
                    device = value;
                    break;
                case "--comb" when int.TryParse(value, out int bits) && bits is >= 4 and <= 16:
                    comb = bits;
                    break;
                case "--largest" when int.TryParse(value, out int log) && log is >= 8 and <= 20:
                    largest = log;
                    break;
                case "--shown-only" when value is "yes" or "no":
                    shownOnly = value == "yes";
                    break;
                case "--counts" when int.TryParse(value, out int countsLog) && countsLog is >= 8 and <= 20:
                    counts = countsLog;
                    break;
                case "--rounds" when int.TryParse(value, out rounds) && rounds is >= 1 and <= 100:
                    break;
                default:
                    understood = false;
                    break;
            }

            if (!understood)
            {
                Console.Error.WriteLine($"gpu: '{args[i]}' is not understood. Use: {Usage}");
                return 2;
            }

            i++;
        }

        if (counts is { } top)
        {
            GpuBench.SayCounts(top, comb ?? GpuLimits.CombBits, Console.WriteLine);
            return 0;
        }

        try
        {
            return Measure(device, comb, largest, rounds, shownOnly, json, profile);
        }
        catch (GpuException error)
        {
            Console.Error.WriteLine($"gpu: {error.Message}");
            return 1;
        }
    }

    private static int Measure(string? device, int? comb, int? largest, int rounds, bool shownOnly, string? json,
        string? profile)
    {
        if (GpuBench.OpenProbe(device, 1 << 8, comb) is not { } small)
        {
            Console.Error.WriteLine("gpu: this build has no GPU code: build with -p:Gpu=true");
            return 1;
        }

        bool isGpu = small.TimeoutMs == GpuLimits.TimeoutMs;
        small.Dispose();
        int top = largest ?? (isGpu ? 20 : 8), combBits = comb ?? (isGpu ? GpuLimits.CombBits : CombBitsOfStandIn);
        using IGpuProbe probe = GpuBench.OpenProbe(device, 1 << top, combBits)!;
        using IGpuTimedLane lane = probe.OpenTimedLane();
        var report = new GpuReport
        {
            Device = probe.Description,
            IsGpu = isGpu,
            Backend = device ?? "auto",
            Processors = Environment.ProcessorCount,
        };

        // Written after each row: what a machine that is lent for minutes has measured is not to be lost with the next
        // row.
        void Say(string line)
        {
            report.Notes.Add(line);
            Console.WriteLine(line);
            report.SetCrossover();
            Write(json, report);
            Write(profile, GpuProfilePart.Of(report));
        }

        Say($"{report.Device}; {RuntimeInformation.OSDescription}; {RuntimeInformation.FrameworkDescription}; "
            + $"{report.Processors} processors");
        if (!isGpu)
        {
            Say("NOT A GPU: small sizes, to try the command; none of these figures says anything about a GPU.");
        }

        int rateRounds = isGpu ? 1 << 14 : 1 << 8;
        foreach (GpuOperation operation in Enum.GetValues<GpuOperation>())
        {
            GpuRate rate = probe.Measure(operation, rateRounds);
            report.Rates[operation.ToString()] = rate.PerSecond;
            Say($"{operation,-22} {rate.PerSecond / 1e9,12:F3} G/s");
        }

        using var bench = new GpuBench(device, combBits, top, rounds, lane, report);
        int measurements = shownOnly ? ShownFirst : int.MaxValue;
        foreach ((GpuProgram? program, int log) in Order(top, isGpu, lane.DataBytes).Take(measurements))
        {
            Say(program is { } one ? bench.Signatures(one, log) : bench.Trees(log));
        }

        Say(report.Crossover is { } from
            ? $"crossover: from {from} signatures on the device beats {report.Processors} processors"
            : "crossover: the device beats the processors at no size");
        return 0;
    }

    /// <summary>
    /// What is measured, null for trees: what the H200 is to show first, at 2^18 signatures, then all other sizes.
    /// </summary>
    private static List<(GpuProgram? Program, int Log)> Order(int top, bool isGpu, int dataBytes)
    {
        int shown = Math.Min(18, top), leavesTop = BitOperations.Log2((uint)dataBytes / 32);
        int least = isGpu ? 8 : Math.Min(6, top);
        GpuProgram[] programs = [GpuProgram.Verify, GpuProgram.Recover, GpuProgram.Batch];
        List<(GpuProgram? Program, int Log)> order =
            [.. programs.Select(program => ((GpuProgram?)program, shown)), (null, leavesTop)];
        foreach (GpuProgram program in programs)
        {
            for (int log = top; log >= least; log -= isGpu ? 2 : 1)
            {
                order.Add((program, log));
            }
        }

        for (int log = leavesTop - 2; log >= 10; log -= 2)
        {
            order.Add((null, log));
        }

        return [.. order.Distinct()];
    }

    private static void Write<T>(string? path, T value)
    {
        if (path is not null)
        {
            File.WriteAllText(path, JsonSerializer.Serialize(value, JsonOptions));
        }
    }
}

/// <summary>What was measured.</summary>
internal sealed class GpuReport
{
    public required string Device { get; init; }

    /// <summary>False: a stand-in, whose figures say nothing about a GPU.</summary>
    public required bool IsGpu { get; init; }

    /// <summary>As TACTUS_GPU has it.</summary>
    public required string Backend { get; init; }

    public required int Processors { get; init; }

    public List<string> Notes { get; } = [];

    /// <summary>Operations a second over the whole device.</summary>
    public Dictionary<string, double> Rates { get; } = new(StringComparer.Ordinal);

    public List<SignatureRow> Signatures { get; } = [];

    public List<TreeRow> Trees { get; } = [];

    /// <summary>Smallest batch in which the device, copies included, beats all processors; null for none.</summary>
    public int? Crossover { get; private set; }

    public static string NameOf(GpuProgram program) => program.ToString().ToLowerInvariant();

    // The engine recovers what a device takes, so that is what has to win, and at every larger size as well.
    public void SetCrossover()
    {
        Crossover = null;
        foreach (SignatureRow row in Signatures
            .Where(row => row.Program == NameOf(GpuProgram.Recover)).OrderByDescending(row => row.Batch))
        {
            if (row.EndToEndPerSecond <= row.CpuPerSecond)
            {
                break;
            }

            Crossover = row.Batch;
        }
    }
}

/// <summary>Signatures a second.</summary>
/// <param name="Program">"verify", "recover" or "batch".</param>
/// <param name="Batch">Signatures.</param>
/// <param name="KernelPerSecond">Launches alone.</param>
/// <param name="EndToEndPerSecond">With copies both ways, through the entry without the CPU's samples.</param>
/// <param name="CpuPerSecond">The widest entry of the processor on all of them.</param>
/// <param name="Multiplications">Field products of a signature, counted.</param>
/// <param name="Squarings">Likewise.</param>
/// <param name="ShareOfBound">Wide multiplies that the signatures need at least, over the measured rate.</param>
internal sealed record SignatureRow(
    string Program,
    int Batch,
    double KernelPerSecond,
    double EndToEndPerSecond,
    double CpuPerSecond,
    double Multiplications,
    double Squarings,
    double ShareOfBound);

/// <summary>Merkle nodes (two compressions each) a second.</summary>
/// <param name="Leaves">Of the tree.</param>
/// <param name="OnDevicePerSecond">The data lying on the device.</param>
/// <param name="EndToEndPerSecond">With the leaves copied there.</param>
/// <param name="CpuPerSecond">The processor's entry, one core.</param>
internal sealed record TreeRow(int Leaves, double OnDevicePerSecond, double EndToEndPerSecond, double CpuPerSecond);

/// <summary>The part of a hardware profile that speaks of the GPU: hardware-profiles/gpu.schema.json.</summary>
internal sealed record GpuProfilePart(GpuProfilePart.GpuPart Gpu)
{
    /// <param name="Device">As the driver names it.</param>
    /// <param name="Backend">As TACTUS_GPU has it.</param>
    /// <param name="IsGpu">False: a stand-in.</param>
    /// <param name="TimeoutMs">Time for a batch before the CPU takes over.</param>
    /// <param name="BatchMin">Smallest batch by kernel entry; an entry that never wins is left out.</param>
    /// <param name="Rates">Operations a second.</param>
    public sealed record GpuPart(
        string Device,
        string Backend,
        bool IsGpu,
        int TimeoutMs,
        IReadOnlyDictionary<string, int> BatchMin,
        IReadOnlyDictionary<string, double> Rates);

    public static GpuProfilePart Of(GpuReport report)
    {
        var mins = new Dictionary<string, int>(StringComparer.Ordinal);
        if (report.Crossover is { } secp256k1)
        {
            mins["secp256k1:gpu"] = secp256k1;
        }

        if (report.Trees.Where(row => row.EndToEndPerSecond > row.CpuPerSecond).Select(row => (int?)row.Leaves).Min()
            is { } leaves)
        {
            mins["sha256:gpu"] = leaves;
        }

        return new GpuProfilePart(new GpuPart(
            report.Device, report.Backend, report.IsGpu, GpuLimits.TimeoutMs, mins, report.Rates));
    }
}
