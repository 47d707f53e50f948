using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Tactus.Kernels.Bls12381;

/// <summary>
/// hash_to_field of RFC 9380, section 5.2, for the suites BLS12381G2_XMD:SHA-256: two elements of F_p2.
/// </summary>
internal static class HashToField
{
    // L = ceil((381 + 128)/8) = 64 bytes per coordinate, two coordinates, two elements
    private const int CoordinateBytes = 64;
    private const int UniformBytes = 4 * CoordinateBytes;
    private const int DigestBytes = 32;
    private const int BlockBytes = 64;
    private const int StackBytesMax = 512;

    /// <summary>Domain separation tag of Ethereum's signatures.</summary>
    public static ReadOnlySpan<byte> SignatureTag => "BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_"u8;

    public static void Hash(ReadOnlySpan<byte> message, ReadOnlySpan<byte> tag, out Fp2<Fp> u0, out Fp2<Fp> u1)
    {
        Span<byte> uniform = stackalloc byte[UniformBytes];
        ExpandMessage(message, tag, uniform);
        u0 = default;
        u1 = default;
        Fp.ReadReduced(out u0.C0, uniform);
        Fp.ReadReduced(out u0.C1, uniform[CoordinateBytes..]);
        Fp.ReadReduced(out u1.C0, uniform[(2 * CoordinateBytes)..]);
        Fp.ReadReduced(out u1.C1, uniform[(3 * CoordinateBytes)..]);
    }

    /// <summary>
    /// expand_message_xmd (section 5.3.1) with SHA-256. At most 255 digests of output, and 255 bytes of tag.
    /// </summary>
    public static void ExpandMessage(ReadOnlySpan<byte> message, ReadOnlySpan<byte> tag, Span<byte> uniform)
    {
        int digests = (uniform.Length + DigestBytes - 1) / DigestBytes;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(digests, 255, nameof(uniform));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(tag.Length, 255, nameof(tag));

        // b_0 = H(64 zero bytes || message || length || 0 || tag || tag length)
        int firstBytes = BlockBytes + message.Length + 3 + tag.Length + 1;
        byte[]? rented = firstBytes > StackBytesMax ? ArrayPool<byte>.Shared.Rent(firstBytes) : null;
        Span<byte> first = rented is null ? stackalloc byte[StackBytesMax] : rented;
        first = first[..firstBytes];
        first[..BlockBytes].Clear();
        message.CopyTo(first[BlockBytes..]);
        Span<byte> tail = first[(BlockBytes + message.Length)..];
        BinaryPrimitives.WriteUInt16BigEndian(tail, (ushort)uniform.Length);
        tail[2] = 0;
        tag.CopyTo(tail[3..]);
        tail[^1] = (byte)tag.Length;
        Span<byte> digest0 = stackalloc byte[DigestBytes];
        SHA256.HashData(first, digest0);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        // b_i = H((b_0 xor b_(i-1)) || i || tag || tag length), b_0 alone for i = 1
        Span<byte> next = stackalloc byte[DigestBytes + 1 + 255 + 1];
        next = next[..(DigestBytes + 1 + tag.Length + 1)];
        tag.CopyTo(next[(DigestBytes + 1)..]);
        next[^1] = (byte)tag.Length;
        Span<byte> digest = stackalloc byte[DigestBytes];
        digest.Clear();
        for (int i = 1; i <= digests; i++)
        {
            for (int k = 0; k < DigestBytes; k++)
            {
                next[k] = (byte)(digest0[k] ^ digest[k]);
            }

            next[DigestBytes] = (byte)i;
            SHA256.HashData(next, digest);
            Span<byte> target = uniform[(DigestBytes * (i - 1))..];
            digest[..Math.Min(DigestBytes, target.Length)].CopyTo(target);
        }
    }
}

/// <summary>hash_to_curve of RFC 9380 for G2: two elements of F_p2 mapped, added and taken into the subgroup.</summary>
internal static class HashToG2<F>
    where F : unmanaged, IPrimeField<F>
{
    public static void Map(out JacobianPoint<Fp2<F>> r, in Fp2<F> u0, in Fp2<F> u1)
    {
        MapToTwist<F>.Map(out JacobianPoint<Fp2<F>> q0, u0);
        MapToTwist<F>.Map(out JacobianPoint<Fp2<F>> q1, u1);
        JacobianPoint<Fp2<F>>.Add(out q0, q0, q1);
        G2<F>.ClearCofactor(out r, q0);
    }
}
