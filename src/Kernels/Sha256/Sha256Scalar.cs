using System.Buffers.Binary;
using System.Numerics;

namespace Tactus.Kernels.Sha256;

/// <summary>SHA-256 one message at a time, written to be read (FIPS 180-4 section 6.2): the oracle for the other entries.</summary>
public sealed class Sha256Scalar : ISha256Kernel
{
    /// <summary>Bytes in a block of input.</summary>
    internal const int BlockBytes = 64;

    /// <summary>Bytes in a digest.</summary>
    internal const int DigestBytes = 32;

    /// <inheritdoc/>
    public string Name => "scalar";

    /// <inheritdoc/>
    public string? WhyUnsupported => null;

    /// <inheritdoc/>
    public int Lanes => 1;

    /// <inheritdoc/>
    public int BatchMinDefault => 1;

    /// <inheritdoc/>
    public string? SelfTest() => Sha256SelfTest.KnownAnswers(this);

    /// <summary>Hashes one message.</summary>
    public static void Hash(ReadOnlySpan<byte> message, Span<byte> digest)
    {
        Span<uint> state = stackalloc uint[8];
        Sha256Constants.InitialState.CopyTo(state);
        Absorb(state, message);
        for (int i = 0; i < 8; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(digest[(4 * i)..], state[i]);
        }
    }

    /// <summary>Runs a whole message, padding included, through the compression function.</summary>
    internal static void Absorb(Span<uint> state, ReadOnlySpan<byte> message)
    {
        int wholeBytes = message.Length / BlockBytes * BlockBytes;
        for (int at = 0; at < wholeBytes; at += BlockBytes)
        {
            Compress(state, message.Slice(at, BlockBytes));
        }

        // What is left, then 0x80, zeros, and the message length in bits in the last eight bytes: one block or two.
        Span<byte> tail = stackalloc byte[2 * BlockBytes];
        tail.Clear();
        message[wholeBytes..].CopyTo(tail);
        int leftBytes = message.Length - wholeBytes;
        tail[leftBytes] = 0x80;
        int tailBytes = leftBytes + 9 <= BlockBytes ? BlockBytes : 2 * BlockBytes;
        BinaryPrimitives.WriteUInt64BigEndian(tail[(tailBytes - 8)..], (ulong)message.Length * 8);
        for (int at = 0; at < tailBytes; at += BlockBytes)
        {
            Compress(state, tail.Slice(at, BlockBytes));
        }
    }

    /// <inheritdoc/>
    public void HashEqual(ReadOnlySpan<byte> messages, int messageBytes, Span<byte> digests)
    {
        int count = Sha256Batch.CheckEqual(messages, messageBytes, digests);
        for (int i = 0; i < count; i++)
        {
            Hash(messages.Slice(i * messageBytes, messageBytes), digests.Slice(i * DigestBytes, DigestBytes));
        }
    }

    /// <inheritdoc/>
    public void HashMixed(ReadOnlySpan<byte> data, ReadOnlySpan<MessageRange> ranges, Span<byte> digests)
    {
        Sha256Batch.CheckMixed(data, ranges, digests);
        for (int i = 0; i < ranges.Length; i++)
        {
            Hash(data.Slice(ranges[i].Offset, ranges[i].Length), digests.Slice(i * DigestBytes, DigestBytes));
        }
    }

    /// <inheritdoc/>
    public void HashPairs(ReadOnlySpan<byte> pairs, Span<byte> digests) => HashEqual(pairs, 2 * DigestBytes, digests);

    /// <summary>Fills words 16 to 63 of the message schedule from the first sixteen.</summary>
    internal static void Expand(Span<uint> w)
    {
        for (int t = 16; t < 64; t++)
        {
            uint sigma0 = BitOperations.RotateRight(w[t - 15], 7) ^ BitOperations.RotateRight(w[t - 15], 18) ^ (w[t - 15] >> 3);
            uint sigma1 = BitOperations.RotateRight(w[t - 2], 17) ^ BitOperations.RotateRight(w[t - 2], 19) ^ (w[t - 2] >> 10);
            w[t] = w[t - 16] + sigma0 + w[t - 7] + sigma1;
        }
    }

    internal static void Compress(Span<uint> state, ReadOnlySpan<byte> block)
    {
        Span<uint> w = stackalloc uint[64];
        for (int t = 0; t < 16; t++)
        {
            w[t] = BinaryPrimitives.ReadUInt32BigEndian(block[(4 * t)..]);
        }

        Expand(w);
        uint a = state[0], b = state[1], c = state[2], d = state[3];
        uint e = state[4], f = state[5], g = state[6], h = state[7];
        for (int t = 0; t < 64; t++)
        {
            uint sum1 = BitOperations.RotateRight(e, 6) ^ BitOperations.RotateRight(e, 11) ^ BitOperations.RotateRight(e, 25);
            uint choose = (e & f) ^ (~e & g);
            uint t1 = h + sum1 + choose + Sha256Constants.Rounds[t] + w[t];
            uint sum0 = BitOperations.RotateRight(a, 2) ^ BitOperations.RotateRight(a, 13) ^ BitOperations.RotateRight(a, 22);
            uint majority = (a & b) ^ (a & c) ^ (b & c);
            uint t2 = sum0 + majority;
            (h, g, f, e, d, c, b, a) = (g, f, e, d + t1, c, b, a, t1 + t2);
        }

        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
        state[4] += e;
        state[5] += f;
        state[6] += g;
        state[7] += h;
    }
}
