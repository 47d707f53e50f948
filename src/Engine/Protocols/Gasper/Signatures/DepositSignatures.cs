using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Gasper.State;
using Tactus.Kernels.Bls12381;

namespace Tactus.Engine.Protocols.Gasper.Signatures;

/// <summary>For blocks that are known to be good: takes their signatures for good, and checks deposits all the same,
/// because a wrong proof of possession is no fault of a block and decides whether there is a new validator.</summary>
public sealed class DepositSignatures(IBlsKernel bls) : ISignatureChecks
{
    public void Require(
        BeaconState state, int signer, in Hash256 signingRoot, ReadOnlySpan<byte> signature, string what)
    {
    }

    public void RequireAggregate(
        BeaconState state, ReadOnlySpan<int> signers, in Hash256 signingRoot, ReadOnlySpan<byte> signature, string what)
    {
    }

    public bool IsValidDeposit(ReadOnlySpan<byte> publicKey, in Hash256 signingRoot, ReadOnlySpan<byte> signature) =>
        bls.DecompressKey(publicKey, out BlsPublicKey key) == BlsVerdict.Valid
        && bls.Verify(key, signingRoot.Bytes, signature) == BlsVerdict.Valid;

    public Verdict Complete() => Verdict.Ok;
}
