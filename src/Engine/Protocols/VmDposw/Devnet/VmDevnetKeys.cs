using Tactus.Engine.Devnet;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.VmDposw.Machines;
using Tactus.Engine.Protocols.VmDposw.Work;
using Tactus.Kernels;
using Tactus.Kernels.Secp256k1;

namespace Tactus.Engine.Protocols.VmDposw.Devnet;

/// <summary>Keys of a devnet: of VMs and accounts, and the hash chains of VMs. <see cref="SeededSecrets"/> makes
/// them.</summary>
public sealed class VmDevnetKeys : IMachineKeys
{
    private readonly SeededSecrets _seeded;
    private readonly byte[][] _secrets;
    private readonly KeyChain[] _chains;

    /// <param name="seed">All keys come from it.</param>
    /// <param name="machines">VMs 1 to this number.</param>
    /// <param name="chainLength">Keys of each VM's chain.</param>
    /// <param name="kernels">Hash all chains at once; null: one by one, which gives the same.</param>
    public VmDevnetKeys(long seed, int machines, int chainLength = KeyChain.LengthDefault, KernelSet? kernels = null)
    {
        _seeded = new SeededSecrets("tactus-vmdposw/", seed);
        _secrets = new byte[machines][];
        var starts = new Hash256[machines];
        for (int i = 0; i < machines; i++)
        {
            _secrets[i] = _seeded.Of("machine", i + 1);
            starts[i] = new Hash256(_seeded.Of("chain", i + 1));
        }

        _chains = kernels is null ? [.. starts.Select(start => new KeyChain(start, chainLength))]
            : KeyChain.Many(kernels.Sha256, starts, chainLength);
    }

    public int Machines => _secrets.Length;

    public bool CanSign(ulong producer) => producer >= 1 && producer <= (ulong)_secrets.Length;

    public void Sign(ulong producer, in Hash256 digest, Span<byte> signature65) =>
        signature65[0] = Secp256k1Signer.Sign(
            digest.Bytes, _secrets[(int)producer - 1], SignatureForm.LowS, signature65[1..]);

    public bool TryReveal(uint machine, uint index, out Hash256 key)
    {
        bool has = CanSign(machine) && index >= 1 && index <= (uint)ChainOf(machine).Length;
        key = has ? ChainOf(machine).Key((int)index) : default;
        return has;
    }

    public KeyChain ChainOf(uint machine) => _chains[(int)machine - 1];

    public SignKey MachineKey(uint machine) => PublicKeyOf(_secrets[(int)machine - 1]);

    public SignKey AccountKey(int account) => PublicKeyOf(AccountSecret(account));

    public byte[] AccountSecret(int account) => _seeded.Of("account", account);

    public static SignKey PublicKeyOf(ReadOnlySpan<byte> secret)
    {
        Span<byte> point = stackalloc byte[64];
        if (!Secp256k1Signer.TryGetPublicKey(secret, point))
        {
            throw new ArgumentException("the secret is out of range", nameof(secret));
        }

        return SignKey.OfPoint(point);
    }
}
