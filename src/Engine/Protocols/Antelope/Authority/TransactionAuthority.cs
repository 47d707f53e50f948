using System.Buffers.Binary;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Execution;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.Engine.State;

namespace Tactus.Engine.Protocols.Antelope.Authority;

/// <summary>Checks that a transaction declares the permissions its actions need, and that its signatures satisfy
/// exactly those (leap v5.0.3 authorization_manager.cpp check_authorization, transaction_context.cpp
/// validate_referenced_accounts).</summary>
public static class TransactionAuthority
{
    /// <summary>Most authorizations of one transaction, over all its actions: bounds what checking them
    /// costs.</summary>
    public const int AuthorizationsMax = 256;

    private static readonly ulong UpdateAuth = Name.Parse("updateauth").Value;
    private static readonly ulong DeleteAuth = Name.Parse("deleteauth").Value;
    private static readonly ulong LinkAuth = Name.Parse("linkauth").Value;
    private static readonly ulong UnlinkAuth = Name.Parse("unlinkauth").Value;
    private static readonly ulong CancelDelay = Name.Parse("canceldelay").Value;

    /// <summary>Null if the transaction may run, or why not. Allocates nothing where one account signs one action with
    /// the single key of its active permission.</summary>
    public static string? Check(ActionScope scope, in TransactionBody body, ReadOnlySpan<KeyTag> keys) =>
        IsCommon(scope.View, in body, keys) ? null : CheckGeneral(scope, in body, keys);

    private static bool IsCommon(IStateView view, in TransactionBody body, ReadOnlySpan<KeyTag> keys)
    {
        if (body.ActionCount != 1 || body.ContextFreeCount != 0 || keys.Length != 1)
        {
            return false;
        }

        // The token account is there from genesis on; any other contract account must be looked up.
        ByteReader reader = body.ReadActions();
        ActionFrame action = ActionFrame.Read(ref reader);
        if (action.AuthorizationCount != 1
            || action.PermissionAt(0) != WellKnown.Active.Value
            || (action.Account == WellKnown.System.Value && IsSpecial(action.Name))
            || (action.Account != WellKnown.Token.Value && !AccountCells.Exists(view, action.Account))
            || !view.TryGet(AccountCells.KeyOf(action.ActorAt(0)), out StateCell cell))
        {
            return false;
        }

        ref AccountRecord actor = ref AccountRecord.Of(ref cell);
        return !actor.HasLinks && actor.ActiveKeyEquals(in keys[0]);
    }

    private static bool IsSpecial(ulong action) => action == UpdateAuth || action == DeleteAuth || action == LinkAuth
        || action == UnlinkAuth || action == CancelDelay;

    private static string? CheckGeneral(ActionScope scope, in TransactionBody body, ReadOnlySpan<KeyTag> keys)
    {
        IStateView view = scope.View;
        var declared = new List<PermissionLevel>();
        if (CheckReferences(view, in body, declared) is { } missing)
        {
            return missing;
        }

        ByteReader reader = body.ReadActions();
        for (int a = 0; a < body.ActionCount; a++)
        {
            ActionFrame action = ActionFrame.Read(ref reader);
            string? error = action.Account == WellKnown.System.Value && IsSpecial(action.Name)
                ? CheckSpecial(scope, in action)
                : CheckMinimum(view, in action);
            if (error is not null)
            {
                return error;
            }
        }

        // Ascending by actor, then permission: the order is consensus, because it decides which keys count as used.
        declared.Sort(PermissionAuthority.Compare);
        var tree = new AuthorityTree(view, keys.ToArray(), scope.Config.MaxAuthorityDepth);
        for (int i = 0; i < declared.Count; i++)
        {
            if ((i == 0 || declared[i] != declared[i - 1]) && !tree.Satisfies(declared[i]))
            {
                return $"transaction declares authority '{declared[i]}', but does not have signatures for it";
            }
        }

        return tree.AllKeysUsed ? null : "transaction bears irrelevant signatures";
    }

