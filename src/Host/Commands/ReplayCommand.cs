using System.CommandLine;
using System.Text.Json;
using Tactus.Engine.Devnet;
using Tactus.Engine.Pipeline;
using Tactus.Engine.Protocols.Antelope.Logs;
using Tactus.Engine.Storage;
using Tactus.Host.Configuration;
using Tactus.Host.Devnet;
using Tactus.Host.Replay;
using Tactus.Kernels;

namespace Tactus.Host.Commands;

/// <summary><c>tactus replay FILE</c>: checks a block log from end to end.</summary>
internal static class ReplayCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE")
        {
            Description = "A blocks.log (versions 1 to 3), the folder that holds one, the --data folder of a devnet, "
                + "or a folder of consensus vectors "
                + "(pre.ssz_snappy, blocks_N.ssz_snappy, post.ssz_snappy).",
        };
        var mode = new Option<string>("--mode")
        {
            Description =
                "full: everything; light: no transaction signatures; headers: headers and producer signatures only.",
            DefaultValueFactory = _ => "full",
        };
        mode.AcceptOnlyFromAmong("full", "light", "headers");
        var from = new Option<uint>("--from")
        {
            Description = "First block to check; the headers before it are followed, not checked for signatures.",
        };
        var to = new Option<uint>("--to")
        {
            Description = "Last block to check.",
            DefaultValueFactory = _ => uint.MaxValue,
        };
        var threads = new Option<int>("--threads")
        {
            Description = "Threads that check signatures beside the two of the pipeline; 0 uses those two only.",
            DefaultValueFactory = _ => Math.Max(0, Environment.ProcessorCount - 1),
        };
        var preset = new Option<string?>("--preset")
        {
            Description = "Constants of a folder of consensus vectors, where the folders above it do not name them.",
        };
        Option<string?> checkpoint = WeakSubjectivityOption.Create();
        var json = new Option<bool>("--json") { Description = "Print one JSON object instead of text." };
        var command = new Command(
            "replay", "Check a chain's blocks from a file and say what was verified and what needs execution.")
        {
            file, mode, from, to, threads, preset, checkpoint, json,
        };
        command.SetAction(result => Run(
            result.GetValue(file)!,
            Enum.Parse<ValidationMode>(result.GetValue(mode)!, ignoreCase: true),
            result.GetValue(from),
            result.GetValue(to),
            result.GetValue(threads),
            result.GetValue(preset),
            result.GetValue(checkpoint),
            result.GetValue(json)));
        return command;
    }

    private static int Run(
        string path, ValidationMode mode, uint from, uint to, int threads, string? preset, string? checkpoint,
        bool json)
    {
        try
        {
            if (from > to)
            {
                throw new ReplayException($"--from {from} is after --to {to}");
            }

            if (threads < 0)
            {
                throw new ReplayException($"--threads {threads}: 0 is the least");
            }

            CheckPath(path);

            KernelSet kernels = HostEnvironment.ChooseKernels();
            var options = new PipelineOptions
            {
                Mode = mode,
                CheckClock = false,
                SignatureThreads = threads,
            };
            using var cancel = new CancellationTokenSource();
            Console.CancelKeyPress += (_, e) =>
            {
                e.Cancel = true;
                cancel.Cancel();
            };
            var progress = new ReplayProgress(json);
            ReplaySummary summary;
            if (VectorFiles.IsVector(path))
            {
                if (from > 0 || to != uint.MaxValue)
                {
                    throw new ReplayException("--from and --to need a log; a vector is replayed whole");
                }

                summary = VectorReplay.Run(
                    path, preset, WeakSubjectivityOption.Parse(checkpoint), kernels, options, progress, cancel.Token);
            }
            else if (preset is not null)
            {
                throw new ReplayException(
                    "--preset is for folders of consensus vectors (pre.ssz_snappy, blocks_N.ssz_snappy)");
            }
            else
            {
                summary = DevnetData.Exists(path)
                    ? DevnetReplay.Run(
                        path, kernels, options, from, to, progress, cancel.Token,
                        WeakSubjectivityOption.Parse(checkpoint))
                    : checkpoint is null
                    ? LogReplay.Run(path, kernels, options, from, to, progress, cancel.Token)
                    : throw new ReplayException(
                        "--ws-checkpoint is for Gasper chains; a blocks.log is of another system");
            }

            bool stopped = cancel.IsCancellationRequested;
            if (stopped)
            {
                string rest = $"blocks after {summary.Report.HeadNumber}: stopped by Ctrl-C";
                summary = summary with { NotVerified = [rest, .. summary.NotVerified] };
            }

            if (json)
            {
                Console.WriteLine(JsonSerializer.Serialize(summary.ToJson(), JsonOutput.Options));
            }
            else
            {
                summary.Print(Console.Out);
            }

            return summary.Failures.Count == 0 && !stopped ? ExitCodes.Ok : ExitCodes.Failed;
        }
        catch (Exception error) when (error is ReplayException or DevnetException or BlockLogException
            or StorageException or KernelChoiceException or IOException or UnauthorizedAccessException)
        {
            bool named = error.Message.Contains(path, StringComparison.Ordinal)
                || error is not (BlockLogException or StorageException);
            Console.Error.WriteLine($"error: {(named ? string.Empty : $"{path}: ")}{error.Message}");
            return ExitCodes.Usage;
        }
    }

    private static void CheckPath(string path)
    {
        if (!Directory.Exists(path))
        {
            if (!File.Exists(path))
            {
                throw new ReplayException($"'{path}': there is no such file or folder");
            }
        }
        else if (!VectorFiles.IsVector(path) && !DevnetData.Exists(path)
            && !File.Exists(Path.Combine(path, LogReplay.FileName)))
        {
            throw new ReplayException(
                $"{path} has no {LogReplay.FileName}, no {DevnetData.FileName} and no pre.ssz_snappy: "
                + "name a block log, "
                + "a folder that holds one, the --data folder of a devnet, or a folder of consensus vectors");
        }
    }
}
