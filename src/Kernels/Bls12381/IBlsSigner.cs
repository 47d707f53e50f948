namespace Tactus.Kernels.Bls12381;

/// <summary>Signing in the scheme of <see cref="IBlsKernel"/>. Constant time in the secret key.</summary>
public interface IBlsSigner
{
    /// <summary>Bytes of a secret key: a big-endian scalar in 1..r-1.</summary>
    const int SecretKeyBytes = 32;

    /// <summary>Writes the 48-byte compressed public key. False where the secret is zero or not below r.</summary>
    bool TryPublicKey(ReadOnlySpan<byte> secretKey, Span<byte> compressed);

    /// <summary>Writes the 96-byte compressed signature. False where the secret is zero or not below r.</summary>
    bool TrySign(ReadOnlySpan<byte> secretKey, ReadOnlySpan<byte> message, Span<byte> signature);
}
