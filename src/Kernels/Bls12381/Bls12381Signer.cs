namespace Tactus.Kernels.Bls12381;

/// <summary>Signing and public keys, constant time in the secret key: complete additions, whole-table reads.</summary>
public sealed class Bls12381Signer : IBlsSigner
{
    /// <inheritdoc/>
    public bool TryPublicKey(ReadOnlySpan<byte> secretKey, Span<byte> compressed)
    {
        BlsSpans.CheckKey(compressed);
        compressed.Clear();
        if (!TryRead(secretKey, out SecretScalar secret))
        {
            return false;
        }

        secret.Multiply(out AffinePoint<Fp> point, G1<Fp>.Generator);
        secret.Clear();
        PointEncoding.Write(point, compressed);
        return true;
    }

    /// <inheritdoc/>
    public bool TrySign(ReadOnlySpan<byte> secretKey, ReadOnlySpan<byte> message, Span<byte> signature)
    {
        BlsSpans.CheckSignature(signature);
        signature.Clear();
        if (!TryRead(secretKey, out SecretScalar secret))
        {
            return false;
        }

        // the message is public
        Bls12381Scalar.HashPoint(message, out JacobianPoint<Fp2<Fp>> hash);
        JacobianPoint<Fp2<Fp>>.ToAffine(out AffinePoint<Fp2<Fp>> point, hash);
        secret.Multiply(out point, point);
        secret.Clear();
        PointEncoding.Write(point, signature);
        return true;
    }

    private static bool TryRead(ReadOnlySpan<byte> secretKey, out SecretScalar secret)
    {
        if (secretKey.Length != IBlsSigner.SecretKeyBytes)
        {
            throw new ArgumentException(
                $"a secret key is {IBlsSigner.SecretKeyBytes} bytes, not {secretKey.Length}.", nameof(secretKey));
        }

        return SecretScalar.TryRead(secretKey, out secret);
    }
}
