using System.Diagnostics;
using Tactus.Bench.Peers;
using Tactus.Kernels;
using Tactus.Kernels.Gpu;
using Tactus.Kernels.Secp256k1;
using Tactus.Kernels.Sha256;

namespace Tactus.Bench.Gpu;

/// <summary>The measurements of <see cref="GpuCommand"/>: medians of a few rounds, device and processor in turn.</summary>
internal sealed class GpuBench(string? device, int? comb, bool isGpu, int rounds)
{
    private const int DistinctSignatures = 4096;

    /// <summary>Signatures that a processor takes at a time.</summary>
    private const int CpuChunk = 1024;

    /// <summary>A device that can be measured, or null in a build without launch code.</summary>
    public static IGpuProbe? OpenProbe(string? device, int itemsMax, int? comb) =>
#if GPU
        (IGpuProbe)GpuBuild.Open(device, itemsMax, Math.Max(1 << 16, itemsMax * 32), comb);
#else
        null;
#endif

    public void Signatures(IGpuTimedLane lane, int top, GpuReport report, Action<string> say)
    {
        int distinct = Math.Min(DistinctSignatures, 1 << top);
        var set = new SignatureSet(distinct, distinct);
        int all = 1 << top, copies = all / distinct;
        byte[] digests = Repeat(set.Digests, copies), signatures = Repeat(set.Signatures, copies);
        byte[] ids = Repeat(set.RecoveryIds, copies), keys = Repeat(set.Keys, copies);
        var verdicts = new SignatureVerdict[all];
        byte[] recovered = new byte[64 * all];
        ISecp256k1Kernel cpu = KernelRegistry.Default.Secp256k1.First(entry => entry.WhyUnsupported is null && entry is not Secp256k1Gpu);
        using var executor = new GpuExecutor(GpuBenchDevice(), line => Console.Error.WriteLine(line));
        var whole = new DeviceSecp256k1(executor, cpu);
        digests.CopyTo(lane.Digests);
        signatures.CopyTo(lane.Signatures);
        ids.CopyTo(lane.RecoveryIds);
        keys.CopyTo(lane.Keys);
        report.Rates.TryGetValue(nameof(GpuOperation.WideMultiply), out double wide);
        foreach (GpuProgram program in Enum.GetValues<GpuProgram>())
        {
            bool recovers = program == GpuProgram.Recover;
            OperationCount operations = CountedProducts.Count(
                set.Digests[..(32 * 64)], set.Signatures[..(64 * 64)], set.RecoveryIds[..64], set.Keys[..(64 * 64)],
                comb ?? GpuLimits.CombBits, recovers);
            say($"{program}: {operations.Multiplications:F1} M + {operations.Squarings:F1} S a signature with comb of {comb ?? GpuLimits.CombBits} bits");
            for (int log = isGpu ? 8 : Math.Min(6, top); log <= top; log += isGpu ? 2 : 1)
            {
                int batch = 1 << log;
                lane.CopyIn(program, batch);
                double kernel = Median(() => lane.Launch(program, batch));
                double endToEnd = Median(() => Call(whole, batch));
                if (verdicts.AsSpan(0, batch).ContainsAnyExcept(SignatureVerdict.Valid)
                    || (recovers && !recovered.AsSpan(0, 64 * batch).SequenceEqual(keys.AsSpan(0, 64 * batch))))
                {
                    throw new GpuException($"{program} of {batch}: a good signature is refused or has another key");
                }

                int onCpu = Math.Min(batch, 1 << 16);
                double processors = Median(() => Parallel.For(0, (onCpu + CpuChunk - 1) / CpuChunk, k =>
                {
                    int first = k * CpuChunk, count = Math.Min(CpuChunk, onCpu - first);
                    Call(cpu, count, first);
                }));
                var row = new SignatureRow(
                    recovers ? "recover" : "verify", batch, batch / kernel, batch / endToEnd, onCpu / processors,
                    wide > 0 ? batch / endToEnd * operations.WideMultiplies / wide : 0);
                report.Signatures.Add(row);
                say($"{row.Program,-8} {row.Batch,8}: kernel {row.KernelPerSecond / 1e6,9:F4} M/s, with copies "
                    + $"{row.EndToEndPerSecond / 1e6,9:F4} M/s, {report.Processors} processors {row.CpuPerSecond / 1e6,9:F4} M/s, "
                    + $"{100 * row.ShareOfBound,5:F1} % of the wide-multiply bound");
            }

            void Call(ISecp256k1Kernel kernel, int count, int first = 0)
            {
                if (recovers)
                {
                    kernel.Recover(
                        digests.AsSpan(32 * first, 32 * count), signatures.AsSpan(64 * first, 64 * count), ids.AsSpan(first, count),
                        recovered.AsSpan(64 * first, 64 * count), verdicts.AsSpan(first, count));
                }
                else
                {
                    kernel.Verify(
                        digests.AsSpan(32 * first, 32 * count), signatures.AsSpan(64 * first, 64 * count),
                        keys.AsSpan(64 * first, 64 * count), verdicts.AsSpan(first, count));
                }
            }
        }
    }

    public void Trees(IGpuTimedLane lane, GpuReport report, Action<string> say)
    {
        ISha256Kernel cpu = KernelRegistry.Default.Sha256.First(entry => entry.WhyUnsupported is null && entry is not Sha256Gpu);
        using var executor = new GpuExecutor(GpuBenchDevice(), line => Console.Error.WriteLine(line));
        var whole = new DeviceSha256(executor);
        for (int log = 10; 32 << log <= lane.DataBytes; log += 2)
        {
            int leaves = 1 << log, levels = Math.Min(log, 8);
            byte[] data = new byte[32 * leaves], roots = new byte[32 * (leaves >> levels)];
            new Random(log).NextBytes(data);
            data.CopyTo(lane.Data);
            lane.ReduceTree(leaves, levels, childBits: false);
            double onDevice = Median(() => lane.LaunchTree(leaves, levels));
            double endToEnd = Median(() => whole.Reduce(data, levels, childBits: false, roots));
            byte[] pairs = data[..(64 * Math.Min(leaves / 2, 1 << 14))], digests = new byte[pairs.Length / 2];
            double onCpu = Median(() => cpu.HashPairs(pairs, digests));
            double nodes = leaves - (leaves >> levels);
            var row = new TreeRow(leaves, nodes / onDevice, nodes / endToEnd, pairs.Length / 64 / onCpu);
            report.Trees.Add(row);
            say($"tree     {leaves,8}: on the device {row.OnDevicePerSecond / 1e6,10:F3} M nodes/s, with copies "
                + $"{row.EndToEndPerSecond / 1e6,10:F3}, one processor {row.CpuPerSecond / 1e6,10:F3}");
        }
    }

    // Lanes as the engine opens them.
    private IGpuDevice GpuBenchDevice() => OpenProbe(device, isGpu ? GpuLimits.ItemsMax : 256, comb)!;

    // Seconds, after one round that is not counted.
    private double Median(Action action)
    {
        action();
        double[] seconds = new double[rounds];
        for (int i = 0; i < rounds; i++)
        {
            long start = Stopwatch.GetTimestamp();
            action();
            seconds[i] = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        Array.Sort(seconds);
        return seconds[rounds / 2];
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
