// Value: an element of the field mod p = 2^256 - C, C = 2^32 + 977, as a U256. Two classes:
//   weak      any 256-bit number, congruent to the value; 0 has two forms, 0 and p (2p is past 2^256). All functions take and give it.
//   canonical below p; only Canonical gives it.
// Reduction: 2^256 = C mod p, so what lies above 2^256 is multiplied by C and added. From 512 bits:
//   1. high (8 limbs) * C + low: a step is limb * 977 + limb + limb + carry < 2^42; what is left above is q < 2^33
//   2. q * C < 2^66 is added: a carry of 1 at most is left
//   3. with that carry the value is below 2^66, so C is added without any more carry.
// docs/math/device-field.md counts the operations.
namespace Tactus.Kernels.Gpu.Device;

/// <summary>Products in the field: the portable ones, or a device's own instructions.</summary>
internal interface IFieldProducts
{
    U256 Multiply(U256 a, U256 b);

    U256 Square(U256 a);
}

/// <summary>Products in C# alone, right on every device.</summary>
internal readonly struct PortableProducts : IFieldProducts
{
    public U256 Multiply(U256 a, U256 b) => DeviceField.Multiply(a, b);

    public U256 Square(U256 a) => DeviceField.Square(a);
}

/// <summary>Arithmetic mod p on weak elements.</summary>
internal static class DeviceField
{
    /// <summary>C = 2^256 - p is this + 2^32.</summary>
    private const uint FoldLow = 977;

    public static U256 P => new(
        0xFFFFFC2F, 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF);

    /// <summary>A cube root of 1: the endomorphism takes (x, y) to (Beta x, y).</summary>
    public static U256 Beta => new(
        0x719501EE, 0xC1396C28, 0x12F58995, 0x9CF04975, 0xAC3434E9, 0x6E64479E, 0x657C0710, 0x7AE96A2B);

    public static U256 Multiply(U256 a, U256 b) => Reduce(WideProduct.Multiply(a, b));

    public static U256 Square(U256 a) => Reduce(WideProduct.Square(a));

    /// <summary>512 bits to a weak element.</summary>
    public static U256 Reduce(U512 wide)
    {
        U256 low = wide.Low, high = wide.High;
        ulong t = ((ulong)high.W0 * FoldLow) + low.W0;
        uint r0 = (uint)t;
        t = ((ulong)high.W1 * FoldLow) + low.W1 + (t >> 32) + high.W0;
        uint r1 = (uint)t;
        t = ((ulong)high.W2 * FoldLow) + low.W2 + (t >> 32) + high.W1;
        uint r2 = (uint)t;
        t = ((ulong)high.W3 * FoldLow) + low.W3 + (t >> 32) + high.W2;
        uint r3 = (uint)t;
        t = ((ulong)high.W4 * FoldLow) + low.W4 + (t >> 32) + high.W3;
        uint r4 = (uint)t;
        t = ((ulong)high.W5 * FoldLow) + low.W5 + (t >> 32) + high.W4;
        uint r5 = (uint)t;
        t = ((ulong)high.W6 * FoldLow) + low.W6 + (t >> 32) + high.W5;
        uint r6 = (uint)t;
        t = ((ulong)high.W7 * FoldLow) + low.W7 + (t >> 32) + high.W6;
        uint r7 = (uint)t;
        ulong q = (t >> 32) + high.W7;

        t = (q * FoldLow) + r0;
        r0 = (uint)t;
        t = (t >> 32) + r1 + q;
        r1 = (uint)t;
        t = (t >> 32) + r2;
        r2 = (uint)t;
        t = (t >> 32) + r3;
        r3 = (uint)t;
        t = (t >> 32) + r4;
        r4 = (uint)t;
        t = (t >> 32) + r5;
        r5 = (uint)t;
        t = (t >> 32) + r6;
        r6 = (uint)t;
        t = (t >> 32) + r7;
        return AddFolds(new U256(r0, r1, r2, r3, r4, r5, r6, (uint)t), (uint)(t >> 32));
    }

    /// <summary>a + b.</summary>
    public static U256 Add(U256 a, U256 b)
    {
        // a + b < 2^257; with the carry folded once, a second carry leaves less than C, and no third can follow.
        U256 sum = U256.Add(a, b, out uint carry);
        sum = U256.Add(sum, new U256(carry * FoldLow, carry, 0, 0, 0, 0, 0, 0), out carry);
        return AddFolds(sum, carry);
    }

    /// <summary>a - b.</summary>
    public static U256 Subtract(U256 a, U256 b)
    {
        // A borrow stands for -2^256 = -C. The second borrow leaves more than 2^256 - C - 1, so no third can follow.
        U256 difference = U256.Subtract(a, b, out uint borrow);
        difference = U256.Subtract(difference, new U256(borrow * FoldLow, borrow, 0, 0, 0, 0, 0, 0), out borrow);
        return U256.Subtract(difference, new U256(borrow * FoldLow, borrow, 0, 0, 0, 0, 0, 0), out _);
    }

