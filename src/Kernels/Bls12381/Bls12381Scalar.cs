namespace Tactus.Kernels.Bls12381;

/// <summary>
/// The reference implementation, one element of the field at a time; every other entry must agree with it.
/// </summary>
/// <remarks>
/// Where there are several faults the verdict is the first of: <see cref="BlsVerdict.Empty"/>, <see
/// cref="BlsVerdict.KeyIsInfinity"/>, those of the signatures in order, <see cref="BlsVerdict.Mismatch"/>.
/// </remarks>
public sealed class Bls12381Scalar : IBlsKernel
{
    /// <inheritdoc/>
    public string Name => "scalar";

    /// <inheritdoc/>
    public string? WhyUnsupported => null;

    /// <inheritdoc/>
    public int Lanes => 1;

    /// <inheritdoc/>
    public int BatchMinDefault => 1;

    /// <inheritdoc/>
    public string? SelfTest() => Bls12381SelfTest.Run(this);

    /// <inheritdoc/>
    public BlsVerdict DecompressKey(ReadOnlySpan<byte> compressed, out BlsPublicKey key)
    {
        BlsSpans.CheckKey(compressed);
        key = default;
        BlsVerdict verdict = PointEncoding.Read(compressed, out AffinePoint<Fp> point, out bool isInfinity);
        if (verdict != BlsVerdict.Valid)
        {
            return verdict;
        }

        if (isInfinity)
        {
            return BlsVerdict.KeyIsInfinity;
        }

        KeyForm.Write(out key, point);
        return BlsVerdict.Valid;
    }

    /// <inheritdoc/>
    public void CompressKey(in BlsPublicKey key, Span<byte> compressed)
    {
        BlsSpans.CheckKey(compressed);
        if (KeyForm.IsInfinity(key))
        {
            PointEncoding.WriteInfinity(compressed);
            return;
        }

        PointEncoding.Write(KeyForm.Point(key), compressed);
    }

    /// <inheritdoc/>
    public void AggregateKeys(ReadOnlySpan<BlsPublicKey> keys, out BlsPublicKey sum)
    {
        KeySum.Sum(keys, out JacobianPoint<Fp> total);
        KeyForm.Write(out sum, total);
    }

    /// <inheritdoc/>
    public void AggregateKeys(ReadOnlySpan<BlsPublicKey> table, ReadOnlySpan<int> indices, out BlsPublicKey sum)
    {
        KeySum.Sum(table, indices, out JacobianPoint<Fp> total);
        KeyForm.Write(out sum, total);
    }

