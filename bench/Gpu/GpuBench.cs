using System.Diagnostics;
using Tactus.Bench.Peers;
using Tactus.Kernels;
using Tactus.Kernels.Gpu;
using Tactus.Kernels.Secp256k1;
using Tactus.Kernels.Sha256;

namespace Tactus.Bench.Gpu;

/// <summary>
/// The measurements of <see cref="GpuCommand"/>: medians of a few rounds, device and processor in turn.
/// </summary>
internal sealed class GpuBench : IDisposable
{
    private const int DistinctSignatures = 4096;

    /// <summary>Signatures that a processor takes at a time.</summary>
    private const int CpuChunk = 1024;

    private readonly GpuReport _report;
    private readonly IGpuTimedLane _lane;
    private readonly int _rounds, _combBits;
    private readonly byte[] _digests, _signatures, _ids, _keys, _recovered;
    private readonly SignatureVerdict[] _verdicts;
    private readonly GpuExecutor _executor;
    private readonly DeviceSecp256k1 _exact;
    private readonly DeviceBatchVerifier _batch;
    private readonly ISecp256k1Kernel _cpu;
    private readonly BatchVerifier _cpuBatch;
    private readonly Dictionary<(GpuProgram, int), OperationCount> _counts = [];

    /// <param name="device">As TACTUS_GPU has it.</param>
    /// <param name="combBits">Digit of the generator's comb.</param>
    /// <param name="top">Signatures at most, as a power of two.</param>
    /// <param name="rounds">Rounds of a median.</param>
    /// <param name="lane">Of <paramref name="top"/> items, for launches alone.</param>
    /// <param name="report">Rows are added to it; its rates are there.</param>
    public GpuBench(string? device, int combBits, int top, int rounds, IGpuTimedLane lane, GpuReport report)
    {
        (_report, _lane, _rounds, _combBits) = (report, lane, rounds, combBits);
        int distinct = Math.Min(DistinctSignatures, 1 << top), copies = (1 << top) / distinct;
        var set = new SignatureSet(distinct, distinct);
        (_digests, _signatures) = (Repeat(set.Digests, copies), Repeat(set.Signatures, copies));
        (_ids, _keys) = (Repeat(set.RecoveryIds, copies), Repeat(set.Keys, copies));
        _verdicts = new SignatureVerdict[1 << top];
        _recovered = new byte[64 << top];
        _cpu = KernelRegistry.Default.Secp256k1.First(
            entry => entry.WhyUnsupported is null && entry is not Secp256k1Gpu);
        _cpuBatch = new BatchVerifier();

        // Lanes as the engine opens them.
        int itemsMax = report.IsGpu ? GpuLimits.ItemsMax : (1 << top) + Decoy.PerBatch;
        IGpuDevice engines = OpenProbe(device, itemsMax, combBits)!;
        _executor = new GpuExecutor(engines, Console.Error.WriteLine);
        _exact = new DeviceSecp256k1(_executor, _cpu);
        _batch = new DeviceBatchVerifier(_executor, _exact);
        _digests.CopyTo(lane.Digests);
        _signatures.CopyTo(lane.Signatures);
        _ids.CopyTo(lane.RecoveryIds);
        _keys.CopyTo(lane.Keys);
    }

    /// <summary>A device that can be measured, or null in a build without launch code.</summary>
    public static IGpuProbe? OpenProbe(string? device, int itemsMax, int? comb) =>
#if GPU
        (IGpuProbe)GpuBuild.Open(device, itemsMax, Math.Max(1 << 16, itemsMax * 128), comb);
#else
        null;
#endif

    /// <summary>One program with one number of signatures.</summary>
    public string Signatures(GpuProgram program, int log)
    {
        int batch = 1 << log;
        _lane.CopyIn(program, batch);
        double kernel = Median(() => _lane.Launch(program, batch));

        // As the Signatures stage does: chunks on several threads, each of which copies for a lane.
        int chunks = Math.Clamp(batch / (GpuLimits.ItemsMax - Decoy.PerBatch), 1, _report.Processors);
        double endToEnd = Median(() => Parallel.For(0, chunks,
            k => CallDevice(program, k * (batch / chunks), batch / chunks)));
        if (_verdicts.AsSpan(0, batch).ContainsAnyExcept(SignatureVerdict.Valid)
            || (program == GpuProgram.Recover && !_recovered.AsSpan(0, 64 * batch).SequenceEqual(
                _keys.AsSpan(0, 64 * batch))))
        {
            throw new GpuException($"{program} of {batch}: a good signature is refused or has another key");
        }

        if (_batch.Equations.Failed > 0)
        {
            throw new GpuException($"{program} of {batch}: an equation of good signatures does not hold");
        }

        int onCpu = Math.Min(batch, 1 << 16);
        double processors = Median(() => Parallel.For(0, (onCpu + CpuChunk - 1) / CpuChunk, k =>
            CallCpu(program, k * CpuChunk, Math.Min(CpuChunk, onCpu - (k * CpuChunk)))));
        OperationCount operations = Count(program, batch);
        _report.Rates.TryGetValue(nameof(GpuOperation.WideMultiply), out double wide);
        var row = new SignatureRow(
            GpuReport.NameOf(program), batch, batch / kernel, batch / endToEnd, onCpu / processors,
                operations.Multiplications,
            operations.Squarings, wide > 0 ? batch / endToEnd * operations.WideMultiplies / wide : 0);
        _report.Signatures.Add(row);
        return $"{row.Program,-8} {row.Batch,8}: kernel {row.KernelPerSecond / 1e6,9:F4} M/s, with copies "
            + $"{row.EndToEndPerSecond / 1e6,9:F4} M/s, {_report.Processors} processors {row.CpuPerSecond / 1e6,9:F4} "
            + "M/s; "
            + $"{row.Multiplications:F0} M + {row.Squarings:F0} S, {100 * row.ShareOfBound,5:F1} % of the "
            + "wide-multiply bound";
    }

