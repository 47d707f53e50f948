using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Tactus.Bench.Peers;

/// <summary>
/// What samples are taken with: the wall clock, or, on a machine that others use too, the processor time of this thread
/// (Linux), which leaves out the time in which it did not run. Caches and clock are still shared then.</summary>
internal static unsafe class SampleClock
{
    private const int ThreadCpuTime = 3;

    /// <summary>Processor time instead of wall time.</summary>
    public static bool UsesCpuTime { get; set; }

    public static double NowNs()
    {
        if (!UsesCpuTime)
        {
            return Stopwatch.GetTimestamp() * (1e9 / Stopwatch.Frequency);
        }

        TimeSpecification time;
        return ClockGetTime(ThreadCpuTime, &time) == 0
            ? (time.Seconds * 1e9) + time.Nanoseconds
            : throw new InvalidOperationException($"no thread clock: error {Marshal.GetLastPInvokeError()}");
    }

    [DllImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int ClockGetTime(int clock, TimeSpecification* time);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpecification
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
