using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Quorum.Ballots;
using Tactus.Engine.Protocols.Quorum.Blocks;
using Tactus.Engine.Protocols.Quorum.Coins;
using Tactus.Kernels;

namespace Tactus.Engine.Protocols.Quorum.Rounds;

/// <summary>Where a node stands.</summary>
public enum QuorumMode
{
    /// <summary>A quorum is in force.</summary>
    Active = 0,

    /// <summary>The quorum made no progress, or was recalled: slips are gathered.</summary>
    Election = 1,

    /// <summary>Evidence voids the quorum: slips are gathered, nothing of the quorum is accepted any more.</summary>
    Invalidated = 2,
}

/// <summary>A node of the network, with a member's key or without: polls, signs, certifies, follows, finds evidence,
/// elects. It has no clock and no network: what it hears comes through <see cref="Receive"/>, time through
/// <see cref="Tick"/>, and what it says goes into its broadcast set and <see cref="TakeOutbox"/>. Save, load and clone
/// give the same node.</summary>
public sealed partial class MemberNode
{
    /// <summary>Most transactions that wait for a proposal.</summary>
    private const int TransactionsMax = 4096;

    private readonly KernelSet _kernels;
    private readonly QuorumParameters _parameters;
    private readonly QuorumConsensus _consensus;
    private readonly BlockJudge _judge;
    private readonly QuorumGenesis _genesis;
    private readonly byte[]? _secret;
    private readonly MemberKey? _self;
    private readonly SignedNumbers _signed;
    private readonly List<JudgedBlock> _chain = [];
    private readonly List<byte[]> _outbox = [];
    private readonly List<SubmittedTransaction> _transactions = [];
    private long _lastProgressMs;
    private long _nowMs;

    /// <param name="kernels">Kernels.</param>
    /// <param name="genesis">What the chain starts from.</param>
    /// <param name="parameters">Parameters of the system.</param>
    /// <param name="secret">Key with which the node votes when it is a member; null for a node that only
    /// follows.</param>
    /// <param name="signed">What the key signed before.</param>
    /// <param name="nowMs">Time at the start, in Unix milliseconds.</param>
    public MemberNode(
        KernelSet kernels,
        QuorumGenesis genesis,
        QuorumParameters parameters,
        byte[]? secret,
        SignedNumbers signed,
        long nowMs)
    {
        _kernels = kernels;
        _genesis = genesis;
        _parameters = parameters;
        _secret = secret;
        _self = secret is null ? null : MemberSignatures.KeyOf(secret);
        _signed = signed;
        _consensus = new QuorumConsensus(kernels, parameters);
        _judge = new BlockJudge(kernels, _consensus, parameters);
        var ledger = new MemoryUnspentOutputs();
        for (int i = 0; i < genesis.OutputCount; i++)
        {
            ledger.TryAdd(genesis.Output(i));
        }

        var state = (QuorumState)genesis.Block(kernels, parameters).ConsensusState;
        var header = new SealedHeader(genesis.Header(kernels), new BlockSeal(genesis.Epoch.Number, null, []));
        _chain.Add(new JudgedBlock([], header, state, ledger));
        _nowMs = nowMs;
        StartNumber(nowMs);
    }

    public QuorumMode Mode { get; private set; } = QuorumMode.Active;

    /// <summary>State after the last certified block.</summary>
    public QuorumState Head => _chain[^1].State;

    /// <summary>Unspent outputs after the head.</summary>
    public MemoryUnspentOutputs Ledger => _chain[^1].Ledger;

    /// <summary>Certified blocks by number; 0 is genesis.</summary>
    public IReadOnlyList<JudgedBlock> Blocks => _chain;

    public BroadcastSet Board { get; } = new();

    /// <summary>The key of this node, or null.</summary>
    public MemberKey? Self => _self;

    /// <summary>Blobs that are new here since the last call: to be sent to the peers.</summary>
    public IReadOnlyList<byte[]> TakeOutbox()
    {
        byte[][] taken = [.. _outbox];
        _outbox.Clear();
        return taken;
    }

    /// <summary>A transaction that this node puts into its proposals while it applies.</summary>
    public Verdict Submit(ReadOnlySpan<byte> transaction)
    {
        if (_transactions.Count >= TransactionsMax)
        {
            return Verdict.Reject(RejectReason.LimitExceeded, $"{TransactionsMax} transactions wait");
        }

        Verdict verdict = SubmittedTransaction.Check(_kernels, transaction, out SubmittedTransaction? submitted);
        if (verdict.Accepted && _transactions.Exists(waiting => waiting.Id == submitted!.Id))
        {
            return Verdict.Reject(RejectReason.Duplicate, "the transaction waits already");
        }

        if (verdict.Accepted)
        {
            _transactions.Add(submitted!);
        }

        return verdict;
    }

    /// <summary>Takes in a blob. What is not valid here now stays out of the set and may be offered again.</summary>
    public Verdict Receive(ReadOnlySpan<byte> blob, long nowMs)
    {
        _nowMs = Math.Max(_nowMs, nowMs);
        if (Board.Contains(BroadcastSet.KeyOf(blob)))
        {
            return Verdict.Reject(RejectReason.Duplicate, "the blob is known");
        }

        if (Board.Count >= Board.CountMax)
        {
            return Verdict.Reject(RejectReason.LimitExceeded, $"the broadcast set holds its {Board.CountMax} blobs");
        }

        Verdict verdict = Dispatch(blob);
        if (verdict.Accepted)
        {
            if (Board.Add(blob))
            {
                _outbox.Add(blob.ToArray());
            }

            Advance();
        }

        return verdict;
    }

