using System.Runtime.InteropServices;
using Tactus.Engine.Protocols.Antelope.Authority;
using Tactus.Engine.Protocols.Antelope.Execution;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.Engine.State;

namespace Tactus.Engine.Protocols.Antelope.Actions;

/// <summary>Supply of a token, in a cell.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct TokenStat
{
    /// <summary>Smallest units in circulation.</summary>
    public long Supply;

    public long SupplyMax;

    public ulong Issuer;

    /// <summary>Symbol with its decimals.</summary>
    public ulong Symbol;

    // Eight bytes, so that no padding with chance content gets into the cell.
    private ulong _isCore;

    /// <summary>Whether balances are kept in the accounts' own records: so for the token that genesis makes, and no
    /// other.</summary>
    public bool IsCore
    {
        readonly get => _isCore != 0;
        init => _isCore = value ? 1UL : 0;
    }

    public static StateKey KeyOf(ulong symbolCode) => StateKey.Of(StateTables.TokenStat, 0, symbolCode);

    public static bool TryGet(IStateView view, ulong symbolCode, out TokenStat stat)
    {
        bool found = view.TryGet(KeyOf(symbolCode), out StateCell cell);
        stat = StateCell.As<TokenStat>(ref cell);
        return found;
    }

    public readonly void Put(IStateView view) =>
        view.Put(KeyOf(new Symbol(Symbol).Code), StateCell.Of(in this));
}

/// <summary>Balances in smallest units: the core token's in the account's record, any other in a cell per account and
/// token.</summary>
public static class TokenBalance
{
    /// <returns>False where the account has no row for this token; the amount is then 0.</returns>
    public static bool TryGet(IStateView view, ulong owner, ulong symbolCode, out long amount)
    {
        StateCell cell;
        if (IsCore(view, symbolCode))
        {
            view.TryGet(AccountCells.KeyOf(owner), out cell);
            ref AccountRecord record = ref AccountRecord.Of(ref cell);
            amount = record.CoreBalance;
            return record.HasCoreBalance;
        }

        bool found = view.TryGet(KeyOf(owner, symbolCode), out cell);
        amount = StateCell.As<long>(ref cell);
        return found;
    }

    /// <returns>False where the account does not exist and has no place for a balance.</returns>
    public static bool TryPut(IStateView view, ulong owner, ulong symbolCode, long amount)
    {
        StateKey key = AccountCells.KeyOf(owner);
        if (!view.TryGet(in key, out StateCell cell))
        {
            return false;
        }

        if (IsCore(view, symbolCode))
        {
            ref AccountRecord record = ref AccountRecord.Of(ref cell);
            record.HasCoreBalance = true;
            record.CoreBalance = amount;
            view.Put(in key, in cell);
        }
        else
        {
            view.Put(KeyOf(owner, symbolCode), StateCell.Of(in amount));
        }

        return true;
    }

    /// <summary>Removes the row.</summary>
    public static void Remove(IStateView view, ulong owner, ulong symbolCode)
    {
        if (!IsCore(view, symbolCode))
        {
            view.Remove(KeyOf(owner, symbolCode));
            return;
        }

        StateKey key = AccountCells.KeyOf(owner);
        if (view.TryGet(in key, out StateCell cell))
        {
            ref AccountRecord record = ref AccountRecord.Of(ref cell);
            record.HasCoreBalance = false;
            record.CoreBalance = 0;
            view.Put(in key, in cell);
        }
    }

    private static StateKey KeyOf(ulong owner, ulong symbolCode) => StateKey.Of(StateTables.Balance, owner, symbolCode);

    private static bool IsCore(IStateView view, ulong symbolCode) =>
        TokenStat.TryGet(view, symbolCode, out TokenStat stat) && stat.IsCore;
}
