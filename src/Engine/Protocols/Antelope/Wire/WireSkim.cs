using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Types;

namespace Tactus.Engine.Protocols.Antelope.Wire;

/// <summary>Walks over wire forms and accepts exactly what their object forms read, without making objects.</summary>
internal static class WireSkim
{
    /// <summary>Walks over a transaction (<see cref="Transaction.Read"/>).</summary>
    /// <returns>Whether it carries extensions.</returns>
    public static bool Transaction(ref ByteReader reader)
    {
        // expiration, reference block number and prefix
        reader.Skip(4 + 2 + 4);
        reader.ReadVarUInt32();
        reader.ReadByte();
        reader.ReadVarUInt32();
        Actions(ref reader, "context-free actions");
        Actions(ref reader, "actions");
        return Extension.ReadAll(ref reader, ExtensionPlace.Transaction).Count > 0;
    }

    /// <summary>Walks over a list of byte vectors.</summary>
    /// <returns>How many there are.</returns>
    public static int ContextFreeData(ref ByteReader reader)
    {
        int count = reader.ReadCount(WireLimits.ElementsMax, 1, "context-free data");
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            reader.ReadBytes(WireLimits.BytesMax, "context-free data item");
        }

        return count;
    }

    private static void Actions(ref ByteReader reader, string what)
    {
        int count = reader.ReadCount(WireLimits.ElementsMax, ChainAction.BytesMin, what);
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            reader.Skip(8 + 8);
            int levels = reader.ReadCount(WireLimits.ElementsMax, PermissionLevel.Size, "authorization");
            reader.Skip(levels * PermissionLevel.Size);
            reader.ReadBytes(WireLimits.BytesMax, "action data");
        }
    }
}
