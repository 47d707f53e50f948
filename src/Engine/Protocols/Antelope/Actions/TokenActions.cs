// Checks and messages follow reference-contracts eosio.token.cpp in their order, so that a client sees the same
// reasons.
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Authority;
using Tactus.Engine.Protocols.Antelope.Execution;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.Engine.State;

namespace Tactus.Engine.Protocols.Antelope.Actions;

/// <summary>The eosio.token contract, natively. Each action returns null, or why it fails.</summary>
public static class TokenActions
{
    /// <summary>Longest memo, in bytes.</summary>
    public const int MemoBytesMax = 256;

    private static readonly ulong Create = Name.Parse("create").Value;
    private static readonly ulong Issue = WellKnown.Issue.Value;
    private static readonly ulong Retire = Name.Parse("retire").Value;
    private static readonly ulong Transfer = WellKnown.Transfer.Value;
    private static readonly ulong Open = Name.Parse("open").Value;
    private static readonly ulong Close = Name.Parse("close").Value;

    public static string? Run(ActionScope scope, in ActionFrame action)
    {
        if (action.Name == Transfer)
        {
            return RunTransfer(scope, in action);
        }

        return action.Name == Issue ? RunIssue(scope, in action)
            : action.Name == Open ? RunOpen(scope, in action)
            : action.Name == Close ? RunClose(scope, in action)
            : action.Name == Retire ? RunRetire(scope, in action)
            : action.Name == Create ? RunCreate(scope, in action)
            : $"eosio.token has no action {new Name(action.Name)}";
    }

    private static string? RunTransfer(ActionScope scope, in ActionFrame action)
    {
        var reader = new ByteReader(action.Data);
        ulong from = reader.ReadUInt64();
        ulong to = reader.ReadUInt64();
        long amount = reader.ReadInt64();
        ulong symbol = reader.ReadUInt64();
        int memoBytes = reader.ReadBytes(WireLimits.BytesMax, "memo").Length;
        if (reader.Failed)
        {
            return Undecodable("transfer", in reader);
        }

        IStateView view = scope.View;
        if (from == to)
        {
            return "cannot transfer to self";
        }

        if (!action.HasAuth(from))
        {
            return MissingAuthority(from);
        }

        if (!AccountCells.Exists(view, to))
        {
            return "to account does not exist";
        }

        // The reference contract reads the row without a message of its own.
        ulong code = symbol >> 8;
        if (!TokenStat.TryGet(view, code, out TokenStat stat))
        {
            return "unable to find key";
        }

        scope.RequireRecipient(from);
        scope.RequireRecipient(to);
        string? error = CheckQuantity(amount, symbol, "must transfer positive quantity", in stat)
            ?? CheckMemo(memoBytes)
            ?? SubBalance(view, from, code, amount);
        return error ?? AddBalance(view, to, code, amount);
    }

    private static string? RunIssue(ActionScope scope, in ActionFrame action)
    {
        var reader = new ByteReader(action.Data);
        ulong to = reader.ReadUInt64();
        long amount = reader.ReadInt64();
        ulong symbol = reader.ReadUInt64();
        int memoBytes = reader.ReadBytes(WireLimits.BytesMax, "memo").Length;
        if (reader.Failed)
        {
            return Undecodable("issue", in reader);
        }

        if (!new Symbol(symbol).IsValid)
        {
            return "invalid symbol name";
        }

        if (CheckMemo(memoBytes) is { } memoError)
        {
            return memoError;
        }

        ulong code = symbol >> 8;
        if (!TokenStat.TryGet(scope.View, code, out TokenStat stat))
        {
            return "token with symbol does not exist, create token before issue";
        }

        if (to != stat.Issuer)
        {
            return "tokens can only be issued to issuer account";
        }

        if (!action.HasAuth(stat.Issuer))
        {
            return MissingAuthority(stat.Issuer);
        }

        if (CheckQuantity(amount, symbol, "must issue positive quantity", in stat) is { } quantityError)
        {
            return quantityError;
        }

        if (amount > stat.SupplyMax - stat.Supply)
        {
            return "quantity exceeds available supply";
        }

        stat.Supply += amount;
        stat.Put(scope.View);
        return AddBalance(scope.View, stat.Issuer, code, amount);
    }

    private static string? RunRetire(ActionScope scope, in ActionFrame action)
    {
        var reader = new ByteReader(action.Data);
        long amount = reader.ReadInt64();
        ulong symbol = reader.ReadUInt64();
        int memoBytes = reader.ReadBytes(WireLimits.BytesMax, "memo").Length;
        if (reader.Failed)
        {
            return Undecodable("retire", in reader);
        }

        if (!new Symbol(symbol).IsValid)
        {
            return "invalid symbol name";
        }

        if (CheckMemo(memoBytes) is { } memoError)
        {
            return memoError;
        }

        ulong code = symbol >> 8;
        if (!TokenStat.TryGet(scope.View, code, out TokenStat stat))
        {
            return "token with symbol does not exist";
        }

        if (!action.HasAuth(stat.Issuer))
        {
            return MissingAuthority(stat.Issuer);
        }

        if (CheckQuantity(amount, symbol, "must retire positive quantity", in stat) is { } quantityError)
        {
            return quantityError;
        }

        stat.Supply -= amount;
        stat.Put(scope.View);
        return SubBalance(scope.View, stat.Issuer, code, amount);
    }

