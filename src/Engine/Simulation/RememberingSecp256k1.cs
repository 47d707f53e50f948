using Tactus.Kernels;
using Tactus.Kernels.Secp256k1;

namespace Tactus.Engine.Simulation;

/// <summary>A kernel that remembers what it recovered: in a simulation every node checks the same signatures, and
/// recovery is a pure function of its input. Each is computed once per run instead of once per node; the verdicts are
/// the same. Only simulations use it.</summary>
internal sealed class RememberingSecp256k1(KernelLadder<ISecp256k1Kernel> inner) : ISecp256k1Kernel
{
    /// <summary>Answers kept: the signatures of the last few thousand blocks. A later one takes the place of an earlier
    /// one.</summary>
    private const int Slots = 1 << 14;

    private const int InputBytes = 32 + 64 + 1;

    private readonly byte[] _inputs = new byte[Slots * InputBytes];
    private readonly byte[] _keys = new byte[Slots * 64];
    private readonly SignatureVerdict[] _verdicts = new SignatureVerdict[Slots];

    public string Name => "remembering";

    public string? WhyUnsupported => null;

    public int Lanes => 1;

    public int BatchMinDefault => 1;

    /// <summary>Signatures that were computed, and that were answered from memory.</summary>
    public long Computed { get; private set; }

    public long Remembered { get; private set; }

    /// <summary>The kernels with this one in front of their secp256k1 entries.</summary>
    public static KernelSet In(KernelSet kernels) => new KernelRegistry(
        kernels.Sha256.Entries, [new RememberingSecp256k1(kernels.Secp256k1)], [new RememberingBls(kernels.Bls12381)]).Choose();

    // The entries behind it were tested when they were chosen.
    public string? SelfTest() => null;

    public void Recover(
        ReadOnlySpan<byte> digests,
        ReadOnlySpan<byte> signatures,
        ReadOnlySpan<byte> recoveryIds,
        Span<byte> keys,
        Span<SignatureVerdict> verdicts)
    {
        Span<byte> input = stackalloc byte[InputBytes];
        for (int i = 0; i < recoveryIds.Length; i++)
        {
            digests.Slice(i * 32, 32).CopyTo(input);
            signatures.Slice(i * 64, 64).CopyTo(input[32..]);
            input[96] = recoveryIds[i];
            int slot = (int)((BitConverter.ToUInt64(input) ^ BitConverter.ToUInt64(input[32..])) % Slots);
            Span<byte> known = _inputs.AsSpan(slot * InputBytes, InputBytes);
            Span<byte> key = _keys.AsSpan(slot * 64, 64);
            if (_verdicts[slot] == SignatureVerdict.Unknown || !known.SequenceEqual(input))
            {
                input.CopyTo(known);
                inner.For(1).Recover(
                    digests.Slice(i * 32, 32), signatures.Slice(i * 64, 64), recoveryIds.Slice(i, 1), key,
                    _verdicts.AsSpan(slot, 1));
                Computed++;
            }
            else
            {
                Remembered++;
            }

            key.CopyTo(keys.Slice(i * 64, 64));
            verdicts[i] = _verdicts[slot];
        }
    }

    public void Verify(
        ReadOnlySpan<byte> digests, ReadOnlySpan<byte> signatures, ReadOnlySpan<byte> keys,
        Span<SignatureVerdict> verdicts) =>
        inner.For(verdicts.Length).Verify(digests, signatures, keys, verdicts);

    public void Decompress(ReadOnlySpan<byte> compressed, Span<byte> keys, Span<SignatureVerdict> verdicts) =>
        inner.For(verdicts.Length).Decompress(compressed, keys, verdicts);
}
