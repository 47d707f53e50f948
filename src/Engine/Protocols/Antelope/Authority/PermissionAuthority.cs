using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Types;

namespace Tactus.Engine.Protocols.Antelope.Authority;

/// <summary>A permission of another account as a factor of an authority.</summary>
public readonly record struct AccountWeight(PermissionLevel Level, ushort Weight);

/// <summary>A delay as a factor of an authority.</summary>
public readonly record struct WaitWeight(uint WaitSec, ushort Weight);

/// <summary>Who may use a permission: keys, other permissions and waits whose weights reach the threshold (wire type
/// "authority", leap v5.0.3 authority.hpp).</summary>
public sealed class PermissionAuthority
{
    /// <summary>Most factors together; nodeos allows 2^16, but what an account stores is bounded by
    /// <see cref="PermissionStore.PermissionBytesMax"/> anyway.</summary>
    public const int FactorsMax = 1 << 12;

    private readonly KeyTag[] _tags;

    public PermissionAuthority(
        uint threshold,
        IReadOnlyList<KeyWeight> keys,
        IReadOnlyList<AccountWeight>? accounts = null,
        IReadOnlyList<WaitWeight>? waits = null)
    {
        Threshold = threshold;
        Keys = keys;
        Accounts = accounts ?? [];
        Waits = waits ?? [];
        _tags = new KeyTag[keys.Count];
        for (int i = 0; i < keys.Count; i++)
        {
            // A key that could not be read has no bytes; the reader has failed and the authority is thrown away.
            _tags[i] = keys[i].Key.Data.IsEmpty ? default : KeyTag.Of(keys[i].Key);
        }
    }

    public uint Threshold { get; }

    public IReadOnlyList<KeyWeight> Keys { get; }

    public IReadOnlyList<AccountWeight> Accounts { get; }

    public IReadOnlyList<WaitWeight> Waits { get; }

    /// <summary>The keys as tags, in the same order.</summary>
    public ReadOnlySpan<KeyTag> Tags => _tags;

    /// <summary>The common form, which an account stores in place: one K1 key of weight 1, threshold 1.</summary>
    public bool IsSingleKey => Threshold == 1 && Keys.Count == 1 && Accounts.Count == 0 && Waits.Count == 0
        && Keys[0].Weight == 1 && Keys[0].Key.Type == KeyType.K1;

    public static PermissionAuthority OfKey(PublicKey key) => new(1, [new KeyWeight(key, 1)]);

    public static PermissionAuthority Read(ref ByteReader reader)
    {
        uint threshold = reader.ReadUInt32();
        var keys = new KeyWeight[reader.ReadCount(FactorsMax, PublicKey.CompressedSize + 3, "authority keys")];
        for (int i = 0; i < keys.Length; i++)
        {
            PublicKey key = PublicKey.Read(ref reader);
            keys[i] = new KeyWeight(key, reader.ReadUInt16());
        }

        var accounts = new AccountWeight[reader.ReadCount(FactorsMax, PermissionLevel.Size + 2, "authority accounts")];
        for (int i = 0; i < accounts.Length; i++)
        {
            PermissionLevel level = PermissionLevel.Read(ref reader);
            accounts[i] = new AccountWeight(level, reader.ReadUInt16());
        }

        var waits = new WaitWeight[reader.ReadCount(FactorsMax, 6, "authority waits")];
        for (int i = 0; i < waits.Length; i++)
        {
            uint waitSec = reader.ReadUInt32();
            waits[i] = new WaitWeight(waitSec, reader.ReadUInt16());
        }

        return new PermissionAuthority(threshold, keys, accounts, waits);
    }

    public void Write(ByteWriter writer)
    {
        writer.WriteUInt32(Threshold);
        writer.WriteVarUInt32((uint)Keys.Count);
        foreach (KeyWeight key in Keys)
        {
            key.Key.Write(writer);
            writer.WriteUInt16(key.Weight);
        }

        writer.WriteVarUInt32((uint)Accounts.Count);
        foreach (AccountWeight account in Accounts)
        {
            account.Level.Write(writer);
            writer.WriteUInt16(account.Weight);
        }

        writer.WriteVarUInt32((uint)Waits.Count);
        foreach (WaitWeight wait in Waits)
        {
            writer.WriteUInt32(wait.WaitSec);
            writer.WriteUInt16(wait.Weight);
        }
    }

    /// <summary>Factors sorted and unique, threshold not zero and within reach.</summary>
    public bool IsValid()
    {
        if (Threshold == 0 || Keys.Count + Accounts.Count + Waits.Count > FactorsMax)
        {
            return false;
        }

        ulong weight = 0;
        for (int i = 0; i < Keys.Count; i++)
        {
            weight += Keys[i].Weight;
            if (i > 0 && Compare(Keys[i - 1].Key, Keys[i].Key) >= 0)
            {
                return false;
            }
        }

        for (int i = 0; i < Accounts.Count; i++)
        {
            weight += Accounts[i].Weight;
            if (i > 0 && Compare(Accounts[i - 1].Level, Accounts[i].Level) >= 0)
            {
                return false;
            }
        }

        for (int i = 0; i < Waits.Count; i++)
        {
            weight += Waits[i].Weight;
            if (Waits[i].WaitSec == 0 || (i > 0 && Waits[i - 1].WaitSec >= Waits[i].WaitSec))
            {
                return false;
            }
        }

        return weight >= Threshold;
    }

    /// <summary>Key order of fc: type, then bytes; a WebAuthn key's relying party id compares as text, without its
    /// length.</summary>
    public static int Compare(PublicKey left, PublicKey right)
    {
        if (left.Type != right.Type || left.Type != KeyType.WebAuthn)
        {
            return left.Type != right.Type ? left.Type.CompareTo(right.Type) : left.Data.SequenceCompareTo(right.Data);
        }

        const int Fixed = PublicKey.CompressedSize + 1;
        int order = left.Data[..Fixed].SequenceCompareTo(right.Data[..Fixed]);
        return order != 0 ? order : TextOf(left).SequenceCompareTo(TextOf(right));

        static ReadOnlySpan<byte> TextOf(PublicKey key)
        {
            var reader = new ByteReader(key.Data, Fixed);
            return reader.ReadBytes(WireLimits.BytesMax, "relying party id");
        }
    }

    public static int Compare(PermissionLevel left, PermissionLevel right)
    {
        int order = left.Actor.CompareTo(right.Actor);
        return order != 0 ? order : left.Permission.CompareTo(right.Permission);
    }
}
