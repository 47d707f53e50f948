using Tactus.Engine.Ledger;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Actions;
using Tactus.Engine.Protocols.Antelope.Authority;
using Tactus.Engine.Protocols.Antelope.Consensus;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.Engine.Protocols.Antelope.Voting;
using Tactus.Engine.State;
using Tactus.Kernels;

namespace Tactus.Engine.Protocols.Antelope.Execution;

/// <summary>Applies the transactions of a block to a state view, in order: the same code when producing and when
/// validating. One block at a time: <see cref="StartBlock"/>, <see cref="Apply"/> for each transaction,
/// <see cref="FinishBlock"/>; or
/// <see cref="AbortBlock"/> after StartBlock, when the view is thrown away.</summary>
/// <remarks>What the executor remembers beside the view (recent transactions, block summaries) follows forks with
/// <see cref="UndoBlock"/>, newest block first, and is saved and loaded with checkpoints.</remarks>
public sealed partial class AntelopeExecutor
{
    private readonly ActionRunner _runner;
    private readonly ActionRootJob _actionRoot;
    private Pipeline.IParallelRunner _parallel = Pipeline.SerialRunner.Instance;
    private readonly BlockResources _resources = new();
    private readonly ExecutorOptions _options;
    private readonly ByteWriter _header = new(256);
    private bool _inBlock;

    public AntelopeExecutor(KernelSet kernels, ExecutorOptions? options = null)
    {
        _options = options ?? new ExecutorOptions();
        Receipts = new ActionReceipts(kernels);
        Scope = new ActionScope(_options.Rules);
        _runner = new ActionRunner(Scope, Receipts);
        _batch = new TransferBatch(this, kernels);
        _actionRoot = new ActionRootJob(kernels);
    }

    public RecentTransactions Recent { get; } = new();

    public BlockSummaries Summaries { get; } = new();

    /// <summary>Receipts of the block in progress; after <see cref="FinishBlock"/> the leaves of
    /// action_mroot.</summary>
    public ActionReceipts Receipts { get; }

    /// <summary>NET and CPU billed in the block in progress, and the virtual limits.</summary>
    public BlockResources Resources => _resources;

    /// <summary>The proposal whose schedule this block's header carries, or null. Known after <see cref="StartBlock"/>:
    /// a producer puts it into the header, a validator compares.</summary>
    public ScheduleProposal? DueProposal { get; private set; }

    /// <summary>The chain's configuration in force.</summary>
    public ChainConfig Config => Scope.Config;

    internal ActionScope Scope { get; }

    /// <summary>Begins a block: configuration, expired ids, the schedule its header carries, permissions of
    /// eosio.prods, and the implicit onblock action.</summary>
    /// <exception cref="InvalidOperationException">A block is in progress, or the state has no genesis.</exception>
    public void StartBlock(IStateView view, BlockContext block)
    {
        if (_inBlock)
        {
            throw new InvalidOperationException($"block {Scope.Block.Number} is still in progress");
        }

        Scope.Config = ChainState.ReadConfig(view);
        Scope.View = view;
        Scope.Block = block;
        StartPlain(view);
        _inBlock = true;
        Scope.EnforcesAccountLimits = _options.EnforcesAccountLimits;
        Summaries.Set(block.Number - 1, block.PreviousId, block.Parent.Slot);
        Receipts.Begin(block.Features.Has(ExecutionFeatures.ActionReturnValue));
        _resources.Begin(view, Scope.Config);
        _runner.Begin();
        DueProposal = StoredProposal.TakeIfDue(view, block);
        Scope.CarriedSchedule = DueProposal?.Schedule;
        ProducerPermissions.Update(view, block.Draft.ActiveSchedule);
        _header.Clear();
        block.Parent.Header.Write(_header);
        RunOnBlock(_header.Written);
    }

