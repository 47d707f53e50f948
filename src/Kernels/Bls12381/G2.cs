using System.Runtime.CompilerServices;

namespace Tactus.Kernels.Bls12381;

/// <summary>The group of signatures: order r, inside the twist y^2 = x^3 + 4(1 + u) over F_p2.</summary>
internal static class G2<F>
    where F : unmanaged, IPrimeField<F>
{
    private static readonly Fp2<F> B = BOf();

    // psi^2(x, y) = (x*N(PsiX), y*N(PsiY)), and N(PsiY) = -1
    private static readonly F PsiSquareX = NormOf(FrobeniusConstants<F>.PsiX);

    /// <summary>
    /// A bit for each lane in the subgroup, for points of the twist: psi(P) = [x]P. Sufficient, not only necessary:
    /// Scott,
    /// eprint 2021/1130, section 4.
    /// </summary>
    public static int SubgroupMask(in AffinePoint<Fp2<F>> p)
    {
        JacobianPoint<Fp2<F>>.FromAffine(out JacobianPoint<Fp2<F>> point, p);
        CurveParameter.Multiply(out JacobianPoint<Fp2<F>> multiple, point);
        JacobianPoint<Fp2<F>>.Negate(out multiple, multiple);
        Psi(out point, point);
        return JacobianPoint<Fp2<F>>.EqualMask(point, multiple);
    }

    /// <summary>The p-th power map of the curve, seen on the twist; on the subgroup it multiplies by x.</summary>
    public static void Psi(out JacobianPoint<Fp2<F>> r, in JacobianPoint<Fp2<F>> p)
    {
        Unsafe.SkipInit(out r);
        Fp2<F>.Conjugate(out Fp2<F> x, p.X);
        Fp2<F>.Conjugate(out Fp2<F> y, p.Y);
        Fp2<F>.Conjugate(out r.Z, p.Z);
        Fp2<F>.Multiply(out r.X, x, FrobeniusConstants<F>.PsiX);
        Fp2<F>.Multiply(out r.Y, y, FrobeniusConstants<F>.PsiY);
    }

    /// <summary>
    /// Takes a point of the twist into the subgroup: [x^2 - x - 1]P + [x - 1]psi(P) + psi^2([2]P), the multiple that
    /// RFC 9380
    /// calls h_eff (Budroni, Pintore, eprint 2017/419; RFC 9380, appendix G.3).
    /// </summary>
    public static void ClearCofactor(out JacobianPoint<Fp2<F>> r, in JacobianPoint<Fp2<F>> p)
    {
        // [x]P, psi(P)
        CurveParameter.Multiply(out JacobianPoint<Fp2<F>> xP, p);
        JacobianPoint<Fp2<F>>.Negate(out xP, xP);
        Psi(out JacobianPoint<Fp2<F>> psi, p);

        // [x]([x]P + psi(P)) = [x^2]P + [x]psi(P)
        JacobianPoint<Fp2<F>>.Add(out JacobianPoint<Fp2<F>> sum, xP, psi);
        CurveParameter.Multiply(out sum, sum);
        JacobianPoint<Fp2<F>>.Negate(out sum, sum);

        // psi^2([2]P) - [x]P - psi(P) - P
        JacobianPoint<Fp2<F>>.Double(out JacobianPoint<Fp2<F>> term, p);
        Psi(out term, term);
        Psi(out term, term);
        JacobianPoint<Fp2<F>>.Add(out sum, sum, term);
        JacobianPoint<Fp2<F>>.Negate(out xP, xP);
        JacobianPoint<Fp2<F>>.Add(out sum, sum, xP);
        JacobianPoint<Fp2<F>>.Negate(out psi, psi);
        JacobianPoint<Fp2<F>>.Add(out sum, sum, psi);
        JacobianPoint<Fp2<F>>.Negate(out term, p);
        JacobianPoint<Fp2<F>>.Add(out r, sum, term);
    }

    /// <summary>
    /// r = -psi^2(p) = (x*c, y): multiplies by -x^2 (x here the curve parameter), as <see cref="G1{F}.Phi"/> does.
    /// </summary>
    public static void Phi(out AffinePoint<Fp2<F>> r, in AffinePoint<Fp2<F>> p)
    {
        r.Y = p.Y;
        Fp2<F>.MultiplyBase(out r.X, p.X, PsiSquareX);
    }

    /// <summary>r = x^3 + 4(1 + u).</summary>
    public static void RightSide(out Fp2<F> r, in Fp2<F> x)
    {
        Fp2<F>.Square(out Fp2<F> square, x);
        Fp2<F>.Multiply(out square, square, x);
        Fp2<F>.Add(out r, square, B);
    }

    private static F NormOf(in Fp2<F> a)
    {
        Fp2<F>.Norm(out F norm, a);
        return norm;
    }

    private static Fp2<F> BOf()
    {
        Fp2<F>.Broadcast(out Fp2<F> b, new Fp2<Fp>(Fp.FromUInt64(4), Fp.FromUInt64(4)));
        return b;
    }
}
