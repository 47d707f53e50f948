using Tactus.Engine.Ledger;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Graphene.Consensus;
using Tactus.Engine.Protocols.Graphene.Types;
using Tactus.Engine.State;

namespace Tactus.Engine.Protocols.Graphene.Ledger;

/// <summary>Applies one block at a time to a view of its parent's state, in the order of bitshares-core's _apply_block
/// [C].</summary>
internal sealed class BlockExecutor
{
    private readonly OperationExecutor _operations = new();
    private readonly AuthorityCheck _authority = new();
    private readonly RequiredAuthorities _required = new();
    private readonly List<Operation> _list = [];
    private readonly List<(uint Number, uint TimeSec)> _reversible = [];
    private LedgerView? _ledger;
    private bool _checkAuthority;

    public RecentTransactions Recent { get; } = new();

    /// <summary>Executed state of the parent.</summary>
    public WitnessState Parent { get; private set; } = null!;

    public ChainParameters Parameters { get; private set; } = null!;

    public void Start(IStateView view, bool checkAuthority)
    {
        _ledger = new LedgerView(view);
        _checkAuthority = checkAuthority;
        Parent = _ledger.Consensus;
        Parameters = _ledger.Parameters;
        _operations.NowSec = Parent.TimeSec;
        _operations.KeysChanged = false;
    }

    /// <summary>Applies a transaction. On failure the view is as before.</summary>
    /// <param name="body">Its body.</param>
    /// <param name="id">Its id.</param>
    /// <param name="packedBytes">Size with signatures.</param>
    /// <param name="keyTags">34 bytes for each key that signed.</param>
    /// <param name="results">Receives the count of results and the results.</param>
    public Verdict Apply(
        ReadOnlySpan<byte> body, in Hash256 id, int packedBytes, ReadOnlySpan<byte> keyTags, ByteWriter results)
    {
        int mark = _ledger!.State.Mark();
        Verdict verdict = ApplyTo(_ledger, body, id, packedBytes, keyTags, results);
        if (verdict.Accepted)
        {
            _ledger.State.Settle();
        }
        else
        {
            _ledger.State.RollbackTo(mark);
        }

        return verdict;
    }

    /// <summary>The end of a block, after its transactions.</summary>
    /// <param name="header">The header.</param>
    /// <param name="id">The block's id.</param>
    /// <param name="slot">Its slot, counted from the parent.</param>
    public WitnessState Finish(BlockHeader header, in Hash256 id, long slot)
    {
        LedgerView ledger = _ledger!;
        bool maintains = Parent.NextMaintenanceSec <= header.TimeSec;
        foreach (uint missed in WitnessTransition.MissedBefore(Parent, slot))
        {
            WitnessCell owner = ledger.GetWitness(missed);
            owner.Missed++;
            ledger.PutWitness(missed, owner);
        }

        WitnessState state = WitnessTransition.Extend(Parent, header, id, slot);
        Pay(ledger, state);
        if (maintains)
        {
            state = Maintenance.Run(ledger, state);
        }

        ledger.PutBlockSummary(id);
        _operations.NowSec = header.TimeSec;
        _operations.ExpireProposals(ledger);
        state = WitnessTransition.Close(state, maintains);
        if (maintains || _operations.KeysChanged)
        {
            state = state with { Keys = Maintenance.KeysOf(ledger, state) };
        }

        ledger.Consensus = state;
        Recent.EndBlock(state.Number);
        _reversible.Add((state.Number, state.TimeSec));
        _ledger = null;
        return state;
    }

    public void Abort()
    {
        _ledger = null;
        Recent.AbortBlock();
    }

    public void Unwind(uint number)
    {
        Recent.Undo(number);
        _reversible.RemoveAt(_reversible.Count - 1);
    }

    public void Finalize(uint number)
    {
        int count = 0;
        while (count < _reversible.Count && _reversible[count].Number <= number)
        {
            count++;
        }

        if (count > 0)
        {
            Recent.Finalize(number, _reversible[count - 1].TimeSec);
            _reversible.RemoveRange(0, count);
        }
    }

    public void Save(ByteWriter writer)
    {
        writer.WriteUInt32((uint)_reversible.Count);
        foreach ((uint number, uint time) in _reversible)
        {
            writer.WriteUInt32(number);
            writer.WriteUInt32(time);
        }

        Recent.Save(writer);
    }

    public void Load(ref ByteReader reader)
    {
        _reversible.Clear();
        uint count = reader.ReadUInt32();
        if (count > reader.Remaining / 8)
        {
            reader.Fail($"{count} reversible blocks exceed the bytes that remain");
            return;
        }

        for (uint i = 0; i < count; i++)
        {
            _reversible.Add((reader.ReadUInt32(), reader.ReadUInt32()));
        }

        Recent.Load(ref reader);
    }

    /// <summary>"Each time witnesses produce a block, they are paid for their services." The maintenance block itself
    /// is paid from the old budget [C]. Pay goes to the witness's account at once [N].</summary>
    private void Pay(LedgerView ledger, WitnessState state)
    {
        TotalsCell totals = ledger.Totals;
        long pay = Budget.PayOf(Parameters.WitnessPayPerBlock, totals.WitnessBudget);
        totals.WitnessBudget -= pay;
        ledger.Totals = totals;
        WitnessCell witness = ledger.GetWitness(state.Producer);
        witness.LastSlot = state.AbsoluteSlot;
        witness.LastConfirmed = state.Number;
        witness.Paid += pay;
        ledger.PutWitness(state.Producer, witness);
        Stakes.Add(ledger, witness.Account, pay);
    }

