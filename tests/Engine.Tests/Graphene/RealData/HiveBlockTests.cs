using System.Security.Cryptography;
using System.Text.Json;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Graphene.Types;
using Tactus.Kernels.Merkle;
using Tactus.TestSupport;

namespace Tactus.Engine.Tests.Graphene.RealData;

/// <summary>Real Steem mainnet blocks 1..1000 and 1,000,000..1,000,499.</summary>
public class HiveBlockTests
{
    [DataTheory]
    [InlineData("get_block_range_one.pat.json", 1u, 1000, 0)]
    [InlineData("get_block_range_milion.pat.json", 1_000_000u, 500, 38)]
    public void Ids_links_signatures_roots_and_references_of_real_blocks(
        string file, uint first, int blocks, int transactions)
    {
        using JsonDocument document = Open(file);
        var recovery = new Recovery();
        var signingKeys = new List<SigningKey>();
        Hash256 previous = default;
        int seen = 0;
        int seenTransactions = 0;
        var ids = new Dictionary<uint, Hash256>();
        foreach (JsonElement block in document.RootElement.GetProperty("blocks").EnumerateArray())
        {
            BlockHeader header = HiveJson.Header(block);
            byte[] signature = Convert.FromHexString(block.GetProperty("witness_signature").GetString()!);
            Hash256 id = header.IdWith(signature);
            Assert.Equal(HiveJson.Id(block.GetProperty("block_id")), id);
            Assert.Equal(first + (uint)seen, header.Number);
            if (seen > 0)
            {
                Assert.Equal(previous, header.Previous);
            }

            previous = id;
            ids.Add(header.Number, id);
            ids.TryAdd(header.Number - 1, header.Previous);
            recovery.Add(header.Digest(), signature);
            signingKeys.Add(SigningKey.Parse(block.GetProperty("signing_key").GetString()!, "STM"));
            seenTransactions += CheckTransactions(block, header, ids);
            seen++;
        }

        Assert.Equal((blocks, transactions), (seen, seenTransactions));
        Assert.Equal(signingKeys.Select(k => (SigningKey?)k), recovery.Run());
    }

    [DataFact]
    public void A_later_block_in_the_other_format()
    {
        using JsonDocument document = Open("condenser_api_patterns_get_block_check_trx_hash_uniqness.pat.json");
        JsonElement block = document.RootElement;
        BlockHeader header = HiveJson.Header(block);
        byte[] signature = Convert.FromHexString(block.GetProperty("witness_signature").GetString()!);
        Assert.Equal(HiveJson.Id(block.GetProperty("block_id")), header.IdWith(signature));
        var recovery = new Recovery();
        recovery.Add(header.Digest(), signature);
        Assert.Equal(block.GetProperty("signing_key").GetString(), recovery.Run()[0]!.Value.ToText("STM"));
        var ids = new Dictionary<uint, Hash256> { [header.Number - 1] = header.Previous };
        Assert.Equal(4, CheckTransactions(block, header, ids));
    }

    private static JsonDocument Open(string file) =>
        JsonDocument.Parse(File.ReadAllBytes(TestData.PathOf("graphene", "hive", file)));

    private static int CheckTransactions(JsonElement block, BlockHeader header, Dictionary<uint, Hash256> ids)
    {
        JsonElement transactions = block.GetProperty("transactions");
        JsonElement transactionIds = block.GetProperty("transaction_ids");
        var leaves = new ByteWriter();
        int count = 0;
        foreach (JsonElement transaction in transactions.EnumerateArray())
        {
            Assert.Equal(HiveJson.Id(transactionIds[count++]), SignedTransaction.IdOf(HiveJson.Body(transaction)));
            leaves.WriteSpan(SHA256.HashData(HiveJson.Signed(transaction)));
            CheckReference(transaction, header, ids);
        }

        Span<byte> root = stackalloc byte[BlockHeader.IdSize];
        MerkleTree.Root(Recovery.Kernels.Sha256, MerkleShape.Graphene, leaves.Written, root);
        Assert.Equal(header.MerkleRoot, new Hash256(root));
        return count;
    }

    private static void CheckReference(JsonElement transaction, BlockHeader header, Dictionary<uint, Hash256> ids)
    {
        // The newest block before this one whose number has the same low 16 bits.
        ushort low = transaction.GetProperty("ref_block_num").GetUInt16();
        uint number = header.Number - 1;
        number -= (ushort)(number - low);
        uint prefix = transaction.GetProperty("ref_block_prefix").GetUInt32();
        if (ids.TryGetValue(number, out Hash256 named))
        {
            Assert.Equal(SignedTransaction.PrefixOf(named), prefix);
        }
        else
        {
            Assert.True(
                number + 500 > header.Number && header.Number < 1_000_020,
                $"block {number}, which is referred to, is not in the file");
        }
    }
}
