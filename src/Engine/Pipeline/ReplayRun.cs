using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Tactus.Engine.Primitives;
using Tactus.Engine.Time;

namespace Tactus.Engine.Pipeline;

/// <summary>Runs the blocks of a source through a pipeline: block n + 1 is checked on one thread while block n is applied on
/// the caller's.</summary>
public sealed class ReplayRun
{
    private readonly BlockPipeline _pipeline;
    private readonly IClock _clock;
    private readonly long[] _stageNs = new long[StageClock.StageCount];

    public ReplayRun(BlockPipeline pipeline, IClock clock)
    {
        _pipeline = pipeline;
        _clock = clock;
    }

    /// <summary>Replays blocks [first, last]. Stops at the first block that fails: nothing after it can be judged.</summary>
    /// <param name="source">Where blocks come from.</param>
    /// <param name="first">First block; its parent is the chain's head.</param>
    /// <param name="last">Last block.</param>
    /// <param name="progress">Called after each block on the caller's thread.</param>
    /// <param name="decided">Called with each accepted block, before its work item is reused.</param>
    /// <param name="cancellation">Stops after the current block.</param>
    /// <exception cref="IOException">The source could not be read; so for whatever else it throws, save
    /// <see cref="InvalidDataException"/>, which is a failure of its block.</exception>
    public ReplayReport Run(
        IBlockSource source,
        uint first,
        uint last,
        Action<ReplayReport>? progress = null,
        Action<BlockWork>? decided = null,
        CancellationToken cancellation = default)
    {
        long startNs = _clock.MonotonicNs;
        var report = new ReplayReport
        {
            HeadNumber = _pipeline.Chain.Head.Number,
            HeadId = _pipeline.Chain.Head.Id,
            LastIrreversible = _pipeline.Chain.Root.Number,
        };
        if (first > last)
        {
            return report;
        }

        // The one used last comes first: its buffers have grown, and some of them are in the caches still.
        using var free = new BlockingCollection<BlockWork>(new ConcurrentStack<BlockWork>(), PipelineLimits.BlocksInFlightMax);
        using var check = new BlockingCollection<BlockWork>(PipelineLimits.BlocksInFlightMax);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        for (int i = 0; i < PipelineLimits.BlocksInFlightMax; i++)
        {
            free.Add(new BlockWork(), CancellationToken.None);
        }

        var inFlight = new BytesInFlight();
        long checkWaitedNs = 0;
        ReplayFailure? checkFailure = null;
        Exception? crash = null;
        var checker = new Thread(() =>
        {
            byte[] buffer = [];
            uint number = first;
            try
            {
                for (; number <= last && number >= first; number++)
                {
                    long waitNs = _clock.MonotonicNs;
                    BlockWork block = free.Take(stop.Token);
                    checkWaitedNs += _clock.MonotonicNs - waitNs;
                    ReadOnlySpan<byte> bytes = source.Read(number, ref buffer);
                    waitNs = _clock.MonotonicNs;
                    inFlight.Enter(bytes.Length, stop.Token);
                    checkWaitedNs += _clock.MonotonicNs - waitNs;
                    Verdict verdict = _pipeline.Check(block, bytes);
                    if (!verdict.Accepted)
                    {
                        checkFailure = new ReplayFailure(number, verdict);
                        break;
                    }

                    // Never waits: there are no more work items than places.
                    check.Add(block, CancellationToken.None);
                }
            }
            catch (OperationCanceledException)
            {
                // The applying half stopped.
            }
            catch (InvalidDataException error)
            {
                checkFailure = new ReplayFailure(number, Verdict.Reject(RejectReason.Malformed, error.Message));
            }
            catch (Exception error)
            {
                crash = error;
            }
            finally
            {
                check.CompleteAdding();
            }
        })
        { IsBackground = true, Name = "check" };
        checker.Start();

        long applyWaitedNs = 0;
        ReplayFailure? failure = null;
        try
        {
            while (true)
            {
                long waitNs = _clock.MonotonicNs;
                if (cancellation.IsCancellationRequested || !TryTake(check, out BlockWork? block))
                {
                    break;
                }

                applyWaitedNs += _clock.MonotonicNs - waitNs;
                Verdict verdict = _pipeline.Complete(block!);
                for (int i = 0; i < _stageNs.Length; i++)
                {
                    _stageNs[i] += block!.Clock[(Stage)i];
                }

                if (!verdict.Accepted)
                {
                    failure = new ReplayFailure(block!.Number, verdict);
                    break;
                }

                decided?.Invoke(block!);
                report = report with
                {
                    Blocks = report.Blocks + 1,
                    Transactions = report.Transactions + block!.Transactions.Count,
                    Signatures = report.Signatures + block.SignaturesChecked,
                    BlockSignatures = report.BlockSignatures + 1,
                    Bytes = report.Bytes + block.Bytes.Length,
                    HeadNumber = block.Number,
                    HeadId = block.Id,
                    LastIrreversible = _pipeline.Chain.Root.Number,
                    ElapsedNs = _clock.MonotonicNs - startNs,
                    StageNs = _stageNs,
                };
                progress?.Invoke(report);
                inFlight.Leave(block.Bytes.Length);
                free.Add(block, CancellationToken.None);
            }
        }
        finally
        {
            // Also when completing a block threw: the other thread uses what is disposed of next.
            stop.Cancel();
            checker.Join();
        }

        // Checked, and not completed: another run may offer them again.
        while (check.TryTake(out BlockWork? left))
        {
            _pipeline.Abandon(left);
        }

        if (crash is not null && failure is null)
        {
            ExceptionDispatchInfo.Throw(crash);
        }

        return report with
        {
            Failure = failure ?? checkFailure,
            CheckWaitedNs = checkWaitedNs,
            ApplyWaitedNs = applyWaitedNs,
            ElapsedNs = _clock.MonotonicNs - startNs,
            StageNs = [.. _stageNs],
        };
    }

    /// <summary>Bounds the bytes of blocks that are checked and not completed.</summary>
    private sealed class BytesInFlight
    {
        /// <summary>How soon a stopped run is noticed.</summary>
        private const int LookMs = 50;

        private readonly object _gate = new();
        private long _bytes;

        public void Enter(int bytes, CancellationToken stop)
        {
            lock (_gate)
            {
                while (_bytes > 0 && _bytes + bytes > PipelineLimits.BytesInFlightMax)
                {
                    Monitor.Wait(_gate, LookMs);
                    stop.ThrowIfCancellationRequested();
                }

                _bytes += bytes;
            }
        }

        public void Leave(int bytes)
        {
            lock (_gate)
            {
                _bytes -= bytes;
                Monitor.Pulse(_gate);
            }
        }
    }

    private static bool TryTake(BlockingCollection<BlockWork> queue, out BlockWork? block)
    {
        try
        {
            block = queue.Take();
            return true;
        }
        catch (InvalidOperationException)
        {
            block = null;
            return false;
        }
    }
}
