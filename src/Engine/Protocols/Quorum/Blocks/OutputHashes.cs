using Tactus.Engine.Protocols.Quorum.Coins;
using Tactus.Kernels;
using Tactus.Kernels.Sha256;

namespace Tactus.Engine.Protocols.Quorum.Blocks;

/// <summary>Ids and snapshot hashes of many outputs in two batches.</summary>
internal static class OutputHashes
{
    /// <summary>Hashes messages of 85 bytes: the id over the first 69 of each, the snapshot hash over all.</summary>
    /// <param name="kernels">Kernels.</param>
    /// <param name="messages">85 bytes each.</param>
    /// <param name="scratch">Grows as needed.</param>
    /// <param name="hashes">Receives id and snapshot hash, 64 bytes for each output.</param>
    public static void Compute(KernelSet kernels, ReadOnlySpan<byte> messages, ref byte[] scratch, Span<byte> hashes)
    {
        int count = messages.Length / UnspentOutput.SnapshotSize;
        if (count == 0)
        {
            return;
        }

        int bodies = count * UnspentOutput.BodySize;
        int needed = bodies + (count * 64);
        if (scratch.Length < needed)
        {
            scratch = new byte[needed * 2];
        }

        Span<byte> ids = scratch.AsSpan(bodies, count * 32);
        Span<byte> snapshots = scratch.AsSpan(bodies + (count * 32), count * 32);
        for (int i = 0; i < count; i++)
        {
            messages.Slice(i * UnspentOutput.SnapshotSize, UnspentOutput.BodySize).CopyTo(
                scratch.AsSpan(i * UnspentOutput.BodySize));
        }

        ISha256Kernel sha256 = kernels.Sha256.For(count);
        sha256.HashEqual(scratch.AsSpan(0, bodies), UnspentOutput.BodySize, ids);
        sha256.HashEqual(messages, UnspentOutput.SnapshotSize, snapshots);
        for (int i = 0; i < count; i++)
        {
            ids.Slice(i * 32, 32).CopyTo(hashes[(i * 64)..]);
            snapshots.Slice(i * 32, 32).CopyTo(hashes[((i * 64) + 32)..]);
        }
    }
}
