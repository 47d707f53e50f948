using System.Runtime.CompilerServices;

namespace Tactus.Kernels.Secp256k1.Lanes;

/// <summary>A number as a sum of d[i] 2^(width i) with |d[i]| at most 2^(width - 1).</summary>
internal static unsafe class SignedDigits
{
    private const int WidthMax = 16;

    private static readonly (ulong Low, ulong Middle, ulong High)[] Middles = MakeMiddles();

    /// <summary>Digits that a number below 2^128 needs.</summary>
    public static int CountFor(int width) => (128 / width) + 1;

    /// <summary>Writes the <see cref="CountFor"/> digits of <paramref name="half"/>, lowest first, negated for a
    /// negative half.</summary>
    /// <remarks>
    /// With 2^(width - 1) added at every position, plain digits of the sum are the signed ones plus 2^(width - 1): no
    /// carry runs
    /// from digit to digit. The sum stays below 2^(width count), because width * count is at least 130 for every width
    /// used.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Write(SignedHalf half, int width, int* digits)
    {
        int count = CountFor(width), middle = 1 << (width - 1), sign = half.IsNegative ? -1 : 0;
        ulong* words = stackalloc ulong[4];
        (ulong m0, ulong m1, ulong m2) = Middles[width];
        ulong carry = 0;
        words[0] = WideMath.AddCarry((ulong)half.Magnitude, m0, ref carry);
        words[1] = WideMath.AddCarry((ulong)(half.Magnitude >> 64), m1, ref carry);
        words[2] = m2 + carry;
        words[3] = 0;
        ulong mask = (1UL << width) - 1;
        for (int i = 0, at = 0; i < count; i++, at += width)
        {
            ulong* word = words + (at >> 6);
            ulong bits = (word[0] >> (at & 63)) | (word[1] << 1 << (~at & 63));
            int digit = (int)(bits & mask) - middle;
            digits[i] = (digit ^ sign) - sign;
        }
    }

    // The sum of 2^(width - 1) 2^(width i) over the digits of each width, in three words.
    private static (ulong Low, ulong Middle, ulong High)[] MakeMiddles()
    {
        var middles = new (ulong, ulong, ulong)[WidthMax + 1];
        ulong* words = stackalloc ulong[3];
        for (int width = 2; width <= WidthMax; width++)
        {
            words[0] = words[1] = words[2] = 0;
            for (int i = 0; i < CountFor(width); i++)
            {
                int bit = (width * i) + width - 1;
                words[bit >> 6] |= 1UL << (bit & 63);
            }

            middles[width] = (words[0], words[1], words[2]);
        }

        return middles;
    }
}
