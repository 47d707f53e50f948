using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Lanes = System.Runtime.Intrinsics.Vector512<uint>;

namespace Tactus.Kernels.Sha256;

/// <summary>The compression function over 16 lanes: element i of every vector belongs to message i.</summary>
/// <remarks>
/// State: 8 vectors a..h. Words: 16 vectors, a ring that the schedule overwrites. 20.4 ns per 64-byte message on Zen 5, where
/// <see cref="Sha256Compress512Twice"/> takes 13.6: a lone chain of rounds waits for its own results.
/// </remarks>
internal static unsafe class Sha256Compress512
{
    /// <summary>stateOut := stateIn after one block. The words are overwritten; stateOut may lie on either input.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Block(Lanes* words, Lanes* stateIn, Lanes* stateOut, uint* rounds)
    {
        Lanes a = stateIn[0], b = stateIn[1], c = stateIn[2], d = stateIn[3];
        Lanes e = stateIn[4], f = stateIn[5], g = stateIn[6], h = stateIn[7];
        for (int t = 0; t < 16; t += 8)
        {
            Lanes* w = words + t;
            uint* k = rounds + t;
            Round(a, b, c, ref d, e, f, g, ref h, w[0] + Vector512.Create(k[0]));
            Round(h, a, b, ref c, d, e, f, ref g, w[1] + Vector512.Create(k[1]));
            Round(g, h, a, ref b, c, d, e, ref f, w[2] + Vector512.Create(k[2]));
            Round(f, g, h, ref a, b, c, d, ref e, w[3] + Vector512.Create(k[3]));
            Round(e, f, g, ref h, a, b, c, ref d, w[4] + Vector512.Create(k[4]));
            Round(d, e, f, ref g, h, a, b, ref c, w[5] + Vector512.Create(k[5]));
            Round(c, d, e, ref f, g, h, a, ref b, w[6] + Vector512.Create(k[6]));
            Round(b, c, d, ref e, f, g, h, ref a, w[7] + Vector512.Create(k[7]));
        }

        for (int t = 16; t < 64; t += 16)
        {
            uint* k = rounds + t;
            Round(a, b, c, ref d, e, f, g, ref h, Next(words, 0) + Vector512.Create(k[0]));
            Round(h, a, b, ref c, d, e, f, ref g, Next(words, 1) + Vector512.Create(k[1]));
            Round(g, h, a, ref b, c, d, e, ref f, Next(words, 2) + Vector512.Create(k[2]));
            Round(f, g, h, ref a, b, c, d, ref e, Next(words, 3) + Vector512.Create(k[3]));
            Round(e, f, g, ref h, a, b, c, ref d, Next(words, 4) + Vector512.Create(k[4]));
            Round(d, e, f, ref g, h, a, b, ref c, Next(words, 5) + Vector512.Create(k[5]));
            Round(c, d, e, ref f, g, h, a, ref b, Next(words, 6) + Vector512.Create(k[6]));
            Round(b, c, d, ref e, f, g, h, ref a, Next(words, 7) + Vector512.Create(k[7]));
            Round(a, b, c, ref d, e, f, g, ref h, Next(words, 8) + Vector512.Create(k[8]));
            Round(h, a, b, ref c, d, e, f, ref g, Next(words, 9) + Vector512.Create(k[9]));
            Round(g, h, a, ref b, c, d, e, ref f, Next(words, 10) + Vector512.Create(k[10]));
            Round(f, g, h, ref a, b, c, d, ref e, Next(words, 11) + Vector512.Create(k[11]));
            Round(e, f, g, ref h, a, b, c, ref d, Next(words, 12) + Vector512.Create(k[12]));
            Round(d, e, f, ref g, h, a, b, ref c, Next(words, 13) + Vector512.Create(k[13]));
            Round(c, d, e, ref f, g, h, a, ref b, Next(words, 14) + Vector512.Create(k[14]));
            Round(b, c, d, ref e, f, g, h, ref a, Next(words, 15) + Vector512.Create(k[15]));
        }

        stateOut[0] = stateIn[0] + a;
        stateOut[1] = stateIn[1] + b;
        stateOut[2] = stateIn[2] + c;
        stateOut[3] = stateIn[3] + d;
        stateOut[4] = stateIn[4] + e;
        stateOut[5] = stateIn[5] + f;
        stateOut[6] = stateIn[6] + g;
        stateOut[7] = stateIn[7] + h;
    }

