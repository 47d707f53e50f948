using Tactus.Engine.Signatures;
using Tactus.Engine.Time;

namespace Tactus.Engine.Pipeline;

/// <summary>Threads beside the one that applies: they help with its jobs, and check signature chunks when there are none. With zero
/// threads everything runs on the caller, with the same results.</summary>
public sealed class BlockWorkers : IParallelRunner, IDisposable
{
    /// <summary>Blocks whose chunks may wait here; more than the pipeline ever has in flight.</summary>
    public const int BlocksQueuedMax = PipelineLimits.BlocksInFlightMax * 2;

    private readonly SignatureChecker _checker;
    private readonly IClock _clock;
    private readonly Action<BlockWork, int, int>? _expectKeys;
    private readonly Thread[] _threads;
    private readonly Queue<SignatureChunks> _queue = new();
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _work = new(0);
    private readonly ManualResetEventSlim _progress = new(false);
    private volatile ParallelJob? _job;
    private volatile Exception? _failure;
    private volatile bool _stopping;

    /// <param name="checker">Checks.</param>
    /// <param name="clock">Measures.</param>
    /// <param name="threadCount">Threads beside the callers'.</param>
    /// <param name="expectKeys">Called with each block and range of transactions before their signatures are checked.</param>
    public BlockWorkers(
        SignatureChecker checker, IClock clock, int threadCount, Action<BlockWork, int, int>? expectKeys = null)
    {
        _expectKeys = expectKeys;
        ArgumentOutOfRangeException.ThrowIfNegative(threadCount);
        _checker = checker;
        _clock = clock;
        _threads = new Thread[threadCount];
        for (int i = 0; i < threadCount; i++)
        {
            _threads[i] = new Thread(Run) { IsBackground = true, Name = $"block-worker-{i}" };
            _threads[i].Start();
        }
    }

    /// <summary>Threads beside the caller's.</summary>
    public int HelperCount => _threads.Length;

    public int ThreadCount => _threads.Length + 1;

    /// <inheritdoc cref="SignatureChecker.DeviceChunk"/>
    public int DeviceChunk(int count) => _checker.DeviceChunk(count, ThreadCount);

    /// <summary>Offers a block's chunks to the workers. When the queue is full the caller's <see cref="Wait"/> does the work.</summary>
    public void Start(SignatureChunks chunks)
    {
        if (_threads.Length == 0)
        {
            return;
        }

        lock (_lock)
        {
            if (_queue.Count >= BlocksQueuedMax)
            {
                return;
            }

            _queue.Enqueue(chunks);
        }

        _work.Release(Math.Min(_threads.Length, chunks.Count));
    }

    /// <summary>Returns when the chunk is checked; works on open chunks of the same block meanwhile.</summary>
    public void Wait(SignatureChunks chunks, int chunk)
    {
        while (!chunks.IsDone(chunk))
        {
            ThrowIfFailed();
            if (chunks.TryTake(out int mine))
            {
                CheckChunk(chunks, mine);
                continue;
            }

            _progress.Reset();
            if (!chunks.IsDone(chunk))
            {
                _progress.Wait(1);
            }
        }

        ThrowIfFailed();
    }

    /// <summary>Checks every chunk of a block, together with the workers.</summary>
    public void WaitAll(SignatureChunks chunks)
    {
        for (int chunk = 0; chunk < chunks.Count; chunk++)
        {
            Wait(chunks, chunk);
        }
    }

    /// <summary>Runs a job together with whichever threads are free. One job at a time: the applying thread's.</summary>
    public void Run(ParallelJob job, int parts)
    {
        job.Begin(parts);
        if (_threads.Length > 0 && parts > 1)
        {
            _job = job;
            _work.Release(Math.Min(_threads.Length, parts - 1));
        }

        while (job.TryRunOne())
        {
        }

        _job = null;
        SpinWait spin = default;
        while (!job.IsDone)
        {
            if (!spin.NextSpinWillYield)
            {
                spin.SpinOnce();
                continue;
            }

            _progress.Reset();
            if (!job.IsDone)
            {
                _progress.Wait(1);
            }
        }

        job.ThrowIfFailed();
    }

    public void Dispose()
    {
        _stopping = true;
        _work.Release(_threads.Length + 1);
        foreach (Thread thread in _threads)
        {
            thread.Join();
        }

        _work.Dispose();
        _progress.Dispose();
    }

    private void CheckChunk(SignatureChunks chunks, int chunk)
    {
        BlockWork block = chunks.Block!;
        using (block.Clock.Measure(Stage.Signatures, _clock))
        {
            int first = chunks.FirstSignature(chunk);
            int count = chunks.FirstSignature(chunk + 1) - first;
            if (_checker.TakeAdmitted(block, first, count) > 0)
            {
                int transaction = chunks.FirstTransaction(chunk);
                _expectKeys?.Invoke(block, transaction, chunks.FirstTransaction(chunk + 1) - transaction);
                _checker.Check(block, first, count);
            }
        }

        chunks.MarkDone(chunk);
    }

    private void Run()
    {
        while (true)
        {
            _work.Wait();
            SignatureChunks? chunks = null;
            int chunk = -1;
            if (_stopping)
            {
                return;
            }

            while (TryHelp() || TryNext(out chunks, out chunk))
            {
                if (chunks is null)
                {
                    continue;
                }

                try
                {
                    CheckChunk(chunks, chunk);
                }
                catch (Exception failure)
                {
                    // A kernel must not throw; if one does, the applying thread rethrows it and the node stops.
                    _failure = failure;
                    chunks.MarkDone(chunk);
                }

                chunks = null;
                _progress.Set();
            }
        }
    }

    private bool TryHelp()
    {
        if (_job is not { } job)
        {
            return false;
        }

        StageClock? clock = job.Clock;
        Stage stage = job.Stage;
        long startNs = _clock.MonotonicNs;
        if (!job.TryRunOne())
        {
            return false;
        }

        clock?.Add(stage, _clock.MonotonicNs - startNs);
        _progress.Set();
        return true;
    }

    private bool TryNext(out SignatureChunks? chunks, out int chunk)
    {
        lock (_lock)
        {
            while (_queue.TryPeek(out chunks))
            {
                if (chunks.TryTake(out chunk))
                {
                    return true;
                }

                _queue.Dequeue();
            }
        }

        chunk = -1;
        return false;
    }

    private void ThrowIfFailed()
    {
        if (_failure is { } failure)
        {
            throw new InvalidOperationException("a signature worker failed: " + failure.Message, failure);
        }
    }
}
