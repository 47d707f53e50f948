namespace Tactus.Kernels.Secp256k1;

/// <summary>Verdict on one signature. Only <see cref="Valid"/> accepts.</summary>
public enum SignatureVerdict : byte
{
    /// <summary>Not decided (never returned by a kernel that completed).</summary>
    Unknown = 0,
    Valid = 1,

    /// <summary>r or s is zero or not below n, or the recovery id is not 0..3 or names an x that is not below p.</summary>
    OutOfRange = 2,

    /// <summary>No curve point has the x coordinate that r and the recovery id name.</summary>
    NoPoint = 3,

    /// <summary>The recovered key is the point at infinity.</summary>
    Infinity = 4,

    /// <summary>The equation does not hold for this digest and key.</summary>
    Mismatch = 5,

    /// <summary>The public key is not a point of the curve.</summary>
    BadKey = 6,
}

/// <summary>ECDSA over secp256k1 in batches. Stateless apart from caches; safe for concurrent use. Variable time: public data only.</summary>
/// <remarks>
/// Struct-of-arrays lanes, item i at: digest <c>digests[32*i..]</c> (big-endian), signature <c>signatures[64*i..]</c>
/// (r then s, 32 bytes big-endian each), recovery id <c>recoveryIds[i]</c> (bit 0 = y odd, bit 1 = x is r + n),
/// key <c>keys[64*i..]</c> (affine x then y, big-endian). High s is accepted: canonical forms are the protocol's rule.
/// </remarks>
public interface ISecp256k1Kernel : IKernel
{
    /// <summary>The entry whose batch equation and hot-key tables go with this one: itself, unless it is a device.</summary>
    string CpuEntry => Name;

    /// <summary>Whether this is a device apart, to which a large batch is better given whole than sorted by path first.</summary>
    bool IsDevice => false;

    /// <summary>Recovers each public key exactly. <paramref name="keys"/> receives x|y (64 bytes), zeros where not valid.</summary>
    void Recover(
        ReadOnlySpan<byte> digests,
        ReadOnlySpan<byte> signatures,
        ReadOnlySpan<byte> recoveryIds,
        Span<byte> keys,
        Span<SignatureVerdict> verdicts);

    /// <summary>Verifies each signature exactly against its key; recovery ids play no part.</summary>
    void Verify(
        ReadOnlySpan<byte> digests,
        ReadOnlySpan<byte> signatures,
        ReadOnlySpan<byte> keys,
        Span<SignatureVerdict> verdicts);

    /// <summary>Decompresses 33-byte keys (02/03 | x) to x|y; a verdict other than Valid names the bad ones.</summary>
    void Decompress(ReadOnlySpan<byte> compressed, Span<byte> keys, Span<SignatureVerdict> verdicts);
}
