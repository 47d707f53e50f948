using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Gasper.State;

namespace Tactus.Engine.Protocols.Gasper.SlashingProtection;

/// <summary>
/// EIP-3076's complete strategy: every signature is kept, so that signing the same thing again and filling gaps is
/// allowed, and only what is slashable or older than everything known is refused.</summary>
public sealed class CompleteProtection(Hash256 genesisValidatorsRoot) : ISlashingProtection
{
    private readonly Dictionary<PublicKey48, History> _histories = [];

    public Verdict SignBlock(in PublicKey48 key, ulong slot, Hash256? signingRoot)
    {
        History history = Of(key);
        var block = new SignedSlot(slot, signingRoot);
        bool isRepeated = signingRoot is not null && history.Blocks.Contains(block);
        if (!isRepeated && history.Blocks.Count > 0)
        {
            if (history.Blocks.Exists(b => b.Slot == slot))
            {
                return Verdict.Reject(RejectReason.DoubleSign, $"another block of slot {slot} is signed", (long)slot);
            }

            ulong first = history.Blocks.Min(b => b.Slot);
            if (slot <= first)
            {
                return Verdict.Reject(
                    RejectReason.DoubleSign, $"slot {slot} is not after {first}, where the record starts", (long)slot);
            }
        }

        if (!isRepeated)
        {
            history.Blocks.Add(block);
        }

        return Verdict.Ok;
    }

    public Verdict SignAttestation(in PublicKey48 key, ulong sourceEpoch, ulong targetEpoch, Hash256? signingRoot)
    {
        History history = Of(key);
        var vote = new SignedVote(sourceEpoch, targetEpoch, signingRoot);
        if (sourceEpoch > targetEpoch)
        {
            return Verdict.Reject(RejectReason.DoubleSign, $"source {sourceEpoch} is later than target {targetEpoch}");
        }

        if (signingRoot is not null && history.Votes.Contains(vote))
        {
            return Verdict.Ok;
        }

        Verdict verdict = Check(history.Votes, vote);
        if (verdict.Accepted)
        {
            history.Votes.Add(vote);
        }

        return verdict;
    }

    public Verdict Import(Interchange interchange)
    {
        ArgumentNullException.ThrowIfNull(interchange);
        if (interchange.GenesisValidatorsRoot != genesisValidatorsRoot)
        {
            return WrongChain(interchange, genesisValidatorsRoot);
        }

        foreach (SigningHistory imported in interchange.Histories)
        {
            History history = Of(imported.PublicKey);
            history.Blocks.AddRange(imported.Blocks.Except(history.Blocks));
            history.Votes.AddRange(imported.Attestations.Except(history.Votes));
        }

        return Verdict.Ok;
    }

    public Interchange Export() => new(
        genesisValidatorsRoot,
        [
            .. _histories.OrderBy(h => h.Key.ToString(), StringComparer.Ordinal)
                .Select(h => new SigningHistory(h.Key, [.. h.Value.Blocks], [.. h.Value.Votes])),
        ]);

    /// <summary>
    /// Forgets blocks before a slot and votes with targets before an epoch, but keeps the newest of each: what is not
    /// after the oldest record is refused, so forgetting never allows more.</summary>
    public void Prune(ulong slot, ulong targetEpoch)
    {
        foreach (History history in _histories.Values)
        {
            if (history.Blocks.Count > 0)
            {
                ulong last = history.Blocks.Max(b => b.Slot);
                history.Blocks.RemoveAll(b => b.Slot < slot && b.Slot < last);
            }

            if (history.Votes.Count > 0)
            {
                ulong last = history.Votes.Max(v => v.TargetEpoch);
                history.Votes.RemoveAll(v => v.TargetEpoch < targetEpoch && v.TargetEpoch < last);
            }
        }
    }

    internal static Verdict WrongChain(Interchange interchange, in Hash256 genesisValidatorsRoot) => Verdict.Reject(
        RejectReason.BadProof,
        "the interchange is of the chain with genesis validators root "
        + $"{interchange.GenesisValidatorsRoot.ToShortString()}; "
        + $"this is {genesisValidatorsRoot.ToShortString()}");

    private static Verdict Check(List<SignedVote> votes, in SignedVote vote)
    {
        ulong firstSource = ulong.MaxValue;
        ulong firstTarget = ulong.MaxValue;
        foreach (SignedVote known in votes)
        {
            bool isDouble = known.TargetEpoch == vote.TargetEpoch;
            bool isSurrounding = vote.SourceEpoch < known.SourceEpoch && known.TargetEpoch < vote.TargetEpoch;
            bool isSurrounded = known.SourceEpoch < vote.SourceEpoch && vote.TargetEpoch < known.TargetEpoch;
            if (isDouble || isSurrounding || isSurrounded)
            {
                string how = isDouble ? "is a double vote with" : isSurrounding ? "surrounds" : "is surrounded by";
                return Verdict.Reject(
                    RejectReason.DoubleSign,
                    $"vote {vote.SourceEpoch} -> {vote.TargetEpoch} {how} {known.SourceEpoch} -> {known.TargetEpoch}");
            }

            firstSource = Math.Min(firstSource, known.SourceEpoch);
            firstTarget = Math.Min(firstTarget, known.TargetEpoch);
        }

        return votes.Count > 0 && (vote.SourceEpoch < firstSource || vote.TargetEpoch <= firstTarget)
            ? Verdict.Reject(
                RejectReason.DoubleSign,
                $"vote {vote.SourceEpoch} -> {vote.TargetEpoch} is older than the record, "
                + $"which starts with source {firstSource}, target {firstTarget}")
            : Verdict.Ok;
    }

    private History Of(in PublicKey48 key)
    {
        if (!_histories.TryGetValue(key, out History? history))
        {
            history = new History([], []);
            _histories.Add(key, history);
        }

        return history;
    }

    private sealed record History(List<SignedSlot> Blocks, List<SignedVote> Votes);
}
