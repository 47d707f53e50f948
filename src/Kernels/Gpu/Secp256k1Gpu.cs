using System.Security.Cryptography;
using Tactus.Kernels.Secp256k1;

namespace Tactus.Kernels.Gpu;

/// <summary>The registry's entry for a device: its answers where they can be believed, the CPU's in every other
/// case.</summary>
/// <remarks>
/// What makes them believable (docs/decisions/0040-gpu.md): a self-test at start; a tag in every answer; known
/// signatures in every batch; a sample of each call checked again by the CPU at places nobody can foresee; refusals
/// confirmed by the CPU before they count.</remarks>
public sealed class Secp256k1Gpu : ISecp256k1Kernel
{
    private readonly Lazy<GpuSource> _source;
    private readonly Lazy<ISecp256k1Kernel> _cpu;
    private readonly Lazy<DeviceSecp256k1?> _device;
    private readonly Lazy<DeviceBatchVerifier?> _batch;
    private readonly Lazy<BatchVerifier> _cpuBatch;

    /// <param name="source">Where the device comes from.</param>
    /// <param name="cpuEntries">Best first: the first that this machine can run and that passes its self-test takes
    /// over.</param>
    public Secp256k1Gpu(Lazy<GpuSource> source, IReadOnlyList<ISecp256k1Kernel> cpuEntries)
    {
        _source = source;
        _cpu = new(() => cpuEntries.First(entry => entry.WhyUnsupported is null && entry.SelfTest() is null));
        _device = new(() => source.Value.Executor is { } executor ? new DeviceSecp256k1(executor, _cpu.Value) : null);
        _batch = new(OpenBatch);
        _cpuBatch = new(() => new BatchVerifier(CpuEntry));
    }

    /// <inheritdoc/>
    public string Name => "gpu";

    /// <inheritdoc/>
    public string CpuEntry => _cpu.Value.Name;

    /// <summary>Until it is lost.</summary>
    public bool IsDevice => _source.Value.Executor is { Lost: null };

    /// <inheritdoc/>
    public string? WhyUnsupported => _source.Value.WhyNone;

    /// <inheritdoc/>
    public int Lanes => Device?.Lanes ?? 1;

    /// <inheritdoc/>
    public int BatchMinDefault => GpuLimits.BatchMinDefault;

    /// <summary>The device without the CPU behind it, or null; for tests and measurements.</summary>
    internal DeviceSecp256k1? Device => _device.Value;

    /// <summary>Its equations without the CPU behind them, or null; tested when first asked for.</summary>
    internal DeviceBatchVerifier? Batch => _batch.Value;

    /// <summary>Asks the device alone: what the CPU would put right must not pass here.</summary>
    public string? SelfTest() => Device?.SelfTest();

    /// <inheritdoc/>
    public void Verify(
        ReadOnlySpan<byte> digests,
        ReadOnlySpan<byte> signatures,
        ReadOnlySpan<byte> keys,
        Span<SignatureVerdict> verdicts)
    {
        Secp256k1Spans.CheckVerify(digests, signatures, keys, verdicts);
        if (!Try(digests, signatures, [], keys, [], verdicts))
        {
            _cpu.Value.Verify(digests, signatures, keys, verdicts);
        }
    }

    /// <inheritdoc/>
    public void Recover(
        ReadOnlySpan<byte> digests,
        ReadOnlySpan<byte> signatures,
        ReadOnlySpan<byte> recoveryIds,
        Span<byte> keys,
        Span<SignatureVerdict> verdicts)
    {
        Secp256k1Spans.CheckRecover(digests, signatures, recoveryIds, keys, verdicts);
        if (!Try(digests, signatures, recoveryIds, [], keys, verdicts))
        {
            _cpu.Value.Recover(digests, signatures, recoveryIds, keys, verdicts);
        }
    }

    /// <summary>As <see cref="BatchVerifier.Verify"/>, with equations on the device.</summary>
    public void VerifyBatch(
        ReadOnlySpan<byte> digests,
        ReadOnlySpan<byte> signatures,
        ReadOnlySpan<byte> recoveryIds,
        ReadOnlySpan<byte> keys,
        Span<SignatureVerdict> verdicts)
    {
        Secp256k1Spans.CheckRecover(digests, signatures, recoveryIds, keys, verdicts);
        if (!Try(digests, signatures, recoveryIds, keys, [], verdicts))
        {
            _cpuBatch.Value.Verify(digests, signatures, recoveryIds, keys, verdicts);
        }
    }

