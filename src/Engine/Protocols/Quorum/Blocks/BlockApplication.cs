using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Quorum.Ballots;
using Tactus.Engine.Protocols.Quorum.Coins;

namespace Tactus.Engine.Protocols.Quorum.Blocks;

/// <summary>Applies a decoded block to a set of unspent outputs. Invalid transactions make the block invalid whatever
/// the quorum signed [D: "a bad quorum cannot ... create a new block the network would accept"].</summary>
public sealed class BlockApplication(QuorumParameters parameters)
{
    private CoinAddress[] _signers = new CoinAddress[16];
    private IUnspentOutputs? _unspent;
    private QuorumState? _parent;
    private bool _checkOwners;
    private int _nextOutput;
    private UInt128 _fees;

    /// <summary>Starts a block: the header's XOR is that of the set, and the slips of an opening fit the
    /// ledger.</summary>
    /// <param name="block">The decoded block.</param>
    /// <param name="parent">State of the parent.</param>
    /// <param name="unspent">The set after the parent; changed from now on.</param>
    /// <param name="spent">What was spent up to the parent.</param>
    /// <param name="checkOwners">False where signatures are trusted.</param>
    public Verdict Begin(
        BlockWork block, QuorumState parent, IUnspentOutputs unspent, ISpentOutputs spent, bool checkOwners)
    {
        _parent = parent;
        _unspent = unspent;
        _checkOwners = checkOwners;
        _nextOutput = 0;
        _fees = 0;
        var header = (SealedHeader)block.Header!;
        if (header.Coin.UnspentHash != unspent.UnspentHash)
        {
            return Verdict.Reject(
                RejectReason.WrongStateRoot,
                $"the unspent outputs give {unspent.UnspentHash}, the header says {header.Coin.UnspentHash}");
        }

        if (header.Seal.Opening is not { } opening)
        {
            return Verdict.Ok;
        }

        Verdict verdict = CheckMoves(opening, unspent.Term.SnapshotSeq, parent.Number, spent);
        unspent.Term = unspent.Term.Next(header.Coin.Seq, parameters.MajorityCoins);
        return verdict;
    }

    /// <summary>Applies the next transaction.</summary>
    public Verdict Apply(BlockWork block, int index)
    {
        ref TransactionLane lane = ref block.Transactions[index];
        var reader = new ByteReader(block.BodyOf(in lane));
        CoinTransaction transaction = CoinTransaction.Read(ref reader);
        ReadOnlySpan<byte> hashes = block.Inflated.Slice(_nextOutput * 64, transaction.OutputCount * 64);
        _nextOutput += transaction.OutputCount;
        CoinHeader header = ((SealedHeader)block.Header!).Coin;
        var place = new BlockPlace(header.Seq, header.TimeSec, _parent!.TimeSec);
        ReadOnlySpan<CoinAddress> signers = _checkOwners ? Signers(block.Signatures, lane) : default;
        Verdict verdict = TransactionRules.Apply(transaction, place, hashes, signers, _unspent!, out ulong fee);
        _fees += fee;
        return verdict.Accepted
            ? verdict
            : Verdict.Reject(
                verdict.Reason, $"transaction {index} {lane.Id.ToShortString()}: {verdict.Detail}", index);
    }

    /// <summary>The header's fee is the sum of all.</summary>
    public Verdict Finish(BlockWork block)
    {
        ulong stated = ((SealedHeader)block.Header!).Coin.Fee;
        return _fees == stated
            ? Verdict.Ok
            : Verdict.Reject(
                RejectReason.ReceiptMismatch, $"the transactions burn {_fees} coin hours, the header says {stated}");
    }

    /// <summary>Holds every slip of an opening against the ledger after the parent.</summary>
    private static Verdict CheckMoves(Opening opening, ulong snapshotSeq, ulong endSeq, ISpentOutputs spent)
    {
        for (int i = 0; i < opening.Slips.Count; i++)
        {
            Verdict verdict = SlipRules.CheckMove(opening.Slips[i], snapshotSeq, endSeq, spent);
            if (!verdict.Accepted)
            {
                return verdict with { Index = i, Detail = $"slip {i}: {verdict.Detail}" };
            }
        }

        return Verdict.Ok;
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
