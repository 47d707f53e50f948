using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Execution;
using Tactus.Engine.Protocols.Antelope.Types;

namespace Tactus.Engine.Tests.Antelope.Actions;

/// <summary>Runs of transfers applied in parts, in any order and on several threads, against the general path one by
/// one: same verdicts, receipts, counters, ids and state; and a run that holds a failure leaves no trace.</summary>
public sealed class TransferBatchTests
{
    private const int Users = 40;
    private const int Blocks = 3;

    public enum Load
    {
        Uniform,
        Zipf,
        OnePair,
        OneSender,
        OneReceiver,
    }

    public static TheoryData<Load, int, int> Cases()
    {
        var cases = new TheoryData<Load, int, int>();
        foreach (Load load in Enum.GetValues<Load>())
        {
            // 0: parts in random order on one thread.
            foreach (int threads in new[] { 0, 1, 2, 4 })
            {
                cases.Add(load, threads, (100 * (int)load) + threads);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Parts_in_any_order_do_what_one_after_the_other_does(Load load, int threads, int seed)
    {
        (Hash256 expected, Hash256 actual, int batches) = Run(load, seed, RunnerOf(threads, seed), overdrawn: false);
        Assert.Equal(expected, actual);
        Assert.Equal(Blocks, batches);
    }

    [Theory]
    [InlineData(Load.Uniform, 0)]
    [InlineData(Load.Zipf, 2)]
    [InlineData(Load.OnePair, 4)]
    [InlineData(Load.OneReceiver, 0)]
    public void A_run_that_holds_a_failure_is_taken_back_and_judged_one_by_one(Load load, int threads)
    {
        (Hash256 expected, Hash256 actual, int batches) = Run(load, 7 + threads, RunnerOf(threads, 7), overdrawn: true);
        Assert.Equal(expected, actual);
        Assert.Equal(0, batches);
    }

    // One in a few is of another form, or a transfer that only the general path can judge.
    [Theory]
    [InlineData(3, 0)]
    [InlineData(40, 2)]
    [InlineData(150, 4)]
    [InlineData(700, 0)]
    public void Transactions_of_other_kinds_cut_a_run_and_change_nothing(int every, int threads)
    {
        (Hash256 expected, Hash256 actual, int together, int count) = RunMixed(every, threads, Cut.Runs);
        Assert.Equal(expected, actual);

        // Where runs can be long, most of what is between the odd ones goes together.
        Assert.Equal(every > 2 * TransferBatch.TransfersMin, together > count / 2);
    }

    // What that test rests on: a cut that loses or repeats a transaction shows.
    [Theory]
    [InlineData(Cut.LosesOne)]
    [InlineData(Cut.SwapsTwo)]
    public void A_wrong_cut_is_noticed(Cut cut)
    {
        (Hash256 expected, Hash256 actual, _, _) = RunMixed(150, 0, cut);
        Assert.NotEqual(expected, actual);
    }

    // What these tests rest on: work that is left out or done twice shows.
    [Theory]
    [InlineData(Fault.LeavesOnePartOut)]
    [InlineData(Fault.RunsOnePartTwice)]
    public void A_runner_with_a_fault_is_noticed(Fault fault)
    {
        (Hash256 expected, Hash256 actual, _) = Run(
            Load.Uniform, 5, new FaultyRunner(fault), overdrawn: false, blocks: 1);
        Assert.NotEqual(expected, actual);
    }

    private static (Hash256 Expected, Hash256 Actual, int Batches) Run(
        Load load, int seed, IParallelRunner runner, bool overdrawn, int blocks = Blocks)
    {
        var config = new ChainConfig { MaxBlockCpuUsageUs = uint.MaxValue, MaxBlockNetUsage = ulong.MaxValue };
        using var batch = new TestChain(Users, config: config, balance: 1_000_000);
        using var general = new TestChain(Users, config: config, balance: 1_000_000);
        batch.Executor.Use(runner);
        var random = new Random(seed);
        int batches = 0;
        using var trace = new HashTrace();
        using var expectedTrace = new HashTrace();
        for (int b = 0; b < blocks; b++)
        {
            batch.Start();
            general.Start();
            int count = random.Next(TransferBatch.TransfersMin, 1_400);
            Transaction[] transactions =
            [
                .. Enumerable.Range(0, count).Select(i => Next(general, load, random, overdrawn && i == count - 9)),
            ];
            BlockWork block = WorkOf(transactions, config);
            bool together = batch.Executor.TryApplyBatch(block, 0, count, out _);
            batches += together ? 1 : 0;
            for (int i = 0; i < count; i++)
            {
                KeyTag[] keys = [KeyTag.Of(SignerOf(transactions[i]))];
                ref TransactionLane lane = ref block.Transactions[i];
                var input = new TransactionInput(
                    block.BodyOf(in lane), lane.Id, keys, lane.PackedBytes, lane.PrunableBytes);
                var receipt = new TransactionResult(TransactionStatus.Executed, lane.CpuUsageUs, lane.NetUsageWords);
                Verdict expected = general.Executor.Apply(in input, receipt, out _);
                Verdict actual = together ? Verdict.Ok : batch.Executor.Apply(in input, receipt, out _);
                Assert.Equal(expected, actual);
            }

            foreach ((TestChain chain, HashTrace hashes) in new[] { (general, expectedTrace), (batch, trace) })
            {
                Hash256 root = chain.Finish();
                Assert.Equal(root, chain.Executor.ActionRoot());
                hashes.Add(root, chain.StateHash(), chain.Executor);
            }
        }

        return (expectedTrace.Hash, trace.Hash, batches);
    }

    private static (Hash256 Expected, Hash256 Actual, int Together, int Count) RunMixed(int every, int threads, Cut cut)
    {
        var config = new ChainConfig { MaxBlockCpuUsageUs = uint.MaxValue, MaxBlockNetUsage = ulong.MaxValue };
        using var batch = new TestChain(Users, config: config, balance: 1_000_000);
        using var general = new TestChain(Users, config: config, balance: 1_000_000);
        batch.Executor.Use(RunnerOf(threads, every));
        batch.Start();
        general.Start();
        var random = new Random(every);
        const int Count = 3_000;
        Transaction[] transactions =
        [
            .. Enumerable.Range(0, Count).Select(i => i % every != every / 2
                ? Next(general, Load.Uniform, random, overdrawn: false)
                : i % 2 == 0 ? TwoTransfers(general, random) : Next(general, Load.Uniform, random, overdrawn: true)),
        ];
        BlockWork block = WorkOf(transactions, config);
        for (int i = 0; i < Count; i++)
        {
            ApplyOne(general, transactions, block, i);
        }

        int together = 0, tried = 0, next = 0;
        var runs = new TransferRuns(block, 0, Count);
        while (runs.TryNext(out int first, out int count, out bool inOne))
        {
            Assert.Equal(next, first);
            tried += inOne ? count : 0;
            if (inOne && !batch.Executor.TryApplyBatch(block, first, count, out int stoppedAt))
            {
                Assert.InRange(stoppedAt, 0, count - 1);
                runs.Stopped(stoppedAt);
                continue;
            }

            together += inOne ? count : 0;
            for (int i = first; i < first + count && !inOne; i++)
            {
                int chosen = cut == Cut.SwapsTwo && count > 1 && i < first + 2 ? (2 * first) + 1 - i : i;
                if (cut != Cut.LosesOne || i != first)
                {
                    ApplyOne(batch, transactions, block, chosen);
                }
            }

            next = first + count;
            runs.Applied(count, inOne);
        }

        Assert.Equal(Count, next);
        Assert.InRange(tried, 0, TransferBatch.TransfersMax + (4 * Count));
        var hashes = new List<Hash256>();
        foreach (TestChain chain in new[] { general, batch })
        {
            using var trace = new HashTrace();
            trace.Add(chain.Finish(), chain.StateHash(), chain.Executor);
            hashes.Add(trace.Hash);
        }

        return (hashes[0], hashes[1], together, Count);
    }

    // A transaction that fails leaves no trace, so that the next one finds the same either way.
    private static void ApplyOne(TestChain chain, Transaction[] transactions, BlockWork block, int index)
    {
        KeyTag[] keys = [KeyTag.Of(SignerOf(transactions[index]))];
        ref TransactionLane lane = ref block.Transactions[index];
        var input = new TransactionInput(block.BodyOf(in lane), lane.Id, keys, lane.PackedBytes, lane.PrunableBytes);
        chain.Executor.Apply(
            in input, new TransactionResult(TransactionStatus.Executed, lane.CpuUsageUs, lane.NetUsageWords), out _);
    }

    private static Transaction TwoTransfers(TestChain chain, Random random)
    {
        Name from = TestChain.User(random.Next(1, Users)), to = TestChain.User(0);
        return chain.NewTransaction(
            TestChain.Transfer(from, to, TestChain.Core(random.Next(1, 9))),
            TestChain.Transfer(from, to, TestChain.Core(10)));
    }

    private static Transaction Next(TestChain chain, Load load, Random random, bool overdrawn)
    {
        int from = load switch
        {
            Load.Zipf => Zipf(random),
            Load.OnePair => random.Next(2),
            Load.OneSender => 0,
            _ => random.Next(Users),
        };
        int to = load switch
        {
            Load.Zipf => Zipf(random),
            Load.OnePair => 1 - from,
            Load.OneReceiver => 0,
            _ => random.Next(Users),
        };
        to = to == from ? (from + 1) % Users : to;
        long amount = overdrawn ? long.MaxValue / 4 : random.Next(1, 300);
        return chain.NewTransaction(TestChain.Transfer(
            TestChain.User(from), TestChain.User(to), TestChain.Core(amount), new string('m', random.Next(0, 30))));
    }

    private static int Zipf(Random random) => (int)Math.Min(Users - 1, Math.Pow(Users, random.NextDouble()) - 1);

    private static PublicKey SignerOf(Transaction transaction) =>
        TestChain.KeyOf(transaction.Actions[0].Authorization[0].Actor.ToString());

    private static BlockWork WorkOf(Transaction[] transactions, ChainConfig config)
    {
        var bytes = new ByteWriter();
        foreach (Transaction transaction in transactions)
        {
            bytes.WriteSpan(transaction.ToBytes());
        }

        var block = new BlockWork();
        block.Load(bytes.Written);
        int offset = 0;
        foreach (Transaction transaction in transactions)
        {
            ref TransactionLane lane = ref block.Transactions.Add();
            lane.Id = transaction.Id();
            lane.BodyOffset = offset;
            lane.BodyLength = transaction.ToBytes().Length;
            lane.PackedBytes = lane.BodyLength;
            lane.PrunableBytes = 67;
            lane.NetUsageWords = (uint)NetBilling.WordsOf(lane.BodyLength, 67, isDelayed: false, config);
            lane.CpuUsageUs = 100 + (uint)(offset % 57);
            lane.FirstSignature = block.Signatures.Add(block.Transactions.Count - 1, 0, new byte[64], 0);
            lane.SignatureCount = 1;
            KeyTag tag = KeyTag.Of(SignerOf(transaction));
            System.Runtime.InteropServices.MemoryMarshal.AsBytes(new ReadOnlySpan<KeyTag>(in tag))
                .CopyTo(block.Signatures.KeyTagOf(lane.FirstSignature));
            offset += lane.BodyLength;
        }

        return block;
    }

    private static IParallelRunner RunnerOf(int threads, int seed) =>
        threads == 0 ? new ShuffledRunner(seed) : new ThreadsRunner(threads);

    /// <summary>How the mixed transactions are cut.</summary>
    public enum Cut
    {
        Runs,
        LosesOne,
        SwapsTwo,
    }

    /// <summary>Which mistake a runner makes.</summary>
    public enum Fault
    {
        LeavesOnePartOut,
        RunsOnePartTwice,
    }

    private sealed class HashTrace : IDisposable
    {
        private readonly System.Security.Cryptography.IncrementalHash _hash =
            System.Security.Cryptography.IncrementalHash.CreateHash(
                System.Security.Cryptography.HashAlgorithmName.SHA256);

        public Hash256 Hash => new(_hash.GetCurrentHash());

        public void Add(Hash256 root, Hash256 state, AntelopeExecutor executor)
        {
            var saved = new ByteWriter();
            executor.Save(saved);
            saved.WriteUInt64(executor.Resources.CpuUs);
            saved.WriteUInt64(executor.Resources.NetBytes);
            _hash.AppendData(root.Bytes);
            _hash.AppendData(state.Bytes);
            _hash.AppendData(executor.Receipts.Leaves);
            _hash.AppendData(saved.Written);
        }

        public void Dispose() => _hash.Dispose();
    }

    /// <summary>Runs the parts on the caller's thread in random order.</summary>
    private sealed class ShuffledRunner(int seed) : IParallelRunner
    {
        private readonly Random _random = new(seed);

        public int ThreadCount => 1;

        public void Run(ParallelJob job, int parts)
        {
            int[] order = [.. Enumerable.Range(0, parts)];
            _random.Shuffle(order);
            foreach (int part in order)
            {
                job.RunPartNow(part);
            }
        }
    }

    /// <summary>Fresh threads for every job.</summary>
    private sealed class ThreadsRunner(int threads) : IParallelRunner
    {
        public int ThreadCount => threads;

        public void Run(ParallelJob job, int parts)
        {
            job.Begin(parts);
            Thread[] all = [.. Enumerable.Range(0, threads).Select(_ => new Thread(() =>
            {
                while (job.TryRunOne())
                {
                }
            }))];
            Array.ForEach(all, thread => thread.Start());
            Array.ForEach(all, thread => thread.Join());
            job.ThrowIfFailed();
        }
    }

    private sealed class FaultyRunner(Fault fault) : IParallelRunner
    {
        public int ThreadCount => 1;

        public void Run(ParallelJob job, int parts)
        {
            for (int part = 0; part < parts; part++)
            {
                // The last part of the moves: the transfers are read in three parts at most.
                bool chosen = parts > 8 && part == parts - 1;
                for (int times = chosen ? (fault == Fault.LeavesOnePartOut ? 0 : 2) : 1; times > 0; times--)
                {
                    job.RunPartNow(part);
                }
            }
        }
    }
}
