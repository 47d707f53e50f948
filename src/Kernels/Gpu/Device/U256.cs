// Value: W0 + W1 2^32 + ... + W7 2^224. Every limb takes all of its 32 bits; what range the whole may have is said
// where it is used.
namespace Tactus.Kernels.Gpu.Device;

/// <summary>256 bits as the eight words that a GPU's multiplier takes.</summary>
/// <remarks>Device code: no arrays, spans, exceptions or static data, so that it is the same program on every
/// device.</remarks>
internal readonly struct U256(uint w0, uint w1, uint w2, uint w3, uint w4, uint w5, uint w6, uint w7)
{
    public readonly uint W0 = w0, W1 = w1, W2 = w2, W3 = w3, W4 = w4, W5 = w5, W6 = w6, W7 = w7;

    public static U256 Zero => new(0, 0, 0, 0, 0, 0, 0, 0);

    public static U256 One => new(1, 0, 0, 0, 0, 0, 0, 0);

    /// <summary>Whether all 256 bits are 0.</summary>
    public static bool IsZero(U256 a) => (a.W0 | a.W1 | a.W2 | a.W3 | a.W4 | a.W5 | a.W6 | a.W7) == 0;

    /// <summary>Whether all 256 bits agree.</summary>
    public static bool Same(U256 a, U256 b) =>
        ((a.W0 ^ b.W0) | (a.W1 ^ b.W1) | (a.W2 ^ b.W2) | (a.W3 ^ b.W3)
        | (a.W4 ^ b.W4) | (a.W5 ^ b.W5) | (a.W6 ^ b.W6) | (a.W7 ^ b.W7)) == 0;

    /// <summary>Word <paramref name="index"/>, 0..7.</summary>
    public static uint Word(U256 a, int index)
    {
        uint low = index == 0 ? a.W0 : index == 1 ? a.W1 : index == 2 ? a.W2 : a.W3;
        uint high = index == 4 ? a.W4 : index == 5 ? a.W5 : index == 6 ? a.W6 : a.W7;
        return index < 4 ? low : high;
    }

    /// <summary>a + b mod 2^256 and the carry, 0 or 1.</summary>
    public static U256 Add(U256 a, U256 b, out uint carry)
    {
        ulong t = (ulong)a.W0 + b.W0;
        uint r0 = (uint)t;
        t = (ulong)a.W1 + b.W1 + (t >> 32);
        uint r1 = (uint)t;
        t = (ulong)a.W2 + b.W2 + (t >> 32);
        uint r2 = (uint)t;
        t = (ulong)a.W3 + b.W3 + (t >> 32);
        uint r3 = (uint)t;
        t = (ulong)a.W4 + b.W4 + (t >> 32);
        uint r4 = (uint)t;
        t = (ulong)a.W5 + b.W5 + (t >> 32);
        uint r5 = (uint)t;
        t = (ulong)a.W6 + b.W6 + (t >> 32);
        uint r6 = (uint)t;
        t = (ulong)a.W7 + b.W7 + (t >> 32);
        carry = (uint)(t >> 32);
        return new U256(r0, r1, r2, r3, r4, r5, r6, (uint)t);
    }

    /// <summary>a - b mod 2^256 and the borrow, 0 or 1.</summary>
    public static U256 Subtract(U256 a, U256 b, out uint borrow)
    {
        // A difference below zero has all upper 32 bits set; (t >> 32) & 1 is the borrow.
        ulong t = (ulong)a.W0 - b.W0;
        uint r0 = (uint)t;
        t = (ulong)a.W1 - b.W1 - ((t >> 32) & 1);
        uint r1 = (uint)t;
        t = (ulong)a.W2 - b.W2 - ((t >> 32) & 1);
        uint r2 = (uint)t;
        t = (ulong)a.W3 - b.W3 - ((t >> 32) & 1);
        uint r3 = (uint)t;
        t = (ulong)a.W4 - b.W4 - ((t >> 32) & 1);
        uint r4 = (uint)t;
        t = (ulong)a.W5 - b.W5 - ((t >> 32) & 1);
        uint r5 = (uint)t;
        t = (ulong)a.W6 - b.W6 - ((t >> 32) & 1);
        uint r6 = (uint)t;
        t = (ulong)a.W7 - b.W7 - ((t >> 32) & 1);
        borrow = (uint)((t >> 32) & 1);
        return new U256(r0, r1, r2, r3, r4, r5, r6, (uint)t);
    }

    /// <summary>Whether a is below b.</summary>
    public static bool Less(U256 a, U256 b)
    {
        Subtract(a, b, out uint borrow);
        return borrow != 0;
    }

    /// <summary><paramref name="whenTrue"/> or <paramref name="whenFalse"/>.</summary>
    public static U256 Select(bool condition, U256 whenTrue, U256 whenFalse) => new(
        condition ? whenTrue.W0 : whenFalse.W0,
        condition ? whenTrue.W1 : whenFalse.W1,
        condition ? whenTrue.W2 : whenFalse.W2,
        condition ? whenTrue.W3 : whenFalse.W3,
        condition ? whenTrue.W4 : whenFalse.W4,
        condition ? whenTrue.W5 : whenFalse.W5,
        condition ? whenTrue.W6 : whenFalse.W6,
        condition ? whenTrue.W7 : whenFalse.W7);

    /// <summary>a / 2^bits, by 1..31 bits.</summary>
    public static U256 ShiftRight(U256 a, int bits)
    {
        int up = 32 - bits;
        return new U256(
            (a.W0 >> bits) | (a.W1 << up),
            (a.W1 >> bits) | (a.W2 << up),
            (a.W2 >> bits) | (a.W3 << up),
            (a.W3 >> bits) | (a.W4 << up),
            (a.W4 >> bits) | (a.W5 << up),
            (a.W5 >> bits) | (a.W6 << up),
            (a.W6 >> bits) | (a.W7 << up),
            a.W7 >> bits);
    }
}
