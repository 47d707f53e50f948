using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.VmDposw.Consensus;
using Tactus.Engine.Protocols.VmDposw.Machines;
using Tactus.Engine.Protocols.VmDposw.Wire;
using Tactus.Engine.State;

namespace Tactus.Engine.Protocols.VmDposw.Ledger;

/// <summary>Executes the requests of a block and what ends a block: rewards, the bidding period, demand and voting.
/// Keeps nothing between blocks but its view. Amounts are BFDT units from 0 to 2^62; the supply bounds every
/// sum.</summary>
/// <param name="parameters">Of the chain.</param>
public sealed partial class VmLedger(VmDposwParameters parameters)
{
    /// <summary>Largest amount: sums of two stay within 63 bits.</summary>
    public const long AmountMax = 1L << 62;

    private readonly SortedDictionary<uint, DelegateChange> _changes = [];
    private IStateView? _view;
    private uint _round;
    private uint _machine;
    private uint _timeSec;
    private bool _checkAuthority;

    /// <summary>Requests of the block so far.</summary>
    public int Requests { get; private set; }

    private IStateView View => _view ?? throw new InvalidOperationException("no block was begun");

    /// <summary>Starts a block.</summary>
    /// <param name="view">Empty view of the parent's state.</param>
    /// <param name="round">The block's round.</param>
    /// <param name="machine">VM that makes it.</param>
    /// <param name="timeSec">Its time in seconds since 1970.</param>
    /// <param name="checkAuthority">False where signatures are trusted.</param>
    public void Begin(IStateView view, uint round, uint machine, uint timeSec, bool checkAuthority)
    {
        _view = view;
        _round = round;
        _machine = machine;
        _timeSec = timeSec;
        _checkAuthority = checkAuthority;
        _changes.Clear();
        Requests = 0;
    }

    /// <summary>Executes one request; a rejected one leaves no trace.</summary>
    /// <param name="body">Its bytes without signature.</param>
    /// <param name="key">The key that signed it, 33 bytes.</param>
    public Verdict Apply(ReadOnlySpan<byte> body, ReadOnlySpan<byte> key)
    {
        if (Requests >= parameters.BlockRequestsMax)
        {
            return Verdict.Reject(RejectReason.LimitExceeded, $"the block holds its {parameters.BlockRequestsMax} requests");
        }

        var reader = new ByteReader(body);
        VmTransaction request = VmTransaction.Read(ref reader);
        if (reader.Failed)
        {
            return Verdict.Malformed(in reader);
        }

        int mark = View.Mark();
        Verdict verdict = Admit(request, key);
        verdict = verdict.Accepted ? Execute(request) : verdict;
        if (!verdict.Accepted)
        {
            View.RollbackTo(mark);
            return verdict;
        }

        // A view forgets how to undo what came before; the requests of this block stay or go together.
        View.Settle();
        Requests++;
        return Verdict.Ok;
    }

    /// <summary>Who acts, once, in time, with the right key.</summary>
    private Verdict Admit(in VmTransaction request, ReadOnlySpan<byte> key)
    {
        if (!View.TryRead(VmTables.Account(request.Actor), out AccountCell actor))
        {
            return Verdict.Reject(RejectReason.Unauthorized, $"there is no account {request.Actor}");
        }

        if (request.ExpirationSec < _timeSec)
        {
            return Verdict.Reject(RejectReason.Expired, $"it expired at {request.ExpirationSec}, the block's time is {_timeSec}");
        }

        if (request.Sequence <= actor.Sequence)
        {
            return Verdict.Reject(
                RejectReason.DuplicateTransaction,
                $"sequence {request.Sequence} of account {request.Actor} is not above its last one, {actor.Sequence}");
        }

        if (_checkAuthority)
        {
            View.TryRead(VmTables.AccountKey(request.Actor), out SignKey owner);
            if (!owner.Bytes.SequenceEqual(key))
            {
                return Verdict.Reject(RejectReason.Unauthorized, $"it is not signed by account {request.Actor}");
            }
        }

        actor.Sequence = request.Sequence;
        View.Write(VmTables.Account(request.Actor), actor);
        return Verdict.Ok;
    }

    private Verdict Execute(in VmTransaction request) => request.Kind switch
    {
        VmTransactionKind.Transfer => Transfer(request.Actor, request.To, request.Amount),
        VmTransactionKind.OpenAccount => OpenAccount(request),
        VmTransactionKind.Bid => Bid(request),
        VmTransactionKind.Lock => ChangeLock(request.Actor, request.Amount, locks: true),
        VmTransactionKind.Unlock => ChangeLock(request.Actor, request.Amount, locks: false),
        VmTransactionKind.Approve => Approve(request.Actor, request.Machine),
        VmTransactionKind.SellMachine => SellMachine(request),
        VmTransactionKind.MachineKeys => SetMachineKeys(request),
        _ => Fail($"no such kind: {request.Kind}"),
    };

    private Verdict Transfer(ulong from, ulong to, long amount)
    {
        Verdict verdict = Take(from, amount);
        if (!verdict.Accepted)
        {
            return verdict;
        }

        if (!View.TryRead(VmTables.Account(to), out AccountCell receiver))
        {
            return Fail($"there is no account {to}");
        }

        receiver.Balance += amount;
        View.Write(VmTables.Account(to), receiver);
        return Verdict.Ok;
    }

    private Verdict OpenAccount(in VmTransaction request)
    {
        if (View.TryRead(VmTables.Account(request.To), out AccountCell _))
        {
            return Fail($"account {request.To} exists");
        }

        Verdict verdict = Take(request.Actor, request.Amount);
        if (verdict.Accepted)
        {
            View.Write(VmTables.Account(request.To), new AccountCell { Balance = request.Amount });
            View.Write(VmTables.AccountKey(request.To), request.Key);
        }

        return verdict;
    }

    /// <summary>Takes a positive amount from an account's free balance.</summary>
    private Verdict Take(ulong account, long amount)
    {
        if (amount is <= 0 or > AmountMax)
        {
            return Fail($"an amount is 1 to {AmountMax}, not {amount}");
        }

        View.TryRead(VmTables.Account(account), out AccountCell cell);
        if (cell.Balance < amount)
        {
            return Fail($"account {account} has {cell.Balance}, not {amount}");
        }

        cell.Balance -= amount;
        View.Write(VmTables.Account(account), cell);
        return Verdict.Ok;
    }

    private void Give(ulong account, long amount)
    {
        View.TryRead(VmTables.Account(account), out AccountCell cell);
        cell.Balance += amount;
        View.Write(VmTables.Account(account), cell);
    }

    private static Verdict Fail(string detail) => Verdict.Reject(RejectReason.ActionFailed, detail);
}
