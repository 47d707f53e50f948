using System.Text.Json;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Keys;
using Tactus.Engine.Protocols.Antelope.Logs;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.Engine.Protocols.Antelope.Wire;
using Tactus.Kernels.Merkle;
using Tactus.TestSupport;

namespace Tactus.Engine.Tests.Antelope.Logs;

/// <summary>Every real log against its table: what the bytes alone say, and the keys behind the signatures.</summary>
public class RealLogTests
{
    [DataTheory]
    [MemberData(nameof(RealLogs.Theory), MemberType = typeof(RealLogs))]
    public void FrameCountsAndIdsMatch(string name)
    {
        JsonElement expected = RealLogs.Expected(name);
        using BlockLog log = RealLogs.Open(name);
        Assert.Empty(log.Notices);
        Assert.Equal(expected.GetProperty("version").GetUInt32(), log.Preamble.Version);
        Assert.Equal(expected.GetProperty("first").GetUInt32(), log.FirstNumber);
        Assert.Equal(expected.GetProperty("blocks").GetInt64(), log.Count);
        Assert.Equal(expected.GetProperty("head_num").GetUInt32(), log.HeadNumber);
        Assert.Equal(expected.GetProperty("chain_id").GetString(), log.Preamble.ChainId.ToString());
        Assert.Equal(expected.GetProperty("genesis_ts_us").GetInt64(), log.Preamble.Genesis!.InitialTimestampUs);
        Assert.Equal(expected.GetProperty("genesis_key").GetString(), KeyText.ToText(log.Preamble.Genesis.InitialKey));
        Assert.Equal(expected.GetProperty("file_size").GetInt64(), log.End);

        BlockLogReport report = BlockLogCheck.Run(log, RealLogs.Kernels);
        Assert.Null(report.Failure);
        Assert.Equal(log.Count, report.Blocks);
        Assert.Equal(expected.GetProperty("trx").GetInt64(), report.Transactions);
        Assert.Equal(expected.GetProperty("head_id").GetString(), report.HeadId.ToString());
    }

    [DataTheory]
    [MemberData(nameof(RealLogs.Theory), MemberType = typeof(RealLogs))]
    public void BlocksMatchAndWriteBackToTheirBytes(string name)
    {
        using BlockLog log = RealLogs.Open(name);
        byte[] buffer = [];
        uint number = log.FirstNumber;
        foreach (Dictionary<string, string> row in RealLogs.Rows(name, "blocks"))
        {
            byte[] bytes = log.Read(number, ref buffer).ToArray();
            SignedBlock? block = SignedBlock.TryRead(bytes, out Verdict verdict);
            Assert.True(block is not null, verdict.ToString());
            Assert.Equal(row.Number("num"), block.Number);
            Assert.Equal(row["id"], block.Id().ToString());
            Assert.Equal(row.Number("slot"), block.Header.Slot);
            Assert.Equal(row["producer"], block.Header.Producer.ToString());
            Assert.Equal(row.Number("confirmed"), block.Header.Confirmed);
            Assert.Equal(row.Number("ntrx"), (uint)block.Transactions.Count);
            Assert.Equal(bytes, block.ToBytes());
            number++;
        }

        Assert.Equal(log.HeadNumber, number - 1);
    }

