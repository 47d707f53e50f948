using System.Text.Json.Nodes;
using Tactus.Kernels.Bls12381;
using Tactus.TestSupport;
using Xunit.Abstractions;

namespace Tactus.Kernels.Tests.Bls12381;

/// <summary>
/// The published-format BLS sets: ethereum/consensus-specs (phase 0) and ethereum/bls12-381-tests, exact counts.
/// </summary>
public class BlsVectorTests(ITestOutputHelper output)
{
    [KernelTheory(ReadsData = true), MemberData(nameof(KernelCases.Bls12381), MemberType = typeof(KernelCases))]
    public void Verify_sets(string entry)
    {
        IBlsKernel kernel = KernelCases.Bls12381Of(entry);
        Check(kernel, "bls-consensus-spec", "verify", 28, Verify);
        Check(kernel, "bls12-381-tests", "verify", 29, Verify);
    }

    [KernelTheory(ReadsData = true), MemberData(nameof(KernelCases.Bls12381), MemberType = typeof(KernelCases))]
    public void Fast_aggregate_verify_sets(string entry)
    {
        IBlsKernel kernel = KernelCases.Bls12381Of(entry);
        Check(kernel, "bls-consensus-spec", "fast_aggregate_verify", 12, FastAggregateVerify);
        Check(kernel, "bls12-381-tests", "fast_aggregate_verify", 12, FastAggregateVerify);
    }

    [KernelTheory(ReadsData = true), MemberData(nameof(KernelCases.Bls12381), MemberType = typeof(KernelCases))]
    public void Aggregate_verify_sets(string entry)
    {
        IBlsKernel kernel = KernelCases.Bls12381Of(entry);
        Check(kernel, "bls-consensus-spec", "aggregate_verify", 5, AggregateVerify);
        Check(kernel, "bls12-381-tests", "aggregate_verify", 5, AggregateVerify);
    }

    [KernelTheory(ReadsData = true), MemberData(nameof(KernelCases.Bls12381), MemberType = typeof(KernelCases))]
    public void Aggregate_sets(string entry)
    {
        IBlsKernel kernel = KernelCases.Bls12381Of(entry);
        Check(kernel, "bls-consensus-spec", "aggregate", 5, Aggregate);
        Check(kernel, "bls12-381-tests", "aggregate", 6, Aggregate);
    }

    [KernelTheory(ReadsData = true), MemberData(nameof(KernelCases.Bls12381), MemberType = typeof(KernelCases))]
    public void Batch_verify_set(string entry) =>
        Check(KernelCases.Bls12381Of(entry), "bls12-381-tests", "batch_verify", 4, BatchVerify);

    [KernelTheory(ReadsData = true), MemberData(nameof(KernelCases.Bls12381), MemberType = typeof(KernelCases))]
    public void Deserialization_sets(string entry)
    {
        IBlsKernel kernel = KernelCases.Bls12381Of(entry);
        Check(kernel, "bls12-381-tests", "deserialization_G1", 16, (IBlsKernel _, JsonNode input) =>
        {
            // the set accepts infinity, which KeyValidate then refuses: it must be told from a bad encoding
            byte[] bytes = BlsVectorFile.Hex(input["pubkey"]);
            return bytes.Length == 48
                && kernel.DecompressKey(bytes, out BlsPublicKey _) is BlsVerdict.Valid or BlsVerdict.KeyIsInfinity;
        });
        Check(kernel, "bls12-381-tests", "deserialization_G2", 18, (IBlsKernel _, JsonNode input) =>
        {
            byte[] bytes = BlsVectorFile.Hex(input["signature"]);
            byte[] again = new byte[96];
            bool isGood = bytes.Length == 96 && kernel.AggregateSignatures(bytes, again) == BlsVerdict.Valid;
            Assert.True(!isGood || bytes.AsSpan().SequenceEqual(again));
            return isGood;
        });
    }

