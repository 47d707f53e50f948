using Tactus.Engine.Primitives;

namespace Tactus.Engine.Protocols.Antelope.Types;

/// <summary>An extension of a header, block or transaction: id and opaque bytes. Ids ascend.</summary>
public sealed record Extension(ushort Id, byte[] Data)
{
    /// <summary>Most extensions of one object; nodeos allows as many as ids exist, chains use at most a handful.</summary>
    public const int CountMax = 1024;

    /// <summary>Largest extension, in bytes (fc MAX_SIZE_OF_BYTE_ARRAYS).</summary>
    public const int BytesMax = 20 * 1024 * 1024;

    // Header extensions
    public const ushort ProtocolFeatureActivation = 0;
    public const ushort ProducerScheduleChange = 1;
    public const ushort Finality = 2;

    // Block extensions
    public const ushort AdditionalBlockSignatures = 2;
    public const ushort QuorumCertificate = 3;

    public static IReadOnlyList<Extension> ReadAll(ref ByteReader reader)
    {
        int count = reader.ReadCount(CountMax, 3, "extensions");
        if (count == 0)
        {
            return [];
        }

        var list = new Extension[count];
        for (int i = 0; i < count; i++)
        {
            int at = reader.Position;
            ushort id = reader.ReadUInt16();
            if (i > 0 && id < list[i - 1].Id)
            {
                reader.Fail($"extension id {id} follows {list[i - 1].Id}; ids must ascend", at);
            }

            list[i] = new Extension(id, reader.ReadBytes(BytesMax, "extension").ToArray());
        }

        return list;
    }

    public static void WriteAll(ByteWriter writer, IReadOnlyList<Extension> extensions)
    {
        writer.WriteVarUInt32((uint)extensions.Count);
        foreach (Extension extension in extensions)
        {
            writer.WriteUInt16(extension.Id);
            writer.WriteBytes(extension.Data);
        }
    }
}
