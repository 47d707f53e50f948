using System.Security.Cryptography;
using Tactus.Kernels.Secp256k1.Lanes;

namespace Tactus.Kernels.Secp256k1;

/// <summary>
/// Verifies many recoverable signatures whose keys are known with one random equation; a batch that fails is searched,
/// so every
/// item gets its own verdict. Safe for concurrent use.
/// </summary>
/// <remarks>
/// An item is Valid exactly if recovery with its recovery id gives its key: a bad one is accepted with probability at
/// most
/// 2^-128 over the random numbers, which the maker of a signature must not be able to predict; a good one always is.
/// Other
/// verdicts are those of <see cref="ISecp256k1Kernel.Recover"/>, and Mismatch where it gives another key.
/// </remarks>
public sealed class BatchVerifier
{
    private readonly ISecp256k1Kernel _exact;
    private readonly BatchVerification<FieldAvx512>? _avx512;
    private readonly BatchVerification<FieldAvx2>? _avx2;

    /// <summary>The widest batch verifier that this machine can run.</summary>
    /// <param name="fillRandom">Source of unpredictable bytes; by default the operating system's.</param>
    public BatchVerifier(Action<Span<byte>>? fillRandom = null)
        : this(FieldAvx512.IsSupported ? "avx512" : FieldAvx2.IsSupported ? "avx2" : "scalar", fillRandom)
    {
    }

    /// <param name="entry">"avx512", "avx2" or "scalar"; the last recovers each item exactly.</param>
    /// <param name="fillRandom">Source of unpredictable bytes; by default the operating system's.</param>
    /// <exception cref="ArgumentException">No such entry, or this machine cannot run it.</exception>
    public BatchVerifier(string entry, Action<Span<byte>>? fillRandom = null)
    {
        fillRandom ??= RandomNumberGenerator.Fill;
        _exact = new Secp256k1Scalar();
        Name = entry;
        switch (entry)
        {
            case "avx512" when FieldAvx512.IsSupported:
                _avx512 = new BatchVerification<FieldAvx512>(new Secp256k1Lanes<FieldAvx512>(), fillRandom);
                break;
            case "avx2" when FieldAvx2.IsSupported:
                _avx2 = new BatchVerification<FieldAvx2>(new Secp256k1Lanes<FieldAvx2>(), fillRandom);
                break;
            case "scalar":
                break;
            default:
                throw new ArgumentException(
                    $"No batch verifier \"{entry}\" on this machine; use avx512, avx2 or scalar.", nameof(entry));
        }
    }

    /// <summary>Name of the entry in use.</summary>
    public string Name { get; }

    /// <summary>Verifies item i's signature against its key and its recovery id.</summary>
    /// <param name="digests">32 bytes an item.</param>
    /// <param name="signatures">64 bytes an item: r then s.</param>
    /// <param name="recoveryIds">0..3, one an item.</param>
    /// <param name="keys">64 bytes an item: x then y.</param>
    /// <param name="verdicts">Receives the verdicts; its length is the number of items.</param>
    /// <exception cref="ArgumentException">A span's size does not fit the number of verdicts.</exception>
    public void Verify(
        ReadOnlySpan<byte> digests,
        ReadOnlySpan<byte> signatures,
        ReadOnlySpan<byte> recoveryIds,
        ReadOnlySpan<byte> keys,
        Span<SignatureVerdict> verdicts)
    {
        Secp256k1Spans.CheckRecover(digests, signatures, recoveryIds, keys, verdicts);
        if (_avx512 is not null)
        {
            _avx512.Verify(digests, signatures, recoveryIds, keys, verdicts);
        }
        else if (_avx2 is not null)
        {
            _avx2.Verify(digests, signatures, recoveryIds, keys, verdicts);
        }
        else
        {
            Span<byte> recovered = stackalloc byte[64];
            for (int i = 0; i < verdicts.Length; i++)
            {
                Span<SignatureVerdict> verdict = verdicts.Slice(i, 1);
                _exact.Recover(digests.Slice(32 * i, 32), signatures.Slice(64 * i, 64), recoveryIds.Slice(i, 1),
                    recovered, verdict);
                if (verdict[0] == SignatureVerdict.Valid && !recovered.SequenceEqual(keys.Slice(64 * i, 64)))
                {
                    verdict[0] = SignatureVerdict.Mismatch;
                }
            }
        }
    }
}
