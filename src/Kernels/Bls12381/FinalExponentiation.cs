namespace Tactus.Kernels.Bls12381;

// f^(3(p^12 - 1)/r): the factor 3 is prime to r, so one maps to one and nothing else does.
//
// (p^12 - 1)/r        = (p^6 - 1)(p^2 + 1) * (p^4 - p^2 + 1)/r, and
// 3(p^4 - p^2 + 1)/r  = (x - 1)^2 (x + p)(x^2 + p^2 - 1) + 3.
// Source              Hayashida, Hayasaka, Teruya, eprint 2020/875, section 5 (BLS12).
internal static class FinalExponentiation<F>
    where F : unmanaged, IPrimeField<F>
{
    public static void Run(out Fp12<F> r, in Fp12<F> f)
    {
        // m = f^((p^6 - 1)(p^2 + 1)); from here inverses are conjugates
        Fp12<F>.Inverse(out Fp12<F> t, f);
        Fp12<F>.Conjugate(out Fp12<F> m, f);
        Fp12<F>.Multiply(out m, m, t);
        Fp12<F>.Frobenius(out t, m);
        Fp12<F>.Frobenius(out t, t);
        Fp12<F>.Multiply(out m, m, t);

        // a = m^((x - 1)^2)
        PowerXLessOne(out Fp12<F> a, m);
        PowerXLessOne(out a, a);

        // b = a^(x + p)
        PowerX(out Fp12<F> b, a);
        Fp12<F>.Frobenius(out t, a);
        Fp12<F>.Multiply(out b, b, t);

        // c = b^(x^2 + p^2 - 1)
        PowerX(out Fp12<F> c, b);
        PowerX(out c, c);
        Fp12<F>.Frobenius(out t, b);
        Fp12<F>.Frobenius(out t, t);
        Fp12<F>.Multiply(out c, c, t);
        Fp12<F>.Conjugate(out t, b);
        Fp12<F>.Multiply(out c, c, t);

        // c * m^3
        Fp12<F>.SquareCyclotomic(out t, m);
        Fp12<F>.Multiply(out t, t, m);
        Fp12<F>.Multiply(out r, c, t);
    }

    private static void PowerXLessOne(out Fp12<F> r, in Fp12<F> a)
    {
        PowerX(out Fp12<F> power, a);
        Fp12<F>.Conjugate(out Fp12<F> inverse, a);
        Fp12<F>.Multiply(out r, power, inverse);
    }

    // a^x of an element of the cyclotomic subgroup; x < 0
    private static void PowerX(out Fp12<F> r, in Fp12<F> a)
    {
        Fp12<F> power = a;
        for (int bit = 62; bit >= 0; bit--)
        {
            Fp12<F>.SquareCyclotomic(out power, power);
            if (((CurveParameter.Magnitude >> bit) & 1) != 0)
            {
                Fp12<F>.Multiply(out power, power, a);
            }
        }

        Fp12<F>.Conjugate(out r, power);
    }
}
