using System.Runtime.CompilerServices;

namespace Tactus.Kernels.Bls12381;

/// <summary>
/// map_to_curve of BLS12381G2 (RFC 9380, sections 6.6.2, 6.6.3 and 8.8.2): the simplified map of Shallue, van de
/// Woestijne
/// and Ulas to y^2 = x^3 + 240u*x + 1012(1 + u), then the isogeny of degree 3 to the twist.
/// </summary>
internal static class MapToTwist<F>
    where F : unmanaged, IPrimeField<F>
{
    private static readonly Fp2<F> A = Constant("0", "f0");
    private static readonly Fp2<F> B = Constant("3f4", "3f4");
    private static readonly Fp2<F> ZA = Product(A);

    // Coefficients k_(1,i) .. k_(4,i) of RFC 9380, appendix E.3, lowest degree first; the denominators are monic.
    private static readonly Fp2<F>[] XNumerator =
    [
        Constant(
            "5c759507e8e333ebb5b7a9a47d7ed8532c52d39fd3a042a88b58423c50ae15d5c2638e343d9c71c6238aaaaaaaa97d6",
            "5c759507e8e333ebb5b7a9a47d7ed8532c52d39fd3a042a88b58423c50ae15d5c2638e343d9c71c6238aaaaaaaa97d6"),
        Constant(
            "0",
            "11560bf17baa99bc32126fced787c88f984f87adf7ae0c7f9a208c6b4f20a4181472aaa9cb8d555526a9ffffffffc71a"),
        Constant(
            "11560bf17baa99bc32126fced787c88f984f87adf7ae0c7f9a208c6b4f20a4181472aaa9cb8d555526a9ffffffffc71e",
            "8ab05f8bdd54cde190937e76bc3e447cc27c3d6fbd7063fcd104635a790520c0a395554e5c6aaaa9354ffffffffe38d"),
        Constant(
            "171d6541fa38ccfaed6dea691f5fb614cb14b4e7f4e810aa22d6108f142b85757098e38d0f671c7188e2aaaaaaaa5ed1",
            "0"),
    ];

    private static readonly Fp2<F>[] XDenominator =
    [
        Constant(
            "0", "1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaa63"),
        Constant(
            "c", "1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaa9f"),
        Constant("1", "0"),
    ];

    private static readonly Fp2<F>[] YNumerator =
    [
        Constant(
            "1530477c7ab4113b59a4c18b076d11930f7da5d4a07f649bf54439d87d27e500fc8c25ebf8c92f6812cfc71c71c6d706",
            "1530477c7ab4113b59a4c18b076d11930f7da5d4a07f649bf54439d87d27e500fc8c25ebf8c92f6812cfc71c71c6d706"),
        Constant(
            "0",
            "5c759507e8e333ebb5b7a9a47d7ed8532c52d39fd3a042a88b58423c50ae15d5c2638e343d9c71c6238aaaaaaaa97be"),
        Constant(
            "11560bf17baa99bc32126fced787c88f984f87adf7ae0c7f9a208c6b4f20a4181472aaa9cb8d555526a9ffffffffc71c",
            "8ab05f8bdd54cde190937e76bc3e447cc27c3d6fbd7063fcd104635a790520c0a395554e5c6aaaa9354ffffffffe38f"),
        Constant(
            "124c9ad43b6cf79bfbf7043de3811ad0761b0f37a1e26286b0e977c69aa274524e79097a56dc4bd9e1b371c71c718b10",
            "0"),
    ];

    private static readonly Fp2<F>[] YDenominator =
    [
        Constant(
            "1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffa8fb",
            "1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffa8fb"),
        Constant(
            "0", "1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffa9d3"),
        Constant(
            "12", "1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaa99"),
        Constant("1", "0"),
    ];

    public static void Map(out JacobianPoint<Fp2<F>> r, in Fp2<F> u)
    {
        MapToIsogenous(out JacobianPoint<Fp2<F>> point, u);
        Isogeny(out r, point);
    }

    // The point (xn/xd, y) as (xn*xd, y*xd^3, xd).
    private static void MapToIsogenous(out JacobianPoint<Fp2<F>> r, in Fp2<F> u)
    {
        Unsafe.SkipInit(out r);

        // x1 = (-B/A)(1 + 1/(z^2*u^4 + z*u^2)) = B(t + 1)/(-A*t), and B/(z*A) where t = 0
        Fp2<F>.Square(out Fp2<F> uu, u);
        SquareRoot<F>.TimesZ(out Fp2<F> zuu, uu);
        Fp2<F>.Square(out Fp2<F> t, zuu);
        Fp2<F>.Add(out t, t, zuu);
        Fp2<F>.One(out Fp2<F> one);
        Fp2<F>.Add(out Fp2<F> xn, t, one);
        Fp2<F>.Multiply(out xn, xn, B);
        Fp2<F>.Negate(out Fp2<F> xd, t);
        Fp2<F>.Multiply(out xd, xd, A);
        int exceptional = Fp2<F>.ZeroMask(t);
        if (exceptional != 0)
        {
            Fp2<F>.Select(out xd, exceptional, ZA, xd);
        }

        // gn/gd = x1^3 + A*x1 + B, gd = xd^3
        Fp2<F>.Square(out Fp2<F> xd2, xd);
        Fp2<F>.Multiply(out Fp2<F> gd, xd2, xd);
        Fp2<F>.Square(out Fp2<F> gn, xn);
        Fp2<F>.Multiply(out Fp2<F> term, A, xd2);
        Fp2<F>.Add(out gn, gn, term);
        Fp2<F>.Multiply(out gn, gn, xn);
        Fp2<F>.Multiply(out term, B, gd);
        Fp2<F>.Add(out gn, gn, term);

        // y1 = sqrt(gn/gd) = gn/sqrt(gn*gd). Else x2 = z*u^2*x1 and y2 = sqrt((z*u^2)^3*gn/gd) =
        // z^2*u^3*gn/sqrt(z*gn*gd).
        Fp2<F>.Multiply(out Fp2<F> product, gn, gd);
        int square = SquareRoot<F>.Reciprocal(out Fp2<F> y, product);
        Fp2<F>.Multiply(out y, y, gn);
        if (square != (1 << F.Lanes) - 1)
        {
            Fp2<F>.Multiply(out Fp2<F> x2, xn, zuu);
            Fp2<F>.Select(out xn, square, xn, x2);
            Fp2<F>.Multiply(out Fp2<F> y2, y, u);
            Fp2<F>.Multiply(out y2, y2, zuu);
            SquareRoot<F>.TimesZ(out y2, y2);
            Fp2<F>.Select(out y, square, y, y2);
        }

        int flip = Fp2<F>.SignMask(u) ^ Fp2<F>.SignMask(y);
        Fp2<F>.Negate(out Fp2<F> minusY, y);
        Fp2<F>.Select(out y, flip, minusY, y);
        Fp2<F>.Multiply(out r.X, xn, xd);
        Fp2<F>.Multiply(out r.Y, y, gd);
        r.Z = xd;
    }

    // x' = XN(x)/XD(x), y' = y*YN(x)/YD(x) with x = X/Z^2. With s = Z^2 and every polynomial made homogeneous in (X,
    // s):
    // x' = xn/(s*xd), degrees 3 and 2; y' = Y*yn/(Z^3*yd), degrees 3 and 3. The common Z' = Z*xd*yd.
    private static void Isogeny(out JacobianPoint<Fp2<F>> r, in JacobianPoint<Fp2<F>> p)
    {
        Unsafe.SkipInit(out r);
        Fp2<F>.Square(out Fp2<F> s, p.Z);
        Fp2<F>.Square(out Fp2<F> s2, s);
        Fp2<F>.Multiply(out Fp2<F> s3, s2, s);
        Evaluate(out Fp2<F> xn, XNumerator, p.X, s, s2, s3);
        Evaluate(out Fp2<F> xd, XDenominator, p.X, s, s2, s3);
        Evaluate(out Fp2<F> yn, YNumerator, p.X, s, s2, s3);
        Evaluate(out Fp2<F> yd, YDenominator, p.X, s, s2, s3);

        // Z' = Z*xd*yd: X' = x'*Z'^2 = xn*xd*yd^2; Y' = y'*Z'^3 = Y*yn*xd^3*yd^2
        Fp2<F>.Square(out Fp2<F> yd2, yd);
        Fp2<F>.Multiply(out Fp2<F> t, xd, yd2);
        Fp2<F>.Multiply(out r.X, xn, t);
        Fp2<F>.Square(out Fp2<F> xd2, xd);
        Fp2<F>.Multiply(out t, t, xd2);
        Fp2<F>.Multiply(out t, t, yn);
        Fp2<F>.Multiply(out r.Y, t, p.Y);
        Fp2<F>.Multiply(out t, xd, yd);
        Fp2<F>.Multiply(out r.Z, t, p.Z);
    }

    // sum of k[i]*x^i*s^(n-i)
    private static void Evaluate(
        out Fp2<F> r, Fp2<F>[] k, in Fp2<F> x, in Fp2<F> s, in Fp2<F> s2, in Fp2<F> s3)
    {
        int degree = k.Length - 1;
        Fp2<F> sum = k[degree];
        for (int i = degree - 1; i >= 0; i--)
        {
            Fp2<F> power = (degree - i) switch { 1 => s, 2 => s2, _ => s3 };
            Fp2<F>.Multiply(out sum, sum, x);
            Fp2<F>.Multiply(out Fp2<F> term, k[i], power);
            Fp2<F>.Add(out sum, sum, term);
        }

        r = sum;
    }

    private static Fp2<F> Constant(string c0, string c1)
    {
        Fp2<F>.Broadcast(out Fp2<F> r, new Fp2<Fp>(Fp.FromHex(c0), Fp.FromHex(c1)));
        return r;
    }

    private static Fp2<F> Product(in Fp2<F> a)
    {
        SquareRoot<F>.TimesZ(out Fp2<F> r, a);
        return r;
    }
}
