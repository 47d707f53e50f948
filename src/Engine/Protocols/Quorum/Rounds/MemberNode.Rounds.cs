using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Quorum.Ballots;
using Tactus.Engine.Protocols.Quorum.Blocks;

namespace Tactus.Engine.Protocols.Quorum.Rounds;

/// <summary>Proposals, polling rounds, signatures, certificates.</summary>
public sealed partial class MemberNode
{
    /// <summary>A proposal may be this far ahead of the node's clock, in milliseconds.</summary>
    private const long FutureMaxMs = 7_000;

    /// <summary>Most proposals that are judged for one number; each costs a whole validation.</summary>
    private const int ProposalsMax = 256;

    /// <summary>Most blocks of one number that one member's signatures are kept for. An honest member signs one; with
    /// two it is caught.</summary>
    private const int SignsPerNumberMax = 4;

    private readonly Dictionary<Hash256, JudgedBlock> _proposals = [];
    private readonly List<Hash256> _proposalOrder = [];
    private readonly Dictionary<(uint Round, MemberKey Member), Poll> _polls = [];
    private readonly Dictionary<(ulong Seq, MemberKey Member), MemberSign> _signs = [];
    private readonly Dictionary<(Hash256 Hash, MemberKey Member), MemberSign> _nextSigns = [];
    private long _roundStartMs;
    private bool _proposed;

    // What the last proposal of this node opens an epoch with; zero where it opens none.
    private Hash256 _proposedLeaf;

    /// <summary>The polling round of the next number.</summary>
    public uint Round { get; private set; }

    /// <summary>Proposals for the next number that are valid here, in the order in which they came.</summary>
    public IReadOnlyList<Hash256> Proposals => _proposalOrder;

    private ulong NextSeq => Head.Number + 1UL;

    /// <summary>Rounds before a number is given up, with as many to spare: who polls for later ones is not followed, or
    /// one poll could push everybody's round to the end of its range.</summary>
    private uint RoundsMax => (uint)Math.Min(
        int.MaxValue, 8 + (2000 * (long)_parameters.StallTimeoutSec / _parameters.RoundTimeoutMs));

    /// <summary>Begins the next number: its first round starts at its slot.</summary>
    private void StartNumber(long nowMs)
    {
        _proposals.Clear();
        _proposalOrder.Clear();
        _polls.Clear();
        _nextSigns.Clear();
        _proposed = false;
        Round = 0;
        _lastProgressMs = nowMs;
        ulong slotSec = (ulong)_parameters.SlotSec;
        _roundStartMs = Math.Max(nowMs, (long)(((Head.TimeSec / slotSec) + 1) * slotSec * 1000));
    }

    /// <summary>What can be done now is done.</summary>
    private void Advance()
    {
        uint number;
        do
        {
            number = Head.Number;
            StepRounds();
        }
        while (Head.Number != number);
    }

    private void StepRounds()
    {
        if (_nowMs < _roundStartMs || (Mode != QuorumMode.Active && !ElectionEnded))
        {
            return;
        }

        while (_nowMs - _roundStartMs >= _parameters.RoundTimeoutMs)
        {
            // Whole rounds that passed without a tick count as one: nobody polled in them here.
            long rounds = (_nowMs - _roundStartMs) / _parameters.RoundTimeoutMs;
            _roundStartMs += rounds * _parameters.RoundTimeoutMs;
            Round++;
        }

        if (_secret is not null)
        {
            Propose();
            PollNow();
            SignNow();
        }

        Certify();
    }

    /// <summary>Members propose in turn: the seat that number and round name [N].</summary>
    private void Propose()
    {
        (Opening Opening, Hash256 Leaf, IReadOnlyList<MemberKey> Members)? built =
            Mode == QuorumMode.Active ? null : BuildOpening();
        IReadOnlyList<MemberKey>? members = Mode == QuorumMode.Active ? Head.Epoch.Members : built?.Members;

        // Slips that were cut off from here can come after the first proposal: without a second one an election that
        // was held in two parts would never end.
        Hash256 leaf = built?.Leaf ?? default;
        if ((_proposed && leaf == _proposedLeaf) || members is null || members[(int)((NextSeq + Round) % (ulong)members.Count)] != _self)
        {
            return;
        }

        ulong slotSec = (ulong)_parameters.SlotSec;
        ulong timeSec = Math.Max(Head.TimeSec + 1, (ulong)(_nowMs / 1000) / slotSec * slotSec);
        byte[] block = ProposalDraft.Build(_kernels, Head, Ledger, timeSec, _transactions, built?.Opening);
        if (OnProposal(block).Accepted)
        {
            _proposed = true;
            _proposedLeaf = leaf;
            Publish(Blob.OfBlock(BlobKind.Proposal, block));
        }
    }

