using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Lanes = System.Runtime.Intrinsics.Vector256<uint>;

namespace Tactus.Kernels.Sha256;

/// <summary>The compression function over 8 lanes: element i of every vector belongs to message i.</summary>
/// <remarks>State: 8 vectors a..h. Words: 16 vectors, a ring that the schedule overwrites.</remarks>
internal static unsafe class Sha256Compress256
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
            Round(a, b, c, ref d, e, f, g, ref h, w[0] + Vector256.Create(k[0]));
            Round(h, a, b, ref c, d, e, f, ref g, w[1] + Vector256.Create(k[1]));
            Round(g, h, a, ref b, c, d, e, ref f, w[2] + Vector256.Create(k[2]));
            Round(f, g, h, ref a, b, c, d, ref e, w[3] + Vector256.Create(k[3]));
            Round(e, f, g, ref h, a, b, c, ref d, w[4] + Vector256.Create(k[4]));
            Round(d, e, f, ref g, h, a, b, ref c, w[5] + Vector256.Create(k[5]));
            Round(c, d, e, ref f, g, h, a, ref b, w[6] + Vector256.Create(k[6]));
            Round(b, c, d, ref e, f, g, h, ref a, w[7] + Vector256.Create(k[7]));
        }

        for (int t = 16; t < 64; t += 16)
        {
            uint* k = rounds + t;
            Round(a, b, c, ref d, e, f, g, ref h, Next(words, 0) + Vector256.Create(k[0]));
            Round(h, a, b, ref c, d, e, f, ref g, Next(words, 1) + Vector256.Create(k[1]));
            Round(g, h, a, ref b, c, d, e, ref f, Next(words, 2) + Vector256.Create(k[2]));
            Round(f, g, h, ref a, b, c, d, ref e, Next(words, 3) + Vector256.Create(k[3]));
            Round(e, f, g, ref h, a, b, c, ref d, Next(words, 4) + Vector256.Create(k[4]));
            Round(d, e, f, ref g, h, a, b, ref c, Next(words, 5) + Vector256.Create(k[5]));
            Round(c, d, e, ref f, g, h, a, ref b, Next(words, 6) + Vector256.Create(k[6]));
            Round(b, c, d, ref e, f, g, h, ref a, Next(words, 7) + Vector256.Create(k[7]));
            Round(a, b, c, ref d, e, f, g, ref h, Next(words, 8) + Vector256.Create(k[8]));
            Round(h, a, b, ref c, d, e, f, ref g, Next(words, 9) + Vector256.Create(k[9]));
            Round(g, h, a, ref b, c, d, e, ref f, Next(words, 10) + Vector256.Create(k[10]));
            Round(f, g, h, ref a, b, c, d, ref e, Next(words, 11) + Vector256.Create(k[11]));
            Round(e, f, g, ref h, a, b, c, ref d, Next(words, 12) + Vector256.Create(k[12]));
            Round(d, e, f, ref g, h, a, b, ref c, Next(words, 13) + Vector256.Create(k[13]));
            Round(c, d, e, ref f, g, h, a, ref b, Next(words, 14) + Vector256.Create(k[14]));
            Round(b, c, d, ref e, f, g, h, ref a, Next(words, 15) + Vector256.Create(k[15]));
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
            Round(a, b, c, ref d, e, f, g, ref h, Vector256.Create(k[0]));
            Round(h, a, b, ref c, d, e, f, ref g, Vector256.Create(k[1]));
            Round(g, h, a, ref b, c, d, e, ref f, Vector256.Create(k[2]));
            Round(f, g, h, ref a, b, c, d, ref e, Vector256.Create(k[3]));
            Round(e, f, g, ref h, a, b, c, ref d, Vector256.Create(k[4]));
            Round(d, e, f, ref g, h, a, b, ref c, Vector256.Create(k[5]));
            Round(c, d, e, ref f, g, h, a, ref b, Vector256.Create(k[6]));
            Round(b, c, d, ref e, f, g, h, ref a, Vector256.Create(k[7]));
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
    private static void Round(
        Lanes a, Lanes b, Lanes c, ref Lanes d, Lanes e, Lanes f, Lanes g, ref Lanes h, Lanes wordAndConstant)
    {
        // Choose as g ^ (e & (f ^ g)), majority as ((a | c) & b) | (a & c).
        Lanes t1 = h + wordAndConstant + (g ^ (e & (f ^ g)));
        t1 += (e >>> 6) ^ (e << 26) ^ (e >>> 11) ^ (e << 21) ^ (e >>> 25) ^ (e << 7);
        d += t1;
        h = t1 + (((a | c) & b) | (a & c));
        h += (a >>> 2) ^ (a << 30) ^ (a >>> 13) ^ (a << 19) ^ (a >>> 22) ^ (a << 10);
    }

    /// <summary>Word t of the schedule, t = 16 or more, over word t - 16 in a ring of sixteen; <paramref name="at"/> is t mod 16.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Lanes Next(Lanes* words, int at)
    {
        Lanes w15 = words[(at + 1) & 15];
        Lanes w2 = words[(at + 14) & 15];
        Lanes word = words[at] + words[(at + 9) & 15]
            + ((w15 >>> 7) ^ (w15 << 25) ^ (w15 >>> 18) ^ (w15 << 14) ^ (w15 >>> 3))
            + ((w2 >>> 17) ^ (w2 << 15) ^ (w2 >>> 19) ^ (w2 << 13) ^ (w2 >>> 10));
        words[at] = word;
        return word;
    }
}
