using Tactus.Engine.Time;

namespace Tactus.Engine.Pipeline;

/// <summary>The stages of the block path, in order.</summary>
public enum Stage
{
    Receive,
    Decode,
    HeaderGate,
    Signatures,
    Merkle,
    ForkChoice,
    Apply,
    Commit,
    Propagate,
}

/// <summary>Time that each stage spent on one block, in nanoseconds. Stages that overlap each count their own time, so
/// the sum may exceed the block's elapsed time.</summary>
public sealed class StageClock
{
    public const int StageCount = (int)Stage.Propagate + 1;

    private readonly long[] _ns = new long[StageCount];

    public long this[Stage stage] => Volatile.Read(ref _ns[(int)stage]);

    /// <summary>From the block's first stage to the end of its last, in nanoseconds.</summary>
    public long ElapsedNs { get; set; }

    /// <summary>The stage that spent most: what to name when a block overruns its window.</summary>
    public Stage Longest
    {
        get
        {
            int longest = 0;
            for (int i = 1; i < StageCount; i++)
            {
                if (_ns[i] > _ns[longest])
                {
                    longest = i;
                }
            }

            return (Stage)longest;
        }
    }

    public void Add(Stage stage, long ns) => Interlocked.Add(ref _ns[(int)stage], ns);

    public void Clear()
    {
        Array.Clear(_ns);
        ElapsedNs = 0;
    }

    /// <summary>Measures from now until disposed.</summary>
    public Lap Measure(Stage stage, IClock clock) => new(this, stage, clock);

    /// <summary>A running measurement.</summary>
    public readonly ref struct Lap
    {
        private readonly StageClock _owner;
        private readonly Stage _stage;
        private readonly IClock _clock;
        private readonly long _startNs;

        internal Lap(StageClock owner, Stage stage, IClock clock)
        {
            _owner = owner;
            _stage = stage;
            _clock = clock;
            _startNs = clock.MonotonicNs;
        }

        public void Dispose() => _owner.Add(_stage, _clock.MonotonicNs - _startNs);
    }
}
