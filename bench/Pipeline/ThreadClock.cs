using System.Diagnostics;
using System.Runtime.InteropServices;
using Tactus.Engine.Time;

namespace Tactus.Bench.Pipeline;

/// <summary>A clock whose monotonic time is the processor time of the calling thread, so that the stages' times do not contain
/// waiting, nor other processes on a busy machine. Where the system has none, the machine's clock.</summary>
internal sealed unsafe partial class ThreadClock : IClock
{
    // Linux: CLOCK_THREAD_CPUTIME_ID.
    private const int ThreadCpuTime = 3;

    private static readonly bool Available = OperatingSystem.IsLinux();

    public long UnixUs => SystemClock.Instance.UnixUs;

    public long MonotonicNs
    {
        get
        {
            if (!Available)
            {
                return SystemClock.Instance.MonotonicNs;
            }

            long* time = stackalloc long[2];
            _ = GetTime(ThreadCpuTime, time);
            return (time[0] * 1_000_000_000) + time[1];
        }
    }

    /// <summary>Clock rate in GHz: a chain of dependent additions, one per cycle on every processor of today.</summary>
    public double MeasureGigahertz()
    {
        const int Steps = 100_000_000;
        double best = 0;
        for (int round = 0; round < 3; round++)
        {
            long start = MonotonicNs;
            long watch = Stopwatch.GetTimestamp();
            ulong x = (ulong)watch;
            for (int i = 0; i < Steps; i += 8)
            {
                x = ((((((((x + 3) ^ 5) + 7) ^ 9) + 11) ^ 13) + 15) ^ 17);
            }

            long ns = MonotonicNs - start;
            best = Math.Max(best, x == 1 ? 0 : (double)Steps / ns);
        }

        return best;
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, long* time);
}
