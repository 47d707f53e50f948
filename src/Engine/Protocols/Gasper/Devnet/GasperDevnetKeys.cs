using Tactus.Engine.Devnet;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Gasper.Blocks;
using Tactus.Engine.Protocols.Gasper.SlashingProtection;
using Tactus.Engine.Protocols.Gasper.State;
using Tactus.Kernels.Bls12381;

namespace Tactus.Engine.Protocols.Gasper.Devnet;

/// <summary>Keys of a devnet's validators. <see cref="SeededSecrets"/> makes them.</summary>
public sealed class GasperDevnetKeys : IValidatorKeys
{
    private readonly Bls12381Signer _signer = new();
    private readonly MinimalProtection _protection = new(default);
    private readonly byte[][] _secrets;
    private readonly int _online;
    private readonly ulong _offlineFromEpoch;

    /// <param name="seed">All keys come from it.</param>
    /// <param name="validators">How many.</param>
    /// <param name="offline">The last so many of them go offline.</param>
    /// <param name="offlineFromEpoch">From this epoch on.</param>
    public GasperDevnetKeys(long seed, int validators, int offline, ulong offlineFromEpoch)
    {
        _online = validators - offline;
        _offlineFromEpoch = offlineFromEpoch;
        var secrets = new SeededSecrets("tactus-gasper/", seed);
        _secrets = new byte[validators][];
        PublicKeys = new PublicKey48[validators];
        Span<byte> compressed = stackalloc byte[PublicKey48.Size];
        for (int i = 0; i < validators; i++)
        {
            _secrets[i] = SecretOf(secrets, i);
            if (!_signer.TryPublicKey(_secrets[i], compressed))
            {
                throw new ArgumentException($"seed {seed} gives validator {i} no key; take another one", nameof(seed));
            }

            PublicKeys[i] = new PublicKey48(compressed);
        }
    }

    private GasperDevnetKeys(GasperDevnetKeys other)
    {
        _secrets = other._secrets;
        _online = other._online;
        _offlineFromEpoch = other._offlineFromEpoch;
        PublicKeys = other.PublicKeys;
    }

    public PublicKey48[] PublicKeys { get; }

    /// <summary>The same keys in other hands: nothing is signed yet.</summary>
    public GasperDevnetKeys WithOwnProtection() => new(this);

    public bool CanSign(ulong producer) => producer < (ulong)_secrets.Length;

    public bool IsOnline(int validator, ulong epoch) => epoch < _offlineFromEpoch || validator < _online;

    public void SignRandao(int validator, in Hash256 root, Span<byte> signature) => Sign(validator, root, signature);

    public Verdict SignBlock(int validator, ulong slot, in Hash256 root, Span<byte> signature)
    {
        Verdict verdict = _protection.SignBlock(PublicKeys[validator], slot, root);
        if (verdict.Accepted)
        {
            Sign(validator, root, signature);
        }

        return verdict;
    }

    public Verdict SignVote(int validator, in AttestationData data, in Hash256 root, Span<byte> signature)
    {
        Verdict verdict = _protection.SignAttestation(
            PublicKeys[validator], data.Source.Epoch, data.Target.Epoch, root);
        if (verdict.Accepted)
        {
            Sign(validator, root, signature);
        }

        return verdict;
    }

    /// <summary>Never asked for: nothing here is signed with secp256k1.</summary>
    public void Sign(ulong producer, in Hash256 digest, Span<byte> signature65) =>
        throw new NotSupportedException("validators sign with BLS keys");

    /// <summary>The 255 - 1 low bits of a hash, which lie below the group order; zero has probability 2^-254.</summary>
    private static byte[] SecretOf(SeededSecrets secrets, int index)
    {
        byte[] secret = secrets.Of("validator", index);
        secret[0] &= 0x3F;
        return secret;
    }

    private void Sign(int validator, in Hash256 root, Span<byte> signature)
    {
        if (!_signer.TrySign(_secrets[validator], root.Bytes, signature))
        {
            throw new InvalidOperationException($"the key of validator {validator} does not sign");
        }
    }
}
