using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tactus.Engine.Protocols.Gasper.State;

/// <summary>A compressed BLS public key.</summary>
[InlineArray(Size)]
public struct PublicKey48 : IEquatable<PublicKey48>
{
    public const int Size = 48;

    private byte _byte0;

    public PublicKey48(ReadOnlySpan<byte> bytes)
    {
        bytes[..Size].CopyTo(this);
    }

    public static bool operator ==(in PublicKey48 x, in PublicKey48 y) => x.Equals(y);

    public static bool operator !=(in PublicKey48 x, in PublicKey48 y) => !x.Equals(y);

    public readonly bool Equals(PublicKey48 other) => ((ReadOnlySpan<byte>)this).SequenceEqual(other);

    public override readonly bool Equals(object? obj) => obj is PublicKey48 other && Equals(other);

    /// <summary>Bytes 8 to 11: x coordinates spread well; the first byte carries flags.</summary>
    public override readonly int GetHashCode() => MemoryMarshal.Read<int>(((ReadOnlySpan<byte>)this)[8..]);

    /// <summary>Lower-case hexadecimal.</summary>
    public override readonly string ToString() => Convert.ToHexStringLower((ReadOnlySpan<byte>)this);
}