    private static string? CheckReferences(IStateView view, in TransactionBody body, List<PermissionLevel> declared)
    {
        ByteReader reader = body.ReadContextFreeActions();
        for (int a = 0; a < body.ContextFreeCount; a++)
        {
            ActionFrame action = ActionFrame.Read(ref reader);
            if (!AccountCells.Exists(view, action.Account))
            {
                return $"action's code account '{new Name(action.Account)}' does not exist";
            }

            if (action.AuthorizationCount != 0)
            {
                return "context-free actions cannot have authorizations";
            }
        }

        reader = body.ReadActions();
        for (int a = 0; a < body.ActionCount; a++)
        {
            ActionFrame action = ActionFrame.Read(ref reader);
            if (!AccountCells.Exists(view, action.Account))
            {
                return $"action's code account '{new Name(action.Account)}' does not exist";
            }

            for (int i = 0; i < action.AuthorizationCount; i++)
            {
                var level = new PermissionLevel(new Name(action.ActorAt(i)), new Name(action.PermissionAt(i)));
                if (!AccountCells.Exists(view, level.Actor.Value))
                {
                    return $"action's authorizing actor '{level.Actor}' does not exist";
                }

                if (PermissionStore.Find(view, level.Actor.Value, level.Permission.Value) is null)
                {
                    return $"action's authorizations include a non-existent permission: {level}";
                }

                declared.Add(level);
                if (declared.Count > AuthorizationsMax)
                {
                    return $"transaction has more than {AuthorizationsMax} authorizations";
                }
            }
        }

        return declared.Count == 0 ? "transaction must have at least one authorization" : null;
    }

    private static string? CheckMinimum(IStateView view, in ActionFrame action)
    {
        for (int i = 0; i < action.AuthorizationCount; i++)
        {
            ulong actor = action.ActorAt(i);
            ulong linked = PermissionLinks.Find(view, actor, action.Account, action.Name);
            if (linked != WellKnown.AnyPermission.Value
                && CheckSatisfies(view, actor, action.PermissionAt(i), linked == 0 ? WellKnown.Active.Value : linked)
                    is { } error)
            {
                return error;
            }
        }

        return null;
    }

    private static string? CheckSatisfies(IStateView view, ulong account, ulong permission, ulong minimum) =>
        PermissionStore.Find(view, account, minimum) is null
            ? $"Failed to retrieve permission: {new Name(account)}@{new Name(minimum)}"
            : PermissionStore.Satisfies(view, account, permission, minimum)
                ? null
                : $"action declares irrelevant authority '{new Name(account)}@{new Name(permission)}'; "
                    + $"minimum authority is {new Name(account)}@{new Name(minimum)}";

    // All these actions begin with the account, followed by one or two more names.
    private static string? CheckSpecial(ActionScope scope, in ActionFrame action)
    {
        if (action.Name == CancelDelay)
        {
            return "canceldelay: there are no deferred transactions on this chain";
        }

        if (action.AuthorizationCount != 1)
        {
            return $"{new Name(action.Name)} action should only have one declared authorization";
        }

        int names = action.Name == DeleteAuth ? 2 : 3;
        if (action.Data.Length < names * 8)
        {
            return $"{new Name(action.Name)}: arguments malformed";
        }

        ulong account = BinaryPrimitives.ReadUInt64LittleEndian(action.Data);
        if (action.ActorAt(0) != account)
        {
            return $"{new Name(action.Name)}: the actor of the declared authorization must be {new Name(account)}";
        }

        ulong second = BinaryPrimitives.ReadUInt64LittleEndian(action.Data[8..]);
        ulong third = names > 2 ? BinaryPrimitives.ReadUInt64LittleEndian(action.Data[16..]) : 0;
        return MinimumOf(scope, action.Name, account, second, third, out ulong minimum)
            ?? (minimum == WellKnown.AnyPermission.Value
                ? null
                : CheckSatisfies(scope.View, account, action.PermissionAt(0), minimum));
    }

    private static string? MinimumOf(
        ActionScope scope, ulong action, ulong account, ulong second, ulong third, out ulong minimum)
    {
        IStateView view = scope.View;
        minimum = second;
        if (action == UpdateAuth)
        {
            // A permission that does not exist yet needs the right to use its parent.
            minimum = PermissionStore.Find(view, account, second) is null ? third : second;
        }
        else if (action == LinkAuth)
        {
            bool isProtected = second == WellKnown.System.Value
                || !scope.Block.Features.Has(ExecutionFeatures.FixLinkAuthRestriction);
            if (isProtected && IsSpecial(third))
            {
                return $"Cannot link eosio::{new Name(third)} to a minimum permission";
            }

            ulong linked = PermissionLinks.Find(view, account, second, third);
            minimum = linked == 0 ? WellKnown.Active.Value : linked;
        }
        else if (action == UnlinkAuth)
        {
            minimum = PermissionLinks.Find(view, account, second, third);
            if (minimum == 0)
            {
                return $"cannot unlink non-existent permission link of account '{new Name(account)}' for actions "
                    + $"matching '{new Name(second)}::{new Name(third)}'";
            }
        }

        return null;
    }
}
