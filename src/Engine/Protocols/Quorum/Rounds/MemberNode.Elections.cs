using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Quorum.Ballots;
using Tactus.Engine.Protocols.Quorum.Blocks;

namespace Tactus.Engine.Protocols.Quorum.Rounds;

/// <summary>Slips, evidence, and how a quorum is replaced.</summary>
public sealed partial class MemberNode
{
    private readonly Dictionary<Hash256, (VoteSlip Slip, long HeardMs)> _slips = [];
    private readonly List<Equivocation> _evidence = [];
    private long _invalidatedMs;
    private long _electionEndMs;
    private OpeningReason _reason;
    private Opening? _opening;
    private (Hash256 Head, int Slips, int Evidence, OpeningReason Reason) _openingOf;

    /// <summary>Evidence against the quorum in force, or the last one while there is none.</summary>
    public IReadOnlyList<Equivocation> Evidence => _evidence;

    /// <summary>The source root that more than half of all coins have voted for in this epoch, or null (H2).</summary>
    public Hash256? RatifiedRoot => Tally.Ratified(ValidSlips(Question.SourceRoot), _parameters.MajorityCoins);

    /// <summary>Whether slips are no longer waited for.</summary>
    public bool ElectionEnded => Mode != QuorumMode.Active && _nowMs >= _electionEndMs;

    /// <summary>Slips that count in the next election, once per output.</summary>
    public IReadOnlyList<VoteSlip> Slips => ValidSlips(Question.Members);

    /// <summary>V1 cast.</summary>
    private Verdict OnSlip(VoteSlip slip)
    {
        uint epoch = slip.Question == Question.Members ? Head.Epoch.Number + 1 : Head.Epoch.Number;
        Verdict verdict = SlipRules.CheckForm(slip, epoch, _parameters);
        verdict = verdict.Accepted
            ? SlipRules.CheckMove(slip, Head.Epoch.VoteSnapshotSeq, Head.Number, Ledger)
            : verdict;
        if (verdict.Accepted && SlipRules.FirstBadSignature(_kernels, [slip]) >= 0)
        {
            verdict = Verdict.Reject(RejectReason.BadProof, $"the slip is not signed by {slip.Voter}");
        }

        if (verdict.Accepted)
        {
            _slips.TryAdd(slip.Digest(), (slip, _nowMs));
            Recall();
        }

        return verdict;
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
        .. Tally.OncePerOutput(_slips.Values.Select(item => item.Slip).Where(slip => slip.Question == question
            && SlipRules.CheckMove(slip, Head.Epoch.VoteSnapshotSeq, Head.Number, Ledger).Accepted)),
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
        long headMs = (long)Head.TimeSec * 1000;
        long windowMs = (long)_parameters.ElectionWindowSec * 1000;
        long stallMs = reason == OpeningReason.Stall ? (long)_parameters.StallTimeoutSec * 1000 : 0;
        _electionEndMs = reason == OpeningReason.Recall
            ? _nowMs + (2 * _parameters.GossipBoundMs)
            : Math.Max(_nowMs, headMs + stallMs) + windowMs;
        _proposed = false;
        Round = 0;
        _polls.Clear();
        _roundStartMs = _electionEndMs;
    }

    /// <summary>The opening with all that was heard: made again only when something more was, because it costs hashes
    /// over every slip.</summary>
    private Opening? BuildOpening()
    {
        (Hash256, int, int, OpeningReason) heard = (Head.Id, _slips.Count, _evidence.Count, _reason);
        if (_openingOf != heard)
        {
            IReadOnlyList<VoteSlip> slips = Slips;
            _openingOf = heard;
            _opening = Tally.Elect(slips, _parameters.QuorumSize) is null
                ? null
                : new Opening(_reason, slips, _reason == OpeningReason.Evidence ? [.. _evidence] : []);
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

        HashSet<Hash256> counted = [.. opening.Slips.Select(slip => slip.OutputId())];
        foreach (VoteSlip slip in Slips)
        {
            bool inTime = _slips[slip.Digest()].HeardMs <= _electionEndMs - _parameters.GossipBoundMs;
            if (inTime && !counted.Contains(slip.OutputId()))
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
        if (!_signs.TryGetValue((sign.Seq, sign.Member), out MemberSign? known))
        {
            _signs.Add((sign.Seq, sign.Member), sign);
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
            _roundStartMs = Math.Max(_roundStartMs, _electionEndMs);
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
        _evidence.Clear();
        _signs.Clear();
    }
}
