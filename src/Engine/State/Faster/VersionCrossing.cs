using FASTER.core;

namespace Tactus.Engine.State.Faster;

/// <summary>Learns from FASTER when a checkpoint's version is closed: when it enters a phase after IN_PROGRESS, in which
/// every session has moved on to the next version.</summary>
internal sealed class VersionCrossing : IStateMachineCallback
{
    private readonly ManualResetEventSlim _crossed = new();

    public void BeforeEnteringState<TKey, TValue>(SystemState next, FasterKV<TKey, TValue> faster)
    {
        if (next.Phase is Phase.WAIT_INDEX_CHECKPOINT or Phase.WAIT_FLUSH or Phase.PERSISTENCE_CALLBACK)
        {
            _crossed.Set();
        }
    }

    public void Reset() => _crossed.Reset();

    public void Set() => _crossed.Set();

    public void Wait() => _crossed.Wait();
}
