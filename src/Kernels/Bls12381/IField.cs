namespace Tactus.Kernels.Bls12381;

/// <summary>
/// Arithmetic of a field, one element or several side by side (lanes). The towers, the curves and the pairing are
/// written
/// once over this contract. In every operation the result may be one of the operands.
/// </summary>
/// <typeparam name="T">The element: a struct without references.</typeparam>
internal interface IField<T>
    where T : unmanaged, IField<T>
{
    /// <summary>Elements side by side; masks have one bit for each.</summary>
    static abstract int Lanes { get; }

    static abstract void One(out T r);

    static abstract void Add(out T r, in T a, in T b);

    static abstract void Subtract(out T r, in T a, in T b);

    static abstract void Negate(out T r, in T a);

    static abstract void Double(out T r, in T a);

    /// <summary>r = a + b, only as a factor of products: it may be left unreduced. Neither operand may be such a
    /// sum.</summary>
    static virtual void AddFactor(out T r, in T a, in T b) => T.Add(out r, a, b);

    /// <summary>r = a - b - c.</summary>
    static virtual void SubtractTwo(out T r, in T a, in T b, in T c)
    {
        T.Subtract(out T difference, a, b);
        T.Subtract(out r, difference, c);
    }

    static abstract void Multiply(out T r, in T a, in T b);

    static abstract void Square(out T r, in T a);

    /// <summary>1/a, and 0 for 0.</summary>
    static abstract void Inverse(out T r, in T a);

    /// <summary>a times three times the constant b of the curve over this field.</summary>
    static abstract void MultiplyBy3B(out T r, in T a);

    /// <summary>A bit for each lane that is zero.</summary>
    static abstract int ZeroMask(in T a);

    /// <summary>Lane by lane: <paramref name="set"/> where the bit is one, else <paramref name="clear"/>.</summary>
    static abstract void Select(out T r, int mask, in T set, in T clear);
}

/// <summary>
/// The prime field F_p of BLS12-381, with the operations of its quadratic extension that gain from a look inside.
/// </summary>
internal interface IPrimeField<F> : IField<F>
    where F : unmanaged, IPrimeField<F>
{
    /// <summary>The same element in every lane.</summary>
    static abstract void Broadcast(out F r, in Fp a);

    /// <summary>A bit for each lane whose value, as an integer in [0, p), is odd.</summary>
    static abstract int OddMask(in F a);

    /// <summary>Product in F_p2 = F_p[u]/(u*u + 1).</summary>
    static abstract void Multiply2(out Fp2<F> r, in Fp2<F> a, in Fp2<F> b);

    /// <summary>Square in F_p2.</summary>
    static abstract void Square2(out Fp2<F> r, in Fp2<F> a);

    /// <summary>Product of an element of F_p2 and one of F_p.</summary>
    static virtual void MultiplyBase2(out Fp2<F> r, in Fp2<F> a, in F b)
    {
        F.Multiply(out F c0, a.C0, b);
        F.Multiply(out F c1, a.C1, b);
        r.C0 = c0;
        r.C1 = c1;
    }

    /// <summary>r = a + b + c.</summary>
    static virtual void AddTwo(out F r, in F a, in F b, in F c)
    {
        F.Add(out F sum, a, b);
        F.Add(out r, sum, c);
    }

    /// <summary>r = a + b - c.</summary>
    static virtual void AddSubtract(out F r, in F a, in F b, in F c)
    {
        F.Subtract(out F difference, b, c);
        F.Add(out r, a, difference);
    }

    /// <summary>r = 3a + 2b.</summary>
    static virtual void ThreeTimesPlusTwice(out F r, in F a, in F b)
    {
        F.Add(out F sum, a, b);
        F.Double(out sum, sum);
        F.Add(out r, sum, a);
    }

    /// <summary>r = 3a - 2b.</summary>
    static virtual void ThreeTimesLessTwice(out F r, in F a, in F b)
    {
        F.Subtract(out F difference, a, b);
        F.Double(out difference, difference);
        F.Add(out r, difference, a);
    }
}
