using System.Numerics;
using Tactus.Kernels.Secp256k1;

namespace Tactus.Kernels.Secp256r1;

/// <summary>
/// ECDSA over secp256r1 (P-256), one item at a time: about a millisecond each, for signatures that are rare. Layouts
/// and verdicts as in <see cref="ISecp256k1Kernel"/>. Variable time: public data only.
/// </summary>
public static class EcdsaR1
{
    /// <summary>Whether s is at most n/2, which Antelope asks of R1 signatures.</summary>
    /// <param name="signature">r then s, 32 bytes big-endian each.</param>
    public static bool IsLowS(ReadOnlySpan<byte> signature) => Read(signature.Slice(32, 32)) <= PointR1.N / 2;

    /// <summary>Recovers the key that made a signature.</summary>
    /// <remarks>
    /// r and s are taken mod n without a range check, and x = r need only be below p: nodeos recovers in this way
    /// (AntelopeIO/leap libraries/libfc/src/crypto/elliptic_r1.cpp, ECDSA_SIG_recover_key_GFp), and whoever is stricter
    /// leaves its chain. OutOfRange is given for r = 0 mod n, an x that is not below p, and a recovery id above 3.
    /// </remarks>
    /// <param name="digest">32 bytes.</param>
    /// <param name="signature">r|s, 64 bytes.</param>
    /// <param name="recoveryId">Bit 0: y is odd; bit 1: x is r + n.</param>
    /// <param name="key">Receives x|y, 64 bytes; zeros where not valid.</param>
    public static SignatureVerdict Recover(
        ReadOnlySpan<byte> digest,
        ReadOnlySpan<byte> signature,
        byte recoveryId,
        Span<byte> key)
    {
        key[..64].Clear();
        BigInteger r = Read(signature[..32]);
        BigInteger s = Read(signature.Slice(32, 32));
        BigInteger x = (recoveryId & 2) != 0 ? r + PointR1.N : r;
        if (recoveryId > 3 || (r % PointR1.N).IsZero || x >= PointR1.P)
        {
            return SignatureVerdict.OutOfRange;
        }

        if (!PointR1.TryLift(x, (recoveryId & 1) != 0, out BigInteger y))
        {
            return SignatureVerdict.NoPoint;
        }

        BigInteger w = Inverse(r);
        BigInteger u = (PointR1.N - (Read(digest[..32]) % PointR1.N)) * w % PointR1.N;
        PointR1 point = PointR1.Combine(u, s * w % PointR1.N, new PointR1(x, y, BigInteger.One));
        if (point.IsInfinity)
        {
            return SignatureVerdict.Infinity;
        }

        (x, y) = point.ToAffine();
        Write(x, key[..32]);
        Write(y, key.Slice(32, 32));
        return SignatureVerdict.Valid;
    }

    /// <summary>Verifies a signature against a key; r and s must be from 1 to n - 1 (SEC 1 section 4.1.4).</summary>
    /// <param name="digest">32 bytes.</param>
    /// <param name="signature">r|s, 64 bytes.</param>
    /// <param name="key">x|y, 64 bytes.</param>
    public static SignatureVerdict Verify(
        ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature, ReadOnlySpan<byte> key)
    {
        BigInteger r = Read(signature[..32]);
        BigInteger s = Read(signature.Slice(32, 32));
        if (r.IsZero || s.IsZero || r >= PointR1.N || s >= PointR1.N)
        {
            return SignatureVerdict.OutOfRange;
        }

        BigInteger x = Read(key[..32]);
        BigInteger y = Read(key.Slice(32, 32));
        if (x >= PointR1.P || y >= PointR1.P || !PointR1.IsOnCurve(x, y))
        {
            return SignatureVerdict.BadKey;
        }

        BigInteger w = Inverse(s);
        PointR1 point = PointR1.Combine(
            Read(digest[..32]) * w % PointR1.N, r * w % PointR1.N, new PointR1(x, y, BigInteger.One));
        return !point.IsInfinity && point.ToAffine().X % PointR1.N == r
            ? SignatureVerdict.Valid
            : SignatureVerdict.Mismatch;
    }

    /// <summary>Decompresses a 33-byte key (02/03 | x) to x|y; false, and zeros, where it is no point.</summary>
    public static bool TryDecompress(ReadOnlySpan<byte> compressed, Span<byte> key)
    {
        key[..64].Clear();
        BigInteger x = Read(compressed.Slice(1, 32));
        if (compressed[0] is not (2 or 3) || x >= PointR1.P
            || !PointR1.TryLift(x, compressed[0] == 3, out BigInteger y))
        {
            return false;
        }

        Write(x, key[..32]);
        Write(y, key.Slice(32, 32));
        return true;
    }

    private static BigInteger Inverse(in BigInteger value) => BigInteger.ModPow(value, PointR1.N - 2, PointR1.N);

    private static BigInteger Read(ReadOnlySpan<byte> bytes) => new(bytes, isUnsigned: true, isBigEndian: true);

    private static void Write(in BigInteger value, Span<byte> bytes)
    {
        int size = value.GetByteCount(isUnsigned: true);
        bytes.Clear();
        value.TryWriteBytes(bytes[(32 - size)..], out _, isUnsigned: true, isBigEndian: true);
    }
}
