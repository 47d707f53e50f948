using Tactus.Engine.Devnet;
using Tactus.Engine.Primitives;
using Tactus.Engine.Production;
using Tactus.Engine.Protocols.Graphene.Types;
using Tactus.Kernels.Secp256k1;

namespace Tactus.Engine.Protocols.Graphene.Devnet;

/// <summary>Keys of a devnet: of treasury, witnesses, delegates and users. <see cref="SeededSecrets"/> makes
/// them.</summary>
public sealed class GrapheneDevnetKeys : IProducerKeys
{
    private readonly SeededSecrets _seeded;
    private readonly byte[][] _witnesses;

    public GrapheneDevnetKeys(GrapheneDevnetParameters parameters)
    {
        _seeded = new SeededSecrets("tactus-graphene-devnet/", parameters.Seed);
        Treasury = _seeded.Of("treasury", 0);
        _witnesses = [.. Enumerable.Range(1, parameters.Witnesses).Select(i => _seeded.Of("witness", i))];
    }

    /// <summary>Secret of the account that votes for all witnesses and delegates.</summary>
    public byte[] Treasury { get; }

    /// <summary>Secret of witness 1.6.x, for its account and its blocks.</summary>
    public byte[] WitnessSecret(uint witness) => _witnesses[witness - 1];

    public byte[] DelegateSecret(int index) => _seeded.Of("delegate", index);

    public byte[] UserSecret(int index) => _seeded.Of("user", index);

    public static SigningKey PublicKeyOf(ReadOnlySpan<byte> secret)
    {
        Span<byte> point = stackalloc byte[64];
        if (!Secp256k1Signer.TryGetPublicKey(secret, point))
        {
            throw new ArgumentException("the secret is out of range", nameof(secret));
        }

        Span<byte> key = stackalloc byte[SigningKey.Size];
        key[0] = (byte)(2 | (point[63] & 1));
        point[..32].CopyTo(key[1..]);
        return new SigningKey(key);
    }

    public bool CanSign(ulong producer) => producer >= 1 && producer <= (ulong)_witnesses.Length;

    public void Sign(ulong producer, in Hash256 digest, Span<byte> signature65) => signature65[0] =
        Secp256k1Signer.Sign(digest.Bytes, WitnessSecret((uint)producer), SignatureForm.Canonical, signature65[1..]);
}
