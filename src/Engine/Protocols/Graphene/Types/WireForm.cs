using System.Text;
using Tactus.Engine.Primitives;

namespace Tactus.Engine.Protocols.Graphene.Types;

/// <summary>[C] Small forms that recur in operations.</summary>
internal static class WireForm
{
    public static void ReadNoExtensions(ref ByteReader reader)
    {
        if (reader.ReadVarUInt32() != 0)
        {
            reader.Fail("extensions are not supported");
        }
    }

    public static string ReadText(ref ByteReader reader, int bytesMax, string what) =>
        Encoding.UTF8.GetString(reader.ReadBytes(bytesMax, what));

    public static void WriteText(ByteWriter writer, string text) => writer.WriteBytes(Encoding.UTF8.GetBytes(text));

    public static T? ReadOptional<T>(ref ByteReader reader, Reading<T> read)
        where T : class => reader.ReadBool() ? read(ref reader) : null;

    public static uint[] ReadInstances(ref ByteReader reader, string what)
    {
        uint[] items = new uint[reader.ReadCount(WireLimits.ApprovalsMax, 1, what)];
        for (int i = 0; i < items.Length; i++)
        {
            items[i] = reader.ReadVarUInt32();
        }

        return items;
    }

    public static void WriteInstances(ByteWriter writer, IReadOnlyList<uint> items)
    {
        writer.WriteVarUInt32((uint)items.Count);
        foreach (uint item in items)
        {
            writer.WriteVarUInt32(item);
        }
    }

    public static SigningKey[] ReadKeys(ref ByteReader reader, string what)
    {
        var keys = new SigningKey[reader.ReadCount(WireLimits.ApprovalsMax, SigningKey.Size, what)];
        for (int i = 0; i < keys.Length; i++)
        {
            keys[i] = SigningKey.Read(ref reader);
        }

        return keys;
    }

    public static void WriteKeys(ByteWriter writer, IReadOnlyList<SigningKey> keys)
    {
        writer.WriteVarUInt32((uint)keys.Count);
        foreach (SigningKey key in keys)
        {
            key.Write(writer);
        }
    }

    public delegate T Reading<out T>(ref ByteReader reader);
}