    public static U256 Negate(U256 a) => Subtract(U256.Zero, a);

    /// <summary>a / 2: a is made even by adding the odd p, as a number of 257 bits.</summary>
    public static U256 Half(U256 a)
    {
        uint odd = a.W0 & 1;
        U256 sum = U256.Add(a, U256.Select(odd != 0, P, U256.Zero), out uint carry);
        return new U256(
            (sum.W0 >> 1) | (sum.W1 << 31),
            (sum.W1 >> 1) | (sum.W2 << 31),
            (sum.W2 >> 1) | (sum.W3 << 31),
            (sum.W3 >> 1) | (sum.W4 << 31),
            (sum.W4 >> 1) | (sum.W5 << 31),
            (sum.W5 >> 1) | (sum.W6 << 31),
            (sum.W6 >> 1) | (sum.W7 << 31),
            (sum.W7 >> 1) | (carry << 31));
    }

    /// <summary>Whether a is 0 mod p.</summary>
    public static bool IsZero(U256 a) => U256.IsZero(a) || U256.Same(a, P);

    /// <summary>The representative below p.</summary>
    public static U256 Canonical(U256 a)
    {
        U256 less = U256.Subtract(a, P, out uint borrow);
        return U256.Select(borrow != 0, a, less);
    }

    /// <summary>a^(2^count) by squarings.</summary>
    public static U256 SquareTimes<TProducts>(U256 a, int count)
        where TProducts : struct, IFieldProducts
    {
        for (int i = 0; i < count; i++)
        {
            a = default(TProducts).Square(a);
        }

        return a;
    }

    /// <summary>1 / a = a^(p - 2); 0 for 0. 255 squarings, 15 products.</summary>
    /// <remarks>Addition chain over the runs of ones of p - 2, as in libsecp256k1 src/field_impl.h before
    /// safegcd.</remarks>
    public static U256 Inverse<TProducts>(U256 a)
        where TProducts : struct, IFieldProducts
    {
        U256 x223 = Ones223<TProducts>(a, out U256 x22, out U256 x2);
        U256 t = default(TProducts).Multiply(SquareTimes<TProducts>(x223, 23), x22);
        t = default(TProducts).Multiply(SquareTimes<TProducts>(t, 5), a);
        t = default(TProducts).Multiply(SquareTimes<TProducts>(t, 3), x2);
        return default(TProducts).Multiply(SquareTimes<TProducts>(t, 2), a);
    }

    /// <summary>a^((p + 1) / 4): a root of a if it has one. 253 squarings, 13 products.</summary>
    public static U256 RootCandidate<TProducts>(U256 a)
        where TProducts : struct, IFieldProducts
    {
        U256 x223 = Ones223<TProducts>(a, out U256 x22, out U256 x2);
        U256 t = default(TProducts).Multiply(SquareTimes<TProducts>(x223, 23), x22);
        t = default(TProducts).Multiply(SquareTimes<TProducts>(t, 6), x2);
        return SquareTimes<TProducts>(t, 2);
    }

    // a^(2^223 - 1), and a^(2^22 - 1) and a^3 on the way
    private static U256 Ones223<TProducts>(U256 a, out U256 x22, out U256 x2)
        where TProducts : struct, IFieldProducts
    {
        x2 = default(TProducts).Multiply(SquareTimes<TProducts>(a, 1), a);
        U256 x3 = default(TProducts).Multiply(SquareTimes<TProducts>(x2, 1), a);
        U256 x6 = default(TProducts).Multiply(SquareTimes<TProducts>(x3, 3), x3);
        U256 x9 = default(TProducts).Multiply(SquareTimes<TProducts>(x6, 3), x3);
        U256 x11 = default(TProducts).Multiply(SquareTimes<TProducts>(x9, 2), x2);
        x22 = default(TProducts).Multiply(SquareTimes<TProducts>(x11, 11), x11);
        U256 x44 = default(TProducts).Multiply(SquareTimes<TProducts>(x22, 22), x22);
        U256 x88 = default(TProducts).Multiply(SquareTimes<TProducts>(x44, 44), x44);
        U256 x176 = default(TProducts).Multiply(SquareTimes<TProducts>(x88, 88), x88);
        U256 x220 = default(TProducts).Multiply(SquareTimes<TProducts>(x176, 44), x44);
        return default(TProducts).Multiply(SquareTimes<TProducts>(x220, 3), x3);
    }

    // a + folds C, folds 0 or 1, where the sum is known to stay below 2^256
    private static U256 AddFolds(U256 a, uint folds) =>
        U256.Add(a, new U256(folds * FoldLow, folds, 0, 0, 0, 0, 0, 0), out _);
}