    /// <summary>Time has passed.</summary>
    public void Tick(long nowMs)
    {
        _nowMs = Math.Max(_nowMs, nowMs);
        if (Mode == QuorumMode.Active && _nowMs - _lastProgressMs >= (long)_parameters.StallTimeoutSec * 1000)
        {
            EnterElection(QuorumMode.Election, OpeningReason.Stall);
        }

        TryAgain();
        Advance();
    }

    private Verdict Dispatch(ReadOnlySpan<byte> blob)
    {
        if (blob.IsEmpty || blob.Length > BroadcastSet.BlobBytesMax)
        {
            return Verdict.Reject(RejectReason.TooLarge, $"a blob of {blob.Length} bytes");
        }

        var reader = new ByteReader(blob, 1);
        switch ((BlobKind)blob[0])
        {
            case BlobKind.Proposal:
                return OnProposal(blob[1..]);
            case BlobKind.Block:
                return OnBlock(blob[1..]);
            case BlobKind.Poll:
                Poll poll = Poll.Read(ref reader);
                return End(reader) is { } badPoll ? badPoll : OnPoll(poll);
            case BlobKind.Sign:
                MemberSign sign = MemberSign.Read(ref reader);
                return End(reader) is { } badSign ? badSign : OnSign(sign);
            case BlobKind.Evidence:
                Equivocation evidence = Equivocation.Read(ref reader);
                return End(reader) is { } badEvidence ? badEvidence : OnEvidence(evidence);
            case BlobKind.Slip:
                VoteSlip slip = VoteSlip.Read(ref reader);
                return End(reader) is { } badSlip ? badSlip : OnSlip(slip);
            default:
                return Verdict.Reject(RejectReason.Malformed, $"blob kind {blob[0]} is not known", 0);
        }
    }

    private static Verdict? End(in ByteReader reader) =>
        reader.Failed ? Verdict.Malformed(in reader)
        : reader.Remaining > 0 ? Verdict.Reject(
            RejectReason.TrailingBytes, $"{reader.Remaining} bytes too many", reader.Position)
        : null;

    /// <summary>Publishes a blob of this node's own, after it has been taken in.</summary>
    private void Publish(byte[] blob)
    {
        if (Board.Add(blob))
        {
            _outbox.Add(blob);
        }
    }

    /// <summary>Q4 accept: a valid block with the certificate of the epoch in force, by any node.</summary>
    private Verdict OnBlock(ReadOnlySpan<byte> bytes)
    {
        SealedHeader? header = _judge.Read(bytes, out Hash256 id, out Verdict verdict);
        if (header is null)
        {
            return verdict;
        }

        ulong seq = header.Coin.Seq;
        if (seq == 0 || seq > Head.Number + 1UL)
        {
            return Verdict.Reject(RejectReason.Unlinkable, $"block {seq} is ahead of block {Head.Number}");
        }

        if (_chain.Count > (int)seq && _chain[(int)seq].State.Id == id)
        {
            return Verdict.Ok;
        }

        if (header.Seal.Opening is null && seq <= Head.Number)
        {
            return OnSecondCertificate(header, id);
        }

        return Extend(bytes, header, (int)seq);
    }

    private Verdict Extend(ReadOnlySpan<byte> bytes, SealedHeader header, int seq)
    {
        bool opens = header.Seal.Opening is not null;
        bool replacesTail = opens && seq == Head.Number && seq > 0;
        if (seq != Head.Number + 1 && !replacesTail)
        {
            return Verdict.Reject(
                RejectReason.BelowFinality, $"block {seq} comes after a certified block of its number");
        }

        if (!opens && Mode == QuorumMode.Invalidated && _nowMs > _invalidatedMs + (2 * _parameters.GossipBoundMs))
        {
            return Verdict.Reject(
                RejectReason.BadBlockSignature, "the quorum is void: evidence against it came before this certificate");
        }

        JudgedBlock parent = _chain[seq - 1];
        Verdict verdict = _judge.Judge(
            bytes, parent.State, parent.Ledger, needsCertificate: true, out JudgedBlock? judged);
        if (verdict.Accepted && replacesTail && _consensus.Prefer(judged!.State, Head) <= 0)
        {
            return Verdict.Reject(RejectReason.BelowFinality, $"another block {seq} is preferred");
        }

        if (verdict.Accepted)
        {
            if (replacesTail)
            {
                _chain.RemoveAt(seq);
            }

            Append(judged!);
        }

        return verdict;
    }

    /// <summary>Q3 finalize: a certified block is the new head.</summary>
    private void Append(JudgedBlock block)
    {
        _chain.Add(block);
        MemberSign[] atOpening = [];
        if (block.Header.Seal.Opening is not null)
        {
            // Who signed two openings is caught as soon as one of them is in force.
            Epoch opened = block.State.Epoch;
            atOpening = [.. _nextSigns.Values.Where(
                sign => sign.Epoch == opened.Number && opened.Contains(sign.Member))];
            Mode = QuorumMode.Active;
            ForgetEpoch();
        }

        // The number starts first: evidence in the certificate then ends it again.
        StartNumber(_nowMs);
        _transactions.RemoveAll(transaction => !StillApplies(transaction.Bytes));
        RememberSigns(block.Header, block.State);
        Array.ForEach(atOpening, Remember);
        ForgetSigns();
        if (Mode != QuorumMode.Active)
        {
            HoldElection();
        }
    }

    private bool StillApplies(byte[] bytes)
    {
        var reader = new ByteReader(bytes);
        CoinTransaction transaction = CoinTransaction.Read(ref reader);
        for (int i = 0; i < transaction.InputCount; i++)
        {
            if (!Ledger.TryGet(transaction.Input(i), out _))
            {
                return false;
            }
        }

        return transaction.InputCount > 0;
    }
}
