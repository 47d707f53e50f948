using System.Runtime.ExceptionServices;

namespace Tactus.Engine.Pipeline;

/// <summary>Work in parts that do not depend on each other's order. Reused: what it works on is set before each run.</summary>
public abstract class ParallelJob
{
    // Far above any number of parts, so that a thread that comes late takes none while a run is set up.
    private const int Closed = int.MaxValue / 2;

    private int _parts;
    private int _next = Closed;
    private int _done;
    private Exception? _failure;

    /// <summary>Where threads that help note their time; null: nowhere.</summary>
    public StageClock? Clock { get; set; }

    /// <summary>The stage that the time belongs to.</summary>
    public Stage Stage { get; set; }

    internal bool IsDone => Volatile.Read(ref _done) >= Volatile.Read(ref _parts);

    /// <summary>Runs one part: once each, on any thread, several at once.</summary>
    /// <param name="part">0 and up.</param>
    protected abstract void RunPart(int part);

    /// <summary>Runs a part for a runner that counts parts itself.</summary>
    internal void RunPartNow(int part) => RunPart(part);

    internal void Begin(int parts)
    {
        Volatile.Write(ref _next, Closed);
        _failure = null;
        _done = 0;
        _parts = parts;
        Volatile.Write(ref _next, 0);
    }

    /// <summary>Runs the next part that nobody took; false where there is none.</summary>
    internal bool TryRunOne()
    {
        if (Volatile.Read(ref _next) >= _parts)
        {
            return false;
        }

        int part = Interlocked.Increment(ref _next) - 1;
        if (part >= _parts)
        {
            return false;
        }

        try
        {
            RunPart(part);
        }
        catch (Exception failure)
        {
            Interlocked.CompareExchange(ref _failure, failure, null);
        }

        Interlocked.Increment(ref _done);
        return true;
    }

    /// <summary>Throws what the first failed part threw.</summary>
    internal void ThrowIfFailed()
    {
        if (_failure is { } failure)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }
}

/// <summary>Runs the parts of jobs, on as many threads as it has.</summary>
public interface IParallelRunner
{
    /// <summary>Threads that may work on a job at once, the caller's included.</summary>
    int ThreadCount { get; }

    /// <summary>Returns when all parts have run. Not from inside a part.</summary>
    void Run(ParallelJob job, int parts);
}

/// <summary>Runs every part on the caller's thread, in order.</summary>
public sealed class SerialRunner : IParallelRunner
{
    public static SerialRunner Instance { get; } = new();

    public int ThreadCount => 1;

    public void Run(ParallelJob job, int parts)
    {
        job.Begin(parts);
        while (job.TryRunOne())
        {
        }

        job.ThrowIfFailed();
    }
}
