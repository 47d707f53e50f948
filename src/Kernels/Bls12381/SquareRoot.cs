namespace Tactus.Kernels.Bls12381;

/// <summary>
/// Square roots in F_p2 by two roots in F_p (the complex method; Scott, eprint 2020/1497, section 6).
/// </summary>
internal static class SquareRoot<F>
    where F : unmanaged, IPrimeField<F>
{
    private static readonly F Half = HalfOf();

    // (5)^((p-3)/4): takes the power of a norm n to that of 5n
    private static readonly F PowerOf5 = Power5();

    /// <summary>
    /// r = 1/sqrt(w) in lanes where w is a square (bit set in the result); in the others 1/sqrt(z*w), z = -(2 + u).
    /// For w = 0, r = 0 and the bit is set.
    /// </summary>
    public static int Reciprocal(out Fp2<F> r, in Fp2<F> w)
    {
        // t = n^((p-3)/4) for the norm n = N(w); s = n*t has s^2 = chi(n)*n, and w is a square just when n is
        Fp2<F>.Norm(out F n, w);
        FieldPowers<F>.ReciprocalRoot(out F t, n);
        F.Multiply(out F s, n, t);
        F.Square(out F check, s);
        F.Subtract(out check, check, n);
        int square = F.ZeroMask(check);

        // elsewhere go on with z*w: N(z) = 5, and chi(5n) = 1 since 5 is no square
        Fp2<F> value = w;
        if (square != (1 << F.Lanes) - 1)
        {
            TimesZ(out Fp2<F> zw, w);
            Fp2<F>.Select(out value, square, w, zw);
            F.Multiply(out F t5, t, PowerOf5);
            F.Select(out t, square, t, t5);
            F.Double(out F n5, n);
            F.Double(out n5, n5);
            F.Add(out n5, n5, n);
            F.Select(out n, square, n, n5);
            F.Multiply(out s, n, t);
        }

        // a = Re(value). d = (a + s)/2; where that is 0 (then Im is 0) take the other root -s of the norm: d = a
        F.Add(out F d, value.C0, s);
        F.Multiply(out d, d, Half);
        int zero = F.ZeroMask(d);
        if (zero != 0)
        {
            F.Select(out d, zero, value.C0, d);
            F.Negate(out F minusT, t);
            F.Select(out t, zero, minusT, t);
        }

        // e = d^((p-3)/4), so d*e^2 = chi(d). The root of value is (d*e, b*e/2) where chi(d) = 1, of norm s;
        // else (-b*e/2, d*e), of norm -s: both square to value by the line above and b^2 = s^2 - a^2.
        FieldPowers<F>.ReciprocalRoot(out F e, d);
        F.Multiply(out F de, d, e);
        F.Multiply(out F half, value.C1, Half);
        F.Multiply(out half, half, e);
        F.Square(out check, de);
        F.Subtract(out check, check, d);
        int plain = F.ZeroMask(check);
        F.Negate(out F minusHalf, half);
        F.Negate(out F minusS, t);

        // 1/root = conj(root)/norm, and 1/s = t
        Fp2<F> root = default;
        F.Select(out root.C0, plain, de, minusHalf);
        F.Select(out root.C1, plain, half, de);
        F.Select(out t, plain, t, minusS);
        Fp2<F>.Conjugate(out root, root);
        Fp2<F>.MultiplyBase(out r, root, t);
        return square;
    }

    /// <summary>r = sqrt(w), either of the two; the bits of lanes where there is none are clear.</summary>
    public static int TryRoot(out Fp2<F> r, in Fp2<F> w)
    {
        int square = Reciprocal(out Fp2<F> reciprocal, w);
        Fp2<F>.Multiply(out r, w, reciprocal);
        return square;
    }

    /// <summary>r = sqrt(w) in F_p, w^((p+1)/4); the bits of lanes where there is none are clear.</summary>
    public static int TryRoot(out F r, in F w)
    {
        FieldPowers<F>.ReciprocalRoot(out F power, w);
        F.Multiply(out F root, power, w);
        F.Square(out F check, root);
        F.Subtract(out check, check, w);
        r = root;
        return F.ZeroMask(check);
    }

    /// <summary>r = z*a, z = -(2 + u): the non-square of the map to the curve.</summary>
    public static void TimesZ(out Fp2<F> r, in Fp2<F> a)
    {
        // -(2 + u)(a0 + a1*u) = (a1 - 2*a0) - (a0 + 2*a1)u
        F.Subtract(out F c0, a.C1, a.C0);
        F.Subtract(out c0, c0, a.C0);
        F.Add(out F c1, a.C0, a.C1);
        F.Add(out c1, c1, a.C1);
        r.C0 = c0;
        F.Negate(out r.C1, c1);
    }

    private static F HalfOf()
    {
        F.Broadcast(out F two, Fp.FromUInt64(2));
        F.Inverse(out F half, two);
        return half;
    }

    private static F Power5()
    {
        F.Broadcast(out F five, Fp.FromUInt64(5));
        FieldPowers<F>.ReciprocalRoot(out F power, five);
        return power;
    }
}
