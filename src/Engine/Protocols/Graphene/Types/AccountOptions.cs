using Tactus.Engine.Primitives;

namespace Tactus.Engine.Protocols.Graphene.Types;

/// <summary>What votes are cast for. [C] vote_id is a u32: instance * 256 + type.</summary>
public enum VoteType : byte
{
    Delegate = 0,
    Witness = 1,
    Worker = 2,
}

/// <summary>An account's opinion: "Each account is allowed one vote per share per witness, a process known as approval
/// voting."</summary>
/// <param name="MemoKey">Key for memos.</param>
/// <param name="VotingAccount">The proxy whose opinion counts instead; <see cref="WellKnown.ProxyToSelf"/> = its
/// own.</param>
/// <param name="WitnessCount">Number of witnesses that it finds sufficient; 0 or 1 is no opinion.</param>
/// <param name="DelegateCount">The same for delegates.</param>
/// <param name="Votes">Ascending vote ids.</param>
public sealed record AccountOptions(
    SigningKey MemoKey, uint VotingAccount, ushort WitnessCount, ushort DelegateCount, IReadOnlyList<uint> Votes)
{
    public static AccountOptions None(in SigningKey memoKey) => new(memoKey, WellKnown.ProxyToSelf, 0, 0, []);

    public static uint VoteId(VoteType type, uint instance) => (instance << 8) | (byte)type;

    public static VoteType TypeOf(uint voteId) => (VoteType)(byte)voteId;

    public bool HasOpinion => Votes.Count > 0 || WitnessCount > 1 || DelegateCount > 1;

    public static AccountOptions Read(ref ByteReader reader)
    {
        SigningKey memo = SigningKey.Read(ref reader);
        uint proxy = reader.ReadVarUInt32();
        ushort witnesses = reader.ReadUInt16();
        ushort delegates = reader.ReadUInt16();
        uint[] votes = new uint[reader.ReadCount(WireLimits.VotesMax, 4, "votes")];
        for (int i = 0; i < votes.Length; i++)
        {
            votes[i] = reader.ReadUInt32();
        }

        WireForm.ReadNoExtensions(ref reader);
        return new AccountOptions(memo, proxy, witnesses, delegates, votes);
    }

    public void Write(ByteWriter writer)
    {
        MemoKey.Write(writer);
        writer.WriteVarUInt32(VotingAccount);
        writer.WriteUInt16(WitnessCount);
        writer.WriteUInt16(DelegateCount);
        writer.WriteVarUInt32((uint)Votes.Count);
        foreach (uint vote in Votes)
        {
            writer.WriteUInt32(vote);
        }

        writer.WriteVarUInt32(0);
    }

    /// <summary>"When stakeholders expresses their desired number of witnesses, they must also vote for at least that
    /// many witnesses."</summary>
    /// <returns>Null, or what is wrong.</returns>
    public string? Check()
    {
        for (int i = 1; i < Votes.Count; i++)
        {
            if (Votes[i] <= Votes[i - 1])
            {
                return $"vote {Votes[i]} appears twice or out of order";
            }
        }

        int witnesses = Votes.Count(v => TypeOf(v) == VoteType.Witness);
        int delegates = Votes.Count(v => TypeOf(v) == VoteType.Delegate);
        return WitnessCount > witnesses ? $"{WitnessCount} witnesses are wished for, {witnesses} are voted for"
            : DelegateCount > delegates ? $"{DelegateCount} delegates are wished for, {delegates} are voted for"
            : null;
    }
}
