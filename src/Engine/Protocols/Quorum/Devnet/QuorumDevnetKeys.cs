using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Tactus.Engine.Primitives;
using Tactus.Engine.Production;
using Tactus.Engine.Protocols.Quorum.Ballots;
using Tactus.Kernels.Secp256k1;

namespace Tactus.Engine.Protocols.Quorum.Devnet;

/// <summary>Keys of a devnet, each the hash of the seed and a role. Anybody who knows the seed has them: never for real
/// value.</summary>
public sealed class QuorumDevnetKeys : IProducerKeys
{
    private readonly long _seed;
    private readonly Dictionary<ulong, byte[]> _secrets = [];

    /// <param name="seed">Seed of all keys.</param>
    /// <param name="members">Members whose keys are here.</param>
    public QuorumDevnetKeys(long seed, int members)
    {
        _seed = seed;
        var keys = new MemberKey[members];
        for (int i = 0; i < members; i++)
        {
            byte[] secret = SecretOf("member", i);
            keys[i] = MemberSignatures.KeyOf(secret);
            _secrets.Add(keys[i].Id, secret);
        }

        Array.Sort(keys);
        Members = keys;
    }

    /// <summary>Keys of the members, ascending.</summary>
    public IReadOnlyList<MemberKey> Members { get; }

    /// <summary>Secret of a member.</summary>
    public ReadOnlySpan<byte> SecretOf(in MemberKey member) => _secrets[member.Id];

    public byte[] UserSecret(int index) => SecretOf("user", index);

    public bool CanSign(ulong producer) => _secrets.ContainsKey(producer);

    public void Sign(ulong producer, in Hash256 digest, Span<byte> signature65) =>
        signature65[0] = Secp256k1Signer.Sign(digest.Bytes, _secrets[producer], SignatureForm.LowS, signature65[1..]);

    /// <summary>sha256 of a label, the role, the seed and the index. A value outside 1..n-1 has probability 2^-128 and
    /// would stop the devnet with a message.</summary>
    private byte[] SecretOf(string role, int index)
    {
        Span<byte> input = stackalloc byte[64];
        int length = Encoding.ASCII.GetBytes("tactus-devnet/quorum/" + role, input);
        BinaryPrimitives.WriteInt64LittleEndian(input[length..], _seed);
        BinaryPrimitives.WriteInt32LittleEndian(input[(length + 8)..], index);
        return SHA256.HashData(input[..(length + 12)]);
    }
}
