// Checks and messages follow leap v5.0.3 eosio_contract.cpp; the rule on short names follows reference-contracts
// native.cpp.
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Authority;
using Tactus.Engine.Protocols.Antelope.Execution;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.Engine.State;

namespace Tactus.Engine.Protocols.Antelope.Actions;

/// <summary>Accounts and their permissions: newaccount, updateauth, deleteauth, linkauth, unlinkauth.</summary>
public static class AccountActions
{
    public static readonly ulong NewAccountName = Name.Parse("newaccount").Value;
    public static readonly ulong UpdateAuthName = Name.Parse("updateauth").Value;
    public static readonly ulong DeleteAuthName = Name.Parse("deleteauth").Value;
    public static readonly ulong LinkAuthName = Name.Parse("linkauth").Value;
    public static readonly ulong UnlinkAuthName = Name.Parse("unlinkauth").Value;

    /// <summary>Bits below this are the 13th character, which account names may not have.</summary>
    private const ulong Character13 = 0xF;

    private static readonly ulong ReservedPrefix = Name.Parse("eosio.").Value >> 34;

    public static string? NewAccount(ActionScope scope, in ActionFrame action)
    {
        var reader = new ByteReader(action.Data);
        ulong creator = reader.ReadUInt64();
        ulong name = reader.ReadUInt64();
        PermissionAuthority owner = PermissionAuthority.Read(ref reader);
        PermissionAuthority active = PermissionAuthority.Read(ref reader);
        if (reader.Failed)
        {
            return TokenActions.Undecodable("newaccount", in reader);
        }

        IStateView view = scope.View;
        string? error = !action.HasAuth(creator) ? TokenActions.MissingAuthority(creator)
            : !owner.IsValid() ? "Invalid owner authority"
            : !active.IsValid() ? "Invalid active authority"
            : CheckNewName(view, creator, name);
        if (error is not null)
        {
            return error;
        }

        if (AccountCells.Exists(view, name))
        {
            return $"Cannot create account named {new Name(name)}, as that name is already taken";
        }

        // The account exists before its authorities are checked: they may name the account itself.
        Create(view, name);
        error = CheckAuthority(scope, owner) ?? CheckAuthority(scope, active)
            ?? PermissionStore.Put(view, name, new Permission(WellKnown.Owner, default, owner))
            ?? PermissionStore.Put(view, name, new Permission(WellKnown.Active, WellKnown.Owner, active));
        if (error is null && scope.EnforcesAccountLimits)
        {
            AccountUsage.SetWeights(view, name, 0, 0);
        }

        return error;
    }

    public static string? UpdateAuth(ActionScope scope, in ActionFrame action)
    {
        var reader = new ByteReader(action.Data);
        ulong account = reader.ReadUInt64();
        var permission = new Name(reader.ReadUInt64());
        var parent = new Name(reader.ReadUInt64());
        PermissionAuthority authority = PermissionAuthority.Read(ref reader);
        if (reader.Failed)
        {
            return TokenActions.Undecodable("updateauth", in reader);
        }

        string? error = !action.HasAuth(account) ? TokenActions.MissingAuthority(account)
            : permission.IsEmpty ? "Cannot create authority with empty name"
            : IsReserved(permission.Value) ? "Permission names that start with 'eosio.' are reserved"
            : permission == parent ? "Cannot set an authority as its own parent"
            : !authority.IsValid() ? "Invalid authority"
            : permission == WellKnown.Active && parent != WellKnown.Owner
                ? "Cannot change active authority's parent from owner"
            : permission == WellKnown.Owner && !parent.IsEmpty ? "Cannot change owner authority's parent"
            : permission != WellKnown.Owner && parent.IsEmpty ? "Only owner permission can have empty parent"
            : authority.Waits.Count > 0 && authority.Waits[^1].WaitSec > scope.Config.MaxTransactionDelaySec
                ? "Cannot set delay longer than max_transacton_delay, which is "
                    + $"{scope.Config.MaxTransactionDelaySec} seconds"
            : CheckAuthority(scope, authority);
        if (error is not null)
        {
            return error;
        }

        IStateView view = scope.View;
        if (!parent.IsEmpty && PermissionStore.Find(view, account, parent.Value) is null)
        {
            return $"Failed to retrieve permission: {new PermissionLevel(new Name(account), parent)}";
        }

        return PermissionStore.Find(view, account, permission.Value) is { } existing && existing.Parent != parent
            ? "Changing parent authority is not currently supported"
            : PermissionStore.Put(view, account, new Permission(permission, parent, authority));
    }

    public static string? DeleteAuth(ActionScope scope, in ActionFrame action)
    {
        var reader = new ByteReader(action.Data);
        ulong account = reader.ReadUInt64();
        ulong permission = reader.ReadUInt64();
        if (reader.Failed)
        {
            return TokenActions.Undecodable("deleteauth", in reader);
        }

        if (!action.HasAuth(account))
        {
            return TokenActions.MissingAuthority(account);
        }

        if (permission == WellKnown.Active.Value || permission == WellKnown.Owner.Value)
        {
            return $"Cannot delete {new Name(permission)} authority";
        }

        if (PermissionLinks.TryFindByPermission(scope.View, account, permission, out Name code, out Name type))
        {
            return "Cannot delete a linked authority. Unlink the authority first. "
                + $"This authority is linked to {code}::{type}.";
        }

        return PermissionStore.Find(scope.View, account, permission) is null
            ? $"Failed to retrieve permission: {new Name(account)}@{new Name(permission)}"
            : PermissionStore.Remove(scope.View, account, permission);
    }

