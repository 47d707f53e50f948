using System.Buffers;
using System.Security.Cryptography;
using Tactus.Kernels.Sha256;

namespace Tactus.Kernels.Gpu;

/// <summary>SHA-256 and subtrees on a device; the CPU takes over where it fails, and checks a sample of what it
/// says.</summary>
/// <remarks>
/// Leaves that lie in the host's memory cross the bus at less than 2 G/s (specification, section 4), which wide CPU
/// code comes near, so the entry is used only where a profile names a smallest batch for it.</remarks>
public sealed class Sha256Gpu : ISha256SubtreeKernel
{
    /// <summary>No batch of the host's memory is worth it unless a measurement says so.</summary>
    public const int BatchNever = int.MaxValue;

    private readonly Lazy<GpuSource> _source;
    private readonly Lazy<ISha256Kernel> _cpu;
    private readonly Lazy<DeviceSha256?> _device;

    /// <param name="source">Where the device comes from.</param>
    /// <param name="cpuEntries">Best first: the first that this machine can run and that passes its self-test takes
    /// over.</param>
    public Sha256Gpu(Lazy<GpuSource> source, IReadOnlyList<ISha256Kernel> cpuEntries)
    {
        _source = source;
        _cpu = new(() => cpuEntries.First(entry => entry.WhyUnsupported is null && entry.SelfTest() is null));
        _device = new(() => source.Value.Executor is { } executor ? new DeviceSha256(executor) : null);
    }

    /// <inheritdoc/>
    public string Name => "gpu";

    /// <inheritdoc/>
    public string? WhyUnsupported => _source.Value.WhyNone;

    /// <inheritdoc/>
    public int Lanes => _device.Value?.Lanes ?? 1;

    /// <inheritdoc/>
    public int BatchMinDefault => BatchNever;

    /// <inheritdoc/>
    int ISha256SubtreeKernel.SubtreeLanes => Lanes;

    /// <inheritdoc/>
    int ISha256SubtreeKernel.SubtreeLevelsMax => DeviceSha256.LevelsMax;

    /// <summary>The device without the CPU behind it, or null; for tests and measurements.</summary>
    internal DeviceSha256? Device => _device.Value;

    /// <inheritdoc/>
    public string? SelfTest() => Device?.SelfTest();

    /// <inheritdoc/>
    public void HashEqual(ReadOnlySpan<byte> messages, int messageBytes, Span<byte> digests)
    {
        int count = Sha256Batch.CheckEqual(messages, messageBytes, digests);
        if (count == 0 || !IsUsable || !TryHashEqual(messages, messageBytes, digests))
        {
            _cpu.Value.HashEqual(messages, messageBytes, digests);
        }
    }

    /// <inheritdoc/>
    public void HashMixed(ReadOnlySpan<byte> data, ReadOnlySpan<MessageRange> ranges, Span<byte> digests)
    {
        Sha256Batch.CheckMixed(data, ranges, digests);
        if (ranges.IsEmpty || !IsUsable || !TryHashMixed(data, ranges, digests))
        {
            _cpu.Value.HashMixed(data, ranges, digests);
        }
    }

    /// <inheritdoc/>
    public void HashPairs(ReadOnlySpan<byte> pairs, Span<byte> digests)
    {
        int count = Sha256Batch.CheckEqual(pairs, 64, digests);
        if (count > 0)
        {
            Reduce(pairs, 1, childBits: false, digests);
        }
    }

    /// <inheritdoc/>
    void ISha256SubtreeKernel.HashSubtrees(ReadOnlySpan<byte> nodes, int levels, bool childBits, Span<byte> roots)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(levels, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(levels, DeviceSha256.LevelsMax);
        Sha256Batch.CheckEqual(nodes, 32 << levels, roots);
        Reduce(nodes, levels, childBits, roots);
    }

    private bool IsUsable => Device is not null && _source.Value.Executor!.Lost is null;

