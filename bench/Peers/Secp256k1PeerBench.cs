using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Tactus.Kernels;
using Tactus.Kernels.Secp256k1;

namespace Tactus.Bench.Peers;

/// <summary>Every signature path against libsecp256k1 on the same signatures, alternating in one run; times are per
/// signature.</summary>
/// <remarks>
/// All sides start from bytes (digest, r|s, x|y) and parse them. Ratios of exact-verify, batch and hot are against
/// libsecp256k1's verify of an uncompressed key, of exact-recover against its recover; "libsecp256k1-parsed" is its
/// verify
/// with keys parsed before, for reference.
/// </remarks>
internal static class Secp256k1PeerBench
{
    private const int SlowBatchMax = 8;
    private const string Lib = "libsecp256k1";

    private static readonly int[] Batches = [1, 8, 64, 1024, 4096];

    /// <exception cref="InvalidOperationException">A subject refuses a good signature.</exception>
    public static IReadOnlyList<PeerRow> Run(Action<string> say, int measureMs)
    {
        LibSecp256k1Peer? peer = LibSecp256k1Peer.Find(out string said);
        say(said);
        var rows = new List<PeerRow>();
        foreach (int batch in Batches)
        {
            foreach (int distinctKeys in new[] { batch, Math.Max(1, batch / 16), Math.Min(batch, 16) }.Distinct())
            {
                rows.AddRange(RunSet(peer, new SignatureSet(batch, distinctKeys), measureMs));
            }
        }

        rows.AddRange(RunBad(peer, measureMs));
        return rows;
    }

    private static List<PeerRow> RunSet(LibSecp256k1Peer? peer, SignatureSet set, int measureMs)
    {
        var subjects = new List<(string Kernel, string Path, Func<int> Call)>();
        AddLibrary(subjects, peer, set);
        var verdicts = new SignatureVerdict[set.Count];
        byte[] recovered = new byte[64 * set.Count];
        foreach (ISecp256k1Kernel entry in KernelRegistry.Default.Secp256k1.Where(entry =>
            entry.WhyUnsupported is null))
        {
            if (entry.Lanes == 1 && set.Count > SlowBatchMax)
            {
                continue;
            }

            subjects.Add((entry.Name, "exact-verify", () =>
            {
                entry.Verify(set.Digests, set.Signatures, set.Keys, verdicts);
                return Good(verdicts);
            }
            ));
            subjects.Add((entry.Name, "exact-recover", () =>
            {
                entry.Recover(set.Digests, set.Signatures, set.RecoveryIds, recovered, verdicts);
                return Good(verdicts);
            }
            ));
            if (entry.Lanes == 1)
            {
                continue;
            }

            var batch = new BatchVerifier(entry.Name);
            subjects.Add((entry.Name, "batch", () =>
            {
                batch.Verify(set.Digests, set.Signatures, set.RecoveryIds, set.Keys, verdicts);
                return Good(verdicts);
            }
            ));

            // Tables for as many keys as the default memory holds; where keys are more, they are not hot.
            var hot = new HotKeyVerifier(sightingsMin: 1, entry: entry.Name);
            if (set.DistinctKeys <= hot.Capacity)
            {
                while (hot.VerifyHot(set.Digests, set.Signatures, [], set.Keys, verdicts) < set.Count)
                {
                    // every call makes some tables
                }

                subjects.Add((entry.Name, "hot", () =>
                {
                    hot.VerifyHot(set.Digests, set.Signatures, [], set.Keys, verdicts);
                    return Good(verdicts);
                }
                ));
            }
        }

        if (set.Count <= SlowBatchMax)
        {
            subjects.Add(("bouncycastle", "exact-verify", () => BouncyCastle(set)));
        }

        foreach ((string kernel, string path, Func<int> call) in subjects)
        {
            int good = call();
            if (good != set.Count)
            {
                throw new InvalidOperationException($"{kernel} {path} accepts {good} of {set.Count} good signatures");
            }
        }

        (double MedianNs, double MinNs)[] times =
            Alternating.Measure([.. subjects.Select(subject => (Action)(() => subject.Call()))], warmUpMs: 60,
                measureMs);
        return ToRows(subjects, times, set);
    }

