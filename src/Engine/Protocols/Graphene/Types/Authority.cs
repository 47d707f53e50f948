using Tactus.Engine.Primitives;

namespace Tactus.Engine.Protocols.Graphene.Types;

/// <summary>Who may act for an account: members with weights and a threshold. Bytes [C]: threshold u32, accounts as
/// varint with u16 weight, keys with u16 weight, addresses (always empty here).</summary>
public sealed record Authority(
    uint Threshold, IReadOnlyList<(uint Account, ushort Weight)> Accounts,
    IReadOnlyList<(SigningKey Key, ushort Weight)> Keys)
{
    public static Authority OfKey(in SigningKey key) => new(1, [], [(key, 1)]);

    /// <summary>Nobody: a threshold without members.</summary>
    public static Authority Nobody { get; } = new(1, [], []);

    public static Authority Read(ref ByteReader reader)
    {
        uint threshold = reader.ReadUInt32();
        var accounts = new (uint, ushort)[reader.ReadCount(WireLimits.AuthorityMembersMax, 3, "account authorities")];
        for (int i = 0; i < accounts.Length; i++)
        {
            accounts[i] = (reader.ReadVarUInt32(), reader.ReadUInt16());
        }

        var keys = new (SigningKey, ushort)[reader.ReadCount(WireLimits.AuthorityMembersMax, SigningKey.Size + 2, "key authorities")];
        for (int i = 0; i < keys.Length; i++)
        {
            keys[i] = (SigningKey.Read(ref reader), reader.ReadUInt16());
        }

        if (reader.ReadVarUInt32() != 0)
        {
            reader.Fail("address authorities are not supported: name the key itself");
        }

        return new Authority(threshold, accounts, keys);
    }

    public void Write(ByteWriter writer)
    {
        writer.WriteUInt32(Threshold);
        writer.WriteVarUInt32((uint)Accounts.Count);
        foreach ((uint account, ushort weight) in Accounts)
        {
            writer.WriteVarUInt32(account);
            writer.WriteUInt16(weight);
        }

        writer.WriteVarUInt32((uint)Keys.Count);
        foreach ((SigningKey key, ushort weight) in Keys)
        {
            key.Write(writer);
            writer.WriteUInt16(weight);
        }

        writer.WriteVarUInt32(0);
    }

    /// <summary>Null where all members together reach the threshold, which is at least one; else what is
    /// wrong.</summary>
    public string? Check()
    {
        long total = Accounts.Sum(a => (long)a.Weight) + Keys.Sum(k => (long)k.Weight);
        return Threshold == 0 ? "an authority with threshold 0 is open to everybody"
            : total < Threshold ? $"all members weigh {total}, the threshold is {Threshold}"
            : null;
    }
}
