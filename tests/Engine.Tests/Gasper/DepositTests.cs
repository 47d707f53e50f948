using System.Text.Json;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Gasper;
using Tactus.Engine.Protocols.Gasper.Blocks;
using Tactus.Engine.Protocols.Gasper.ForkChoice;
using Tactus.Engine.Protocols.Gasper.Presets;
using Tactus.Engine.Protocols.Gasper.Ssz;
using Tactus.Engine.Protocols.Gasper.Transition;
using Tactus.Engine.Tests.Gasper.Vectors;
using Tactus.Kernels.Bls12381;
using Tactus.TestSupport;
using Xunit.Abstractions;

namespace Tactus.Engine.Tests.Gasper;

/// <summary>The deposit tree and its snapshots (EIP-4881), signed deposits, and the weak-subjectivity table.</summary>
public sealed class DepositTests(ITestOutputHelper output)
{
    [DataFact]
    public void Deposit_tree_has_the_root_and_snapshot_of_every_step()
    {
        SszHasher hasher = VectorSet.Context("mainnet").Hasher;
        string text = File.ReadAllText(TestData.PathOf("gasper", "deposit", "eip4881_test_cases.yml"));
        var whole = new DepositTree(hasher);
        var finalized = new DepositTree(hasher);
        var leaves = new List<Hash256>();
        int count = 0;
        foreach (object node in Yaml.List(Yaml.Parse(text)))
        {
            Dictionary<string, object> test = Yaml.Map(node);
            Hash256 leaf = VectorSet.Root(test["deposit_data_root"]);
            Dictionary<string, object> data = Yaml.Map(test["deposit_data"]);
            Hash256 computed = DataRoot(
                Yaml.Bytes(data["pubkey"]),
                Yaml.Bytes(data["withdrawal_credentials"]),
                Yaml.Number(data["amount"]),
                Yaml.Bytes(data["signature"]),
                hasher);
            Assert.Equal(leaf, computed);
            leaves.Add(leaf);
            whole.Append(leaf);
            finalized.Append(leaf);
            Hash256 root = VectorSet.Root(Yaml.Map(test["eth1_data"])["deposit_root"]);
            Assert.Equal(root, whole.Root());
            Assert.Equal(root, finalized.Root());
            Assert.True(DepositTree.IsInTree(leaf, whole.Proof((ulong)count), (ulong)count, root, hasher));

            // Every seventh step is finalized, so snapshots of all shapes are taken from whole and from cut trees.
            if (count % 7 == 0)
            {
                finalized.Finalize(finalized.Count);
            }

            count++;
            Dictionary<string, object> snapshot = Yaml.Map(test["snapshot"]);
            Hash256[] roots = [.. Yaml.List(snapshot["finalized"]).Select(VectorSet.Root)];
            DepositTree loaded = DepositTree.FromSnapshot(hasher, roots, Yaml.Number(snapshot["deposit_count"]));
            Assert.Equal(VectorSet.Root(snapshot["deposit_root"]), loaded.Root());
            Assert.Equal(roots, loaded.Snapshot());
            DepositTree cut = DepositTree.FromSnapshot(hasher, finalized.Snapshot(), finalized.FinalizedCount);
            for (int i = (int)finalized.FinalizedCount; i < leaves.Count; i++)
            {
                cut.Append(leaves[i]);
                Assert.Equal(whole.Proof((ulong)i), finalized.Proof((ulong)i));
            }

            Assert.Equal(root, cut.Root());
        }

        output.WriteLine($"deposit/eip4881: {count} cases");
        Assert.Equal(512, count);
    }

    [DataFact]
    public void Weak_subjectivity_periods_equal_the_published_table()
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(TestData.PathOf("gasper", "weak_subjectivity.json")));
        GasperPreset mainnet = PresetLoader.BuiltIn("mainnet");
        int count = 0;
        foreach (JsonElement row in document.RootElement.GetProperty("cases").EnumerateArray())
        {
            ulong validators = row.GetProperty("validators").GetUInt64();
            ulong balance = row.GetProperty("avg_balance").GetUInt64() * validators * 1_000_000_000;
            Assert.Equal(
                row.GetProperty("ws_period_epochs").GetUInt64(),
                WeakSubjectivity.PeriodEpochs(mainnet, validators, balance));
            count++;
        }

        output.WriteLine($"weak_subjectivity: {count} cases");
        Assert.Equal(12, count);
    }

    [Theory]
    [InlineData(2000, 281)]
    [InlineData(16384, 460)]
    [InlineData(65536, 1075)]
    [InlineData(262144, 3532)]
    public void Weak_subjectivity_of_BTC20_at_full_balances(ulong validators, ulong epochs)
    {
        GasperPreset btc20 = PresetLoader.BuiltIn("btc20");
        Assert.Equal(epochs, WeakSubjectivity.PeriodEpochs(btc20, validators, validators * btc20.MaxEffectiveBalance));
    }

    [DataFact]
    public void Signed_deposits_have_their_message_and_data_roots()
    {
        GasperContext context = VectorSet.Context("mainnet");
        int files = 0;
        int deposits = 0;
        foreach (string file in Directory.EnumerateFiles(
            TestData.PathOf("gasper", "deposit", "vectors"), "deposit_data-*.json", SearchOption.AllDirectories))
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllText(file));
            foreach (JsonElement e in document.RootElement.EnumerateArray())
            {
                CheckDeposit(context, e, Path.GetFileName(file));
                deposits++;
            }

            files++;
        }

        output.WriteLine($"deposit/vectors: {files} files, {deposits} deposits");
        Assert.Equal(12, files);
    }

    private static void CheckDeposit(GasperContext context, JsonElement e, string file)
    {
        byte[] key = Convert.FromHexString(e.GetProperty("pubkey").GetString()!);
        byte[] credentials = Convert.FromHexString(e.GetProperty("withdrawal_credentials").GetString()!);
        ulong amount = e.GetProperty("amount").GetUInt64();
        byte[] signature = Convert.FromHexString(e.GetProperty("signature").GetString()!);
        byte[] version = Convert.FromHexString(e.GetProperty("fork_version").GetString()!);
        Hash256 dataRoot = DataRoot(key, credentials, amount, signature, context.Hasher);
        Assert.Equal(e.GetProperty("deposit_data_root").GetString(), dataRoot.ToString());

        var deposit = new Deposit(new byte[Deposit.ProofBytes], key, new Hash256(credentials), amount, signature);
        Hash256 message = GasperSchemas.DepositMessage.Root(deposit.EncodedData.Span[..88], context.Hasher);
        Assert.Equal(e.GetProperty("deposit_message_root").GetString(), message.ToString());
        Hash256 domain = Seeds.DomainOf(context, Domain.Deposit, BitConverter.ToUInt32(version), default);
        Hash256 signingRoot = Seeds.SigningRoot(context, message, domain);
        Assert.Equal(BlsVerdict.Valid, VectorSignatures.Bls.DecompressKey(key, out BlsPublicKey point));
        Assert.True(VectorSignatures.Bls.Verify(point, signingRoot.Bytes, signature) == BlsVerdict.Valid, file);
    }

    private static Hash256 DataRoot(byte[] key, byte[] credentials, ulong amount, byte[] signature, SszHasher hasher) =>
        GasperSchemas.DepositData.Root(
            new Deposit(new byte[Deposit.ProofBytes], key, new Hash256(credentials), amount, signature).EncodedData.Span,
            hasher);
}
