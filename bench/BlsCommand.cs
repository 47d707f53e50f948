using System.Diagnostics;
using System.Text.Json;
using Tactus.Bench.Pipeline;
using Tactus.Kernels;
using Tactus.Kernels.Bls12381;

namespace Tactus.Bench;

/// <summary>
/// <c>bench bls [--json FILE] [--rounds N]</c>: processor time of one thread for what BLS is asked, blst in the same
/// run.
/// </summary>
internal static class BlsCommand
{
    private const int Batch = 64;
    private const int Committee = 128;
    private const int MessageBytes = 32;

    // for each subject: the JIT's tiers need some hundreds of calls and a pause
    private const int WarmUpMs = 1500;

    private static readonly JsonSerializerOptions JsonOptions =
        new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    public static int Run(ReadOnlySpan<string> args)
    {
        string? json = null;
        int rounds = 30;
        for (int i = 0; i < args.Length; i++)
        {
            if (args[i] == "--json" && i + 1 < args.Length)
            {
                json = args[++i];
            }
            else if (args[i] == "--rounds" && i + 1 < args.Length && int.TryParse(args[i + 1], out rounds)
                && rounds > 0)
            {
                i++;
            }
            else
            {
                Console.Error.WriteLine($"bls: '{args[i]}' is not understood. Use: bls [--json FILE] [--rounds N]");
                return 2;
            }
        }

        List<Row> rows = Measure(rounds);
        Console.WriteLine($"{"what",-28}{"kernel",-10}{"median us",12}{"min us",12}");
        foreach (Row row in rows)
        {
            Console.WriteLine($"{row.What,-28}{row.Kernel,-10}{row.MedianUs,12:F1}{row.MinUs,12:F1}");
        }

        if (json is not null)
        {
            File.WriteAllText(json, JsonSerializer.Serialize(new { Rows = rows }, JsonOptions));
        }

        return 0;
    }

    private static List<Row> Measure(int rounds)
    {
        var set = new Signatures();
        var subjects = new List<(string What, string Kernel, int Items, Action Call)>();
        foreach (IBlsKernel kernel in KernelRegistry.Default.Bls12381.Where(entry => entry.WhyUnsupported is null))
        {
            Add(subjects, kernel, set);
        }

        if (BlstPeer.Find() is { } blst)
        {
            byte[] keys = blst.ReadKeys(set.CompressedKeys);
            subjects.Add(("verify", "blst", 1, () => blst.Verify(keys, set.Message(0), set.Signature(0))));
            subjects.Add(("batch of 64, each", "blst", Batch, () => blst.VerifyBatch(
                keys[..(96 * Batch)], set.Messages, set.SignatureBytes, set.Weights)));
            subjects.Add(("fast aggregate, 128 keys", "blst", 1, () => blst.FastAggregateVerify(
                keys, set.Message(0), set.Aggregate)));
            subjects.Add(("hash to G2", "blst", 1, () => blst.Hash(set.Message(0))));
        }
        else
        {
            Console.WriteLine("blst: not measured; name its shared library in TACTUS_BLST");
        }

        return Time(subjects, rounds);
    }

    private static void Add(
        List<(string What, string Kernel, int Items, Action Call)> subjects, IBlsKernel kernel, Signatures set)
    {
        string name = kernel.Name;
        BlsPublicKey[] keys = new BlsPublicKey[Committee];
        for (int i = 0; i < Committee; i++)
        {
            Require(kernel.DecompressKey(set.CompressedKeys[i], out keys[i]) == BlsVerdict.Valid);
        }

        subjects.Add(("verify", name, 1, () => Require(
            kernel.Verify(keys[0], set.Message(0), set.Signature(0)) == BlsVerdict.Valid)));
        subjects.Add(("batch of 64, each", name, Batch, () => Require(
            kernel.VerifyBatch(keys.AsSpan(0, Batch), set.Messages, MessageBytes, set.SignatureBytes, set.Weights)
                == BlsVerdict.Valid)));
        subjects.Add(("fast aggregate, 128 keys", name, 1, () => Require(
            kernel.FastAggregateVerify(keys, set.Message(0), set.Aggregate) == BlsVerdict.Valid)));
        subjects.Add(("sum of 128 keys", name, 1, () => kernel.AggregateKeys(keys, out _)));
        subjects.Add(("decompress key", name, 1, () => Require(
            kernel.DecompressKey(set.CompressedKeys[1], out _) == BlsVerdict.Valid)));
        byte[] compressed = [.. set.CompressedKeys.SelectMany(bytes => bytes)];
        var verdicts = new BlsVerdict[Committee];
        var decompressed = new BlsPublicKey[Committee];
        void DecompressAll()
        {
            kernel.DecompressKeys(compressed, decompressed, verdicts);
            Require(!verdicts.AsSpan().ContainsAnyExcept(BlsVerdict.Valid));
        }

        subjects.Add(("decompress 128 keys, each", name, Committee, DecompressAll));
        if (name == "scalar")
        {
            var signer = new Bls12381Signer();
            byte[] signature = new byte[IBlsKernel.SignatureBytes];
            subjects.Add(
                ("sign", name, 1, () => Require(signer.TrySign(Signatures.Secret(0), set.Message(0), signature))));
            subjects.Add(("hash to G2", name, 1, () => Bls12381Scalar.HashPoint(set.Message(0), out _)));
        }
    }

