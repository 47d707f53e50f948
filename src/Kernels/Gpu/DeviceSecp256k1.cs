using System.Buffers.Binary;
using Tactus.Kernels.Gpu.Device;
using Tactus.Kernels.Secp256k1;

namespace Tactus.Kernels.Gpu;

/// <summary>
/// Verification and recovery on a device and nothing else: where it fails, this throws. <see cref="Secp256k1Gpu"/> is
/// the entry that lets the CPU take over.</summary>
/// <remarks>A call is cut into batches of a lane; several are in flight, and the host copies one while others
/// compute.</remarks>
internal sealed class DeviceSecp256k1(
    GpuExecutor executor, ISecp256k1Kernel cpu, string name = "gpu") : ISecp256k1Kernel
{
    private int _nonce = Environment.TickCount;

    /// <summary>Set once a batch came back: from then on patience is short.</summary>
    private volatile bool _isWarm;

    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public string? WhyUnsupported => null;

    /// <inheritdoc/>
    public int Lanes => executor.Parallelism;

    /// <inheritdoc/>
    public int BatchMinDefault => GpuLimits.BatchMinDefault;

    /// <inheritdoc/>
    public string? SelfTest() => Secp256k1SelfTest.Run(this);

    /// <inheritdoc/>
    public void Verify(
        ReadOnlySpan<byte> digests,
        ReadOnlySpan<byte> signatures,
        ReadOnlySpan<byte> keys,
        Span<SignatureVerdict> verdicts)
    {
        Secp256k1Spans.CheckVerify(digests, signatures, keys, verdicts);
        var flight = new GpuFlight(executor, _isWarm);
        for (int first = 0; first < verdicts.Length;)
        {
            GpuLaneThread? thread = flight.NextLane();
            if (thread is null)
            {
                Land(ref flight, digests, signatures, keys, [], verdicts);
                continue;
            }

            IGpuLane lane = thread.Lane;
            int count = GpuFlight.NextCount(verdicts.Length - first, lane);
            uint nonce = (uint)Interlocked.Increment(ref _nonce);
            Decoy.Mismatching.Put(lane, 0);
            digests.Slice(32 * first, 32 * count).CopyTo(lane.Digests[32..]);
            signatures.Slice(64 * first, 64 * count).CopyTo(lane.Signatures[64..]);
            keys.Slice(64 * first, 64 * count).CopyTo(lane.Keys[64..]);
            Decoy.Good.Put(lane, count + 1);
            flight.Start(thread, first, count, nonce, at => at.Verify(count + Decoy.PerBatch, nonce));
            first += count;
        }

        while (flight.Count > 0)
        {
            Land(ref flight, digests, signatures, keys, [], verdicts);
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
        var flight = new GpuFlight(executor, _isWarm);
        for (int first = 0; first < verdicts.Length;)
        {
            GpuLaneThread? thread = flight.NextLane();
            if (thread is null)
            {
                Land(ref flight, digests, signatures, [], keys, verdicts);
                continue;
            }

            IGpuLane lane = thread.Lane;
            int count = GpuFlight.NextCount(verdicts.Length - first, lane);
            uint nonce = (uint)Interlocked.Increment(ref _nonce);
            Decoy.WithoutPoint.Put(lane, 0);
            digests.Slice(32 * first, 32 * count).CopyTo(lane.Digests[32..]);
            signatures.Slice(64 * first, 64 * count).CopyTo(lane.Signatures[64..]);
            recoveryIds.Slice(first, count).CopyTo(lane.RecoveryIds[1..]);
            Decoy.Good.Put(lane, count + 1);
            flight.Start(thread, first, count, nonce, at => at.Recover(count + Decoy.PerBatch, nonce));
            first += count;
        }

        while (flight.Count > 0)
        {
            Land(ref flight, digests, signatures, [], keys, verdicts);
        }
    }

    /// <summary>On the CPU: keys are decompressed once and then known.</summary>
    public void Decompress(ReadOnlySpan<byte> compressed, Span<byte> keys, Span<SignatureVerdict> verdicts) =>
        cpu.Decompress(compressed, keys, verdicts);

    // Takes the answers of the oldest batch. Keys given are an input, keys to recover an output; one of them is empty.
    private void Land(
        ref GpuFlight flight,
        ReadOnlySpan<byte> digests,
        ReadOnlySpan<byte> signatures,
        ReadOnlySpan<byte> givenKeys,
        Span<byte> recoveredKeys,
        Span<SignatureVerdict> verdicts)
    {
        (GpuLaneThread thread, int first, int count, uint nonce) = flight.Land();
        _isWarm = true;
        IGpuLane lane = thread.Lane;
        bool recovers = givenKeys.IsEmpty;
        CheckDecoy(lane, 0, recovers ? Decoy.WithoutPoint : Decoy.Mismatching, nonce, recovers);
        CheckDecoy(lane, count + 1, Decoy.Good, nonce, recovers);
        ReadOnlySpan<byte> keys = recovers ? lane.Keys.Slice(64, 64 * count) : givenKeys.Slice(64 * first, 64 * count);
        for (int i = 0; i < count; i++)
        {
            verdicts[first + i] = AnswerOf(
                lane, i + 1, nonce, digests.Slice(32 * (first + i), 32), signatures.Slice(64 * (first + i), 64),
                keys.Slice(64 * i, 64));
        }

        if (recovers)
        {
            keys.CopyTo(recoveredKeys[(64 * first)..]);
        }

        executor.Free(thread);
    }

    private void CheckDecoy(IGpuLane lane, int slot, Decoy decoy, uint nonce, bool recovers)
    {
        ReadOnlySpan<byte> key = recovers ? lane.Keys.Slice(64 * slot, 64) : decoy.Key;
        SignatureVerdict verdict = AnswerOf(lane, slot, nonce, decoy.Digest, decoy.Signature, key);
        if (verdict != decoy.Verdict || !key.SequenceEqual(decoy.Key))
        {
            throw executor.Lose($"a known signature is {verdict}, not {decoy.Verdict}, or has another key");
        }
    }

    /// <summary>The verdict in a slot, if it is an answer to this batch and item; otherwise the device is
    /// lost.</summary>
    internal SignatureVerdict AnswerOf(
        IGpuLane lane,
        int slot,
        uint nonce,
        ReadOnlySpan<byte> digest,
        ReadOnlySpan<byte> signature,
        ReadOnlySpan<byte> key)
    {
        uint answer = lane.Answers[slot], verdict = answer & 0xFF;
        uint keyWord = LowWord(key, 0) ^ BinaryPrimitives.ReadUInt32BigEndian(key);
        uint expected = AnswerTag.Of(nonce, LowWord(digest, 0), LowWord(signature, 32), keyWord, verdict);
        return answer == expected && verdict is not 0 and <= (uint)SignatureVerdict.BadKey
            ? (SignatureVerdict)verdict
            : throw executor.Lose($"item {slot - 1} has no answer to this batch");
    }

    // Word 0 of the number whose 32 bytes begin at an offset.
    private static uint LowWord(ReadOnlySpan<byte> bytes, int at) =>
        BinaryPrimitives.ReadUInt32BigEndian(bytes[(at + 28)..]);
}
