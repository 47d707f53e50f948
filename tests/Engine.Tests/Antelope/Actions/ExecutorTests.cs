using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Execution;
using Tactus.Engine.Protocols.Antelope.Types;

namespace Tactus.Engine.Tests.Antelope.Actions;

public sealed class ExecutorTests
{
    private static readonly Name Alice = TestChain.User(0);
    private static readonly Name Bob = TestChain.User(1);
    private static readonly PublicKey KeyA = TestChain.KeyOf(Alice.ToString());

    [Fact]
    public void Expiration_lies_between_the_block_s_time_and_its_lifetime()
    {
        using var chain = new TestChain();
        chain.Start(2);
        Transaction transaction = chain.NewTransaction(TestChain.Transfer(Alice, Bob, TestChain.Core(1)));
        uint now = (uint)(SlotTime.ToUnixMs(TestChain.GenesisSlot + 2) / 1000);
        Assert.Equal(RejectReason.Expired, Push(chain, transaction with { Expiration = now - 1 }).Reason);
        Assert.True(Push(chain, transaction with { Expiration = now }).Accepted);
        Assert.True(Push(chain, transaction with { Expiration = now + 3600 }).Accepted);
        Assert.Equal(RejectReason.Expired, Push(chain, transaction with { Expiration = now + 3601 }).Reason);

        // A block in the middle of a second: the second it began is over.
        chain.Finish();
        chain.Start(1);
        Transaction later = chain.NewTransaction(TestChain.Transfer(Alice, Bob, TestChain.Core(2)));
        Assert.Equal(RejectReason.Expired, Push(chain, later with { Expiration = now }).Reason);
        Assert.True(Push(chain, later with { Expiration = now + 1 }).Accepted);
    }

    [Fact]
    public void The_reference_block_must_be_on_this_chain()
    {
        using var chain = new TestChain();
        chain.Start();
        chain.Finish();
        chain.Start();
        Transaction transaction = chain.NewTransaction(TestChain.Transfer(Alice, Bob, TestChain.Core(1)));
        Assert.Equal(RejectReason.BadTapos, Push(chain, transaction with { RefBlockNum = 7 }).Reason);
        Assert.Equal(RejectReason.BadTapos, Push(chain, transaction with { RefBlockPrefix = 1 }).Reason);
        Assert.True(Push(chain, transaction).Accepted);

        // As in nodeos, block 0 stands for "none" until block 65,536 exists.
        Assert.True(Push(chain, transaction with { RefBlockNum = 0, RefBlockPrefix = 0 }).Accepted);
    }

    [Fact]
    public void A_transaction_runs_once_per_branch()
    {
        using var chain = new TestChain();
        chain.Start();
        Transaction transaction = chain.NewTransaction(TestChain.Transfer(Alice, Bob, TestChain.Core(1)));
        Assert.True(Push(chain, transaction).Accepted);
        Assert.Equal(RejectReason.DuplicateTransaction, Push(chain, transaction).Reason);
        chain.Finish();
        chain.Start();
        Assert.Equal(RejectReason.DuplicateTransaction, Push(chain, transaction).Reason);
        chain.Finish();
        chain.Undo();
        chain.Undo();
        chain.Start();
        Assert.True(Push(chain, transaction).Accepted);
    }

    [Fact]
    public void A_failed_transaction_does_not_count_as_seen()
    {
        using var chain = new TestChain();
        chain.Start();
        Transaction transaction = chain.NewTransaction(TestChain.Transfer(Bob, Alice, TestChain.Core(1_000_500)));
        PublicKey keyB = TestChain.KeyOf(Bob.ToString());
        Assert.Equal(RejectReason.ActionFailed, chain.Push(transaction, out _, null, keyB).Reason);
        chain.Do(TestChain.Transfer(Alice, Bob, TestChain.Core(1_000)));
        Assert.True(chain.Push(transaction, out _, null, keyB).Accepted);
    }

    [Fact]
    public void Failed_transactions_leave_no_trace()
    {
        Hash256 Run(bool withFailures)
        {
            using var chain = new TestChain();
            for (int block = 0; block < 5; block++)
            {
                chain.Start();
                for (int i = 0; i < 10; i++)
                {
                    Transaction good = chain.NewTransaction(TestChain.Transfer(Alice, Bob, TestChain.Core(1 + i)));
                    if (withFailures)
                    {
                        ChainAction first = TestChain.Transfer(Alice, Bob, TestChain.Core(5));
                        ChainAction second = TestChain.Transfer(Alice, Bob, TestChain.Core(99_000_000));
                        Assert.False(Push(chain, good with { Actions = [first, second] }).Accepted);
                        Assert.False(Push(chain, good with { MaxCpuUsageMs = 0, MaxNetUsageWords = 3 }).Accepted);
                        Assert.False(Push(chain, good with { RefBlockPrefix = 9 }).Accepted);
                    }

                    Assert.True(Push(chain, good).Accepted);
                }

                chain.Finish();
            }

            var saved = new ByteWriter();
            chain.Executor.Save(saved);
            Assert.Equal(50, chain.Executor.Recent.Count);
            return new Hash256(System.Security.Cryptography.SHA256.HashData(
                [.. chain.StateHash().ToArray(), .. chain.Head.Id.ToArray(), .. saved.ToArray()]));
        }

        Hash256 clean = Run(withFailures: false);
        Assert.Equal(clean, Run(withFailures: false));
        Assert.Equal(clean, Run(withFailures: true));
    }

