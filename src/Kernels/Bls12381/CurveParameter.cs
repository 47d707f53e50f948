namespace Tactus.Kernels.Bls12381;

/// <summary>
/// The parameter x = -0xd201000000010000 of BLS12-381: p, r and the length of the pairing follow from it.
/// </summary>
internal static class CurveParameter
{
    /// <summary>-x = 2^63 + 2^62 + 2^60 + 2^57 + 2^48 + 2^16.</summary>
    public const ulong Magnitude = 0xd201000000010000;

    /// <summary>r = [-x]p = [|x|]p: 63 doublings and five additions.</summary>
    public static void Multiply<T>(out JacobianPoint<T> r, in JacobianPoint<T> p)
        where T : unmanaged, IField<T>
    {
        JacobianPoint<T> sum = p;
        for (int bit = 62; bit >= 0; bit--)
        {
            JacobianPoint<T>.Double(out sum, sum);
            if (((Magnitude >> bit) & 1) != 0)
            {
                JacobianPoint<T>.Add(out sum, sum, p);
            }
        }

        r = sum;
    }
}
