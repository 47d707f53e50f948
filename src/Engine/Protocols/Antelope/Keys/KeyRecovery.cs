using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.Kernels;
using Tactus.Kernels.Secp256k1;
using Tactus.Kernels.Secp256r1;

namespace Tactus.Engine.Protocols.Antelope.Keys;

/// <summary>The keys that made signatures, one call per object: for block signatures, admission, inspection and tests.
/// Blocks in bulk go through the lanes of the pipeline.</summary>
public static class KeyRecovery
{
    /// <summary>The key that made <paramref name="signature"/> over <paramref name="digest"/>.</summary>
    /// <returns>Null with the reason where the signature is not canonical or names no key.</returns>
    public static PublicKey? TryRecover(
        KernelSet kernels, in Hash256 digest, KeySignature signature, out Verdict verdict)
    {
        if (signature.Type == KeyType.WebAuthn)
        {
            return WebAuthn.TryRecover(in digest, signature, out verdict);
        }

        ReadOnlySpan<byte> compact = signature.Compact;
        if (!CanonicalSignature.TryRecoveryId(compact[0], out byte recoveryId))
        {
            verdict = Verdict.Reject(RejectReason.BadSignature, $"signature header byte {compact[0]} is not in 27..34");
            return null;
        }

        bool isR1 = signature.Type == KeyType.R1;
        if (isR1 ? !EcdsaR1.IsLowS(compact[1..]) : !CanonicalSignature.IsCanonical(compact[1..]))
        {
            verdict = Verdict.Reject(RejectReason.BadSignature, "signature is not canonical");
            return null;
        }

        Span<byte> key = stackalloc byte[64];
        SignatureVerdict found = default;
        if (isR1)
        {
            found = EcdsaR1.Recover(digest.Bytes, compact[1..], recoveryId, key);
        }
        else
        {
            kernels.Secp256k1.For(1).Recover(
                digest.Bytes, compact[1..], [recoveryId], key, new Span<SignatureVerdict>(ref found));
        }

        if (found != SignatureVerdict.Valid)
        {
            verdict = Verdict.Reject(RejectReason.BadSignature, $"signature names no key: {found}");
            return null;
        }

        verdict = Verdict.Ok;
        return Compress(signature.Type, key);
    }

    /// <summary>The keys of a transaction's signatures, in their order.</summary>
    /// <returns>Null with the index of the signature that is bad, or whose key an earlier one has too
    /// (leap v5.0.3 transaction.cpp get_signature_keys, tx_duplicate_sig).</returns>
    public static IReadOnlyList<PublicKey>? TryRecoverAll(
        KernelSet kernels, in Hash256 digest, IReadOnlyList<KeySignature> signatures, out Verdict verdict)
    {
        var keys = new List<PublicKey>(signatures.Count);
        var seen = new HashSet<PublicKey>();
        for (int i = 0; i < signatures.Count; i++)
        {
            PublicKey? key = TryRecover(kernels, in digest, signatures[i], out verdict);
            if (key is null)
            {
                verdict = verdict with { Index = i };
                return null;
            }

            if (!seen.Add(key))
            {
                verdict = Verdict.Reject(RejectReason.DuplicateKey, $"two signatures by {KeyText.ToText(key)}", i);
                return null;
            }

            keys.Add(key);
        }

        verdict = Verdict.Ok;
        return keys;
    }

    /// <summary>The 33-byte form of a point x|y (32 bytes big-endian each).</summary>
    private static PublicKey Compress(KeyType type, ReadOnlySpan<byte> point)
    {
        Span<byte> compressed = stackalloc byte[PublicKey.CompressedSize];
        compressed[0] = (byte)(2 | (point[63] & 1));
        point[..32].CopyTo(compressed[1..]);
        return new PublicKey(type, compressed);
    }
}
