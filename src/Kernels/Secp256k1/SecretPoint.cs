namespace Tactus.Kernels.Secp256k1;

// (X : Y : Z) is the affine point (X/Z, Y/Z), or infinity where Z = 0. Magnitudes at most 3, 2, 2.
// The addition is complete: on a curve of prime order it holds for every pair, so there is nothing to branch on.
// Formula: Renes, Costello, Batina, "Complete addition formulas for prime order elliptic curves", EUROCRYPT 2016,
// algorithm 8 (a = 0, second point affine), 3b = 21. The number at the end of a line is the magnitude of its result.

/// <summary>Multiples of the generator by a secret, in constant time.</summary>
internal readonly struct SecretPoint
{
    private readonly FieldScalar _x, _y, _z;

    private SecretPoint(in FieldScalar x, in FieldScalar y, in FieldScalar z) => (_x, _y, _z) = (x, y, z);

    /// <summary>secret * G in affine coordinates, normalised; the secret is from 1 to n - 1.</summary>
    public static AffinePoint MultiplyGenerator(in ScalarN secret)
    {
        Span<byte> windows = stackalloc byte[SecretTable.WindowCount];
        ulong negated = SecretTable.Recode(secret, windows);
        var sum = new SecretPoint(FieldScalar.Zero, FieldScalar.One, FieldScalar.Zero);
        for (int i = 0; i < windows.Length; i++)
        {
            SecretTable.Select(i, windows[i], out FieldScalar x, out FieldScalar y);
            sum = sum.Add(x, y);
        }

        windows.Clear();
        FieldScalar inverse = sum._z.Inverse();
        FieldScalar affineY = sum._y * inverse;
        return new AffinePoint(
            (sum._x * inverse).Normalize(),
            FieldScalar.Select(negated, affineY.Negate(1), affineY).Normalize());
    }

    private SecretPoint Add(in FieldScalar x2, in FieldScalar y2)
    {
        FieldScalar xx = _x * x2;                                                 // 1
        FieldScalar yy = _y * y2;                                                 // 1
        FieldScalar xy = ((_x + _y) * (x2 + y2)) + (xx + yy).Negate(2);           // x1*y2 + x2*y1: 4
        FieldScalar yz = (y2 * _z) + _y;                                          // 3
        FieldScalar xz = (x2 * _z) + _x;                                          // 4
        FieldScalar bz = _z.NormalizeWeak().Times(21).NormalizeWeak();            // 1
        FieldScalar bxz = xz.NormalizeWeak().Times(21).NormalizeWeak();           // 1
        FieldScalar plus = yy + bz;                                               // 2
        FieldScalar minus = yy + bz.Negate(1);                                    // 3
        FieldScalar xx3 = xx.Times(3);                                            // 3
        return new(
            (xy * minus) + (yz * bxz).Negate(1),                                  // 3
            (bxz * xx3) + (minus * plus),                                         // 2
            (plus * yz) + (xx3 * xy));                                            // 2
    }
}
