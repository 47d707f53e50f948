using System.Security.Cryptography;
using Tactus.Engine.Primitives;

namespace Tactus.Engine.Protocols.VmDposw.Work;

/// <summary>The signature chain across a window, [D] formulas (6) to (9): S_1 = Hash(K_1); S_j = Hash(K_j + S_(j-1));
/// in the next round S_1 = Hash(K_1 + sum of the previous round's last signatures).</summary>
/// <remarks>[N] Hash is SHA-256 of the 32 bytes. With the sum of round 1 taken as zero, (6) is a case of (9).</remarks>
public static class SignatureChain
{
    /// <summary>S_j from K_j and what it builds on: the sum of the previous round for the first block of a VM in a
    /// round, its own S_(j-1) for the later ones.</summary>
    public static Hash256 Next(in Hash256 key, in Hash256 before)
    {
        Hash256 sum = UInt256.Add(key, before);
        Span<byte> hash = stackalloc byte[Hash256.Size];
        SHA256.HashData(sum.Bytes, hash);
        return new Hash256(hash);
    }

    /// <summary>Sum of S^VMi(n) over the delegates of the previous round.</summary>
    public static Hash256 Sum(ReadOnlySpan<Hash256> last)
    {
        Hash256 sum = Hash256.Zero;
        foreach (ref readonly Hash256 value in last)
        {
            sum = UInt256.Add(sum, value);
        }

        return sum;
    }
}
