using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tactus.Kernels.Sha256;

/// <summary>Constants of the lane kernels at fixed addresses.</summary>
internal static unsafe class Sha256Tables
{
    /// <summary>Most lanes of one compression: two sets of sixteen.</summary>
    private const int LanesMax = 32;

    /// <summary>The 64 round constants.</summary>
    public static readonly uint* Rounds = Pinned(Sha256Constants.Rounds);

    /// <summary>Schedule words plus round constants of the block that ends a 64-byte message: 0x80, zeros, 512 bits.</summary>
    public static readonly uint* EndOf64Bytes = Pinned(EndOf(64));

    /// <summary>The initial state repeated for sixteen lanes (8 vectors of 64 bytes), twice over.</summary>
    public static readonly uint* InitialState16 = Pinned(InitialState(16));

    /// <summary>The initial state repeated for eight lanes (8 vectors of 32 bytes).</summary>
    public static readonly uint* InitialState8 = Pinned(InitialState(8));

    private static uint[] InitialState(int lanes)
    {
        uint[] words = new uint[8 * LanesMax];
        for (int i = 0; i < words.Length; i++)
        {
            words[i] = Sha256Constants.InitialState[i / lanes % 8];
        }

        return words;
    }

    private static uint[] EndOf(int messageBytes)
    {
        uint[] w = new uint[64];
        w[0] = 0x80000000;
        w[15] = (uint)messageBytes * 8;
        Sha256Scalar.Expand(w);
        for (int t = 0; t < w.Length; t++)
        {
            w[t] += Sha256Constants.Rounds[t];
        }

        return w;
    }

    /// <summary>Copies to memory that lives as long as the process, on a cache line of its own.</summary>
    private static uint* Pinned(ReadOnlySpan<uint> words)
    {
        nuint bytes = (nuint)(words.Length * sizeof(uint));
        uint* copy = (uint*)NativeMemory.AlignedAlloc(bytes, 64);
        Unsafe.CopyBlock(ref *(byte*)copy, ref Unsafe.As<uint, byte>(ref MemoryMarshal.GetReference(words)), (uint)bytes);
        return copy;
    }
}
