namespace Tactus.Kernels.Bls12381;

/// <summary>Eight field elements side by side: signatures, messages and pairs of a batch take a lane each.</summary>
/// <remarks>
/// One signature alone is left to scalar arithmetic: its steps follow from each other, and a lane takes longer for a
/// product
/// than a scalar does.
/// </remarks>
public sealed class Bls12381Avx512 : IBlsKernel
{
    private readonly Bls12381Scalar _scalar = new();

    /// <inheritdoc/>
    public string Name => "avx512";

    /// <inheritdoc/>
    public string? WhyUnsupported => FpX8.IsSupported ? null : "needs AVX-512F and AVX-512DQ";

    /// <inheritdoc/>
    public int Lanes => FpX8.LaneCount;

    /// <inheritdoc/>
    public int BatchMinDefault => 1;

    /// <inheritdoc/>
    public string? SelfTest() => Bls12381SelfTest.Run(this);

    /// <inheritdoc/>
    public BlsVerdict DecompressKey(ReadOnlySpan<byte> compressed, out BlsPublicKey key) =>
        _scalar.DecompressKey(compressed, out key);

    /// <inheritdoc/>
    public void DecompressKeys(ReadOnlySpan<byte> compressed, Span<BlsPublicKey> keys, Span<BlsVerdict> verdicts)
    {
        BlsSpans.CheckKeys(compressed, keys.Length, verdicts.Length);
        for (int at = 0; at < keys.Length; at += FpX8.LaneCount)
        {
            int items = Math.Min(FpX8.LaneCount, keys.Length - at);
            ReadOnlySpan<byte> round = compressed.Slice(at * IBlsKernel.KeyBytes, items * IBlsKernel.KeyBytes);
            KeyRoundX8.Read(round, keys.Slice(at, items), verdicts.Slice(at, items));
        }
    }

    /// <inheritdoc/>
    public void CompressKey(in BlsPublicKey key, Span<byte> compressed) => _scalar.CompressKey(key, compressed);

    /// <inheritdoc/>
    public void AggregateKeys(ReadOnlySpan<BlsPublicKey> keys, out BlsPublicKey sum)
    {
        KeySumX8.Sum(keys, [], keys.Length, out JacobianPoint<Fp> total);
        KeyForm.Write(out sum, total);
    }

    /// <inheritdoc/>
    public void AggregateKeys(ReadOnlySpan<BlsPublicKey> table, ReadOnlySpan<int> indices, out BlsPublicKey sum)
    {
        KeySum.CheckIndices(table.Length, indices);
        KeySumX8.Sum(table, indices, indices.Length, out JacobianPoint<Fp> total);
        KeyForm.Write(out sum, total);
    }

