using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Authority;
using Tactus.Engine.Protocols.Antelope.Consensus;
using Tactus.Engine.Protocols.Antelope.Execution;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.Engine.Protocols.Antelope.Wire;
using Tactus.Engine.State;
using Tactus.Kernels;

namespace Tactus.Engine.Protocols.Antelope;

/// <summary>Applies Antelope blocks with the native actions and compares what execution gives with the header: the
/// action root and the schedule it carries.</summary>
public sealed class AntelopeTransition : IBlockTransition
{
    /// <summary>Users written to one view at genesis: as many records.</summary>
    private const int UsersPerChunk = 1 << 16;

    /// <summary>Keys looked up together.</summary>
    private const int ExpectBatch = 128;

    private readonly AntelopeGenesis _genesis;
    private BlockWork? _block;

    public AntelopeTransition(KernelSet kernels, AntelopeGenesis genesis, ExecutorOptions options)
    {
        _genesis = genesis;
        Executor = new AntelopeExecutor(kernels, options);
    }

    public AntelopeExecutor Executor { get; }

    public void InitializeState(IStateView view, Action flush)
    {
        _genesis.WriteSystem(view);
        for (int first = 0; first < _genesis.UserCount; first += UsersPerChunk)
        {
            flush();
            _genesis.WriteUsers(view, first, Math.Min(UsersPerChunk, _genesis.UserCount - first));
        }
    }

    public void Use(IParallelRunner runner) => Executor.Use(runner);

    public void ExpectKeys(BlockWork block, int firstTransaction, int count, IStateSession state)
    {
        Span<StateKey> keys = stackalloc StateKey[ExpectBatch];
        Span<int> signatures = stackalloc int[ExpectBatch];
        Span<ulong> permissions = stackalloc ulong[ExpectBatch];
        int waiting = 0;
        for (int i = firstTransaction; i < firstTransaction + count; i++)
        {
            ref TransactionLane transaction = ref block.Transactions[i];
            if (transaction.SignatureCount == 1
                && TransactionPeek.TryReadSigner(block.BodyOf(in transaction), out ulong actor, out ulong permission)
                && AccountCells.TryGetKeyRecord(actor, permission, out keys[waiting]))
            {
                permissions[waiting] = permission;
                signatures[waiting++] = transaction.FirstSignature;
            }

            if (waiting == ExpectBatch || i + 1 == firstTransaction + count)
            {
                Expect(block.Signatures, keys[..waiting], permissions, signatures, state);
                waiting = 0;
            }
        }
    }

    public Verdict Begin(BlockWork block, object parentState, IStateView view, bool checkAuthority)
    {
        var parent = (HeaderState)parentState;
        var state = (HeaderState)block.ConsensusState!;
        Verdict verdict = parent.Draft(state.Slot, state.Header.Confirmed, out HeaderDraft? draft);
        if (!verdict.Accepted)
        {
            return verdict;
        }

        Executor.StartBlock(view, new BlockContext(parent, draft!, state.Features.ForExecution(), checkAuthority));
        _block = block;
        return Verdict.Ok;
    }

    public Verdict Apply(BlockWork block, int firstTransaction, int count)
    {
        var runs = new TransferRuns(block, firstTransaction, count);
        while (runs.TryNext(out int first, out int run, out bool together))
        {
            if (together && !Executor.TryApplyBatch(block, first, run, out int stoppedAt))
            {
                runs.Stopped(stoppedAt);
                continue;
            }

            Verdict verdict = together ? Verdict.Ok : ApplySerially(block, first, run);
            if (!verdict.Accepted)
            {
                return verdict;
            }

            runs.Applied(run, together);
        }

        return Verdict.Ok;
    }

    private Verdict ApplySerially(BlockWork block, int firstTransaction, int count)
    {
        for (int i = firstTransaction; i < firstTransaction + count; i++)
        {
            int inBatch = (i - firstTransaction) % AntelopeExecutor.PlainBatch;
            if (inBatch == 0)
            {
                Executor.LoadPlain(block, i, Math.Min(AntelopeExecutor.PlainBatch, firstTransaction + count - i));
            }

            Verdict verdict = ApplyOne(block, i, inBatch);
            if (!verdict.Accepted)
            {
                return verdict with
                {
                    Index = i,
                    Detail = $"transaction {i} {block.Transactions[i].Id.ToShortString()}: {verdict.Detail}",
                };
            }
        }

        return Verdict.Ok;
    }

