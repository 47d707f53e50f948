using System.Diagnostics;

namespace Tactus.Engine.Time;

/// <summary>The only source of time of the engine: wall time for slots, monotonic ticks for measuring. Simulations
/// bring their own.</summary>
public interface IClock
{
    /// <summary>Wall time in microseconds since 1970-01-01T00:00:00Z.</summary>
    long UnixUs { get; }

    /// <summary>Monotonic time in nanoseconds; only differences mean something.</summary>
    long MonotonicNs { get; }
}

/// <summary>The machine's clocks.</summary>
public sealed class SystemClock : IClock
{
    private static readonly double NsPerTick = 1e9 / Stopwatch.Frequency;

    public static SystemClock Instance { get; } = new();

    public long UnixUs => (DateTimeOffset.UtcNow.Ticks - DateTimeOffset.UnixEpoch.Ticks) / 10;

    public long MonotonicNs => (long)(Stopwatch.GetTimestamp() * NsPerTick);
}

/// <summary>A clock that stands still until it is moved: tests and simulations.</summary>
public sealed class ManualClock : IClock
{
    public long UnixUs { get; set; }

    public long MonotonicNs => UnixUs * 1000;

    public void AdvanceUs(long microseconds) => UnixUs += microseconds;
}
