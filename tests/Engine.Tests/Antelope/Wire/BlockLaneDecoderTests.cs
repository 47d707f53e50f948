using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Logs;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.Engine.Protocols.Antelope.Wire;
using Tactus.Engine.Tests.Antelope.Logs;
using Tactus.TestSupport;
using Xunit.Abstractions;

namespace Tactus.Engine.Tests.Antelope.Wire;

public class BlockLaneDecoderTests(ITestOutputHelper output)
{
    private static readonly Hash256 ChainId = Hash256.FromHex(
        "5ef798208828ef4385a9f605066204cc3fb83e33146d868440283d8687a4b0ee");

    [DataTheory]
    [MemberData(nameof(RealLogs.Theory), MemberType = typeof(RealLogs))]
    public void AgreesWithTheObjectFormsOnRealBlocks(string name)
    {
        using BlockLog log = RealLogs.Open(name);
        var comparison = new LaneComparison(RealLogs.Kernels, log.Preamble.ChainId);
        byte[] buffer = [];
        for (uint number = log.FirstNumber; number <= log.HeadNumber; number++)
        {
            comparison.Check(log.Read(number, ref buffer).ToArray());
        }

        Assert.Equal(log.Count, comparison.Accepted);
    }

    [DataTheory]
    [MemberData(nameof(RealLogs.Theory), MemberType = typeof(RealLogs))]
    public void AgreesWithTheObjectFormsOnChangedRealBlocks(string name)
    {
        const int Seed = 20180608;
        output.WriteLine($"seed {Seed}");
        var random = new Random(Seed);
        using BlockLog log = RealLogs.Open(name);
        var comparison = new LaneComparison(RealLogs.Kernels, log.Preamble.ChainId);
        byte[][] blocks =
        [
            .. log.Walk(1, log.HeadNumber).Where(b => b.Transactions.Count > 0).Select(b => b.ToBytes()),
        ];
        for (int i = 0; i < 1_500; i++)
        {
            byte[] block = blocks[i % blocks.Length];
            if (block.Length < 20_000 || i % 50 == 0)
            {
                comparison.Check(Changed(random, block));
            }
        }

        output.WriteLine($"accepted {comparison.Accepted}, rejected {comparison.Rejected}");
        Assert.True(comparison.Accepted > 50 && comparison.Rejected > 50);
    }

    [Fact]
    public void AgreesWithTheObjectFormsOnEveryForm()
    {
        var comparison = new LaneComparison(RealLogs.Kernels, ChainId);
        for (int seed = 0; seed < 60; seed++)
        {
            comparison.Check(SampleBlocks.Of(seed, seed * 3).ToBytes());
        }

        Assert.Equal(60, comparison.Accepted);
        comparison.Check(SampleBlocks.Of(600, 3_000).ToBytes());
        Assert.Equal(61, comparison.Accepted);
    }

    [Fact]
    public void AgreesWithTheObjectFormsOnChangedBlocksOfEveryForm()
    {
        const int Seed = 4711;
        output.WriteLine($"seed {Seed}");
        var random = new Random(Seed);
        var comparison = new LaneComparison(RealLogs.Kernels, ChainId);
        byte[][] blocks = [.. Enumerable.Range(0, 40).Select(seed => SampleBlocks.Of(seed, 1 + (seed % 12)).ToBytes())];
        for (int i = 0; i < 20_000; i++)
        {
            comparison.Check(Changed(random, blocks[i % blocks.Length]));
        }

        output.WriteLine($"accepted {comparison.Accepted}, rejected {comparison.Rejected}");
        Assert.True(comparison.Accepted > 1_000 && comparison.Rejected > 1_000);
    }

    [Fact]
    public void PaddedIntegersGiveTheDigestsOfTheShortestForm()
    {
        // The receipt below with every integer of its transaction padded: id, signing digest and, since bytes as
        // received count there, a different packed digest.
        SignedBlock block = SampleBlocks.Of(8, 1);
        TransactionReceipt receipt = block.Transactions[0];
        Transaction transaction = receipt.Packed!.TryUnpack(out _)!;
        byte[] padded = Padded(transaction);
        block.Transactions = [receipt with { Packed = receipt.Packed with { PackedTrx = padded } }];

        var work = new BlockWork();
        work.Load(block.ToBytes());
        Verdict verdict = new BlockLaneDecoder(RealLogs.Kernels, ChainId).Decode(work);
        Assert.True(verdict.Accepted, verdict.ToString());
        Assert.Equal(transaction.Id(), work.Transactions[0].Id);
        Assert.NotEqual(receipt.Digest(), new Hash256(work.Leaves));
        new LaneComparison(RealLogs.Kernels, ChainId).Check(block.ToBytes());
    }

