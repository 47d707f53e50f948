using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static Tactus.Kernels.Sha256.Sha256Compress512;
using Lanes = System.Runtime.Intrinsics.Vector512<uint>;

namespace Tactus.Kernels.Sha256;

/// <summary>The compression function over two independent sets of 16 lanes, their rounds interleaved.</summary>
/// <remarks>
/// State: 8 vectors of the first set (a..h), then 8 of the second (A..H): 16 of the 32 registers, so the words stay in
/// memory and nothing spills. Words: 16 vectors of the first set, then 16 of the second. A round is a chain of five dependent
/// instructions of two cycles each on Zen 5; two chains fill the four vector pipes that one leaves half idle.
/// </remarks>
internal static unsafe class Sha256Compress512Twice
{
    /// <summary>stateOut := stateIn after one block. The words are overwritten; stateOut may lie on either input.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Block(Lanes* words, Lanes* stateIn, Lanes* stateOut, uint* rounds)
    {
        Lanes a = stateIn[0], b = stateIn[1], c = stateIn[2], d = stateIn[3];
        Lanes e = stateIn[4], f = stateIn[5], g = stateIn[6], h = stateIn[7];
        Lanes A = stateIn[8], B = stateIn[9], C = stateIn[10], D = stateIn[11];
        Lanes E = stateIn[12], F = stateIn[13], G = stateIn[14], H = stateIn[15];
        for (int t = 0; t < 16; t += 8)
        {
            Lanes* w = words + t;
            Lanes* z = w + 16;
            uint* k = rounds + t;
            Round(a, b, c, ref d, e, f, g, ref h, w[0] + Vector512.Create(k[0]));
            Round(A, B, C, ref D, E, F, G, ref H, z[0] + Vector512.Create(k[0]));
            Round(h, a, b, ref c, d, e, f, ref g, w[1] + Vector512.Create(k[1]));
            Round(H, A, B, ref C, D, E, F, ref G, z[1] + Vector512.Create(k[1]));
            Round(g, h, a, ref b, c, d, e, ref f, w[2] + Vector512.Create(k[2]));
            Round(G, H, A, ref B, C, D, E, ref F, z[2] + Vector512.Create(k[2]));
            Round(f, g, h, ref a, b, c, d, ref e, w[3] + Vector512.Create(k[3]));
            Round(F, G, H, ref A, B, C, D, ref E, z[3] + Vector512.Create(k[3]));
            Round(e, f, g, ref h, a, b, c, ref d, w[4] + Vector512.Create(k[4]));
            Round(E, F, G, ref H, A, B, C, ref D, z[4] + Vector512.Create(k[4]));
            Round(d, e, f, ref g, h, a, b, ref c, w[5] + Vector512.Create(k[5]));
            Round(D, E, F, ref G, H, A, B, ref C, z[5] + Vector512.Create(k[5]));
            Round(c, d, e, ref f, g, h, a, ref b, w[6] + Vector512.Create(k[6]));
            Round(C, D, E, ref F, G, H, A, ref B, z[6] + Vector512.Create(k[6]));
            Round(b, c, d, ref e, f, g, h, ref a, w[7] + Vector512.Create(k[7]));
            Round(B, C, D, ref E, F, G, H, ref A, z[7] + Vector512.Create(k[7]));
        }

        for (int t = 16; t < 64; t += 16)
        {
            uint* k = rounds + t;
            Round(a, b, c, ref d, e, f, g, ref h, Next(words, 0) + Vector512.Create(k[0]));
            Round(A, B, C, ref D, E, F, G, ref H, Next(words + 16, 0) + Vector512.Create(k[0]));
            Round(h, a, b, ref c, d, e, f, ref g, Next(words, 1) + Vector512.Create(k[1]));
            Round(H, A, B, ref C, D, E, F, ref G, Next(words + 16, 1) + Vector512.Create(k[1]));
            Round(g, h, a, ref b, c, d, e, ref f, Next(words, 2) + Vector512.Create(k[2]));
            Round(G, H, A, ref B, C, D, E, ref F, Next(words + 16, 2) + Vector512.Create(k[2]));
            Round(f, g, h, ref a, b, c, d, ref e, Next(words, 3) + Vector512.Create(k[3]));
            Round(F, G, H, ref A, B, C, D, ref E, Next(words + 16, 3) + Vector512.Create(k[3]));
            Round(e, f, g, ref h, a, b, c, ref d, Next(words, 4) + Vector512.Create(k[4]));
            Round(E, F, G, ref H, A, B, C, ref D, Next(words + 16, 4) + Vector512.Create(k[4]));
            Round(d, e, f, ref g, h, a, b, ref c, Next(words, 5) + Vector512.Create(k[5]));
            Round(D, E, F, ref G, H, A, B, ref C, Next(words + 16, 5) + Vector512.Create(k[5]));
            Round(c, d, e, ref f, g, h, a, ref b, Next(words, 6) + Vector512.Create(k[6]));
            Round(C, D, E, ref F, G, H, A, ref B, Next(words + 16, 6) + Vector512.Create(k[6]));
            Round(b, c, d, ref e, f, g, h, ref a, Next(words, 7) + Vector512.Create(k[7]));
            Round(B, C, D, ref E, F, G, H, ref A, Next(words + 16, 7) + Vector512.Create(k[7]));
            Round(a, b, c, ref d, e, f, g, ref h, Next(words, 8) + Vector512.Create(k[8]));
            Round(A, B, C, ref D, E, F, G, ref H, Next(words + 16, 8) + Vector512.Create(k[8]));
            Round(h, a, b, ref c, d, e, f, ref g, Next(words, 9) + Vector512.Create(k[9]));
            Round(H, A, B, ref C, D, E, F, ref G, Next(words + 16, 9) + Vector512.Create(k[9]));
            Round(g, h, a, ref b, c, d, e, ref f, Next(words, 10) + Vector512.Create(k[10]));
            Round(G, H, A, ref B, C, D, E, ref F, Next(words + 16, 10) + Vector512.Create(k[10]));
            Round(f, g, h, ref a, b, c, d, ref e, Next(words, 11) + Vector512.Create(k[11]));
            Round(F, G, H, ref A, B, C, D, ref E, Next(words + 16, 11) + Vector512.Create(k[11]));
            Round(e, f, g, ref h, a, b, c, ref d, Next(words, 12) + Vector512.Create(k[12]));
            Round(E, F, G, ref H, A, B, C, ref D, Next(words + 16, 12) + Vector512.Create(k[12]));
            Round(d, e, f, ref g, h, a, b, ref c, Next(words, 13) + Vector512.Create(k[13]));
            Round(D, E, F, ref G, H, A, B, ref C, Next(words + 16, 13) + Vector512.Create(k[13]));
            Round(c, d, e, ref f, g, h, a, ref b, Next(words, 14) + Vector512.Create(k[14]));
            Round(C, D, E, ref F, G, H, A, ref B, Next(words + 16, 14) + Vector512.Create(k[14]));
            Round(b, c, d, ref e, f, g, h, ref a, Next(words, 15) + Vector512.Create(k[15]));
            Round(B, C, D, ref E, F, G, H, ref A, Next(words + 16, 15) + Vector512.Create(k[15]));
        }

        stateOut[0] = stateIn[0] + a;
        stateOut[1] = stateIn[1] + b;
        stateOut[2] = stateIn[2] + c;
        stateOut[3] = stateIn[3] + d;
        stateOut[4] = stateIn[4] + e;
        stateOut[5] = stateIn[5] + f;
        stateOut[6] = stateIn[6] + g;
        stateOut[7] = stateIn[7] + h;
        stateOut[8] = stateIn[8] + A;
        stateOut[9] = stateIn[9] + B;
        stateOut[10] = stateIn[10] + C;
        stateOut[11] = stateIn[11] + D;
        stateOut[12] = stateIn[12] + E;
        stateOut[13] = stateIn[13] + F;
        stateOut[14] = stateIn[14] + G;
        stateOut[15] = stateIn[15] + H;
    }