    public static string? LinkAuth(ActionScope scope, in ActionFrame action)
    {
        var reader = new ByteReader(action.Data);
        ulong account = reader.ReadUInt64();
        ulong code = reader.ReadUInt64();
        ulong type = reader.ReadUInt64();
        ulong requirement = reader.ReadUInt64();
        if (reader.Failed)
        {
            return TokenActions.Undecodable("linkauth", in reader);
        }

        IStateView view = scope.View;
        string? error = requirement == 0 ? "Required permission cannot be empty"
            : !action.HasAuth(account) ? TokenActions.MissingAuthority(account)
            : !AccountCells.Exists(view, account) ? $"Failed to retrieve account: {new Name(account)}"
            : !AccountCells.Exists(view, code) ? $"Failed to retrieve code for account: {new Name(code)}"
            : requirement != WellKnown.AnyPermission.Value && PermissionStore.Find(view, account, requirement) is null
                ? $"Failed to retrieve permission: {new Name(requirement)}"
            : PermissionLinks.FindExact(view, account, code, type) == requirement
                ? "Attempting to update required authority, but new requirement is same as old"
            : null;
        return error ?? PermissionLinks.Put(view, account, code, type, requirement);
    }

    public static string? UnlinkAuth(ActionScope scope, in ActionFrame action)
    {
        var reader = new ByteReader(action.Data);
        ulong account = reader.ReadUInt64();
        ulong code = reader.ReadUInt64();
        ulong type = reader.ReadUInt64();
        if (reader.Failed)
        {
            return TokenActions.Undecodable("unlinkauth", in reader);
        }

        if (!action.HasAuth(account))
        {
            return TokenActions.MissingAuthority(account);
        }

        if (PermissionLinks.FindExact(scope.View, account, code, type) == 0)
        {
            return "Attempting to unlink authority, but no link found";
        }

        PermissionLinks.Remove(scope.View, account, code, type);
        return null;
    }

    /// <summary>Writes the empty record of an account; its permissions must follow.</summary>
    internal static void Create(IStateView view, ulong name)
    {
        StateCell empty = default;
        AccountRecord.Of(ref empty).SetAuthorities(default, default);
        view.Put(AccountCells.KeyOf(name), in empty);
    }

    private static string? CheckNewName(IStateView view, ulong creator, ulong name)
    {
        if (name == 0)
        {
            return "account name cannot be empty";
        }

        if ((name & Character13) != 0)
        {
            return "account names can only be 12 chars long";
        }

        view.TryGet(AccountCells.KeyOf(creator), out StateCell cell);
        if (!AccountRecord.Of(ref cell).IsPrivileged && IsReserved(name))
        {
            return "only privileged accounts can have names that start with 'eosio.'";
        }

        if (creator == WellKnown.System.Value || !HasDot(name))
        {
            return null;
        }

        // Shorter names belong to the account that is their suffix, or must be bought in an auction.
        ulong suffix = SuffixOf(name);
        return suffix == name ? "no active bid for name"
            : suffix != creator ? "only suffix may create this account"
            : null;
    }

    // "eosio." fills the upper 30 bits with e-o-s-i-o and '.', which is zero; something must follow the dot.
    private static bool IsReserved(ulong name) =>
        name >> 34 == ReservedPrefix && (name & ((1UL << 34) - 1)) != 0;

    private static bool HasDot(ulong name)
    {
        ulong rest = name >> 4;
        for (int i = 0; i < 12; i++, rest >>= 5)
        {
            if ((rest & 0x1F) == 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What follows the last dot inside the name; the whole name where there is none.</summary>
    private static ulong SuffixOf(ulong name)
    {
        string text = new Name(name).ToString();
        int dot = text.LastIndexOf('.');
        return dot < 0 ? name : Name.Parse(text[(dot + 1)..]).Value;
    }

    private static string? CheckAuthority(ActionScope scope, PermissionAuthority authority)
    {
        IStateView view = scope.View;
        foreach (KeyWeight key in authority.Keys)
        {
            if (key.Key.Type == KeyType.WebAuthn && !scope.Block.Features.Has(ExecutionFeatures.WebAuthnKey))
            {
                return "Unactivated key type used when creating permission";
            }
        }

        foreach (AccountWeight item in authority.Accounts)
        {
            Name actor = item.Level.Actor;
            Name permission = item.Level.Permission;
            if (!AccountCells.Exists(view, actor.Value))
            {
                return $"account '{actor}' does not exist";
            }

            bool isThere = permission == WellKnown.Active || permission == WellKnown.CodePermission
                || PermissionStore.Find(view, actor.Value, permission.Value) is not null;
            if (!isThere)
            {
                return $"permission '{item.Level}' does not exist";
            }
        }

        return null;
    }
}
