namespace Tactus.Kernels.Secp256k1.Lanes;

/// <summary>Inverses mod n of many numbers with one inversion (Montgomery 1987).</summary>
internal static unsafe class ScalarBatch
{
    /// <summary>inverses[i] = 1 / values[i]; no value may be 0. <paramref name="products"/> is scratch.</summary>
    public static void Invert(ScalarN* values, ScalarN* inverses, ScalarN* products, int count)
    {
        if (count == 0)
        {
            return;
        }

        products[0] = values[0];
        for (int i = 1; i < count; i++)
        {
            products[i] = products[i - 1] * values[i];
        }

        ScalarN rest = ModularInverse.OfScalar(in products[count - 1]);
        for (int i = count - 1; i > 0; i--)
        {
            inverses[i] = rest * products[i - 1];
            rest *= values[i];
        }

        inverses[0] = rest;
    }
}
