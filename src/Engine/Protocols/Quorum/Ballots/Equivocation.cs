using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Quorum.Blocks;
using Tactus.Kernels;

namespace Tactus.Engine.Protocols.Quorum.Ballots;

/// <summary>Evidence against a member: two of its signatures in one term for two blocks of one number [D: "they cant go
/// back and sign another block with the same sequence number"]; a number decided long ago counts alike [D: "try to sign
/// an earlier block, that has already been decided"]. It cannot be made without the member's key.</summary>
public sealed record Equivocation(MemberSign First, MemberSign Second)
{
    /// <summary>Whether this is evidence against a quorum. Two signatures for the same hash are not.</summary>
    public Verdict Check(KernelSet kernels, Epoch epoch)
    {
        if (First.Epoch != epoch.Number || Second.Epoch != epoch.Number)
        {
            return Verdict.Reject(RejectReason.BadProof, $"the signatures are of another term than {epoch.Number}");
        }

        if (First.Member != Second.Member || !epoch.Contains(First.Member))
        {
            return Verdict.Reject(RejectReason.BadProof, "the signatures are not by one member of the quorum");
        }

        if (First.Seq != Second.Seq || First.Hash == Second.Hash)
        {
            return Verdict.Reject(RejectReason.BadProof, "the signatures are not for two blocks of one number");
        }

        if (epoch.Number == 0)
        {
            return Verdict.Reject(
                RejectReason.BadProof,
                "signatures of epoch 0 do not bind a number: the publisher's era has no evidence");
        }

        return MemberSignatures.Check(kernels, First.Digest(), First.Signature, First.Member)
            && MemberSignatures.Check(kernels, Second.Digest(), Second.Signature, Second.Member)
                ? Verdict.Ok
                : Verdict.Reject(RejectReason.BadProof, $"a signature is not by {First.Member}");
    }

    public void Write(ByteWriter writer)
    {
        First.Write(writer);
        Second.Write(writer);
    }

    public static Equivocation Read(ref ByteReader reader) =>
        new(MemberSign.Read(ref reader), MemberSign.Read(ref reader));
}
