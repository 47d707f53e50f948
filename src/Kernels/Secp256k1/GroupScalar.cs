namespace Tactus.Kernels.Secp256k1;

// Points of a curve y^2 = x^3 + b over the field of secp256k1; b takes no part in the addition formulas.
// AffinePoint:   (X, Y), magnitude <= 1, or infinity.
// JacobianPoint: (X/Z^2, Y/Z^3), magnitudes X <= 6, Y <= 4, Z <= 1, or infinity. Every operation below takes and gives
// these. The number in a comment at the end of a line is the magnitude of its result.
// Formulas: Jacobian coordinates on a curve with a = 0 (Cohen, Miyaji, Ono, ASIACRYPT 1998), doubling with half of
// 3X^2.

/// <summary>A point in affine coordinates.</summary>
internal readonly struct AffinePoint
{
    /// <summary>Coordinates, magnitude at most 1; 0 at infinity.</summary>
    public readonly FieldScalar X, Y;

    /// <summary>Whether this is the neutral point.</summary>
    public readonly bool IsInfinity;

    /// <summary>A point other than infinity.</summary>
    public AffinePoint(in FieldScalar x, in FieldScalar y) => (X, Y) = (x, y);

    private AffinePoint(bool isInfinity) => IsInfinity = isInfinity;

    /// <summary>The neutral point.</summary>
    public static AffinePoint Infinity => new(isInfinity: true);

    /// <summary>Minus the point.</summary>
    public AffinePoint Negate() => IsInfinity ? this : new(X, Y.Negate(1).Normalize());

    /// <summary>Lambda times the point: (Beta*x, y).</summary>
    public AffinePoint TimesLambda() => IsInfinity ? this : new(X * FieldScalar.Beta, Y);

    /// <summary>Whether the coordinates satisfy the curve equation.</summary>
    public bool IsOnCurve(in FieldScalar b) =>
        !IsInfinity && FieldScalar.Equals(Y.Square(), (X.Square() * X) + b, 1);

    /// <summary>The point with this x and this oddness of y, if the curve has one.</summary>
    /// <param name="x">Magnitude at most 1.</param>
    /// <param name="odd">Whether y is to be odd.</param>
    /// <param name="b">The b of the curve.</param>
    /// <param name="point">The point, y normalised; infinity if there is none.</param>
    public static bool TryLift(in FieldScalar x, bool odd, in FieldScalar b, out AffinePoint point)
    {
        if (!((x.Square() * x) + b).TrySqrt(out FieldScalar y))
        {
            point = Infinity;
            return false;
        }

        // y is not 0: the curves here have no point of order 2 in the groups used, and secp256k1 has none at all
        y = y.Normalize();
        point = new(x, y.IsOdd == odd ? y : y.Negate(1).Normalize());
        return true;
    }
}

