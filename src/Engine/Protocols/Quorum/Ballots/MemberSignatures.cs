using System.Security.Cryptography;
using System.Text;
using Tactus.Engine.Primitives;
using Tactus.Kernels;
using Tactus.Kernels.Secp256k1;

namespace Tactus.Engine.Protocols.Quorum.Ballots;

/// <summary>Signatures of the quorum layer: 65 bytes r, s, recovery id, as Skycoin writes them [C]. Checked by
/// recovery, in one batch for many.</summary>
public static class MemberSignatures
{
    public const int Size = 65;

    /// <summary>What a member signs for a block. In epoch 0, the era of Skycoin's single publisher, it is the header's
    /// hash [C]; later epochs bind their number and the block's, so that a member elected again may sign another block
    /// [N].</summary>
    public static Hash256 BlockDigest(uint epoch, ulong seq, in Hash256 hash)
    {
        if (epoch == 0)
        {
            return hash;
        }

        var writer = new ByteWriter(64);
        writer.WriteUInt32(epoch);
        writer.WriteUInt64(seq);
        writer.WriteHash256(hash);
        return Digest("sign", writer.Written);
    }

    /// <summary>sha256 over a label and a message: no message of one kind is one of another.</summary>
    public static Hash256 Digest(string label, ReadOnlySpan<byte> message)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.ASCII.GetBytes("quorum/" + label + "\0"));
        hash.AppendData(message);
        Span<byte> digest = stackalloc byte[Hash256.Size];
        hash.GetHashAndReset(digest);
        return new Hash256(digest);
    }

    /// <summary>Signs a digest.</summary>
    public static byte[] Sign(in Hash256 digest, ReadOnlySpan<byte> secret)
    {
        byte[] signature = new byte[Size];
        signature[64] = Secp256k1Signer.Sign(digest.Bytes, secret, SignatureForm.LowS, signature);
        return signature;
    }

    /// <summary>The key of a secret.</summary>
    /// <exception cref="ArgumentException">The secret is 0 or not below the group's order.</exception>
    public static MemberKey KeyOf(ReadOnlySpan<byte> secret)
    {
        Span<byte> point = stackalloc byte[64];
        return Secp256k1Signer.TryGetPublicKey(secret, point)
            ? Compress(point)
            : throw new ArgumentException("the secret is out of range", nameof(secret));
    }

    /// <summary>Whether one key made one signature.</summary>
    public static bool Check(KernelSet kernels, in Hash256 digest, ReadOnlySpan<byte> signature65, in MemberKey key) =>
        FirstBad(kernels, digest.Bytes, signature65, [key]) < 0;

    /// <summary>Checks signature i over digest i against key i, all in one batch.</summary>
    /// <param name="kernels">Kernels.</param>
    /// <param name="digests">32 bytes each.</param>
    /// <param name="signatures">65 bytes each.</param>
    /// <param name="keys">The keys.</param>
    /// <returns>Index of the first bad one, or -1.</returns>
    public static int FirstBad(
        KernelSet kernels, ReadOnlySpan<byte> digests, ReadOnlySpan<byte> signatures, ReadOnlySpan<MemberKey> keys)
    {
        int count = keys.Length;
        if (digests.Length != count * 32 || signatures.Length != count * Size)
        {
            throw new ArgumentException(
                $"{count} keys do not fit {digests.Length} and {signatures.Length} bytes", nameof(keys));
        }

        var signers = new MemberKey[count];
        int bad = Recover(kernels, digests, signatures, signers);
        for (int i = 0; i < (bad < 0 ? count : bad); i++)
        {
            if (signers[i] != keys[i])
            {
                return i;
            }
        }

        return bad;
    }

    /// <summary>Finds the keys that made signatures, all in one batch.</summary>
    /// <param name="kernels">Kernels.</param>
    /// <param name="digests">32 bytes each.</param>
    /// <param name="signatures">65 bytes each.</param>
    /// <param name="signers">Receives the keys, up to the first signature that is nobody's.</param>
    /// <returns>Index of the first such signature, or -1.</returns>
    public static int Recover(
        KernelSet kernels, ReadOnlySpan<byte> digests, ReadOnlySpan<byte> signatures, Span<MemberKey> signers)
    {
        int count = signers.Length;
        byte[] rs = new byte[count * 64];
        byte[] ids = new byte[count];
        for (int i = 0; i < count; i++)
        {
            signatures.Slice(i * Size, 64).CopyTo(rs.AsSpan(i * 64));
            ids[i] = signatures[(i * Size) + 64];
        }

        byte[] points = new byte[count * 64];
        var verdicts = new SignatureVerdict[count];
        kernels.Secp256k1.For(count).Recover(digests, rs, ids, points, verdicts);
        for (int i = 0; i < count; i++)
        {
            if (verdicts[i] != SignatureVerdict.Valid)
            {
                return i;
            }

            signers[i] = Compress(points.AsSpan(i * 64, 64));
        }

        return -1;
    }

    private static MemberKey Compress(ReadOnlySpan<byte> point) =>
        new((byte)(2 | (point[63] & 1)), new Hash256(point[..32]));
}
