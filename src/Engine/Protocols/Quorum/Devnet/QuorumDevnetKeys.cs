using Tactus.Engine.Devnet;
using Tactus.Engine.Primitives;
using Tactus.Engine.Production;
using Tactus.Engine.Protocols.Quorum.Ballots;
using Tactus.Kernels.Secp256k1;

namespace Tactus.Engine.Protocols.Quorum.Devnet;

/// <summary>Keys of a devnet: of members and users. <see cref="SeededSecrets"/> makes them.</summary>
public sealed class QuorumDevnetKeys : IProducerKeys
{
    private readonly SeededSecrets _seeded;
    private readonly Dictionary<ulong, byte[]> _secrets = [];

    /// <param name="seed">Seed of all keys.</param>
    /// <param name="members">Members whose keys are here.</param>
    public QuorumDevnetKeys(long seed, int members)
    {
        _seeded = new SeededSecrets("tactus-devnet/quorum/", seed);
        var keys = new MemberKey[members];
        for (int i = 0; i < members; i++)
        {
            byte[] secret = _seeded.Of("member", i);
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

    public byte[] UserSecret(int index) => _seeded.Of("user", index);

    public bool CanSign(ulong producer) => _secrets.ContainsKey(producer);

    public void Sign(ulong producer, in Hash256 digest, Span<byte> signature65) =>
        signature65[0] = Secp256k1Signer.Sign(digest.Bytes, _secrets[producer], SignatureForm.LowS, signature65[1..]);
}
