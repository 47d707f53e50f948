namespace Tactus.Engine.Time;

/// <summary>A clock that runs at the pace of another with its wall time moved: a devnet's chain time begins at its
/// genesis.</summary>
/// <param name="inner">Gives the pace of the wall time.</param>
/// <param name="monotonic">Gives the time that is measured; the machine's where the wall time is virtual.</param>
public sealed class ShiftedClock(IClock inner, IClock monotonic) : IClock
{
    public long ShiftUs { get; set; }

    public long UnixUs => inner.UnixUs + ShiftUs;

    public long MonotonicNs => monotonic.MonotonicNs;
}
