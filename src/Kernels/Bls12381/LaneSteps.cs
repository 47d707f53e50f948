namespace Tactus.Kernels.Bls12381;

/// <summary>
/// The steps of verification on rounds of eight items, one per lane. Item i is lane i mod 8 of round i / 8.
/// </summary>
internal static class LaneSteps
{
    private const int Lanes = FpX8.LaneCount;

    // stands in lanes without an item: any point of the subgroup
    private static readonly AffinePoint<Fp2<Fp>> Filler = FillerOf();

    /// <summary>Rounds for so many items.</summary>
    public static int Rounds(int items) => (items + Lanes - 1) / Lanes;

    /// <summary>
    /// Decompresses signatures and checks them for the subgroup. <paramref name="finite"/> gets for each round the
    /// lanes that
    /// hold a finite signature; the others hold some point. Returns the verdict of the first that is not valid.
    /// </summary>
    public static BlsVerdict ReadSignatures(
        ReadOnlySpan<byte> signatures, Span<AffinePoint<Fp2<FpX8>>> points, Span<int> finite)
    {
        int count = signatures.Length / IBlsKernel.SignatureBytes;
        for (int round = 0; round < points.Length; round++)
        {
            int items = Math.Min(count - (round * Lanes), Lanes);
            BlsVerdict verdict = ReadRound(
                signatures.Slice(round * Lanes * IBlsKernel.SignatureBytes, items * IBlsKernel.SignatureBytes),
                items,
                out points[round],
                out finite[round]);
            if (verdict != BlsVerdict.Valid)
            {
                return verdict;
            }
        }

        return BlsVerdict.Valid;
    }

    /// <summary>Hashes messages to G2. Lanes without a message hold the point of some message.</summary>
    /// <param name="messages">Equal-length messages end to end.</param>
    /// <param name="messageBytes">Bytes of one.</param>
    /// <param name="chosen">Which of them to hash, in order.</param>
    /// <param name="points">One entry per round of chosen messages.</param>
    public static void Hash(
        ReadOnlySpan<byte> messages, int messageBytes, ReadOnlySpan<int> chosen, Span<JacobianPoint<Fp2<FpX8>>> points)
    {
        for (int round = 0; round < points.Length; round++)
        {
            ReadOnlySpan<int> items = chosen.Slice(round * Lanes, Math.Min(Lanes, chosen.Length - (round * Lanes)));
            if (items.Length <= Lanes / 2)
            {
                HashHalf(messages, messageBytes, items, out points[round]);
                continue;
            }

            Fp2<FpX8> u0 = default;
            Fp2<FpX8> u1 = default;
            for (int lane = 0; lane < Lanes; lane++)
            {
                int item = items[Math.Min(lane, items.Length - 1)];
                HashToField.Hash(
                    messages.Slice(item * messageBytes, messageBytes),
                HashToField.SignatureTag,
                out Fp2<Fp> v0,
                out Fp2<Fp> v1);
                LanePoints.Set(ref u0, lane, v0);
                LanePoints.Set(ref u1, lane, v1);
            }

            HashToG2<FpX8>.Map(out points[round], u0, u1);
        }
    }

    /// <summary>
    /// r, lane by lane = sum over rounds of weight*point, for the lanes in the masks. See <see cref="WeightedSum"/>.
    /// </summary>
    public static void WeightedSums<T>(
        out JacobianPoint<T> r,
        ReadOnlySpan<AffinePoint<T>> points,
        ReadOnlySpan<AffinePoint<T>> images,
        ReadOnlySpan<ulong> weights,
        ReadOnlySpan<int> lanes)
        where T : unmanaged, IField<T>
    {
        const int topBit = 32;
        JacobianPoint<T>.Infinity(out JacobianPoint<T> sum);
        for (int bit = topBit; bit >= 0; bit--)
        {
            if (bit != topBit)
            {
                JacobianPoint<T>.Double(out sum, sum);
            }

            for (int round = 0; round < points.Length; round++)
            {
                int items = Math.Min(Lanes, weights.Length - (round * Lanes));
                ReadOnlySpan<ulong> own = weights.Slice(round * Lanes, items);
                AddDigits(ref sum, points[round], own, 0, bit, lanes[round]);
                AddDigits(ref sum, images[round], own, 32, bit, lanes[round]);
            }
        }

        r = sum;
    }

