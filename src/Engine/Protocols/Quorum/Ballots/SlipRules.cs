using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Quorum.Blocks;
using Tactus.Engine.Protocols.Quorum.Coins;
using Tactus.Kernels;

namespace Tactus.Engine.Protocols.Quorum.Ballots;

/// <summary>When a slip counts.</summary>
public static class SlipRules
{
    /// <summary>What the slip says of itself: epoch, weight, number of candidates. Its signature is checked apart, in
    /// batches.</summary>
    public static Verdict CheckForm(VoteSlip slip, uint epoch, QuorumParameters parameters)
    {
        if (slip.Epoch != epoch)
        {
            return Verdict.Reject(
                RejectReason.BadProof, $"the slip votes for epoch {slip.Epoch}, the election is for {epoch}");
        }

        if (slip.Weight < parameters.VoteCoinsMin)
        {
            return Verdict.Reject(
                RejectReason.BadProof, $"{slip.Weight} coins vote; at least {parameters.VoteCoinsMin} are needed");
        }

        return slip.Candidates.Count > parameters.QuorumSize
            ? Verdict.Reject(
                RejectReason.BadProof, $"{slip.Candidates.Count} candidates for {parameters.QuorumSize} seats")
            : Verdict.Ok;
    }

    /// <summary>What the ledger says: the output was there at the snapshot and was spent after it. The first half is
    /// what keeps one coin from voting twice by moving from A to B to C: the second output is younger than the snapshot
    /// [N].</summary>
    /// <param name="slip">The slip.</param>
    /// <param name="snapshotSeq">Last block before the term whose holders vote.</param>
    /// <param name="endSeq">Last block before the election.</param>
    /// <param name="spent">Outputs that were spent.</param>
    public static Verdict CheckMove(VoteSlip slip, ulong snapshotSeq, ulong endSeq, ISpentOutputs spent)
    {
        Hash256 id = slip.OutputId();
        if (!spent.TryGetSpent(id, out SpentOutput moved))
        {
            return Verdict.Reject(
                RejectReason.BadProof, $"no spent output {id.ToShortString()} belongs to the slip's key and coins");
        }

        return moved.CreatedSeq > snapshotSeq || moved.SpentSeq <= snapshotSeq || moved.SpentSeq > endSeq
            ? Verdict.Reject(
                RejectReason.BadProof,
                $"output {id.ToShortString()} was created in block {moved.CreatedSeq} and spent in {moved.SpentSeq}; "
                + $"to vote it must be there at block {snapshotSeq} and be spent from {snapshotSeq + 1} to {endSeq}")
            : Verdict.Ok;
    }

    /// <summary>Checks the signatures of many slips in one batch.</summary>
    /// <returns>Index of the first bad one, or -1.</returns>
    public static int FirstBadSignature(KernelSet kernels, IReadOnlyList<VoteSlip> slips)
    {
        byte[] digests = new byte[slips.Count * 32];
        byte[] signatures = new byte[slips.Count * MemberSignatures.Size];
        var keys = new MemberKey[slips.Count];
        for (int i = 0; i < slips.Count; i++)
        {
            slips[i].Digest().CopyTo(digests.AsSpan(i * 32));
            slips[i].Signature.CopyTo(signatures.AsSpan(i * MemberSignatures.Size));
            keys[i] = slips[i].Voter;
        }

        return MemberSignatures.FirstBad(kernels, digests, signatures, keys);
    }
}
