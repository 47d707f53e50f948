using System.Text.Json;
using Tactus.Kernels.Secp256k1;
using Tactus.TestSupport;

namespace Tactus.Kernels.Tests.Secp256k1;

/// <summary>Wycheproof and libsecp256k1's recovery cases, through every entry of the registry.</summary>
public sealed class PublishedVectorTests
{
    [KernelTheory(ReadsData = true)]
    [MemberData(nameof(KernelCases.Secp256k1), MemberType = typeof(KernelCases))]
    public void Wycheproof_verify(string kernel)
    {
        ISecp256k1Kernel entry = KernelCases.Secp256k1Of(kernel);
        foreach (string file in new[] { "ecdsa_secp256k1_sha256_p1363_test.json", "ecdsa_secp256k1_sha256_test.json" })
        {
            List<WycheproofCase> all = WycheproofCase.Read(file);
            List<WycheproofCase> cases = [.. all.Where(c => c.Signature is not null)];
            Assert.DoesNotContain(all, c => c.Signature is null && c.IsValid);
            Assert.True(cases.Count > 200, $"{file}: {cases.Count} cases have a well-formed signature");
            byte[] digests = [.. cases.SelectMany(c => c.Digest)];
            byte[] signatures = [.. cases.SelectMany(c => c.Signature!)];
            byte[] keys = [.. cases.SelectMany(c => c.Key)];
            var verdicts = new SignatureVerdict[cases.Count];
            entry.Verify(digests, signatures, keys, verdicts);
            for (int i = 0; i < cases.Count; i++)
            {
                Assert.True(
                    (verdicts[i] == SignatureVerdict.Valid) == cases[i].IsValid,
                    $"{file} tcId {cases[i].Id}: {verdicts[i]}, Wycheproof says valid = {cases[i].IsValid}");
            }
        }
    }

    [KernelTheory(ReadsData = true)]
    [MemberData(nameof(KernelCases.Secp256k1), MemberType = typeof(KernelCases))]
    public void Wycheproof_recover_gives_the_key_for_one_recovery_id(string kernel)
    {
        ISecp256k1Kernel entry = KernelCases.Secp256k1Of(kernel);
        List<WycheproofCase> cases =
            [.. WycheproofCase.Read("ecdsa_secp256k1_sha256_p1363_test.json").Where(c => c.Signature is not null)];
        byte[] digests = [.. cases.SelectMany(c => c.Digest)];
        byte[] signatures = [.. cases.SelectMany(c => c.Signature!)];
        var verdicts = new SignatureVerdict[cases.Count];
        byte[] keys = new byte[64 * cases.Count];
        int[] hits = new int[cases.Count];
        for (byte id = 0; id < 4; id++)
        {
            byte[] ids = [.. Enumerable.Repeat(id, cases.Count)];
            entry.Recover(digests, signatures, ids, keys, verdicts);
            for (int i = 0; i < cases.Count; i++)
            {
                bool same = keys.AsSpan(64 * i, 64).SequenceEqual(cases[i].Key);
                Assert.True(verdicts[i] == SignatureVerdict.Valid || !keys.AsSpan(64 * i, 64).ContainsAnyExcept((byte)0));
                hits[i] += same ? 1 : 0;
            }
        }

        for (int i = 0; i < cases.Count; i++)
        {
            // a signature with R = infinity's neighbours may fit two ids; an invalid one fits none
            Assert.True(hits[i] > 0 == cases[i].IsValid, $"tcId {cases[i].Id}: {hits[i]} recovery ids give the key");
        }
    }

    [KernelTheory(ReadsData = true)]
    [MemberData(nameof(KernelCases.Secp256k1), MemberType = typeof(KernelCases))]
    public void Recovery_edge_cases(string kernel)
    {
        ISecp256k1Kernel entry = KernelCases.Secp256k1Of(kernel);
        using JsonDocument document = JsonDocument.Parse(
            File.ReadAllBytes(TestData.PathOf("secp256k1-recovery", "recovery_edge_cases.json")));
        JsonElement[] vectors = [.. document.RootElement.GetProperty("vectors").EnumerateArray()];
        Assert.True(vectors.Length >= 19);
        byte[] digests = [.. vectors.SelectMany(v => Hex(v, "msg32"))];
        byte[] signatures = [.. vectors.SelectMany(v => (byte[])[.. Hex(v, "r"), .. Hex(v, "s")])];
        byte[] ids = [.. vectors.Select(v => (byte)v.GetProperty("recid").GetInt32())];
        byte[] keys = new byte[64 * vectors.Length];
        var verdicts = new SignatureVerdict[vectors.Length];
        entry.Recover(digests, signatures, ids, keys, verdicts);
        for (int i = 0; i < vectors.Length; i++)
        {
            string name = vectors[i].GetProperty("name").GetString()!;
            byte[] key = keys[(64 * i)..(64 * (i + 1))];
            if (string.Equals(vectors[i].GetProperty("expect").GetString(), "ok", StringComparison.Ordinal))
            {
                Assert.True(verdicts[i] == SignatureVerdict.Valid, $"{name}: {verdicts[i]}");
                string compressed = Convert.ToHexStringLower([(byte)(2 + (key[63] & 1)), .. key[..32]]);
                Assert.True(
                    string.Equals(vectors[i].GetProperty("pubkeyCompressed").GetString(), compressed, StringComparison.Ordinal),
                    $"{name}: {compressed}");
            }
            else
            {
                Assert.True(verdicts[i] == ExpectedFailure(name), $"{name}: {verdicts[i]}");
                Assert.True(key.All(b => b == 0), $"{name}: a key without a Valid verdict");
            }
        }

        // every recovered key verifies; every zeroed one is no key
        var verified = new SignatureVerdict[vectors.Length];
        entry.Verify(digests, signatures, keys, verified);
        for (int i = 0; i < vectors.Length; i++)
        {
            Assert.Equal(verdicts[i] == SignatureVerdict.Valid, verified[i] == SignatureVerdict.Valid);
        }
    }

    private static SignatureVerdict ExpectedFailure(string name) => name switch
    {
        "Q=infinity" => SignatureVerdict.Infinity,
        "keyZero-recid0" => SignatureVerdict.Infinity,
        "r=p-n-1-recid2" => SignatureVerdict.NoPoint,
        _ => SignatureVerdict.OutOfRange,
    };

    private static byte[] Hex(JsonElement vector, string name) => Convert.FromHexString(vector.GetProperty(name).GetString()!);
}
