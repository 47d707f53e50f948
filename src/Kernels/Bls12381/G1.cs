namespace Tactus.Kernels.Bls12381;

/// <summary>The group of keys: order r, inside y^2 = x^3 + 4 over F_p.</summary>
internal static class G1<F>
    where F : unmanaged, IPrimeField<F>
{
    /// <summary>The standard generator (draft-irtf-cfrg-pairing-friendly-curves 4.2.1).</summary>
    public static readonly AffinePoint<F> Generator = GeneratorOf();

    // The cube root of one with (beta*x, y) = -[x^2](x, y) on the subgroup (x in brackets: the curve parameter).
    private static readonly F Beta = BetaOf();

    private static readonly F B = BOf();

    /// <summary>
    /// A bit for each lane in the subgroup, for points of the curve: phi(P) = -[x^2]P, with phi(x, y) = (beta*x, y).
    /// Sufficient, not only necessary: Scott, eprint 2021/1130, section 6.
    /// </summary>
    public static int SubgroupMask(in AffinePoint<F> p)
    {
        JacobianPoint<F>.FromAffine(out JacobianPoint<F> point, p);
        CurveParameter.Multiply(out JacobianPoint<F> square, point);
        CurveParameter.Multiply(out square, square);
        JacobianPoint<F>.Negate(out square, square);
        F.Multiply(out point.X, p.X, Beta);
        return JacobianPoint<F>.EqualMask(point, square);
    }

    /// <summary>r = (beta*x, y).</summary>
    public static void Phi(out AffinePoint<F> r, in AffinePoint<F> p)
    {
        r.Y = p.Y;
        F.Multiply(out r.X, p.X, Beta);
    }

    /// <summary>r = x^3 + 4.</summary>
    public static void RightSide(out F r, in F x)
    {
        F.Square(out F square, x);
        F.Multiply(out square, square, x);
        F.Add(out r, square, B);
    }

    private static AffinePoint<F> GeneratorOf()
    {
        F.Broadcast(
            out F x,
            Fp.FromHex(
                "17f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb"));
        F.Broadcast(
            out F y,
            Fp.FromHex(
                "08b3f481e3aaa0f1a09e30ed741d8ae4fcf5e095d5d00af600db18cb2c04b3edd03cc744a2888ae40caa232946c5e7e1"));
        return new AffinePoint<F>(x, y);
    }

    private static F BetaOf()
    {
        // 2^((p-1)/3)
        F.Broadcast(
            out F beta, Fp.FromHex("5f19672fdf76ce51ba69c6076a0f77eaddb3a93be6f89688de17d813620a00022e01fffffffefffe"));
        return beta;
    }

    private static F BOf()
    {
        F.Broadcast(out F b, Fp.FromUInt64(4));
        return b;
    }
}
