using System.Diagnostics;
using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols;
using Tactus.Engine.Protocols.Antelope;
using Tactus.Engine.Signatures;
using Tactus.Engine.State;
using Tactus.Engine.State.Faster;
using Tactus.Engine.Storage;
using Tactus.Kernels;

namespace Tactus.Bench.Pipeline;

/// <summary>What one pass over the prepared blocks gave.</summary>
internal sealed record PassResult
{
    /// <summary>Wall time of each measured block, ascending, in milliseconds.</summary>
    public required double[] BlockMs { get; init; }

    public required double TransactionsPerSecond { get; init; }

    /// <summary>Processor time of the whole process per transaction, over the measured blocks.</summary>
    public required double CpuNsPerTransaction { get; init; }

    /// <summary>Processor time per stage and transaction, in nanoseconds, indexed by <see cref="Stage"/>.</summary>
    public required double[] StageNs { get; init; }

    public required double AllocatedBytesPerTransaction { get; init; }

    public required long StateMemoryBytes { get; init; }

    public required long BytesWritten { get; init; }

    public required string StateHash { get; init; }

    public double Percentile(double p) => BlockMs[Math.Min(BlockMs.Length - 1, (int)Math.Ceiling(p * BlockMs.Length) - 1)];
}

/// <summary>One pass: fresh log and state on disk, all blocks from bytes to committed state.</summary>
internal static class PipelinePass
{
    // What was admitted is the same for every pass and takes as long as a pass to find out.
    private static AdmittedSignatures? _admitted;

