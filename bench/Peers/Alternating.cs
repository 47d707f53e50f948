using System.Diagnostics;

namespace Tactus.Bench.Peers;

/// <summary>Times several subjects in turn, round after round, so that a change of clock or load meets all of them
/// alike.</summary>
internal static class Alternating
{
    /// <summary>Rounds at least, however slow a round is.</summary>
    private const int RoundsMin = 5;

    /// <summary>Median and least nanoseconds of one call of each subject.</summary>
    /// <param name="subjects">What to call. Each call should take some tens of microseconds or more.</param>
    /// <param name="warmUpMs">Time for each subject before measuring, for the JIT's tiers and the caches.</param>
    /// <param name="measureMs">Time for all of them together.</param>
    public static (double MedianNs, double MinNs)[] Measure(IReadOnlyList<Action> subjects, int warmUpMs, int measureMs)
    {
        foreach (Action subject in subjects)
        {
            for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start).TotalMilliseconds < warmUpMs;)
            {
                subject();
            }
        }

        var samples = new List<double>[subjects.Count];
        for (int i = 0; i < samples.Length; i++)
        {
            samples[i] = [];
        }

        long begun = Stopwatch.GetTimestamp();
        for (int round = 0;
            round < RoundsMin || Stopwatch.GetElapsedTime(begun).TotalMilliseconds < measureMs;
            round++)
        {
            for (int i = 0; i < samples.Length; i++)
            {
                double start = SampleClock.NowNs();
                subjects[i]();
                samples[i].Add(SampleClock.NowNs() - start);
            }
        }

        return [.. samples.Select(times =>
        {
            times.Sort();
            return (times[times.Count / 2], times[0]);
        })];
    }
}
