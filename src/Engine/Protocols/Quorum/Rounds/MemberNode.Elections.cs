using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Quorum.Ballots;
using Tactus.Engine.Protocols.Quorum.Blocks;

namespace Tactus.Engine.Protocols.Quorum.Rounds;

/// <summary>Slips, evidence, and how a quorum is replaced.</summary>
public sealed partial class MemberNode
{
    /// <summary>Most signatures of one member for numbers that are not due yet; they are kept as possible
    /// evidence.</summary>
    private const int SignsAheadMax = 64;

    // One slip for an output and question: a holder who signs many cannot fill the memory.
    private readonly SortedDictionary<(Question, Hash256 Output), (VoteSlip Slip, long HeardMs)> _slips = [];
    private readonly List<Equivocation> _evidence = [];
    private long _invalidatedMs;
    private long _electionEndMs;
    private OpeningReason _reason;
    private uint _attempt = 1;
    private uint _slipChanges;
    private (Opening Opening, Hash256 Leaf, IReadOnlyList<MemberKey> Members)? _opening;
    private (Hash256 Head, uint Epoch, uint SlipChanges, int Evidence, OpeningReason Reason) _openingOf;

    /// <summary>Evidence against the quorum in force, or the last one while there is none.</summary>
    public IReadOnlyList<Equivocation> Evidence => _evidence;

    /// <summary>The epoch that the next election opens: it counts on while elections come to nothing.</summary>
    public uint NextEpoch => Head.Epoch.Number + _attempt;

    /// <summary>The source root that more than half of all coins have voted for in this epoch, or null (H2).</summary>
    public Hash256? RatifiedRoot => Tally.Ratified(ValidSlips(Question.SourceRoot), _parameters.MajorityCoins);

    /// <summary>Whether slips are no longer waited for.</summary>
    public bool ElectionEnded => Mode != QuorumMode.Active && _nowMs >= _electionEndMs;

    /// <summary>Slips that count in the next election, once per output.</summary>
    public IReadOnlyList<VoteSlip> Slips => ValidSlips(Question.Members);

    /// <summary>V1 cast.</summary>
    private Verdict OnSlip(VoteSlip slip)
    {
        uint epoch = slip.Question == Question.Members ? NextEpoch : Head.Epoch.Number;
        Verdict verdict = SlipRules.CheckForm(slip, epoch, _parameters);
        verdict = verdict.Accepted
            ? SlipRules.CheckMove(slip, Ledger.Term.SnapshotSeq, Head.Number, Ledger)
            : verdict;
        if (verdict.Accepted && SlipRules.FirstBadSignature(_kernels, [slip]) >= 0)
        {
            verdict = Verdict.Reject(RejectReason.BadProof, $"the slip is not signed by {slip.Voter}");
        }

        if (verdict.Accepted)
        {
            Keep(slip);
            Recall();
        }

        return verdict;
    }

    /// <summary>Of two slips for one output the one with the lower digest is kept, as the tally counts; the output was
    /// heard of when the first came.</summary>
    private void Keep(VoteSlip slip)
    {
        (Question, Hash256) key = (slip.Question, slip.OutputId());
        bool isKnown = _slips.TryGetValue(key, out (VoteSlip Slip, long HeardMs) known);
        if (!isKnown || slip.Digest() < known.Slip.Digest())
        {
            _slips[key] = (slip, isKnown ? known.HeardMs : _nowMs);
            _slipChanges++;
        }
    }

    /// <summary>E3 recall: slips for the next epoch worth more than half of all coins force an election [N].</summary>
    private void Recall()
    {
        if (Mode == QuorumMode.Active && Tally.WeightOf(Slips) > _parameters.MajorityCoins)
        {
            EnterElection(QuorumMode.Election, OpeningReason.Recall);
        }
    }

    private List<VoteSlip> ValidSlips(Question question) =>
    [
        .. _slips.Values.Select(item => item.Slip).Where(slip => slip.Question == question
            && SlipRules.CheckMove(slip, Ledger.Term.SnapshotSeq, Head.Number, Ledger).Accepted),
    ];

    private bool IsCandidate(MemberKey key) =>
        _slips.Values.Any(item => item.Slip.Candidates.Contains(key))
        || _proposals.Values.Any(
            proposal => proposal.Header.Seal.Opening is not null && proposal.State.Epoch.Contains(key));

    /// <summary>A member that gives the epoch up signs nothing of it any more.</summary>
    private void EnterElection(QuorumMode mode, OpeningReason reason)
    {
        bool evidenceAfterStall = Mode == QuorumMode.Election && mode == QuorumMode.Invalidated;
        if (Mode != QuorumMode.Active && !evidenceAfterStall)
        {
            return;
        }

        Mode = mode;
        _reason = reason;
        _invalidatedMs = _nowMs;
        HoldElection();
    }

