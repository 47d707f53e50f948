using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Tactus.Kernels.Secp256k1;

/// <summary>64 x 64 -> 128 bit steps of the scalar arithmetic. None branches on a value.</summary>
internal static class WideMath
{
    /// <summary>
    /// Upper half of a product. mulx for it alone, and an ordinary product for the lower half, keep both in registers,
    /// which the out parameter of <see cref="Math.BigMul(ulong, ulong, out ulong)"/> does not (measured: 34 against 23
    /// ns in a field product).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong High(ulong a, ulong b) =>
        Bmi2.X64.IsSupported ? Bmi2.X64.MultiplyNoFlags(a, b) : Math.BigMul(a, b, out _);

    /// <summary>
    /// Low word of a*b + add + carry; <paramref name="carry"/> becomes the high word (it cannot overflow).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong MultiplyAdd(ulong a, ulong b, ulong add, ref ulong carry)
    {
        ulong low = a * b;
        ulong high = High(a, b);
        low += add;
        high += low < add ? 1UL : 0UL;
        low += carry;
        high += low < carry ? 1UL : 0UL;
        carry = high;
        return low;
    }

    /// <summary>a + b + carry; <paramref name="carry"/>, 0 or 1, becomes the carry out.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong AddCarry(ulong a, ulong b, ref ulong carry)
    {
        ulong sum = a + b;
        ulong over = sum < a ? 1UL : 0UL;
        ulong total = sum + carry;
        carry = over + (total < sum ? 1UL : 0UL);
        return total;
    }

    /// <summary>a - b - borrow; <paramref name="borrow"/>, 0 or 1, becomes the borrow out.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong SubtractBorrow(ulong a, ulong b, ref ulong borrow)
    {
        ulong difference = a - b;
        ulong under = a < b ? 1UL : 0UL;
        ulong total = difference - borrow;
        borrow = under + (difference < borrow ? 1UL : 0UL);
        return total;
    }

    /// <summary>
    /// <paramref name="a"/> where <paramref name="mask"/> is all ones, <paramref name="b"/> where it is 0.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Select(ulong mask, ulong a, ulong b) => b ^ (mask & (a ^ b));
}