    /// <inheritdoc/>
    public BlsVerdict Verify(in BlsPublicKey key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        _scalar.Verify(key, message, signature);

    /// <inheritdoc/>
    public BlsVerdict FastAggregateVerify(
        ReadOnlySpan<BlsPublicKey> keys, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (keys.IsEmpty)
        {
            return BlsVerdict.Empty;
        }

        if (Bls12381Scalar.HasInfinity(keys))
        {
            return BlsVerdict.KeyIsInfinity;
        }

        AggregateKeys(keys, out BlsPublicKey sum);
        return Verify(sum, message, signature);
    }

    /// <inheritdoc/>
    public BlsVerdict AggregateVerify(
        ReadOnlySpan<BlsPublicKey> keys,
        ReadOnlySpan<byte> messages,
        int messageBytes,
        ReadOnlySpan<byte> signature)
    {
        int count = keys.Length;
        if (count < 2)
        {
            return _scalar.AggregateVerify(keys, messages, messageBytes, signature);
        }

        BlsSpans.CheckMessages(count, messages, messageBytes);

        if (Bls12381Scalar.HasInfinity(keys))
        {
            return BlsVerdict.KeyIsInfinity;
        }

        if (signature.Length != IBlsKernel.SignatureBytes)
        {
            return BlsVerdict.BadEncoding;
        }

        Span<AffinePoint<Fp2<FpX8>>> sums = new AffinePoint<Fp2<FpX8>>[1];
        Span<int> finite = stackalloc int[1];
        BlsVerdict verdict = LaneSteps.ReadSignatures(signature, sums, finite);
        if (verdict != BlsVerdict.Valid)
        {
            return verdict;
        }

        AffinePoint<Fp2<Fp>> sum = default;
        LanePoints.Get(out sum.X, sums[0].X, 0);
        LanePoints.Get(out sum.Y, sums[0].Y, 0);
        using var chosen = new Pooled<int>(count);
        using var points = new Pooled<AffinePoint<Fp>>(count + 1);
        for (int i = 0; i < count; i++)
        {
            chosen.Span[i] = i;
            points.Span[i] = KeyForm.Point(keys[i]);
        }

        return PairsGiveOne(points.Span, count, messages, messageBytes, chosen.Span, sum, finite[0] == 0)
            ? BlsVerdict.Valid
            : BlsVerdict.Mismatch;
    }

    /// <inheritdoc/>
    public BlsVerdict VerifyBatch(
        ReadOnlySpan<BlsPublicKey> keys,
        ReadOnlySpan<byte> messages,
        int messageBytes,
        ReadOnlySpan<byte> signatures,
        ReadOnlySpan<ulong> weights)
    {
        int count = keys.Length;
        BlsSpans.CheckMessages(count, messages, messageBytes);
        BlsSpans.CheckBatch(count, signatures, weights);
        if (count == 0)
        {
            return BlsVerdict.Empty;
        }

        if (Bls12381Scalar.HasInfinity(keys))
        {
            return BlsVerdict.KeyIsInfinity;
        }

        if (count == 1)
        {
            return Verify(keys[0], messages, signatures);
        }

        BlsVerdict verdict = WeightSignatures(signatures, weights, out JacobianPoint<Fp2<Fp>> sum);
        if (verdict != BlsVerdict.Valid)
        {
            return verdict;
        }

        using var groupOf = new Pooled<int>(count);
        using var firsts = new Pooled<int>(count);
        using var table = new Pooled<int>(MessageGroups.TableLength(count));
        int groups = MessageGroups.Find(messages, messageBytes, groupOf.Span, firsts.Span, table.Span);
        using var keySums = new Pooled<JacobianPoint<Fp>>(groups);
        WeightKeys(keys, weights, groupOf.Span, keySums.Span);

        // a sum of keys that cancels pairs with anything to one: its message is left out
        using var points = new Pooled<AffinePoint<Fp>>(groups + 1);
        JacobianPoint<Fp>.ToAffine(keySums.Span, points.Span[..groups]);
        int pairs = 0;
        for (int i = 0; i < groups; i++)
        {
            if (Fp.ZeroMask(keySums.Span[i].Z) == 0)
            {
                points.Span[pairs] = points.Span[i];
                firsts.Span[pairs++] = firsts.Span[i];
            }
        }

        bool isInfinity = Fp2<Fp>.ZeroMask(sum.Z) != 0;
        JacobianPoint<Fp2<Fp>>.ToAffine(out AffinePoint<Fp2<Fp>> affineSum, sum);
        return PairsGiveOne(points.Span, pairs, messages, messageBytes, firsts.Span[..pairs], affineSum, isInfinity)
            ? BlsVerdict.Valid
            : BlsVerdict.Mismatch;
    }

    /// <inheritdoc/>
    public BlsVerdict AggregateSignatures(ReadOnlySpan<byte> signatures, Span<byte> aggregate) =>
        _scalar.AggregateSignatures(signatures, aggregate);

    private static BlsVerdict WeightSignatures(
        ReadOnlySpan<byte> signatures, ReadOnlySpan<ulong> weights, out JacobianPoint<Fp2<Fp>> sum)
    {
        sum = default;
        int rounds = LaneSteps.Rounds(weights.Length);
        using var points = new Pooled<AffinePoint<Fp2<FpX8>>>(rounds);
        using var images = new Pooled<AffinePoint<Fp2<FpX8>>>(rounds);
        using var finite = new Pooled<int>(rounds);
        BlsVerdict verdict = LaneSteps.ReadSignatures(signatures, points.Span, finite.Span);
        if (verdict != BlsVerdict.Valid)
        {
            return verdict;
        }

        for (int i = 0; i < rounds; i++)
        {
            G2<FpX8>.Phi(out images.Span[i], points.Span[i]);
        }

        LaneSteps.WeightedSums(out JacobianPoint<Fp2<FpX8>> sums, points.Span, images.Span, weights, finite.Span);
        LanePoints.Sum(out sum, sums);
        return BlsVerdict.Valid;
    }

    private static void WeightKeys(
        ReadOnlySpan<BlsPublicKey> keys,
        ReadOnlySpan<ulong> weights,
        ReadOnlySpan<int> groupOf,
        Span<JacobianPoint<Fp>> keySums)
    {
        foreach (ref JacobianPoint<Fp> keySum in keySums)
        {
            JacobianPoint<Fp>.Infinity(out keySum);
        }

        int all = (1 << FpX8.LaneCount) - 1;
        for (int at = 0; at < keys.Length; at += FpX8.LaneCount)
        {
            int items = Math.Min(FpX8.LaneCount, keys.Length - at);
            AffinePoint<FpX8> points = G1<FpX8>.Generator;
            for (int lane = 0; lane < items; lane++)
            {
                LanePoints.Set(ref points, lane, KeyForm.Point(keys[at + lane]));
            }

            G1<FpX8>.Phi(out AffinePoint<FpX8> images, points);
            LaneSteps.WeightedSums(
                out JacobianPoint<FpX8> weighted, new(in points), new(in images), weights.Slice(at, items),
                new(in all));
            for (int lane = 0; lane < items; lane++)
            {
                LanePoints.Get(out JacobianPoint<Fp> point, weighted, lane);
                ref JacobianPoint<Fp> keySum = ref keySums[groupOf[at + lane]];
                JacobianPoint<Fp>.Add(out keySum, keySum, point);
            }
        }
    }

    // e(points[0], H(chosen[0])) * ... * e(-g, sum) = 1. One entry of points is spare, beyond count.
    private static bool PairsGiveOne(
        Span<AffinePoint<Fp>> spare,
        int count,
        ReadOnlySpan<byte> messages,
        int messageBytes,
        ReadOnlySpan<int> chosen,
        in AffinePoint<Fp2<Fp>> sum,
        bool isInfinity)
    {
        if (count == 1)
        {
            ReadOnlySpan<byte> message = messages.Slice(chosen[0] * messageBytes, messageBytes);
            Bls12381Scalar.HashPoint(message, out JacobianPoint<Fp2<Fp>> hash);
            return Bls12381Scalar.PairsGiveOne(spare, new(in hash), sum, isInfinity);
        }

        ReadOnlySpan<AffinePoint<Fp>> points = spare[..count];
        int pairs = count + (isInfinity ? 0 : 1);
        if (pairs == 0)
        {
            return true;
        }

        int rounds = LaneSteps.Rounds(pairs);
        int hashRounds = LaneSteps.Rounds(points.Length);
        using var hashes = new Pooled<JacobianPoint<Fp2<FpX8>>>(rounds);
        using var others = new Pooled<AffinePoint<Fp2<FpX8>>>(rounds);
        using var keys = new Pooled<AffinePoint<FpX8>>(rounds);
        using var lanes = new Pooled<int>(rounds);
        LaneSteps.Hash(messages, messageBytes, chosen, hashes.Span[..hashRounds]);
        JacobianPoint<Fp2<FpX8>>.ToAffine(hashes.Span[..hashRounds], others.Span[..hashRounds]);
        for (int round = 0; round < rounds; round++)
        {
            int first = round * FpX8.LaneCount;
            int items = Math.Min(FpX8.LaneCount, pairs - first);
            keys.Span[round] = G1<FpX8>.Generator;
            if (round >= hashRounds)
            {
                others.Span[round] = others.Span[0];
            }

            lanes.Span[round] = (1 << items) - 1;
            for (int lane = 0; lane < items && first + lane < points.Length; lane++)
            {
                LanePoints.Set(ref keys.Span[round], lane, points[first + lane]);
            }

            // a hash is infinite for no known message, yet then the pair is one
            if (round < hashRounds)
            {
                int infinite = Fp2<FpX8>.ZeroMask(hashes.Span[round].Z);
                lanes.Span[round] &= ~infinite;
            }
        }

        if (!isInfinity)
        {
            int lane = (pairs - 1) % FpX8.LaneCount;
            AffinePoint<Fp>.Negate(out AffinePoint<Fp> minus, G1<Fp>.Generator);
            LanePoints.Set(ref keys.Span[rounds - 1], lane, minus);
            LanePoints.Set(ref others.Span[rounds - 1], lane, sum);
            lanes.Span[rounds - 1] |= 1 << lane;
        }

        MillerLoop<FpX8>.Run(out Fp12<FpX8> products, keys.Span, others.Span, hashes.Span, lanes.Span);
        int used = 0;
        foreach (int mask in lanes.Span)
        {
            used |= mask;
        }

        LanePoints.Product(out Fp12<Fp> product, products, used);
        FinalExponentiation<Fp>.Run(out product, product);
        return Fp12<Fp>.IsOne(product);
    }
}
