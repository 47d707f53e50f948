using System.Runtime.InteropServices;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Keys;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.Kernels;
using Tactus.Kernels.Secp256k1;

namespace Tactus.Engine.Protocols.Antelope.Consensus;

/// <summary>Recovers the key of a signature that is not plain secp256k1 (P-256, WebAuthn).</summary>
/// <returns>Null with the reason where the signature gives no key.</returns>
public delegate PublicKey? SlowKeyRecovery(KeySignature signature, in Hash256 digest, out string? reason);

/// <summary>Checks the signatures of many blocks with one call of the kernel: replay gathers states as
/// <see cref="HeaderState.Next(BlockHeader, KeySignature, IReadOnlyList{KeySignature}, out HeaderState?)"/> gives them;
/// the header gate of a live node uses it with one. Reused; not for concurrent use.</summary>
public sealed class BlockSignatureBatch
{
    private readonly KernelSet _kernels;
    private readonly SlowKeyRecovery? _slow;
    private readonly List<HeaderState> _states = [];
    private byte[] _stateDigests = [];
    private byte[] _digests = [];
    private byte[] _signatures = [];
    private byte[] _recoveryIds = [];
    private byte[] _keys = [];
    private SignatureVerdict[] _verdicts = [];

    /// <param name="kernels">Kernels chosen at start.</param>
    /// <param name="slow">Recovery for other curves; without it such blocks are rejected.</param>
    public BlockSignatureBatch(KernelSet kernels, SlowKeyRecovery? slow = null)
    {
        _kernels = kernels;
        _slow = slow;
    }

    /// <summary>States gathered.</summary>
    public int Count => _states.Count;

    public void Add(HeaderState state) => _states.Add(state);

    /// <summary>Checks every state gathered, in order, and forgets them.</summary>
    /// <param name="rejected">Index of the first state whose signatures are wrong, or -1.</param>
    /// <returns>The verdict of that state, or accepted.</returns>
    public Verdict Check(out int rejected)
    {
        int lanes = Gather();
        if (lanes > 0)
        {
            _kernels.Secp256k1.For(lanes).Recover(
                _digests.AsSpan(0, lanes * 32),
                _signatures.AsSpan(0, lanes * 64),
                _recoveryIds.AsSpan(0, lanes),
                _keys.AsSpan(0, lanes * 64),
                _verdicts.AsSpan(0, lanes));
        }

        int lane = 0;
        rejected = -1;
        Verdict verdict = Verdict.Ok;
        for (int i = 0; i < _states.Count && verdict.Accepted; i++)
        {
            verdict = CheckOne(i, ref lane);
            rejected = verdict.Accepted ? -1 : i;
        }

        _states.Clear();
        return verdict;
    }

    /// <summary>Lays out the secp256k1 signatures; states with too many signatures get no lane and are rejected
    /// later.</summary>
    private int Gather()
    {
        if (_stateDigests.Length < _states.Count * Hash256.Size)
        {
            _stateDigests = new byte[Math.Max(16, _states.Count * 2) * Hash256.Size];
        }

        SigningDigests.Compute(_kernels.Sha256, CollectionsMarshal.AsSpan(_states), _stateDigests);
        int lanes = 0;
        for (int index = 0; index < _states.Count; index++)
        {
            HeaderState state = _states[index];
            if (!BlockSignatures.CheckCount(state).Accepted)
            {
                continue;
            }

            for (int i = 0; i <= state.AdditionalSignatures.Count; i++)
            {
                KeySignature signature = SignatureAt(state, i);
                if (signature.Type != KeyType.K1)
                {
                    continue;
                }

                Grow(lanes + 1);
                DigestOf(index).CopyTo(_digests.AsSpan(lanes * 32));
                signature.Compact[1..].CopyTo(_signatures.AsSpan(lanes * 64));
                CanonicalSignature.TryRecoveryId(signature.Compact[0], out _recoveryIds[lanes++]);
            }
        }

        return lanes;
    }

    private ReadOnlySpan<byte> DigestOf(int state) => _stateDigests.AsSpan(state * Hash256.Size, Hash256.Size);

    private Verdict CheckOne(int index, ref int lane)
    {
        HeaderState state = _states[index];
        Verdict verdict = BlockSignatures.CheckCount(state);
        if (!verdict.Accepted)
        {
            return verdict;
        }

        var keys = new PublicKey[1 + state.AdditionalSignatures.Count];
        for (int i = 0; i < keys.Length; i++)
        {
            KeySignature signature = SignatureAt(state, i);
            string? reason;
            PublicKey? key;
            if (signature.Type == KeyType.K1)
            {
                key = KeyOf(signature, lane++, out reason);
            }
            else if (_slow is null)
            {
                key = null;
                reason = $"{signature.Type} signatures are not supported here";
            }
            else
            {
                key = _slow(signature, new Hash256(DigestOf(index)), out reason);
            }

            if (key is null)
            {
                return Verdict.Reject(
                    RejectReason.BadBlockSignature, $"block {state.Number}, signature {i} of {keys.Length}: {reason}",
                    i);
            }

            keys[i] = key;
        }

        return BlockSignatures.Check(state, keys);
    }

    private PublicKey? KeyOf(KeySignature signature, int lane, out string? reason)
    {
        ReadOnlySpan<byte> compact = signature.Compact;
        if (!CanonicalSignature.TryRecoveryId(compact[0], out _))
        {
            reason = $"header byte {compact[0]} is not 27..34";
            return null;
        }

        if (!CanonicalSignature.IsCanonical(compact[1..]))
        {
            reason = "r or s is not in canonical form";
            return null;
        }

        if (_verdicts[lane] != SignatureVerdict.Valid)
        {
            reason = $"no key: {_verdicts[lane]}";
            return null;
        }

        reason = null;
        Span<byte> compressed = stackalloc byte[PublicKey.CompressedSize];
        ReadOnlySpan<byte> point = _keys.AsSpan(lane * 64, 64);
        compressed[0] = (byte)(2 + (point[63] & 1));
        point[..32].CopyTo(compressed[1..]);
        return new PublicKey(KeyType.K1, compressed);
    }

    private static KeySignature SignatureAt(HeaderState state, int index) =>
        index == 0 ? state.Signature : state.AdditionalSignatures[index - 1];

    private void Grow(int lanes)
    {
        if (_recoveryIds.Length >= lanes)
        {
            return;
        }

        int capacity = Math.Max(16, lanes * 2);
        Array.Resize(ref _digests, capacity * 32);
        Array.Resize(ref _signatures, capacity * 64);
        Array.Resize(ref _recoveryIds, capacity);
        Array.Resize(ref _keys, capacity * 64);
        Array.Resize(ref _verdicts, capacity);
    }
}
