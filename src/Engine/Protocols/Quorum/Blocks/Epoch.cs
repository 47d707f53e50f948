using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Quorum.Ballots;

namespace Tactus.Engine.Protocols.Quorum.Blocks;

/// <summary>The term of one quorum.</summary>
/// <param name="Number">Counts quorums; 0 is the era of Skycoin's single publisher [C].</param>
/// <param name="StartSeq">First block that the quorum certifies.</param>
/// <param name="Members">Keys, ascending.</param>
public sealed record Epoch(uint Number, ulong StartSeq, IReadOnlyList<MemberKey> Members)
{
    public bool Contains(in MemberKey key) => IndexOf(key) >= 0;

    /// <summary>Seat of a member, or -1.</summary>
    public int IndexOf(in MemberKey key)
    {
        for (int i = 0; i < Members.Count; i++)
        {
            if (Members[i] == key)
            {
                return i;
            }
        }

        return -1;
    }

    public void Write(ByteWriter writer)
    {
        writer.WriteUInt32(Number);
        writer.WriteUInt64(StartSeq);
        writer.WriteByte((byte)Members.Count);
        foreach (MemberKey member in Members)
        {
            member.Write(writer);
        }
    }

    public static Epoch Read(ref ByteReader reader)
    {
        uint number = reader.ReadUInt32();
        ulong start = reader.ReadUInt64();
        var members = new MemberKey[reader.ReadByte()];
        for (int i = 0; i < members.Length; i++)
        {
            members[i] = MemberKey.Read(ref reader);
        }

        return new Epoch(number, start, members);
    }
}