    // rounds alternate, so that a change of clock meets all alike
    private static List<Row> Time(List<(string What, string Kernel, int Items, Action Call)> subjects, int rounds)
    {
        var clock = new ThreadClock();
        var samples = subjects.ConvertAll(_ => new List<double>());
        foreach ((_, _, _, Action call) in subjects)
        {
            for (long begin = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begin).TotalMilliseconds < WarmUpMs;)
            {
                call();
            }
        }

        for (int round = 0; round < rounds; round++)
        {
            for (int i = 0; i < subjects.Count; i++)
            {
                long start = clock.MonotonicNs;
                subjects[i].Call();
                double us = (clock.MonotonicNs - start) / 1e3 / subjects[i].Items;
                samples[i].Add(us);
            }
        }

        return [.. subjects.Select((subject, i) =>
        {
            samples[i].Sort();
            return new Row(subject.What, subject.Kernel, samples[i][samples[i].Count / 2], samples[i][0]);
        }).OrderBy(row => row.What, StringComparer.Ordinal)];
    }

    private static void Require(bool condition)
    {
        if (!condition)
        {
            throw new InvalidOperationException("a kernel refuses what it should accept");
        }
    }

    private sealed record Row(string What, string Kernel, double MedianUs, double MinUs);

    /// <summary>
    /// 128 keys; 64 distinct messages signed by the first 64; one aggregate of all keys over message 0.
    /// </summary>
    private sealed class Signatures
    {
        public Signatures()
        {
            var signer = new Bls12381Signer();
            for (int i = 0; i < Committee; i++)
            {
                byte[] key = new byte[IBlsKernel.KeyBytes];
                Require(signer.TryPublicKey(Secret(i), key));
                CompressedKeys.Add(key);
            }

            for (int i = 0; i < Batch; i++)
            {
                Weights[i] = 0x9e3779b97f4a7c15UL * (ulong)(i + 1);
                System.Security.Cryptography.SHA256.HashData(
                    [(byte)i], Messages.AsSpan(i * MessageBytes, MessageBytes));
                Require(signer.TrySign(Secret(i), Message(i), SignatureBytes.AsSpan(i * 96, 96)));
            }

            byte[] each = new byte[Committee * IBlsKernel.SignatureBytes];
            for (int i = 0; i < Committee; i++)
            {
                Require(signer.TrySign(Secret(i), Message(0), each.AsSpan(i * 96, 96)));
            }

            Require(new Bls12381Scalar().AggregateSignatures(each, Aggregate) == BlsVerdict.Valid);
        }

        public List<byte[]> CompressedKeys { get; } = [];

        public byte[] Messages { get; } = new byte[Batch * MessageBytes];

        public byte[] SignatureBytes { get; } = new byte[Batch * IBlsKernel.SignatureBytes];

        public ulong[] Weights { get; } = new ulong[Batch];

        public byte[] Aggregate { get; } = new byte[IBlsKernel.SignatureBytes];

        public static byte[] Secret(int i) => System.Security.Cryptography.SHA256.HashData([(byte)i, 1]) is var hash
            ? [.. hash.Select((b, at) => at == 0 ? (byte)(b & 0x3f) : b)]
            : [];

        public byte[] Message(int i) => Messages.AsSpan(i * MessageBytes, MessageBytes).ToArray();

        public byte[] Signature(int i) => SignatureBytes.AsSpan(i * 96, 96).ToArray();
    }
}
