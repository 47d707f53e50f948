namespace Tactus.Kernels.Bls12381;

/// <summary>Sums of public keys.</summary>
internal static class KeySum
{
    public static void Sum(ReadOnlySpan<BlsPublicKey> keys, out JacobianPoint<Fp> sum)
    {
        JacobianPoint<Fp>.Infinity(out sum);
        foreach (ref readonly BlsPublicKey key in keys)
        {
            Add(ref sum, key);
        }
    }

    public static void Sum(ReadOnlySpan<BlsPublicKey> table, ReadOnlySpan<int> indices, out JacobianPoint<Fp> sum)
    {
        CheckIndices(table.Length, indices);
        JacobianPoint<Fp>.Infinity(out sum);
        foreach (int index in indices)
        {
            Add(ref sum, table[index]);
        }
    }

    public static void CheckIndices(int tableLength, ReadOnlySpan<int> indices)
    {
        foreach (int index in indices)
        {
            if ((uint)index >= (uint)tableLength)
            {
                throw new ArgumentException(
                    $"key index {index} lies outside a table of {tableLength}.", nameof(indices));
            }
        }
    }

    private static void Add(ref JacobianPoint<Fp> sum, in BlsPublicKey key)
    {
        if (!KeyForm.IsInfinity(key))
        {
            JacobianPoint<Fp>.AddMixed(out sum, sum, KeyForm.Point(key));
        }
    }
}