    private static List<PeerRow> ToRows(
        List<(string Kernel, string Path, Func<int> Call)> subjects,
        (double MedianNs, double MinNs)[] times,
        SignatureSet set)
    {
        var rows = new List<PeerRow>();
        for (int i = 0; i < subjects.Count; i++)
        {
            (string kernel, string path, _) = subjects[i];
            string against = path.StartsWith("exact-recover", StringComparison.Ordinal) ? "exact-recover"
                : "exact-verify";
            int anchor = subjects.FindIndex(subject => subject.Kernel == Lib && subject.Path == against);
            double? ratio = anchor < 0 || kernel.StartsWith(Lib, StringComparison.Ordinal)
                ? null
                : times[anchor].MedianNs / times[i].MedianNs;
            rows.Add(new PeerRow(
                kernel, path, set.Count, set.DistinctKeys, times[i].MedianNs / set.Count, times[i].MinNs / set.Count,
                    ratio));
        }

        return rows;
    }

    // What bad signatures cost: 1, 10 and 100 among 4096.
    private static List<PeerRow> RunBad(LibSecp256k1Peer? peer, int measureMs)
    {
        const int Count = 4096;
        var rows = new List<PeerRow>();
        foreach (int bad in new[] { 1, 10, 100 })
        {
            var set = new SignatureSet(Count, Count);
            var random = new Random(bad);
            var places = new HashSet<int>();
            while (places.Count < bad)
            {
                places.Add(random.Next(Count));
            }

            foreach (int place in places)
            {
                set.Digests[32 * place] ^= 1;
            }

            var verdicts = new SignatureVerdict[Count];
            var subjects = new List<(string Kernel, string Path, Func<int> Call)>();
            AddLibrary(subjects, peer, set);
            subjects.RemoveAll(subject => subject.Path != "exact-verify" || subject.Kernel != Lib);
            foreach (string entry in new[] { "avx512", "avx2" }.Where(Supports))
            {
                var batch = new BatchVerifier(entry);
                subjects.Add((entry, $"batch-{bad}-bad", () =>
                {
                    batch.Verify(set.Digests, set.Signatures, set.RecoveryIds, set.Keys, verdicts);
                    return Good(verdicts);
                }
                ));
            }

            foreach ((string kernel, string path, Func<int> call) in subjects)
            {
                if (call() != Count - bad)
                {
                    throw new InvalidOperationException(
                        $"{kernel} {path} does not find exactly the {bad} bad signatures");
                }
            }

            (double MedianNs, double MinNs)[] times =
                Alternating.Measure([.. subjects.Select(subject => (Action)(() => subject.Call()))], warmUpMs: 60,
                    measureMs);
            rows.AddRange(ToRows(subjects, times, set).Where(row => row.Kernel != Lib));
        }

        return rows;
    }

    private static bool Supports(string entry) =>
        KernelRegistry.Default.Secp256k1.Any(kernel => kernel.Name == entry && kernel.WhyUnsupported is null);

    private static void AddLibrary(
        List<(string Kernel, string Path, Func<int> Call)> subjects,
        LibSecp256k1Peer? peer,
        SignatureSet set)
    {
        if (peer is null)
        {
            return;
        }

        byte[] parsed = peer.ParseKeys(set.Keys);
        subjects.Add((Lib, "exact-verify", () => peer.Verify(set.Digests, set.Signatures, set.Keys)));
        subjects.Add((Lib + "-parsed", "exact-verify", () => peer.VerifyParsed(set.Digests, set.Signatures, parsed)));
        if (peer.CanRecover)
        {
            subjects.Add((Lib, "exact-recover", () => peer.Recover(set.Digests, set.Signatures, set.RecoveryIds)));
        }
    }

    private static int Good(SignatureVerdict[] verdicts) =>
        verdicts.Count(verdict => verdict == SignatureVerdict.Valid);

    private static int BouncyCastle(SignatureSet set)
    {
        Org.BouncyCastle.Asn1.X9.X9ECParameters curve = Org.BouncyCastle.Asn1.Sec.SecNamedCurves.GetByName("secp256k1");
        var domain = new ECDomainParameters(curve.Curve, curve.G, curve.N, curve.H);
        int good = 0;
        for (int i = 0; i < set.Count; i++)
        {
            Org.BouncyCastle.Math.EC.ECPoint point = curve.Curve.CreatePoint(
                new Org.BouncyCastle.Math.BigInteger(1, set.Keys, 64 * i, 32),
                new Org.BouncyCastle.Math.BigInteger(1, set.Keys, (64 * i) + 32, 32));
            var signer = new ECDsaSigner();
            signer.Init(false, new ECPublicKeyParameters(point, domain));
            good += signer.VerifySignature(
                set.Digests.AsSpan(32 * i, 32).ToArray(),
                new Org.BouncyCastle.Math.BigInteger(1, set.Signatures, 64 * i, 32),
                new Org.BouncyCastle.Math.BigInteger(1, set.Signatures, (64 * i) + 32, 32)) ? 1 : 0;
        }

        return good;
    }
}
