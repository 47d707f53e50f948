namespace Tactus.Kernels.Bls12381;

/// <summary>Sums of public keys, eight running sums side by side.</summary>
internal static class KeySumX8
{
    // below this the eight sums cost more to join than they save
    private const int LanesKeysMin = 24;

    /// <summary>Sum of keys[indices[i]], or of keys[i] where there are no indices.</summary>
    public static void Sum(
        ReadOnlySpan<BlsPublicKey> keys, ReadOnlySpan<int> indices, int count, out JacobianPoint<Fp> sum)
    {
        if (count < LanesKeysMin)
        {
            if (indices.IsEmpty)
            {
                KeySum.Sum(keys[..count], out sum);
                return;
            }

            KeySum.Sum(keys, indices, out sum);
            return;
        }

        JacobianPoint<FpX8>.Infinity(out JacobianPoint<FpX8> sums);
        for (int at = 0; at < count; at += FpX8.LaneCount)
        {
            int finite = 0;
            AffinePoint<FpX8> points = G1<FpX8>.Generator;
            for (int lane = 0; lane < FpX8.LaneCount && at + lane < count; lane++)
            {
                ref readonly BlsPublicKey key = ref keys[indices.IsEmpty ? at + lane : indices[at + lane]];
                if (!KeyForm.IsInfinity(key))
                {
                    finite |= 1 << lane;
                    LanePoints.Set(ref points, lane, KeyForm.Point(key));
                }
            }

            if (at == 0 && finite == (1 << FpX8.LaneCount) - 1)
            {
                JacobianPoint<FpX8>.FromAffine(out sums, points);
                continue;
            }

            JacobianPoint<FpX8>.AddMixed(out JacobianPoint<FpX8> added, sums, points);
            JacobianPoint<FpX8>.Select(out sums, finite, added, sums);
        }

        LanePoints.Sum(out sum, sums);
    }
}
