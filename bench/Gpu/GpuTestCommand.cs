using System.Buffers.Binary;
using System.Security.Cryptography;
using Tactus.Kernels;
using Tactus.Kernels.Gpu;
using Tactus.Kernels.Secp256k1;
using Tactus.Kernels.Sha256;

namespace Tactus.Bench.Gpu;

/// <summary>
/// <c>bench gpu-test [--device code|auto|cuda|opencl|cpu] [--items N] [--seed N]</c>: answers of a device against
/// scalar's on random items, a part of them bent to where verdicts change. "code" is the device code as ordinary .NET,
/// and needs no launch code.
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

        // What stands for a GPU may be stopped for minutes while others measure: it is waited for.
        bool isGpu = opened.TimeoutMs == GpuLimits.TimeoutMs;
        using var executor = new GpuExecutor(
            opened, line => Console.Error.WriteLine(line), isGpu ? null : new EndlessPatience());
        Console.WriteLine($"{executor.Description}; {items} items, seed {seed}");
        var kernel = new DeviceSecp256k1(executor, new Secp256k1Scalar());
        var batch = new DeviceBatchVerifier(executor, kernel);
        if ((kernel.SelfTest() ?? batch.SelfTest() ?? new DeviceSha256(executor).SelfTest() ?? Hashes(executor))
            is { } wrong)
        {
            Console.WriteLine($"WRONG: {wrong}");
            return 1;
        }

        long[] seen = new long[7];
        for (long first = 0; first < items; first += Batch)
        {
            int count = (int)Math.Min(Batch, items - first);
            if (Compare(kernel, batch, count, seed + (first / Batch * 1_000_003), seen) is { } difference)
            {
                Console.WriteLine($"WRONG: seed {seed}, item {first} on: {difference}");
                return 1;
            }
        }

        (int held, int failed) = batch.Equations;
        Console.WriteLine(
            $"{items} items verified, recovered and batch-verified ({held} equations held, {failed} did not), "
            + "all as scalar says; verdicts: "
            + string.Join(", ", Enumerable.Range(1, 6).Select(v => $"{(SignatureVerdict)v} {seen[v]}")));
        return 0;
    }

    // Random digests, keys and signatures: recovered keys make most of them valid, and one item in eight is bent.
    private static string? Compare(DeviceSecp256k1 kernel, DeviceBatchVerifier batch, int count, long seed, long[] seen)
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
        int chunkSeed = random.Next();
        Parallel.For(0, (count + 255) / 256, chunk =>
        {
            int at = chunk * 256, n = Math.Min(256, count - at);
            RecoverMostly(
                digests.AsSpan(32 * at, 32 * n), signatures.AsSpan(64 * at, 64 * n), ids.AsSpan(at, n),
                keys.AsSpan(64 * at, 64 * n), verdicts.AsSpan(at, n), new Random(chunkSeed + chunk));
        });
        kernel.Recover(digests, signatures, ids, keysHere, verdictsHere);
        if (!verdicts.AsSpan().SequenceEqual(verdictsHere) || !keys.AsSpan().SequenceEqual(keysHere))
        {
            return "recover differs";
        }

        Tally();

        // Every other call has one bad item; its equation fails, and the item is found.
        int bad = random.Next(2) == 0 ? Array.IndexOf(verdicts, SignatureVerdict.Valid) : -1;
        if (bad >= 0)
        {
            digests[32 * bad] ^= 0x80;
            verdicts[bad] = SignatureVerdict.Mismatch;
        }

        batch.Verify(digests, signatures, ids, keys, verdictsHere);
        if (!verdicts.AsSpan().SequenceEqual(verdictsHere))
        {
            return "batch verification differs";
        }

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

    // Scalar's keys. Half of all r are no point's x, which costs a device next to nothing: seven in eight of those are
    // drawn again.
    private static void RecoverMostly(
        ReadOnlySpan<byte> digests, Span<byte> signatures, ReadOnlySpan<byte> ids, Span<byte> keys,
            Span<SignatureVerdict> verdicts,
        Random random)
    {
        var scalar = new Secp256k1Scalar();
        scalar.Recover(digests, signatures, ids, keys, verdicts);
        for (int i = 0; i < ids.Length; i++)
        {
            while (verdicts[i] == SignatureVerdict.NoPoint && random.Next(8) != 0)
            {
                // only the low half, so that a small r stays small
                random.NextBytes(signatures.Slice((64 * i) + 17, 15));
                scalar.Recover(
                    digests.Slice(32 * i, 32), signatures.Slice(64 * i, 64), ids.Slice(i, 1), keys.Slice(64 * i, 64),
                    verdicts.Slice(i, 1));
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
            byte[] expected = SHA256.HashData(data.AsSpan(ranges[i].Offset, ranges[i].Length));
            if (!expected.AsSpan().SequenceEqual(digests.AsSpan(32 * i, 32)))
            {
                return $"hash of {i} bytes";
            }
        }

        return null;
    }

    private sealed class EndlessPatience : IGpuPatience
    {
        public bool Wait(ManualResetEventSlim done, int timeoutMs)
        {
            done.Wait();
            return true;
        }
    }
}
