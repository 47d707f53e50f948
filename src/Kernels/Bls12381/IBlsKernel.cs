namespace Tactus.Kernels.Bls12381;

/// <summary>
/// BLS signatures over BLS12-381 in Ethereum's scheme: keys in G1, signatures in G2, suite
/// BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_ (draft-irtf-cfrg-bls-signature-05, hash to curve RFC 9380).
/// Stateless and safe for concurrent use. Variable time: public data only; signing is <see cref="IBlsSigner"/>.
/// </summary>
/// <remarks>
/// Compressed keys are <see cref="KeyBytes"/> bytes, compressed signatures <see cref="SignatureBytes"/> (ZCash
/// serialisation, big-endian, three flag bits). Messages are of any length; in the batch forms they have equal length
/// and
/// lie end to end: message i is <c>messages[messageBytes*i..]</c>. A <see cref="BlsPublicKey"/> that came from
/// <see cref="DecompressKey"/> has passed KeyValidate, and verification does not repeat that.
/// A signature is always decompressed and checked for the subgroup; infinity is a well-formed signature, and one that
/// is not
/// 96 bytes long is a <see cref="BlsVerdict.BadEncoding"/>.
/// </remarks>
public interface IBlsKernel : IKernel
{
    /// <summary>Bytes of a compressed public key.</summary>
    const int KeyBytes = 48;

    /// <summary>Bytes of a compressed signature.</summary>
    const int SignatureBytes = 96;

    /// <summary>
    /// KeyValidate: decompresses, checks curve and subgroup, refuses infinity. <paramref name="key"/> is zero unless
    /// valid.
    /// </summary>
    /// <exception cref="ArgumentException"><paramref name="compressed"/> is not 48 bytes.</exception>
    BlsVerdict DecompressKey(ReadOnlySpan<byte> compressed, out BlsPublicKey key);

    /// <summary>
    /// <see cref="DecompressKey"/> of many keys end to end, one verdict and one key each: a registry of validators at
    /// start.</summary>
    /// <exception cref="ArgumentException">The three lengths do not fit each other.</exception>
    void DecompressKeys(ReadOnlySpan<byte> compressed, Span<BlsPublicKey> keys, Span<BlsVerdict> verdicts)
    {
        BlsSpans.CheckKeys(compressed, keys.Length, verdicts.Length);
        for (int i = 0; i < keys.Length; i++)
        {
            verdicts[i] = DecompressKey(compressed.Slice(i * KeyBytes, KeyBytes), out keys[i]);
        }
    }

    /// <summary>Compresses a key to 48 bytes (infinity included).</summary>
    void CompressKey(in BlsPublicKey key, Span<byte> compressed);

    /// <summary>Sum of keys; infinity where they cancel or where there is none.</summary>
    void AggregateKeys(ReadOnlySpan<BlsPublicKey> keys, out BlsPublicKey sum);

    /// <summary>
    /// Sum of <c>table[indices[i]]</c>: the keys of a committee out of a cache, without copying them.
    /// </summary>
    /// <exception cref="ArgumentException">An index lies outside the table.</exception>
    void AggregateKeys(ReadOnlySpan<BlsPublicKey> table, ReadOnlySpan<int> indices, out BlsPublicKey sum);

    /// <summary>
    /// CoreVerify of one signature under one key (a sum from <see cref="AggregateKeys(ReadOnlySpan{BlsPublicKey}, out
    /// BlsPublicKey)"/> will do; infinity is refused).
    /// </summary>
    BlsVerdict Verify(in BlsPublicKey key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature);

    /// <summary>One message, many keys, one aggregated signature.</summary>
    BlsVerdict FastAggregateVerify(
        ReadOnlySpan<BlsPublicKey> keys, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature);

    /// <summary>Message i under key i, one aggregated signature.</summary>
    /// <exception cref="ArgumentException">The messages do not fit the count of keys.</exception>
    BlsVerdict AggregateVerify(
        ReadOnlySpan<BlsPublicKey> keys,
        ReadOnlySpan<byte> messages,
        int messageBytes,
        ReadOnlySpan<byte> signature);

    /// <summary>
    /// Checks that every signature i verifies message i under key i, at once: signatures are combined with random
    /// weights,
    /// equal messages share one hash and one Miller loop, and one final exponentiation closes the batch.
    /// </summary>
    /// <param name="keys">One key per signature, or the sum of a committee's keys.</param>
    /// <param name="messages">Equal-length messages end to end (32-byte signing roots in Gasper).</param>
    /// <param name="messageBytes">Bytes of one message.</param>
    /// <param name="signatures">Compressed signatures end to end.</param>
    /// <param name="weights">One non-zero weight per signature, unpredictable to whoever made the signatures: 64 bits
    /// leave
    /// a forged batch one chance in 2^64. The kernel holds no randomness of its own.</param>
    /// <returns>Valid when all are; otherwise a verdict that does not say which one: bisect or verify singly.</returns>
    /// <exception cref="ArgumentException">Counts differ, or a weight is zero.</exception>
    BlsVerdict VerifyBatch(
        ReadOnlySpan<BlsPublicKey> keys,
        ReadOnlySpan<byte> messages,
        int messageBytes,
        ReadOnlySpan<byte> signatures,
        ReadOnlySpan<ulong> weights);

    /// <summary>
    /// Sum of compressed signatures laid end to end, compressed. Empty input gives <see cref="BlsVerdict.Empty"/>.
    /// </summary>
    BlsVerdict AggregateSignatures(ReadOnlySpan<byte> signatures, Span<byte> aggregate);
}
