using System.Text.Json;
using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Graphene.Types;
using Tactus.Engine.Protocols.Graphene.Wire;
using Tactus.TestSupport;

namespace Tactus.Engine.Tests.Graphene.RealData;

/// <summary>Real blocks of BitShares, GXChain, AUNIT and others, through the lane decoder.</summary>
public class BitSharesBlockTests
{
    /// <summary>Chain id of BitShares mainnet: the hash of its genesis file; proven by the signatures below.</summary>
    internal static readonly Hash256 Mainnet = Hash256.FromHex(
        "4018d7844c78f6a6c41c6a552b898022310fc5dec06da467ee7905a8dad512c8");

    [DataTheory]
    [InlineData("bitshares/mainnet_block_1.json", "BTS", 1u)]
    [InlineData("bitshares/mainnet_block_49735050.json", "BTS", 49_735_050u)]
    [InlineData("bitshares/testnet2015_block_275997.json", "BTS", 275_997u)]
    [InlineData("forks/aunit_block_2047203.json", "AUNIT", 2_047_203u)]
    [InlineData("forks/graphene_private_block_1001.json", "BTS", 1_001u)]
    public void Id_root_and_signing_key_of_a_real_block(string file, string prefix, uint number)
    {
        using JsonDocument document = Open(file);
        BlockWork work = Decode(document, prefix);
        JsonElement check = document.RootElement.GetProperty("check");
        Assert.Equal(number, work.Number);
        Assert.Equal(HiveJson.Id(check.GetProperty("computed_block_id")), work.Id);
        CheckGiven(document.RootElement.GetProperty("block"), work);
        CheckHeader(work, check, prefix);
        Verdict root = new BlockLaneDecoder(Recovery.Kernels, Mainnet).CheckRoot(work);
        Assert.True(root.Accepted, root.ToString());
    }

    [DataFact]
    public void Three_transactions_of_mainnet_block_49735050_are_signed_under_the_mainnet_chain_id()
    {
        using JsonDocument document = Open("bitshares/mainnet_block_49735050.json");
        BlockWork work = Decode(document, "BTS");
        JsonElement check = document.RootElement.GetProperty("check");
        var recovery = new Recovery();
        Assert.Equal(3, work.Transactions.Count);
        for (int i = 0; i < 3; i++)
        {
            JsonElement expected = check.GetProperty("tx")[i];
            ref TransactionLane lane = ref work.Transactions[i];
            Assert.Equal(expected.GetProperty("body_hex").GetString(), Convert.ToHexStringLower(work.BodyOf(in lane)));
            Assert.Equal(HiveJson.Id(expected.GetProperty("txid")), lane.Id);
            Assert.Equal(
                HiveJson.Id(expected.GetProperty("merkle_digest")), new Hash256(work.Leaves.Slice(i * 32, 32)));
            var digest = new Hash256(work.Signatures.DigestOf(lane.FirstSignature));
            Assert.Equal(HiveJson.Id(expected.GetProperty("sig_digest")), digest);
            recovery.Add(
                digest, Convert.FromHexString(Transaction(document, i).GetProperty("signatures")[0].GetString()!));

            // TaPoS: the parent, by its low number bits and bytes 4..7 of its id.
            Assert.Equal(
                (ushort)work.PreviousId.LeadingUInt32,
                Transaction(document, i).GetProperty("ref_block_num").GetUInt16());
            Assert.Equal(
                SignedTransaction.PrefixOf(work.PreviousId),
                Transaction(document, i).GetProperty("ref_block_prefix").GetUInt32());
        }

        string signer = check.GetProperty("tx")[0].GetProperty("signer").GetString()!;
        Assert.Equal([signer, signer, signer], recovery.Run().Select(k => k!.Value.ToText("BTS")));
    }