    /// <summary>The same for a block that all lanes share: <paramref name="wordsAndConstants"/> holds its 64 words plus round constants.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SharedBlock(uint* wordsAndConstants, Lanes* stateIn, Lanes* stateOut)
    {
        Lanes a = stateIn[0], b = stateIn[1], c = stateIn[2], d = stateIn[3];
        Lanes e = stateIn[4], f = stateIn[5], g = stateIn[6], h = stateIn[7];
        for (int t = 0; t < 64; t += 8)
        {
            uint* k = wordsAndConstants + t;
            Round(a, b, c, ref d, e, f, g, ref h, Vector512.Create(k[0]));
            Round(h, a, b, ref c, d, e, f, ref g, Vector512.Create(k[1]));
            Round(g, h, a, ref b, c, d, e, ref f, Vector512.Create(k[2]));
            Round(f, g, h, ref a, b, c, d, ref e, Vector512.Create(k[3]));
            Round(e, f, g, ref h, a, b, c, ref d, Vector512.Create(k[4]));
            Round(d, e, f, ref g, h, a, b, ref c, Vector512.Create(k[5]));
            Round(c, d, e, ref f, g, h, a, ref b, Vector512.Create(k[6]));
            Round(b, c, d, ref e, f, g, h, ref a, Vector512.Create(k[7]));
        }

        stateOut[0] = stateIn[0] + a;
        stateOut[1] = stateIn[1] + b;
        stateOut[2] = stateIn[2] + c;
        stateOut[3] = stateIn[3] + d;
        stateOut[4] = stateIn[4] + e;
        stateOut[5] = stateIn[5] + f;
        stateOut[6] = stateIn[6] + g;
        stateOut[7] = stateIn[7] + h;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Round(
        Lanes a, Lanes b, Lanes c, ref Lanes d, Lanes e, Lanes f, Lanes g, ref Lanes h, Lanes wordAndConstant)
    {
        // 0xCA: e ? f : g. 0x96: exclusive or of three. 0xE8: majority.
        Lanes t1 = h + wordAndConstant;
        t1 += Avx512F.TernaryLogic(e, f, g, 0xCA);
        t1 += Avx512F.TernaryLogic(
            Avx512F.RotateRight(e, 6), Avx512F.RotateRight(e, 11), Avx512F.RotateRight(e, 25), 0x96);
        d += t1;
        h = t1 + (Avx512F.TernaryLogic(a, b, c, 0xE8) + Avx512F.TernaryLogic(
            Avx512F.RotateRight(a, 2), Avx512F.RotateRight(a, 13), Avx512F.RotateRight(a, 22), 0x96));
    }

    /// <summary>Word t of the schedule, t = 16 or more, over word t - 16 in a ring of sixteen; <paramref name="at"/> is t mod 16.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Lanes Next(Lanes* words, int at)
    {
        Lanes w15 = words[(at + 1) & 15];
        Lanes w2 = words[(at + 14) & 15];
        Lanes word = words[at]
            + Avx512F.TernaryLogic(Avx512F.RotateRight(w15, 7), Avx512F.RotateRight(w15, 18), w15 >>> 3, 0x96)
            + words[(at + 9) & 15]
            + Avx512F.TernaryLogic(Avx512F.RotateRight(w2, 17), Avx512F.RotateRight(w2, 19), w2 >>> 10, 0x96);
        words[at] = word;
        return word;
    }
}
