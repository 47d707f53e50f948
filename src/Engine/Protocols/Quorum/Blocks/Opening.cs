using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Quorum.Ballots;
using Tactus.Kernels;

namespace Tactus.Engine.Protocols.Quorum.Blocks;

/// <summary>Why a quorum is replaced.</summary>
public enum OpeningReason : byte
{
    /// <summary>Members signed twice [D: "it results in the quorum being invalidated and a new quorum
    /// election"].</summary>
    Evidence = 1,

    /// <summary>No block for the stall timeout and the election window [N: unanimity has no tolerance of its
    /// own].</summary>
    Stall = 2,

    /// <summary>Slips for the next epoch worth more than half of all coins [N: the answer to censorship].</summary>
    Recall = 3,
}

/// <summary>What the first block of an epoch carries: why the last quorum is void and the slips that elected the next
/// one. So the chain tells who signs it, and nothing but the chain is needed to check it. The document leaves open
/// "whether to have the votes on the blockchain or off-blockchain"; here slips are gathered off it and those that count
/// are put on it [N].</summary>
public sealed record Opening(OpeningReason Reason, IReadOnlyList<VoteSlip> Slips, IReadOnlyList<Equivocation> Evidence)
{
    /// <summary>The epoch that it opens: that of its slips; 0 where there are none, which elects nobody.</summary>
    public uint Epoch => Slips.Count > 0 ? Slips[0].Epoch : 0;

    /// <summary>Checks the opening against the parent's term and tallies it.</summary>
    /// <param name="kernels">Kernels.</param>
    /// <param name="parent">State after the parent.</param>
    /// <param name="timeSec">Time of the block that carries it.</param>
    /// <param name="parameters">Parameters.</param>
    /// <param name="trustSignatures">Skip the slips' signatures: for blocks known to be good.</param>
    /// <param name="next">The term that it opens.</param>
    /// <param name="mandateCoins">Whole coins that voted.</param>
    public Verdict Check(
        KernelSet kernels,
        QuorumState parent,
        ulong timeSec,
        QuorumParameters parameters,
        bool trustSignatures,
        out Epoch? next,
        out ulong mandateCoins)
    {
        next = null;
        mandateCoins = 0;
        if (Epoch <= parent.Epoch.Number)
        {
            return Verdict.Reject(
                RejectReason.BadProof, $"the slips are for epoch {Epoch}; epoch {parent.Epoch.Number} is in force");
        }

        Verdict verdict = CheckSlips(kernels, Epoch, parameters, trustSignatures, out mandateCoins);
        verdict = verdict.Accepted ? CheckReason(kernels, parent, timeSec, parameters, mandateCoins) : verdict;
        if (!verdict.Accepted)
        {
            return verdict;
        }

        IReadOnlyList<MemberKey>? members = Tally.Elect(Slips, parameters.QuorumSize);
        if (members is null)
        {
            return Verdict.Reject(
                RejectReason.BadProof, $"the slips name fewer than {parameters.QuorumSize} candidates");
        }

        next = new Epoch(Epoch, parent.Number + 1UL, members);
        return Verdict.Ok;
    }

    /// <summary>Whether the evidence is two whole certificates for one number: then that block, if it is the last, is
    /// dropped.</summary>
    public bool VoidsWhole(Epoch epoch, ulong seq)
    {
        if (Evidence.Count < epoch.Members.Count)
        {
            return false;
        }

        (Hash256 Low, Hash256 High)? pair = null;
        var members = new HashSet<MemberKey>();
        foreach (Equivocation item in Evidence)
        {
            bool ascending = item.First.Hash < item.Second.Hash;
            (Hash256, Hash256) own = ascending
                ? (item.First.Hash, item.Second.Hash)
                : (item.Second.Hash, item.First.Hash);
            pair ??= own;
            if (item.First.Seq != seq || pair != own)
            {
                return false;
            }

            members.Add(item.First.Member);
        }

        return members.Count == epoch.Members.Count;
    }

    /// <summary>Last leaf of the block's Merkle tree, which binds the opening to the header that members sign
    /// [N].</summary>
    public Hash256 Leaf()
    {
        var writer = new ByteWriter(1024);
        Write(writer);
        return MemberSignatures.Digest("opening", writer.Written);
    }

    public void Write(ByteWriter writer)
    {
        writer.WriteByte((byte)Reason);
        writer.WriteUInt32((uint)Slips.Count);
        foreach (VoteSlip slip in Slips)
        {
            slip.Write(writer);
        }

        writer.WriteByte((byte)Evidence.Count);
        foreach (Equivocation item in Evidence)
        {
            item.Write(writer);
        }
    }

