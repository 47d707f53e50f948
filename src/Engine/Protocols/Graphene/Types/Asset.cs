using Tactus.Engine.Primitives;

namespace Tactus.Engine.Protocols.Graphene.Types;

/// <summary>An amount of an asset in its smallest unit. Bytes [C]: amount i64, asset instance as varint.</summary>
public readonly record struct Asset(long Amount, uint AssetId)
{
    public static Asset Core(long amount) => new(amount, WellKnown.CoreAsset);

    public static Asset Read(ref ByteReader reader) => new(reader.ReadInt64(), reader.ReadVarUInt32());

    public void Write(ByteWriter writer)
    {
        writer.WriteInt64(Amount);
        writer.WriteVarUInt32(AssetId);
    }

    public override string ToString() => $"{Amount} of 1.3.{AssetId}";
}
