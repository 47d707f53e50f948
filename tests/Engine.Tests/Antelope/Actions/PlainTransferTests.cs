using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Execution;
using Tactus.Engine.Protocols.Antelope.Types;

namespace Tactus.Engine.Tests.Antelope.Actions;

/// <summary>The short path of plain transfers against the general path: same verdicts, receipts, counters and
/// state.</summary>
public sealed class PlainTransferTests
{
    private const int Users = 12;
    private const int TransactionsPerBlock = 400;

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    public void The_short_path_does_what_the_general_path_does(int seed, bool checksTransactions)
    {
        var config = new ChainConfig { MaxBlockCpuUsageUs = uint.MaxValue, MaxBlockNetUsage = ulong.MaxValue };
        using var plain = new TestChain(Users, config: config, balance: 5_000) { ChecksTransactions = checksTransactions };
        using var general = new TestChain(Users, config: config, balance: 5_000) { ChecksTransactions = checksTransactions };
        var random = new Random(seed);
        (int shortPath, int accepted, int rejected) = (0, 0, 0);
        for (int b = 0; b < 4; b++)
        {
            plain.Start();
            general.Start();
            (Transaction Transaction, KeyTag[] Keys)[] transactions =
                [.. Enumerable.Range(0, TransactionsPerBlock).Select(_ => Next(general, random))];
            BlockWork block = WorkOf(transactions);
            for (int i = 0; i < transactions.Length; i++)
            {
                if (i % AntelopeExecutor.PlainBatch == 0)
                {
                    plain.Executor.LoadPlain(block, i, Math.Min(AntelopeExecutor.PlainBatch, transactions.Length - i));
                }

                (Transaction transaction, KeyTag[] keys) = transactions[i];
                byte[] body = transaction.ToBytes();
                var input = new TransactionInput(body, transaction.Id(), keys, body.Length, 67);
                ulong words = NetBilling.WordsOf(body.Length, 67, isDelayed: false, config);
                var receipt = new TransactionResult(
                    TransactionStatus.Executed, (uint)random.Next(90, 400), (uint)words);

                Verdict expected = general.Executor.Apply(in input, receipt, out _);
                bool taken = plain.Executor.TryApplyPlain(i % AntelopeExecutor.PlainBatch, in input, receipt);
                Verdict actual = taken ? Verdict.Ok : plain.Executor.Apply(in input, receipt, out _);
                Assert.Equal(expected, actual);
                shortPath += taken ? 1 : 0;
                accepted += expected.Accepted ? 1 : 0;
                rejected += expected.Accepted ? 0 : 1;
            }

            Assert.Equal(general.Executor.Resources.CpuUs, plain.Executor.Resources.CpuUs);
            Assert.Equal(general.Executor.Resources.NetBytes, plain.Executor.Resources.NetBytes);
            Assert.Equal(general.Finish(), plain.Finish());
            Assert.Equal(general.StateHash(), plain.StateHash());
        }

        Assert.True(shortPath > accepted / 2, $"{shortPath} of {accepted} accepted took the short path");
        Assert.True(rejected > 20, $"only {rejected} were rejected");
    }

    // Transfers, most of them plain; some overdrawn, to nobody, to oneself, of the wrong symbol, wrongly signed, twice.
    private static (Transaction Transaction, KeyTag[] Keys) Next(TestChain chain, Random random)
    {
        Name from = TestChain.User(random.Next(Users));
        Name to = random.Next(12) switch
        {
            0 => from,
            1 => Name.Parse("nobody"),
            2 => WellKnown.Token,
            3 => WellKnown.System,
            _ => TestChain.User(random.Next(Users)),
        };
        Asset quantity = random.Next(15) switch
        {
            0 => new Asset(5, new Symbol(3, "EOS")),
            1 => new Asset(5, new Symbol(4, "XYZ")),
            2 => TestChain.Core(0),
            3 => TestChain.Core(4_000),
            _ => TestChain.Core(random.Next(1, 600)),
        };
        string memo = new('m', random.Next(5) == 0 ? random.Next(0, 260) : 4);
        Name actor = random.Next(20) == 0 ? TestChain.User(random.Next(Users)) : from;
        ChainAction action = TestChain.Transfer(from, to, quantity, memo) with
        {
            Authorization = [new PermissionLevel(actor, random.Next(15) == 0 ? WellKnown.Owner : WellKnown.Active)],
        };
        ChainAction[] actions = random.Next(15) == 0 ? [action, action] : [action];
        Transaction transaction = chain.NewTransaction(actions);
        if (random.Next(20) == 0)
        {
            transaction = transaction with { Expiration = 1_000 };
        }

        Name signer = random.Next(15) == 0 ? TestChain.User(random.Next(Users)) : actor;
        return (transaction, [KeyTag.Of(TestChain.KeyOf(signer.ToString()))]);
    }

    private static BlockWork WorkOf((Transaction Transaction, KeyTag[] Keys)[] transactions)
    {
        var bytes = new ByteWriter();
        var block = new BlockWork();
        List<(int Offset, int Length)> ranges = [];
        foreach ((Transaction transaction, _) in transactions)
        {
            byte[] body = transaction.ToBytes();
            ranges.Add((bytes.Length, body.Length));
            bytes.WriteSpan(body);
        }

        block.Load(bytes.Written);
        for (int i = 0; i < transactions.Length; i++)
        {
            ref TransactionLane lane = ref block.Transactions.Add();
            (lane.BodyOffset, lane.BodyLength) = ranges[i];
            lane.Id = transactions[i].Transaction.Id();
        }

        return block;
    }
}
