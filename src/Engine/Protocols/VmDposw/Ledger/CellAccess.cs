using Tactus.Engine.State;

namespace Tactus.Engine.Protocols.VmDposw.Ledger;

/// <summary>Cells as structs.</summary>
internal static class CellAccess
{
    public static bool TryRead<T>(this IStateView view, in StateKey key, out T value)
        where T : unmanaged
    {
        bool found = view.TryGet(key, out StateCell cell);
        value = StateCell.As<T>(ref cell);
        return found;
    }

    public static void Write<T>(this IStateView view, in StateKey key, in T value)
        where T : unmanaged => view.Put(key, StateCell.Of(value));
}
