using Tactus.Engine.Primitives;

namespace Tactus.Engine.Protocols.Graphene.Types;

/// <summary>What an operation left behind; part of a block's Merkle leaf. Bytes [C]: 0; or 1 and an object id as u64
/// (space &lt;&lt; 56 | type &lt;&lt; 48 | instance); or 2 and an asset.</summary>
public static class OperationResult
{
    public const byte Void = 0;
    public const byte Object = 1;
    public const byte Amount = 2;

    /// <summary>Bytes of the largest result: an asset with a full varint.</summary>
    public const int BytesMax = 14;

    public static ulong ObjectId(byte space, byte type, uint instance) =>
        ((ulong)space << 56) | ((ulong)type << 48) | instance;

    public static void WriteVoid(ByteWriter writer) => writer.WriteVarUInt32(Void);

    /// <summary>An object of the protocol's own space, 1.type.instance.</summary>
    public static void WriteObject(ByteWriter writer, byte type, uint instance)
    {
        writer.WriteVarUInt32(Object);
        writer.WriteUInt64(ObjectId(1, type, instance));
    }

    public static void WriteAsset(ByteWriter writer, in Asset asset)
    {
        writer.WriteVarUInt32(Amount);
        asset.Write(writer);
    }

    public static void Skip(ref ByteReader reader)
    {
        int at = reader.Position;
        switch (reader.ReadVarUInt32())
        {
            case Void:
                break;
            case Object:
                reader.ReadUInt64();
                break;
            case Amount:
                Asset.Read(ref reader);
                break;
            default:
                reader.Fail("unknown operation result", at);
                break;
        }
    }
}

/// <summary>[C] Types of the objects in space 1 that operations create.</summary>
public static class ObjectType
{
    public const byte Account = 2;
    public const byte Asset = 3;
    public const byte Delegate = 5;
    public const byte Witness = 6;
    public const byte LimitOrder = 7;
    public const byte Proposal = 10;
}
