using System.Runtime.CompilerServices;

namespace Tactus.Kernels.Bls12381;

/// <summary>An affine point. Infinity is kept apart by whoever holds it.</summary>
internal struct AffinePoint<T>(in T x, in T y)
    where T : unmanaged, IField<T>
{
    public T X = x;
    public T Y = y;

    public static void Negate(out AffinePoint<T> r, in AffinePoint<T> a)
    {
        r.X = a.X;
        T.Negate(out r.Y, a.Y);
    }
}

// Value represented   (X/Z^2, Y/Z^3) on y^2 = x^3 + b, in every lane; infinity where Z = 0.
// Coverage            every pair of points: the sums detect equal, opposite and infinite operands by ZeroMask and
//                     repair those
//                     lanes. Variable time. None of the curves has a point of order two, so doubling needs no case.
// Source              dbl-2009-l, add-2007-bl and madd-2007-bl of the Explicit-Formulas Database (short Weierstrass, a
//                     = 0).
internal struct JacobianPoint<T>
    where T : unmanaged, IField<T>
{
    public T X;
    public T Y;
    public T Z;

    public static void Infinity(out JacobianPoint<T> r)
    {
        T.One(out r.X);
        r.Y = r.X;
        r.Z = default;
    }

    public static void FromAffine(out JacobianPoint<T> r, in AffinePoint<T> a)
    {
        r.X = a.X;
        r.Y = a.Y;
        T.One(out r.Z);
    }

    /// <summary>The affine point; (0, 0) for infinity.</summary>
    public static void ToAffine(out AffinePoint<T> r, in JacobianPoint<T> a)
    {
        T.Inverse(out T inverse, a.Z);
        Scale(out r, a, inverse);
    }

    /// <summary>(X*inverse^2, Y*inverse^3).</summary>
    public static void Scale(out AffinePoint<T> r, in JacobianPoint<T> a, in T inverse)
    {
        Unsafe.SkipInit(out r);
        T.Square(out T square, inverse);
        T.Multiply(out r.X, a.X, square);
        T.Multiply(out square, square, inverse);
        T.Multiply(out r.Y, a.Y, square);
    }

    /// <summary>Affine points by one inversion (Montgomery's trick); (0, 0) for infinity.</summary>
    public static void ToAffine(ReadOnlySpan<JacobianPoint<T>> points, Span<AffinePoint<T>> affine)
    {
        // affine[i].X holds the product of the Zs before i, with 1 for the Z of infinity
        T.One(out T one);
        int all = (1 << T.Lanes) - 1;
        T product = one;
        for (int i = 0; i < points.Length; i++)
        {
            affine[i].X = product;
            int infinite = T.ZeroMask(points[i].Z);
            T.Select(out T z, infinite, one, points[i].Z);
            T.Multiply(out product, product, z);
        }

        T.Inverse(out T inverse, product);
        for (int i = points.Length - 1; i >= 0; i--)
        {
            int infinite = T.ZeroMask(points[i].Z);
            T.Select(out T z, infinite, one, points[i].Z);
            T.Multiply(out T own, inverse, affine[i].X);
            T.Multiply(out inverse, inverse, z);
            if (infinite == all)
            {
                affine[i] = default;
                continue;
            }

            Scale(out affine[i], points[i], own);
            T.Select(out affine[i].X, infinite, default, affine[i].X);
            T.Select(out affine[i].Y, infinite, default, affine[i].Y);
        }
    }

    public static void Negate(out JacobianPoint<T> r, in JacobianPoint<T> a)
    {
        r.X = a.X;
        T.Negate(out r.Y, a.Y);
        r.Z = a.Z;
    }

    public static void Select(out JacobianPoint<T> r, int mask, in JacobianPoint<T> set, in JacobianPoint<T> clear)
    {
        Unsafe.SkipInit(out r);
        T.Select(out r.X, mask, set.X, clear.X);
        T.Select(out r.Y, mask, set.Y, clear.Y);
        T.Select(out r.Z, mask, set.Z, clear.Z);
    }

    public static void Double(out JacobianPoint<T> r, in JacobianPoint<T> p)
    {
        Unsafe.SkipInit(out r);
        T.Square(out T a, p.X);
        T.Square(out T b, p.Y);
        T.Square(out T c, b);
        T.AddFactor(out T d, p.X, b);
        T.Square(out d, d);
        T.SubtractTwo(out d, d, a, c);
        T.Double(out d, d);
        T.Double(out T e, a);
        T.Add(out e, e, a);
        T.Multiply(out T z, p.Y, p.Z);
        T.Double(out r.Z, z);
        T.Square(out T f, e);
        T.SubtractTwo(out r.X, f, d, d);
        T.Subtract(out d, d, r.X);
        T.Multiply(out d, d, e);
        T.Double(out c, c);
        T.Double(out c, c);
        T.Double(out c, c);
        T.Subtract(out r.Y, d, c);
    }

    public static void Add(out JacobianPoint<T> r, in JacobianPoint<T> p, in JacobianPoint<T> q)
    {
        Unsafe.SkipInit(out r);
        int infiniteP = T.ZeroMask(p.Z);
        int infiniteQ = T.ZeroMask(q.Z);
        T.Square(out T zz1, p.Z);
        T.Square(out T zz2, q.Z);
        T.Multiply(out T u1, p.X, zz2);
        T.Multiply(out T u2, q.X, zz1);
        T.Multiply(out T s1, p.Y, q.Z);
        T.Multiply(out s1, s1, zz2);
        T.Multiply(out T s2, q.Y, p.Z);
        T.Multiply(out s2, s2, zz1);
        T.Subtract(out T h, u2, u1);
        T.Subtract(out T s, s2, s1);
        T.Double(out s, s);
        int special = infiniteP | infiniteQ | T.ZeroMask(h);
        if (special != 0)
        {
            AddSpecial(out r, p, q, u1, s1, h, s, special);
            return;
        }

        T.Multiply(out T z, p.Z, q.Z);
        T.Double(out z, z);
        Finish(out r, u1, s1, h, s, z);
    }

    public static void AddMixed(out JacobianPoint<T> r, in JacobianPoint<T> p, in AffinePoint<T> q)
    {
        Unsafe.SkipInit(out r);
        T.Square(out T zz, p.Z);
        T.Multiply(out T u2, q.X, zz);
        T.Multiply(out T s2, q.Y, p.Z);
        T.Multiply(out s2, s2, zz);
        T.Subtract(out T h, u2, p.X);
        T.Subtract(out T s, s2, p.Y);
        T.Double(out s, s);
        int special = T.ZeroMask(p.Z) | T.ZeroMask(h);
        if (special != 0)
        {
            FromAffine(out JacobianPoint<T> full, q);
            AddSpecial(out r, p, full, p.X, p.Y, h, s, special);
            return;
        }

        T.Double(out T z, p.Z);
        T u1 = p.X;
        T s1 = p.Y;
        Finish(out r, u1, s1, h, s, z);
    }

    /// <summary>A bit for each lane in which the points are equal.</summary>
    public static int EqualMask(in JacobianPoint<T> p, in JacobianPoint<T> q)
    {
        T.Square(out T zz1, p.Z);
        T.Square(out T zz2, q.Z);
        T.Multiply(out T u1, p.X, zz2);
        T.Multiply(out T u2, q.X, zz1);
        T.Subtract(out u1, u1, u2);
        T.Multiply(out zz1, zz1, p.Z);
        T.Multiply(out zz2, zz2, q.Z);
        T.Multiply(out T s1, p.Y, zz2);
        T.Multiply(out T s2, q.Y, zz1);
        T.Subtract(out s1, s1, s2);
        int infiniteP = T.ZeroMask(p.Z);
        int infiniteQ = T.ZeroMask(q.Z);
        return (infiniteP & infiniteQ) | (~infiniteP & ~infiniteQ & T.ZeroMask(u1) & T.ZeroMask(s1));
    }

    // add-2007-bl from H = h, 2(S2 - S1) = s and 2*Z1*Z2 = z, so Z3 = z*h
    private static void Finish(out JacobianPoint<T> r, in T u1, in T s1, in T h, in T s, in T z)
    {
        Unsafe.SkipInit(out r);
        T.Multiply(out r.Z, z, h);
        T.Double(out T i, h);
        T.Square(out i, i);
        T.Multiply(out T j, h, i);
        T.Multiply(out T v, u1, i);
        T.Square(out T x, s);
        T.Subtract(out x, x, j);
        T.SubtractTwo(out x, x, v, v);
        T.Multiply(out j, s1, j);
        T.Double(out j, j);
        r.X = x;
        T.Subtract(out v, v, x);
        T.Multiply(out v, v, s);
        T.Subtract(out r.Y, v, j);
    }

    // some lane has an infinite operand, or equal x coordinates
    private static void AddSpecial(
        out JacobianPoint<T> r,
        in JacobianPoint<T> p,
        in JacobianPoint<T> q,
        in T u1,
        in T s1,
        in T h,
        in T s,
        int special)
    {
        JacobianPoint<T> left = p;
        JacobianPoint<T> right = q;
        T.Multiply(out T z, left.Z, right.Z);
        T.Double(out z, z);
        Finish(out JacobianPoint<T> sum, u1, s1, h, s, z);
        Double(out JacobianPoint<T> doubled, left);

        // opposite points need no case: h = 0 makes Z3 = 0
        int infiniteP = T.ZeroMask(left.Z);
        int infiniteQ = T.ZeroMask(right.Z);
        int equal = special & T.ZeroMask(h) & T.ZeroMask(s);
        Select(out sum, equal, doubled, sum);
        Select(out sum, infiniteQ, left, sum);
        Select(out r, infiniteP, right, sum);
    }
}
