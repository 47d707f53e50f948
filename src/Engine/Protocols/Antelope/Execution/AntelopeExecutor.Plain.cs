// Most transactions of a payment chain are plain transfers. Going through the general path each costs some twenty
// searches in the block's overlay. Here the records of a batch are found first, together, and each transfer then works
// on them in place. Only what succeeds is done here; whatever might fail goes through the general path, which says why.
using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Actions;
using Tactus.Engine.Protocols.Antelope.Authority;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.Engine.State;

namespace Tactus.Engine.Protocols.Antelope.Execution;

public sealed partial class AntelopeExecutor
{
    /// <summary>Transactions whose records are found together: what they touch, about 120 KiB, stays in the
    /// caches.</summary>
    internal const int PlainBatch = 256;

    private const int CellsPerTransfer = 2;

    /// <summary>A transfer is received by the token account, the sender and the receiver.</summary>
    internal const int ReceiptsPerTransfer = 3;

    private readonly TransferBatch _batch;
    private readonly PlainTransfer[] _transfers = new PlainTransfer[PlainBatch];
    private readonly int[] _placeOf = new int[PlainBatch];
    private readonly StateKey[] _plainKeys = new StateKey[PlainBatch * CellsPerTransfer];
    private readonly CellPlace[] _places = new CellPlace[PlainBatch * CellsPerTransfer];
    private BlockView? _plainView;
    private CellPlace _tokenPlace;
    private CellPlace _statPlace;
    private ulong _statCode;

    /// <summary>Code and ABI sequences of the token contract.</summary>
    internal (uint Code, uint Abi) TokenCode => _runner.TokenCode;

    /// <summary>Names the threads to use.</summary>
    public void Use(IParallelRunner runner)
    {
        _parallel = runner;
        _batch.Use(runner);
    }

    /// <summary>Applies transactions [first, first + count) together if all are plain transfers that succeed: exactly
    /// as <see cref="Apply"/> would one by one.</summary>
    /// <inheritdoc cref="TransferBatch.TryApply(BlockWork, BlockView, int, int, out int)"/>
    internal bool TryApplyBatch(BlockWork block, int first, int count, out int stoppedAt)
    {
        stoppedAt = 0;
        return _plainView is not null && _batch.TryApply(block, _plainView, first, count, out stoppedAt);
    }

    /// <summary>Takes the sequences that a run of transfers needs, and room for the digests of its receipts.</summary>
    /// <param name="transfers">How many succeeded.</param>
    /// <param name="tokenReceived">The token account's receive sequence before them.</param>
    /// <param name="global">The global sequence before them.</param>
    internal Memory<byte> ReserveTransferReceipts(int transfers, out ulong tokenReceived, out ulong global)
    {
        ref OverlayTable<StateCell>.Entry token = ref _plainView!.At(_tokenPlace);
        ref AccountRecord record = ref AccountRecord.Of(ref token.Value);
        tokenReceived = record.ReceiveSequence;
        record.ReceiveSequence = tokenReceived + (ulong)transfers;
        token.Flags |= OverlayTable<StateCell>.IsTouched;
        global = _runner.TakeGlobalSequences((ulong)transfers * ReceiptsPerTransfer);
        return Receipts.ReserveLeaves(transfers * ReceiptsPerTransfer);
    }

    /// <summary>Reads the plain transfers among some transactions and finds their records.</summary>
    internal void LoadPlain(BlockWork block, int first, int count)
    {
        int keys = 0;
        for (int i = 0; i < count; i++)
        {
            _placeOf[i] = -1;
            ref TransactionLane lane = ref block.Transactions[first + i];
            ReadOnlySpan<byte> body = block.BodyOf(in lane);
            if (_plainView is null || lane.IdOnly || !PlainTransfer.TryRead(body, out _transfers[i]))
            {
                continue;
            }

            ref readonly PlainTransfer transfer = ref _transfers[i];
            _placeOf[i] = keys;
            _plainKeys[keys++] = AccountCells.KeyOf(transfer.From);
            _plainKeys[keys++] = AccountCells.KeyOf(transfer.To);
            Recent.Prefetch(in lane.Id, new TransactionBody(body).ExpirationSec);
        }

        _plainView?.Locate(_plainKeys.AsSpan(0, keys), _places);
    }

