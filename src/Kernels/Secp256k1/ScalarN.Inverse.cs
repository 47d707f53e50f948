namespace Tactus.Kernels.Secp256k1;

/// <summary>Inverses mod n.</summary>
internal readonly partial struct ScalarN
{
    /// <summary>
    /// 1/a as a^(n-2), 0 for 0, four bits of the exponent at a time. Takes the same time for every value.
    /// </summary>
    public ScalarN Inverse()
    {
        Span<ScalarN> powers = stackalloc ScalarN[16];
        powers[0] = One;
        for (int i = 1; i < powers.Length; i++)
        {
            powers[i] = powers[i - 1] * this;
        }

        ReadOnlySpan<ulong> exponent = [Order3, Order2, Order1, Order0 - 2];
        ScalarN t = One;
        foreach (ulong word in exponent)
        {
            for (int shift = 60; shift >= 0; shift -= 4)
            {
                t = t.Square().Square().Square().Square() * powers[(int)(word >> shift) & 15];
            }
        }

        return t;
    }

    /// <inheritdoc/>
    public ScalarN InverseVar() => Inverse();
}
