using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Tactus.Kernels;

/// <summary>Asks for memory before it is needed.</summary>
/// <remarks>A load that misses the caches holds up everything behind it once some two hundred instructions wait; a
/// request does not, so many more are under way at once.</remarks>
public static unsafe class CacheLine
{
    /// <summary>Bytes of a line.</summary>
    public const int Bytes = 64;

    /// <summary>Brings the line of a value into the caches. Where the collector moves the value meanwhile, or the
    /// processor has no such instruction, nothing but time is lost.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch<T>(ref readonly T value)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.AsRef(in value)));
        }
    }
}