    [DataFact]
    public void Sign_sets()
    {
        foreach ((string set, int count) in (ReadOnlySpan<(string, int)>)[("bls-consensus-spec", 10), ("bls12-381-tests", 10)])
        {
            var signer = new Bls12381Signer();
            IReadOnlyList<BlsVectorFile> cases = BlsVectorFile.ReadAll(TestData.PathOf("gasper", set, "sign"));
            foreach (BlsVectorFile c in cases)
            {
                byte[] signature = new byte[96];
                bool signed = signer.TrySign(
                    BlsVectorFile.Hex(c.Input!["privkey"]), BlsVectorFile.Hex(c.Input["message"]), signature);
                Assert.True(signed == c.Output is not null, c.Name);
                Assert.True(!signed || signature.AsSpan().SequenceEqual(BlsVectorFile.Hex(c.Output)), c.Name);
            }

            Assert.Equal(count, cases.Count);
            output.WriteLine($"{set}/sign: {cases.Count} of {count} pass");
        }
    }

    private static bool Verify(IBlsKernel kernel, JsonNode input) =>
        kernel.DecompressKey(BlsVectorFile.Hex(input["pubkey"]), out BlsPublicKey key) == BlsVerdict.Valid
        && kernel.Verify(
            key, BlsVectorFile.Hex(input["message"]), BlsVectorFile.Hex(input["signature"])) == BlsVerdict.Valid;

    private static bool FastAggregateVerify(IBlsKernel kernel, JsonNode input) =>
        TryKeys(kernel, input, out BlsPublicKey[] keys)
        && kernel.FastAggregateVerify(keys, BlsVectorFile.Hex(input["message"]), BlsVectorFile.Hex(input["signature"]))
            == BlsVerdict.Valid;

    private static bool AggregateVerify(IBlsKernel kernel, JsonNode input) =>
        TryKeys(kernel, input, out BlsPublicKey[] keys)
        && kernel.AggregateVerify(
            keys, Flat(BlsVectorFile.HexList(input["messages"])), 32, BlsVectorFile.Hex(input["signature"])) == BlsVerdict.Valid;

    private static bool BatchVerify(IBlsKernel kernel, JsonNode input) =>
        TryKeys(kernel, input, out BlsPublicKey[] keys)
        && kernel.VerifyBatch(
            keys,
            Flat(BlsVectorFile.HexList(input["messages"])),
            32,
            Flat(BlsVectorFile.HexList(input["signatures"])),
            [.. Enumerable.Range(1, keys.Length).Select(i => 0x9e3779b97f4a7c15UL * (ulong)i)]) == BlsVerdict.Valid;

    private static bool TryKeys(IBlsKernel kernel, JsonNode input, out BlsPublicKey[] keys)
    {
        byte[][] compressed = BlsVectorFile.HexList(input["pubkeys"]);
        keys = new BlsPublicKey[compressed.Length];
        bool all = true;
        for (int i = 0; i < keys.Length; i++)
        {
            all &= kernel.DecompressKey(compressed[i], out keys[i]) == BlsVerdict.Valid;
        }

        return all;
    }

    private static byte[] Flat(byte[][] items) => [.. items.SelectMany(item => item)];

    private static void AggregateCheck(BlsVectorFile c, BlsVerdict verdict, byte[] aggregate)
    {
        Assert.True(verdict == BlsVerdict.Valid == c.Output is not null, c.Name);
        Assert.True(c.Output is null || aggregate.AsSpan().SequenceEqual(BlsVectorFile.Hex(c.Output)), c.Name);
    }

    private static bool Aggregate(IBlsKernel kernel, BlsVectorFile c)
    {
        byte[] aggregate = new byte[96];
        BlsVerdict verdict = kernel.AggregateSignatures(Flat(BlsVectorFile.HexList(c.Input)), aggregate);
        AggregateCheck(c, verdict, aggregate);
        return true;
    }

    private void Check(
        IBlsKernel kernel, string set, string runner, int count, Func<IBlsKernel, BlsVectorFile, bool> test)
    {
        IReadOnlyList<BlsVectorFile> cases = BlsVectorFile.ReadAll(TestData.PathOf("gasper", set, runner));
        foreach (BlsVectorFile c in cases)
        {
            Assert.True(test(kernel, c), $"{set}/{runner}/{c.Name}");
        }

        Assert.Equal(count, cases.Count);
        output.WriteLine($"{kernel.Name}: {set}/{runner}: {cases.Count} of {count} pass");
    }

    private void Check(
        IBlsKernel kernel, string set, string runner, int count, Func<IBlsKernel, JsonNode, bool> verdict) =>
        Check(
            kernel,
            set,
            runner,
            count,
            (IBlsKernel k, BlsVectorFile c) => verdict(k, c.Input!) == c.Output!.GetValue<bool>());
}
