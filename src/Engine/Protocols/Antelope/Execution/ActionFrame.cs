using System.Buffers.Binary;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Types;

namespace Tactus.Engine.Protocols.Antelope.Execution;

/// <summary>One action, decoded in place: names, and views of the authorization (16 bytes each: actor, permission) and
/// of the packed arguments.</summary>
public readonly ref struct ActionFrame
{
    private readonly ReadOnlySpan<byte> _authorizations;

    public ActionFrame(ulong account, ulong name, ReadOnlySpan<byte> authorizations, ReadOnlySpan<byte> data)
    {
        Account = account;
        Name = name;
        _authorizations = authorizations;
        Data = data;
    }

    /// <summary>The contract account: the first receiver.</summary>
    public ulong Account { get; }

    public ulong Name { get; }

    public ReadOnlySpan<byte> Data { get; }

    /// <summary>The packed permission levels.</summary>
    public ReadOnlySpan<byte> Authorizations => _authorizations;

    public int AuthorizationCount => _authorizations.Length / PermissionLevel.Size;

    public static ActionFrame Read(ref ByteReader reader)
    {
        ulong account = reader.ReadUInt64();
        ulong name = reader.ReadUInt64();
        int count = reader.ReadCount(WireLimits.ElementsMax, PermissionLevel.Size, "authorization");
        ReadOnlySpan<byte> authorizations = reader.ReadSpan(count * PermissionLevel.Size);
        return new ActionFrame(account, name, authorizations, reader.ReadBytes(WireLimits.BytesMax, "action data"));
    }

    public ulong ActorAt(int index) =>
        BinaryPrimitives.ReadUInt64LittleEndian(_authorizations[(index * PermissionLevel.Size)..]);

    public ulong PermissionAt(int index) =>
        BinaryPrimitives.ReadUInt64LittleEndian(_authorizations[((index * PermissionLevel.Size) + 8)..]);

    /// <summary>Whether the account authorized this action with any permission.</summary>
    public bool HasAuth(ulong account)
    {
        for (int i = 0; i < AuthorizationCount; i++)
        {
            if (ActorAt(i) == account)
            {
                return true;
            }
        }

        return false;
    }
}
