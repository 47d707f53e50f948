// A transfer moves two accounts and nothing else: the token's receive sequence and the global sequence advance by the
// same for each, so the n-th transfer of a run knows both beforehand. Every account's own steps must keep their order;
// different accounts need none. So: read all transfers in parts; then give each thread partitions of the state, in
// which it does both halves of all transfers in order, as if every one of them succeeds; then hash the receipts in
// parts. If any half fails, everything is put back by arithmetic and the caller goes one by one, which finds the
// verdict that serial execution gives: until the first failure all steps were the same.
using System.Collections.Concurrent;
using Tactus.Engine.Pipeline;
using Tactus.Engine.Protocols.Antelope.Authority;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.Engine.State;
using Tactus.Kernels;

namespace Tactus.Engine.Protocols.Antelope.Execution;

/// <summary>Applies a run of plain transfers on several threads, with the result that applying one after the other
/// has.</summary>
internal sealed partial class TransferBatch
{
    /// <summary>Transfers of one run.</summary>
    public const int TransfersMax = 4096;

    /// <summary>Below this, a run is not worth the hand-over between threads.</summary>
    public const int TransfersMin = 64;

    /// <summary>Transfers read, or hashed, in one part.</summary>
    private const int PartTransfers = 512;

    private const int PartsMax = TransfersMax / PartTransfers;

    /// <summary>Groups of partitions, each with one owner at a time.</summary>
    private const int GroupCount = 16;

    private const int GroupBits = 4;

    private const byte Present = OverlayTable<StateCell>.IsPresent;
    private const byte Written = OverlayTable<StateCell>.IsPresent | OverlayTable<StateCell>.IsTouched;

    private readonly AntelopeExecutor _executor;
    private readonly KernelSet _kernels;
    private readonly ReadJob _read;
    private readonly MoveJob _move;
    private readonly HashJob _hash;
    private readonly PlainTransfer[] _transfers = new PlainTransfer[TransfersMax];
    private readonly Sequences[] _sequences = new Sequences[TransfersMax];
    private readonly ConcurrentBag<BlockView> _views = [];
    private BlockView? _viewsOf;
    private IParallelRunner _runner = SerialRunner.Instance;
    private BlockWork _block = null!;
    private int _first;
    private int _count;
    private volatile bool _failed;
    private int _stoppedAt;

    public TransferBatch(AntelopeExecutor executor, KernelSet kernels)
    {
        _executor = executor;
        _kernels = kernels;
        _read = new ReadJob(this);
        _move = new MoveJob(this);
        _hash = new HashJob(this);
    }

    private int PartCount => (_count + PartTransfers - 1) / PartTransfers;

    public void Use(IParallelRunner runner)
    {
        _runner = runner;
        DropViews(null);
    }

    /// <summary>Applies transactions [first, first + count) if all are plain transfers that succeed.</summary>
    /// <param name="block">The block.</param>
    /// <param name="view">Its view.</param>
    /// <param name="first">First transaction.</param>
    /// <param name="count">How many.</param>
    /// <param name="stoppedAt">Where nothing was done: a transfer of the run, from 0, that could not be done here, the
    /// first that was noticed; 0 where the run as a whole does not fit.</param>
    /// <returns>False where nothing was done.</returns>
    public bool TryApply(BlockWork block, BlockView view, int first, int count, out int stoppedAt)
    {
        _stoppedAt = int.MaxValue;
        bool applied = TryApply(block, view, first, count);
        stoppedAt = _stoppedAt == int.MaxValue ? 0 : _stoppedAt;
        return applied;
    }

    private bool TryApply(BlockWork block, BlockView view, int first, int count)
    {
        if (count is < TransfersMin or > TransfersMax || !_executor.Recent.HasRoomFor(count))
        {
            return false;
        }

        _block = block;
        _first = first;
        _count = count;
        _failed = false;
        if (!_read.TryBegin(view) || !Run(_read, PartCount))
        {
            return false;
        }

        (ulong cpuUs, ulong netBytes) = _read.Sums();
        if (!_executor.Resources.HasRoomFor(cpuUs, netBytes, _executor.Config))
        {
            return false;
        }

        int mark = _executor.Recent.Mark();
        DropViews(view);
        _move.Begin();
        if (!Run(_move, MoveJob.Parts))
        {
            _move.TakeBack(view.Overlay);
            _executor.Recent.RemoveSince(mark);
            return false;
        }

        _executor.Resources.Add(cpuUs, netBytes);
        _hash.Begin(
            _executor.ReserveTransferReceipts(count, out ulong tokenReceived, out ulong global), tokenReceived, global);
        Run(_hash, PartCount);
        return true;
    }

    // Threads that stop at other transfers meanwhile count, too: the least of them is kept.
    private void Stop(int index)
    {
        _failed = true;
        int least = Volatile.Read(ref _stoppedAt);
        while (index < least && Interlocked.CompareExchange(ref _stoppedAt, index, least) is int seen && seen != least)
        {
            least = seen;
        }
    }

    private bool Run(ParallelJob job, int parts)
    {
        job.Clock = _block.Clock;
        job.Stage = Stage.Apply;
        _runner.Run(job, parts);
        return !_failed;
    }

    // Views of helpers share the overlay of the applying thread's; another view has another overlay.
    private void DropViews(BlockView? view)
    {
        if (_viewsOf == view)
        {
            return;
        }

        while (_views.TryTake(out BlockView? old))
        {
            old.Dispose();
        }

        _viewsOf = view;
    }

    private (int First, int End) RangeOf(int part) =>
        (part * PartTransfers, Math.Min((part + 1) * PartTransfers, _count));

    /// <summary>Counters of a transfer's two accounts after it, as far as receipts need them.</summary>
    private struct Sequences
    {
        /// <summary>The sender's authorization sequence before the transfer, which advances it by three.</summary>
        public ulong Authorized;

        public ulong SenderReceived;

        public ulong ReceiverReceived;
    }
}
