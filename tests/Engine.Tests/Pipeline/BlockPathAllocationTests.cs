using Tactus.Engine.Devnet;
using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Production;
using Tactus.Engine.Protocols;
using Tactus.Engine.Protocols.Antelope;
using Tactus.Engine.Protocols.Antelope.Consensus;
using Tactus.Engine.Protocols.Antelope.Devnet;
using Tactus.Engine.State;
using Tactus.Engine.Storage;
using Tactus.Engine.Time;
using Tactus.Kernels;

namespace Tactus.Engine.Tests.Pipeline;

/// <summary>From bytes to committed state, a block allocates the same whether it carries few transactions or many.</summary>
public sealed class BlockPathAllocationTests
{
    private const int Few = 300;
    private const int Many = 1_500;

    /// <summary>What two blocks may differ by for other reasons (tables that double, lists of the fork tree): less than a byte
    /// per transaction.</summary>
    private const long SlackBytes = Many - Few - 1;

    [Fact]
    public void A_block_allocates_nothing_per_transaction()
    {
        var parameters = new DevnetParameters { Accounts = 500, Producers = 1 };
        KernelSet kernels = KernelRegistry.Default.Choose();
        var keys = new DevnetKeys(parameters);
        string folder = Directory.CreateTempSubdirectory("tactus-allocation-").FullName;
        try
        {
            Run(new FileDisk(folder), parameters, kernels, keys);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Run(IDisk disk, DevnetParameters parameters, KernelSet kernels, DevnetKeys keys)
    {
        using var memory = new MemoryStateStore();
        using var store = ChainStore.Open(disk, new MemoryCheckpoints(memory, disk));
        AntelopeProtocol protocol = DevnetChain.Create(parameters, keys, kernels);
        IBlockTransition transition = protocol.CreateTransition(kernels);
        Chain chain = ChainOpening.Open(protocol, kernels, store, transition);
        var options = new PipelineOptions { SignatureThreads = 0, CheckClock = false };
        using var pipeline = new BlockPipeline(chain, kernels, new ManualClock(), options);
        using var view = new BlockView(store.State);
        IBlockBuilder builder = protocol.CreateBuilder(kernels, transition, keys);
        var work = new BlockWork();

        // Minutes of chain time between blocks: ids expire, and their tables are used again.
        var fewest = new Dictionary<int, long> { [Few] = long.MaxValue, [Many] = long.MaxValue };
        for (int round = 0; round < 24; round++)
        {
            int count = round < 6 || round % 2 == 0 ? Many : Few;
            byte[] block = Build(builder, chain, view, parameters, keys, protocol.ChainId, count, 240);
            long before = GC.GetAllocatedBytesForCurrentThread();
            Verdict verdict = pipeline.Process(work, block);
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(verdict.Accepted, verdict.ToString());
            if (round >= 10)
            {
                fewest[count] = Math.Min(fewest[count], allocated);
            }
        }

        long difference = fewest[Many] - fewest[Few];
        Assert.True(difference <= SlackBytes, $"{Few} transactions: {fewest[Few]} bytes, {Many}: {fewest[Many]} bytes");
    }

    private static byte[] Build(
        IBlockBuilder builder,
        Chain chain,
        BlockView view,
        DevnetParameters parameters,
        DevnetKeys keys,
        in Hash256 chainId,
        int count,
        int slots)
    {
        // The load makes half of tps transfers per block, at the time of its parent; blocks are far apart, so they would expire.
        var parent = (HeaderState)chain.Head.State.ConsensusState;
        var pending = new PendingTransactions();
        var late = new TransferLoad(parameters with { TransactionsPerSecond = 2 * count }, keys, chainId) { LifetimeSec = slots };
        late.Fill(pending, parent);
        Verdict verdict = builder.Begin(parent, parent.Slot + slots, view);
        Assert.True(verdict.Accepted, verdict.ToString());
        while (pending.TryTake(0, out PendingTransaction? transaction))
        {
            verdict = builder.Add(transaction!);
            Assert.True(verdict.Accepted, verdict.ToString());
        }

        verdict = builder.Seal(out ReadOnlyMemory<byte> block);
        Assert.True(verdict.Accepted, verdict.ToString());
        view.Reset();
        Assert.InRange(builder.TransactionCount, count, count + 1);
        return block.ToArray();
    }
}
