using System.Numerics;

namespace Tactus.Kernels.Bls12381;

/// <summary>Constants of the p-th power map, computed once from p.</summary>
internal static class FrobeniusConstants<F>
    where F : unmanaged, IPrimeField<F>
{
    /// <summary>xi^(i(p-1)/6), i = 0..5, xi = 1 + u.</summary>
    public static readonly Fp2<F>[] Xi = Powers();

    /// <summary>1/xi^((p-1)/3): x coordinate of psi, the p-th power map seen on the twist.</summary>
    public static readonly Fp2<F> PsiX = Inverted(2);

    /// <summary>1/xi^((p-1)/2): y coordinate of psi.</summary>
    public static readonly Fp2<F> PsiY = Inverted(3);

    private static Fp2<F>[] Powers()
    {
        Fp2<Fp> xi = new(Fp.FromUInt64(1), Fp.FromUInt64(1));
        BigInteger exponent = (FieldPowers.Modulus - 1) / 6;
        Fp2<Fp>.One(out Fp2<Fp> first);
        for (int bit = (int)exponent.GetBitLength() - 1; bit >= 0; bit--)
        {
            Fp2<Fp>.Square(out first, first);
            if (!((exponent >> bit) & 1).IsZero)
            {
                Fp2<Fp>.Multiply(out first, first, xi);
            }
        }

        Fp2<Fp>.One(out Fp2<Fp> power);
        var all = new Fp2<F>[6];
        for (int i = 0; i < 6; i++)
        {
            Fp2<F>.Broadcast(out all[i], power);
            Fp2<Fp>.Multiply(out power, power, first);
        }

        return all;
    }

    private static Fp2<F> Inverted(int power)
    {
        Fp2<F>.Inverse(out Fp2<F> r, Xi[power]);
        return r;
    }
}
