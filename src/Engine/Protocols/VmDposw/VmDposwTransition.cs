using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.VmDposw.Consensus;
using Tactus.Engine.Protocols.VmDposw.Ledger;
using Tactus.Engine.Protocols.VmDposw.Machines;
using Tactus.Engine.Protocols.VmDposw.Rounds;
using Tactus.Engine.Protocols.VmDposw.Wire;
using Tactus.Engine.State;

namespace Tactus.Engine.Protocols.VmDposw;

/// <summary>Applies blocks and compares what execution gives with the header: the changes of the cluster that it
/// carries. All that it keeps is in the state's records.</summary>
public sealed class VmDposwTransition : IBlockTransition
{
    /// <summary>Account keys read together.</summary>
    private const int ExpectBatch = 64;

    private readonly VmGenesis _genesis;
    private readonly RoundClock _clock;
    private readonly VmLedger _ledger;

    public VmDposwTransition(VmDposwParameters parameters, VmGenesis genesis)
    {
        _genesis = genesis;
        _clock = parameters.CreateClock();
        _ledger = new VmLedger(parameters);
    }

    public void InitializeState(IStateView view, Action flush) => _ledger.WriteGenesis(_genesis, view, flush);

    public void ExpectKeys(BlockWork block, int firstTransaction, int count, IStateSession state)
    {
        Span<StateKey> keys = stackalloc StateKey[ExpectBatch];
        Span<StateCell> cells = stackalloc StateCell[ExpectBatch];
        Span<bool> present = stackalloc bool[ExpectBatch];
        int end = firstTransaction + count;
        for (int first = firstTransaction; first < end; first += ExpectBatch)
        {
            int batch = Math.Min(ExpectBatch, end - first);
            for (int i = 0; i < batch; i++)
            {
                ulong actor = VmTransaction.ActorOf(block.BodyOf(in block.Transactions[first + i]));
                keys[i] = VmTables.AccountKey(actor);
            }

            state.ReadMany(keys[..batch], cells, present);
            for (int i = 0; i < batch; i++)
            {
                int signature = block.Transactions[first + i].FirstSignature;
                block.Signatures.HasExpectedKey[signature] = present[i];
                StateCell.BytesOf(ref cells[i])[..SignKey.Size].CopyTo(block.Signatures.ExpectedKeyOf(signature));
            }
        }
    }

    public Verdict Begin(BlockWork block, object parentState, IStateView view, bool checkAuthority)
    {
        VmBlockHeader header = ((SignedVmHeader)block.Header!).Header;
        _ledger.Begin(view, header.Round, header.Machine, (uint)(_clock.SlotStartUs(header.Slot) / 1_000_000), checkAuthority);
        return Verdict.Ok;
    }

    public Verdict Apply(BlockWork block, int firstTransaction, int count)
    {
        for (int i = firstTransaction; i < firstTransaction + count; i++)
        {
            ref TransactionLane transaction = ref block.Transactions[i];
            Verdict verdict = _ledger.Apply(
                block.BodyOf(in transaction), block.Signatures.KeyTagOf(transaction.FirstSignature)[1..]);
            if (!verdict.Accepted)
            {
                return verdict with { Index = i, Detail = $"transaction {i} {transaction.Id.ToShortString()}: {verdict.Detail}" };
            }
        }

        return Verdict.Ok;
    }

    public Verdict Finish(BlockWork block)
    {
        IReadOnlyList<DelegateChange> expected = _ledger.Finish();
        IReadOnlyList<DelegateChange> carried = ((SignedVmHeader)block.Header!).Header.Changes;
        return expected.SequenceEqual(carried)
            ? Verdict.Ok
            : Verdict.Reject(
                RejectReason.BadSchedule,
                $"execution changes the cluster at {Describe(expected)}, the header says {Describe(carried)}");
    }

    public void Committed(BlockWork block)
    {
    }

    public void Abandoned(BlockWork block)
    {
    }

    public void Unwound(uint number, in Hash256 id)
    {
    }

    public void Finalized(uint number)
    {
    }

    public void Save(ByteWriter writer)
    {
    }

    public void Load(ref ByteReader reader)
    {
    }

    private static string Describe(IReadOnlyList<DelegateChange> changes) =>
        changes.Count == 0 ? "no VM" : string.Join(", ", changes.Select(change => $"VM{change.Machine}"));
}