    [DataTheory]
    [MemberData(nameof(RealLogs.Theory), MemberType = typeof(RealLogs))]
    public void TransactionsMatchToTheRecoveredKeys(string name)
    {
        using BlockLog log = RealLogs.Open(name);
        Hash256 chainId = log.Preamble.ChainId;
        int rows = 0;
        foreach (Dictionary<string, string> row in RealLogs.Rows(name, "trx"))
        {
            SignedBlock block = log.ReadBlock(row.Number("block"));
            TransactionReceipt receipt = block.Transactions[(int)row.Number("index")];
            PackedTransaction? packed = receipt.Packed;
            Assert.Equal("packed", row["kind"]);
            Assert.NotNull(packed);
            Assert.Equal(row.Number("status"), (uint)receipt.Status);
            Assert.Equal(row.Number("cpu_us"), receipt.CpuUsageUs);
            Assert.Equal(row.Number("net_words"), receipt.NetUsageWords);
            Assert.Equal(row.Number("compression"), (uint)packed.Compression);
            Assert.Equal(row["receipt_digest"], receipt.Digest().ToString());

            Transaction? transaction = packed.TryUnpack(out Verdict verdict);
            Assert.True(transaction is not null, verdict.ToString());
            IReadOnlyList<byte[]>? contextFreeData = packed.TryUnpackContextFreeData(out verdict);
            Assert.True(contextFreeData is not null, verdict.ToString());
            Assert.Equal(row["trx_id"], transaction.Id().ToString());
            Hash256 digest = transaction.SigningDigest(chainId, contextFreeData);
            Assert.Equal(row["sig_digest"], digest.ToString());

            IReadOnlyList<PublicKey>? keys = KeyRecovery.TryRecoverAll(
                RealLogs.Kernels, digest, packed.Signatures, out verdict);
            Assert.True(keys is not null, verdict.ToString());
            Assert.Equal(row["keys"], string.Join(' ', keys.Select(KeyText.ToText)));
            rows++;
        }

        Assert.Equal(RealLogs.Expected(name).GetProperty("trx").GetInt32(), rows);
    }

    [DataTheory]
    [MemberData(nameof(RealLogs.Theory), MemberType = typeof(RealLogs))]
    public void BlockSignaturesRecoverToTheSigner(string name)
    {
        using BlockLog log = RealLogs.Open(name);
        var blockroot = new IncrementalMerkleLegacy();
        Span<byte> root = stackalloc byte[Hash256.Size];
        int legacy = 0;
        int savanna = 0;
        foreach (Dictionary<string, string> row in RealLogs.Rows(name, "blocks"))
        {
            SignedBlock block = log.ReadBlock(row.Number("num"));
            if (block.Number == 1)
            {
                Assert.Equal(KeySignature.Empty, block.ProducerSignature);
                Assert.Equal(log.Preamble.Genesis!.GenesisBlock().ToBytes(), block.ToBytes());
                blockroot.Append(block.Id().Bytes);
                continue;
            }

            Hash256 digest;
            if (BlockSigning.IsProperSavanna(block.Header))
            {
                digest = BlockSigning.SavannaDigest(block.Header);
                savanna++;
            }
            else
            {
                blockroot.Root(root);
                Assert.Equal(row["blockroot_merkle_root"], new Hash256(root).ToString());
                digest = BlockSigning.LegacyDigest(
                    block.Header.Digest(), new Hash256(root), Hash256.FromHex(row["pending_schedule_hash"]));
                Assert.Equal(row["block_sig_digest"], digest.ToString());
                legacy++;
            }

            PublicKey? key = KeyRecovery.TryRecover(
                RealLogs.Kernels, digest, block.ProducerSignature, out Verdict verdict);
            Assert.True(key is not null, verdict.ToString());
            Assert.Equal(row["signer"], KeyText.ToText(key));
            blockroot.Append(block.Id().Bytes);
        }

        Assert.Equal(RealLogs.Expected(name).GetProperty("legacy_block_signatures_ok").GetInt32(), legacy);
        Assert.Equal(string.Equals(name, "spring-v3-savanna", StringComparison.Ordinal) ? 11 : 0, savanna);
    }

    [DataFact]
    public void TransactionsWithAnEmptyContextFreeVectorAreThere()
    {
        // The trap of one byte 00: the signing digest then ends in zeros, the packed digest hashes the byte.
        using BlockLog log = RealLogs.Open("telosdevnet-98041f4-1002");
        int emptyVectors = log.Walk(1, log.HeadNumber)
            .SelectMany(block => block.Transactions)
            .Count(receipt => receipt.Packed!.PackedContextFreeData is [0]);
        Assert.Equal(503, emptyVectors);
    }
}
