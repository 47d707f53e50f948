using Tactus.Engine.Devnet;
using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Production;
using Tactus.Engine.State;
using Tactus.Engine.Tests.Pipeline;
using Tactus.Engine.Time;
using Tactus.Kernels;

namespace Tactus.Engine.Tests.Production;

/// <summary>No transaction stands in the way of the others for longer than a block.</summary>
public sealed class BlockProducerTests : IDisposable
{
    private readonly ManualClock _clock = new();
    private readonly PendingTransactions _pending = new();
    private readonly FakeBuilder _builder = new();
    private readonly PipelineNode _node;
    private readonly BlockProducer _producer;

    public BlockProducerTests()
    {
        _node = new PipelineNode(new DevnetParameters { Accounts = 4 }, KernelRegistry.Default.Choose(), _clock);
        _producer = new BlockProducer(_node.Chain, _builder, _pending, new ProductionWindows(), _clock);
    }

    public void Dispose()
    {
        _producer.Dispose();
        _node.Dispose();
    }

    [Fact]
    public void One_beyond_its_own_limits_is_dropped_and_the_block_goes_on()
    {
        Add(1, 2, 3);
        _builder.Answers[2] = RejectReason.ResourceLimit;
        Assert.Equal([1, 3], Produce());
        Assert.Equal(0, _pending.Count);
        Assert.Equal(1, _producer.FailedCount);
    }

    [Fact]
    public void One_that_finds_the_block_full_comes_first_in_the_next()
    {
        Add(1, 2, 3);
        _builder.Answers[2] = RejectReason.LimitExceeded;
        Assert.Equal([1], Produce());
        _builder.Answers.Clear();
        Assert.Equal([2, 3], Produce());
        Assert.Equal(0, _producer.FailedCount);
    }

    [Fact]
    public void One_that_fits_no_block_does_not_stay_at_the_head_of_the_queue()
    {
        Add(1, 2, 3);
        _builder.Answers[1] = RejectReason.LimitExceeded;
        Produce();
        Assert.Equal([2, 3], Produce());
        Assert.Equal(1, _producer.FailedCount);
    }

    private void Add(params byte[] names)
    {
        foreach (byte name in names)
        {
            Assert.True(_pending.Add(new Hash256([name]), [name], [], uint.MaxValue).Accepted);
        }
    }

    private byte[] Produce()
    {
        long slot = _node.Chain.Head.Slot + 1;
        _clock.UnixUs = _node.Chain.Consensus.SlotStartUs(slot) - 200_000;
        Assert.True(_producer.Produce(slot, lastOfTurn: false, out ReadOnlyMemory<byte> block).Accepted);
        return block.ToArray();
    }

    /// <summary>Its blocks are the first bytes of their transactions.</summary>
    private sealed class FakeBuilder : IBlockBuilder
    {
        private readonly List<byte> _names = [];

        public Dictionary<byte, RejectReason> Answers { get; } = [];

        public int Bytes => _names.Count;

        public int TransactionCount => _names.Count;

        public Verdict Begin(object parentState, long slot, IStateView view)
        {
            _names.Clear();
            return Verdict.Ok;
        }

        public Verdict Add(PendingTransaction transaction)
        {
            byte name = transaction.Packed.Span[0];
            if (Answers.TryGetValue(name, out RejectReason reason))
            {
                return Verdict.Reject(reason, "no");
            }

            _names.Add(name);
            return Verdict.Ok;
        }

        public Verdict Seal(out ReadOnlyMemory<byte> block)
        {
            block = _names.ToArray();
            return Verdict.Ok;
        }

        public void Abandon()
        {
        }
    }
}
