using Tactus.Engine.Devnet;
using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols;
using Tactus.Engine.Protocols.Antelope;
using Tactus.Engine.Protocols.Antelope.Devnet;
using Tactus.Engine.State;
using Tactus.Engine.State.Faster;
using Tactus.Engine.Storage;
using Tactus.Engine.Time;
using Tactus.Kernels;

namespace Tactus.Engine.Tests.Pipeline;

/// <summary>The same blocks give the same state whatever the threads, the kernels and the store; and cost no memory per
/// transaction.</summary>
public sealed class SameStateTests
{
    private static readonly DevnetParameters Parameters = new() { Accounts = 400, TransactionsPerSecond = 1_400, Seed = 6 };

    [Fact]
    public void Threads_kernels_and_stores_agree()
    {
        List<byte[]> blocks = Make(Parameters, 5, out Hash256 expected);
        string[] choices =
        [
            string.Empty,
            .. KernelRegistry.Default.Sha256.Where(entry => entry.WhyUnsupported is null).Select(entry => "sha256:" + entry.Name),
            .. KernelRegistry.Default.Secp256k1.Where(entry => entry.WhyUnsupported is null).Select(entry => "secp256k1:" + entry.Name),
        ];
        foreach (string choice in choices)
        {
            // Scalar recovery of thousands of signatures takes its time: once is enough.
            bool slow = choice == "secp256k1:scalar";
            Assert.Equal(expected, Replay(blocks, KernelRegistry.Default.Choose(choice), 0, faster: slow));
            if (!slow)
            {
                Assert.Equal(expected, Replay(blocks, KernelRegistry.Default.Choose(choice), 2, faster: true));
            }
        }
    }

    [Fact]
    public void Cutting_chunks_otherwise_changes_nothing()
    {
        List<byte[]> blocks = Make(Parameters, 3, out Hash256 expected);
        foreach (int chunk in new[] { 1, 100, 300, 4096 })
        {
            Assert.Equal(expected, Replay(blocks, KernelRegistry.Default.Choose(), 1, faster: false, chunk));
        }
    }

    private static List<byte[]> Make(DevnetParameters parameters, int count, out Hash256 stateHash)
    {
        using var node = new PipelineNode(parameters, KernelRegistry.Default.Choose(), new ManualClock());
        for (int i = 0; i < count; i++)
        {
            node.Produce(node.Chain.Head.Slot + 1);
        }

        stateHash = node.StateHash;
        return node.Made;
    }

    private static Hash256 Replay(List<byte[]> blocks, KernelSet kernels, int signatureThreads, bool faster, int chunk = 4096)
    {
        string folder = Directory.CreateTempSubdirectory("tactus-same-state-").FullName;
        try
        {
            var disk = new SimulatedDisk();
            using var memory = new MemoryStateStore();
            using FasterStateStore? fast = faster
                ? new FasterStateStore(new FasterStateOptions { Folder = folder, CellsExpected = 4_000 })
                : null;
            using var store = ChainStore.Open(disk, fast is null ? new MemoryCheckpoints(memory, disk) : new FasterCheckpoints(fast));
            AntelopeProtocol protocol = DevnetChain.Create(Parameters, new DevnetKeys(Parameters), kernels);
            IBlockTransition transition = protocol.CreateTransition(kernels);
            Chain chain = ChainOpening.Open(protocol, kernels, store, transition);
            var options = new PipelineOptions { SignatureThreads = signatureThreads, CheckClock = false, ChunkSignatures = chunk };
            using var pipeline = new BlockPipeline(chain, kernels, new ManualClock(), options);
            ReplayReport report = new ReplayRun(pipeline, new ManualClock()).Run(
                new Blocks(blocks), 2, (uint)(1 + blocks.Count));
            Assert.Null(report.Failure);
            return store.State.ComputeStateHash(kernels);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private sealed class Blocks(List<byte[]> blocks) : IBlockSource
    {
        public uint First => 2;

        public uint Head => (uint)(blocks.Count + 1);

        public ReadOnlySpan<byte> Read(uint number, ref byte[] buffer) => blocks[(int)(number - 2)];
    }
}
