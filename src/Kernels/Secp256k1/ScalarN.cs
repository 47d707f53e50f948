using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using static Tactus.Kernels.Secp256k1.WideMath;

namespace Tactus.Kernels.Secp256k1;

// Value:   W0 + W1*2^64 + W2*2^128 + W3*2^192, always the representative below
//          n = 2^256 - C, C = 0x1_45512319_50B75FC4_402DA173_2FC9BEBF (129 bits), the order of the group of secp256k1.
// Maps:    every operation takes and gives numbers below n.
// Branches: none depends on the value except in TryRead's answer, the comparisons' answers and methods named Var, so
//          that the signer may use the arithmetic on secrets. Carries are comparisons, which only optimised code turns
//          into set-on-condition instructions: hence AggressiveOptimization, which also applies to a method's first call.

/// <summary>A number mod the order n of secp256k1, in four 64-bit words.</summary>
internal readonly partial struct ScalarN : IEquatable<ScalarN>
{
    /// <summary>Words, least significant first.</summary>
    public readonly ulong W0, W1, W2, W3;

    private const ulong Order0 = 0xBFD25E8CD0364141;
    private const ulong Order1 = 0xBAAEDCE6AF48A03B;
    private const ulong Order2 = 0xFFFFFFFFFFFFFFFE;
    private const ulong Order3 = 0xFFFFFFFFFFFFFFFF;

    // C = 2^256 - n; its third word is 1
    private const ulong C0 = 0x402DA1732FC9BEBF;
    private const ulong C1 = 0x4551231950B75FC4;

    // floor(n / 2)
    private const ulong Half0 = 0xDFE92F46681B20A0;
    private const ulong Half1 = 0x5D576E7357A4501D;
    private const ulong Half2 = 0xFFFFFFFFFFFFFFFF;
    private const ulong Half3 = 0x7FFFFFFFFFFFFFFF;

    /// <summary>Words of a number below n, least significant first.</summary>
    public ScalarN(ulong w0, ulong w1, ulong w2, ulong w3) => (W0, W1, W2, W3) = (w0, w1, w2, w3);

    /// <summary>0.</summary>
    public static ScalarN Zero => default;

    /// <summary>1.</summary>
    public static ScalarN One => new(1, 0, 0, 0);

    /// <inheritdoc/>
    public bool IsZero => (W0 | W1 | W2 | W3) == 0;

    /// <summary>Whether the number is above n/2.</summary>
    public bool IsHigh => HighMask() != 0;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool TryRead(ReadOnlySpan<byte> bytes, out ScalarN value)
    {
        ulong w0 = BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]);
        ulong w1 = BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]);
        ulong w2 = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        ulong w3 = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        ulong borrow = 0;
        SubtractBorrow(w0, Order0, ref borrow);
        SubtractBorrow(w1, Order1, ref borrow);
        SubtractBorrow(w2, Order2, ref borrow);
        SubtractBorrow(w3, Order3, ref borrow);
        bool below = borrow != 0;
        value = Select(0UL - borrow, new(w0, w1, w2, w3), Zero);
        return below;
    }

    /// <inheritdoc/>
    public static ScalarN ReadReduced(ReadOnlySpan<byte> bytes) => ReduceOnce(
        BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]),
        BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]),
        BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]),
        BinaryPrimitives.ReadUInt64BigEndian(bytes),
        0);

    /// <summary>Writes 32 big-endian bytes.</summary>
    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt64BigEndian(bytes, W3);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], W2);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[16..], W1);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[24..], W0);
    }

    /// <summary>Sum mod n.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static ScalarN operator +(in ScalarN a, in ScalarN b)
    {
        ulong carry = 0;
        ulong t0 = AddCarry(a.W0, b.W0, ref carry);
        ulong t1 = AddCarry(a.W1, b.W1, ref carry);
        ulong t2 = AddCarry(a.W2, b.W2, ref carry);
        ulong t3 = AddCarry(a.W3, b.W3, ref carry);
        return ReduceOnce(t0, t1, t2, t3, carry);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public ScalarN Negate()
    {
        ulong nonZero = 0UL - (((W0 | W1 | W2 | W3) | (0UL - (W0 | W1 | W2 | W3))) >> 63);
        ulong borrow = 0;
        ulong t0 = SubtractBorrow(Order0, W0, ref borrow);
        ulong t1 = SubtractBorrow(Order1, W1, ref borrow);
        ulong t2 = SubtractBorrow(Order2, W2, ref borrow);
        ulong t3 = SubtractBorrow(Order3, W3, ref borrow);
        return new(t0 & nonZero, t1 & nonZero, t2 & nonZero, t3 & nonZero);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static ScalarN operator *(in ScalarN a, in ScalarN b)
    {
        Product(a, b, out ulong t0, out ulong t1, out ulong t2, out ulong t3, out ulong t4, out ulong t5, out ulong t6, out ulong t7);

        // First fold: (t7..t4) * C + (t3..t0) < 2^385 + 2^256 + ..., seven words.
        ulong carry = 0;
        ulong m0 = MultiplyAdd(t4, C0, t0, ref carry);
        ulong m1 = MultiplyAdd(t5, C0, t1, ref carry);
        ulong m2 = MultiplyAdd(t6, C0, t2, ref carry);
        ulong m3 = MultiplyAdd(t7, C0, t3, ref carry);
        ulong m4 = carry;
        carry = 0;
        m1 = MultiplyAdd(t4, C1, m1, ref carry);
        m2 = MultiplyAdd(t5, C1, m2, ref carry);
        m3 = MultiplyAdd(t6, C1, m3, ref carry);
        m4 = MultiplyAdd(t7, C1, m4, ref carry);
        ulong m5 = carry;
        carry = 0;
        m2 = AddCarry(m2, t4, ref carry);
        m3 = AddCarry(m3, t5, ref carry);
        m4 = AddCarry(m4, t6, ref carry);
        m5 = AddCarry(m5, t7, ref carry);
        ulong m6 = carry;

        // Second fold: (m6..m4) < 2^129 + 2^1, times C, plus (m3..m0) < 2^259: five words, the fifth below 8.
        carry = 0;
        ulong p0 = MultiplyAdd(m4, C0, m0, ref carry);
        ulong p1 = MultiplyAdd(m5, C0, m1, ref carry);
        ulong p2 = MultiplyAdd(m6, C0, m2, ref carry);
        ulong p3 = m3 + carry;
        ulong p4 = p3 < carry ? 1UL : 0UL;
        carry = 0;
        p1 = MultiplyAdd(m4, C1, p1, ref carry);
        p2 = MultiplyAdd(m5, C1, p2, ref carry);
        p3 = MultiplyAdd(m6, C1, p3, ref carry);
        p4 += carry;
        carry = 0;
        p2 = AddCarry(p2, m4, ref carry);
        p3 = AddCarry(p3, m5, ref carry);
        p4 += m6 + carry;

        // Third fold: p4 * C < 2^132, so the sum is below 2^256 + 2^132 < 2n.
        carry = 0;
        p0 = MultiplyAdd(p4, C0, p0, ref carry);
        p1 = MultiplyAdd(p4, C1, p1, ref carry);
        ulong over = 0;
        p2 = AddCarry(p2, carry, ref over);
        p3 = AddCarry(p3, 0, ref over);
        ulong top = over;
        over = 0;
        p2 = AddCarry(p2, p4, ref over);
        p3 = AddCarry(p3, 0, ref over);
        return ReduceOnce(p0, p1, p2, p3, top + over);
    }

    /// <summary>Square mod n.</summary>
    public ScalarN Square() => this * this;

    /// <inheritdoc/>
    public bool Equals(ScalarN other) =>
        ((W0 ^ other.W0) | (W1 ^ other.W1) | (W2 ^ other.W2) | (W3 ^ other.W3)) == 0;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is ScalarN other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(W0, W1, W2, W3);

    /// <summary>All ones where the number is above n/2, else 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public ulong HighMask()
    {
        ulong borrow = 0;
        SubtractBorrow(Half0, W0, ref borrow);
        SubtractBorrow(Half1, W1, ref borrow);
        SubtractBorrow(Half2, W2, ref borrow);
        SubtractBorrow(Half3, W3, ref borrow);
        return 0UL - borrow;
    }

    /// <summary>
    /// <paramref name="a"/> where <paramref name="mask"/> is all ones, <paramref name="b"/> where it is 0.
    /// </summary>
    public static ScalarN Select(ulong mask, in ScalarN a, in ScalarN b) => new(
        WideMath.Select(mask, a.W0, b.W0),
        WideMath.Select(mask, a.W1, b.W1),
        WideMath.Select(mask, a.W2, b.W2),
        WideMath.Select(mask, a.W3, b.W3));

    // top:t3..t0 below 2n -> below n
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static ScalarN ReduceOnce(ulong t0, ulong t1, ulong t2, ulong t3, ulong top)
    {
        ulong borrow = 0;
        ulong u0 = SubtractBorrow(t0, Order0, ref borrow);
        ulong u1 = SubtractBorrow(t1, Order1, ref borrow);
        ulong u2 = SubtractBorrow(t2, Order2, ref borrow);
        ulong u3 = SubtractBorrow(t3, Order3, ref borrow);
        ulong keep = 0UL - (borrow & ~top & 1);
        return new(
            WideMath.Select(keep, t0, u0),
            WideMath.Select(keep, t1, u1),
            WideMath.Select(keep, t2, u2),
            WideMath.Select(keep, t3, u3));
    }

    // the 512-bit product, row by row
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Product(
        in ScalarN a,
        in ScalarN b,
        out ulong t0,
        out ulong t1,
        out ulong t2,
        out ulong t3,
        out ulong t4,
        out ulong t5,
        out ulong t6,
        out ulong t7)
    {
        ulong carry = 0;
        t0 = MultiplyAdd(a.W0, b.W0, 0, ref carry);
        t1 = MultiplyAdd(a.W0, b.W1, 0, ref carry);
        t2 = MultiplyAdd(a.W0, b.W2, 0, ref carry);
        t3 = MultiplyAdd(a.W0, b.W3, 0, ref carry);
        t4 = carry;
        carry = 0;
        t1 = MultiplyAdd(a.W1, b.W0, t1, ref carry);
        t2 = MultiplyAdd(a.W1, b.W1, t2, ref carry);
        t3 = MultiplyAdd(a.W1, b.W2, t3, ref carry);
        t4 = MultiplyAdd(a.W1, b.W3, t4, ref carry);
        t5 = carry;
        carry = 0;
        t2 = MultiplyAdd(a.W2, b.W0, t2, ref carry);
        t3 = MultiplyAdd(a.W2, b.W1, t3, ref carry);
        t4 = MultiplyAdd(a.W2, b.W2, t4, ref carry);
        t5 = MultiplyAdd(a.W2, b.W3, t5, ref carry);
        t6 = carry;
        carry = 0;
        t3 = MultiplyAdd(a.W3, b.W0, t3, ref carry);
        t4 = MultiplyAdd(a.W3, b.W1, t4, ref carry);
        t5 = MultiplyAdd(a.W3, b.W2, t5, ref carry);
        t6 = MultiplyAdd(a.W3, b.W3, t6, ref carry);
        t7 = carry;
    }
}