    /// <inheritdoc/>
    public BlsVerdict Verify(in BlsPublicKey key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        AggregateVerify(new ReadOnlySpan<BlsPublicKey>(in key), message, message.Length, signature);

    /// <inheritdoc/>
    public BlsVerdict FastAggregateVerify(
        ReadOnlySpan<BlsPublicKey> keys, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (keys.IsEmpty)
        {
            return BlsVerdict.Empty;
        }

        if (HasInfinity(keys))
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
        BlsSpans.CheckMessages(keys.Length, messages, messageBytes);
        if (keys.IsEmpty)
        {
            return BlsVerdict.Empty;
        }

        if (HasInfinity(keys))
        {
            return BlsVerdict.KeyIsInfinity;
        }

        BlsVerdict verdict = PointEncoding.Read(signature, out AffinePoint<Fp2<Fp>> sum, out bool isInfinity);
        if (verdict != BlsVerdict.Valid)
        {
            return verdict;
        }

        using var points = new Pooled<AffinePoint<Fp>>(keys.Length + 1);
        using var hashes = new Pooled<JacobianPoint<Fp2<Fp>>>(keys.Length);
        for (int i = 0; i < keys.Length; i++)
        {
            points.Span[i] = KeyForm.Point(keys[i]);
            HashPoint(messages.Slice(i * messageBytes, messageBytes), out hashes.Span[i]);
        }

        return PairsGiveOne(points.Span, hashes.Span, sum, isInfinity) ? BlsVerdict.Valid : BlsVerdict.Mismatch;
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

        if (HasInfinity(keys))
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

        // the weighted keys of equal messages are added up, so each message has one hash and one Miller loop
        using var groupOf = new Pooled<int>(count);
        using var firsts = new Pooled<int>(count);
        using var table = new Pooled<int>(MessageGroups.TableLength(count));
        int groups = MessageGroups.Find(messages, messageBytes, groupOf.Span, firsts.Span, table.Span);
        using var keySums = new Pooled<JacobianPoint<Fp>>(groups);
        foreach (ref JacobianPoint<Fp> keySum in keySums.Span)
        {
            JacobianPoint<Fp>.Infinity(out keySum);
        }

        for (int i = 0; i < count; i++)
        {
            AffinePoint<Fp> point = KeyForm.Point(keys[i]);
            G1<Fp>.Phi(out AffinePoint<Fp> image, point);
            WeightedSum.Sum(out JacobianPoint<Fp> weighted, new(in point), new(in image), weights.Slice(i, 1));
            ref JacobianPoint<Fp> keySum = ref keySums.Span[groupOf.Span[i]];
            JacobianPoint<Fp>.Add(out keySum, keySum, weighted);
        }

        using var points = new Pooled<AffinePoint<Fp>>(groups + 1);
        JacobianPoint<Fp>.ToAffine(keySums.Span, points.Span[..groups]);
        using var hashes = new Pooled<JacobianPoint<Fp2<Fp>>>(groups);
        for (int i = 0; i < groups; i++)
        {
            if (Fp.ZeroMask(keySums.Span[i].Z) != 0)
            {
                // a sum of keys that cancels pairs with anything to one
                JacobianPoint<Fp2<Fp>>.Infinity(out hashes.Span[i]);
                continue;
            }

            HashPoint(messages.Slice(firsts.Span[i] * messageBytes, messageBytes), out hashes.Span[i]);
        }

        bool isInfinity = Fp2<Fp>.ZeroMask(sum.Z) != 0;
        JacobianPoint<Fp2<Fp>>.ToAffine(out AffinePoint<Fp2<Fp>> affineSum, sum);
        return PairsGiveOne(points.Span, hashes.Span, affineSum, isInfinity) ? BlsVerdict.Valid : BlsVerdict.Mismatch;
    }

    /// <inheritdoc/>
    public BlsVerdict AggregateSignatures(ReadOnlySpan<byte> signatures, Span<byte> aggregate)
    {
        BlsSpans.CheckSignature(aggregate);
        if (signatures.Length % IBlsKernel.SignatureBytes != 0)
        {
            throw new ArgumentException($"signatures are {IBlsKernel.SignatureBytes} bytes each.", nameof(signatures));
        }

        aggregate.Clear();
        if (signatures.IsEmpty)
        {
            return BlsVerdict.Empty;
        }

        JacobianPoint<Fp2<Fp>>.Infinity(out JacobianPoint<Fp2<Fp>> sum);
        for (int at = 0; at < signatures.Length; at += IBlsKernel.SignatureBytes)
        {
            BlsVerdict verdict = PointEncoding.Read(
                signatures.Slice(at, IBlsKernel.SignatureBytes), out AffinePoint<Fp2<Fp>> point, out bool isInfinity);
            if (verdict != BlsVerdict.Valid)
            {
                return verdict;
            }

            if (!isInfinity)
            {
                JacobianPoint<Fp2<Fp>>.AddMixed(out sum, sum, point);
            }
        }

        if (Fp2<Fp>.ZeroMask(sum.Z) != 0)
        {
            PointEncoding.WriteInfinity(aggregate);
            return BlsVerdict.Valid;
        }

        JacobianPoint<Fp2<Fp>>.ToAffine(out AffinePoint<Fp2<Fp>> affine, sum);
        PointEncoding.Write(affine, aggregate);
        return BlsVerdict.Valid;
    }

    /// <summary>Whether any key is infinity.</summary>
    internal static bool HasInfinity(ReadOnlySpan<BlsPublicKey> keys)
    {
        foreach (ref readonly BlsPublicKey key in keys)
        {
            if (KeyForm.IsInfinity(key))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>hash_to_curve of a message under the tag of signatures.</summary>
    internal static void HashPoint(ReadOnlySpan<byte> message, out JacobianPoint<Fp2<Fp>> point)
    {
        HashToField.Hash(message, HashToField.SignatureTag, out Fp2<Fp> u0, out Fp2<Fp> u1);
        HashToG2<Fp>.Map(out point, u0, u1);
    }

    private static BlsVerdict WeightSignatures(
        ReadOnlySpan<byte> signatures, ReadOnlySpan<ulong> weights, out JacobianPoint<Fp2<Fp>> sum)
    {
        JacobianPoint<Fp2<Fp>>.Infinity(out sum);
        using var points = new Pooled<AffinePoint<Fp2<Fp>>>(weights.Length);
        using var images = new Pooled<AffinePoint<Fp2<Fp>>>(weights.Length);
        using var kept = new Pooled<ulong>(weights.Length);
        int count = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            BlsVerdict verdict = PointEncoding.Read(
                signatures.Slice(i * IBlsKernel.SignatureBytes, IBlsKernel.SignatureBytes),
                out points.Span[count],
                out bool isInfinity);
            if (verdict != BlsVerdict.Valid)
            {
                return verdict;
            }

            if (!isInfinity)
            {
                G2<Fp>.Phi(out images.Span[count], points.Span[count]);
                kept.Span[count++] = weights[i];
            }
        }

        WeightedSum.Sum(out sum, points.Span[..count], images.Span[..count], kept.Span[..count]);
        return BlsVerdict.Valid;
    }

    /// <summary>
    /// e(points[0], hashes[0]) * ... * e(-g, sum) = 1. Points have one entry more than hashes; all are overwritten.
    /// </summary>
    internal static bool PairsGiveOne(
        Span<AffinePoint<Fp>> points,
        ReadOnlySpan<JacobianPoint<Fp2<Fp>>> hashes,
        in AffinePoint<Fp2<Fp>> sum,
        bool isInfinity)
    {
        using var others = new Pooled<AffinePoint<Fp2<Fp>>>(hashes.Length + 1);
        JacobianPoint<Fp2<Fp>>.ToAffine(hashes, others.Span[..hashes.Length]);
        int pairs = 0;
        for (int i = 0; i < hashes.Length; i++)
        {
            // a hash is infinite for no known message, yet then the pair is one
            if (Fp2<Fp>.ZeroMask(hashes[i].Z) == 0)
            {
                points[pairs] = points[i];
                others.Span[pairs++] = others.Span[i];
            }
        }

        if (!isInfinity)
        {
            AffinePoint<Fp>.Negate(out points[pairs], G1<Fp>.Generator);
            others.Span[pairs++] = sum;
        }

        using var accumulators = new Pooled<JacobianPoint<Fp2<Fp>>>(pairs);
        MillerLoop<Fp>.Run(out Fp12<Fp> product, points[..pairs], others.Span[..pairs], accumulators.Span);
        FinalExponentiation<Fp>.Run(out product, product);
        return Fp12<Fp>.IsOne(product);
    }
}