    [DataFact]
    public void Results_are_part_of_the_root()
    {
        using JsonDocument document = Open("bitshares/mainnet_block_49735050.json");
        byte[] block = BitSharesJson.Block(document.RootElement.GetProperty("block"), "BTS");
        block[^1] ^= 1; // the last byte of the last transaction's result
        var work = new BlockWork();
        var decoder = new BlockLaneDecoder(Recovery.Kernels, Mainnet);
        work.Load(block);
        Assert.True(decoder.Decode(work).Accepted);
        Assert.Equal(RejectReason.WrongRoot, decoder.CheckRoot(work).Reason);
    }

    [DataFact]
    public void Negative_the_trimmed_block_28999264_fails_on_its_root_and_only_there()
    {
        using JsonDocument document = Open("bitshares/mainnet_block_28999264_trimmed_NEGATIVE.json");
        BlockWork work = Decode(document, "BTS");
        JsonElement check = document.RootElement.GetProperty("check");
        Assert.Equal(HiveJson.Id(check.GetProperty("computed_block_id")), work.Id);
        CheckHeader(work, check, "BTS");
        Assert.Equal(3, work.Transactions.Count);
        Verdict root = new BlockLaneDecoder(Recovery.Kernels, Mainnet).CheckRoot(work);
        Assert.Equal(RejectReason.WrongRoot, root.Reason);

        // What these three give is what the reference computed for them.
        Assert.Contains(check.GetProperty("computed_merkle_root").GetString()!, root.Detail, StringComparison.Ordinal);
    }

    [DataFact]
    public void GXChain_block_9612186_with_a_contract_call()
    {
        // GXChain's operation 75 is not one of this chain's: its body comes as bytes, header and hashes are the same.
        using JsonDocument document = Open("forks/gxchain_mainnet_block_9612186.json");
        JsonElement block = document.RootElement.GetProperty("block");
        JsonElement check = document.RootElement.GetProperty("check");
        BlockHeader header = BitSharesJson.Header(block);
        byte[] signature = Convert.FromHexString(block.GetProperty("witness_signature").GetString()!);
        Assert.Equal(HiveJson.Id(block.GetProperty("block_id")), header.IdWith(signature));
        Assert.Equal(HiveJson.Id(check.GetProperty("header_digest_sha256")), header.Digest());
        var recovery = new Recovery();
        recovery.Add(header.Digest(), signature);
        Assert.Equal(block.GetProperty("signing_key").GetString(), recovery.Run()[0]!.Value.ToText("GXC"));
        byte[] body = Convert.FromHexString(check.GetProperty("tx_body_hex").GetString()!);
        Assert.Equal(HiveJson.Id(block.GetProperty("transaction_ids")[0]), SignedTransaction.IdOf(body));
        Assert.Equal(SignedTransaction.PrefixOf(header.Previous) == block.GetProperty("transactions")[0].GetProperty(
            "ref_block_prefix").GetUInt32(),
            (ushort)header.Previous.LeadingUInt32 == block.GetProperty("transactions")[0].GetProperty("ref_block_num")
                .GetUInt16());
        byte[] leaf = Convert.FromHexString(check.GetProperty("merkle_digest").GetString()!);
        Span<byte> root = stackalloc byte[20];
        Kernels.Merkle.MerkleTree.Root(Recovery.Kernels.Sha256, Kernels.Merkle.MerkleShape.Graphene, leaf, root);
        Assert.Equal(header.MerkleRoot, new Hash256(root));
        byte[] processed = BitSharesJson.Processed(block.GetProperty("transactions")[0], "GXC", body);
        Assert.Equal(leaf, System.Security.Cryptography.SHA256.HashData(processed));
    }

