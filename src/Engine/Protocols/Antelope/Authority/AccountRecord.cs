// Layout of the 56 bytes: 0 flags and prefix of the active key | 1..32 x of the active key | 33..39 authorization
// sequence | 40..46 receive sequence | 47 more flags | 48..55 balance of the core token. A SEC1-compressed key has
// prefix 0x02 or 0x03, so the six high bits of byte 0 are free. Sequences are 56-bit little-endian: 2^56 receipts are
// 2,000 years at one million a second.
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.Engine.State;

namespace Tactus.Engine.Protocols.Antelope.Authority;

/// <summary>An account of the common form (one K1 key for owner and active, threshold 1) in one cell: key, both
/// sequences and the balance of the core token. What is not of that form is elsewhere, and a flag says so.</summary>
[InlineArray(StateCell.Size)]
public struct AccountRecord
{
    private const int AuthorizationSequenceAt = PublicKey.CompressedSize;
    private const int ReceiveSequenceAt = AuthorizationSequenceAt + 7;
    private const int MoreFlagsAt = ReceiveSequenceAt + 7;
    private const int CoreBalanceAt = MoreFlagsAt + 1;

    private const byte PrefixMask = 0x03;

    // Byte 0.
    private const byte GeneralActive = 0x80;
    private const byte Links = 0x40;
    private const byte Code = 0x20;
    private const byte Privileged = 0x10;

    // Byte 47.
    private const byte GeneralOwner = 0x01;
    private const byte OwnerApart = 0x02;
    private const byte CoreBalanceRow = 0x04;

    private byte _first;

    /// <summary>The active authority is no single K1 key: it is in
    /// <see cref="Execution.StateTables.Permissions"/>.</summary>
    public readonly bool IsActiveGeneral => (_first & GeneralActive) != 0;

    /// <summary>The owner authority is no single K1 key: it is in
    /// <see cref="Execution.StateTables.Permissions"/>.</summary>
    public readonly bool IsOwnerGeneral => (this[MoreFlagsAt] & GeneralOwner) != 0;

    /// <summary>The owner authority is a single K1 key other than active's: it is in
    /// <see cref="Execution.StateTables.AccountOwner"/>.</summary>
    public readonly bool IsOwnerApart => (this[MoreFlagsAt] & OwnerApart) != 0;

    /// <summary>Some actions need another permission than active (<see cref="PermissionLinks"/>).</summary>
    public bool HasLinks
    {
        readonly get => (_first & Links) != 0;
        set => SetFlag(0, Links, value);
    }

    public bool HasCode
    {
        readonly get => (_first & Code) != 0;
        set => SetFlag(0, Code, value);
    }

    public bool IsPrivileged
    {
        readonly get => (_first & Privileged) != 0;
        set => SetFlag(0, Privileged, value);
    }

    /// <summary>Whether the account has a row of the core token, perhaps an empty one.</summary>
    public bool HasCoreBalance
    {
        readonly get => (this[MoreFlagsAt] & CoreBalanceRow) != 0;
        set => SetFlag(MoreFlagsAt, CoreBalanceRow, value);
    }

    /// <summary>Smallest units of the core token; 0 without <see cref="HasCoreBalance"/>.</summary>
    public long CoreBalance
    {
        readonly get => BinaryPrimitives.ReadInt64LittleEndian(((ReadOnlySpan<byte>)this)[CoreBalanceAt..]);
        set => BinaryPrimitives.WriteInt64LittleEndian(((Span<byte>)this)[CoreBalanceAt..], value);
    }

    /// <summary>How often the account authorized an action that somebody received.</summary>
    public ulong AuthorizationSequence
    {
        readonly get => Sequence(AuthorizationSequenceAt);
        set => SetSequence(AuthorizationSequenceAt, value);
    }

    /// <summary>How often the account received an action.</summary>
    public ulong ReceiveSequence
    {
        readonly get => Sequence(ReceiveSequenceAt);
        set => SetSequence(ReceiveSequenceAt, value);
    }

    public static ref AccountRecord Of(ref StateCell cell) => ref Unsafe.As<StateCell, AccountRecord>(ref cell);

    /// <summary>Stores the authorities as far as they are single keys; an empty span stands for a general one.
    /// Everything else of the record stays.</summary>
    /// <returns>Whether the owner's key is to be kept in <see cref="Execution.StateTables.AccountOwner"/>.</returns>
    public bool SetAuthorities(ReadOnlySpan<byte> ownerKey33, ReadOnlySpan<byte> activeKey33)
    {
        byte flags = (byte)(_first & ~(PrefixMask | GeneralActive));
        Span<byte> bytes = this;
        if (activeKey33.IsEmpty)
        {
            bytes[..PublicKey.CompressedSize].Clear();
            flags |= GeneralActive;
        }
        else
        {
            activeKey33[..PublicKey.CompressedSize].CopyTo(bytes);
        }

        _first = (byte)((_first & PrefixMask) | flags);
        bool apart = !ownerKey33.IsEmpty && !ownerKey33.SequenceEqual(activeKey33);
        SetFlag(MoreFlagsAt, GeneralOwner, ownerKey33.IsEmpty);
        SetFlag(MoreFlagsAt, OwnerApart, apart);
        return apart;
    }

    /// <summary>Copies the single key of active, without flags.</summary>
    /// <returns>False where the authority is general.</returns>
    public readonly bool TryGetActiveKey(Span<byte> key33)
    {
        if (IsActiveGeneral)
        {
            return false;
        }

        ReadOnlySpan<byte> bytes = this;
        bytes[..PublicKey.CompressedSize].CopyTo(key33);
        key33[0] &= PrefixMask;
        return true;
    }

    /// <summary>Whether active is this single key; false where the authority is general.</summary>
    public readonly bool ActiveKeyEquals(in KeyTag tag)
    {
        if (IsActiveGeneral || tag.Type != KeyType.K1)
        {
            return false;
        }

        ReadOnlySpan<byte> mine = this;
        ReadOnlySpan<byte> other = KeyTag.Compressed(in tag);
        return (mine[0] & PrefixMask) == other[0]
            && mine[1..PublicKey.CompressedSize].SequenceEqual(other[1..]);
    }

    // Each sequence has a byte before it, so that eight bytes can be read and written at once.
    private readonly ulong Sequence(int at) =>
        BinaryPrimitives.ReadUInt64LittleEndian(((ReadOnlySpan<byte>)this)[(at - 1)..]) >> 8;

    private void SetSequence(int at, ulong value)
    {
        Span<byte> bytes = this;
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[(at - 1)..], (value << 8) | bytes[at - 1]);
    }

    private void SetFlag(int at, byte flag, bool value)
    {
        ref byte flags = ref Unsafe.Add(ref _first, at);
        flags = (byte)(value ? flags | flag : flags & ~flag);
    }
}