    /// <param name="arguments">Mode, folder, share of admitted transactions.</param>
    /// <param name="blocks">The blocks.</param>
    /// <param name="kernels">Kernels.</param>
    /// <param name="storeKind">"faster" or "memory".</param>
    /// <param name="threads">Threads, the applying one included.</param>
    /// <param name="overlapped">True: block n + 1 is checked while block n is applied (throughput). False: one block after the
    /// other (block time).</param>
    public static PassResult Run(
        PipelineArguments arguments, PreparedBlocks blocks, KernelSet kernels, string storeKind, int threads, bool overlapped)
    {
        string folder = Path.Combine(arguments.Folder, $"tactus-bench-{Environment.ProcessId}");
        try
        {
            var disk = new FileDisk(folder);
            using var memory = storeKind == "memory" ? new MemoryStateStore(arguments.Accounts) : null;
            using var faster = storeKind == "faster"
                ? new FasterStateStore(new FasterStateOptions
                {
                    Folder = Path.Combine(folder, "state"),
                    CellsExpected = arguments.Accounts,
                })
                : null;
            IStateCheckpoints checkpoints = memory is null ? new FasterCheckpoints(faster!) : new MemoryCheckpoints(memory, disk);
            using var store = ChainStore.Open(disk, checkpoints);
            AntelopeProtocol protocol = blocks.Chain.CreateProtocol(kernels);
            IBlockTransition transition = protocol.CreateTransition(kernels);
            Chain chain = ChainOpening.Open(protocol, kernels, store, transition);
            var clock = new ThreadClock();
            var options = new PipelineOptions
            {
                Mode = arguments.Mode,
                SignatureThreads = threads - 1,
                CheckClock = false,
                Admitted = arguments.Admitted > 0 ? _admitted ??= Admit(arguments, blocks, kernels, protocol) : null,
            };
            using var pipeline = new BlockPipeline(chain, kernels, clock, options);
            long setUpBytes = store.Log.LengthBytes;
            var meter = new Meter(arguments, store);
            if (overlapped)
            {
                ReplayReport report = new ReplayRun(pipeline, clock).Run(
                    blocks, blocks.First, blocks.Head, decided: meter.Count);
                if (report.Failure is { } failure)
                {
                    throw new InvalidOperationException($"block {failure.BlockNumber}: {failure.Verdict}");
                }
            }
            else
            {
                var work = new BlockWork();
                byte[] buffer = [];
                for (uint number = blocks.First; number <= blocks.Head; number++)
                {
                    Verdict verdict = pipeline.Process(work, blocks.Read(number, ref buffer));
                    if (!verdict.Accepted)
                    {
                        throw new InvalidOperationException($"block {number}: {verdict}");
                    }

                    meter.Count(work);
                }
            }

            return meter.Result(setUpBytes, store.State.ComputeStateHash(kernels).ToString());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Checks the first share of each block's signatures ahead, as the pending queue would have.</summary>
    private static AdmittedSignatures Admit(
        PipelineArguments arguments, PreparedBlocks blocks, KernelSet kernels, AntelopeProtocol protocol)
    {
        int share = (int)(arguments.Admitted * arguments.Transactions);
        long count = 2L * share * (blocks.Head - blocks.First + 1);
        var admitted = new AdmittedSignatures((int)Math.Min(count, 1 << 23));
        var checker = new SignatureChecker(kernels);
        IBlockDecoder decoder = protocol.CreateDecoder(kernels);
        var work = new BlockWork();
        byte[] buffer = [];
        for (uint number = blocks.First; number <= blocks.Head; number++)
        {
            work.Load(blocks.Read(number, ref buffer));
            decoder.Decode(work);
            checker.Check(work, 0, share);
            for (int i = 0; i < share; i++)
            {
                SignatureLanes lanes = work.Signatures;
                admitted.Add(lanes.DigestOf(i), lanes.Signatures.AsSpan(i * 64, 64), lanes.RecoveryIds[i], lanes.KeyTagOf(i)[1..]);
            }
        }

        return admitted;
    }

    private sealed class Meter(PipelineArguments arguments, ChainStore store)
    {
        private readonly double[] _ms = new double[arguments.Blocks];
        private readonly long[] _stageNs = new long[StageClock.StageCount];
        private readonly double _transactions = (double)arguments.Transactions * arguments.Blocks;
        private int _count;
        private long _start;
        private long _last;
        private long _allocated;
        private TimeSpan _cpu;
        private TimeSpan _cpuEnd;
        private long _allocatedEnd;

        public void Count(BlockWork block)
        {
            long now = Stopwatch.GetTimestamp();
            int measured = _count++ - arguments.WarmUpBlocks;
            if (measured >= 0)
            {
                _ms[measured] = Stopwatch.GetElapsedTime(_last, now).TotalMilliseconds;
                for (int i = 0; i < _stageNs.Length; i++)
                {
                    _stageNs[i] += block.Clock[(Stage)i];
                }
            }

            if (measured == -1)
            {
                _start = now;
                _allocated = GC.GetTotalAllocatedBytes(precise: false);
                _cpu = Process.GetCurrentProcess().TotalProcessorTime;
            }

            if (measured == arguments.Blocks - 1)
            {
                _allocatedEnd = GC.GetTotalAllocatedBytes(precise: false);
                _cpuEnd = Process.GetCurrentProcess().TotalProcessorTime;
            }

            _last = now;
        }

        public PassResult Result(long setUpBytes, string stateHash)
        {
            // Both ends at a block: what follows, such as the hash over the state, is not the path's.
            TimeSpan cpu = _cpuEnd - _cpu;
            long allocated = _allocatedEnd - _allocated;
            Array.Sort(_ms);
            return new PassResult
            {
                BlockMs = _ms,
                TransactionsPerSecond = _transactions / Stopwatch.GetElapsedTime(_start, _last).TotalSeconds,
                CpuNsPerTransaction = cpu.TotalNanoseconds / _transactions,
                StageNs = [.. _stageNs.Select(ns => ns / _transactions)],
                AllocatedBytesPerTransaction = allocated / _transactions,
                StateMemoryBytes = store.State.MemoryBytes,
                BytesWritten = store.Log.LengthBytes - setUpBytes,
                StateHash = stateHash,
            };
        }
    }
}
