// Value: a number mod the group order n, below n, as a U256. In Montgomery's form x stands for x / 2^256 mod n.
// Montgomery step (CIOS): t < 2n before and after; t + a_i b + m n < 2n + 2^32 n + 2^32 n < 2^290 takes ten limbs,
// divided by 2^32 nine. Below n after one conditional subtraction.
namespace Tactus.Kernels.Gpu.Device;

/// <summary>Arithmetic mod n.</summary>
internal static class DeviceScalar
{
    /// <summary>-1 / n mod 2^32.</summary>
    private const uint MinusInverse = 0x5588B13F;

    public static U256 Order => new(
        0xD0364141, 0xBFD25E8C, 0xAF48A03B, 0xBAAEDCE6, 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF);

    /// <summary>(n - 1) / 2.</summary>
    private static U256 OrderHalf => new(
        0x681B20A0, 0xDFE92F46, 0x57A4501D, 0x5D576E73, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0x7FFFFFFF);

    /// <summary>2^512 mod n: takes a number into Montgomery's form.</summary>
    private static U256 Square512 => new(
        0x67D7D140, 0x896CF214, 0x0E7CF878, 0x741496C2, 0x5BCD07C6, 0xE697F5E4, 0x81C69BC5, 0x9D671CD5);

    /// <summary>Whether 1 &lt;= a &lt; n.</summary>
    public static bool IsInRange(U256 a) => !U256.IsZero(a) && U256.Less(a, Order);

    /// <summary>a mod n for any 256-bit number: n is above 2^255, so one subtraction is enough.</summary>
    public static U256 Reduce(U256 a)
    {
        U256 less = U256.Subtract(a, Order, out uint borrow);
        return U256.Select(borrow != 0, a, less);
    }

    /// <summary>a + b, both below n.</summary>
    public static U256 Add(U256 a, U256 b)
    {
        U256 sum = U256.Add(a, b, out uint carry);
        U256 less = U256.Subtract(sum, Order, out uint borrow);
        return U256.Select(carry == 0 && borrow != 0, sum, less);
    }

    public static U256 Negate(U256 a) => U256.Select(U256.IsZero(a), a, U256.Subtract(Order, a, out _));

    /// <summary>Whether a &gt; (n - 1) / 2.</summary>
    public static bool IsHigh(U256 a) => U256.Less(OrderHalf, a);

    /// <summary>a b / 2^256 mod n, for a and b below n.</summary>
    public static U256 MontgomeryMultiply(U256 a, U256 b)
    {
        U256 t = U256.Zero;
        uint top = 0;
        t = Step(t, ref top, a.W0, b);
        t = Step(t, ref top, a.W1, b);
        t = Step(t, ref top, a.W2, b);
        t = Step(t, ref top, a.W3, b);
        t = Step(t, ref top, a.W4, b);
        t = Step(t, ref top, a.W5, b);
        t = Step(t, ref top, a.W6, b);
        t = Step(t, ref top, a.W7, b);
        U256 less = U256.Subtract(t, Order, out uint borrow);
        return U256.Select(top == 0 && borrow != 0, t, less);
    }

    /// <summary>a 2^256 mod n.</summary>
    public static U256 ToMontgomery(U256 a) => MontgomeryMultiply(a, Square512);

    /// <summary>1 / a in Montgomery's form (a in it as well), as a^(n - 2); 0 for 0.</summary>
    public static U256 MontgomeryInverse(U256 a)
    {
        // n - 2 begins with a one bit; the exponent is the same in every thread, so no thread waits for another.
        U256 exponent = U256.Subtract(Order, new U256(2, 0, 0, 0, 0, 0, 0, 0), out _);
        U256 result = a;
        for (int bit = 254; bit >= 0; bit--)
        {
            result = MontgomeryMultiply(result, result);
            if (((U256.Word(exponent, bit >> 5) >> (bit & 31)) & 1) != 0)
            {
                result = MontgomeryMultiply(result, a);
            }
        }

        return result;
    }

    // (t + x b + m n) / 2^32 with the m that makes it whole; t has top 2^256 above it
    private static U256 Step(U256 t, ref uint top, uint x, U256 b)
    {
        ulong s = ((ulong)x * b.W0) + t.W0;
        uint s0 = (uint)s;
        s = ((ulong)x * b.W1) + t.W1 + (s >> 32);
        uint s1 = (uint)s;
        s = ((ulong)x * b.W2) + t.W2 + (s >> 32);
        uint s2 = (uint)s;
        s = ((ulong)x * b.W3) + t.W3 + (s >> 32);
        uint s3 = (uint)s;
        s = ((ulong)x * b.W4) + t.W4 + (s >> 32);
        uint s4 = (uint)s;
        s = ((ulong)x * b.W5) + t.W5 + (s >> 32);
        uint s5 = (uint)s;
        s = ((ulong)x * b.W6) + t.W6 + (s >> 32);
        uint s6 = (uint)s;
        s = ((ulong)x * b.W7) + t.W7 + (s >> 32);
        uint s7 = (uint)s;
        ulong above = (s >> 32) + top;

        uint m = s0 * MinusInverse;
        U256 n = Order;
        s = ((ulong)m * n.W0) + s0;
        s = ((ulong)m * n.W1) + s1 + (s >> 32);
        uint r0 = (uint)s;
        s = ((ulong)m * n.W2) + s2 + (s >> 32);
        uint r1 = (uint)s;
        s = ((ulong)m * n.W3) + s3 + (s >> 32);
        uint r2 = (uint)s;
        s = ((ulong)m * n.W4) + s4 + (s >> 32);
        uint r3 = (uint)s;
        s = ((ulong)m * n.W5) + s5 + (s >> 32);
        uint r4 = (uint)s;
        s = ((ulong)m * n.W6) + s6 + (s >> 32);
        uint r5 = (uint)s;
        s = ((ulong)m * n.W7) + s7 + (s >> 32);
        uint r6 = (uint)s;
        s = (s >> 32) + above;
        top = (uint)(s >> 32);
        return new U256(r0, r1, r2, r3, r4, r5, r6, (uint)s);
    }
}
