using System.Diagnostics;

namespace Tactus.Kernels.Secp256k1;

/// <summary>
/// The magnitude that a VERIFY build carries with each value, and the checks on it; nothing in other builds.
/// </summary>
internal readonly partial struct FieldScalar
{
    private const int MagnitudeMaxAllowed = 32;

#if VERIFY
    private static int MagnitudeSum(in FieldScalar a, in FieldScalar b) => a._magnitude + b._magnitude;

    private static int MagnitudeMax(in FieldScalar a, in FieldScalar b) => Math.Max(a._magnitude, b._magnitude);

    private int MagnitudeTimes(int factor) => _magnitude * factor;

    private int MagnitudeHalf() => (_magnitude / 2) + 1;

    private void VerifyMagnitude(int most)
    {
        if (_magnitude > most)
        {
            Check(false, $"magnitude {_magnitude} is at most {most}");
        }
    }
#else
    private static int MagnitudeSum(in FieldScalar a, in FieldScalar b) => 0;

    private static int MagnitudeMax(in FieldScalar a, in FieldScalar b) => 0;

    private int MagnitudeTimes(int factor) => 0;

    private int MagnitudeHalf() => 0;

    [Conditional("VERIFY")]
    private void VerifyMagnitude(int most)
    {
    }
#endif

    [Conditional("VERIFY")]
    private void VerifyLimbs(int magnitude)
    {
        ulong most = 2 * (ulong)magnitude;
        Check(magnitude <= MagnitudeMaxAllowed, "magnitude at most 32");
        Check(
            Math.Max(Math.Max(N0, N1), Math.Max(N2, N3)) <= most * Mask52 && N4 <= most * Mask48,
            "limbs within the magnitude");
    }

    [Conditional("VERIFY")]
    private void VerifyNormalised() => Check(
        N0 <= Mask52 && N1 <= Mask52 && N2 <= Mask52 && N3 <= Mask52 && N4 <= Mask48
        && ((N1 & N2 & N3) != Mask52 || N4 != Mask48 || N0 < P0),
        "value is normalised");

    [Conditional("VERIFY")]
    private static void Check(bool holds, string what)
    {
        if (!holds)
        {
            throw new InvalidOperationException($"VERIFY: FieldScalar: {what} does not hold.");
        }
    }
}