    private static string? RunCreate(ActionScope scope, in ActionFrame action)
    {
        var reader = new ByteReader(action.Data);
        ulong issuer = reader.ReadUInt64();
        var supplyMax = Asset.Read(ref reader);
        if (reader.Failed)
        {
            return Undecodable("create", in reader);
        }

        if (!action.HasAuth(WellKnown.Token.Value))
        {
            return MissingAuthority(WellKnown.Token.Value);
        }

        if (!supplyMax.IsValid)
        {
            return "invalid supply";
        }

        if (supplyMax.Amount <= 0)
        {
            return "max-supply must be positive";
        }

        if (TokenStat.TryGet(scope.View, supplyMax.Symbol.Code, out _))
        {
            return "token with symbol already exists";
        }

        var stat = new TokenStat { SupplyMax = supplyMax.Amount, Issuer = issuer, Symbol = supplyMax.Symbol.Value };
        stat.Put(scope.View);
        return null;
    }

    private static string? RunOpen(ActionScope scope, in ActionFrame action)
    {
        var reader = new ByteReader(action.Data);
        ulong owner = reader.ReadUInt64();
        ulong symbol = reader.ReadUInt64();
        ulong payer = reader.ReadUInt64();
        if (reader.Failed)
        {
            return Undecodable("open", in reader);
        }

        if (!action.HasAuth(payer))
        {
            return MissingAuthority(payer);
        }

        if (!AccountCells.Exists(scope.View, owner))
        {
            return "owner account does not exist";
        }

        ulong code = symbol >> 8;
        if (!TokenStat.TryGet(scope.View, code, out TokenStat stat))
        {
            return "symbol does not exist";
        }

        if (stat.Symbol != symbol)
        {
            return "symbol precision mismatch";
        }

        if (!TokenBalance.TryGet(scope.View, owner, code, out _))
        {
            TokenBalance.TryPut(scope.View, owner, code, 0);
        }

        return null;
    }

    private static string? RunClose(ActionScope scope, in ActionFrame action)
    {
        var reader = new ByteReader(action.Data);
        ulong owner = reader.ReadUInt64();
        ulong symbol = reader.ReadUInt64();
        if (reader.Failed)
        {
            return Undecodable("close", in reader);
        }

        if (!action.HasAuth(owner))
        {
            return MissingAuthority(owner);
        }

        ulong code = symbol >> 8;
        if (!TokenBalance.TryGet(scope.View, owner, code, out long amount))
        {
            return "Balance row already deleted or never existed. Action won't have any effect.";
        }

        if (amount != 0)
        {
            return "Cannot close because the balance is not zero.";
        }

        TokenBalance.Remove(scope.View, owner, code);
        return null;
    }

    private static string? CheckQuantity(long amount, ulong symbol, string notPositive, in TokenStat stat)
    {
        // asset::is_valid = amount in range and a well-formed symbol; a symbol equal to a created one is well-formed.
        if (amount is < -Asset.AmountMax or > Asset.AmountMax || (symbol != stat.Symbol && !new Symbol(symbol).IsValid))
        {
            return "invalid quantity";
        }

        return amount <= 0 ? notPositive
            : symbol != stat.Symbol ? "symbol precision mismatch"
            : null;
    }

    private static string? CheckMemo(int bytes) => bytes > MemoBytesMax ? "memo has more than 256 bytes" : null;

    private static string? SubBalance(IStateView view, ulong owner, ulong code, long amount)
    {
        if (!TokenBalance.TryGet(view, owner, code, out long balance))
        {
            return "no balance object found";
        }

        if (balance < amount)
        {
            return "overdrawn balance";
        }

        TokenBalance.TryPut(view, owner, code, balance - amount);
        return null;
    }

    // A balance is at most the supply, and that at most 2^62 - 1: no overflow.
    private static string? AddBalance(IStateView view, ulong owner, ulong code, long amount)
    {
        TokenBalance.TryGet(view, owner, code, out long balance);
        return TokenBalance.TryPut(view, owner, code, balance + amount)
            ? null
            : $"account '{new Name(owner)}' does not exist";
    }

    internal static string MissingAuthority(ulong account) => $"missing authority of {new Name(account)}";

    internal static string Undecodable(string action, in ByteReader reader) =>
        $"{action}: arguments malformed at byte {reader.FailOffset}: {reader.FailReason}";
}
