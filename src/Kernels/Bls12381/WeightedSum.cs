namespace Tactus.Kernels.Bls12381;

/// <summary>
/// Sums of points with the random weights of a batch. A 64-bit weight stands for the scalar low + high*k, low and high
/// its
/// halves and k = -x^2 mod r the eigenvalue of phi: as many scalars as weights, none zero mod r for a weight that is
/// not, and
/// half the doublings. Both groups use the same k. Variable time.
/// </summary>
internal static class WeightedSum
{
    // A half below 2^32 in non-adjacent form has digits at bits 0..32.
    private const int TopBit = 32;

    /// <summary>r = sum of weight[i]*point[i], with images[i] = phi(points[i]).</summary>
    public static void Sum<T>(
        out JacobianPoint<T> r,
        ReadOnlySpan<AffinePoint<T>> points,
        ReadOnlySpan<AffinePoint<T>> images,
        ReadOnlySpan<ulong> weights)
        where T : unmanaged, IField<T>
    {
        JacobianPoint<T>.Infinity(out JacobianPoint<T> sum);
        for (int bit = TopBit; bit >= 0; bit--)
        {
            if (bit != TopBit)
            {
                JacobianPoint<T>.Double(out sum, sum);
            }

            for (int i = 0; i < points.Length; i++)
            {
                AddDigit(ref sum, points[i], (uint)weights[i], bit);
                AddDigit(ref sum, images[i], (uint)(weights[i] >> 32), bit);
            }
        }

        r = sum;
    }

    /// <summary>
    /// Digit -1, 0 or 1 of the non-adjacent form of a half, at a bit in 0..32: those of (3n - n)/2 without carries.
    /// </summary>
    public static int Digit(uint half, int bit)
    {
        ulong triple = 3UL * half;
        return (int)((triple >> (bit + 1)) & 1) - (int)(((ulong)half >> (bit + 1)) & 1);
    }

    private static void AddDigit<T>(ref JacobianPoint<T> sum, in AffinePoint<T> point, uint half, int bit)
        where T : unmanaged, IField<T>
    {
        int digit = Digit(half, bit);
        if (digit > 0)
        {
            JacobianPoint<T>.AddMixed(out sum, sum, point);
        }
        else if (digit < 0)
        {
            AffinePoint<T>.Negate(out AffinePoint<T> minus, point);
            JacobianPoint<T>.AddMixed(out sum, sum, minus);
        }
    }
}
