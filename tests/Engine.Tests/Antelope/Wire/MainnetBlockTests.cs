using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Keys;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.Engine.Protocols.Antelope.Wire;
using Tactus.Engine.Tests.Antelope.Logs;
using Tactus.TestSupport;

namespace Tactus.Engine.Tests.Antelope.Wire;

/// <summary>Recorded mainnet blocks: from JSON to bytes, ids, roots, keys, and back to JSON.</summary>
public class MainnetBlockTests
{
    public static TheoryData<string> Files =>
    [
        "eos_125186648_26trx_newsched1714.json",
        "eos_125292121_23trx_init.json",
        "eos_8482113_empty.json",
        "eos_92565371_25trx.json",
        "wax_258546986_372trx.json",
    ];

    [DataTheory]
    [MemberData(nameof(Files))]
    public void BlockReproducesItsIdRootAndKeys(string file)
    {
        JsonElement expected = Expected(file);
        JsonElement json = GetBlockAnswer.Open(file);
        SignedBlock block = GetBlockAnswer.Block(json);
        var header = new ByteWriter();
        block.Header.Write(header);
        Assert.Equal(expected.GetProperty("header_hex").GetString(), Convert.ToHexStringLower(header.Written));
        Assert.Equal(expected.GetProperty("id").GetString(), block.Id().ToString());
        Assert.Equal(expected.GetProperty("block_num").GetUInt32(), block.Number);
        Assert.Equal(
            expected.GetProperty("transaction_mroot").GetString(),
            TransactionRoot.Of(RealLogs.Kernels, block).ToString());
        Assert.Equal(expected.GetProperty("transactions").GetInt32(), block.Transactions.Count);
        Assert.Equal(expected.GetProperty("id_only").GetInt32(), block.Transactions.Count(r => r.Packed is null));
        Assert.Equal(expected.GetProperty("total_cpu_us").GetInt64(), block.Transactions.Sum(r => (long)r.CpuUsageUs));
        PackedTransaction[] packed = [.. block.Transactions.Select(r => r.Packed).OfType<PackedTransaction>()];
        Assert.Equal(
            expected.GetProperty("compressed").GetInt32(),
            packed.Count(p => p.Compression == TransactionCompression.Zlib));

        byte[] bytes = block.ToBytes();
        Assert.Equal(bytes, SignedBlock.TryRead(bytes, out _)!.ToBytes());
        var chainId = Hash256.FromHex(expected.GetProperty("chain_id").GetString()!);
        new LaneComparison(RealLogs.Kernels, chainId).Check(bytes);
        CheckKeys(expected, json, block, chainId);
    }

    [DataTheory]
    [MemberData(nameof(Files))]
    public void RenderedJsonHasEveryValueOfTheAnswer(string file)
    {
        JsonElement answer = GetBlockAnswer.Open(file);
        using JsonDocument rendered = JsonDocument.Parse(BlockJson.ToText(GetBlockAnswer.Block(answer)));
        Compare(answer, rendered.RootElement, file);
    }

    private static void CheckKeys(JsonElement expected, JsonElement json, SignedBlock block, Hash256 chainId)
    {
        var keys = new List<string>();
        int actions = 0;
        for (int i = 0; i < block.Transactions.Count; i++)
        {
            if (block.Transactions[i].Packed is not { } packed)
            {
                continue;
            }

            Transaction transaction = packed.TryUnpack(out _)!;
            Assert.Equal(
                json.GetProperty("transactions")[i].GetProperty("trx").GetProperty("id").GetString(),
                transaction.Id().ToString());
            actions += transaction.Actions.Count;
            Hash256 digest = transaction.SigningDigest(chainId, packed.TryUnpackContextFreeData(out _)!);
            IReadOnlyList<PublicKey>? recovered =
                KeyRecovery.TryRecoverAll(RealLogs.Kernels, digest, packed.Signatures, out Verdict verdict);
            Assert.True(recovered is not null, verdict.ToString());
            keys.AddRange(recovered.Select(KeyText.ToText));
        }

        Assert.Equal(expected.GetProperty("actions").GetInt32(), actions);
        Assert.Equal(expected.GetProperty("signatures").GetInt32(), keys.Count);
        Assert.Equal(expected.GetProperty("distinct_keys").GetInt32(), keys.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(
            expected.GetProperty("sha256_of_recovered_keys_joined_by_newline").GetString(),
            Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Join('\n', keys)))));
    }

    /// <summary>Every value of the answer that does not need a contract's ABI is in the rendering.</summary>
    private static void Compare(JsonElement expected, JsonElement actual, string path)
    {
        if (expected.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty property in expected.EnumerateObject())
            {
                // Fields of the recording around the block, and data that an ABI decoded: its bytes are in hex_data.
                if (property.Name is "block_id" or "hex_data"
                    || (property.Name is "data" && expected.TryGetProperty("hex_data", out _)))
                {
                    continue;
                }

                Assert.True(actual.TryGetProperty(property.Name, out JsonElement other), $"{path}.{property.Name}");
                Compare(property.Value, other, $"{path}.{property.Name}");
            }

            if (expected.TryGetProperty("hex_data", out JsonElement hex))
            {
                JsonElement data = actual.TryGetProperty("hex_data", out JsonElement decoded)
                    ? decoded
                    : actual.GetProperty("data");
                Assert.Equal(hex.GetString(), data.GetString());
                if (actual.TryGetProperty("hex_data", out _))
                {
                    // Decoded here too: the same members and values.
                    Compare(expected.GetProperty("data"), actual.GetProperty("data"), $"{path}.data");
                }
            }

            return;
        }

        if (expected.ValueKind == JsonValueKind.Array)
        {
            Assert.Equal(expected.GetArrayLength(), actual.GetArrayLength());
            for (int i = 0; i < expected.GetArrayLength(); i++)
            {
                Compare(expected[i], actual[i], $"{path}[{i}]");
            }

            return;
        }

        Assert.True(
            string.Equals(expected.ToString(), actual.ToString(), StringComparison.Ordinal),
            $"{path}: {expected} against {actual}");
    }

    private static JsonElement Expected(string file)
    {
        using JsonDocument document =
            JsonDocument.Parse(File.ReadAllBytes(TestData.PathOf("antelope", "expected", "mainnet-blocks.json")));
        return document.RootElement.GetProperty(file).Clone();
    }
}
