using System.Security.Cryptography;
using System.Text.Json;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Quorum.Ballots;
using Tactus.Engine.Protocols.Quorum.Blocks;
using Tactus.Engine.Protocols.Quorum.Coins;
using Tactus.TestSupport;

namespace Tactus.Engine.Tests.Quorum;

/// <summary>Skycoin's mainnet blocks 0..180.</summary>
public sealed class MainnetTests
{
    private const ulong TotalBurn = 100_000_228_651_102;

    [DataFact]
    public void HeadersBodiesAndIdsAreReproduced()
    {
        RealSkycoin real = RealSkycoin.Load();
        int transactions = 0;
        foreach (RealBlock block in real.Blocks)
        {
            Assert.Equal(block.Hash, block.Header.Hash());
            byte[] leaves = [.. block.Transactions.SelectMany(t => t.Id.ToArray())];
            Assert.Equal(block.Header.BodyHash, BlockLaneDecoder.Root(TestPipeline.Kernels, leaves));
            Assert.Equal(block.Size, block.Transactions.Sum(t => t.Bytes.Length));
            foreach (RealTransaction t in block.Transactions)
            {
                var reader = new ByteReader(t.Bytes);
                CoinTransaction transaction = CoinTransaction.Read(ref reader);
                Assert.Equal(t.Id, transaction.Id());
                if (block.Header.Seq > 0)
                {
                    Assert.Equal(t.InnerHash, new Hash256(SHA256.HashData(t.Bytes.AsSpan(transaction.InnerOffset))));
                    Assert.True(transaction.CheckForm().Accepted);
                }

                Hash256 source = block.Header.Seq == 0 ? Hash256.Zero : t.Id;
                for (int i = 0; i < t.OutputIds.Count; i++)
                {
                    var output = UnspentOutput.Create(
                        source, transaction.Output(i), block.Header.TimeSec, block.Header.Seq);
                    Assert.Equal(t.OutputIds[i], output.Id);
                }

                transactions++;
            }
        }

        Assert.Equal(181, real.Blocks.Count);
        Assert.Equal(181, transactions);
    }

    [DataFact]
    public void PublisherSignedEveryBlock()
    {
        RealSkycoin real = RealSkycoin.Load();
        byte[] digests = [.. real.Blocks.SelectMany(b => b.Hash.ToArray())];
        byte[] signatures = [.. real.Blocks.SelectMany(b => b.Signature)];
        MemberKey[] keys = [.. Enumerable.Repeat(real.Publisher, real.Blocks.Count)];
        Assert.Equal(181, keys.Length);
        Assert.Equal(-1, MemberSignatures.FirstBad(TestPipeline.Kernels, digests, signatures, keys));

        // The check can fail: one bit of one signature, one other key.
        signatures[(97 * 65) + 40] ^= 1;
        Assert.Equal(97, MemberSignatures.FirstBad(TestPipeline.Kernels, digests, signatures, keys));
        keys[3] = keys[3] with { Prefix = 2 };
        Assert.Equal(3, MemberSignatures.FirstBad(TestPipeline.Kernels, digests, signatures, keys));
    }

    [DataFact]
    public void WholeChainRunsThroughThePipelineAsAQuorumOfOne()
    {
        RealSkycoin real = RealSkycoin.Load();
        using var node = new TestPipeline(real.Genesis(), RealSkycoin.Parameters);
        Assert.Equal(real.Blocks[0].Hash, node.Chain.Head.Id);
        int inputs = 0;
        int burnless = 0;
        foreach (RealBlock block in real.Blocks.Skip(1))
        {
            Verdict verdict = node.Process(block.Bytes);
            Assert.True(verdict.Accepted, $"block {block.Header.Seq}: {verdict}");
            inputs += node.Work.SignaturesChecked;
            burnless += block.Header.Fee == 0 ? 1 : 0;
        }

        using JsonDocument metadata = RealSkycoin.Read("blockchain-metadata.golden");
        Assert.Equal(221, inputs);
        Assert.Equal(36, burnless);
        Assert.Equal(180u, node.Head.Number);
        Assert.Equal(179u, node.Chain.Root.Number);
        Assert.Equal((UInt128)TotalBurn, node.Head.BurnedHours);
        Assert.Equal(metadata.RootElement.GetProperty("unspents").GetInt64(), node.Unspents);
        JsonElement head = metadata.RootElement.GetProperty("head");
        Assert.Equal(head.GetProperty("block_hash").GetString(), node.Head.Id.ToString());
    }

