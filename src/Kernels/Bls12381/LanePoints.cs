using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Tactus.Kernels.Bls12381;

/// <summary>
/// Moves points between one lane and the scalar form. Both have the same factor R, so limbs are only split or joined.
/// </summary>
internal static class LanePoints
{
    public static void Set(ref Fp2<FpX8> r, int lane, in Fp2<Fp> a)
    {
        FpX8.Set(ref r.C0, lane, a.C0);
        FpX8.Set(ref r.C1, lane, a.C1);
    }

    public static void Get(out Fp2<Fp> r, in Fp2<FpX8> a, int lane)
    {
        FpX8.Get(out r.C0, a.C0, lane);
        FpX8.Get(out r.C1, a.C1, lane);
    }

    public static void Set(ref AffinePoint<FpX8> r, int lane, in AffinePoint<Fp> a)
    {
        FpX8.Set(ref r.X, lane, a.X);
        FpX8.Set(ref r.Y, lane, a.Y);
    }

    public static void Set(ref AffinePoint<Fp2<FpX8>> r, int lane, in AffinePoint<Fp2<Fp>> a)
    {
        Set(ref r.X, lane, a.X);
        Set(ref r.Y, lane, a.Y);
    }

    public static void Get(out JacobianPoint<Fp> r, in JacobianPoint<FpX8> a, int lane)
    {
        FpX8.Get(out r.X, a.X, lane);
        FpX8.Get(out r.Y, a.Y, lane);
        FpX8.Get(out r.Z, a.Z, lane);
    }

    public static void Get(out JacobianPoint<Fp2<Fp>> r, in JacobianPoint<Fp2<FpX8>> a, int lane)
    {
        Get(out r.X, a.X, lane);
        Get(out r.Y, a.Y, lane);
        Get(out r.Z, a.Z, lane);
    }

    /// <summary>The sum of the points of all lanes.</summary>
    public static void Sum(out JacobianPoint<Fp> r, in JacobianPoint<FpX8> a)
    {
        Get(out r, a, 0);
        for (int lane = 1; lane < FpX8.LaneCount; lane++)
        {
            Get(out JacobianPoint<Fp> point, a, lane);
            JacobianPoint<Fp>.Add(out r, r, point);
        }
    }

    /// <summary>The sum of the points of all lanes.</summary>
    public static void Sum(out JacobianPoint<Fp2<Fp>> r, in JacobianPoint<Fp2<FpX8>> a)
    {
        Get(out r, a, 0);
        for (int lane = 1; lane < FpX8.LaneCount; lane++)
        {
            Get(out JacobianPoint<Fp2<Fp>> point, a, lane);
            JacobianPoint<Fp2<Fp>>.Add(out r, r, point);
        }
    }

    /// <summary>The product of the elements of the lanes whose bit is set.</summary>
    public static void Product(out Fp12<Fp> r, in Fp12<FpX8> a, int lanes)
    {
        Fp12<Fp>.One(out r);
        for (int lane = 0; lane < FpX8.LaneCount; lane++)
        {
            if (((lanes >> lane) & 1) != 0)
            {
                Fp12<Fp> factor = default;
                Get(out factor.C0, a.C0, lane);
                Get(out factor.C1, a.C1, lane);
                Fp12<Fp>.Multiply(out r, r, factor);
            }
        }
    }

    /// <summary>Lanes 4..7 in place of 0..3 (and still in 4..7).</summary>
    public static void UpperToLower(out JacobianPoint<Fp2<FpX8>> r, in JacobianPoint<Fp2<FpX8>> a)
    {
        r = a;
        var points = new Span<JacobianPoint<Fp2<FpX8>>>(ref r);
        foreach (ref Vector512<ulong> limb in MemoryMarshal.Cast<JacobianPoint<Fp2<FpX8>>, Vector512<ulong>>(points))
        {
            limb = Vector512.Create(limb.GetUpper(), limb.GetUpper());
        }
    }

    private static void Get(out Fp6<Fp> r, in Fp6<FpX8> a, int lane)
    {
        Get(out r.C0, a.C0, lane);
        Get(out r.C1, a.C1, lane);
        Get(out r.C2, a.C2, lane);
    }
}