    /// <summary>An election whose opening did not get its certificate in time is over; the next one is for the epoch
    /// after.</summary>
    private void TryAgain()
    {
        if (Mode != QuorumMode.Active && ElectionAttempt.At(_parameters, Head.TimeSec, _nowMs) > _attempt)
        {
            // The quorum that was recalled has made no block since: further elections need no majority.
            _reason = _reason == OpeningReason.Recall ? OpeningReason.Stall : _reason;
            HoldElection();
        }
    }

    /// <summary>Begins the election that is due now after the head.</summary>
    private void HoldElection()
    {
        _attempt = ElectionAttempt.At(_parameters, Head.TimeSec, _nowMs);
        long windowMs = (long)_parameters.ElectionWindowSec * 1000;
        long beginMs = (long)ElectionAttempt.BeginSec(_parameters, Head.TimeSec, _attempt) * 1000;
        _electionEndMs = _attempt > 1 || _reason == OpeningReason.Stall ? beginMs + windowMs
            : _reason == OpeningReason.Recall ? _nowMs + (2 * _parameters.GossipBoundMs)
            : Math.Max(_nowMs, (long)Head.TimeSec * 1000) + windowMs;
        _roundStartMs = _electionEndMs;
        _proposed = false;
        Round = 0;
        _polls.Clear();
        ForgetOtherAttempts();
    }

    /// <summary>What can still get a certificate of the quorum that is given up stays: it may come to light.</summary>
    private void ForgetOtherAttempts()
    {
        foreach ((Question, Hash256) key in _slips.Where(
            pair => pair.Value.Slip.Question == Question.Members && pair.Value.Slip.Epoch != NextEpoch)
            .Select(pair => pair.Key).ToArray())
        {
            _slips.Remove(key);
            _slipChanges++;
        }

        _proposalOrder.RemoveAll(
            hash => _proposals[hash].Header.Seal.Opening is { } opening && opening.Epoch != NextEpoch
                && _proposals.Remove(hash));
        foreach ((Hash256, MemberKey) key in _nextSigns.Where(
            pair => pair.Value.Epoch != NextEpoch && pair.Value.Epoch != Head.Epoch.Number)
            .Select(pair => pair.Key).ToArray())
        {
            _nextSigns.Remove(key);
        }
    }

    /// <summary>The opening with all that was heard, its leaf and whom it elects: made again only when something more
    /// was, because it costs hashes over every slip.</summary>
    private (Opening Opening, Hash256 Leaf, IReadOnlyList<MemberKey> Members)? BuildOpening()
    {
        (Hash256, uint, uint, int, OpeningReason) heard =
            (Head.Id, NextEpoch, _slipChanges, _evidence.Count, _reason);
        if (_openingOf != heard)
        {
            IReadOnlyList<VoteSlip> slips = Slips;
            _openingOf = heard;
            _opening = null;
            if (Tally.Elect(slips, _parameters.QuorumSize) is { } members)
            {
                var opening = new Opening(
                    _reason, slips, _reason == OpeningReason.Evidence ? [.. _evidence] : []);
                _opening = (opening, opening.Leaf(), members);
            }
        }

        return _opening;
    }

    /// <summary>An opening must count every slip that this node heard in time: otherwise a few could elect themselves
    /// by leaving the others' slips out [N].</summary>
    private Verdict CheckCompleteness(Opening opening)
    {
        if (Mode == QuorumMode.Active || _nowMs < _electionEndMs)
        {
            return Verdict.Reject(RejectReason.BadSlot, "there is no election whose window has ended");
        }

        if (opening.Epoch != NextEpoch)
        {
            return Verdict.Reject(
                RejectReason.BadSchedule, $"it opens epoch {opening.Epoch}; epoch {NextEpoch} is being elected");
        }

        HashSet<Hash256> counted = [.. opening.Slips.Select(slip => slip.OutputId())];
        foreach (VoteSlip slip in Slips)
        {
            Hash256 output = slip.OutputId();
            bool inTime = _slips[(slip.Question, output)].HeardMs <= _electionEndMs - _parameters.GossipBoundMs;
            if (inTime && !counted.Contains(output))
            {
                return Verdict.Reject(RejectReason.BadProof, $"the opening leaves out the slip of {slip.Voter}");
            }
        }

        return Verdict.Ok;
    }

