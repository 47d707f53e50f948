using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Tactus.Kernels.Sha256;

/// <summary>What follows the last whole block of a message: the bytes left over, 0x80, zeros, and the length in bits.</summary>
internal static unsafe class Sha256MessageEnd
{
    /// <summary>One block or two.</summary>
    public const int BytesMax = 2 * Sha256Scalar.BlockBytes;

    /// <summary>Blocks of a message with its padding: 0x80 and 8 bytes of length.</summary>
    public static int BlocksOf(int bytes) => (int)(((uint)bytes + 8) / Sha256Scalar.BlockBytes) + 1;

    /// <summary>Writes it.</summary>
    /// <param name="left">The bytes left over; up to 64 are read where they lie before <paramref name="dataEnd"/>.</param>
    /// <param name="messageBytes">Length of the whole message.</param>
    /// <param name="end">128 bytes.</param>
    /// <param name="endBlocks">1 or 2: what the left bytes need.</param>
    /// <param name="dataEnd">Nothing is read from here on.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write(byte* left, int messageBytes, byte* end, int endBlocks, byte* dataEnd)
    {
        int count = messageBytes % Sha256Scalar.BlockBytes;
        Vector256<byte> low, high;
        if (dataEnd - left >= Sha256Scalar.BlockBytes)
        {
            low = Vector256.Load(left);
            high = Vector256.Load(left + 32);
        }
        else
        {
            Buffer.MemoryCopy(left, end, Sha256Scalar.BlockBytes, count);
            low = Vector256.Load(end);
            high = Vector256.Load(end + 32);
        }

        Vector256<sbyte> at = Vector256<sbyte>.Indices, left8 = Vector256.Create((sbyte)count);
        Vector256<sbyte> atHigh = at + Vector256.Create((sbyte)32);
        Vector256<byte> mark = Vector256.Create((byte)0x80);
        low = (low & Vector256.GreaterThan(left8, at).AsByte()) | (mark & Vector256.Equals(left8, at).AsByte());
        high = (high & Vector256.GreaterThan(left8, atHigh).AsByte()) | (mark & Vector256.Equals(left8, atHigh).AsByte());

        // In whole vectors: a load that covers two stores would wait for both.
        Vector256<byte> bits = Vector256.Create(0, 0, 0, BinaryPrimitives.ReverseEndianness((ulong)messageBytes * 8)).AsByte();
        Vector256<byte> inFirst = Vector256.Create((byte)(endBlocks - 2));
        low.Store(end);
        (high | (bits & inFirst)).Store(end + 32);
        Vector256<byte>.Zero.Store(end + 64);
        Vector256.AndNot(bits, inFirst).Store(end + 96);
    }
}
