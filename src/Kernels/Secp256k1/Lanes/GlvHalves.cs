using System.Runtime.CompilerServices;
using static Tactus.Kernels.Secp256k1.WideMath;

namespace Tactus.Kernels.Secp256k1.Lanes;

/// <summary>The split k = low + high Lambda mod n of <see cref="ScalarN.SplitGlv"/>, in 192-bit words instead of
/// products mod n.</summary>
/// <remarks>
/// With c1 = round(k B2 / n) and c2 = round(-k B1 / n), low = k - c1 A1 - c2 A2 and high = -c1 B1 - c2 B2 as integers,
/// both below
/// 2^128 in magnitude, so it is enough to compute them mod 2^192 and read the sign from the top. Constants:
/// ScalarN.Curve.cs;
/// A1 = B2 and A2 = A1 - B1.
/// </remarks>
internal static class GlvHalves
{
    private const ulong A1Low = 0xe86c90e49284eb15, A1High = 0x3086d221a7d46bcd;
    private const ulong MinusB1Low = 0x6f547fa90abfe4c3, MinusB1High = 0xe4437ed6010e8828;
    private const ulong A2Low = 0x57c1108d9d44cfd8, A2Middle = 0x14ca50f7a8e2f3f6, A2High = 1;

    // round(2^384 B2 / n) and round(2^384 (-B1) / n)
    private static readonly ulong[] G1 = [0xe893209a45dbb031, 0x3daa8a1471e8ca7f, 0xe86c90e49284eb15,
        0x3086d221a7d46bcd];
    private static readonly ulong[] G2 = [0x1571b4ae8ac47f71, 0x221208ac9df506c6, 0x6f547fa90abfe4c4,
        0xe4437ed6010e8828];

    /// <summary>Both halves of <paramref name="k"/>.</summary>
    public static void Split(in ScalarN k, out SignedHalf low, out SignedHalf high)
    {
        UInt128 c1 = Quotient(k, G1), c2 = Quotient(k, G2);

        // low = k - c1 A1 - c2 A2 mod 2^192
        ulong l0 = k.W0, l1 = k.W1, l2 = k.W2;
        Subtract(ref l0, ref l1, ref l2, c1, A1Low, A1High);
        Subtract(ref l0, ref l1, ref l2, c2, A2Low, A2Middle);
        l2 -= (ulong)c2 * A2High;

        // high = c1 (-B1) - c2 B2 mod 2^192, made as -(c2 B2 - c1 (-B1))
        ulong h0 = 0, h1 = 0, h2 = 0;
        Subtract(ref h0, ref h1, ref h2, c1, MinusB1Low, MinusB1High);
        Negate(ref h0, ref h1, ref h2);
        Subtract(ref h0, ref h1, ref h2, c2, A1Low, A1High);
        low = ToHalf(l0, l1, l2);
        high = ToHalf(h0, h1, h2);
    }

    // round(k g / 2^384)
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static UInt128 Quotient(in ScalarN k, ulong[] g)
    {
        ulong carry = 0;
        MultiplyAdd(k.W0, g[0], 0, ref carry);
        ulong t1 = MultiplyAdd(k.W0, g[1], 0, ref carry);
        ulong t2 = MultiplyAdd(k.W0, g[2], 0, ref carry);
        ulong t3 = MultiplyAdd(k.W0, g[3], 0, ref carry);
        ulong t4 = carry;
        carry = 0;
        MultiplyAdd(k.W1, g[0], t1, ref carry);
        t2 = MultiplyAdd(k.W1, g[1], t2, ref carry);
        t3 = MultiplyAdd(k.W1, g[2], t3, ref carry);
        t4 = MultiplyAdd(k.W1, g[3], t4, ref carry);
        ulong t5 = carry;
        carry = 0;
        MultiplyAdd(k.W2, g[0], t2, ref carry);
        t3 = MultiplyAdd(k.W2, g[1], t3, ref carry);
        t4 = MultiplyAdd(k.W2, g[2], t4, ref carry);
        t5 = MultiplyAdd(k.W2, g[3], t5, ref carry);
        ulong t6 = carry;
        carry = 0;
        MultiplyAdd(k.W3, g[0], t3, ref carry);
        MultiplyAdd(k.W3, g[1], t4, ref carry);
        t5 = MultiplyAdd(k.W3, g[2], t5, ref carry);
        t6 = MultiplyAdd(k.W3, g[3], t6, ref carry);
        return new UInt128(carry, t6) + (t5 >> 63);
    }

    // w -= c (a1 2^64 + a0) mod 2^192
    private static void Subtract(ref ulong w0, ref ulong w1, ref ulong w2, UInt128 c, ulong a0, ulong a1)
    {
        ulong c0 = (ulong)c, c1 = (ulong)(c >> 64);
        ulong carry = 0;
        ulong p0 = MultiplyAdd(c0, a0, 0, ref carry);
        ulong p1 = MultiplyAdd(c0, a1, 0, ref carry);
        ulong p2 = carry;
        carry = 0;
        p1 = MultiplyAdd(c1, a0, p1, ref carry);
        p2 += carry + (c1 * a1);
        ulong borrow = 0;
        w0 = SubtractBorrow(w0, p0, ref borrow);
        w1 = SubtractBorrow(w1, p1, ref borrow);
        w2 = w2 - p2 - borrow;
    }

    private static void Negate(ref ulong w0, ref ulong w1, ref ulong w2)
    {
        ulong borrow = 0;
        w0 = SubtractBorrow(0, w0, ref borrow);
        w1 = SubtractBorrow(0, w1, ref borrow);
        w2 = 0 - w2 - borrow;
    }

    private static SignedHalf ToHalf(ulong w0, ulong w1, ulong w2)
    {
        bool negative = w2 >> 63 != 0;
        if (negative)
        {
            Negate(ref w0, ref w1, ref w2);
        }

        return new SignedHalf(new UInt128(w1, w0), negative);
    }
}