    private static void AddDigits<T>(
        ref JacobianPoint<T> sum, in AffinePoint<T> point, ReadOnlySpan<ulong> weights, int shift, int bit, int lanes)
        where T : unmanaged, IField<T>
    {
        int plus = 0;
        int minus = 0;
        for (int lane = 0; lane < weights.Length; lane++)
        {
            int digit = WeightedSum.Digit((uint)(weights[lane] >> shift), bit);
            plus |= (digit & 1) << lane;
            minus |= (digit < 0 ? 1 : 0) << lane;
        }

        int used = plus & lanes;
        if (used == 0)
        {
            return;
        }

        AffinePoint<T> signed = point;
        T.Negate(out T minusY, point.Y);
        T.Select(out signed.Y, minus, minusY, point.Y);
        JacobianPoint<T>.AddMixed(out JacobianPoint<T> added, sum, signed);
        JacobianPoint<T>.Select(out sum, used, added, sum);
    }

    private static BlsVerdict ReadRound(
        ReadOnlySpan<byte> signatures, int items, out AffinePoint<Fp2<FpX8>> points, out int finite)
    {
        points = default;
        finite = 0;
        Span<BlsVerdict> verdicts = stackalloc BlsVerdict[Lanes];
        verdicts.Fill(BlsVerdict.Valid);
        int larger = 0;
        for (int lane = 0; lane < Lanes; lane++)
        {
            Fp2<Fp> x = Filler.X;
            if (lane < items)
            {
                verdicts[lane] = PointEncoding.ReadHead(
                    signatures.Slice(lane * IBlsKernel.SignatureBytes, IBlsKernel.SignatureBytes),
                    out Fp2<Fp> own,
                    out bool isInfinity,
                    out bool isLarger);
                if (verdicts[lane] == BlsVerdict.Valid && !isInfinity)
                {
                    x = own;
                    finite |= 1 << lane;
                    larger |= (isLarger ? 1 : 0) << lane;
                }
            }

            LanePoints.Set(ref points.X, lane, x);
        }

        G2<FpX8>.RightSide(out Fp2<FpX8> square, points.X);
        int onCurve = SquareRoot<FpX8>.TryRoot(out points.Y, square);
        int flip = 0;
        for (int lane = 0; lane < items; lane++)
        {
            LanePoints.Get(out Fp2<Fp> y, points.Y, lane);
            flip |= (PointEncoding.IsLarger(y) ? 1 : 0) << lane;
        }

        Fp2<FpX8>.Negate(out Fp2<FpX8> minusY, points.Y);
        Fp2<FpX8>.Select(out points.Y, flip ^ larger, minusY, points.Y);
        int inGroup = G2<FpX8>.SubgroupMask(points);
        for (int lane = 0; lane < items; lane++)
        {
            if (verdicts[lane] != BlsVerdict.Valid)
            {
                return verdicts[lane];
            }

            int bit = finite & (1 << lane);
            if ((bit & ~onCurve) != 0)
            {
                return BlsVerdict.NotOnCurve;
            }

            if ((bit & ~inGroup) != 0)
            {
                return BlsVerdict.NotInSubgroup;
            }
        }

        return BlsVerdict.Valid;
    }

    // At most four messages: both elements of a message in one pass of the map, four lanes apart.
    private static void HashHalf(
        ReadOnlySpan<byte> messages, int messageBytes, ReadOnlySpan<int> items, out JacobianPoint<Fp2<FpX8>> point)
    {
        Fp2<FpX8> u = default;
        for (int lane = 0; lane < Lanes / 2; lane++)
        {
            int item = items[Math.Min(lane, items.Length - 1)];
            HashToField.Hash(
                messages.Slice(item * messageBytes, messageBytes),
                HashToField.SignatureTag,
                out Fp2<Fp> v0,
                out Fp2<Fp> v1);
            LanePoints.Set(ref u, lane, v0);
            LanePoints.Set(ref u, lane + (Lanes / 2), v1);
        }

        MapToTwist<FpX8>.Map(out JacobianPoint<Fp2<FpX8>> q0, u);
        LanePoints.UpperToLower(out JacobianPoint<Fp2<FpX8>> q1, q0);

        // lanes 4..7 add a point to itself, which costs one repair
        JacobianPoint<Fp2<FpX8>>.Add(out q0, q0, q1);
        G2<FpX8>.ClearCofactor(out point, q0);
    }

    private static AffinePoint<Fp2<Fp>> FillerOf()
    {
        Bls12381Scalar.HashPoint([], out JacobianPoint<Fp2<Fp>> point);
        JacobianPoint<Fp2<Fp>>.ToAffine(out AffinePoint<Fp2<Fp>> affine, point);
        return affine;
    }
}
