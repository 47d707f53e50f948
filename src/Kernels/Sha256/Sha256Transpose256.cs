using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Lanes = System.Runtime.Intrinsics.Vector256<uint>;

namespace Tactus.Kernels.Sha256;

/// <summary>Between messages in memory and words in lanes: 8 rows of 32 bytes to 8 vectors, and 8 vectors to 8 digests.</summary>
internal static unsafe class Sha256Transpose256
{
    /// <summary>Shuffle that reverses the bytes of every 32-bit word: SHA-256 is big-endian.</summary>
    private static ReadOnlySpan<byte> ReverseWords =>
    [
        3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12,
    ];

    /// <summary>words[j] lane i := big-endian word j of the 64 bytes at rows[i].</summary>
    /// <remarks>Rows i and i + 4 share a vector, so that words need to move within 128-bit halves only.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Load(byte** rows, Lanes* words)
    {
        Vector256<byte> swap = Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(ReverseWords));
        byte* r0 = rows[0], r1 = rows[1], r2 = rows[2], r3 = rows[3], r4 = rows[4], r5 = rows[5], r6 = rows[6], r7 = rows[7];
        for (int at = 0; at < 64; at += 16)
        {
            Lanes x0 = Vector256.Create(Vector128.Load((uint*)(r0 + at)), Vector128.Load((uint*)(r4 + at)));
            Lanes x1 = Vector256.Create(Vector128.Load((uint*)(r1 + at)), Vector128.Load((uint*)(r5 + at)));
            Lanes x2 = Vector256.Create(Vector128.Load((uint*)(r2 + at)), Vector128.Load((uint*)(r6 + at)));
            Lanes x3 = Vector256.Create(Vector128.Load((uint*)(r3 + at)), Vector128.Load((uint*)(r7 + at)));
            Vector256<ulong> low01 = Avx2.UnpackLow(x0, x1).AsUInt64(), high01 = Avx2.UnpackHigh(x0, x1).AsUInt64();
            Vector256<ulong> low23 = Avx2.UnpackLow(x2, x3).AsUInt64(), high23 = Avx2.UnpackHigh(x2, x3).AsUInt64();
            words[0] = Avx2.Shuffle(Avx2.UnpackLow(low01, low23).AsByte(), swap).AsUInt32();
            words[1] = Avx2.Shuffle(Avx2.UnpackHigh(low01, low23).AsByte(), swap).AsUInt32();
            words[2] = Avx2.Shuffle(Avx2.UnpackLow(high01, high23).AsByte(), swap).AsUInt32();
            words[3] = Avx2.Shuffle(Avx2.UnpackHigh(high01, high23).AsByte(), swap).AsUInt32();
            words += 4;
        }
    }

    /// <summary>Writes the digests of 8 lanes end to end, 256 bytes.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Store(Lanes* state, byte* digests)
    {
        Lanes* rows = stackalloc Lanes[8];
        Transpose(state, rows);
        for (int i = 0; i < 8; i++)
        {
            rows[i].Store((uint*)(digests + (32 * i)));
        }
    }

    /// <summary>Writes the digest of each lane where its pointer says.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Store(Lanes* state, byte** digests)
    {
        Lanes* rows = stackalloc Lanes[8];
        Transpose(state, rows);
        for (int i = 0; i < 8; i++)
        {
            rows[i].Store((uint*)digests[i]);
        }
    }

    /// <summary>8 by 8 words, each with its bytes reversed; its own inverse. The output may be the input.</summary>
    [SkipLocalsInit]
    private static void Transpose(Lanes* from, Lanes* to)
    {
        // Pairs of rows, then fours of rows within 128-bit halves, then the halves.
        Vector256<byte> swap = Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(ReverseWords));
        Lanes* fours = stackalloc Lanes[8];
        for (int g = 0; g < 2; g++)
        {
            Lanes* r = from + (4 * g);
            Vector256<ulong> low01 = Avx2.UnpackLow(r[0], r[1]).AsUInt64(), low23 = Avx2.UnpackLow(r[2], r[3]).AsUInt64();
            Vector256<ulong> high01 = Avx2.UnpackHigh(r[0], r[1]).AsUInt64(), high23 = Avx2.UnpackHigh(r[2], r[3]).AsUInt64();
            fours[(4 * g) + 0] = Avx2.Shuffle(Avx2.UnpackLow(low01, low23).AsByte(), swap).AsUInt32();
            fours[(4 * g) + 1] = Avx2.Shuffle(Avx2.UnpackHigh(low01, low23).AsByte(), swap).AsUInt32();
            fours[(4 * g) + 2] = Avx2.Shuffle(Avx2.UnpackLow(high01, high23).AsByte(), swap).AsUInt32();
            fours[(4 * g) + 3] = Avx2.Shuffle(Avx2.UnpackHigh(high01, high23).AsByte(), swap).AsUInt32();
        }

        for (int c = 0; c < 4; c++)
        {
            to[c] = Avx2.Permute2x128(fours[c], fours[4 + c], 0x20);
            to[4 + c] = Avx2.Permute2x128(fours[c], fours[4 + c], 0x31);
        }
    }
}
