using System.Security.Cryptography;

namespace Tactus.Kernels.Secp256k1;

/// <summary>What a signature must look like.</summary>
public enum SignatureForm
{
    /// <summary>Low s, and the first nonce that RFC 6979 gives: what libsecp256k1 and Bitcoin make.</summary>
    LowS = 0,

    /// <summary>Low s and <see cref="CanonicalForm.IsCanonical"/>: what Antelope chains accept.</summary>
    Canonical = 1,
}

/// <summary>
/// Signs with secp256k1. In constant time with respect to the secret and the nonce; safe for concurrent use.
/// </summary>
/// <remarks>
/// Canonical signatures need about two attempts, since r must be below 2^255. The nonces tried are the candidates of
/// RFC 6979 from the second one on: nodeos counts its attempts from 1 and lets libsecp256k1 skip as many candidates
/// (AntelopeIO/leap libraries/libfc/src/crypto/elliptic_secp256k1.cpp, extended_nonce_function), so the signatures here
/// equal those of nodeos, byte for byte. One difference, which needs a digest not below n: nodeos does not reduce it
/// before it derives nonces, RFC 6979 does. How many attempts a signature took shows in the time, and in r, and tells
/// nothing of the secret.
/// </remarks>
public static partial class Secp256k1Signer
{
    /// <summary>The public key of a secret.</summary>
    /// <param name="secret">32 bytes, big-endian.</param>
    /// <param name="key">Receives x|y, 64 bytes, big-endian.</param>
    /// <returns>False, and zeros, when the secret is 0 or not below n.</returns>
    public static bool TryGetPublicKey(ReadOnlySpan<byte> secret, Span<byte> key)
    {
        if (!TryReadSecret(secret, out ScalarN d))
        {
            key[..64].Clear();
            return false;
        }

        AffinePoint point = SecretPoint.MultiplyGenerator(d);
        point.X.Write(key);
        point.Y.Write(key[32..]);
        return true;
    }

    /// <summary>Signs a digest.</summary>
    /// <param name="digest">32 bytes.</param>
    /// <param name="secret">32 bytes, big-endian, from 1 to n - 1.</param>
    /// <param name="form">What the signature must look like.</param>
    /// <param name="signature">Receives r|s, 64 bytes, big-endian.</param>
    /// <returns>The recovery id, 0 to 3.</returns>
    /// <exception cref="ArgumentException">The secret is 0 or not below n.</exception>
    public static byte Sign(ReadOnlySpan<byte> digest, ReadOnlySpan<byte> secret, SignatureForm form, Span<byte> signature)
    {
        if (!TryReadSecret(secret, out ScalarN d))
        {
            throw new ArgumentException("The secret key is 0 or not below the order of secp256k1.", nameof(secret));
        }

        ScalarN z = ScalarN.ReadReduced(digest);
        Span<byte> bytes = stackalloc byte[32];
        z.Write(bytes);
        var nonces = new Rfc6979(secret[..32], bytes);
        nonces.Next(isFirst: true, bytes);
        if (form == SignatureForm.Canonical)
        {
            nonces.Next(isFirst: false, bytes);
        }

        byte recoveryId;
        while (!TrySign(z, d, bytes, form, signature, out recoveryId))
        {
            nonces.Next(isFirst: false, bytes);
        }

        nonces.Clear();
        CryptographicOperations.ZeroMemory(bytes);
        return recoveryId;
    }

    // False where this nonce gives no signature of the form; what is then branched on becomes known or is thrown away.
    private static bool TrySign(
        in ScalarN digest,
        in ScalarN secret,
        ReadOnlySpan<byte> nonce,
        SignatureForm form,
        Span<byte> signature,
        out byte recoveryId)
    {
        recoveryId = 0;
        if (!ScalarN.TryRead(nonce, out ScalarN k) || k.IsZero)
        {
            return false;
        }

        AffinePoint point = SecretPoint.MultiplyGenerator(k);
        ScalarN r = WriteR(point.X, signature, out bool overflow);
        if (r.IsZero || (form == SignatureForm.Canonical && !CanonicalForm.IsCanonicalNumber(signature)))
        {
            return false;
        }

        ScalarN s = k.Inverse() * (digest + (r * secret));
        recoveryId = WriteS(s, point.Y.IsOdd, overflow, signature[32..]);
        return !s.IsZero && (form != SignatureForm.Canonical || CanonicalForm.IsCanonicalNumber(signature[32..]));
    }

    private static ScalarN WriteR(in FieldScalar x, Span<byte> bytes, out bool overflow)
    {
        x.Write(bytes);
        overflow = !ScalarN.TryRead(bytes, out _);
        ScalarN r = ScalarN.ReadReduced(bytes);
        r.Write(bytes);
        return r;
    }

    // s or n - s, whichever is low; the latter is the signature of the point's negative
    private static byte WriteS(in ScalarN s, bool isOdd, bool overflow, Span<byte> bytes)
    {
        ulong high = s.HighMask();
        ScalarN.Select(high, s.Negate(), s).Write(bytes);
        return (byte)((isOdd ? 1 : 0) ^ (int)(high & 1) | (overflow ? 2 : 0));
    }

    private static bool TryReadSecret(ReadOnlySpan<byte> secret, out ScalarN d) => ScalarN.TryRead(secret[..32], out d) && !d.IsZero;
}
