using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Quorum.Ballots;
using Tactus.Engine.Protocols.Quorum.Blocks;
using Tactus.Engine.Protocols.Quorum.Coins;
using Tactus.Engine.State;

namespace Tactus.Engine.Protocols.Quorum;

/// <summary>Applies a block to the unspent outputs. Invalid transactions make the block invalid whatever the quorum signed
/// [D: "a bad quorum cannot ... create a new block the network would accept"].</summary>
public sealed class QuorumTransition : IBlockTransition
{
    /// <summary>Outputs written to one view at genesis.</summary>
    private const int OutputsPerChunk = 1 << 16;

    private readonly QuorumGenesis _genesis;
    private CoinAddress[] _signers = new CoinAddress[16];
    private QuorumState? _parent;
    private bool _checkAuthority;
    private int _nextOutput;
    private UInt128 _fees;

    public QuorumTransition(QuorumGenesis genesis)
    {
        _genesis = genesis;
    }

    public StoredUnspentOutputs Unspent { get; } = new();

    public void InitializeState(IStateView view, Action flush)
    {
        Unspent.Begin(view);
        for (int i = 0; i < _genesis.OutputCount; i++)
        {
            if (!Unspent.TryAdd(_genesis.Output(i)))
            {
                throw new InvalidOperationException($"genesis output {i} comes twice");
            }

            if ((i + 1) % OutputsPerChunk == 0)
            {
                flush();
            }
        }

        Unspent.Finish();
    }

    public void ExpectKeys(BlockWork block, int firstTransaction, int count, IStateSession state)
    {
        // Outputs name the hash of a key, so keys are recovered.
    }

    public Verdict Begin(BlockWork block, object parentState, IStateView view, bool checkAuthority)
    {
        _parent = (QuorumState)parentState;
        _checkAuthority = checkAuthority;
        _nextOutput = 0;
        _fees = 0;
        Unspent.Begin(view);
        var header = (SealedHeader)block.Header!;
        if (header.Coin.UnspentHash != Unspent.UnspentHash)
        {
            return Verdict.Reject(
                RejectReason.WrongStateRoot,
                $"the unspent outputs give {Unspent.UnspentHash}, the header says {header.Coin.UnspentHash}");
        }

        return header.Seal.Opening is { } opening ? CheckMoves(opening, _parent, Unspent) : Verdict.Ok;
    }

    public Verdict Apply(BlockWork block, int firstTransaction, int count)
    {
        for (int i = firstTransaction; i < firstTransaction + count; i++)
        {
            Verdict verdict = ApplyOne(block, i);
            if (!verdict.Accepted)
            {
                return verdict with { Index = i, Detail = $"transaction {i} {block.Transactions[i].Id.ToShortString()}: {verdict.Detail}" };
            }
        }

        return Verdict.Ok;
    }

    public Verdict Finish(BlockWork block)
    {
        ulong stated = ((SealedHeader)block.Header!).Coin.Fee;
        if (_fees != stated)
        {
            return Verdict.Reject(RejectReason.ReceiptMismatch, $"the transactions burn {_fees} coin hours, the header says {stated}");
        }

        Unspent.Finish();
        return Verdict.Ok;
    }

    public void Committed(BlockWork block)
    {
    }

    public void Abandoned(BlockWork block)
    {
        // Everything was in the view.
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

    /// <summary>Holds every slip of an opening against the ledger after the parent.</summary>
    internal static Verdict CheckMoves(Opening opening, QuorumState parent, ISpentOutputs spent)
    {
        for (int i = 0; i < opening.Slips.Count; i++)
        {
            Verdict verdict = SlipRules.CheckMove(opening.Slips[i], parent.Epoch.VoteSnapshotSeq, parent.Number, spent);
            if (!verdict.Accepted)
            {
                return verdict with { Index = i, Detail = $"slip {i}: {verdict.Detail}" };
            }
        }

        return Verdict.Ok;
    }

    private Verdict ApplyOne(BlockWork block, int index)
    {
        ref TransactionLane lane = ref block.Transactions[index];
        var reader = new ByteReader(block.BodyOf(in lane));
        CoinTransaction transaction = CoinTransaction.Read(ref reader);
        ReadOnlySpan<byte> hashes = block.Inflated.Slice(_nextOutput * 64, transaction.OutputCount * 64);
        _nextOutput += transaction.OutputCount;
        CoinHeader header = ((SealedHeader)block.Header!).Coin;
        var place = new BlockPlace(header.Seq, header.TimeSec, _parent!.TimeSec);
        ReadOnlySpan<CoinAddress> signers = _checkAuthority ? Signers(block.Signatures, lane) : default;
        Verdict verdict = TransactionRules.Apply(transaction, place, hashes, signers, Unspent, out ulong fee);
        _fees += fee;
        return verdict;
    }

    private ReadOnlySpan<CoinAddress> Signers(SignatureLanes lanes, in TransactionLane lane)
    {
        if (_signers.Length < lane.SignatureCount)
        {
            _signers = new CoinAddress[lane.SignatureCount * 2];
        }

        for (int i = 0; i < lane.SignatureCount; i++)
        {
            _signers[i] = CoinAddress.OfKey(lanes.KeyTagOf(lane.FirstSignature + i)[1..]);
        }

        return _signers.AsSpan(0, lane.SignatureCount);
    }
}
