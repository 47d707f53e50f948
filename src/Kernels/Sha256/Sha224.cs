using System.Buffers.Binary;

namespace Tactus.Kernels.Sha256;

/// <summary>SHA-224 (FIPS 180-4 section 6.3): SHA-256 from another initial state, cut to its first 28 bytes. One message at a
/// time: Graphene hashes one header per block with it.</summary>
public static class Sha224
{
    public const int DigestBytes = 28;

    /// <summary>Second 32 bits of the fractional parts of the square roots of the 9th to 16th primes (FIPS 180-4, 5.3.2).</summary>
    private static ReadOnlySpan<uint> InitialState =>
    [
        0xc1059ed8, 0x367cd507, 0x3070dd17, 0xf70e5939, 0xffc00b31, 0x68581511, 0x64f98fa7, 0xbefa4fa4,
    ];

    /// <param name="message">Any length.</param>
    /// <param name="digest">Receives 28 bytes.</param>
    public static void Hash(ReadOnlySpan<byte> message, Span<byte> digest)
    {
        Span<uint> state = stackalloc uint[8];
        InitialState.CopyTo(state);
        Sha256Scalar.Absorb(state, message);
        for (int i = 0; i < DigestBytes / 4; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(digest[(4 * i)..], state[i]);
        }
    }
}