    /// <summary>Whole trees of 2^log leaves, eight levels at most.</summary>
    public string Trees(int log)
    {
        ISha256Kernel cpu = KernelRegistry.Default.Sha256.First(
            entry => entry.WhyUnsupported is null && entry is not Sha256Gpu);
        var whole = new DeviceSha256(_executor);
        int leaves = 1 << log, levels = Math.Min(log, DeviceSha256.LevelsMax);
        byte[] data = new byte[32 * leaves], roots = new byte[32 * (leaves >> levels)];
        new Random(log).NextBytes(data);
        data.CopyTo(_lane.Data);
        _lane.ReduceTree(leaves, levels, childBits: false);
        double onDevice = Median(() => _lane.LaunchTree(leaves, levels));
        double endToEnd = Median(() => whole.Reduce(data, levels, childBits: false, roots));
        byte[] pairs = data[..(64 * Math.Min(leaves / 2, 1 << 14))], digests = new byte[pairs.Length / 2];
        double onCpu = Median(() => cpu.HashPairs(pairs, digests));
        double nodes = leaves - (leaves >> levels);
        var row = new TreeRow(leaves, nodes / onDevice, nodes / endToEnd, pairs.Length / 64 / onCpu);
        _report.Trees.Add(row);
        return $"tree     {leaves,8}: on the device {row.OnDevicePerSecond / 1e6,10:F3} M nodes/s, with copies "
            + $"{row.EndToEndPerSecond / 1e6,10:F3}, one processor {row.CpuPerSecond / 1e6,10:F3}";
    }

    /// <summary>Field operations of a signature, without a device.</summary>
    public static void SayCounts(int top, int combBits, Action<string> say)
    {
        var set = new SignatureSet(DistinctSignatures, DistinctSignatures);
        foreach (GpuProgram program in Enum.GetValues<GpuProgram>())
        {
            for (int log = 8; log <= (program == GpuProgram.Batch ? top : 8); log += 2)
            {
                int items = 1 << log, distinct = Math.Min(items, DistinctSignatures), copies = items / distinct;
                OperationCount count = CountedProducts.Count(
                    program, Repeat(set.Digests[..(32 * distinct)], copies),
                    Repeat(set.Signatures[..(64 * distinct)], copies),
                    Repeat(set.RecoveryIds[..distinct], copies), Repeat(set.Keys[..(64 * distinct)], copies), combBits);
                say($"{GpuReport.NameOf(program),-8} {items,8}: {count.Multiplications:F0} M + {count.Squarings:F0} S = "
                    + $"{count.WideMultiplies:F0} wide multiply-adds a signature");
            }
        }
    }

    public void Dispose() => _executor.Dispose();

    // Of real signatures. Verification and recovery cost each item the same; an equation's cost depends on how many it
    // has, up to the lanes' size.
    private OperationCount Count(GpuProgram program, int batch)
    {
        int items = program == GpuProgram.Batch ? Math.Min(batch, 1 << 16) : 64;
        if (!_counts.TryGetValue((program, items), out OperationCount? count))
        {
            count = CountedProducts.Count(
                program, _digests[..(32 * items)], _signatures[..(64 * items)], _ids[..items], _keys[..(64 * items)],
                    _combBits);
            _counts.Add((program, items), count);
        }

        return count;
    }

    private void CallDevice(GpuProgram program, int first, int count)
    {
        if (program == GpuProgram.Batch)
        {
            _batch.Verify(
                _digests.AsSpan(32 * first, 32 * count), _signatures.AsSpan(64 * first, 64 * count),
                _ids.AsSpan(first, count),
                _keys.AsSpan(64 * first, 64 * count), _verdicts.AsSpan(first, count));
        }
        else
        {
            CallExact(_exact, program, first, count);
        }
    }

    private void CallCpu(GpuProgram program, int first, int count)
    {
        if (program == GpuProgram.Batch)
        {
            _cpuBatch.Verify(
                _digests.AsSpan(32 * first, 32 * count), _signatures.AsSpan(64 * first, 64 * count),
                _ids.AsSpan(first, count),
                _keys.AsSpan(64 * first, 64 * count), _verdicts.AsSpan(first, count));
        }
        else
        {
            CallExact(_cpu, program, first, count);
        }
    }

    private void CallExact(ISecp256k1Kernel kernel, GpuProgram program, int first, int count)
    {
        if (program == GpuProgram.Recover)
        {
            kernel.Recover(
                _digests.AsSpan(32 * first, 32 * count), _signatures.AsSpan(64 * first, 64 * count),
                _ids.AsSpan(first, count),
                _recovered.AsSpan(64 * first, 64 * count), _verdicts.AsSpan(first, count));
        }
        else
        {
            kernel.Verify(
                _digests.AsSpan(32 * first, 32 * count), _signatures.AsSpan(64 * first, 64 * count),
                _keys.AsSpan(64 * first, 64 * count), _verdicts.AsSpan(first, count));
        }
    }

    // Seconds, after one round that is not counted.
    private double Median(Action action)
    {
        action();
        double[] seconds = new double[_rounds];
        for (int i = 0; i < _rounds; i++)
        {
            long start = Stopwatch.GetTimestamp();
            action();
            seconds[i] = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        Array.Sort(seconds);
        return seconds[_rounds / 2];
    }

    private static byte[] Repeat(byte[] bytes, int copies)
    {
        byte[] all = new byte[bytes.Length * copies];
        for (int i = 0; i < copies; i++)
        {
            bytes.CopyTo(all, i * bytes.Length);
        }

        return all;
    }
}