    /// <summary>Keeps a signature; a second one for the same number and another hash is evidence, which is
    /// published.</summary>
    private void Remember(MemberSign sign)
    {
        if (sign.Seq < Math.Max(1, Head.Epoch.StartSeq))
        {
            return;
        }

        MemberSign? known = Known(sign);
        if (known is null)
        {
            // Nobody needs to sign far ahead: who does is not remembered for all of it.
            if (sign.Seq == NextSeq || _signs.Keys.Count(key => key.Member == sign.Member) < SignsAheadMax)
            {
                _signs.Add((sign.Seq, sign.Member), sign);
            }

            return;
        }

        if (known.Hash != sign.Hash)
        {
            var evidence = new Equivocation(known, sign);
            if (OnEvidence(evidence).Accepted)
            {
                Publish(Blob.Of(BlobKind.Evidence, evidence.Write));
            }
        }
    }

    /// <summary>What a member signed for the same number: heard before, or in the certificate of a decided
    /// block.</summary>
    private MemberSign? Known(MemberSign sign)
    {
        if (_signs.TryGetValue((sign.Seq, sign.Member), out MemberSign? known))
        {
            return known;
        }

        if (sign.Seq > Head.Number)
        {
            return null;
        }

        JudgedBlock block = _chain[(int)sign.Seq];
        ReadOnlySpan<byte> signature = block.Header.Seal.Signatures.AsSpan(
            block.State.Epoch.IndexOf(sign.Member) * MemberSignatures.Size, MemberSignatures.Size);
        return sign with { Hash = block.State.Id, Signature = signature.ToArray() };
    }

    /// <summary>E1 equivocation: valid evidence voids the quorum at every node that sees it [D].</summary>
    private Verdict OnEvidence(Equivocation evidence)
    {
        Verdict verdict = evidence.Check(_kernels, Head.Epoch);
        if (!verdict.Accepted)
        {
            return verdict;
        }

        // One piece per member and number is enough; more would only make openings longer.
        if (_evidence.Count < byte.MaxValue && !_evidence.Exists(
            item => item.First.Member == evidence.First.Member && item.First.Seq == evidence.First.Seq))
        {
            _evidence.Add(evidence);
        }

        bool isVoid = _parameters.Evidence == EvidenceRule.AnyMember
            || new Opening(
                OpeningReason.Evidence, [], [.. _evidence.Where(item => item.First.Seq == evidence.First.Seq)])
                .VoidsWhole(Head.Epoch, evidence.First.Seq);
        if (isVoid)
        {
            EnterElection(QuorumMode.Invalidated, OpeningReason.Evidence);
        }

        return Verdict.Ok;
    }

    /// <summary>A certificate for a number that is decided. If it is a whole one of this quorum, every member signed
    /// twice, and where the number is the last one both blocks are dropped [N: tail rule].</summary>
    private Verdict OnSecondCertificate(SealedHeader header, Hash256 id)
    {
        Epoch epoch = Head.Epoch;
        if (header.Seal.Epoch != epoch.Number || header.Coin.Seq < epoch.StartSeq)
        {
            return Verdict.Reject(RejectReason.BelowFinality, $"block {header.Coin.Seq} is decided");
        }

        Verdict verdict = _consensus.CheckCertificate(header, id, epoch);
        if (!verdict.Accepted)
        {
            return verdict;
        }

        bool isTail = header.Coin.Seq == Head.Number && _chain[^1].Header.Seal.Opening is null;
        RememberSigns(header, Head with { Id = id });
        if (isTail)
        {
            _chain.RemoveAt(_chain.Count - 1);
            StartNumber(_nowMs);
            if (Mode != QuorumMode.Active)
            {
                HoldElection();
            }
        }

        return Verdict.Ok;
    }

    private void RememberSigns(SealedHeader header, QuorumState state)
    {
        for (int i = 0; i < header.Seal.SignatureCount; i++)
        {
            ReadOnlySpan<byte> signature =
                header.Seal.Signatures.AsSpan(i * MemberSignatures.Size, MemberSignatures.Size);
            Remember(new MemberSign(
                state.Epoch.Number, header.Coin.Seq, state.Id, state.Epoch.Members[i], signature.ToArray()));
        }
    }

    private void ForgetEpoch()
    {
        _slips.Clear();
        _slipChanges++;
        _evidence.Clear();
        _signs.Clear();
        _attempt = 1;
    }

    /// <summary>Signatures of decided numbers stand in the certificates.</summary>
    private void ForgetSigns()
    {
        foreach ((ulong Seq, MemberKey Member) key in _signs.Keys.Where(key => key.Seq <= Head.Number).ToArray())
        {
            _signs.Remove(key);
        }
    }
}
