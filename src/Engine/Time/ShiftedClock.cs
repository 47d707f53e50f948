namespace Tactus.Engine.Time;

/// <summary>A clock that runs at the pace of another with its wall time moved: a devnet's chain time begins at its genesis.</summary>
public sealed class ShiftedClock(IClock inner) : IClock
{
    public long ShiftUs { get; set; }

    public long UnixUs => inner.UnixUs + ShiftUs;

    public long MonotonicNs => inner.MonotonicNs;
}