    private bool TryHashEqual(ReadOnlySpan<byte> messages, int messageBytes, Span<byte> digests)
    {
        try
        {
            Device!.HashEqual(messages, messageBytes, digests);
        }
        catch (GpuException)
        {
            return false;
        }

        int at = RandomNumberGenerator.GetInt32(digests.Length / 32);
        return Confirm(messages.Slice(at * messageBytes, messageBytes), digests.Slice(32 * at, 32), at);
    }

    private bool TryHashMixed(ReadOnlySpan<byte> data, ReadOnlySpan<MessageRange> ranges, Span<byte> digests)
    {
        try
        {
            Device!.HashMixed(data, ranges, digests);
        }
        catch (GpuException)
        {
            return false;
        }

        int at = RandomNumberGenerator.GetInt32(ranges.Length);
        return Confirm(data.Slice(ranges[at].Offset, ranges[at].Length), digests.Slice(32 * at, 32), at);
    }

    private bool Confirm(ReadOnlySpan<byte> message, ReadOnlySpan<byte> digest, int item)
    {
        Span<byte> expected = stackalloc byte[32];
        _cpu.Value.HashEqual(message, message.Length, expected);
        if (expected.SequenceEqual(digest))
        {
            return true;
        }

        _source.Value.Executor!.Lose($"the hash of message {item} is not what the CPU finds");
        return false;
    }

    // The roots may lie over the nodes, so a device's answer is put there only once a subtree of it was checked.
    private void Reduce(ReadOnlySpan<byte> nodes, int levels, bool childBits, Span<byte> roots)
    {
        int subtreeBytes = 32 << levels;
        int count = nodes.Length / subtreeBytes;
        if (count > 0 && IsUsable)
        {
            int at = RandomNumberGenerator.GetInt32(count);
            Span<byte> expected = stackalloc byte[32];
            byte[] answer = ArrayPool<byte>.Shared.Rent(32 * count);
            try
            {
                Device!.Reduce(nodes, levels, childBits, answer.AsSpan(0, 32 * count));
                ReduceOnCpu(nodes.Slice(at * subtreeBytes, subtreeBytes), levels, childBits, expected);
                if (expected.SequenceEqual(answer.AsSpan(32 * at, 32)))
                {
                    answer.AsSpan(0, 32 * count).CopyTo(roots);
                    return;
                }

                _source.Value.Executor!.Lose($"the root of subtree {at} is not what the CPU finds");
            }
            catch (GpuException)
            {
                // The CPU does it all.
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(answer);
            }
        }

        ReduceOnCpu(nodes, levels, childBits, roots);
    }

    private void ReduceOnCpu(ReadOnlySpan<byte> nodes, int levels, bool childBits, Span<byte> roots)
    {
        byte[] scratch = ArrayPool<byte>.Shared.Rent(nodes.Length);
        Span<byte> left = scratch.AsSpan(0, nodes.Length);
        nodes.CopyTo(left);
        for (int level = 0; level < levels; level++)
        {
            if (childBits)
            {
                Merkle.MerkleLevels.SetChildBits(left);
            }

            _cpu.Value.HashPairs(left, left);
            left = left[..(left.Length / 2)];
        }

        left.CopyTo(roots);
        ArrayPool<byte>.Shared.Return(scratch);
    }
}

/// <summary>SHA-256 on a device and nothing else: where it fails, this throws.</summary>
internal sealed class DeviceSha256(GpuExecutor executor, string name = "gpu") : ISha256SubtreeKernel
{
    /// <summary>Levels in one call: what is left over at the end of a level is hashed by the CPU, 255 nodes at
    /// most.</summary>
    public const int LevelsMax = 8;

    /// <summary>Set once a batch came back: from then on patience is short.</summary>
    private volatile bool _isWarm;

    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public string? WhyUnsupported => null;

    /// <inheritdoc/>
    public int Lanes => executor.Parallelism;

    /// <inheritdoc/>
    public int BatchMinDefault => Sha256Gpu.BatchNever;

