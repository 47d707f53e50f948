using System.Diagnostics;
using System.Globalization;
using Tactus.Engine.Pipeline;

namespace Tactus.Host.Replay;

/// <summary>One line per second on standard error while a replay runs: rate over the last seconds and, once it is
/// steady, how long the rest will take. Work is counted in bytes, which follows the cost of blocks better than their
/// number.</summary>
internal sealed class ReplayProgress(bool quiet)
{
    private const int SamplesMin = 3;
    private const double Smoothing = 0.3;

    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private double _lastSeconds;
    private long _lastBytes;
    private long _lastBlocks;
    private double _bytesPerSecond;
    private int _samples;
    private long _bytesTotal;

    /// <summary>Sets the bytes that the whole run will read.</summary>
    public void Begin(long bytesTotal) => _bytesTotal = bytesTotal;

    public void Report(ReplayReport report)
    {
        double now = _watch.Elapsed.TotalSeconds;
        if (quiet || now - _lastSeconds < 1)
        {
            return;
        }

        double seconds = now - _lastSeconds;
        double rate = (report.Bytes - _lastBytes) / seconds;
        double blocksPerSecond = (report.Blocks - _lastBlocks) / seconds;
        _bytesPerSecond = _samples == 0 ? rate : (Smoothing * rate) + ((1 - Smoothing) * _bytesPerSecond);
        _samples++;
        _lastSeconds = now;
        _lastBytes = report.Bytes;
        _lastBlocks = report.Blocks;
        string rest = _samples < SamplesMin || _bytesPerSecond <= 0
            ? "-"
            : TimeSpan.FromSeconds(Math.Max(0, _bytesTotal - report.Bytes) / _bytesPerSecond)
                .ToString(@"hh\:mm\:ss", CultureInfo.InvariantCulture);
        double percent = _bytesTotal == 0 ? 0 : Math.Min(99.9, 100.0 * report.Bytes / _bytesTotal);
        Console.Error.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"block {report.HeadNumber:N0}  {percent:N1} %  {blocksPerSecond:N0} blocks/s  {_bytesPerSecond / 1e6:N1} "
            + $"MB/s  rest {rest}  lib {report.LastIrreversible:N0}"));
    }
}
