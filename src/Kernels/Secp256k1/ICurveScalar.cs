namespace Tactus.Kernels.Secp256k1;

/// <summary>
/// A number mod the order of a group on a curve y^2 = x^3 + b over the field of secp256k1, and that curve. The real one
/// is <see cref="ScalarN"/>; tests bring curves with subgroups of 7, 13 and 199 points, over which the multiplication
/// and the ECDSA code can be run for every input (the method of libsecp256k1, src/tests_exhaustive.c).
/// </summary>
internal interface ICurveScalar<TSelf>
    where TSelf : struct, ICurveScalar<TSelf>
{
    /// <summary>The b of the curve equation.</summary>
    static abstract FieldScalar CurveB { get; }

    /// <summary>The point whose multiples the numbers count.</summary>
    static abstract AffinePoint Generator { get; }

    /// <summary>Whether the number is 0.</summary>
    bool IsZero { get; }

    /// <summary>Reads 32 big-endian bytes; false, and 0, when the number is not below the order.</summary>
    static abstract bool TryRead(ReadOnlySpan<byte> bytes, out TSelf value);

    /// <summary>Reads 32 big-endian bytes mod the order, as ECDSA reads a digest.</summary>
    static abstract TSelf ReadReduced(ReadOnlySpan<byte> bytes);

    /// <summary>Product mod the order.</summary>
    static abstract TSelf operator *(in TSelf a, in TSelf b);

    /// <summary>Minus the number, mod the order.</summary>
    TSelf Negate();

    /// <summary>1/number mod the order; 0 for 0. Variable time.</summary>
    TSelf InverseVar();

    /// <summary>
    /// number = low + high * lambda mod the order, where lambda is what Beta is on the curve; both below 2^128 - 2^16.
    /// </summary>
    void SplitGlv(out SignedHalf low, out SignedHalf high);

    /// <summary>Whether the x coordinate of a point other than infinity is this number mod the order.</summary>
    bool IsXOf(in JacobianPoint point);
}

/// <summary>A number of half the length of a scalar, with its sign.</summary>
internal readonly record struct SignedHalf(UInt128 Magnitude, bool IsNegative);
