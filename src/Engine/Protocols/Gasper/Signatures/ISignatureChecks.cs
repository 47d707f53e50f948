using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Gasper.State;

namespace Tactus.Engine.Protocols.Gasper.Signatures;

/// <summary>
/// Where the rules send signatures. An implementation may check at once or collect: nothing is accepted before
/// <see cref="Complete"/>, so the signatures of a block can be checked in one batch. One object serves one block.
/// </summary>
public interface ISignatureChecks
{
    /// <summary>A signature by one validator.</summary>
    /// <param name="state">Holds the keys.</param>
    /// <param name="signer">Registry index.</param>
    /// <param name="signingRoot">What is signed.</param>
    /// <param name="signature">96 bytes.</param>
    /// <param name="what">Names the signature where it turns out wrong.</param>
    void Require(BeaconState state, int signer, in Hash256 signingRoot, ReadOnlySpan<byte> signature, string what);

    /// <summary>An aggregated signature by several validators of one root.</summary>
    void RequireAggregate(
        BeaconState state, ReadOnlySpan<int> signers, in Hash256 signingRoot, ReadOnlySpan<byte> signature,
        string what);

    /// <summary>Whether a deposit's proof of possession holds: asked at once, because a wrong one is no fault of the
    /// block.</summary>
    bool IsValidDeposit(ReadOnlySpan<byte> publicKey, in Hash256 signingRoot, ReadOnlySpan<byte> signature);

    /// <summary>Verdict on everything that was required.</summary>
    Verdict Complete();
}

/// <summary>Takes every signature for good: blocks whose signatures were checked before, and vectors with bls_setting
/// 2.</summary>
public sealed class SignaturesTrusted : ISignatureChecks
{
    public static readonly SignaturesTrusted Instance = new();

    private SignaturesTrusted()
    {
    }

    public void Require(
        BeaconState state, int signer, in Hash256 signingRoot, ReadOnlySpan<byte> signature, string what)
    {
    }

    public void RequireAggregate(
        BeaconState state, ReadOnlySpan<int> signers, in Hash256 signingRoot, ReadOnlySpan<byte> signature, string what)
    {
    }

    public bool IsValidDeposit(ReadOnlySpan<byte> publicKey, in Hash256 signingRoot, ReadOnlySpan<byte> signature) =>
        true;

    public Verdict Complete() => Verdict.Ok;
}