    private Verdict ApplyTo(
        LedgerView ledger, ReadOnlySpan<byte> body, in Hash256 id, int packedBytes, ReadOnlySpan<byte> keyTags,
        ByteWriter results)
    {
        var reader = new ByteReader(body);
        ushort refNum = reader.ReadUInt16();
        uint refPrefix = reader.ReadUInt32();
        uint expiration = reader.ReadUInt32();
        if (packedBytes > Parameters.TransactionBytesMax)
        {
            return Verdict.Reject(
                RejectReason.TooLarge, $"{packedBytes} bytes exceed {Parameters.TransactionBytesMax}");
        }

        if (Recent.Contains(id, expiration))
        {
            return Verdict.Reject(RejectReason.DuplicateTransaction, "the transaction is on this chain already");
        }

        int count = reader.ReadCount(WireLimits.OperationsMax, 10, "operations");
        ByteReader ahead = reader;
        bool oneTransfer = count == 1 && ahead.ReadVarUInt32() == (uint)OperationTag.Transfer;
        TransferFields transfer = oneTransfer ? TransferFields.Read(ref ahead) : default;
        if (!oneTransfer)
        {
            _list.Clear();
            for (int i = 0; i < count && !reader.Failed; i++)
            {
                _list.Add(Operation.Read(ref reader));
            }
        }

        if (reader.Failed || ahead.Failed || count == 0)
        {
            return reader.Failed ? Verdict.Malformed(in reader) : Verdict.Reject(
                RejectReason.Malformed, ahead.FailReason ?? "no operation");
        }

        Verdict verdict = CheckReference(ledger, refNum, refPrefix, expiration);
        verdict = verdict.Accepted && _checkAuthority
            ? CheckAuthority(ledger, oneTransfer, transfer.From, keyTags)
            : verdict;
        if (!verdict.Accepted)
        {
            return verdict;
        }

        if (Recent.IsFull)
        {
            return Verdict.Reject(RejectReason.LimitExceeded, "too many transactions have not expired");
        }

        results.WriteVarUInt32((uint)count);
        verdict = oneTransfer ? OperationExecutor.Transfer(ledger, transfer, results) : ApplyList(ledger, results);
        if (verdict.Accepted)
        {
            Recent.Add(id, expiration);
        }

        return verdict;
    }

    private Verdict ApplyList(LedgerView ledger, ByteWriter results)
    {
        for (int i = 0; i < _list.Count; i++)
        {
            Verdict verdict = _operations.Apply(ledger, _list[i], results);
            if (!verdict.Accepted)
            {
                return verdict with { Detail = $"operation {i}: {verdict.Detail}" };
            }
        }

        return Verdict.Ok;
    }

    /// <summary>"Each transaction on the network may optionally include the hash of a recent block." [C] The reference
    /// is always checked; (0, 0) passes only while no block has the low bits 0, so it is optional on a young chain
    /// alone.</summary>
    private Verdict CheckReference(LedgerView ledger, ushort refNum, uint refPrefix, uint expiration)
    {
        if (Parent.Number > 0 && SignedTransaction.PrefixOf(ledger.BlockSummary(refNum)) != refPrefix)
        {
            return Verdict.Reject(
                RejectReason.BadTapos, $"this chain has no block {refNum} (modulo 65536) with the prefix {refPrefix:x8}");
        }

        uint now = Parent.TimeSec;
        return expiration < now ? Verdict.Reject(RejectReason.Expired, $"expired at {expiration}, the head is at {now}")
            : expiration - now > Parameters.ExpirationSecMax
                ? Verdict.Reject(
                    RejectReason.Expired, $"expires at {expiration}, more than {Parameters.ExpirationSecMax} s after the head at {now}")
            : Verdict.Ok;
    }

    private Verdict CheckAuthority(LedgerView ledger, bool oneTransfer, uint from, ReadOnlySpan<byte> keyTags)
    {
        const int TagBytes = Pipeline.SignatureLanes.KeyTagSize;
        _authority.Start(ledger, Parameters.AuthorityDepthMax);
        for (int at = 0; at < keyTags.Length; at += TagBytes)
        {
            _authority.AddKey(new SigningKey(keyTags.Slice(at + 1, SigningKey.Size)));
        }

        if (oneTransfer)
        {
            return from == WellKnown.GenesisAccount ? OnlyByProposal()
                : !_authority.Active(from) ? Missing(from)
                : _authority.AllUsed ? Verdict.Ok : Unused();
        }

        _required.Clear();
        foreach (Operation operation in _list)
        {
            operation.Require(_required);
        }

        if (_required.Active.Contains(WellKnown.GenesisAccount) || _required.Owner.Contains(WellKnown.GenesisAccount))
        {
            return OnlyByProposal();
        }

        foreach (SigningKey key in _required.Keys)
        {
            if (!_authority.HasKey(key))
            {
                return Verdict.Reject(RejectReason.Unauthorized, $"the key {key} has not signed");
            }
        }

        foreach (uint account in _required.Owner)
        {
            if (!_authority.Owner(account))
            {
                return Missing(account);
            }
        }

        foreach (uint account in _required.Active)
        {
            if (!_authority.Active(account))
            {
                return Missing(account);
            }
        }

        return _authority.AllUsed ? Verdict.Ok : Unused();
    }

    /// <summary>"delegates technically have no direct power".</summary>
    private static Verdict OnlyByProposal() =>
        Verdict.Reject(RejectReason.Unauthorized, "the genesis account acts through proposals only");

    private static Verdict Missing(uint account) =>
        Verdict.Reject(RejectReason.Unauthorized, $"the signatures do not satisfy the authority of 1.2.{account}");

    private static Verdict Unused() => Verdict.Reject(RejectReason.Unauthorized, "a signature is not needed");
}