    /// <inheritdoc/>
    int ISha256SubtreeKernel.SubtreeLanes => Lanes;

    /// <inheritdoc/>
    int ISha256SubtreeKernel.SubtreeLevelsMax => LevelsMax;

    /// <inheritdoc/>
    public string? SelfTest() => Sha256SelfTest.AgainstScalar(this);

    /// <inheritdoc/>
    public void HashEqual(ReadOnlySpan<byte> messages, int messageBytes, Span<byte> digests)
    {
        int count = Sha256Batch.CheckEqual(messages, messageBytes, digests);
        MessageRange[] ranges = ArrayPool<MessageRange>.Shared.Rent(count);
        for (int i = 0; i < count; i++)
        {
            ranges[i] = new MessageRange(i * messageBytes, messageBytes);
        }

        HashMixed(messages, ranges.AsSpan(0, count), digests);
        ArrayPool<MessageRange>.Shared.Return(ranges);
    }

    /// <inheritdoc/>
    public void HashMixed(ReadOnlySpan<byte> data, ReadOnlySpan<MessageRange> ranges, Span<byte> digests)
    {
        Sha256Batch.CheckMixed(data, ranges, digests);
        for (int first = 0; first < ranges.Length;)
        {
            GpuLaneThread thread = executor.Rent(mayWait: true)!;
            IGpuLane lane = thread.Lane;
            int count = 0, bytes = 0, most = Math.Min(lane.ItemsMax, lane.HashedDigests.Length / 32);
            while (count < most && first + count < ranges.Length
                && bytes + ranges[first + count].Length <= lane.DataBytes)
            {
                MessageRange range = ranges[first + count];
                data.Slice(range.Offset, range.Length).CopyTo(lane.Data[bytes..]);
                lane.Ranges[2 * count] = (uint)bytes;
                lane.Ranges[(2 * count) + 1] = (uint)range.Length;
                bytes += (range.Length + 3) & ~3;
                count++;
            }

            if (count == 0)
            {
                executor.Free(thread);
                throw new GpuException(
                    $"message {first} of {ranges[first].Length} bytes does not fit {lane.DataBytes} bytes");
            }

            int filled = Math.Min(bytes, lane.DataBytes);
            thread.Start(at => at.HashMessages(count, filled));
            executor.Await(thread, isFirst: !_isWarm);
            _isWarm = true;
            lane.HashedDigests[..(32 * count)].CopyTo(digests[(32 * first)..]);
            executor.Free(thread);
            first += count;
        }
    }

    /// <inheritdoc/>
    public void HashPairs(ReadOnlySpan<byte> pairs, Span<byte> digests)
    {
        Sha256Batch.CheckEqual(pairs, 64, digests);
        Reduce(pairs, 1, childBits: false, digests);
    }

    /// <inheritdoc/>
    void ISha256SubtreeKernel.HashSubtrees(ReadOnlySpan<byte> nodes, int levels, bool childBits, Span<byte> roots) =>
        Reduce(nodes, levels, childBits, roots);

    /// <summary>Roots of subtrees of 2^levels nodes; they may lie over the nodes.</summary>
    public void Reduce(ReadOnlySpan<byte> nodes, int levels, bool childBits, Span<byte> roots)
    {
        int subtreeBytes = 32 << levels;
        for (int at = 0; at < nodes.Length;)
        {
            GpuLaneThread thread = executor.Rent(mayWait: true)!;
            IGpuLane lane = thread.Lane;
            int bytes = Math.Min(nodes.Length - at, lane.DataBytes / subtreeBytes * subtreeBytes);
            nodes.Slice(at, bytes).CopyTo(lane.Data);
            thread.Start(device => device.ReduceTree(bytes / 32, levels, childBits));
            executor.Await(thread, isFirst: !_isWarm);
            _isWarm = true;
            lane.Data[..(bytes >> levels)].CopyTo(roots[(at >> levels)..]);
            executor.Free(thread);
            at += bytes;
        }
    }
}
