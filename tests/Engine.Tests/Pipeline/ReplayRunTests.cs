using Tactus.Engine.Devnet;
using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Time;
using Tactus.Kernels;

namespace Tactus.Engine.Tests.Pipeline;

/// <summary>Replay on two threads ends cleanly however it ends.</summary>
public sealed class ReplayRunTests : IDisposable
{
    private const int BlockCount = 40;

    private static readonly DevnetParameters Parameters = new() { Seed = 9, Accounts = 10, TransactionsPerSecond = 4 };

    private readonly ManualClock _clock = new();
    private readonly List<byte[]> _blocks;
    private readonly Hash256 _state;
    private readonly PipelineNode _node;

    public ReplayRunTests()
    {
        KernelSet kernels = KernelRegistry.Default.Choose();
        using var maker = new PipelineNode(Parameters, kernels, _clock);
        for (int i = 0; i < BlockCount; i++)
        {
            maker.Produce(maker.Chain.Head.Slot + 1);
        }

        _blocks = maker.Made;
        _state = maker.StateHash;
        _node = new PipelineNode(Parameters, kernels, _clock);
    }

    public void Dispose() => _node.Dispose();

    [Fact]
    public void What_a_stopped_run_had_checked_can_be_replayed_by_the_next()
    {
        using var cancel = new CancellationTokenSource();
        ReplayReport report = new ReplayRun(_node.Pipeline, _clock).Run(
            new Blocks(_blocks), 2, BlockCount + 1, decided: block => Stop(block, cancel), cancellation: cancel.Token);
        Assert.Null(report.Failure);
        Assert.Equal(5u, _node.Chain.Head.Number);

        report = new ReplayRun(_node.Pipeline, _clock).Run(new Blocks(_blocks), 6, BlockCount + 1);
        Assert.Null(report.Failure);
        Assert.Equal(_state, _node.StateHash);
    }

    [Fact]
    public void What_completing_throws_reaches_the_caller_and_ends_the_other_thread()
    {
        var source = new Blocks(_blocks);
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => new ReplayRun(_node.Pipeline, _clock).Run(
            source, 2, BlockCount + 1, decided: _ => throw new InvalidOperationException("the disk is full")));
        Assert.Equal("the disk is full", error.Message);
        Assert.False(source.Reader!.IsAlive);
    }

    [Fact]
    public void What_the_source_throws_reaches_the_caller_as_it_is()
    {
        IOException error = Assert.Throws<IOException>(() => new ReplayRun(_node.Pipeline, _clock).Run(
            new Blocks(_blocks, brokenAt: 7), 2, BlockCount + 1));
        Assert.Equal("cannot read", error.Message);
        Assert.Equal(6u, _node.Chain.Head.Number);
    }

    private static void Stop(BlockWork block, CancellationTokenSource cancel)
    {
        if (block.Number == 5)
        {
            cancel.Cancel();
        }
    }

    private sealed class Blocks(List<byte[]> blocks, uint brokenAt = 0) : IBlockSource
    {
        public Thread? Reader { get; private set; }

        public uint First => 2;

        public uint Head => (uint)(blocks.Count + 1);

        public ReadOnlySpan<byte> Read(uint number, ref byte[] buffer)
        {
            Reader = Thread.CurrentThread;
            return number == brokenAt ? throw new IOException("cannot read") : blocks[(int)(number - 2)];
        }
    }
}