    private Verdict OnProposal(ReadOnlySpan<byte> bytes)
    {
        SealedHeader? header = _judge.Read(bytes, out Hash256 id, out Verdict verdict);
        if (header is null)
        {
            return verdict;
        }

        if (header.Coin.Seq != NextSeq || header.Coin.PreviousHash != Head.Id)
        {
            return Verdict.Reject(
                RejectReason.Unlinkable, $"a proposal for block {header.Coin.Seq}; block {NextSeq} is next");
        }

        if ((long)header.Coin.TimeSec * 1000 > _nowMs + FutureMaxMs)
        {
            return Verdict.Reject(
                RejectReason.FromTheFuture, $"time {header.Coin.TimeSec} is ahead of this node's clock");
        }

        if (_proposals.Count >= ProposalsMax)
        {
            return Verdict.Reject(RejectReason.LimitExceeded, $"{ProposalsMax} proposals for one number");
        }

        verdict = header.Seal.Opening is { } opening ? CheckCompleteness(opening) : Verdict.Ok;
        JudgedBlock? judged = null;
        verdict = verdict.Accepted ? _judge.Judge(bytes, Head, Ledger, needsCertificate: false, out judged) : verdict;
        if (verdict.Accepted && _proposals.TryAdd(id, judged!))
        {
            _proposalOrder.Add(id);
        }

        return verdict;
    }

    /// <summary>Q1 poll: in the first round the first valid proposal, in later ones the hash with the most distinct
    /// members in the round before, ties to the larger hash [C: Obelisk]; always the hash that was signed. Of two
    /// openings the one that more coins voted for comes first, as in the fork choice [N]: after an election in two
    /// parts each part would otherwise stay with its own.</summary>
    private void PollNow()
    {
        Hash256? choice = Choose();
        if (choice is not { } hash || _polls.ContainsKey((Round, _self!.Value)))
        {
            return;
        }

        Poll poll = Poll.Create(_proposals[hash].State.Epoch.Number, NextSeq, Round, hash, _self!.Value, _secret);
        _polls[(Round, poll.Member)] = poll;
        Publish(Blob.Of(BlobKind.Poll, poll.Write));
    }

    private Hash256? Choose()
    {
        List<Hash256> open = [.. _proposalOrder.Where(hash => Concerns(_proposals[hash]))];
        if (open.Count == 0)
        {
            return null;
        }

        // What was signed in an epoch that is given up since binds nobody to poll for it: an opening is due.
        if (_signed.Find(_self!.Value) is { } signed && signed.Seq == NextSeq && open.Contains(signed.Hash)
            && _proposals[signed.Hash].State.Epoch.Number == signed.Epoch)
        {
            return signed.Hash;
        }

        // A signature cannot be taken back: what others signed is all that can still get a certificate.
        IOrderedEnumerable<Hash256> best = open
            .OrderByDescending(hash => _nextSigns.Keys.Count(key => key.Hash == hash))
            .ThenByDescending(hash => _proposals[hash].State.MandateCoins);
        return Round == 0 ? best.First() : best
            .ThenByDescending(hash => _polls.Values.Count(poll => poll.Round == Round - 1 && poll.Hash == hash))
            .ThenByDescending(hash => hash)
            .First();
    }

    /// <summary>Whether this node is a member for a proposal, and the proposal is of the kind that is due.</summary>
    private bool Concerns(JudgedBlock proposal) =>
        proposal.State.Epoch.Contains(_self!.Value) && (proposal.Header.Seal.Opening is not null) == (
            Mode != QuorumMode.Active);

    private Verdict OnPoll(Poll poll)
    {
        if (poll.Seq != NextSeq)
        {
            return Verdict.Reject(RejectReason.Unlinkable, $"a poll for block {poll.Seq}; block {NextSeq} is next");
        }

        if (!MayVote(poll.Epoch, poll.Member) || !MemberSignatures.Check(
            _kernels, poll.Digest(), poll.Signature, poll.Member))
        {
            return Verdict.Reject(RejectReason.BadSignature, $"{poll.Member} is no member, or did not sign the poll");
        }

        if (poll.Round > Math.Max(Round, RoundsMax))
        {
            return Verdict.Reject(RejectReason.LimitExceeded, $"round {poll.Round}; {RoundsMax} are possible");
        }

        _polls.TryAdd((poll.Round, poll.Member), poll);
        if (poll.Round > Round && Mode == QuorumMode.Active == (poll.Epoch == Head.Epoch.Number))
        {
            // The others are ahead: catch up, so that all poll in one round.
            Round = poll.Round;
            _roundStartMs = Math.Max(_roundStartMs, _nowMs);
        }

        return Verdict.Ok;
    }

