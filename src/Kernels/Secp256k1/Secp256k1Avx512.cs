using Tactus.Kernels.Secp256k1.Lanes;

namespace Tactus.Kernels.Secp256k1;

/// <summary>Eight signatures side by side on AVX-512: field elements as five doubles per lane.</summary>
public sealed class Secp256k1Avx512 : ISecp256k1Kernel
{
    private readonly Secp256k1Lanes<FieldAvx512> _lanes = new();

    /// <inheritdoc/>
    public string Name => "avx512";

    /// <inheritdoc/>
    public string? WhyUnsupported => FieldAvx512.IsSupported ? null : "needs AVX-512F and AVX-512DQ";

    /// <inheritdoc/>
    public int Lanes => FieldAvx512.Lanes;

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
