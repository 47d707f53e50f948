using System.Collections.Concurrent;
using Tactus.Engine.Pipeline;

namespace Tactus.Engine.State;

/// <summary>Commits a block's overlay on several threads, each with partitions of its own: collects their net writes and
/// before-images, and applies the writes.</summary>
internal sealed class CommitJob : ParallelJob
{
    /// <summary>Parts, each of as many partitions.</summary>
    public const int Parts = 16;

    private const int PartitionsPerPart = StatePartitions.Count / Parts;

    private readonly ConcurrentBag<IStateSession> _sessions = [];
    private IStateStore? _sessionsOf;
    private BlockOverlay _overlay = null!;
    private BlockWrites _writes = null!;
    private BlockWrites _before = null!;

    public void Run(IParallelRunner runner, IStateStore store, BlockOverlay overlay, BlockWrites writes, BlockWrites before)
    {
        if (_sessionsOf != store)
        {
            CloseSessions();
            _sessionsOf = store;
        }

        _overlay = overlay;
        _writes = writes;
        _before = before;
        writes.Clear();
        before.Clear();
        runner.Run(this, Parts);
    }

    /// <summary>Gives the sessions up.</summary>
    public void CloseSessions()
    {
        while (_sessions.TryTake(out IStateSession? session))
        {
            session.Dispose();
        }

        _sessionsOf = null;
    }

    protected override void RunPart(int part)
    {
        if (!_sessions.TryTake(out IStateSession? session))
        {
            session = _sessionsOf!.OpenSession();
        }

        for (int i = part * PartitionsPerPart; i < (part + 1) * PartitionsPerPart; i++)
        {
            _overlay.CollectPartition(i, _writes[i], _before[i]);
            session.ApplyPartition(_writes, i);
        }

        _sessions.Add(session);
    }
}