    [Fact]
    public void AllocatesNothingPerTransaction()
    {
        byte[] few = Plain(10);
        byte[] many = Plain(2_000);
        var decoder = new BlockLaneDecoder(RealLogs.Kernels, ChainId);
        var work = new BlockWork();
        long BytesFor(byte[] block) => Allocation.LeastOf(() =>
        {
            work.Load(block);
            Assert.True(decoder.Decode(work).Accepted);
        });

        BytesFor(many);
        BytesFor(few);
        Assert.Equal(BytesFor(few), BytesFor(many));

        static byte[] Plain(int transactions)
        {
            // 3 is coprime to the forms' periods, so every form is there; the seed has no extensions.
            SignedBlock block = SampleBlocks.Of(4, transactions);
            return block.ToBytes();
        }
    }

    [Fact]
    public void RejectionsNameTheTransactionAndThePlace()
    {
        SignedBlock block = SampleBlocks.Of(4, 6);
        TransactionReceipt last = block.Transactions[5];
        block.Transactions =
        [
            .. block.Transactions.Take(5),
            last with { Packed = last.Packed! with { PackedTrx = [1, 2, 3] } },
        ];
        byte[] bytes = block.ToBytes();
        var work = new BlockWork();
        work.Load(bytes);
        Verdict verdict = new BlockLaneDecoder(RealLogs.Kernels, ChainId).Decode(work);
        Assert.Equal(RejectReason.Malformed, verdict.Reason);
        Assert.Contains("transaction 5", verdict.Detail, StringComparison.Ordinal);

        // Three bytes and the count of no block extensions stand behind the place.
        Assert.Equal(bytes.Length - 4, verdict.Index);
    }

    [Fact]
    public void TransactionExtensionsAreRefused()
    {
        SignedBlock block = SampleBlocks.Of(4, 1);
        Transaction extended = SampleBlocks.Transaction(new Random(1), 1) with
        {
            Extensions = [new Extension(Extension.DeferredTransactionContext, new byte[56])],
        };
        block.Transactions =
        [
            new TransactionReceipt(TransactionStatus.Executed, 1, 1, PackedTransaction.Of(extended, [])),
        ];
        var work = new BlockWork();
        work.Load(block.ToBytes());
        Assert.Equal(RejectReason.BadExtension, new BlockLaneDecoder(RealLogs.Kernels, ChainId).Decode(work).Reason);
    }

    /// <summary>A transaction with each variable-length integer one byte longer than it need be.</summary>
    private static byte[] Padded(Transaction t)
    {
        var writer = new ByteWriter();
        writer.WriteUInt32(t.Expiration);
        writer.WriteUInt16(t.RefBlockNum);
        writer.WriteUInt32(t.RefBlockPrefix);
        WritePadded(writer, t.MaxNetUsageWords);
        writer.WriteByte(t.MaxCpuUsageMs);
        WritePadded(writer, t.DelaySec);
        foreach (IReadOnlyList<ChainAction> actions in new[] { t.ContextFreeActions, t.Actions })
        {
            WritePadded(writer, (uint)actions.Count);
            foreach (ChainAction action in actions)
            {
                writer.WriteUInt64(action.Account.Value);
                writer.WriteUInt64(action.Name.Value);
                WritePadded(writer, (uint)action.Authorization.Count);
                foreach (PermissionLevel level in action.Authorization)
                {
                    level.Write(writer);
                }

                WritePadded(writer, (uint)action.Data.Length);
                writer.WriteSpan(action.Data);
            }
        }

        WritePadded(writer, 0);
        return writer.ToArray();
    }

    private static void WritePadded(ByteWriter writer, uint value)
    {
        while (value >= 0x80)
        {
            writer.WriteByte((byte)(value | 0x80));
            value >>= 7;
        }

        writer.WriteByte((byte)(value | 0x80));
        writer.WriteByte(0);
    }

    /// <summary>The block with a few random changes: bytes set, inserted, removed.</summary>
    private static byte[] Changed(Random random, byte[] block)
    {
        var bytes = new List<byte>(block);
        for (int changes = random.Next(1, 4); changes > 0; changes--)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0:
                    bytes.Insert(at, (byte)random.Next(256));
                    break;
                case 1:
                    bytes.RemoveAt(at);
                    break;
                case 2:
                    // Pads an integer, where the byte is one.
                    bytes[at] |= 0x80;
                    bytes.Insert(at + 1, 0);
                    break;
                default:
                    bytes[at] = (byte)random.Next(256);
                    break;
            }
        }

        return [.. bytes];
    }
}