    /// <inheritdoc/>
    public void Decompress(ReadOnlySpan<byte> compressed, Span<byte> keys, Span<SignatureVerdict> verdicts) =>
        _cpu.Value.Decompress(compressed, keys, verdicts);

    private DeviceBatchVerifier? OpenBatch()
    {
        if (Device is not { } device)
        {
            return null;
        }

        var batch = new DeviceBatchVerifier(_source.Value.Executor!, device);
        return batch.SelfTest() is { } wrong
            ? throw _source.Value.Executor!.Lose("batch verification: " + wrong)
            : batch;
    }

    // Verify with given keys, with ids as well by equations, or recover into keys. False: the CPU has to do it.
    private bool Try(
        ReadOnlySpan<byte> digests,
        ReadOnlySpan<byte> signatures,
        ReadOnlySpan<byte> recoveryIds,
        ReadOnlySpan<byte> givenKeys,
        Span<byte> keys,
        Span<SignatureVerdict> verdicts)
    {
        if (Device is not { } device || _source.Value.Executor!.Lost is not null)
        {
            return false;
        }

        try
        {
            if (keys.IsEmpty && !recoveryIds.IsEmpty)
            {
                Batch!.Verify(digests, signatures, recoveryIds, givenKeys, verdicts);
            }
            else if (keys.IsEmpty)
            {
                device.Verify(digests, signatures, givenKeys, verdicts);
            }
            else
            {
                device.Recover(digests, signatures, recoveryIds, keys, verdicts);
            }
        }
        catch (GpuException)
        {
            return false;
        }

        if (FindWrong(digests, signatures, recoveryIds, givenKeys, keys, verdicts) is { } item)
        {
            _source.Value.Executor!.Lose($"item {item} of {verdicts.Length} is {verdicts[item]}, which the CPU denies");
            return false;
        }

        return true;
    }

    /// <summary>The first item among the refused and the sampled ones that the CPU sees differently, or null.</summary>
    private int? FindWrong(
        ReadOnlySpan<byte> digests,
        ReadOnlySpan<byte> signatures,
        ReadOnlySpan<byte> recoveryIds,
        ReadOnlySpan<byte> givenKeys,
        ReadOnlySpan<byte> keys,
        ReadOnlySpan<SignatureVerdict> verdicts)
    {
        int confirmed = 0;
        for (int at = 0; at < verdicts.Length && confirmed < GpuLimits.ConfirmMax; at++)
        {
            int next = verdicts[at..].IndexOfAnyExcept(SignatureVerdict.Valid);
            if (next < 0)
            {
                break;
            }

            at += next;
            confirmed++;
            if (Differs(at, digests, signatures, recoveryIds, givenKeys, keys, verdicts))
            {
                return at;
            }
        }

        int samples = Math.Min(GpuLimits.SampleMax, GpuLimits.SampleMin + (verdicts.Length / GpuLimits.SampleEvery));
        for (int k = 0; k < samples && !verdicts.IsEmpty; k++)
        {
            int at = RandomNumberGenerator.GetInt32(verdicts.Length);
            if (Differs(at, digests, signatures, recoveryIds, givenKeys, keys, verdicts))
            {
                return at;
            }
        }

        return null;
    }

    private bool Differs(
        int item,
        ReadOnlySpan<byte> digests,
        ReadOnlySpan<byte> signatures,
        ReadOnlySpan<byte> recoveryIds,
        ReadOnlySpan<byte> givenKeys,
        ReadOnlySpan<byte> keys,
        ReadOnlySpan<SignatureVerdict> verdicts)
    {
        Span<SignatureVerdict> verdict = [SignatureVerdict.Unknown];
        ReadOnlySpan<byte> digest = digests.Slice(32 * item, 32), signature = signatures.Slice(64 * item, 64);
        if (recoveryIds.IsEmpty)
        {
            _cpu.Value.Verify(digest, signature, givenKeys.Slice(64 * item, 64), verdict);
            return verdict[0] != verdicts[item];
        }

        Span<byte> key = stackalloc byte[64];
        _cpu.Value.Recover(digest, signature, recoveryIds.Slice(item, 1), key, verdict);
        if (keys.IsEmpty)
        {
            bool isOther = verdict[0] == SignatureVerdict.Valid && !key.SequenceEqual(givenKeys.Slice(64 * item, 64));
            return verdicts[item] != (isOther ? SignatureVerdict.Mismatch : verdict[0]);
        }

        return verdict[0] != verdicts[item] || !key.SequenceEqual(keys.Slice(64 * item, 64));
    }
}