    [DataFact]
    public void FeesHoursAndUnspentHashesAreReproducedByTheSetInMemory()
    {
        RealSkycoin real = RealSkycoin.Load();
        var unspent = new MemoryUnspentOutputs();
        Assert.True(unspent.TryAdd(real.Genesis().Output(0)));
        int inputs = 0;
        for (int i = 1; i < real.Blocks.Count; i++)
        {
            RealBlock block = real.Blocks[i];
            Assert.Equal(block.Header.UnspentHash, unspent.UnspentHash);
            ulong fees = 0;
            foreach (RealTransaction t in block.Transactions)
            {
                foreach (RealInput input in t.Inputs)
                {
                    Assert.True(unspent.TryGet(input.Id, out UnspentOutput output));
                    Assert.Equal((input.Owner, input.Coins, input.Hours), (output.Address, output.Coins, output.Hours));
                    Assert.True(CoinHours.TryAt(
                        output.Coins,
                        output.Hours,
                        output.TimeSec,
                        real.Blocks[i - 1].Header.TimeSec,
                        out ulong hours));
                    Assert.Equal(input.HoursWhenSpent, hours);
                    inputs++;
                }

                ulong fee = Apply(t, block, real.Blocks[i - 1].Header.TimeSec, unspent);
                Assert.Equal(t.Fee, fee);
                fees += fee;
            }

            Assert.Equal(block.Header.Fee, fees);
            Assert.Equal(100_000_000UL * CoinHours.DropletsPerCoin, unspent.Outputs.Aggregate(
                0UL, (sum, o) => sum + o.Coins));
        }

        Assert.Equal(221, inputs);
        Assert.Equal(218, unspent.Count);
    }

    [DataFact]
    public void DamagedBlocksAreRejectedForWhatIsWrong()
    {
        RealSkycoin real = RealSkycoin.Load();
        using var node = new TestPipeline(real.Genesis(), RealSkycoin.Parameters);
        byte[] good = real.Blocks[1].Bytes;

        // Certificate of another block.
        byte[] swapped = [.. good[..^65], .. real.Blocks[2].Signature];
        Assert.Equal(RejectReason.BadBlockSignature, node.Process(swapped).Reason);

        // An input signature, which the inner hash does not cover but the id does.
        byte[] signature = [.. good];
        signature[CoinHeader.Size + 4 + CoinTransaction.HeadSize + 4] ^= 1;
        Assert.Equal(RejectReason.WrongRoot, node.Process(signature).Reason);

        // Every cut is malformed, none crashes.
        for (int length = 0; length < good.Length; length += 37)
        {
            Assert.Equal(RejectReason.Malformed, node.Process(good.AsSpan(0, length)).Reason);
        }

        Assert.Equal(RejectReason.TrailingBytes, node.Process([.. good, 0]).Reason);
        Assert.True(node.Process(good).Accepted);
        Assert.Equal(RejectReason.Duplicate, node.Process(good).Reason);
    }

    [DataFact]
    public void MutatedBlocksNeverCrashAndNeverPass()
    {
        RealSkycoin real = RealSkycoin.Load();
        using var node = new TestPipeline(real.Genesis(), RealSkycoin.Parameters);
        var random = new Random(41);
        for (int i = 0; i < 400; i++)
        {
            byte[] block = [.. real.Blocks[1].Bytes];
            int changes = 1 + random.Next(3);
            for (int c = 0; c < changes; c++)
            {
                // Half of the changes hit the seal, whose flag byte turns the rest into an opening.
                int at = random.Next(2) == 0 ? random.Next(block.Length) : block.Length - 1 - random.Next(72);
                block[at] = (byte)(random.Next(2) == 0 ? 1 : random.Next(256));
            }

            if (!block.AsSpan().SequenceEqual(real.Blocks[1].Bytes))
            {
                Assert.False(node.Process(block).Accepted, $"seed 41, round {i}");
            }
        }

        Assert.True(node.Process(real.Blocks[1].Bytes).Accepted);
    }

    private static ulong Apply(RealTransaction t, RealBlock block, ulong parentTimeSec, MemoryUnspentOutputs unspent)
    {
        var reader = new ByteReader(t.Bytes);
        CoinTransaction transaction = CoinTransaction.Read(ref reader);
        var hashes = new ByteWriter();
        for (int i = 0; i < transaction.OutputCount; i++)
        {
            var output = UnspentOutput.Create(t.Id, transaction.Output(i), block.Header.TimeSec, block.Header.Seq);
            hashes.WriteHash256(output.Id);
            hashes.WriteHash256(output.SnapshotHash);
        }

        var place = new BlockPlace(block.Header.Seq, block.Header.TimeSec, parentTimeSec);
        Verdict verdict = TransactionRules.Apply(transaction, place, hashes.Written, default, unspent, out ulong fee);
        Assert.True(verdict.Accepted, verdict.ToString());
        return fee;
    }
}