    /// <summary>Applies one transaction. What fails leaves no trace; what succeeds is settled, which voids the view's
    /// marks.</summary>
    /// <param name="input">The transaction, its id, and the keys that signed it.</param>
    /// <param name="expected">The receipt's figures when validating; null when producing, which bills by the cost
    /// model.</param>
    /// <param name="result">Status and billing of an accepted transaction.</param>
    public Verdict Apply(in TransactionInput input, TransactionResult? expected, out TransactionResult result)
    {
        result = default;
        RequireBlock();
        if (!TransactionBody.TryRead(input.Body, out TransactionBody body, out Verdict verdict))
        {
            return verdict;
        }

        verdict = CheckHeader(in input, in body, expected, checkRecent: true, out ulong netWords);
        if (!verdict.Accepted)
        {
            return verdict;
        }

        if (Scope.Block.ChecksTransactions
            && TransactionAuthority.Check(Scope, in body, input.Keys) is { } unauthorized)
        {
            return Verdict.Reject(RejectReason.Unauthorized, unauthorized);
        }

        int viewMark = Scope.View.Mark();
        ReceiptMark receiptMark = Receipts.Mark();
        ActionRunner.Counters counters = _runner.Save();
        (ulong cpuBefore, ulong netBefore) = (_resources.CpuUs, _resources.NetBytes);
        if (_runner.Run(in body) is { } failed)
        {
            verdict = Verdict.Reject(RejectReason.ActionFailed, failed);
        }
        else
        {
            verdict = Bill(in input, in body, expected, netWords, out result);
        }

        if (verdict.Accepted)
        {
            Recent.Add(input.Id, body.ExpirationSec);
            Scope.View.Settle();
            Receipts.HashFullBatch();
        }
        else
        {
            result = default;
            Scope.View.RollbackTo(viewMark);
            Receipts.Rollback(receiptMark);
            _runner.Restore(in counters);
            _resources.Restore(cpuBefore, netBefore);
        }

        if (Scope.ConfigChanged)
        {
            Scope.Config = ChainState.ReadConfig(Scope.View);
            Scope.ConfigChanged = false;
        }

        return verdict;
    }

    /// <summary>Ends the block: limits, counters and the last receipts. Afterwards <see cref="ActionReceipts.Leaves"/>
    /// of
    /// <see cref="Receipts"/> are the leaves of action_mroot.</summary>
    public void FinishBlock()
    {
        RequireBlock();
        _resources.Finish(Scope.View, Scope.Config, Scope.Block.Number);
        _runner.End();
        Receipts.HashBatch();
        Recent.EndBlock(Scope.Block.Number);
        _inBlock = false;
    }

    /// <summary>action_mroot of the finished block.</summary>
    /// <param name="clock">Where threads that help note their time.</param>
    public Hash256 ActionRoot(Pipeline.StageClock? clock = null)
    {
        (_actionRoot.Clock, _actionRoot.Stage) = (clock, Pipeline.Stage.Apply);
        return _actionRoot.Run(_parallel, Receipts.LeavesMemory);
    }

    /// <summary>Gives up the block in progress; the caller throws the view's writes away.</summary>
    public void AbortBlock()
    {
        RequireBlock();
        Recent.AbortBlock();
        Summaries.Undo(Scope.Block.Number - 1);
        _inBlock = false;
    }

    /// <summary>Takes the newest finished block back; the caller undoes its state.</summary>
    /// <exception cref="InvalidOperationException">It is not the newest, or was finalized.</exception>
    public void UndoBlock(uint number)
    {
        Recent.Undo(number);
        Summaries.Undo(number - 1);
    }

    /// <summary>Says that blocks up to this one will never be undone: forgets what expired before it.</summary>
    public void Finalize(uint number)
    {
        // The slot of the newest blocks is noted when their successor starts; without it nothing expires yet.
        if (Summaries.TryGetSlot(number, out uint slot))
        {
            Recent.Finalize(number, (uint)(SlotTime.ToUnixMs(slot) / 1000));
            Summaries.Finalize(number - 1);
        }
    }

