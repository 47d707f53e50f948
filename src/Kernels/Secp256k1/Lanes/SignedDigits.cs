namespace Tactus.Kernels.Secp256k1.Lanes;

/// <summary>A number as a sum of d[i] 2^(width i) with |d[i]| at most 2^(width - 1).</summary>
internal static unsafe class SignedDigits
{
    /// <summary>Digits that a number below 2^128 needs.</summary>
    public static int CountFor(int width) => (128 / width) + 1;

    /// <summary>Writes the <see cref="CountFor"/> digits of <paramref name="half"/>, lowest first, negated for a negative half.</summary>
    public static void Write(SignedHalf half, int width, int* digits)
    {
        ulong low = (ulong)half.Magnitude, high = (ulong)(half.Magnitude >> 64);
        uint mask = (1u << width) - 1;
        int middle = 1 << (width - 1), carry = 0, sign = half.IsNegative ? -1 : 1, count = CountFor(width);
        for (int i = 0; i < count; i++)
        {
            int digit = (int)((uint)low & mask) + carry;
            low = (low >> width) | (high << (64 - width));
            high >>= width;
            carry = digit > middle ? 1 : 0;
            digit -= carry << width;
            digits[i] = digit * sign;
        }
    }
}
