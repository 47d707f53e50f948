using System.Buffers;

namespace Tactus.Kernels.Bls12381;

/// <summary>A rented array of a length, returned on dispose. Its contents are left over from earlier use.</summary>
internal readonly ref struct Pooled<T>
{
    private readonly T[] _array;

    public Pooled(int length)
    {
        _array = ArrayPool<T>.Shared.Rent(length);
        Span = _array.AsSpan(0, length);
    }

    public Span<T> Span { get; }

    public void Dispose() => ArrayPool<T>.Shared.Return(_array);
}
