using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope;
using Tactus.Engine.Protocols.Antelope.Consensus;
using Tactus.Engine.Protocols.Antelope.Logs;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.Engine.Time;
using Tactus.Kernels;

namespace Tactus.Host.Replay;

/// <summary>Replays an Antelope blocks.log. Such chains run WASM contracts, so blocks are checked, not executed; the
/// summary says so.</summary>
internal static class LogReplay
{
    public const string FileName = "blocks.log";

    public static ReplaySummary Run(
        string path,
        KernelSet kernels,
        PipelineOptions options,
        uint from,
        uint to,
        ReplayProgress progress,
        CancellationToken cancellation,
        Action<BlockWork>? decided = null)
    {
        using BlockLog log = BlockLog.Open(Directory.Exists(path) ? Path.Combine(path, FileName) : path);
        if (log.Preamble.Genesis is not { } genesis)
        {
            throw new ReplayException(
                $"{path} starts at block {log.FirstNumber} and has no genesis: "
                + "who may sign its first blocks is not known. "
                + "Replay a log that starts at block 1.");
        }

        if (log.Count == 0)
        {
            throw new ReplayException($"{path} holds no block");
        }

        var protocol = new AntelopeProtocol(kernels, genesis);
        var source = new LogSource(log);
        var failures = new List<string>();
        uint last = Math.Min(to, log.HeadNumber);
        uint first = Math.Max(from, log.FirstNumber);
        if (first > log.HeadNumber)
        {
            throw new ReplayException($"--from {from}: {path} ends at block {log.HeadNumber}");
        }

        progress.Begin(log.End);

        byte[] buffer = [];
        var chain = new Chain(protocol, protocol.Genesis);
        if (log.Read(1, ref buffer) is var block1 && !block1.SequenceEqual(protocol.Genesis.Bytes.Span))
        {
            failures.Add(
                $"block 1: it is not the block that the genesis in the log's preamble gives ({protocol.Genesis.Id})");
        }

        ReplayReport report = new() { HeadNumber = 1, HeadId = protocol.Genesis.Id, Blocks = 1 };
        if (failures.Count == 0 && first > 2)
        {
            Follow(chain, kernels, source, Math.Min(first - 1, last), failures, cancellation);
        }

        bool finalityChecked = true;
        if (failures.Count == 0)
        {
            using var pipeline = new BlockPipeline(chain, kernels, SystemClock.Instance, options);
            report = new ReplayRun(pipeline, SystemClock.Instance).Run(
                source, Math.Max(first, 2), last, progress.Report, decided, cancellation);
            report = report with { Blocks = report.Blocks + (first <= 1 ? 1 : 0) };
            finalityChecked = ((HeaderState)chain.Head.State.ConsensusState).FinalityChecked;
            if (report.Failure is { } failure)
            {
                failures.Add($"block {failure.BlockNumber}: {failure.Verdict}");
            }
        }

        return new ReplaySummary
        {
            ChainId = protocol.ChainId.ToString(),
            Report = report,
            Failures = failures,
            Verified = Verified(options.Mode, first, finalityChecked),
            NotVerified = NotVerified(options.Mode, first, finalityChecked),
            Notices = log.Notices,
        };
    }

    /// <summary>Takes the headers before the first block to check, so that schedule and finality are known
    /// there.</summary>
    private static void Follow(
        Chain chain,
        KernelSet kernels,
        LogSource source,
        uint last,
        List<string> failures,
        CancellationToken cancellation)
    {
        var options = new PipelineOptions
        {
            Mode = ValidationMode.Headers,
            CheckClock = false,
            SignatureThreads = 0,
            TrustHeaders = true,
        };
        using var pipeline = new BlockPipeline(chain, kernels, SystemClock.Instance, options);
        if (new ReplayRun(pipeline, SystemClock.Instance).Run(
            source, 2, last, cancellation: cancellation).Failure is { } failure)
        {
            failures.Add($"block {failure.BlockNumber} (before --from, header only): {failure.Verdict}");
        }
    }

    private static List<string> Verified(ValidationMode mode, uint first, bool finalityChecked)
    {
        List<string> lines =
        [
            first <= 1
                ? "block 1 against the genesis in the log; chain id"
                : $"headers from block 2 to {first - 1}: links, slots, producers, schedules",
            "block ids, links, slots, scheduled producers, schedule changes carried in headers",
            "block signatures against the schedule",
        ];
        if (mode != ValidationMode.Headers)
        {
            lines.Add("transaction roots over receipts; packed transactions decode; transaction ids");
        }

        if (mode == ValidationMode.Full)
        {
            lines.Add(
                "every transaction signature: canonical, and the key it recovers to; no key twice in a transaction");
        }

        lines.Add(finalityChecked
            ? "last irreversible block by two-stage confirmation"
            : "last irreversible block by two-stage confirmation, up to the move to Savanna");
        return lines;
    }

    private static List<string> NotVerified(ValidationMode mode, uint first, bool finalityChecked)
    {
        List<string> lines = [];
        if (first > 2)
        {
            lines.Add($"signatures and roots of blocks before {first} (--from)");
        }

        if (mode == ValidationMode.Headers)
        {
            lines.Add("transaction roots, transactions (--mode headers)");
        }

        if (mode != ValidationMode.Full)
        {
            lines.Add($"transaction signatures (--mode {mode.ToString().ToLowerInvariant()})");
        }

        if (!finalityChecked)
        {
            lines.Add("Savanna finality: quorum certificates are BLS aggregates, which replay does not check");
        }

        lines.Add("needs execution of WASM contracts: action_mroot, receipt status and billing, whether the recovered keys satisfy "
            + "the accounts' authorities, proposals of schedules");
        return lines;
    }

    private sealed class LogSource(BlockLog log) : IBlockSource
    {
        public uint First => log.FirstNumber;

        public uint Head => log.HeadNumber;

        public ReadOnlySpan<byte> Read(uint number, ref byte[] buffer)
        {
            try
            {
                return log.Read(number, ref buffer);
            }
            catch (BlockLogException error)
            {
                throw new InvalidDataException(error.Message, error);
            }
        }
    }
}
