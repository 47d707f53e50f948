using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Tactus.Engine.Primitives;

namespace Tactus.Engine.Protocols.VmDposw.Machines;

/// <summary>A compressed secp256k1 public key: 02 or 03, then x. 33 bytes without padding, so that it fits a state
/// cell.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly struct SignKey : IEquatable<SignKey>
{
    public const int Size = 33;

    private readonly byte _parity;
    private readonly Hash256 _x;

    public SignKey(ReadOnlySpan<byte> compressed)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(compressed.Length, Size, nameof(compressed));
        _parity = compressed[0];
        _x = new Hash256(compressed[1..]);
    }

    /// <summary>The key of a point x|y, 64 bytes.</summary>
    public static SignKey OfPoint(ReadOnlySpan<byte> point)
    {
        Span<byte> compressed = stackalloc byte[Size];
        compressed[0] = (byte)(2 | (point[63] & 1));
        point[..32].CopyTo(compressed[1..]);
        return new SignKey(compressed);
    }

    /// <summary>Whether the first byte is that of a compressed key. Whether x is on the curve shows when a signature is
    /// checked.</summary>
    public bool IsWellFormed => _parity is 2 or 3;

    [UnscopedRef]
    public ReadOnlySpan<byte> Bytes => MemoryMarshal.AsBytes(MemoryMarshal.CreateReadOnlySpan(in this, 1));

    public bool Equals(SignKey other) => _parity == other._parity && _x == other._x;

    public override bool Equals(object? obj) => obj is SignKey other && Equals(other);

    public override int GetHashCode() => _x.GetHashCode();

    public static bool operator ==(in SignKey x, in SignKey y) => x.Equals(y);

    public static bool operator !=(in SignKey x, in SignKey y) => !x.Equals(y);

    public override string ToString() => Convert.ToHexStringLower(Bytes);
}