    [Fact]
    public void Undoing_blocks_gives_back_state_and_memory()
    {
        using var chain = new TestChain();
        var marks = new Stack<(Hash256 State, byte[] Memory)>();
        for (int block = 0; block < 6; block++)
        {
            marks.Push((chain.StateHash(), Saved(chain)));
            chain.Start();
            chain.Do(TestChain.Transfer(Alice, Bob, TestChain.Core(10 + block)));
            chain.Do(TestChain.Transfer(Bob, Alice, TestChain.Core(3)));
            chain.Finish();
        }

        while (marks.TryPop(out (Hash256 State, byte[] Memory) mark))
        {
            chain.Undo();
            Assert.Equal(mark.State, chain.StateHash());
            Assert.Equal(mark.Memory, Saved(chain));
        }
    }

    [Fact]
    public void An_aborted_block_leaves_the_memory_as_it_was()
    {
        using var chain = new TestChain();
        chain.Start();
        chain.Do(TestChain.Transfer(Alice, Bob, TestChain.Core(1)));
        chain.Finish();
        byte[] before = Saved(chain);
        Hash256 state = chain.StateHash();
        chain.Start();
        chain.Do(TestChain.Transfer(Alice, Bob, TestChain.Core(2)));
        chain.Executor.AbortBlock();
        chain.View.Reset();
        Assert.Equal(before, Saved(chain));
        Assert.Equal(state, chain.StateHash());
        Assert.Throws<InvalidOperationException>(() => chain.Executor.AbortBlock());
        chain.Start();
        Assert.Throws<InvalidOperationException>(() => chain.Start());
    }

    [Fact]
    public void A_loaded_memory_goes_on_like_the_saved_one()
    {
        using var chain = new TestChain();
        chain.Start();
        Transaction first = chain.NewTransaction(TestChain.Transfer(Alice, Bob, TestChain.Core(1)));
        Assert.True(Push(chain, first).Accepted);
        chain.Finish();
        byte[] saved = Saved(chain);
        var other = new AntelopeExecutor(Tactus.Kernels.KernelRegistry.Default.Choose());
        Assert.True(other.Load(saved).Accepted);
        var again = new ByteWriter();
        other.Save(again);
        Assert.Equal(saved, again.ToArray());
        Assert.True(other.Recent.Contains(first.Id(), first.Expiration));
        for (int length = 0; length < saved.Length; length += 1 + (saved.Length / 50))
        {
            Assert.False(other.Load(saved.AsSpan(0, length)).Accepted);
        }
    }

    [Fact]
    public void A_receipt_must_bill_what_the_transaction_uses()
    {
        using var chain = new TestChain();
        chain.Start();
        Transaction transaction = chain.NewTransaction(TestChain.Transfer(Alice, Bob, TestChain.Core(1)));
        Assert.True(Push(chain, transaction, null, out TransactionResult produced).Accepted);
        Assert.Equal(100u, produced.CpuUsageUs);
        chain.Finish();
        chain.Undo();

        chain.Start();
        TransactionResult wrongNet = produced with { NetUsageWords = produced.NetUsageWords + 1 };
        Assert.Equal(RejectReason.ReceiptMismatch, Push(chain, transaction, wrongNet, out _).Reason);
        foreach (uint cpuUs in (uint[])[99, 150_001])
        {
            Verdict outside = Push(chain, transaction, produced with { CpuUsageUs = cpuUs }, out _);
            Assert.Equal(RejectReason.ResourceLimit, outside.Reason);
        }

        TransactionResult hard = produced with { Status = TransactionStatus.HardFail };
        Assert.Equal(RejectReason.ReceiptMismatch, Push(chain, transaction, hard, out _).Reason);
        Assert.Equal(
            RejectReason.ResourceLimit,
            Push(chain, transaction with { MaxCpuUsageMs = 1 }, produced with { CpuUsageUs = 1001 }, out _).Reason);
        TransactionResult other = produced with { CpuUsageUs = 777 };
        Assert.True(Push(chain, transaction, other, out TransactionResult validated).Accepted);
        Assert.Equal(other, validated);
        Assert.Equal(777ul + 100, chain.Executor.Resources.CpuUs);
    }