    public static Opening Read(ref ByteReader reader)
    {
        int at = reader.Position;
        byte reason = reader.ReadByte();
        uint count = reader.ReadUInt32();
        if (reason is 0 or > (byte)OpeningReason.Recall || count > QuorumParameters.SlipsMax)
        {
            reader.Fail($"an opening of reason {reason} with {count} slips (at most {QuorumParameters.SlipsMax})", at);
        }

        var slips = new List<VoteSlip>();
        for (uint i = 0; i < count && !reader.Failed; i++)
        {
            slips.Add(VoteSlip.Read(ref reader));
        }

        var evidence = new List<Equivocation>();
        int evidenceCount = reader.ReadByte();
        for (int i = 0; i < evidenceCount && !reader.Failed; i++)
        {
            evidence.Add(Equivocation.Read(ref reader));
        }

        return new Opening((OpeningReason)reason, slips, evidence);
    }

    private Verdict CheckSlips(
        KernelSet kernels, uint epoch, QuorumParameters parameters, bool trustSignatures, out ulong mandateCoins)
    {
        mandateCoins = 0;
        Hash256 previous = default;
        for (int i = 0; i < Slips.Count; i++)
        {
            Verdict verdict = SlipRules.CheckForm(Slips[i], epoch, parameters);
            Hash256 id = Slips[i].OutputId();
            if (!verdict.Accepted || Slips[i].Question != Question.Members || (i > 0 && id <= previous))
            {
                return Verdict.Reject(
                    RejectReason.BadProof,
                    $"slip {i}: {verdict.Detail ?? "not an election's, or out of the order of outputs"}", i);
            }

            previous = id;
        }

        int bad = trustSignatures ? -1 : SlipRules.FirstBadSignature(kernels, Slips);
        mandateCoins = Tally.WeightOf(Slips);
        return bad < 0 ? Verdict.Ok : Verdict.Reject(
            RejectReason.BadProof, $"slip {bad} is not signed by its voter", bad);
    }

    private Verdict CheckReason(
        KernelSet kernels, QuorumState parent, ulong timeSec, QuorumParameters parameters, ulong mandateCoins)
    {
        uint attempt = Epoch - parent.Epoch.Number;
        ulong beginSec = ElectionAttempt.BeginSec(parameters, parent.TimeSec, attempt);
        if (attempt > 1 && timeSec < beginSec)
        {
            return Verdict.Reject(
                RejectReason.BadSlot,
                $"attempt {attempt} at this election begins at {beginSec}, the block's time is {timeSec}");
        }

        if (Reason == OpeningReason.Recall)
        {
            return mandateCoins > parameters.MajorityCoins
                ? Verdict.Ok
                : Verdict.Reject(
                    RejectReason.BadProof,
                    $"{mandateCoins} coins do not recall a quorum: more than {parameters.MajorityCoins} do");
        }

        if (mandateCoins < parameters.SupplyCoins / parameters.MandateDivisor)
        {
            return Verdict.Reject(
                RejectReason.BadProof,
                $"{mandateCoins} coins voted; an election needs {parameters.SupplyCoins / parameters.MandateDivisor}");
        }

        bool waits = Reason == OpeningReason.Stall || attempt > 1;
        ulong earliestSec = parameters.ElectionWindowSec + (waits ? beginSec : parent.TimeSec);
        if (timeSec < earliestSec)
        {
            return Verdict.Reject(
                RejectReason.BadSlot, $"the election ends at {earliestSec}, the block's time is {timeSec}");
        }

        return Reason == OpeningReason.Stall ? Verdict.Ok : CheckEvidence(kernels, parent.Epoch, parameters);
    }

    private Verdict CheckEvidence(KernelSet kernels, Epoch epoch, QuorumParameters parameters)
    {
        foreach (Equivocation item in Evidence)
        {
            Verdict verdict = item.Check(kernels, epoch);
            if (!verdict.Accepted)
            {
                return verdict;
            }
        }

        bool enough = Evidence.Count > 0
            && (parameters.Evidence == EvidenceRule.AnyMember || VoidsWhole(epoch, Evidence[0].First.Seq));
        return enough
            ? Verdict.Ok
            : Verdict.Reject(
                RejectReason.BadProof,
                $"{Evidence.Count} pieces of evidence do not void the quorum ({parameters.Evidence})");
    }
}
