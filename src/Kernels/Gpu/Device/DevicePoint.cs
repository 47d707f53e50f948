// Value: the curve point (X / Z^2, Y / Z^3) in weak field elements; Z = 0 (mod p) is the point at infinity.
// y^2 = x^3 + 7 has no point of order 2, so Y is never 0 in a finite point.
using System.Runtime.CompilerServices;

namespace Tactus.Kernels.Gpu.Device;

/// <summary>A point in Jacobian coordinates.</summary>
internal readonly struct DevicePoint(U256 x, U256 y, U256 z)
{
    public readonly U256 X = x, Y = y, Z = z;

    public static DevicePoint Infinity => new(U256.One, U256.One, U256.Zero);
}

/// <summary>The group law, complete: every pair of points has its sum.</summary>
internal static class DeviceGroup<TProducts>
    where TProducts : struct, IFieldProducts
{
    /// <summary>2 p: 3 products, 4 squares. Infinity stays infinity, for Z is multiplied.</summary>
    /// <remarks>Formula of libsecp256k1 src/group_impl.h: L = 3/2 X^2, S = Y^2, T = -X S, X3 = L^2 + 2 T, Y3 = -(L (X3
    /// + T) + S^2).</remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static DevicePoint Double(DevicePoint p)
    {
        TProducts products = default;
        U256 s = products.Square(p.Y);
        U256 xx = products.Square(p.X);
        U256 l = DeviceField.Half(DeviceField.Add(DeviceField.Add(xx, xx), xx));
        U256 t = DeviceField.Negate(products.Multiply(p.X, s));
        U256 x3 = DeviceField.Add(products.Square(l), DeviceField.Add(t, t));
        U256 y3 = DeviceField.Add(products.Multiply(l, DeviceField.Add(x3, t)), products.Square(s));
        return new DevicePoint(x3, DeviceField.Negate(y3), products.Multiply(p.Y, p.Z));
    }

    /// <summary>p + (x, y): 8 products, 3 squares.</summary>
    /// <param name="p">Any point.</param>
    /// <param name="x">Of a finite point.</param>
    /// <param name="y">Of the same.</param>
    /// <param name="zRatio">Z of the sum over Z of p, where both are finite and have different x.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static DevicePoint AddMixed(DevicePoint p, U256 x, U256 y, out U256 zRatio)
    {
        TProducts products = default;
        U256 zz = products.Square(p.Z);
        U256 h = DeviceField.Subtract(products.Multiply(x, zz), p.X);
        U256 r = DeviceField.Subtract(products.Multiply(y, products.Multiply(zz, p.Z)), p.Y);
        zRatio = h;
        if (DeviceField.IsZero(p.Z))
        {
            return new DevicePoint(x, y, U256.One);
        }

        if (DeviceField.IsZero(h))
        {
            return DeviceField.IsZero(r) ? Double(p) : DevicePoint.Infinity;
        }

        U256 hh = products.Square(h);
        U256 hhh = products.Multiply(hh, h);
        U256 v = products.Multiply(p.X, hh);
        U256 x3 = DeviceField.Subtract(
            DeviceField.Subtract(products.Square(r), hhh), DeviceField.Add(v, v));
        U256 y3 = DeviceField.Subtract(
            products.Multiply(r, DeviceField.Subtract(v, x3)), products.Multiply(p.Y, hhh));
        return new DevicePoint(x3, y3, products.Multiply(p.Z, h));
    }

    /// <summary>p + q: 12 products, 4 squares.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static DevicePoint Add(DevicePoint p, DevicePoint q)
    {
        TProducts products = default;
        U256 pp = products.Square(p.Z), qq = products.Square(q.Z);
        U256 u = products.Multiply(p.X, qq), s = products.Multiply(p.Y, products.Multiply(qq, q.Z));
        U256 h = DeviceField.Subtract(products.Multiply(q.X, pp), u);
        U256 r = DeviceField.Subtract(products.Multiply(q.Y, products.Multiply(pp, p.Z)), s);
        if (DeviceField.IsZero(p.Z))
        {
            return q;
        }

        if (DeviceField.IsZero(q.Z))
        {
            return p;
        }

        if (DeviceField.IsZero(h))
        {
            return DeviceField.IsZero(r) ? Double(p) : DevicePoint.Infinity;
        }

        U256 hh = products.Square(h);
        U256 hhh = products.Multiply(hh, h);
        U256 v = products.Multiply(u, hh);
        U256 x3 = DeviceField.Subtract(
            DeviceField.Subtract(products.Square(r), hhh), DeviceField.Add(v, v));
        U256 y3 = DeviceField.Subtract(
            products.Multiply(r, DeviceField.Subtract(v, x3)), products.Multiply(s, hhh));
        return new DevicePoint(x3, y3, products.Multiply(products.Multiply(p.Z, q.Z), h));
    }

    /// <summary>Whether x and y are below p and lie on the curve.</summary>
    public static bool IsOnCurve(U256 x, U256 y) =>
        U256.Less(x, DeviceField.P)
        && U256.Less(y, DeviceField.P)
        && DeviceField.IsZero(DeviceField.Subtract(default(TProducts).Square(y), CurveSide(x)));

    /// <summary>x^3 + 7.</summary>
    public static U256 CurveSide(U256 x)
    {
        TProducts products = default;
        return DeviceField.Add(
            products.Multiply(products.Square(x), x), new U256(7, 0, 0, 0, 0, 0, 0, 0));
    }
}
