using System.Buffers.Binary;
using Tactus.Engine.Primitives;
using Tactus.Kernels;

namespace Tactus.Engine.Protocols.VmDposw.Work;

/// <summary>Low-difficulty work. [D] formula (5): n &lt;= 2^256 / H_d, and 3.4: "we may choose to set the hash
/// difficulty lower so that even the VM with lowest computing power can finish the hash computing quickly". [N] n =
/// SHA-256(header | nonce), which is the block's id too.</summary>
public static class LowDifficultyWork
{
    /// <summary>Messages that go to the kernel together.</summary>
    private const int Batch = 64;

    public static bool IsDone(in Hash256 work, ulong difficulty) => work <= UInt256.PowerOverDivisor(difficulty);

    /// <summary>Searches the nonces 0, 1, ... up to a budget.</summary>
    /// <param name="kernels">SHA-256 in batches; every kernel finds the same nonce.</param>
    /// <param name="header">Header bytes before the nonce.</param>
    /// <param name="difficulty">d, the expected number of hashes.</param>
    /// <param name="hashesMax">Most hashes to try: what the VM's power allows.</param>
    /// <param name="nonce">The lowest nonce that does.</param>
    /// <param name="work">SHA-256(header | nonce), the nonce little-endian in 8 bytes.</param>
    public static bool TryFind(
        KernelSet kernels, ReadOnlySpan<byte> header, ulong difficulty, ulong hashesMax, out ulong nonce, out Hash256 work)
    {
        Hash256 target = UInt256.PowerOverDivisor(difficulty);
        int messageBytes = header.Length + sizeof(ulong);
        byte[] messages = new byte[Batch * messageBytes];
        byte[] digests = new byte[Batch * Hash256.Size];
        for (int i = 0; i < Batch; i++)
        {
            header.CopyTo(messages.AsSpan(i * messageBytes));
        }

        for (ulong first = 0; first < hashesMax; first += Batch)
        {
            int count = (int)Math.Min(Batch, hashesMax - first);
            for (int i = 0; i < count; i++)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(
                    messages.AsSpan((i * messageBytes) + header.Length), first + (ulong)i);
            }

            kernels.Sha256.For(count).HashEqual(
                messages.AsSpan(0, count * messageBytes), messageBytes, digests.AsSpan(0, count * Hash256.Size));
            for (int i = 0; i < count; i++)
            {
                var digest = new Hash256(digests.AsSpan(i * Hash256.Size, Hash256.Size));
                if (digest <= target)
                {
                    nonce = first + (ulong)i;
                    work = digest;
                    return true;
                }
            }
        }

        nonce = 0;
        work = default;
        return false;
    }
}