    /// <summary>Applies a transaction of the batch if it is a plain transfer that succeeds: exactly as
    /// <see cref="Apply"/> would.</summary>
    /// <param name="inBatch">Its place in the last <see cref="LoadPlain"/>.</param>
    /// <param name="input">The transaction.</param>
    /// <param name="expected">The receipt's figures.</param>
    /// <returns>False where nothing was done: it is for <see cref="Apply"/>.</returns>
    internal bool TryApplyPlain(int inBatch, in TransactionInput input, in TransactionResult expected)
    {
        int at = _placeOf[inBatch];
        ref readonly PlainTransfer transfer = ref _transfers[inBatch];
        if (at < 0 || !IsQuantity(in transfer))
        {
            return false;
        }

        // References hold as long as nothing is added to the overlay: nothing below searches in it.
        BlockView view = _plainView!;
        ref OverlayTable<StateCell>.Entry token = ref view.At(_tokenPlace);
        ref OverlayTable<StateCell>.Entry from = ref view.At(_places[at]);
        ref OverlayTable<StateCell>.Entry to = ref view.At(_places[at + 1]);
        ref AccountRecord sender = ref AccountRecord.Of(ref from.Value);
        ref AccountRecord receiver = ref AccountRecord.Of(ref to.Value);
        int present = token.Flags & from.Flags & to.Flags;
        if ((present & OverlayTable<StateCell>.IsPresent) == 0
            || !IsAuthorized(ref sender, input.Keys)
            || !sender.HasCoreBalance
            || sender.CoreBalance < transfer.Amount)
        {
            return false;
        }

        var body = new TransactionBody(input.Body);
        if (!CheckHeader(in input, in body, expected, checkRecent: true, out ulong netWords).Accepted
            || !Bill(in input, in body, expected, netWords, out _).Accepted)
        {
            return false;
        }

        // Nothing can fail from here on.
        sender.CoreBalance -= transfer.Amount;
        receiver.CoreBalance += transfer.Amount;
        receiver.HasCoreBalance = true;
        const byte Written = OverlayTable<StateCell>.IsPresent | OverlayTable<StateCell>.IsTouched;
        token.Flags |= Written;
        from.Flags |= Written;
        to.Flags |= Written;
        ActionFrame action = PlainTransfer.ActionOf(input.Body);
        _runner.AddTransferReceipts(
            in action, in transfer, ref AccountRecord.Of(ref token.Value), ref sender, ref receiver);
        Recent.Add(input.Id, body.ExpirationSec);
        Receipts.HashFullBatch();
        return true;
    }

    private void StartPlain(IStateView view)
    {
        _plainView = _options.EnforcesAccountLimits ? null : view as BlockView;
        _statCode = ulong.MaxValue;
        Span<CellPlace> place = stackalloc CellPlace[1];
        _plainView?.Locate([AccountCells.KeyOf(WellKnown.Token.Value)], place);
        _tokenPlace = place[0];
    }

    /// <summary>One signature, by the single key of an active permission without links
    /// (<see cref="TransactionAuthority"/>).</summary>
    private bool IsAuthorized(ref readonly AccountRecord sender, ReadOnlySpan<KeyTag> keys) =>
        !Scope.Block.ChecksTransactions
        || (keys.Length == 1 && !sender.HasLinks && sender.ActiveKeyEquals(in keys[0]));

    private bool IsQuantity(in PlainTransfer transfer)
    {
        ulong code = transfer.Symbol >> 8;
        if (code != _statCode)
        {
            Span<CellPlace> place = stackalloc CellPlace[1];
            _plainView!.Locate([TokenStat.KeyOf(code)], place);
            _statPlace = place[0];
            _statCode = code;
        }

        ref OverlayTable<StateCell>.Entry stat = ref _plainView!.At(_statPlace);
        return (stat.Flags & OverlayTable<StateCell>.IsPresent) != 0
            && StateCell.As<TokenStat>(ref stat.Value).IsCore
            && StateCell.As<TokenStat>(ref stat.Value).Symbol == transfer.Symbol
            && transfer.Amount is > 0 and <= Asset.AmountMax;
    }
}
