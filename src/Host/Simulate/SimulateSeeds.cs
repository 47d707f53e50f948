using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Tactus.Engine.Simulation;
using Tactus.Host.Configuration;
using Tactus.Kernels;

namespace Tactus.Host.Simulate;

/// <summary>Many seeds of one scenario, some at a time. The result does not depend on how many run side by
/// side.</summary>
internal sealed class SimulateSeeds(SimulateOptions options, Scenario scenario, KernelSet kernels, TextWriter output)
{
    /// <summary>Failing seeds that are named one by one.</summary>
    private const int NamedMax = 20;

    private readonly Lock _lock = new();
    private readonly SortedDictionary<ulong, SimulationReport> _failed = [];
    private readonly SortedDictionary<string, (long Held, long Violated, long NotJudged)> _properties = new(
        StringComparer.Ordinal);
    private int _done;
    private int _next;
    private long _blocks;
    private long _processed;
    private long _restarts;
    private long _unwound;

    /// <returns>Whether every property held in every run.</returns>
    public bool Run(CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        if (!options.Json)
        {
            output.WriteLine(
                $"{options.Protocol}, scenario {scenario.Name}: seeds "
                + $"{options.Seed}..{options.Seed + (ulong)options.Seeds - 1}");
        }

        Exception? failure = null;
        Thread[] threads =
        [
            .. Enumerable.Range(0, Math.Min(options.Threads, options.Seeds)).Select(_ => new Thread(() =>
            {
                try
                {
                    Work(start, cancellation);
                }
                catch (Exception error)
                {
                    failure = error;
                    Volatile.Write(ref _next, options.Seeds);
                }
            })),
        ];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        if (failure is not null)
        {
            throw failure is OperationCanceledException ? failure
                : new InvalidOperationException($"a run broke off: {failure.Message}", failure);
        }

        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        SimulationReport? first = _failed.Count > 0 ? _failed.First().Value : null;
        SimulationReport? smaller = first is not null && options.Shrink
            ? new Campaign(
                options.Protocol, scenario, options.Nodes ?? 0, options.Slots ?? 0, kernels).Shrink(first, cancellation)
            : null;
        if (options.Json)
        {
            WriteJson(first, smaller, seconds);
        }
        else
        {
            WriteText(smaller, seconds);
        }

        return _failed.Count == 0;
    }

    private void Work(long start, CancellationToken cancellation)
    {
        var campaign = new Campaign(options.Protocol, scenario, options.Nodes ?? 0, options.Slots ?? 0, kernels);
        while (true)
        {
            int index = Interlocked.Increment(ref _next) - 1;
            if (index >= options.Seeds)
            {
                return;
            }

            ulong seed = options.Seed + (ulong)index;
            SimulationReport report = campaign.Run(seed, null, cancellation);
            lock (_lock)
            {
                Add(seed, report, Stopwatch.GetElapsedTime(start).TotalSeconds);
            }
        }
    }

    private void Add(ulong seed, SimulationReport report, double seconds)
    {
        _done++;
        _blocks += report.BlocksMade;
        _processed += report.BlocksProcessed;
        _restarts += report.Restarts;
        _unwound += report.Unwound;
        foreach (PropertyResult property in report.Properties)
        {
            (long held, long violated, long notJudged) = _properties.GetValueOrDefault(property.Name);
            _properties[property.Name] = property.Verdict switch
            {
                PropertyVerdict.Held => (held + 1, violated, notJudged),
                PropertyVerdict.Violated => (held, violated + 1, notJudged),
                _ => (held, violated, notJudged + 1),
            };
        }

        if (!report.Held)
        {
            _failed.Add(seed, report);
            if (!options.Json && _failed.Count <= NamedMax)
            {
                output.WriteLine($"  seed {seed}: {VerdictText.Summary(report)}");
            }
        }

        if (!options.Json && _done % Math.Max(1, options.Seeds / 20) == 0)
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  {_done} of {options.Seeds} runs, {_failed.Count} failed, {seconds:F0} s"));
        }
    }

    private void WriteText(SimulationReport? smaller, double seconds)
    {
        output.WriteLine();
        foreach ((string name, (long held, long violated, long notJudged)) in _properties)
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  {name,-22} held {held,6}  violated {violated,6}  not judged {notJudged,6}"));
        }

        output.WriteLine();
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{_done} runs in {seconds:F0} s: {_done - _failed.Count} held, {_failed.Count} failed; "
            + $"{_blocks} blocks made, {_processed} processed, "
            + $"{_unwound} taken back, {_restarts} restarts"));
        if (_failed.Count > 0)
        {
            output.WriteLine($"failed seeds: {string.Join(", ", _failed.Keys.Take(NamedMax))}{(_failed.Count > NamedMax ? ", ..." : string.Empty)}");
        }

        if (smaller is not null)
        {
            VerdictText.WriteSmaller(output, smaller);
        }
    }

    private void WriteJson(SimulationReport? first, SimulationReport? smaller, double seconds) =>
        output.WriteLine(JsonSerializer.Serialize(
        new
        {
            options.Protocol,
            Scenario = scenario.Name,
            FirstSeed = options.Seed,
            Runs = _done,
            Held = _done - _failed.Count,
            FailedSeeds = _failed.Keys.ToArray(),
            Properties = _properties.Select(
                p => new { Name = p.Key, p.Value.Held, p.Value.Violated, p.Value.NotJudged }).ToArray(),
            BlocksMade = _blocks,
            BlocksProcessed = _processed,
            BlocksTakenBack = _unwound,
            Restarts = _restarts,
            Seconds = Math.Round(seconds, 3),
            FirstFailure = first is null ? null : SimulationJson.Of(scenario, first, smaller, 0),
        },
        JsonOutput.Options));
}