/// <summary>A point in Jacobian coordinates.</summary>
internal readonly struct JacobianPoint
{
    /// <summary>Coordinates, magnitudes at most 6, 4 and 1.</summary>
    public readonly FieldScalar X, Y, Z;

    /// <summary>Whether this is the neutral point.</summary>
    public readonly bool IsInfinity;

    /// <summary>A point other than infinity.</summary>
    public JacobianPoint(in FieldScalar x, in FieldScalar y, in FieldScalar z) => (X, Y, Z) = (x, y, z);

    /// <summary>The same point with Z = 1.</summary>
    public JacobianPoint(in AffinePoint point) =>
        (X, Y, Z, IsInfinity) = (point.X, point.Y, FieldScalar.One, point.IsInfinity);

    private JacobianPoint(bool isInfinity) => IsInfinity = isInfinity;

    /// <summary>The neutral point.</summary>
    public static JacobianPoint Infinity => new(isInfinity: true);

    /// <summary>Minus the point.</summary>
    public JacobianPoint Negate() => IsInfinity ? this : new(X, Y.Normalize().Negate(1), Z);

    /// <summary>Lambda times the point: (Beta*x, y).</summary>
    public JacobianPoint TimesLambda() => IsInfinity ? this : new(X * FieldScalar.Beta, Y, Z);

    /// <summary>Twice the point: 3 products, 4 squares. There is no point of order 2.</summary>
    public JacobianPoint Double()
    {
        if (IsInfinity)
        {
            return this;
        }

        FieldScalar slope = X.Square().Times(3).Half();                   // 3X^2/2: 2
        FieldScalar yy = Y.Square();                                      // Y^2: 1
        FieldScalar s = X * yy;                                           // XY^2: 1
        FieldScalar x = slope.Square() + s.Times(2).Negate(2);            // 4
        FieldScalar y = (slope * (s + x.Negate(4))) + yy.Square().Negate(1); // 3
        return new(x, y, Y * Z);
    }

    /// <summary>Sum with an affine point: 8 products, 3 squares.</summary>
    public JacobianPoint Add(in AffinePoint other)
    {
        if (other.IsInfinity)
        {
            return this;
        }

        if (IsInfinity)
        {
            return new(other);
        }

        FieldScalar zz = Z.Square();
        FieldScalar h = (other.X * zz) + X.Negate(6);                     // U2 - U1: 8
        FieldScalar r = (other.Y * zz * Z) + Y.Negate(4);                 // S2 - S1: 6
        return h.IsZero ? DoubleOrInfinity(r) : Finish(X, Y, h, r, Z * h);
    }

    /// <summary>Sum: 12 products, 4 squares.</summary>
    public JacobianPoint Add(in JacobianPoint other)
    {
        if (other.IsInfinity)
        {
            return this;
        }

        if (IsInfinity)
        {
            return other;
        }

        FieldScalar zz1 = Z.Square();
        FieldScalar zz2 = other.Z.Square();
        FieldScalar u1 = X * zz2;
        FieldScalar s1 = Y * zz2 * other.Z;
        FieldScalar h = (other.X * zz1) + u1.Negate(1);                   // 3
        FieldScalar r = (other.Y * zz1 * Z) + s1.Negate(1);               // 3
        return h.IsZero ? DoubleOrInfinity(r) : Finish(u1, s1, h, r, Z * other.Z * h);
    }

    /// <summary>The same point in affine coordinates, normalised; one inversion.</summary>
    public AffinePoint ToAffine()
    {
        if (IsInfinity)
        {
            return AffinePoint.Infinity;
        }

        FieldScalar w = Z.Inverse();
        FieldScalar ww = w.Square();
        return new((X * ww).Normalize(), (Y * ww * w).Normalize());
    }

    /// <summary>
    /// The same points in affine coordinates, normalised; one inversion for all (Montgomery's trick).
    /// </summary>
    public static AffinePoint[] ToAffine(ReadOnlySpan<JacobianPoint> points)
    {
        // products[i]: the product of the Z before i; infinity takes no part
        var products = new FieldScalar[points.Length];
        FieldScalar product = FieldScalar.One;
        for (int i = 0; i < points.Length; i++)
        {
            products[i] = product;
            product = points[i].IsInfinity ? product : product * points[i].Z;
        }

        var affine = new AffinePoint[points.Length];
        FieldScalar inverse = product.Inverse();
        for (int i = points.Length - 1; i >= 0; i--)
        {
            affine[i] = AffinePoint.Infinity;
            if (!points[i].IsInfinity)
            {
                FieldScalar w = inverse * products[i];
                FieldScalar ww = w.Square();
                affine[i] = new((points[i].X * ww).Normalize(), (points[i].Y * ww * w).Normalize());
                inverse *= points[i].Z;
            }
        }

        return affine;
    }

    // x1 = x2: the points are equal, or each other's negative
    private JacobianPoint DoubleOrInfinity(in FieldScalar r) => r.IsZero ? Double() : Infinity;

    // x = R^2 - H^3 - 2*U1*H^2, y = R*(U1*H^2 - x) - S1*H^3; u1 at most 6, s1 at most 4
    private static JacobianPoint Finish(
        in FieldScalar u1,
        in FieldScalar s1,
        in FieldScalar h,
        in FieldScalar r,
        in FieldScalar z)
    {
        FieldScalar hh = h.Square();
        FieldScalar hhh = hh * h;
        FieldScalar v = u1 * hh;
        FieldScalar x = r.Square() + hhh.Negate(1) + v.Times(2).Negate(2); // 6
        FieldScalar y = (r * (v + x.Negate(6))) + (s1 * hhh).Negate(1);    // 3
        return new(x, y, z);
    }
}
