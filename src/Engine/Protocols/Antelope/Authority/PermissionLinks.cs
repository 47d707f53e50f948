using System.Buffers.Binary;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Execution;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.Engine.State;

namespace Tactus.Engine.Protocols.Antelope.Authority;

/// <summary>Minimum permissions that an account linked to actions: one blob of (contract, action, permission) per
/// account; action 0 stands for every action of the contract.</summary>
public static class PermissionLinks
{
    /// <summary>Most links of one account.</summary>
    public const int LinksMax = 4096;

    private const int EntryBytes = 24;

    /// <summary>The permission linked to this action, or to the whole contract; 0 where there is none.</summary>
    public static ulong Find(IStateView view, ulong account, ulong code, ulong action)
    {
        if (!view.TryGet(AccountCells.KeyOf(account), out StateCell cell)
            || !AccountRecord.Of(ref cell).HasLinks
            || !view.TryGetBlob(StateKey.Of(StateTables.Links, account), out ReadOnlySpan<byte> links))
        {
            return 0;
        }

        int exact = IndexOf(links, code, action);
        int at = exact >= 0 ? exact : IndexOf(links, code, 0);
        return at < 0 ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(links[(at + 16)..]);
    }

    /// <summary>The permission linked to exactly this pair; 0 where there is none.</summary>
    public static ulong FindExact(IStateView view, ulong account, ulong code, ulong action)
    {
        if (!view.TryGetBlob(StateKey.Of(StateTables.Links, account), out ReadOnlySpan<byte> links))
        {
            return 0;
        }

        int at = IndexOf(links, code, action);
        return at < 0 ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(links[(at + 16)..]);
    }

    /// <summary>Whether any link asks for this permission; the first one found.</summary>
    public static bool TryFindByPermission(
        IStateView view, ulong account, ulong permission, out Name code, out Name action)
    {
        code = default;
        action = default;
        if (view.TryGetBlob(StateKey.Of(StateTables.Links, account), out ReadOnlySpan<byte> links))
        {
            for (int at = 0; at < links.Length; at += EntryBytes)
            {
                if (BinaryPrimitives.ReadUInt64LittleEndian(links[(at + 16)..]) == permission)
                {
                    code = new Name(BinaryPrimitives.ReadUInt64LittleEndian(links[at..]));
                    action = new Name(BinaryPrimitives.ReadUInt64LittleEndian(links[(at + 8)..]));
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Adds or changes a link.</summary>
    /// <returns>Null, or why not.</returns>
    public static string? Put(IStateView view, ulong account, ulong code, ulong action, ulong permission)
    {
        ByteWriter writer = Copy(view, account, code, action);
        if (writer.Length / EntryBytes >= LinksMax)
        {
            return $"account {new Name(account)} has too many links: at most {LinksMax}";
        }

        writer.WriteUInt64(code);
        writer.WriteUInt64(action);
        writer.WriteUInt64(permission);
        Write(view, account, writer);
        return null;
    }

    public static void Remove(IStateView view, ulong account, ulong code, ulong action) =>
        Write(view, account, Copy(view, account, code, action));

    // Everything but this pair.
    private static ByteWriter Copy(IStateView view, ulong account, ulong code, ulong action)
    {
        var writer = new ByteWriter();
        if (view.TryGetBlob(StateKey.Of(StateTables.Links, account), out ReadOnlySpan<byte> links))
        {
            int at = IndexOf(links, code, action);
            writer.WriteSpan(at < 0 ? links : links[..at]);
            if (at >= 0)
            {
                writer.WriteSpan(links[(at + EntryBytes)..]);
            }
        }

        return writer;
    }

    private static void Write(IStateView view, ulong account, ByteWriter links)
    {
        StateKey blob = StateKey.Of(StateTables.Links, account);
        if (links.Length == 0)
        {
            view.RemoveBlob(in blob);
        }
        else
        {
            view.PutBlob(in blob, links.Written);
        }

        StateKey key = AccountCells.KeyOf(account);
        view.TryGet(in key, out StateCell cell);
        AccountRecord.Of(ref cell).HasLinks = links.Length > 0;
        view.Put(in key, in cell);
    }

    private static int IndexOf(ReadOnlySpan<byte> links, ulong code, ulong action)
    {
        for (int at = 0; at < links.Length; at += EntryBytes)
        {
            if (BinaryPrimitives.ReadUInt64LittleEndian(links[at..]) == code
                && BinaryPrimitives.ReadUInt64LittleEndian(links[(at + 8)..]) == action)
            {
                return at;
            }
        }

        return -1;
    }
}
