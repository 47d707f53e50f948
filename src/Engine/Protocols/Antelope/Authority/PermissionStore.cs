using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Execution;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.Engine.State;

namespace Tactus.Engine.Protocols.Antelope.Authority;

/// <summary>A permission of an account.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Parent">The permission above it; empty for owner.</param>
/// <param name="Authority">Who may use it.</param>
public sealed record Permission(Name Name, Name Parent, PermissionAuthority Authority);

/// <summary>Reads and writes permissions: owner and active in the account's record where they are single K1 keys,
/// everything else in one blob per account.</summary>
public static class PermissionStore
{
    /// <summary>Most permissions of one account.</summary>
    public const int PermissionsMax = 256;

    /// <summary>Most bytes of one account's permissions: 16 KiB, some 400 keys. A public chain bounds them by the price
    /// of RAM; here the bound keeps one lookup short.</summary>
    public const int PermissionBytesMax = 16 * 1024;

    /// <summary>The permission, or null where the account or the permission does not exist.</summary>
    public static Permission? Find(IStateView view, ulong account, ulong permission)
    {
        bool isActive = permission == WellKnown.Active.Value;
        if (isActive || permission == WellKnown.Owner.Value)
        {
            Span<byte> key = stackalloc byte[PublicKey.CompressedSize];
            if (AccountCells.TryGetSingleKey(view, account, permission, key))
            {
                return new Permission(
                    new Name(permission),
                    isActive ? WellKnown.Owner : default,
                    PermissionAuthority.OfKey(new PublicKey(KeyType.K1, key)));
            }
        }

        foreach (Permission item in ReadAll(view, account))
        {
            if (item.Name.Value == permission)
            {
                return item;
            }
        }

        return null;
    }

    /// <summary>Whether using <paramref name="permission"/> satisfies a demand for <paramref name="minimum"/>: the same
    /// permission or one above it. Both must exist.</summary>
    public static bool Satisfies(IStateView view, ulong account, ulong permission, ulong minimum)
    {
        // The walk ends: a parent exists before its child and never changes.
        for (ulong at = minimum; at != 0; at = ParentOf(view, account, at))
        {
            if (at == permission)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Creates or replaces a permission of an account whose record exists.</summary>
    /// <returns>Null, or why it cannot be stored.</returns>
    public static string? Put(IStateView view, ulong account, Permission permission)
    {
        bool isActive = permission.Name == WellKnown.Active;
        bool isInCell = isActive || permission.Name == WellKnown.Owner;
        bool isSingle = isInCell && permission.Authority.IsSingleKey;
        if (isInCell)
        {
            bool wasGeneral = PutSingle(
                view, account, isActive, isSingle ? permission.Authority.Keys[0].Key.Compressed : default);
            if (isSingle && !wasGeneral)
            {
                return null;
            }
        }

        List<Permission> all = ReadAll(view, account);
        all.RemoveAll(item => item.Name == permission.Name);
        if (!isSingle)
        {
            all.Add(permission);
        }

        return WriteAll(view, account, all);
    }

    /// <summary>Removes a custom permission.</summary>
    /// <returns>Null, or why it cannot be removed.</returns>
    public static string? Remove(IStateView view, ulong account, ulong permission)
    {
        List<Permission> all = ReadAll(view, account);
        if (all.Exists(item => item.Parent.Value == permission))
        {
            return "Cannot remove a permission which has children. Remove the children first.";
        }

        all.RemoveAll(item => item.Name.Value == permission);
        return WriteAll(view, account, all);
    }

    /// <summary>Every permission that is stored in the blob.</summary>
    internal static List<Permission> ReadAll(IStateView view, ulong account)
    {
        var list = new List<Permission>();
        if (!view.TryGetBlob(StateKey.Of(StateTables.Permissions, account), out ReadOnlySpan<byte> bytes))
        {
            return list;
        }

        var reader = new ByteReader(bytes);
        int count = reader.ReadCount(PermissionsMax, 20, "permissions");
        for (int i = 0; i < count; i++)
        {
            var name = new Name(reader.ReadUInt64());
            var parent = new Name(reader.ReadUInt64());
            list.Add(new Permission(name, parent, PermissionAuthority.Read(ref reader)));
        }

        return reader.Failed
            ? throw new InvalidDataException($"state: permissions of {new Name(account)}: {reader.FailReason}")
            : list;
    }

    /// <summary>Notes owner or active in the account's record: its single key, or, as an empty span, that it is
    /// general.</summary>
    /// <returns>Whether it was general before.</returns>
    private static bool PutSingle(IStateView view, ulong account, bool isActive, ReadOnlySpan<byte> key33)
    {
        Span<byte> owner = stackalloc byte[PublicKey.CompressedSize];
        Span<byte> active = stackalloc byte[PublicKey.CompressedSize];
        bool ownerSingle = AccountCells.TryGetSingleKey(view, account, WellKnown.Owner.Value, owner);
        bool activeSingle = AccountCells.TryGetSingleKey(view, account, WellKnown.Active.Value, active);
        if (isActive)
        {
            AccountCells.PutAuthorities(view, account, ownerSingle ? owner : default, key33);
            return !activeSingle;
        }

        AccountCells.PutAuthorities(view, account, key33, activeSingle ? active : default);
        return !ownerSingle;
    }

    private static ulong ParentOf(IStateView view, ulong account, ulong permission) =>
        permission == WellKnown.Owner.Value ? 0
        : permission == WellKnown.Active.Value ? WellKnown.Owner.Value
        : Find(view, account, permission)?.Parent.Value ?? 0;

    private static string? WriteAll(IStateView view, ulong account, List<Permission> all)
    {
        StateKey key = StateKey.Of(StateTables.Permissions, account);
        if (all.Count == 0)
        {
            view.RemoveBlob(in key);
            return null;
        }

        var writer = new ByteWriter();
        writer.WriteVarUInt32((uint)all.Count);
        foreach (Permission item in all.OrderBy(item => item.Name))
        {
            writer.WriteUInt64(item.Name.Value);
            writer.WriteUInt64(item.Parent.Value);
            item.Authority.Write(writer);
        }

        if (all.Count > PermissionsMax || writer.Length > PermissionBytesMax)
        {
            return $"account {new Name(account)} has too many permissions: "
                + $"at most {PermissionsMax} in {PermissionBytesMax} bytes";
        }

        view.PutBlob(in key, writer.Written);
        return null;
    }
}
