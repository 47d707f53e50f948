// Values: k = low + high lambda mod n with |low|, |high| < 2^128, as integers mod 2^256 whose sign is their top bit.
// c1 = round(k B2 / n), c2 = round(-k B1 / n), low = k - c1 A1 - c2 A2, high = c1 (-B1) - c2 B2 (A1 = B2).
// ScalarN.Curve.cs has the bounds.
namespace Tactus.Kernels.Gpu.Device;

/// <summary>Half of a scalar: a magnitude below 2^128 and its sign, ready for digits.</summary>
internal readonly struct DeviceHalf(U256 magnitude, bool isNegative)
{
    public readonly U256 Magnitude = magnitude;

    public readonly bool IsNegative = isNegative;
}

/// <summary>The split of a scalar by the curve's endomorphism (Gallant, Lambert, Vanstone, CRYPTO 2001).</summary>
internal static class DeviceGlv
{
    private static U256 RoundedB2 => new(
        0x45DBB031, 0xE893209A, 0x71E8CA7F, 0x3DAA8A14, 0x9284EB15, 0xE86C90E4, 0xA7D46BCD, 0x3086D221);

    private static U256 RoundedMinusB1 => new(
        0x8AC47F71, 0x1571B4AE, 0x9DF506C6, 0x221208AC, 0x0ABFE4C4, 0x6F547FA9, 0x010E8828, 0xE4437ED6);

    private static U256 MinusB1 => new(0x0ABFE4C3, 0x6F547FA9, 0x010E8828, 0xE4437ED6, 0, 0, 0, 0);

    private static U256 B2 => new(0x9284EB15, 0xE86C90E4, 0xA7D46BCD, 0x3086D221, 0, 0, 0, 0);

    private static U256 A2 => new(0x9D44CFD8, 0x57C1108D, 0xA8E2F3F6, 0x14CA50F7, 1, 0, 0, 0);

    /// <summary>Both halves of a scalar below n: k = low + high lambda.</summary>
    public static DeviceHalf Split(U256 k, out DeviceHalf high)
    {
        U256 c1 = Quotient(k, RoundedB2), c2 = Quotient(k, RoundedMinusB1);
        U256 low = U256.Subtract(k, WideProduct.Multiply(c1, B2).Low, out _);
        low = U256.Subtract(low, WideProduct.Multiply(c2, A2).Low, out _);
        high = ToHalf(U256.Subtract(
            WideProduct.Multiply(c1, MinusB1).Low, WideProduct.Multiply(c2, B2).Low, out _));
        return ToHalf(low);
    }

    // round(k g / 2^384), below 2^128
    private static U256 Quotient(U256 k, U256 g)
    {
        U256 high = WideProduct.Multiply(k, g).High;
        return U256.Add(
            new U256(high.W4, high.W5, high.W6, high.W7, 0, 0, 0, 0),
            new U256(high.W3 >> 31, 0, 0, 0, 0, 0, 0, 0),
            out _);
    }

    private static DeviceHalf ToHalf(U256 value)
    {
        bool negative = value.W7 >> 31 != 0;
        return new DeviceHalf(
            U256.Select(negative, U256.Subtract(U256.Zero, value, out _), value), negative);
    }
}
