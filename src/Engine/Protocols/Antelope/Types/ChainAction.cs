using System.Security.Cryptography;
using Tactus.Engine.Primitives;

namespace Tactus.Engine.Protocols.Antelope.Types;

/// <summary>An action of a transaction: the contract account, the action's name, who authorizes it, and its packed
/// arguments. (Named so because System.Action is imported everywhere.)</summary>
public sealed record ChainAction(Name Account, Name Name, IReadOnlyList<PermissionLevel> Authorization, byte[] Data)
{
    /// <summary>Smallest packed action: two names, no authorization, no data.</summary>
    public const int BytesMin = 18;

    public static ChainAction Read(ref ByteReader reader)
    {
        var account = new Name(reader.ReadUInt64());
        var name = new Name(reader.ReadUInt64());
        int count = reader.ReadCount(WireLimits.ElementsMax, PermissionLevel.Size, "authorization");
        var authorization = new PermissionLevel[count];
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            authorization[i] = PermissionLevel.Read(ref reader);
        }

        return new ChainAction(
            account, name, authorization, reader.ReadBytes(WireLimits.BytesMax, "action data").ToArray());
    }

    public static IReadOnlyList<ChainAction> ReadAll(ref ByteReader reader, string what)
    {
        int count = reader.ReadCount(WireLimits.ElementsMax, BytesMin, what);
        var actions = new ChainAction[count];
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            actions[i] = Read(ref reader);
        }

        return actions;
    }

    public static void WriteAll(ByteWriter writer, IReadOnlyList<ChainAction> actions)
    {
        writer.WriteVarUInt32((uint)actions.Count);
        foreach (ChainAction action in actions)
        {
            action.Write(writer);
        }
    }

    public void Write(ByteWriter writer)
    {
        WriteHead(writer);
        writer.WriteBytes(Data);
    }

    /// <summary>What an action receipt says was executed, before the feature ACTION_RETURN_VALUE: sha256 of the packed
    /// action.</summary>
    public Hash256 ActDigest()
    {
        var writer = new ByteWriter(64 + Data.Length);
        Write(writer);
        return new Hash256(SHA256.HashData(writer.Written));
    }

    /// <summary>The same after ACTION_RETURN_VALUE: sha256( sha256(account, name, authorization) || sha256(data, return
    /// value) ) (leap v5.0.3 action.hpp generate_action_digest).</summary>
    public Hash256 ActDigest(ReadOnlySpan<byte> returnValue)
    {
        Span<byte> halves = stackalloc byte[2 * Hash256.Size];
        var writer = new ByteWriter(64 + Data.Length);
        WriteHead(writer);
        SHA256.HashData(writer.Written, halves);
        writer.Clear();
        writer.WriteBytes(Data);
        writer.WriteBytes(returnValue);
        SHA256.HashData(writer.Written, halves[Hash256.Size..]);
        return new Hash256(SHA256.HashData(halves));
    }

    private void WriteHead(ByteWriter writer)
    {
        writer.WriteUInt64(Account.Value);
        writer.WriteUInt64(Name.Value);
        writer.WriteVarUInt32((uint)Authorization.Count);
        foreach (PermissionLevel level in Authorization)
        {
            level.Write(writer);
        }
    }
}