    /// <summary>Writes what is remembered beside the state.</summary>
    public void Save(ByteWriter writer)
    {
        Recent.Save(writer);
        Summaries.Save(writer);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    public Verdict Load(ReadOnlySpan<byte> bytes)
    {
        var reader = new ByteReader(bytes);
        Recent.Load(ref reader);
        Summaries.Load(ref reader);
        return reader.Failed ? Verdict.Malformed(in reader) : Verdict.Ok;
    }

    private void RequireBlock()
    {
        if (!_inBlock)
        {
            throw new InvalidOperationException("no block is in progress");
        }
    }

    // The implicit transaction runs without signature, is billed the minimum, and a block does not fail with it.
    private void RunOnBlock(ReadOnlySpan<byte> previousHeader)
    {
        int viewMark = Scope.View.Mark();
        ActionRunner.Counters counters = _runner.Save();
        ReceiptMark receiptMark = Receipts.Mark();
        Span<byte> authorization = stackalloc byte[PermissionLevel.Size];
        BitConverter.TryWriteBytes(authorization, WellKnown.System.Value);
        BitConverter.TryWriteBytes(authorization[8..], WellKnown.Active.Value);
        var action = new ActionFrame(WellKnown.System.Value, WellKnown.OnBlock.Value, authorization, previousHeader);
        if (_runner.RunImplicit(in action) is null)
        {
            uint minUs = Scope.Config.MinTransactionCpuUsageUs;
            _resources.Add(minUs, 0, Scope.Config);
            if (_options.EnforcesAccountLimits)
            {
                AccountUsage.Bill(Scope, _resources, WellKnown.System.Value, minUs, 0);
            }
        }
        else
        {
            Scope.View.RollbackTo(viewMark);
            Receipts.Rollback(receiptMark);
            _runner.Restore(in counters);
        }
    }

    /// <param name="checkRecent">Whether to look for the transaction among the recent ones, too.</param>
    internal Verdict CheckHeader(
        in TransactionInput input, in TransactionBody body, TransactionResult? expected, bool checkRecent,
        out ulong netWords)
    {
        ChainConfig config = Scope.Config;
        netWords = NetBilling.WordsOf(input.PackedBytes, input.PrunableBytes, body.DelaySec > 0, config);
        if (expected is { Status: not TransactionStatus.Executed } other)
        {
            return Verdict.Reject(
                RejectReason.ReceiptMismatch, $"status {other.Status}: deferred transactions are not executed");
        }

        if (expected is { } receipt && receipt.NetUsageWords != netWords)
        {
            return Verdict.Reject(
                RejectReason.ReceiptMismatch,
                $"receipt bills {receipt.NetUsageWords} NET words, the transaction uses {netWords}");
        }

        if (body.DelaySec != 0 || body.ExtensionCount != 0)
        {
            return Verdict.Reject(
                RejectReason.ActionFailed,
                "delayed transactions and transaction extensions are not supported by this chain");
        }

        if (Scope.Block.ChecksTransactions)
        {
            Verdict verdict = CheckTime(in body);
            if (!verdict.Accepted)
            {
                return verdict;
            }
        }

        if (checkRecent && Recent.Contains(input.Id, body.ExpirationSec))
        {
            return Verdict.Reject(
                RejectReason.DuplicateTransaction, $"transaction {input.Id} is already on this chain");
        }

        if (checkRecent && Recent.IsFull)
        {
            return Verdict.Reject(
                RejectReason.LimitExceeded, $"more than {RecentTransactions.TransactionsMax} unexpired transactions");
        }

        // What the model would bill anyway is refused before it is run. Inline actions are counted when it is billed.
        long actions = (long)body.ActionCount + body.ContextFreeCount;
        uint leastUs = _options.CpuCosts.Of((int)Math.Min(actions, int.MaxValue), input.Keys.Length, 0);
        if (expected is null && leastUs > config.MaxTransactionCpuUsageUs)
        {
            return Verdict.Reject(
                RejectReason.ResourceLimit,
                $"{actions} actions cost {leastUs} us, the limit is {config.MaxTransactionCpuUsageUs} us");
        }

        ulong netMax = config.MaxTransactionNetUsage;
        if (body.MaxNetUsageWords != 0)
        {
            netMax = Math.Min(netMax, (ulong)body.MaxNetUsageWords * NetBilling.WordBytes);
        }

        return netWords * NetBilling.WordBytes > netMax
            ? Verdict.Reject(
                RejectReason.ResourceLimit,
                $"NET usage {netWords * NetBilling.WordBytes} bytes exceeds the limit {netMax} bytes")
            : Verdict.Ok;
    }

    // leap v5.0.3 controller.cpp validate_expiration and validate_tapos; times compare in microseconds.
    private Verdict CheckTime(in TransactionBody body)
    {
        long expirationUs = body.ExpirationSec * 1_000_000L;
        if (expirationUs < Scope.NowUs)
        {
            return Verdict.Reject(
                RejectReason.Expired, $"expired at {body.ExpirationSec} s, the block's time is {Scope.NowUs} us");
        }

        if (expirationUs > Scope.NowUs + (Scope.Config.MaxTransactionLifetimeSec * 1_000_000L))
        {
            return Verdict.Reject(
                RejectReason.Expired,
                $"expires more than {Scope.Config.MaxTransactionLifetimeSec} s after the block's time");
        }

        return Summaries.Matches(body.RefBlockNum, body.RefBlockPrefix)
            ? Verdict.Ok
            : Verdict.Reject(
                RejectReason.BadTapos,
                $"reference block {body.RefBlockNum} with prefix {body.RefBlockPrefix:x8} is not on this chain");
    }

    private Verdict Bill(
        in TransactionInput input,
        in TransactionBody body,
        TransactionResult? expected,
        ulong netWords,
        out TransactionResult result)
    {
        ChainConfig config = Scope.Config;
        uint minUs = config.MinTransactionCpuUsageUs;
        uint cpuUs = expected?.CpuUsageUs ?? _options.CpuCosts.Of(_runner.ActionsRun, input.Keys.Length, minUs);
        result = new TransactionResult(TransactionStatus.Executed, cpuUs, (uint)netWords);
        if (!IsCpuInRange(in body, cpuUs, out uint maxUs))
        {
            return Verdict.Reject(RejectReason.ResourceLimit, $"CPU usage {cpuUs} us lies outside {minUs}..{maxUs} us");
        }

        ulong netBytes = netWords * NetBilling.WordBytes;
        if (_resources.Add(cpuUs, netBytes, config) is { } full)
        {
            return Verdict.Reject(RejectReason.LimitExceeded, full);
        }

        string? error = _options.EnforcesAccountLimits ? BillAccounts(in body, cpuUs, netBytes) : null;
        return error is null ? Verdict.Ok : Verdict.Reject(RejectReason.ResourceLimit, error);
    }

    /// <summary>Whether a transaction may be billed this much CPU.</summary>
    internal bool IsCpuInRange(in TransactionBody body, uint cpuUs, out uint maxUs)
    {
        maxUs = Scope.Config.MaxTransactionCpuUsageUs;
        if (body.MaxCpuUsageMs != 0)
        {
            maxUs = Math.Min(maxUs, body.MaxCpuUsageMs * 1000u);
        }

        return !Scope.Block.ChecksTransactions || (cpuUs >= Scope.Config.MinTransactionCpuUsageUs && cpuUs <= maxUs);
    }

    private string? BillAccounts(in TransactionBody body, uint cpuUs, ulong netBytes)
    {
        bool firstOnly = Scope.Block.Features.Has(ExecutionFeatures.OnlyBillFirstAuthorizer);
        var billed = new SortedSet<ulong>();
        ByteReader reader = body.ReadActions();
        for (int a = 0; a < body.ActionCount; a++)
        {
            ActionFrame action = ActionFrame.Read(ref reader);
            for (int i = 0; i < action.AuthorizationCount && !(firstOnly && billed.Count > 0); i++)
            {
                billed.Add(action.ActorAt(i));
            }
        }

        foreach (ulong account in billed)
        {
            if (AccountUsage.Bill(Scope, _resources, account, cpuUs, netBytes) is { } error)
            {
                return error;
            }
        }

        return null;
    }
}