    private bool MayVote(uint epoch, MemberKey member) =>
        (epoch == Head.Epoch.Number && Head.Epoch.Contains(member)) || (
            epoch == NextEpoch && IsCandidate(member));

    /// <summary>Q2 sign: the next number, a valid hash that extends the head, on which all members converged in the
    /// round in which this one polled last, and never two hashes for one number of an epoch. The signature is stored
    /// before it is published.</summary>
    private void SignNow()
    {
        foreach (Hash256 hash in _proposalOrder)
        {
            JudgedBlock proposal = _proposals[hash];
            if (!Concerns(proposal) || !Converged(hash, proposal.State.Epoch) || LostBlocks(proposal)
                || _nextSigns.ContainsKey((hash, _self!.Value))
                || !_signed.Claim(_self!.Value, proposal.State.Epoch.Number, NextSeq, hash).Accepted)
            {
                continue;
            }

            MemberSign sign = MemberSign.Create(proposal.State.Epoch.Number, NextSeq, hash, _self!.Value, _secret);
            OnSign(sign);
            Publish(Blob.Of(BlobKind.Sign, sign.Write));
        }
    }

    /// <summary>Only the round in which this node polled last counts. If earlier ones did, polls that come late could
    /// have it sign what it polled for then, while others sign what it polls for now: two hashes with a signature
    /// each, and neither can get all.</summary>
    private bool Converged(Hash256 hash, Epoch epoch)
    {
        long last = -1;
        foreach ((uint round, MemberKey member) in _polls.Keys)
        {
            last = member == _self!.Value ? Math.Max(last, round) : last;
        }

        return last >= 0 && epoch.Members.All(
            member => _polls.TryGetValue(((uint)last, member), out Poll? poll) && poll.Hash == hash);
    }

    /// <summary>Whether this member signed for a later number before: it lost blocks in a crash, and a new epoch must
    /// not take their place. Where a whole quorum signed twice they are dropped for good.</summary>
    private bool LostBlocks(JudgedBlock proposal) =>
        proposal.Header.Seal.Opening is { } opening && _signed.Find(_self!.Value) is { } signed
            && signed.Seq > NextSeq && !opening.VoidsWhole(Head.Epoch, NextSeq);

    private Verdict OnSign(MemberSign sign)
    {
        if (!MayVote(sign.Epoch, sign.Member))
        {
            return Verdict.Reject(RejectReason.WrongProducer, $"{sign.Member} is not a member in epoch {sign.Epoch}");
        }

        if (!MemberSignatures.Check(_kernels, sign.Digest(), sign.Signature, sign.Member))
        {
            return Verdict.Reject(RejectReason.BadSignature, $"the signature is not by {sign.Member}");
        }

        if (sign.Seq == NextSeq && _nextSigns.Keys.Count(key => key.Member == sign.Member) < SignsPerNumberMax)
        {
            _nextSigns[(sign.Hash, sign.Member)] = sign;
        }

        if (sign.Epoch == Head.Epoch.Number)
        {
            Remember(sign);
        }

        return Verdict.Ok;
    }

    /// <summary>Q3 finalize: one signature of every member makes the certificate [D].</summary>
    private void Certify()
    {
        foreach (Hash256 hash in _proposalOrder)
        {
            JudgedBlock proposal = _proposals[hash];
            Epoch epoch = proposal.State.Epoch;
            if (!epoch.Members.All(member => _nextSigns.ContainsKey((hash, member))))
            {
                continue;
            }

            byte[] certificate = [.. epoch.Members.SelectMany(member => _nextSigns[(hash, member)].Signature)];
            byte[] block = ProposalDraft.Certify(proposal.Bytes, proposal.Header, certificate);
            if (Extend(block, proposal.Header, (int)NextSeq).Accepted)
            {
                Publish(Blob.OfBlock(BlobKind.Block, block));
                return;
            }
        }
    }
}
