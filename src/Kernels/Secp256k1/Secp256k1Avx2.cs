using Tactus.Kernels.Secp256k1.Lanes;

namespace Tactus.Kernels.Secp256k1;

/// <summary>Four signatures side by side on AVX2: field elements as five doubles per lane.</summary>
public sealed class Secp256k1Avx2 : ISecp256k1Kernel
{
    private readonly Secp256k1Lanes<FieldAvx2> _lanes = new();

    /// <inheritdoc/>
    public string Name => "avx2";

    /// <inheritdoc/>
    public string? WhyUnsupported => FieldAvx2.IsSupported ? null : "needs AVX2 and FMA";

    /// <inheritdoc/>
    public int Lanes => FieldAvx2.Lanes;

    /// <inheritdoc/>
    public int BatchMinDefault => 4;

    /// <inheritdoc/>
    public string? SelfTest() => Secp256k1SelfTest.Run(this);

    /// <inheritdoc/>
    public void Recover(
        ReadOnlySpan<byte> digests,
        ReadOnlySpan<byte> signatures,
        ReadOnlySpan<byte> recoveryIds,
        Span<byte> keys,
        Span<SignatureVerdict> verdicts) => _lanes.Recover(digests, signatures, recoveryIds, keys, verdicts);

    /// <inheritdoc/>
    public void Verify(
        ReadOnlySpan<byte> digests,
        ReadOnlySpan<byte> signatures,
        ReadOnlySpan<byte> keys,
        Span<SignatureVerdict> verdicts) => _lanes.Verify(digests, signatures, keys, verdicts);

    /// <inheritdoc/>
    public void Decompress(ReadOnlySpan<byte> compressed, Span<byte> keys, Span<SignatureVerdict> verdicts) =>
        _lanes.Decompress(compressed, keys, verdicts);
}
