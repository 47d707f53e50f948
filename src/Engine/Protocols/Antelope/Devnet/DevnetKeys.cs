using Tactus.Engine.Devnet;
using Tactus.Engine.Primitives;
using Tactus.Engine.Production;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.Kernels.Secp256k1;

namespace Tactus.Engine.Protocols.Antelope.Devnet;

/// <summary>Keys of a devnet: of the account eosio, of each producer and user. <see cref="SeededSecrets"/> makes
/// them.</summary>
public sealed class DevnetKeys : IProducerKeys
{
    private readonly SeededSecrets _seeded;
    private readonly Dictionary<ulong, byte[]> _producers = [];

    public DevnetKeys(DevnetParameters parameters)
    {
        _seeded = new SeededSecrets("tactus-devnet/", parameters.Seed);
        System = _seeded.Of("eosio", 0);
        _producers.Add(WellKnown.System.Value, System);
        for (int i = 0; i < parameters.Producers; i++)
        {
            _producers.Add(ProducerName(i).Value, _seeded.Of("producer", i));
        }
    }

    /// <summary>Secret of the account eosio.</summary>
    public byte[] System { get; }

    /// <summary>producera, producerb, ... producerz, producerba, ...: order of the names is the order of the
    /// schedule.</summary>
    public static Name ProducerName(int index)
    {
        Span<char> letters = stackalloc char[3];
        for (int i = 2; i >= 0; i--)
        {
            letters[i] = (char)('a' + (index % 26));
            index /= 26;
        }

        return Name.Parse($"producer{letters.TrimStart('a').ToString().PadLeft(1, 'a')}");
    }

    public byte[] UserSecret(int index) => _seeded.Of("user", index);

    /// <summary>The 33-byte public key of a secret.</summary>
    public static void PublicKeyOf(ReadOnlySpan<byte> secret, Span<byte> compressed)
    {
        Span<byte> point = stackalloc byte[64];
        if (!Secp256k1Signer.TryGetPublicKey(secret, point))
        {
            throw new ArgumentException("the secret is out of range", nameof(secret));
        }

        compressed[0] = (byte)(2 | (point[63] & 1));
        point[..32].CopyTo(compressed[1..]);
    }

    public static PublicKey PublicKeyOf(ReadOnlySpan<byte> secret)
    {
        Span<byte> compressed = stackalloc byte[PublicKey.CompressedSize];
        PublicKeyOf(secret, compressed);
        return new PublicKey(KeyType.K1, compressed);
    }

    public PublicKey ProducerKey(int index) => PublicKeyOf(_producers[ProducerName(index).Value]);

    public bool CanSign(ulong producer) => _producers.ContainsKey(producer);

    public void Sign(ulong producer, in Hash256 digest, Span<byte> signature65) =>
        signature65[0] = Secp256k1Signer.Sign(
            digest.Bytes, _producers[producer], SignatureForm.Canonical, signature65[1..]);
}
