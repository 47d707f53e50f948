using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tactus.Engine.State;

/// <summary>Fixed-size value of a record: 56 bytes, so that an account of the common form, its keys, counters and balance
/// included, is one record of 80 bytes with the store's 8-byte header and the 16-byte key (docs/decisions/0012). Protocols lay
/// their blittable structs over it with <see cref="As{T}"/>.</summary>
[InlineArray(Size)]
public struct StateCell : IEquatable<StateCell>
{
    public const int Size = 56;

    private byte _first;

    /// <summary>Views the cell as a blittable struct of at most 56 bytes.</summary>
    public static ref T As<T>(ref StateCell cell)
        where T : unmanaged
    {
        if (Unsafe.SizeOf<T>() > Size)
        {
            throw new InvalidOperationException($"{typeof(T).Name} does not fit a {Size}-byte cell");
        }

        return ref Unsafe.As<StateCell, T>(ref cell);
    }

    /// <summary>A zero-padded copy of a blittable struct of at most 56 bytes.</summary>
    public static StateCell Of<T>(in T value)
        where T : unmanaged
    {
        StateCell cell = default;
        As<T>(ref cell) = value;
        return cell;
    }

    /// <summary>The cell's bytes.</summary>
    public static Span<byte> BytesOf(ref StateCell cell) => MemoryMarshal.AsBytes(MemoryMarshal.CreateSpan(ref cell, 1));

    public readonly bool Equals(StateCell other) => ((ReadOnlySpan<byte>)this).SequenceEqual(other);

    public override readonly bool Equals(object? obj) => obj is StateCell other && Equals(other);

    public override readonly int GetHashCode()
    {
        HashCode hash = default;
        hash.AddBytes(this);
        return hash.ToHashCode();
    }

    public static bool operator ==(in StateCell left, in StateCell right) => left.Equals(right);

    public static bool operator !=(in StateCell left, in StateCell right) => !left.Equals(right);
}
