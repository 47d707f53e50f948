using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Tactus.Engine.Devnet;

/// <summary>Secret keys of a devnet, each the hash of a seed and a role. Anybody who knows the seed has them: never for
/// real value.</summary>
/// <param name="label">Tells systems apart: one seed gives each its own keys. ASCII.</param>
/// <param name="seed">All keys come from it.</param>
public sealed class SeededSecrets(string label, long seed)
{
    /// <summary>Longest label and role together, in bytes.</summary>
    private const int NameBytesMax = 52;

    /// <summary>Secret number <paramref name="index"/> of a role: sha256 of label, role, seed and index, 32 bytes. As a
    /// scalar of secp256k1 it is outside 1..n-1 with probability 2^-128, which would stop the devnet with a
    /// message.</summary>
    public byte[] Of(string role, int index)
    {
        Span<byte> input = stackalloc byte[NameBytesMax + sizeof(long) + sizeof(int)];
        int length = Encoding.ASCII.GetBytes(label, input);
        length += Encoding.ASCII.GetBytes(role, input[length..NameBytesMax]);
        BinaryPrimitives.WriteInt64LittleEndian(input[length..], seed);
        BinaryPrimitives.WriteInt32LittleEndian(input[(length + sizeof(long))..], index);
        return SHA256.HashData(input[..(length + sizeof(long) + sizeof(int))]);
    }
}
