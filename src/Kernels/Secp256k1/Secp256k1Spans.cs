namespace Tactus.Kernels.Secp256k1;

/// <summary>Whether the spans given to a kernel fit each other: a mistake of the caller, never of a peer.</summary>
internal static class Secp256k1Spans
{
    /// <exception cref="ArgumentException">A span's size does not fit the number of verdicts.</exception>
    public static void CheckRecover(
        ReadOnlySpan<byte> digests,
        ReadOnlySpan<byte> signatures,
        ReadOnlySpan<byte> recoveryIds,
        ReadOnlySpan<byte> keys,
        ReadOnlySpan<SignatureVerdict> verdicts)
    {
        Check(digests.Length, 32, verdicts.Length, nameof(digests));
        Check(signatures.Length, 64, verdicts.Length, nameof(signatures));
        Check(recoveryIds.Length, 1, verdicts.Length, nameof(recoveryIds));
        Check(keys.Length, 64, verdicts.Length, nameof(keys));
    }

    /// <exception cref="ArgumentException">A span's size does not fit the number of verdicts.</exception>
    public static void CheckVerify(
        ReadOnlySpan<byte> digests,
        ReadOnlySpan<byte> signatures,
        ReadOnlySpan<byte> keys,
        ReadOnlySpan<SignatureVerdict> verdicts)
    {
        Check(digests.Length, 32, verdicts.Length, nameof(digests));
        Check(signatures.Length, 64, verdicts.Length, nameof(signatures));
        Check(keys.Length, 64, verdicts.Length, nameof(keys));
    }

    /// <exception cref="ArgumentException">A span's size does not fit the number of verdicts.</exception>
    public static void CheckDecompress(
        ReadOnlySpan<byte> compressed,
        ReadOnlySpan<byte> keys,
        ReadOnlySpan<SignatureVerdict> verdicts)
    {
        Check(compressed.Length, 33, verdicts.Length, nameof(compressed));
        Check(keys.Length, 64, verdicts.Length, nameof(keys));
    }

    private static void Check(int length, int itemBytes, int count, string name)
    {
        if (length != (long)itemBytes * count)
        {
            throw new ArgumentException($"{name} holds {length} bytes; {count} items need {(long)itemBytes * count}.", name);
        }
    }
}
