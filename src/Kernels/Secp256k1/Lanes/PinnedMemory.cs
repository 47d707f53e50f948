namespace Tactus.Kernels.Secp256k1.Lanes;

/// <summary>Zeroed memory that never moves and begins at a multiple of 64 bytes, so that no vector and no packed point
/// splits a line.</summary>
internal sealed unsafe class PinnedMemory
{
    private const int Alignment = 64;

    private readonly byte[] _bytes;
    private byte* _next;

    /// <param name="size">Bytes that <see cref="Take{T}"/> may hand out, each block rounded up to 64.</param>
    public PinnedMemory(long size)
    {
        _bytes = GC.AllocateArray<byte>(checked((int)(size + Alignment)), pinned: true);
        byte* start = (byte*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref _bytes[0]);
        _next = (byte*)(((nuint)start + Alignment - 1) & ~(nuint)(Alignment - 1));
    }

    /// <summary>Bytes that <see cref="Take{T}"/> needs for <paramref name="count"/> items.</summary>
    public static long SizeOf<T>(long count)
        where T : unmanaged => ((sizeof(T) * count) + Alignment - 1) & ~(long)(Alignment - 1);

    /// <summary>The next block. Its memory lives as long as this object.</summary>
    public T* Take<T>(int count)
        where T : unmanaged
    {
        byte* block = _next;
        _next += SizeOf<T>(count);
        byte* end = (byte*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref _bytes[0]) + _bytes.Length;
        return _next <= end ? (T*)block
            : throw new InvalidOperationException("Pinned memory is smaller than its parts.");
    }
}
