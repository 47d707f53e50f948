using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Quorum.Ballots;

namespace Tactus.Engine.Protocols.Quorum.Rounds;

/// <summary>A member's public vote between blocks [D: "The elected pubkeys/nodes vote between blocks in a public
/// process"]. It may change from round to round, unlike a <see cref="MemberSign"/>.</summary>
public sealed record Poll(uint Epoch, ulong Seq, uint Round, Hash256 Hash, MemberKey Member, byte[] Signature)
{
    public Hash256 Digest()
    {
        var writer = new ByteWriter(64);
        writer.WriteUInt32(Epoch);
        writer.WriteUInt64(Seq);
        writer.WriteUInt32(Round);
        writer.WriteHash256(Hash);
        return MemberSignatures.Digest("poll", writer.Written);
    }

    public static Poll Create(uint epoch, ulong seq, uint round, in Hash256 hash, ReadOnlySpan<byte> secret) =>
        Create(epoch, seq, round, hash, MemberSignatures.KeyOf(secret), secret);

    /// <summary>The same by a member whose key is known: finding it from the secret costs as much as signing.</summary>
    public static Poll Create(
        uint epoch, ulong seq, uint round, in Hash256 hash, in MemberKey member, ReadOnlySpan<byte> secret)
    {
        var poll = new Poll(epoch, seq, round, hash, member, []);
        return poll with { Signature = MemberSignatures.Sign(poll.Digest(), secret) };
    }

    public void Write(ByteWriter writer)
    {
        writer.WriteUInt32(Epoch);
        writer.WriteUInt64(Seq);
        writer.WriteUInt32(Round);
        writer.WriteHash256(Hash);
        Member.Write(writer);
        writer.WriteSpan(Signature);
    }

    public static Poll Read(ref ByteReader reader) => new(
        reader.ReadUInt32(),
        reader.ReadUInt64(),
        reader.ReadUInt32(),
        reader.ReadHash256(),
        MemberKey.Read(ref reader),
        reader.ReadSpan(MemberSignatures.Size).ToArray());
}
