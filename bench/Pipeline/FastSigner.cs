// Values represented: integers mod n, the order of secp256k1, as BigInteger. A signature with nonce k over digest z by secret d is
// r = x(kG), s = (z + r d) / k; recovering it gives d G, so the recovery kernel also makes public keys in bulk.
using System.Numerics;
using System.Security.Cryptography;
using Tactus.Kernels.Secp256k1;

namespace Tactus.Bench.Pipeline;

/// <summary>Makes keys and signatures for load quickly: nonces come from a table of known points. Such signatures give their
/// secrets away, so this is good for nothing but load; to a verifier they are as good as any.</summary>
internal sealed class FastSigner
{
    private const int Chunk = 4096;

    private static readonly BigInteger N = BigInteger.Parse(
        "0FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141",
        System.Globalization.NumberStyles.HexNumber,
        System.Globalization.CultureInfo.InvariantCulture);

    private static readonly BigInteger HalfN = N / 2;

    private readonly Nonce[] _nonces;
    private int _next;

    /// <param name="kernel">Recovers keys.</param>
    /// <param name="nonces">Signatures that may be made before a nonce comes again.</param>
    public FastSigner(ISecp256k1Kernel kernel, int nonces)
    {
        BigInteger[] secrets = [.. Enumerable.Range(0, nonces).Select(i => SecretOf("nonce", i))];
        byte[] points = PublicKeys(kernel, secrets);
        var list = new List<Nonce>(nonces);
        for (int i = 0; i < nonces; i++)
        {
            var r = new BigInteger(points.AsSpan(64 * i, 32), isUnsigned: true, isBigEndian: true);
            byte[] bytes = points.AsSpan(64 * i, 32).ToArray();
            if (r < N && IsCanonical(bytes))
            {
                list.Add(new Nonce(BigInteger.ModPow(secrets[i], N - 2, N), r, bytes, (byte)(points[(64 * i) + 63] & 1)));
            }
        }

        _nonces = [.. list];
    }

    /// <summary>Secret number <paramref name="index"/> of a role.</summary>
    public static BigInteger SecretOf(string role, int index) => new BigInteger(
        SHA256.HashData(System.Text.Encoding.ASCII.GetBytes($"tactus-bench/{role}/{index}")), isUnsigned: true, isBigEndian: true) % N;

    /// <summary>Public keys x|y, 64 bytes each.</summary>
    public static byte[] PublicKeys(ISecp256k1Kernel kernel, ReadOnlySpan<BigInteger> secrets)
    {
        BigInteger k = SecretOf("key nonce", 0);
        Span<byte> point = stackalloc byte[64];
        if (!Secp256k1Signer.TryGetPublicKey(Bytes(k), point))
        {
            throw new InvalidOperationException("the nonce is out of range");
        }

        var r = new BigInteger(point[..32], isUnsigned: true, isBigEndian: true);
        BigInteger inverse = BigInteger.ModPow(k, N - 2, N);
        byte[] keys = new byte[64 * secrets.Length];
        byte[] digests = new byte[32 * Chunk];
        byte[] signatures = new byte[64 * Chunk];
        byte[] recoveryIds = new byte[Chunk];
        var verdicts = new SignatureVerdict[Chunk];
        Array.Fill(recoveryIds, (byte)(point[63] & 1));
        for (int i = 0; i < Chunk; i++)
        {
            digests[(32 * i) + 31] = 1;
            point[..32].CopyTo(signatures.AsSpan(64 * i));
        }

        for (int first = 0; first < secrets.Length; first += Chunk)
        {
            int count = Math.Min(Chunk, secrets.Length - first);
            for (int i = 0; i < count; i++)
            {
                Bytes((BigInteger.One + (r * secrets[first + i])) * inverse % N).CopyTo(signatures, (64 * i) + 32);
            }

            kernel.Recover(
                digests.AsSpan(0, 32 * count),
                signatures.AsSpan(0, 64 * count),
                recoveryIds.AsSpan(0, count),
                keys.AsSpan(64 * first, 64 * count),
                verdicts.AsSpan(0, count));
            if (verdicts.AsSpan(0, count).ContainsAnyExcept(SignatureVerdict.Valid))
            {
                throw new InvalidOperationException("a key could not be made");
            }
        }

        return keys;
    }

    /// <summary>Signs in the canonical form: r, s in 64 bytes.</summary>
    /// <returns>The recovery id.</returns>
    public byte Sign(ReadOnlySpan<byte> digest, in BigInteger secret, Span<byte> signature)
    {
        var z = new BigInteger(digest, isUnsigned: true, isBigEndian: true);
        while (true)
        {
            Nonce nonce = _nonces[_next++ % _nonces.Length];
            BigInteger s = (z + (nonce.R * secret)) * nonce.Inverse % N;
            bool flip = s > HalfN;
            byte[] bytes = Bytes(flip ? N - s : s);
            if (IsCanonical(bytes))
            {
                nonce.Bytes.CopyTo(signature);
                bytes.CopyTo(signature[32..]);
                return (byte)(nonce.Parity ^ (flip ? 1 : 0));
            }
        }
    }

    private static bool IsCanonical(ReadOnlySpan<byte> value) =>
        (value[0] & 0x80) == 0 && !(value[0] == 0 && (value[1] & 0x80) == 0);

    private static byte[] Bytes(BigInteger value)
    {
        byte[] bytes = new byte[32];
        byte[] shortest = value.ToByteArray(isUnsigned: true, isBigEndian: true);
        shortest.CopyTo(bytes, 32 - shortest.Length);
        return bytes;
    }

    private sealed record Nonce(BigInteger Inverse, BigInteger R, byte[] Bytes, byte Parity);
}
