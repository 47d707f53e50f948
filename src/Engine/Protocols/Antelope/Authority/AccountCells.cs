// Values represented: a SEC1-compressed key has prefix 0x02 or 0x03, so the six high bits of byte 0 of the 33-byte key
// are free and carry flags. Sequences are 56-bit little-endian: 2^56 receipts are 2,000 years at one million a second.
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Tactus.Engine.Protocols.Antelope.Execution;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.Engine.State;

namespace Tactus.Engine.Protocols.Antelope.Authority;

/// <summary>Half of an account: a 33-byte K1 key with flags in the free bits of its prefix, and a 56-bit sequence. Two
/// of these cells are a whole account of the common form (one K1 key each for owner and active, threshold 1): 80
/// bytes.</summary>
[InlineArray(StateCell.Size)]
public struct AccountHalf
{
    private const int SequenceOffset = PublicKey.CompressedSize;

    private const byte PrefixMask = 0x03;

    private byte _first;

    /// <summary>The permission is no single K1 key: its authority is in
    /// <see cref="StateTables.Permissions"/>.</summary>
    public const byte General = 0x80;

    /// <summary>Active half: the account has links. Owner half: the account has code.</summary>
    public const byte LinksOrCode = 0x40;

    /// <summary>Owner half: the account is privileged.</summary>
    public const byte Privileged = 0x20;

    public readonly bool IsGeneral => (_first & General) != 0;

    public readonly bool HasLinksOrCode => (_first & LinksOrCode) != 0;

    public readonly bool IsPrivileged => (_first & Privileged) != 0;

    /// <summary>Receive sequence (owner half) or authorization sequence (active half).</summary>
    public ulong Sequence
    {
        readonly get
        {
            ReadOnlySpan<byte> bytes = this;
            return BinaryPrimitives.ReadUInt64LittleEndian(bytes[(SequenceOffset - 1)..]) >> 8;
        }

        set
        {
            Span<byte> bytes = this;
            byte last = bytes[SequenceOffset - 1];
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[(SequenceOffset - 1)..], (value << 8) | last);
        }
    }

    public static ref AccountHalf Of(ref StateCell cell) => ref Unsafe.As<StateCell, AccountHalf>(ref cell);

    public void SetFlag(byte flag, bool value) => _first = (byte)(value ? _first | flag : _first & ~flag);

    /// <summary>Stores a single K1 key and clears <see cref="General"/>; other flags and the sequence stay.</summary>
    public void SetKey(ReadOnlySpan<byte> key33)
    {
        byte flags = (byte)(_first & ~(PrefixMask | General));
        Span<byte> bytes = this;
        key33[..PublicKey.CompressedSize].CopyTo(bytes);
        _first = (byte)((_first & PrefixMask) | flags);
    }

    /// <summary>Marks the authority as general; the key bytes become zero.</summary>
    public void SetGeneral()
    {
        byte flags = (byte)((_first & ~PrefixMask) | General);
        Span<byte> bytes = this;
        bytes[..PublicKey.CompressedSize].Clear();
        _first = flags;
    }

    /// <summary>Copies the single key, without flags.</summary>
    /// <returns>False where the authority is general.</returns>
    public readonly bool TryGetKey(Span<byte> key33)
    {
        if (IsGeneral)
        {
            return false;
        }

        ReadOnlySpan<byte> bytes = this;
        bytes[..PublicKey.CompressedSize].CopyTo(key33);
        key33[0] &= PrefixMask;
        return true;
    }

    /// <summary>Whether the single key is this one; false where the authority is general.</summary>
    public readonly bool KeyEquals(in KeyTag tag)
    {
        if (IsGeneral || tag.Type != KeyType.K1)
        {
            return false;
        }

        ReadOnlySpan<byte> mine = this;
        ReadOnlySpan<byte> other = KeyTag.Compressed(in tag);
        return (mine[0] & PrefixMask) == other[0]
            && mine[1..PublicKey.CompressedSize].SequenceEqual(other[1..]);
    }
}

/// <summary>Where an account's two halves lie, and the lookup that the signature stage uses before keys are
/// checked.</summary>
public static class AccountCells
{
    public static StateKey ActiveKey(ulong account) => StateKey.Of(StateTables.AccountActive, account);

    public static StateKey OwnerKey(ulong account) => StateKey.Of(StateTables.AccountOwner, account);

    public static bool Exists(IStateView view, ulong account) => view.TryGet(OwnerKey(account), out _);

    /// <summary>The record that names the single key of this permission, if one can.</summary>
    /// <returns>False for permissions other than owner and active.</returns>
    public static bool TryGetKeyRecord(ulong account, ulong permission, out StateKey key)
    {
        bool active = permission == WellKnown.Active.Value;
        key = active ? ActiveKey(account) : OwnerKey(account);
        return active || permission == WellKnown.Owner.Value;
    }

    /// <summary>The key in such a record.</summary>
    /// <returns>False where the authority is not one K1 key with threshold 1.</returns>
    public static bool TryDecodeKey(in StateCell record, Span<byte> key33)
    {
        StateCell copy = record;
        return AccountHalf.Of(ref copy).TryGetKey(key33);
    }

    /// <summary>The one K1 key that satisfies this permission, so that signatures can be checked against it in
    /// batches.</summary>
    /// <param name="view">State to read.</param>
    /// <param name="account">Actor.</param>
    /// <param name="permission">Permission of the actor.</param>
    /// <param name="key33">Receives the compressed key.</param>
    /// <returns>False where there is no account, or its authority needs recovery and the general check.</returns>
    public static bool TryGetSingleKey(IStateView view, ulong account, ulong permission, Span<byte> key33) =>
        TryGetKeyRecord(account, permission, out StateKey key)
        && view.TryGet(in key, out StateCell cell)
        && AccountHalf.Of(ref cell).TryGetKey(key33);
}
