using Tactus.Engine.Time;

namespace Tactus.Engine.Simulation;

/// <summary>The virtual time of a run, in Unix microseconds. Moves only from event to event.</summary>
internal sealed class SimulationClock
{
    public long NowUs { get; set; }
}

/// <summary>A node's own clock: the run's time, wrong by a skew.</summary>
internal sealed class NodeClock(SimulationClock time) : IClock
{
    public long SkewUs { get; set; }

    public long UnixUs => time.NowUs + SkewUs;

    public long MonotonicNs => time.NowUs * 1000;
}
