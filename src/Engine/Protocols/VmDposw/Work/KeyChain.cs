using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Tactus.Engine.Primitives;
using Tactus.Kernels;
using Tactus.Kernels.Sha256;

namespace Tactus.Engine.Protocols.VmDposw.Work;

/// <summary>One-time keys of a VM. [D] "we add a private key into the optional field of the block". [N] Read as a key
/// that is revealed once: the VM registers c_0 = Hash^L(seed), and K_j is valid exactly when Hash(K_j) = K_(j-1), with
/// K_0 = c_0. A plain private key in a block would let anybody sign afterwards (weakness W4).</summary>
public sealed class KeyChain
{
    /// <summary>[N] Keys of a chain: 65,536 blocks, after which the VM registers another commitment.</summary>
    public const int LengthDefault = 1 << 16;

    /// <summary>Every so many links one is kept, so that a reveal costs fewer hashes than this.</summary>
    private const int Stride = 256;

    private readonly Hash256[] _marks;

    /// <param name="seed">Secret start: 32 bytes.</param>
    /// <param name="length">L, the number of keys.</param>
    public KeyChain(in Hash256 seed, int length = LengthDefault)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        Length = length;
        _marks = new Hash256[(length / Stride) + 1];
        Hash256 link = seed;
        for (int i = 0; i <= length; i++)
        {
            if (i % Stride == 0)
            {
                _marks[i / Stride] = link;
            }

            Commitment = link;
            link = Hash(link);
        }
    }

    private KeyChain(int length)
    {
        Length = length;
        _marks = new Hash256[(length / Stride) + 1];
    }

    public int Length { get; }

    /// <summary>The chains of many VMs at once, link by link in the lanes of the kernel: the same as made one by one.</summary>
    /// <param name="sha256">Hashes the links.</param>
    /// <param name="seeds">Secret starts.</param>
    /// <param name="length">L, the number of keys of each.</param>
    public static KeyChain[] Many(KernelLadder<ISha256Kernel> sha256, ReadOnlySpan<Hash256> seeds, int length = LengthDefault)
    {
        ArgumentNullException.ThrowIfNull(sha256);
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        var chains = new KeyChain[seeds.Length];
        byte[] links = MemoryMarshal.AsBytes(seeds).ToArray();
        byte[] next = new byte[links.Length];
        for (int c = 0; c < chains.Length; c++)
        {
            chains[c] = new KeyChain(length);
        }

        ISha256Kernel kernel = sha256.For(chains.Length);
        for (int i = 0; i <= length; i++)
        {
            bool isMark = i % Stride == 0;
            for (int c = 0; c < chains.Length && (isMark || i == length); c++)
            {
                chains[c].Commitment = new Hash256(links.AsSpan(c * Hash256.Size, Hash256.Size));
                if (isMark)
                {
                    chains[c]._marks[i / Stride] = chains[c].Commitment;
                }
            }

            kernel.HashEqual(links, Hash256.Size, next);
            (links, next) = (next, links);
        }

        return chains;
    }

    /// <summary>c_0.</summary>
    public Hash256 Commitment { get; private set; }

    /// <summary>K_j, for j from 1 to L: the link L - j steps from the seed.</summary>
    public Hash256 Key(int index)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(index, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(index, Length);
        int steps = Length - index;
        Hash256 link = _marks[steps / Stride];
        for (int i = 0; i < steps % Stride; i++)
        {
            link = Hash(link);
        }

        return link;
    }

    /// <summary>Whether a revealed key follows the one before it.</summary>
    public static bool Follows(in Hash256 key, in Hash256 before) => Hash(key) == before;

    public static Hash256 Hash(in Hash256 value)
    {
        Span<byte> hash = stackalloc byte[Hash256.Size];
        SHA256.HashData(value.Bytes, hash);
        return new Hash256(hash);
    }
}