    public Verdict Finish(BlockWork block)
    {
        Executor.FinishBlock();
        BlockHeader header = ((SignedHeader)block.Header!).Header;
        Hash256 root = Executor.ActionRoot(block.Clock);
        if (root != header.ActionRoot)
        {
            Executor.UndoBlock(block.Number);
            _block = null;
            return Verdict.Reject(
                RejectReason.WrongActionRoot, $"execution gives the action root {root}, the header says {header.ActionRoot}");
        }

        ProducerSchedule? carried = CarriedSchedule((HeaderState)block.ConsensusState!);
        ProducerSchedule? due = Executor.DueProposal?.Schedule;
        if (!Equals(carried, due))
        {
            Executor.UndoBlock(block.Number);
            _block = null;
            return Verdict.Reject(
                RejectReason.BadSchedule,
                $"the header carries {Describe(carried)}, the chain's state proposes {Describe(due)}");
        }

        _block = null;
        return Verdict.Ok;
    }

    public void Committed(BlockWork block)
    {
    }

    public void Abandoned(BlockWork block)
    {
        // A block that failed in Finish was taken back there.
        if (_block is not null)
        {
            Executor.AbortBlock();
            _block = null;
        }
    }

    public void Unwound(uint number, in Hash256 id) => Executor.UndoBlock(number);

    public void Finalized(uint number) => Executor.Finalize(number);

    public void Save(ByteWriter writer) => Executor.Save(writer);

    public void Load(ref ByteReader reader)
    {
        Verdict verdict = Executor.Load(reader.ReadSpan(reader.Remaining));
        if (!verdict.Accepted)
        {
            reader.Fail($"recent transactions: {verdict}");
        }
    }

    /// <summary>The schedule that the block's own header carried, in either form.</summary>
    private static ProducerSchedule? CarriedSchedule(HeaderState state) =>
        state.Pending.CarriedBy == state.Number && state.Pending.Waiting ? state.Pending.Schedule : null;

    private static string Describe(ProducerSchedule? schedule) =>
        schedule is null ? "no schedule" : $"schedule {schedule.Version} of {schedule.Producers.Count}";

    private static void Expect(
        SignatureLanes lanes,
        ReadOnlySpan<StateKey> keys,
        ReadOnlySpan<ulong> permissions,
        ReadOnlySpan<int> signatures,
        IStateSession state)
    {
        Span<StateCell> cells = stackalloc StateCell[ExpectBatch];
        Span<bool> present = stackalloc bool[ExpectBatch];
        state.ReadMany(keys, cells, present);
        for (int i = 0; i < keys.Length; i++)
        {
            lanes.HasExpectedKey[signatures[i]] = present[i]
                && AccountCells.TryDecodeKey(in cells[i], permissions[i], lanes.ExpectedKeyOf(signatures[i]));
        }
    }

    private Verdict ApplyOne(BlockWork block, int index, int inBatch)
    {
        ref TransactionLane transaction = ref block.Transactions[index];
        if (transaction.IdOnly)
        {
            return Verdict.Reject(RejectReason.ActionFailed, "a receipt that carries only an id cannot be executed");
        }

        ReadOnlySpan<byte> tags = block.Signatures.KeyTags.AsSpan(
            transaction.FirstSignature * KeyTag.Size, transaction.SignatureCount * KeyTag.Size);
        var input = new TransactionInput(
            block.BodyOf(in transaction), transaction.Id, KeyTag.View(tags), transaction.PackedBytes,
            transaction.PrunableBytes);
        var expected = new TransactionResult(
            (TransactionStatus)transaction.Status, transaction.CpuUsageUs, transaction.NetUsageWords);
        return Executor.TryApplyPlain(inBatch, in input, expected)
            ? Verdict.Ok
            : Executor.Apply(in input, expected, out _);
    }
}
