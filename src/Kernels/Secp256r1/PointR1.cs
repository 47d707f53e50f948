using System.Numerics;

namespace Tactus.Kernels.Secp256r1;

// Jacobian coordinates (X/Z^2, Y/Z^3) over p = 2^256 - 2^224 + 2^192 + 2^96 - 1, every coordinate from 0 to p - 1; Z =
// 0 is infinity. Formulas: hyperelliptic.org/EFD, shortw/jacobian-3 (dbl-2001-b) and shortw/jacobian (add-2007-bl's
// plain form).

/// <summary>A point of NIST P-256 (FIPS 186-4 D.1.2.3), y^2 = x^3 - 3x + b. Variable time: public data only.</summary>
internal readonly struct PointR1(BigInteger x, BigInteger y, BigInteger z)
{
    private readonly BigInteger _x = x;
    private readonly BigInteger _y = y;
    private readonly BigInteger _z = z;

    /// <summary>The neutral point.</summary>
    public static PointR1 Infinity { get; } = new(BigInteger.One, BigInteger.One, BigInteger.Zero);

    /// <summary>The generator.</summary>
    public static PointR1 Generator { get; } = new(
        Hex("6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296"),
        Hex("4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5"),
        BigInteger.One);

    /// <summary>The prime of the field.</summary>
    public static BigInteger P { get; } = Hex("FFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF");

    /// <summary>The number of points.</summary>
    public static BigInteger N { get; } = Hex("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551");

    /// <summary>Whether this is the neutral point.</summary>
    public bool IsInfinity => _z.IsZero;

    private static BigInteger B { get; } = Hex("5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B");

    /// <summary>Whether (x, y), each from 0 to p - 1, is on the curve.</summary>
    public static bool IsOnCurve(in BigInteger x, in BigInteger y) => Mod(y * y) == RightSide(x);

    /// <summary>The y of this oddness that belongs to x, from 0 to p - 1, if the curve has a point there.</summary>
    public static bool TryLift(in BigInteger x, bool odd, out BigInteger y)
    {
        BigInteger square = RightSide(x);
        y = BigInteger.ModPow(square, (P + 1) / 4, P); // p = 3 mod 4
        if (Mod(y * y) != square)
        {
            return false;
        }

        y = y.IsEven == odd ? Mod(-y) : y;
        return true;
    }

    /// <summary>u*G + v*Q, one bit of both numbers at a time.</summary>
    public static PointR1 Combine(in BigInteger u, in BigInteger v, in PointR1 q)
    {
        PointR1 both = Generator.Add(q);
        PointR1 sum = Infinity;
        for (int bit = 255; bit >= 0; bit--)
        {
            sum = sum.Double();
            bool hasU = !((u >> bit) & 1).IsZero;
            bool hasV = !((v >> bit) & 1).IsZero;
            if (hasU || hasV)
            {
                sum = sum.Add(hasU && hasV ? both : hasU ? Generator : q);
            }
        }

        return sum;
    }

    /// <summary>The affine coordinates of a point other than infinity.</summary>
    public (BigInteger X, BigInteger Y) ToAffine()
    {
        BigInteger w = BigInteger.ModPow(_z, P - 2, P);
        BigInteger ww = Mod(w * w);
        return (Mod(_x * ww), Mod(_y * Mod(ww * w)));
    }

    /// <summary>Twice the point; no point has order 2.</summary>
    public PointR1 Double()
    {
        BigInteger delta = Mod(_z * _z);
        BigInteger gamma = Mod(_y * _y);
        BigInteger beta = Mod(_x * gamma);
        BigInteger alpha = Mod(3 * (_x - delta) * (_x + delta));
        BigInteger x = Mod((alpha * alpha) - (8 * beta));
        return new(x, Mod((alpha * ((4 * beta) - x)) - (8 * gamma * gamma)), Mod(2 * _y * _z));
    }

    /// <summary>Sum.</summary>
    public PointR1 Add(in PointR1 other)
    {
        if (IsInfinity || other.IsInfinity)
        {
            return IsInfinity ? other : this;
        }

        BigInteger zz1 = Mod(_z * _z);
        BigInteger zz2 = Mod(other._z * other._z);
        BigInteger u1 = Mod(_x * zz2);
        BigInteger s1 = Mod(_y * Mod(zz2 * other._z));
        BigInteger h = Mod((other._x * zz1) - u1);
        BigInteger r = Mod((other._y * Mod(zz1 * _z)) - s1);
        if (h.IsZero)
        {
            return r.IsZero ? Double() : Infinity;
        }

        BigInteger hh = Mod(h * h);
        BigInteger hhh = Mod(hh * h);
        BigInteger v = Mod(u1 * hh);
        BigInteger x = Mod((r * r) - hhh - (2 * v));
        return new(x, Mod((r * (v - x)) - (s1 * hhh)), Mod(Mod(_z * other._z) * h));
    }

    private static BigInteger RightSide(in BigInteger x) => Mod((((x * x) - 3) * x) + B);

    private static BigInteger Mod(in BigInteger value)
    {
        BigInteger rest = BigInteger.Remainder(value, P);
        return rest.Sign < 0 ? rest + P : rest;
    }

    private static BigInteger Hex(string digits) =>
        new(Convert.FromHexString(digits), isUnsigned: true, isBigEndian: true);
}
