using Tactus.Engine.Primitives;

namespace Tactus.Engine.Protocols.Antelope.Types;

/// <summary>What carries a list of extensions; each place knows its own ids.</summary>
public enum ExtensionPlace
{
    Header = 0,
    Block = 1,
    Transaction = 2,
}

/// <summary>An extension of a header, block or transaction: id and opaque bytes.</summary>
/// <remarks>Ids ascend, an id that its place does not know is an error, and no known id may repeat (leap v5.0.3
/// block_header.cpp, block.cpp, transaction.cpp validate_and_extract_extensions; Savanna's from spring
/// v1.2.2).</remarks>
public sealed record Extension(ushort Id, byte[] Data)
{
    /// <summary>Most extensions of one object: every known id once.</summary>
    public const int CountMax = 4;

    // Header extensions
    public const ushort ProtocolFeatureActivation = 0;
    public const ushort ProducerScheduleChange = 1;
    public const ushort Finality = 2;

    // Block extensions
    public const ushort AdditionalBlockSignatures = 2;
    public const ushort QuorumCertificate = 3;

    // Transaction extensions
    public const ushort DeferredTransactionContext = 0;

    public static IReadOnlyList<Extension> ReadAll(ref ByteReader reader, ExtensionPlace place)
    {
        int count = reader.ReadCount(CountMax, 3, "extensions");
        if (count == 0)
        {
            return [];
        }

        var list = new Extension[count];
        int previous = -1;
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            int at = reader.Position;
            ushort id = reader.ReadUInt16();
            if (Check(place, id, previous) is { } problem)
            {
                reader.Fail(problem, at);
            }

            list[i] = new Extension(id, reader.ReadBytes(WireLimits.BytesMax, "extension").ToArray());
            previous = id;
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

    /// <summary>The data of the extension with this id, or null.</summary>
    public static byte[]? Find(IReadOnlyList<Extension> extensions, ushort id)
    {
        foreach (Extension extension in extensions)
        {
            if (extension.Id == id)
            {
                return extension.Data;
            }
        }

        return null;
    }

    /// <summary>What is wrong with an id that follows <paramref name="previous"/> (-1 = none) in this place, or
    /// null.</summary>
    internal static string? Check(ExtensionPlace place, ushort id, int previous)
    {
        if (!IsKnown(place, id))
        {
            return $"{PlaceText(place)} extension id {id} is unknown";
        }

        if (id == previous)
        {
            return $"{PlaceText(place)} extension id {id} repeats";
        }

        return id < previous ? $"{PlaceText(place)} extension id {id} follows {previous}; ids must ascend" : null;
    }

    private static bool IsKnown(ExtensionPlace place, ushort id) => place switch
    {
        ExtensionPlace.Header => id <= Finality,
        ExtensionPlace.Block => id is AdditionalBlockSignatures or QuorumCertificate,
        _ => id == DeferredTransactionContext,
    };

    private static string PlaceText(ExtensionPlace place) => place switch
    {
        ExtensionPlace.Header => "header",
        ExtensionPlace.Block => "block",
        _ => "transaction",
    };
}
