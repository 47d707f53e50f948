using System.Runtime.CompilerServices;

namespace Tactus.Kernels.Bls12381;

// Value represented   (X/Z, Y/Z) on y^2 = x^3 + b; infinity is (0, 1, 0).
// Coverage            complete: the formulas hold for every pair of points, without a branch, since the curves have no
//                     point
//                     of order two. Used where the scalar is secret.
// Source              Renes, Costello, Batina, eprint 2015/1060, algorithms 7 and 9 (a = 0).
internal struct ProjectivePoint<T>
    where T : unmanaged, IField<T>
{
    public T X;
    public T Y;
    public T Z;

    public static void Infinity(out ProjectivePoint<T> r)
    {
        r.X = default;
        T.One(out r.Y);
        r.Z = default;
    }

    public static void FromAffine(out ProjectivePoint<T> r, in AffinePoint<T> a)
    {
        r.X = a.X;
        r.Y = a.Y;
        T.One(out r.Z);
    }

    public static void ToAffine(out AffinePoint<T> r, in ProjectivePoint<T> a)
    {
        Unsafe.SkipInit(out r);
        T.Inverse(out T inverse, a.Z);
        T.Multiply(out r.X, a.X, inverse);
        T.Multiply(out r.Y, a.Y, inverse);
    }

    public static void Add(out ProjectivePoint<T> r, in ProjectivePoint<T> p, in ProjectivePoint<T> q)
    {
        T.Multiply(out T xx, p.X, q.X);
        T.Multiply(out T yy, p.Y, q.Y);
        T.Multiply(out T zz, p.Z, q.Z);

        // X1*Y2 + X2*Y1, Y1*Z2 + Y2*Z1, X1*Z2 + X2*Z1
        Cross(out T xy, p.X, p.Y, q.X, q.Y, xx, yy);
        Cross(out T yz, p.Y, p.Z, q.Y, q.Z, yy, zz);
        Cross(out T xz, p.X, p.Z, q.X, q.Z, xx, zz);
        T.Double(out T xx3, xx);
        T.Add(out xx3, xx3, xx);
        T.MultiplyBy3B(out zz, zz);
        T.MultiplyBy3B(out xz, xz);
        T.Add(out T sum, yy, zz);
        T.Subtract(out T difference, yy, zz);

        T.Multiply(out T left, xy, difference);
        T.Multiply(out T right, yz, xz);
        T.Subtract(out r.X, left, right);
        T.Multiply(out left, sum, difference);
        T.Multiply(out right, xx3, xz);
        T.Add(out r.Y, left, right);
        T.Multiply(out left, yz, sum);
        T.Multiply(out right, xx3, xy);
        T.Add(out r.Z, left, right);
    }

    public static void Double(out ProjectivePoint<T> r, in ProjectivePoint<T> p)
    {
        T.Square(out T yy, p.Y);
        T.Square(out T zz, p.Z);
        T.Multiply(out T yz, p.Y, p.Z);
        T.Multiply(out T xy, p.X, p.Y);
        T.MultiplyBy3B(out zz, zz);
        T.Double(out T yy8, yy);
        T.Double(out yy8, yy8);
        T.Double(out yy8, yy8);
        T.Add(out T sum, yy, zz);
        T.Multiply(out T product, zz, yy8);
        T.Multiply(out r.Z, yz, yy8);
        T.Double(out T zz3, zz);
        T.Add(out zz3, zz3, zz);
        T.Subtract(out T difference, yy, zz3);
        T.Multiply(out sum, difference, sum);
        T.Add(out r.Y, product, sum);
        T.Multiply(out xy, xy, difference);
        T.Double(out r.X, xy);
    }

    // (a0 + a1)(b0 + b1) - a0*b0 - a1*b1
    private static void Cross(out T r, in T a0, in T a1, in T b0, in T b1, in T product0, in T product1)
    {
        T.AddFactor(out T a, a0, a1);
        T.AddFactor(out T b, b0, b1);
        T.Multiply(out a, a, b);
        T.SubtractTwo(out r, a, product0, product1);
    }
}
