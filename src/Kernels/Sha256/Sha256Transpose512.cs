using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Lanes = System.Runtime.Intrinsics.Vector512<uint>;

namespace Tactus.Kernels.Sha256;

/// <summary>Between messages in memory and words in lanes: 16 rows of 64 bytes to 16 vectors, and 8 vectors to 16 digests.</summary>
internal static unsafe class Sha256Transpose512
{
    /// <summary>Reverses the bytes of every 32-bit word: SHA-256 is big-endian.</summary>
    private static Vector512<byte> Swap => Vector512.Create(
        Vector256.Create(
            Vector128.Create((byte)3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12),
            Vector128.Create((byte)3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12)),
        Vector256.Create(
            Vector128.Create((byte)3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12),
            Vector128.Create((byte)3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12)));

    /// <summary>words[j] lane i := big-endian word j of the 64 bytes at rows[i].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Load(byte** rows, Lanes* words)
    {
        Vector512<byte> swap = Swap;

        // Quad[g][c], in the 128-bit quarter q: words 4q + c of rows 4g to 4g + 3.
        Lanes* quads = stackalloc Lanes[16];
        for (int g = 0; g < 4; g++)
        {
            byte** r = rows + (4 * g);
            Lanes r0 = Vector512.Load((uint*)r[0]), r1 = Vector512.Load((uint*)r[1]);
            Lanes r2 = Vector512.Load((uint*)r[2]), r3 = Vector512.Load((uint*)r[3]);
            Vector512<ulong> low01 = Avx512F.UnpackLow(r0, r1).AsUInt64(), low23 = Avx512F.UnpackLow(r2, r3).AsUInt64();
            Vector512<ulong> high01 = Avx512F.UnpackHigh(r0, r1).AsUInt64(), high23 = Avx512F.UnpackHigh(r2, r3).AsUInt64();
            quads[(4 * g) + 0] = Avx512BW.Shuffle(Avx512F.UnpackLow(low01, low23).AsByte(), swap).AsUInt32();
            quads[(4 * g) + 1] = Avx512BW.Shuffle(Avx512F.UnpackHigh(low01, low23).AsByte(), swap).AsUInt32();
            quads[(4 * g) + 2] = Avx512BW.Shuffle(Avx512F.UnpackLow(high01, high23).AsByte(), swap).AsUInt32();
            quads[(4 * g) + 3] = Avx512BW.Shuffle(Avx512F.UnpackHigh(high01, high23).AsByte(), swap).AsUInt32();
        }

        // 0x88 takes quarters 0 and 2 of both, 0xDD quarters 1 and 3.
        for (int c = 0; c < 4; c++)
        {
            Lanes even01 = Avx512F.Shuffle4x128(quads[c], quads[4 + c], 0x88);
            Lanes even23 = Avx512F.Shuffle4x128(quads[8 + c], quads[12 + c], 0x88);
            Lanes odd01 = Avx512F.Shuffle4x128(quads[c], quads[4 + c], 0xDD);
            Lanes odd23 = Avx512F.Shuffle4x128(quads[8 + c], quads[12 + c], 0xDD);
            words[c] = Avx512F.Shuffle4x128(even01, even23, 0x88);
            words[4 + c] = Avx512F.Shuffle4x128(odd01, odd23, 0x88);
            words[8 + c] = Avx512F.Shuffle4x128(even01, even23, 0xDD);
            words[12 + c] = Avx512F.Shuffle4x128(odd01, odd23, 0xDD);
        }
    }

    /// <summary>Writes the digests of 16 lanes end to end, 512 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Store(Lanes* state, byte* digests)
    {
        Vector512<byte> swap = Swap;
        Lanes* halves = stackalloc Lanes[8];
        for (int s = 0; s < 2; s++)
        {
            // Halves[4s + c], in quarter q: words 4s to 4s + 3 of lane 4q + c.
            Lanes* w = state + (4 * s);
            Vector512<ulong> low01 = Avx512F.UnpackLow(w[0], w[1]).AsUInt64(), low23 = Avx512F.UnpackLow(w[2], w[3]).AsUInt64();
            Vector512<ulong> high01 = Avx512F.UnpackHigh(w[0], w[1]).AsUInt64(), high23 = Avx512F.UnpackHigh(w[2], w[3]).AsUInt64();
            halves[(4 * s) + 0] = Avx512BW.Shuffle(Avx512F.UnpackLow(low01, low23).AsByte(), swap).AsUInt32();
            halves[(4 * s) + 1] = Avx512BW.Shuffle(Avx512F.UnpackHigh(low01, low23).AsByte(), swap).AsUInt32();
            halves[(4 * s) + 2] = Avx512BW.Shuffle(Avx512F.UnpackLow(high01, high23).AsByte(), swap).AsUInt32();
            halves[(4 * s) + 3] = Avx512BW.Shuffle(Avx512F.UnpackHigh(high01, high23).AsByte(), swap).AsUInt32();
        }

        for (int c = 0; c < 4; c++)
        {
            Vector512<ulong> low = halves[c].AsUInt64();
            Vector512<ulong> high = halves[4 + c].AsUInt64();
            Vector512<ulong> lanes04 = Avx512F.PermuteVar8x64x2(low, Vector512.Create(0UL, 1, 8, 9, 2, 3, 10, 11), high);
            Vector512<ulong> lanes8C = Avx512F.PermuteVar8x64x2(low, Vector512.Create(4UL, 5, 12, 13, 6, 7, 14, 15), high);
            lanes04.GetLower().Store((ulong*)(digests + (32 * c)));
            lanes04.GetUpper().Store((ulong*)(digests + (32 * (4 + c))));
            lanes8C.GetLower().Store((ulong*)(digests + (32 * (8 + c))));
            lanes8C.GetUpper().Store((ulong*)(digests + (32 * (12 + c))));
        }
    }
}
