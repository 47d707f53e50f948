using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Tactus.Engine.Pipeline;
using Tactus.Kernels;

namespace Tactus.Bench.Pipeline;

/// <summary><c>bench pipeline</c>: signed blocks of transfers from serialized bytes to committed, durable state.</summary>
internal static class PipelineCommand
{
    private static readonly JsonSerializerOptions JsonOptions =
        new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    public static int Run(ReadOnlySpan<string> args)
    {
        if (PipelineArguments.Parse(args, out string? wrong) is not { } arguments)
        {
            Console.Error.WriteLine(wrong);
            return 2;
        }

        KernelSet kernels = KernelRegistry.Default.Choose();
        double gigahertz = new ThreadClock().MeasureGigahertz();
        Console.WriteLine(
            $"processor: {Processor()} at {gigahertz:F2} GHz, {Environment.ProcessorCount} threads; load {Load()}; "
            + RuntimeInformation.FrameworkDescription);
        PreparedBlocks blocks = PreparedBlocks.Make(arguments, kernels, Console.WriteLine);
        Console.WriteLine(
            $"{arguments.Blocks} blocks of {arguments.Transactions} transfers, {arguments.Choice} senders of {arguments.Senders}, "
            + $"{arguments.Accounts} accounts, {arguments.Mode}, {arguments.Admitted:P0} admitted, "
            + $"{blocks.Bytes / (blocks.Head - 1.0) / arguments.Transactions:F0} bytes a transfer");

        var peer = new LibraryPeer(arguments.Threads);
        peer.TakeTurn();
        PassResult block = Pass("block by block", arguments.Store, arguments.Threads, overlapped: false);
        PassResult sustained = Pass("sustained", arguments.Store, arguments.Threads, overlapped: true);
        PassResult? memory = arguments.WithPeers ? Pass("memory store", "memory", arguments.Threads, overlapped: true) : null;
        PassResult? single = arguments.WithPeers && arguments.Threads > 1
            ? Pass("one thread", arguments.Store, 1, overlapped: false)
            : null;
        PassResult? singleSustained = arguments.WithPeers && arguments.Threads > 1
            ? Pass("one thread, sust.", arguments.Store, 1, overlapped: true)
            : null;
        double? library = peer.SignaturesPerSecond;
        long peak = Process.GetCurrentProcess().PeakWorkingSet64;
        Print(block, gigahertz);
        Console.WriteLine($"libsecp256k1 recover on {arguments.Threads} threads, alternating: {library:F0}/s, sustained is {sustained.TransactionsPerSecond / library:F2} times that; peak memory {peak >> 20} MiB; load {Load()}");
        if (arguments.Json is not null)
        {
            File.WriteAllText(arguments.Json, JsonSerializer.Serialize(
                ToJson(arguments, block, sustained, memory, single, singleSustained, library, gigahertz, peak), JsonOptions));
        }

        return 0;

        PassResult Pass(string name, string store, int threads, bool overlapped)
        {
            PassResult result = PipelinePass.Run(arguments, blocks, kernels, store, threads, overlapped);
            peer.TakeTurn();
            Console.WriteLine(
                $"{name,-18}{store,-8}{threads} threads {result.TransactionsPerSecond,10:F0} tx/s  "
                + $"block ms p50 {result.Percentile(0.5):F1} p99 {result.Percentile(0.99):F1} max {result.BlockMs[^1]:F1} min {result.BlockMs[0]:F1}  "
                + $"cpu {result.CpuNsPerTransaction:F0} ns/tx  allocated {result.AllocatedBytesPerTransaction:F1} B/tx  "
                + $"state {result.StateMemoryBytes >> 20} MiB  {result.StateHash[..16]}");
            return result;
        }
    }

    private static void Print(PassResult block, double gigahertz)
    {
        Console.WriteLine($"{"stage",-14}{"cpu ns/tx",12}{"cycles/tx",12}");
        for (int i = 0; i < StageClock.StageCount; i++)
        {
            Console.WriteLine($"{(Stage)i,-14}{block.StageNs[i],12:F1}{block.StageNs[i] * gigahertz,12:F0}");
        }
    }

    private static object ToJson(
        PipelineArguments arguments,
        PassResult block,
        PassResult sustained,
        PassResult? memory,
        PassResult? single,
        PassResult? singleSustained,
        double? library,
        double gigahertz,
        long peak) => new
        {
            Processor = Processor(),
            Gigahertz = gigahertz,
            Load = Load(),
            arguments.Transactions,
            arguments.Blocks,
            arguments.Accounts,
            Choice = arguments.Choice.ToString(),
            Mode = arguments.Mode.ToString(),
            arguments.Threads,
            arguments.Store,
            arguments.Admitted,
            sustained.TransactionsPerSecond,
            BlockMs = new { P50 = block.Percentile(0.5), P99 = block.Percentile(0.99), Max = block.BlockMs[^1] },
            BlockMsMin = block.BlockMs[0],
            Stages = Enumerable.Range(0, StageClock.StageCount).Select(i => new
            {
                Name = ((Stage)i).ToString(),
                NsPerTransaction = block.StageNs[i],
                CyclesPerTransaction = block.StageNs[i] * gigahertz,
            }),
            sustained.CpuNsPerTransaction,
            block.AllocatedBytesPerTransaction,
            PeakMemoryBytes = peak,
            block.StateMemoryBytes,
            BytesWrittenPerTransaction = block.BytesWritten / ((double)arguments.Transactions * (arguments.Blocks + arguments.WarmUpBlocks)),
            block.StateHash,
            StateHashes = new[] { block.StateHash, sustained.StateHash, memory?.StateHash, single?.StateHash }
                .OfType<string>().Distinct(),
            Libsecp256k1SignaturesPerSecond = library,
            BlockByBlockTransactionsPerSecond = block.TransactionsPerSecond,
            RatioToLibsecp256k1 = sustained.TransactionsPerSecond / library,
            MemoryStoreTransactionsPerSecond = memory?.TransactionsPerSecond,
            OneThreadTransactionsPerSecond = single?.TransactionsPerSecond,
            OneThreadSustainedTransactionsPerSecond = singleSustained?.TransactionsPerSecond,
            ThreadsOverOne = block.TransactionsPerSecond / single?.TransactionsPerSecond,
        };

    private static string Load()
    {
        const string File = "/proc/loadavg";
        return System.IO.File.Exists(File) ? System.IO.File.ReadAllText(File).Split(' ')[0] : "unknown";
    }

    private static string Processor()
    {
        const string Info = "/proc/cpuinfo";
        string? line = File.Exists(Info)
            ? File.ReadLines(Info).FirstOrDefault(text => text.StartsWith("model name", StringComparison.Ordinal))
            : null;
        return line is null ? RuntimeInformation.ProcessArchitecture.ToString() : line[(line.IndexOf(':') + 1)..].Trim();
    }
}
