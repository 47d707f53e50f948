using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Gasper.State;
using Tactus.Kernels.Bls12381;

namespace Tactus.Engine.Protocols.Gasper.Signatures;

/// <summary>Collects the signatures of a block and checks them in one batch; if the batch fails, singly, to name the
/// wrong one.</summary>
/// <remarks>
/// Weights come from a hash over the whole batch and a salt: with a salt that nobody outside knows (the host draws it
/// once), a forger cannot search for a batch whose errors cancel. 64-bit weights leave one chance in 2^64.</remarks>
public sealed class BlsSignatureBatch(IBlsKernel bls, PublicKeyCache keys, GasperContext context, Hash256 salt)
    : ISignatureChecks
{
    private const int SignatureBytes = IBlsKernel.SignatureBytes;

    private readonly List<BlsPublicKey> _keys = [];
    private readonly List<Hash256> _roots = [];
    private readonly List<byte> _signatures = [];
    private readonly List<string> _names = [];
    private string? _badKey;

    /// <summary>Signatures collected so far.</summary>
    public int Count => _keys.Count;

    public void Require(
        BeaconState state, int signer, in Hash256 signingRoot, ReadOnlySpan<byte> signature, string what)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (keys.TryGet(state.Validators, signer, out BlsPublicKey key))
        {
            Collect(key, signingRoot, signature, what);
        }
        else
        {
            _badKey ??= $"{what}: the key of validator {signer} is no valid public key";
        }
    }

    public void RequireAggregate(
        BeaconState state, ReadOnlySpan<int> signers, in Hash256 signingRoot, ReadOnlySpan<byte> signature, string what)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (keys.TrySum(state.Validators, signers, out BlsPublicKey sum))
        {
            Collect(sum, signingRoot, signature, what);
        }
        else
        {
            _badKey ??= $"{what}: a signer has no valid public key";
        }
    }

    public bool IsValidDeposit(ReadOnlySpan<byte> publicKey, in Hash256 signingRoot, ReadOnlySpan<byte> signature) =>
        bls.DecompressKey(publicKey, out BlsPublicKey key) == BlsVerdict.Valid
        && bls.Verify(key, signingRoot.Bytes, signature) == BlsVerdict.Valid;

    public Verdict Complete()
    {
        if (_badKey is not null)
        {
            return Verdict.Reject(RejectReason.BadSignature, _badKey);
        }

        if (_keys.Count > 1 && VerifyTogether() == BlsVerdict.Valid)
        {
            return Verdict.Ok;
        }

        ReadOnlySpan<byte> signatures = CollectionsMarshal.AsSpan(_signatures);
        for (int i = 0; i < _keys.Count; i++)
        {
            BlsVerdict verdict = bls.Verify(
                _keys[i], _roots[i].Bytes, signatures.Slice(i * SignatureBytes, SignatureBytes));
            if (verdict != BlsVerdict.Valid)
            {
                return Verdict.Reject(RejectReason.BadSignature, $"{_names[i]}: {verdict}", i);
            }
        }

        return Verdict.Ok;
    }

    private void Collect(in BlsPublicKey key, in Hash256 signingRoot, ReadOnlySpan<byte> signature, string what)
    {
        _keys.Add(key);
        _roots.Add(signingRoot);
        _signatures.AddRange(signature[..SignatureBytes]);
        _names.Add(what);
    }

    private BlsVerdict VerifyTogether()
    {
        ReadOnlySpan<BlsPublicKey> sums = CollectionsMarshal.AsSpan(_keys);
        ReadOnlySpan<byte> messages = MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_roots));
        ReadOnlySpan<byte> signatures = CollectionsMarshal.AsSpan(_signatures);

        byte[] transcript =
            new byte[Hash256.Size + MemoryMarshal.AsBytes(sums).Length + messages.Length + signatures.Length];
        salt.CopyTo(transcript);
        MemoryMarshal.AsBytes(sums).CopyTo(transcript.AsSpan(Hash256.Size));
        messages.CopyTo(transcript.AsSpan(transcript.Length - signatures.Length - messages.Length));
        signatures.CopyTo(transcript.AsSpan(transcript.Length - signatures.Length));
        Hash256 digest = context.Hasher.Hash(transcript);
        ulong[] weights = new ulong[sums.Length];
        Span<byte> message = stackalloc byte[Hash256.Size + sizeof(int)];
        digest.CopyTo(message);
        for (int i = 0; i < weights.Length; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(message[Hash256.Size..], i);
            weights[i] = Math.Max(1, context.Hasher.Hash(message).Prefix64);
        }

        return bls.VerifyBatch(sums, messages, Hash256.Size, signatures, weights);
    }
}
