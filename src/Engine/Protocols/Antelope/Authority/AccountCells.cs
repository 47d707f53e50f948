using Tactus.Engine.Protocols.Antelope.Execution;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.Engine.State;

namespace Tactus.Engine.Protocols.Antelope.Authority;

/// <summary>Where an account's record lies, and the lookup that the signature stage uses before keys are
/// checked.</summary>
public static class AccountCells
{
    /// <summary>The <see cref="AccountRecord"/> of an account.</summary>
    public static StateKey KeyOf(ulong account) => StateKey.Of(StateTables.Account, account);

    public static bool Exists(IStateView view, ulong account) => view.TryGet(KeyOf(account), out _);

    /// <summary>The record that names the single key of this permission, if one can.</summary>
    /// <returns>False for permissions other than owner and active.</returns>
    public static bool TryGetKeyRecord(ulong account, ulong permission, out StateKey key)
    {
        key = KeyOf(account);
        return permission == WellKnown.Active.Value || permission == WellKnown.Owner.Value;
    }

    /// <summary>The key of owner or active in such a record.</summary>
    /// <returns>False where the authority is not one K1 key with threshold 1, or the owner's key lies apart.</returns>
    public static bool TryDecodeKey(in StateCell record, ulong permission, Span<byte> key33)
    {
        StateCell copy = record;
        ref AccountRecord account = ref AccountRecord.Of(ref copy);
        return (permission == WellKnown.Active.Value || !(account.IsOwnerGeneral || account.IsOwnerApart))
            && account.TryGetActiveKey(key33);
    }

    /// <summary>The one K1 key that satisfies owner or active.</summary>
    /// <param name="view">State to read.</param>
    /// <param name="account">Actor.</param>
    /// <param name="permission">Permission of the actor.</param>
    /// <param name="key33">Receives the compressed key.</param>
    /// <returns>False where there is no account, the permission is another, or its authority is general.</returns>
    public static bool TryGetSingleKey(IStateView view, ulong account, ulong permission, Span<byte> key33)
    {
        if (!TryGetKeyRecord(account, permission, out StateKey key) || !view.TryGet(in key, out StateCell cell))
        {
            return false;
        }

        if (permission == WellKnown.Owner.Value && AccountRecord.Of(ref cell).IsOwnerApart)
        {
            view.TryGet(OwnerKeyOf(account), out StateCell apart);
            StateCell.BytesOf(ref apart)[..PublicKey.CompressedSize].CopyTo(key33);
            return true;
        }

        return TryDecodeKey(in cell, permission, key33);
    }

    /// <summary>Writes the authorities of an account whose record exists, as far as they are single keys; an empty span
    /// stands for a general one.</summary>
    internal static void PutAuthorities(
        IStateView view, ulong account, ReadOnlySpan<byte> ownerKey33, ReadOnlySpan<byte> activeKey33)
    {
        StateKey key = KeyOf(account);
        view.TryGet(in key, out StateCell cell);
        bool wasApart = AccountRecord.Of(ref cell).IsOwnerApart;
        if (AccountRecord.Of(ref cell).SetAuthorities(ownerKey33, activeKey33))
        {
            StateCell apart = default;
            ownerKey33.CopyTo(StateCell.BytesOf(ref apart));
            view.Put(OwnerKeyOf(account), in apart);
        }
        else if (wasApart)
        {
            view.Remove(OwnerKeyOf(account));
        }

        view.Put(in key, in cell);
    }

    private static StateKey OwnerKeyOf(ulong account) => StateKey.Of(StateTables.AccountOwner, account);
}