    [DataFact]
    public void Chain_id_of_the_testnet_is_the_hash_of_its_genesis_file()
    {
        byte[] file = File.ReadAllBytes(TestData.PathOf("graphene", "bitshares", "testnet_genesis.json"));
        Assert.StartsWith(
            "39f5e2ed",
            Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(file)),
            StringComparison.Ordinal);
    }

    [DataFact]
    public void Thirty_eight_serialized_transactions()
    {
        using JsonDocument document = JsonDocument.Parse(
            File.ReadAllBytes(TestData.PathOf("graphene", "vectors", "python_bitshares_signed_tx.json")));
        JsonElement root = document.RootElement;
        Hash256 bts = HiveJson.Id(root.GetProperty("chain_ids").GetProperty("BTS"));
        Hash256 gph = HiveJson.Id(root.GetProperty("chain_ids").GetProperty("GPH"));
        var underBts = new Recovery();
        var underGph = new Recovery();
        var expected = new List<string?>();
        var reproduced = new List<string>();
        foreach (JsonElement vector in root.GetProperty("vectors").EnumerateArray())
        {
            byte[] bytes = Convert.FromHexString(vector.GetProperty("hex").GetString()!);
            byte[] body = bytes[..^66];
            Assert.Equal(HiveJson.Id(vector.GetProperty("txid")), SignedTransaction.IdOf(body));
            underBts.Add(SignedTransaction.SigningDigest(bts, body), bytes.AsSpan(^65));
            underGph.Add(SignedTransaction.SigningDigest(gph, body), bytes.AsSpan(^65));
            expected.Add(vector.GetProperty("signature_verifies_under_chain").GetString());
            var reader = new ByteReader(bytes);
            SignedTransaction transaction = SignedTransaction.Read(ref reader);
            if (!reader.Failed)
            {
                Assert.Equal(0, reader.Remaining);
                Assert.Equal(bytes, transaction.ToBytes());
                reproduced.Add(vector.GetProperty("name").GetString()!);
            }
        }

        string key = root.GetProperty("pubkey").GetString()!;
        SigningKey?[] bySigner = underBts.Run();
        SigningKey?[] byTest = underGph.Run();
        for (int i = 0; i < expected.Count; i++)
        {
            Assert.Equal(expected[i] == "BTS", bySigner[i]?.ToText("BTS") == key);
            Assert.Equal(expected[i] == "GPH", byTest[i]?.ToText("BTS") == key);
        }

        Assert.Equal((38, 29, 1), (expected.Count, expected.Count(c => c == "BTS"), expected.Count(c => c == "GPH")));
        Assert.Superset(
            new HashSet<string>
            {
                "test_transfer", "test_limit_order_create", "test_limit_order_cancel", "test_update_account",
                "test_witness_update", "test_create_proposal", "test_proposal_update", "test_committee_create",
            },
            reproduced.ToHashSet());
    }

    private static JsonElement Transaction(JsonDocument document, int index) =>
        document.RootElement.GetProperty("block").GetProperty("transactions")[index];

    private static JsonDocument Open(string file) =>
        JsonDocument.Parse(File.ReadAllBytes(TestData.PathOf(["graphene", .. file.Split('/')])));

    private static BlockWork Decode(JsonDocument document, string prefix)
    {
        var work = new BlockWork();
        work.Load(BitSharesJson.Block(document.RootElement.GetProperty("block"), prefix));
        Verdict verdict = new BlockLaneDecoder(Recovery.Kernels, Mainnet).Decode(work);
        Assert.True(verdict.Accepted, verdict.ToString());
        return work;
    }

    private static void CheckGiven(JsonElement block, BlockWork work)
    {
        if (block.TryGetProperty("block_id", out JsonElement id))
        {
            Assert.Equal(HiveJson.Id(id), work.Id);
        }

        if (block.TryGetProperty("transaction_ids", out JsonElement ids))
        {
            Assert.Equal(ids.GetArrayLength(), work.Transactions.Count);
        }
    }

    private static void CheckHeader(BlockWork work, JsonElement check, string prefix)
    {
        var signed = (SignedHeader)work.Header!;
        Assert.Equal(HiveJson.Id(check.GetProperty("header_digest_sha256")), signed.Digest);
        var recovery = new Recovery();
        recovery.Add(signed.Digest, signed.Signature);
        SigningKey key = recovery.Run()[0]!.Value;
        if (check.TryGetProperty(
            "recovered_signing_key", out JsonElement expected) && expected.ValueKind == JsonValueKind.String
            && expected.GetString()!.StartsWith(prefix, StringComparison.Ordinal))
        {
            Assert.Equal(expected.GetString(), key.ToText(prefix));
        }
    }
}
