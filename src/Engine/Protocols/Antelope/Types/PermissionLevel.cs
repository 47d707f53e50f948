using Tactus.Engine.Primitives;

namespace Tactus.Engine.Protocols.Antelope.Types;

/// <summary>An account and one of its permissions, such as alice@active: 16 bytes on the wire.</summary>
public readonly record struct PermissionLevel(Name Actor, Name Permission)
{
    public const int Size = 16;

    public static PermissionLevel Read(ref ByteReader reader)
    {
        var actor = new Name(reader.ReadUInt64());
        return new PermissionLevel(actor, new Name(reader.ReadUInt64()));
    }

    public void Write(ByteWriter writer)
    {
        writer.WriteUInt64(Actor.Value);
        writer.WriteUInt64(Permission.Value);
    }

    public override string ToString() => $"{Actor}@{Permission}";
}
