using Tactus.Engine.Primitives;

namespace Tactus.Engine.Protocols.Quorum.Ballots;

/// <summary>A member's irrevocable signature for a block [D: "each of them unanimously signs the hash of the consensus
/// block"].</summary>
/// <param name="Epoch">Term of the quorum.</param>
/// <param name="Seq">Number of the block.</param>
/// <param name="Hash">Hash of its header.</param>
/// <param name="Member">Who signed.</param>
/// <param name="Signature">65 bytes over <see cref="MemberSignatures.BlockDigest"/>.</param>
public sealed record MemberSign(uint Epoch, ulong Seq, Hash256 Hash, MemberKey Member, byte[] Signature)
{
    public Hash256 Digest() => MemberSignatures.BlockDigest(Epoch, Seq, Hash);

    public static MemberSign Create(uint epoch, ulong seq, in Hash256 hash, ReadOnlySpan<byte> secret) =>
        Create(epoch, seq, hash, MemberSignatures.KeyOf(secret), secret);

    /// <summary>The same by a member whose key is known: finding it from the secret costs as much as signing.</summary>
    public static MemberSign Create(
        uint epoch, ulong seq, in Hash256 hash, in MemberKey member, ReadOnlySpan<byte> secret) => new(
        epoch,
        seq,
        hash,
        member,
        MemberSignatures.Sign(MemberSignatures.BlockDigest(epoch, seq, hash), secret));

    public void Write(ByteWriter writer)
    {
        writer.WriteUInt32(Epoch);
        writer.WriteUInt64(Seq);
        writer.WriteHash256(Hash);
        Member.Write(writer);
        writer.WriteSpan(Signature);
    }

    public static MemberSign Read(ref ByteReader reader) => new(
        reader.ReadUInt32(),
        reader.ReadUInt64(),
        reader.ReadHash256(),
        MemberKey.Read(ref reader),
        reader.ReadSpan(MemberSignatures.Size).ToArray());
}