    /// <summary>The same for a block that all lanes share: <paramref name="wordsAndConstants"/> holds its 64 words plus round constants.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SharedBlock(uint* wordsAndConstants, Lanes* stateIn, Lanes* stateOut)
    {
        Lanes a = stateIn[0], b = stateIn[1], c = stateIn[2], d = stateIn[3];
        Lanes e = stateIn[4], f = stateIn[5], g = stateIn[6], h = stateIn[7];
        Lanes A = stateIn[8], B = stateIn[9], C = stateIn[10], D = stateIn[11];
        Lanes E = stateIn[12], F = stateIn[13], G = stateIn[14], H = stateIn[15];
        for (int t = 0; t < 64; t += 8)
        {
            uint* k = wordsAndConstants + t;
            Round(a, b, c, ref d, e, f, g, ref h, Vector512.Create(k[0]));
            Round(A, B, C, ref D, E, F, G, ref H, Vector512.Create(k[0]));
            Round(h, a, b, ref c, d, e, f, ref g, Vector512.Create(k[1]));
            Round(H, A, B, ref C, D, E, F, ref G, Vector512.Create(k[1]));
            Round(g, h, a, ref b, c, d, e, ref f, Vector512.Create(k[2]));
            Round(G, H, A, ref B, C, D, E, ref F, Vector512.Create(k[2]));
            Round(f, g, h, ref a, b, c, d, ref e, Vector512.Create(k[3]));
            Round(F, G, H, ref A, B, C, D, ref E, Vector512.Create(k[3]));
            Round(e, f, g, ref h, a, b, c, ref d, Vector512.Create(k[4]));
            Round(E, F, G, ref H, A, B, C, ref D, Vector512.Create(k[4]));
            Round(d, e, f, ref g, h, a, b, ref c, Vector512.Create(k[5]));
            Round(D, E, F, ref G, H, A, B, ref C, Vector512.Create(k[5]));
            Round(c, d, e, ref f, g, h, a, ref b, Vector512.Create(k[6]));
            Round(C, D, E, ref F, G, H, A, ref B, Vector512.Create(k[6]));
            Round(b, c, d, ref e, f, g, h, ref a, Vector512.Create(k[7]));
            Round(B, C, D, ref E, F, G, H, ref A, Vector512.Create(k[7]));
        }

        stateOut[0] = stateIn[0] + a;
        stateOut[1] = stateIn[1] + b;
        stateOut[2] = stateIn[2] + c;
        stateOut[3] = stateIn[3] + d;
        stateOut[4] = stateIn[4] + e;
        stateOut[5] = stateIn[5] + f;
        stateOut[6] = stateIn[6] + g;
        stateOut[7] = stateIn[7] + h;
        stateOut[8] = stateIn[8] + A;
        stateOut[9] = stateIn[9] + B;
        stateOut[10] = stateIn[10] + C;
        stateOut[11] = stateIn[11] + D;
        stateOut[12] = stateIn[12] + E;
        stateOut[13] = stateIn[13] + F;
        stateOut[14] = stateIn[14] + G;
        stateOut[15] = stateIn[15] + H;
    }
}
