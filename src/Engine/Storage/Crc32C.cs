using System.Buffers.Binary;
using System.Numerics;

namespace Tactus.Engine.Storage;

/// <summary>CRC-32C (Castagnoli, polynomial 0x1EDC6F41 reflected; RFC 3720 appendix B.4), with the processor's
/// instruction where there is one. Finds torn and rotten bytes; it is no protection against somebody who writes the
/// file.</summary>
public static class Crc32C
{
    /// <summary>Checksum of the bytes, continued from the checksum of what came before (0 for the first
    /// piece).</summary>
    public static uint Of(ReadOnlySpan<byte> bytes, uint before = 0)
    {
        uint crc = ~before;
        while (bytes.Length >= 8)
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[8..];
        }

        foreach (byte b in bytes)
        {
            crc = BitOperations.Crc32C(crc, b);
        }

        return ~crc;
    }
}
