namespace Tactus.Kernels.Secp256k1;

// p - 2 and (p + 1)/4 are, in binary, a block of 223 ones, a zero, a block of 22 ones, and a few more bits. Ones(k)
// below is a^(2^k - 1): a block of k ones; two blocks join by squaring the left one as often as the right one is long.
// Source of the chain (255 squarings and 15 or 13 products): libsecp256k1 src/field_impl.h.
internal readonly partial struct FieldScalar
{
    /// <summary>
    /// 1/a as a^(p-2), 0 for 0; magnitude at most 8, result magnitude 1. Takes the same time for every value.
    /// </summary>
    public FieldScalar Inverse()
    {
        Blocks(out FieldScalar ones2, out FieldScalar ones22, out FieldScalar ones223);
        FieldScalar t = ones223.Square(23) * ones22;
        t = t.Square(5) * this;
        t = t.Square(3) * ones2;
        return t.Square(2) * this;
    }

    /// <summary>
    /// A square root as a^((p+1)/4); p = 3 mod 4, so that is a root if there is one. False, and a root of -a, if there
    /// is none. Magnitude at most 8, result magnitude 1.
    /// </summary>
    public bool TrySqrt(out FieldScalar root)
    {
        Blocks(out FieldScalar ones2, out FieldScalar ones22, out FieldScalar ones223);
        FieldScalar t = ones223.Square(23) * ones22;
        t = t.Square(6) * ones2;
        root = t.Square(2);
        return Equals(root.Square(), this, 1);
    }

    private void Blocks(out FieldScalar ones2, out FieldScalar ones22, out FieldScalar ones223)
    {
        ones2 = Square() * this;
        FieldScalar ones3 = ones2.Square() * this;
        FieldScalar ones6 = ones3.Square(3) * ones3;
        FieldScalar ones9 = ones6.Square(3) * ones3;
        FieldScalar ones11 = ones9.Square(2) * ones2;
        ones22 = ones11.Square(11) * ones11;
        FieldScalar ones44 = ones22.Square(22) * ones22;
        FieldScalar ones88 = ones44.Square(44) * ones44;
        FieldScalar ones176 = ones88.Square(88) * ones88;
        FieldScalar ones220 = ones176.Square(44) * ones44;
        ones223 = ones220.Square(3) * ones3;
    }
}
