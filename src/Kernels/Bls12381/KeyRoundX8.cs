namespace Tactus.Kernels.Bls12381;

/// <summary>KeyValidate of up to eight keys side by side.</summary>
internal static class KeyRoundX8
{
    public static void Read(ReadOnlySpan<byte> compressed, Span<BlsPublicKey> keys, Span<BlsVerdict> verdicts)
    {
        // lanes without a finite key work on the generator
        AffinePoint<FpX8> points = G1<FpX8>.Generator;
        int larger = 0;
        for (int lane = 0; lane < keys.Length; lane++)
        {
            keys[lane] = default;
            verdicts[lane] = PointEncoding.ReadHead(
                compressed.Slice(lane * IBlsKernel.KeyBytes, IBlsKernel.KeyBytes),
                out Fp x,
                out bool isInfinity,
                out bool isLarger);
            if (verdicts[lane] != BlsVerdict.Valid)
            {
                continue;
            }

            if (isInfinity)
            {
                verdicts[lane] = BlsVerdict.KeyIsInfinity;
                continue;
            }

            FpX8.Set(ref points.X, lane, x);
            larger |= (isLarger ? 1 : 0) << lane;
        }

        G1<FpX8>.RightSide(out FpX8 square, points.X);
        int onCurve = SquareRoot<FpX8>.TryRoot(out points.Y, square);
        int flip = 0;
        for (int lane = 0; lane < keys.Length; lane++)
        {
            FpX8.Get(out Fp y, points.Y, lane);
            flip |= (Fp.IsUpperHalf(y) ? 1 : 0) << lane;
        }

        FpX8.Negate(out FpX8 minusY, points.Y);
        FpX8.Select(out points.Y, flip ^ larger, minusY, points.Y);
        int inGroup = G1<FpX8>.SubgroupMask(points);
        for (int lane = 0; lane < keys.Length; lane++)
        {
            if (verdicts[lane] != BlsVerdict.Valid)
            {
                continue;
            }

            int bit = 1 << lane;
            if ((onCurve & bit) == 0)
            {
                verdicts[lane] = BlsVerdict.NotOnCurve;
                continue;
            }

            if ((inGroup & bit) == 0)
            {
                verdicts[lane] = BlsVerdict.NotInSubgroup;
                continue;
            }

            AffinePoint<Fp> point = default;
            FpX8.Get(out point.X, points.X, lane);
            FpX8.Get(out point.Y, points.Y, lane);
            KeyForm.Write(out keys[lane], point);
        }
    }
}
