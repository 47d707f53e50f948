using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.State;
using Tactus.Engine.Time;

namespace Tactus.Engine.Production;

/// <summary>Builds the block of one slot from the pending queue, inside the processing window. Transactions that miss
/// the window stay for the next block; expired ones are dropped; ones that fail are dropped and counted.</summary>
public sealed class BlockProducer : IDisposable
{
    private readonly Chain _chain;
    private readonly IBlockBuilder _builder;
    private readonly PendingTransactions _pending;
    private readonly ProductionWindows _windows;
    private readonly IClock _clock;
    private readonly BlockView _view;
    private readonly List<PendingTransaction> _included = [];
    private readonly List<PendingTransaction> _postponed = [];

    /// <param name="chain">The chain to extend.</param>
    /// <param name="builder">The protocol's builder.</param>
    /// <param name="pending">Where transactions wait.</param>
    /// <param name="windows">How slots are split.</param>
    /// <param name="clock">Chain time.</param>
    public BlockProducer(
        Chain chain, IBlockBuilder builder, PendingTransactions pending, ProductionWindows windows, IClock clock)
    {
        _chain = chain;
        _builder = builder;
        _pending = pending;
        _windows = windows;
        _clock = clock;
        _view = new BlockView(chain.Store!.State);
    }

    /// <summary>Transactions that failed when they were tried, so far.</summary>
    public long FailedCount { get; private set; }

    /// <summary>Blocks that were sealed with transactions left because the window ended or the block was
    /// full.</summary>
    public long PostponedBlocks { get; private set; }

    /// <summary>Reason of the last failed transaction.</summary>
    public Verdict LastFailure { get; private set; }

    /// <summary>Builds and signs the block of a slot on top of the head.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="lastOfTurn">Whether the slot ends its producer's turn: its window is shorter.</param>
    /// <param name="block">The sealed block, valid until the next call.</param>
    public Verdict Produce(long slot, bool lastOfTurn, out ReadOnlyMemory<byte> block)
    {
        block = default;
        _included.Clear();
        _postponed.Clear();
        Verdict verdict = _builder.Begin(_chain.Head.State.ConsensusState, slot, _view);
        if (!verdict.Accepted)
        {
            _view.Reset();
            return verdict;
        }

        long slotUs = _chain.Consensus.SlotStartUs(slot);
        long endUs = _windows.BuildEndUs(slotUs, lastOfTurn);
        uint nowSec = (uint)(slotUs / 1_000_000);
        bool full = false;
        while (!full && _clock.UnixUs < endUs && _pending.TryTake(nowSec, out PendingTransaction? transaction))
        {
            full = !Try(transaction!);
        }

        if (_pending.Count > 0 || _postponed.Count > 0)
        {
            PostponedBlocks++;
        }

        verdict = _builder.Seal(out block);
        _view.Reset();
        if (verdict.Accepted)
        {
            foreach (PendingTransaction transaction in _included)
            {
                _pending.Release(transaction);
            }

            _pending.Requeue(_postponed);
        }
        else
        {
            _included.AddRange(_postponed);
            _pending.Requeue(_included);
        }

        return verdict;
    }

    public void Dispose() => _view.Dispose();

    /// <summary>Adds one transaction; false when the block is full.</summary>
    private bool Try(PendingTransaction transaction)
    {
        Verdict verdict = _builder.Add(transaction);
        if (verdict.Accepted)
        {
            _included.Add(transaction);
            return true;
        }

        bool full = verdict.Reason == RejectReason.LimitExceeded;
        if (full && _builder.TransactionCount > 0)
        {
            _postponed.Add(transaction);
            return false;
        }

        // What does not even fit an empty block never will: kept, it would stand before all others for ever.
        FailedCount++;
        LastFailure = verdict;
        _pending.Release(transaction);
        return !full;
    }
}
