using System.Buffers.Binary;
using System.Security.Cryptography;
using Tactus.Kernels;
using Tactus.Kernels.Gpu;
using Tactus.Kernels.Secp256k1;
using Tactus.Kernels.Sha256;

namespace Tactus.Bench.Gpu;

/// <summary>
/// <c>bench gpu-test [--device code|auto|cuda|opencl|cpu] [--items N] [--seed N]</c>: answers of a device against scalar's on random items, a
/// part of them bent to where verdicts change. "code" is the device code as ordinary .NET, and needs no launch code.
/// </summary>
internal static class GpuTestCommand
{
    private const string Usage = "gpu-test [--device code|auto|cuda|opencl|cpu] [--items N] [--seed N]";

    /// <summary>Items compared at a time.</summary>
    private const int Batch = 4096;

    public static int Run(ReadOnlySpan<string> args)
    {
        string device = "code";
        long items = 10_000;
        int seed = 1;
        for (int i = 0; i < args.Length; i += 2)
        {
            string? value = i + 1 < args.Length ? args[i + 1] : null;
            bool understood = args[i] switch
            {
                "--device" => value is not null,
                "--items" => long.TryParse(value, out items) && items > 0,
                "--seed" => int.TryParse(value, out seed),
                _ => false,
            };
            if (!understood)
            {
                Console.Error.WriteLine($"gpu-test: '{args[i]}' is not understood. Use: {Usage}");
                return 2;
            }

            device = args[i] == "--device" ? value! : device;
        }

        IGpuDevice? opened;
        try
        {
            opened = device == "code" ? new DotNetDevice(itemsMax: 512) : GpuBench.OpenProbe(device, 1 << 12, null);
        }
        catch (GpuException error)
        {
            Console.Error.WriteLine($"gpu-test: {error.Message}");
            return 1;
        }

        if (opened is null)
        {
            Console.Error.WriteLine("gpu-test: this build has no GPU code: build with -p:Gpu=true");
            return 1;
        }

        using var executor = new GpuExecutor(opened, line => Console.Error.WriteLine(line));
        Console.WriteLine($"{executor.Description}; {items} items, seed {seed}");
        var kernel = new DeviceSecp256k1(executor, new Secp256k1Scalar());
        if ((kernel.SelfTest() ?? new DeviceSha256(executor).SelfTest() ?? Hashes(executor)) is { } wrong)
        {
            Console.WriteLine($"WRONG: {wrong}");
            return 1;
        }

        long[] seen = new long[7];
        for (long first = 0; first < items; first += Batch)
        {
            int count = (int)Math.Min(Batch, items - first);
            if (Compare(kernel, count, seed + (first / Batch * 1_000_003), seen) is { } difference)
            {
                Console.WriteLine($"WRONG: seed {seed}, item {first} on: {difference}");
                return 1;
            }
        }

        Console.WriteLine($"{items} items verified and recovered, all as scalar says; verdicts: "
            + string.Join(", ", Enumerable.Range(1, 6).Select(v => $"{(SignatureVerdict)v} {seen[v]}")));
        return 0;
    }

    // Random digests, keys and signatures: recovered keys make most of them valid, and one item in eight is bent.
    private static string? Compare(DeviceSecp256k1 kernel, int count, long seed, long[] seen)
    {
        byte[] digests = new byte[32 * count], signatures = new byte[64 * count], ids = new byte[count];
        byte[] keys = new byte[64 * count], keysHere = new byte[64 * count];
        var random = new Random(unchecked((int)(seed * 2_654_435_761)));
        random.NextBytes(digests);
        random.NextBytes(signatures);
        for (int i = 0; i < count; i++)
        {
            ids[i] = (byte)(random.Next(64) == 0 ? random.Next(2, 6) : random.Next(2));
            if (random.Next(32) == 0)
            {
                // r below p - n, so that r + n is a second candidate
                signatures.AsSpan(64 * i, 17).Clear();
            }
        }

        var verdicts = new SignatureVerdict[count];
        var verdictsHere = new SignatureVerdict[count];
        Parallel.For(0, (count + 255) / 256, chunk =>
        {
            int at = chunk * 256, n = Math.Min(256, count - at);
            new Secp256k1Scalar().Recover(
                digests.AsSpan(32 * at, 32 * n), signatures.AsSpan(64 * at, 64 * n), ids.AsSpan(at, n),
                keys.AsSpan(64 * at, 64 * n), verdicts.AsSpan(at, n));
        });
        kernel.Recover(digests, signatures, ids, keysHere, verdictsHere);
        if (!verdicts.AsSpan().SequenceEqual(verdictsHere) || !keys.AsSpan().SequenceEqual(keysHere))
        {
            return "recover differs";
        }

        Tally();
        for (int i = 0; i < count; i++)
        {
            switch (random.Next(24))
            {
                case 0:
                    digests[(32 * i) + random.Next(32)] ^= 1;
                    break;
                case 1:
                    keys[(64 * i) + random.Next(64)] ^= 1;
                    break;
                case 2:
                    signatures.AsSpan((64 * i) + (32 * random.Next(2)), 32).Fill((byte)(random.Next(2) == 0 ? 0 : 255));
                    break;
            }
        }

        Parallel.For(0, (count + 255) / 256, chunk =>
        {
            int at = chunk * 256, n = Math.Min(256, count - at);
            new Secp256k1Scalar().Verify(
                digests.AsSpan(32 * at, 32 * n), signatures.AsSpan(64 * at, 64 * n), keys.AsSpan(64 * at, 64 * n),
                verdicts.AsSpan(at, n));
        });
        kernel.Verify(digests, signatures, keys, verdictsHere);
        Tally();
        return verdicts.AsSpan().SequenceEqual(verdictsHere) ? null : "verify differs";

        void Tally()
        {
            foreach (SignatureVerdict verdict in verdicts)
            {
                seen[(int)verdict]++;
            }
        }
    }

    // Messages of every length to 300 bytes at every alignment, against the platform's library.
    private static string? Hashes(GpuExecutor executor)
    {
        byte[] data = new byte[1024];
        for (int i = 0; i < data.Length; i += 4)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(data.AsSpan(i), (uint)i * 2_654_435_761);
        }

        MessageRange[] ranges = [.. Enumerable.Range(0, 301).Select(length => new MessageRange(length % 7, length))];
        byte[] digests = new byte[32 * ranges.Length];
        new DeviceSha256(executor).HashMixed(data, ranges, digests);
        for (int i = 0; i < ranges.Length; i++)
        {
            if (!SHA256.HashData(data.AsSpan(ranges[i].Offset, ranges[i].Length)).AsSpan().SequenceEqual(digests.AsSpan(32 * i, 32)))
            {
                return $"hash of {i} bytes";
            }
        }

        return null;
    }
}
