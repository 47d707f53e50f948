using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Lanes = System.Runtime.Intrinsics.Vector512<uint>;

namespace Tactus.Kernels.Sha256;

/// <summary>Between messages in memory and words in lanes: 16 rows of 64 bytes to 16 vectors, and 8 vectors to 16 digests.</summary>
internal static unsafe class Sha256Transpose512
{
    /// <summary>Shuffle that reverses the bytes of every 32-bit word: SHA-256 is big-endian.</summary>
    private static ReadOnlySpan<byte> ReverseWords =>
    [
        3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12,
        3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12,
    ];

    /// <summary>words[j] lane i := big-endian word j of the 64 bytes at rows[i].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Load(byte** rows, Lanes* words)
    {
        Vector512<byte> swap = Vector512.LoadUnsafe(ref MemoryMarshal.GetReference(ReverseWords));

        // Sixteen values, all in registers: a spill to the stack would straddle cache lines.
        Quads(rows, swap, out Lanes a0, out Lanes a1, out Lanes a2, out Lanes a3);
        Quads(rows + 4, swap, out Lanes b0, out Lanes b1, out Lanes b2, out Lanes b3);
        Quads(rows + 8, swap, out Lanes c0, out Lanes c1, out Lanes c2, out Lanes c3);
        Quads(rows + 12, swap, out Lanes d0, out Lanes d1, out Lanes d2, out Lanes d3);
        Quarters(a0, b0, c0, d0, words);
        Quarters(a1, b1, c1, d1, words + 1);
        Quarters(a2, b2, c2, d2, words + 2);
        Quarters(a3, b3, c3, d3, words + 3);
    }

    /// <summary>Writes the digests of 16 lanes end to end, 512 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Store(Lanes* state, byte* digests)
    {
        Vector512<byte> swap = Vector512.LoadUnsafe(ref MemoryMarshal.GetReference(ReverseWords));

        // In quarter q, quad c of the first four: words 0 to 3 of lane 4q + c; of the last four: words 4 to 7.
        Quads(state[0], state[1], state[2], state[3], swap, out Lanes a0, out Lanes a1, out Lanes a2, out Lanes a3);
        Quads(state[4], state[5], state[6], state[7], swap, out Lanes b0, out Lanes b1, out Lanes b2, out Lanes b3);
        Digests(a0, b0, digests);
        Digests(a1, b1, digests + 32);
        Digests(a2, b2, digests + 64);
        Digests(a3, b3, digests + 96);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Quads(byte** rows, Vector512<byte> swap, out Lanes q0, out Lanes q1, out Lanes q2, out Lanes q3) =>
        Quads(
            Vector512.Load((uint*)rows[0]),
            Vector512.Load((uint*)rows[1]),
            Vector512.Load((uint*)rows[2]),
            Vector512.Load((uint*)rows[3]),
            swap,
            out q0,
            out q1,
            out q2,
            out q3);

    /// <summary>Quad c, in the 128-bit quarter q: words 4q + c of the four rows, each with its bytes reversed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Quads(
        Lanes r0,
        Lanes r1,
        Lanes r2,
        Lanes r3,
        Vector512<byte> swap,
        out Lanes q0,
        out Lanes q1,
        out Lanes q2,
        out Lanes q3)
    {
        Vector512<ulong> low01 = Avx512F.UnpackLow(r0, r1).AsUInt64();
        Vector512<ulong> low23 = Avx512F.UnpackLow(r2, r3).AsUInt64();
        Vector512<ulong> high01 = Avx512F.UnpackHigh(r0, r1).AsUInt64();
        Vector512<ulong> high23 = Avx512F.UnpackHigh(r2, r3).AsUInt64();
        q0 = Avx512BW.Shuffle(Avx512F.UnpackLow(low01, low23).AsByte(), swap).AsUInt32();
        q1 = Avx512BW.Shuffle(Avx512F.UnpackHigh(low01, low23).AsByte(), swap).AsUInt32();
        q2 = Avx512BW.Shuffle(Avx512F.UnpackLow(high01, high23).AsByte(), swap).AsUInt32();
        q3 = Avx512BW.Shuffle(Avx512F.UnpackHigh(high01, high23).AsByte(), swap).AsUInt32();
    }

    /// <summary>words[4q] := quarters q of a, b, c and d, for q = 0 to 3.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Quarters(Lanes a, Lanes b, Lanes c, Lanes d, Lanes* words)
    {
        // 0x88 takes quarters 0 and 2 of both, 0xDD quarters 1 and 3.
        Lanes evenAb = Avx512F.Shuffle4x128(a, b, 0x88);
        Lanes evenCd = Avx512F.Shuffle4x128(c, d, 0x88);
        Lanes oddAb = Avx512F.Shuffle4x128(a, b, 0xDD);
        Lanes oddCd = Avx512F.Shuffle4x128(c, d, 0xDD);
        words[0] = Avx512F.Shuffle4x128(evenAb, evenCd, 0x88);
        words[4] = Avx512F.Shuffle4x128(oddAb, oddCd, 0x88);
        words[8] = Avx512F.Shuffle4x128(evenAb, evenCd, 0xDD);
        words[12] = Avx512F.Shuffle4x128(oddAb, oddCd, 0xDD);
    }

    /// <summary>Digests of lanes c, 4 + c, 8 + c and 12 + c, 128 bytes apart, from their first and last halves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Digests(Lanes first, Lanes last, byte* digests)
    {
        Vector512<ulong> low = first.AsUInt64();
        Vector512<ulong> high = last.AsUInt64();
        Vector512<ulong> lanes04 = Avx512F.PermuteVar8x64x2(low, Vector512.Create(0UL, 1, 8, 9, 2, 3, 10, 11), high);
        Vector512<ulong> lanes8C = Avx512F.PermuteVar8x64x2(low, Vector512.Create(4UL, 5, 12, 13, 6, 7, 14, 15), high);
        lanes04.GetLower().Store((ulong*)digests);
        lanes04.GetUpper().Store((ulong*)(digests + 128));
        lanes8C.GetLower().Store((ulong*)(digests + 256));
        lanes8C.GetUpper().Store((ulong*)(digests + 384));
    }
}
