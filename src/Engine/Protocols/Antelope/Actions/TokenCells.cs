using System.Runtime.InteropServices;
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

/// <summary>Balances, one cell per account and token: the amount in smallest units.</summary>
public static class TokenBalance
{
    public static StateKey KeyOf(ulong owner, ulong symbolCode) => StateKey.Of(StateTables.Balance, owner, symbolCode);

    /// <returns>False where the account has no row for this token; the amount is then 0.</returns>
    public static bool TryGet(IStateView view, ulong owner, ulong symbolCode, out long amount)
    {
        bool found = view.TryGet(KeyOf(owner, symbolCode), out StateCell cell);
        amount = StateCell.As<long>(ref cell);
        return found;
    }

    public static void Put(IStateView view, ulong owner, ulong symbolCode, long amount) =>
        view.Put(KeyOf(owner, symbolCode), StateCell.Of(in amount));
}
