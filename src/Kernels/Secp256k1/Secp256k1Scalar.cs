namespace Tactus.Kernels.Secp256k1;

/// <summary>
/// The reference implementation, one item at a time, written to be read; every other entry must agree with it.
/// </summary>
/// <remarks>
/// Where an item has several faults the verdict is that of the first check in this order. Recover: <see
/// cref="SignatureVerdict.OutOfRange"/>, <see cref="SignatureVerdict.NoPoint"/>,
/// <see cref="SignatureVerdict.Infinity"/>. Verify: OutOfRange, <see cref="SignatureVerdict.BadKey"/>,
/// <see cref="SignatureVerdict.Mismatch"/> (also when the equation gives infinity). Decompress gives Valid or BadKey.
/// </remarks>
public sealed class Secp256k1Scalar : ISecp256k1Kernel
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
    public string? SelfTest() => Secp256k1SelfTest.Run(this);

    /// <inheritdoc/>
    public void Recover(
        ReadOnlySpan<byte> digests,
        ReadOnlySpan<byte> signatures,
        ReadOnlySpan<byte> recoveryIds,
        Span<byte> keys,
        Span<SignatureVerdict> verdicts)
    {
        Secp256k1Spans.CheckRecover(digests, signatures, recoveryIds, keys, verdicts);
        for (int i = 0; i < verdicts.Length; i++)
        {
            Span<byte> key = keys.Slice(64 * i, 64);
            verdicts[i] = RecoverOne(digests.Slice(32 * i, 32), signatures.Slice(64 * i, 64), recoveryIds[i], out AffinePoint point);
            WriteKey(point, key);
        }
    }

    /// <inheritdoc/>
    public void Verify(
        ReadOnlySpan<byte> digests,
        ReadOnlySpan<byte> signatures,
        ReadOnlySpan<byte> keys,
        Span<SignatureVerdict> verdicts)
    {
        Secp256k1Spans.CheckVerify(digests, signatures, keys, verdicts);
        for (int i = 0; i < verdicts.Length; i++)
        {
            verdicts[i] = VerifyOne(digests.Slice(32 * i, 32), signatures.Slice(64 * i, 64), keys.Slice(64 * i, 64));
        }
    }

    /// <inheritdoc/>
    public void Decompress(ReadOnlySpan<byte> compressed, Span<byte> keys, Span<SignatureVerdict> verdicts)
    {
        Secp256k1Spans.CheckDecompress(compressed, keys, verdicts);
        for (int i = 0; i < verdicts.Length; i++)
        {
            verdicts[i] = DecompressOne(compressed.Slice(33 * i, 33), out AffinePoint point);
            WriteKey(point, keys.Slice(64 * i, 64));
        }
    }

    private static SignatureVerdict RecoverOne(
        ReadOnlySpan<byte> digest,
        ReadOnlySpan<byte> signature,
        byte recoveryId,
        out AffinePoint key)
    {
        key = AffinePoint.Infinity;
        if (recoveryId > 3 || !TryReadSignature(signature, out ScalarN r, out ScalarN s))
        {
            return SignatureVerdict.OutOfRange;
        }

        FieldScalar.TryRead(signature, out FieldScalar x);
        if ((recoveryId & 2) != 0 && !ScalarN.TryAddOrder(x, out x))
        {
            return SignatureVerdict.OutOfRange;
        }

        return AffinePoint.TryLift(x, (recoveryId & 1) != 0, ScalarN.CurveB, out AffinePoint point)
            ? EcdsaScalar<ScalarN>.Recover(ScalarN.ReadReduced(digest), r, s, point, out key)
            : SignatureVerdict.NoPoint;
    }

    private static SignatureVerdict VerifyOne(ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature, ReadOnlySpan<byte> key)
    {
        if (!TryReadSignature(signature, out ScalarN r, out ScalarN s))
        {
            return SignatureVerdict.OutOfRange;
        }

        return TryReadKey(key, out AffinePoint point)
            ? EcdsaScalar<ScalarN>.Verify(ScalarN.ReadReduced(digest), r, s, point)
            : SignatureVerdict.BadKey;
    }

    private static SignatureVerdict DecompressOne(ReadOnlySpan<byte> compressed, out AffinePoint point)
    {
        point = AffinePoint.Infinity;
        return compressed[0] is 2 or 3
            && FieldScalar.TryRead(compressed[1..], out FieldScalar x)
            && AffinePoint.TryLift(x, compressed[0] == 3, ScalarN.CurveB, out point)
            ? SignatureVerdict.Valid
            : SignatureVerdict.BadKey;
    }

    // 1 <= r, s < n
    private static bool TryReadSignature(ReadOnlySpan<byte> signature, out ScalarN r, out ScalarN s) =>
        ScalarN.TryRead(signature[..32], out r) & ScalarN.TryRead(signature[32..], out s) && !r.IsZero && !s.IsZero;

    private static bool TryReadKey(ReadOnlySpan<byte> key, out AffinePoint point)
    {
        bool inField = FieldScalar.TryRead(key[..32], out FieldScalar x) & FieldScalar.TryRead(key[32..], out FieldScalar y);
        point = new AffinePoint(x, y);
        return inField && point.IsOnCurve(ScalarN.CurveB);
    }

    private static void WriteKey(in AffinePoint point, Span<byte> key)
    {
        if (point.IsInfinity)
        {
            key.Clear();
            return;
        }

        point.X.Write(key);
        point.Y.Write(key[32..]);
    }
}