    [Fact]
    public void A_block_is_full_at_its_limits()
    {
        var small = new ChainConfig { MaxBlockCpuUsageUs = 1_000, MaxTransactionCpuUsageUs = 900 };
        using var chain = new TestChain(config: small);
        chain.Start();
        for (int i = 0; i < 9; i++)
        {
            chain.Do(TestChain.Transfer(Alice, Bob, TestChain.Core(1)));
        }

        Assert.Equal(RejectReason.LimitExceeded, chain.Push(TestChain.Transfer(Alice, Bob, TestChain.Core(1))).Reason);
        Assert.Equal(1_000ul, chain.Executor.Resources.CpuUs);
        chain.Finish();
        using var net = new TestChain(config: new ChainConfig { MaxBlockNetUsage = 350, MaxTransactionNetUsage = 340 });
        net.Start();
        net.Do(TestChain.Transfer(Alice, Bob, TestChain.Core(1)));
        net.Do(TestChain.Transfer(Alice, Bob, TestChain.Core(1)));
        Assert.Equal(RejectReason.LimitExceeded, net.Push(TestChain.Transfer(Alice, Bob, TestChain.Core(1))).Reason);
        ChainAction large = TestChain.Transfer(Alice, Bob, TestChain.Core(1), new string('m', 250));
        Assert.Equal(RejectReason.ResourceLimit, net.Push(large).Reason);
    }

    [Fact]
    public void Delayed_malformed_and_implicit_transactions_are_refused()
    {
        using var chain = new TestChain();
        chain.Start();
        Transaction transaction = chain.NewTransaction(TestChain.Transfer(Alice, Bob, TestChain.Core(1)));
        Assert.False(Push(chain, transaction with { DelaySec = 1 }).Accepted);
        ChainAction onblock = TestChain.Action("eosio", "onblock", WellKnown.System, w => chain.Head.Header.Write(w));
        chain.Fails("onblock runs once per block", onblock);
        ChainAction setcode = TestChain.Action("eosio", "setcode", Alice, w => w.WriteUInt64(Alice.Value));
        chain.Fails("contracts are not executed", setcode);
        byte[] body = transaction.ToBytes();
        for (int length = 0; length < body.Length; length++)
        {
            var input = new TransactionInput(body.AsSpan(0, length), transaction.Id(), [KeyTag.Of(KeyA)], length, 67);
            Assert.Equal(RejectReason.Malformed, chain.Executor.Apply(in input, null, out _).Reason);
        }
    }

    [Fact]
    public void Random_bytes_as_arguments_never_throw()
    {
        const int Seed = 20261121;
        var random = new Random(Seed);
        using var chain = new TestChain();
        chain.Start();
        string[] actions =
        [
            "newaccount", "updateauth", "deleteauth", "linkauth", "unlinkauth", "canceldelay", "setparams", "setprods",
            "delegatebw", "undelegatebw", "refund", "regproducer", "regproducer2", "unregprod", "voteproducer",
            "regproxy", "claimrewards",
        ];
        for (int i = 0; i < 3000; i++)
        {
            byte[] data = new byte[random.Next(120)];
            random.NextBytes(data);
            if (data.Length > 8 && random.Next(2) == 0)
            {
                BitConverter.TryWriteBytes(data, WellKnown.System.Value);
            }

            string name = actions[i % actions.Length];
            chain.Push(TestChain.Action("eosio", name, WellKnown.System, w => w.WriteSpan(data)));
        }
    }

    [Fact]
    public void Too_many_authorizations_or_actions_are_refused_before_they_cost_time()
    {
        using var chain = new TestChain();
        chain.Start();
        ChainAction nothing = TestChain.Action("eosio.null", "nonce", Alice, _ => { });
        ChainAction many = nothing with
        {
            Authorization = [.. Enumerable.Repeat(new PermissionLevel(Alice, WellKnown.Active), 257)],
        };
        Verdict verdict = Push(chain, chain.NewTransaction(many));
        Assert.Contains("more than 256 authorizations", verdict.Detail, StringComparison.Ordinal);
        verdict = Push(chain, chain.NewTransaction([.. Enumerable.Repeat(nothing, 3000)]));
        Assert.Equal(RejectReason.ResourceLimit, verdict.Reason);
        Assert.Equal(1, chain.Executor.Receipts.Count);
    }

    [Fact]
    public void Light_validation_finds_missing_accounts_too()
    {
        using var chain = new TestChain { ChecksTransactions = false };
        chain.Start();
        Name nobody = Name.Parse("nobody");
        chain.Fails("receiver nobody does not exist", TestChain.Action("nobody", "act", Alice, _ => { }));
        chain.Fails("authorizing account does not exist", TestChain.Action("eosio.null", "act", nobody, _ => { }));
        Assert.False(Protocols.Antelope.Authority.AccountCells.Exists(chain.View, nobody.Value));
    }

    private static byte[] Saved(TestChain chain)
    {
        var writer = new ByteWriter();
        chain.Executor.Save(writer);
        return writer.ToArray();
    }

    private static Verdict Push(TestChain chain, Transaction transaction) => Push(chain, transaction, null, out _);

    private static Verdict Push(
        TestChain chain, Transaction transaction, TransactionResult? expected, out TransactionResult result) =>
        chain.Push(transaction, out result, expected, KeyA);
}
