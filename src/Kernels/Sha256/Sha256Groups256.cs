using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Lanes = System.Runtime.Intrinsics.Vector256<uint>;

namespace Tactus.Kernels.Sha256;

/// <summary>Messages sorted by their number of blocks, eight of one number side by side: what blocks of transactions hold.</summary>
/// <remarks>
/// Lanes of a group begin and end together, so a step costs no bookkeeping per lane, and states and digests move as whole
/// vectors. Where messages are of so many sizes that lanes would stand empty, <see cref="Sha256LaneQueue{T}"/> does better.
/// </remarks>
internal static unsafe class Sha256Groups256
{
    private const int SetLanes = Sha256Lanes256.SetLanes;

    /// <summary>Blocks of a message at most; longer ones are few, and a group of few would waste long steps.</summary>
    private const int BlocksMax = 16;

    /// <summary>Empty lanes are worth it up to one in this many.</summary>
    private const int WasteShare = 8;

    private const int EndBytes = Sha256MessageEnd.BytesMax;

    /// <summary>Hashes messages of one length that lie end to end; false where groups do not suit them.</summary>
    public static bool TryHashEqual(byte* data, int messageBytes, int count, byte* digests)
    {
        int blocks = Sha256MessageEnd.BlocksOf(messageBytes);
        if (blocks > BlocksMax || !IsWorthIt(count * (long)blocks, Padded(count) * (long)blocks))
        {
            return false;
        }

        byte* end = data + ((long)messageBytes * count);
        Group group;
        for (int at = 0; at < count; at += SetLanes)
        {
            for (int lane = 0; lane < SetLanes; lane++)
            {
                // Lanes beyond the last message repeat it.
                int index = Math.Min(at + lane, count - 1);
                group.Set(lane, data + ((long)messageBytes * index), messageBytes, digests + (32L * index));
            }

            Hash(&group, blocks, end);
        }

        return true;
    }

    /// <summary>Hashes messages of several lengths; false where groups do not suit them.</summary>
    /// <param name="data">Where the ranges point into.</param>
    /// <param name="dataBytes">Its length.</param>
    /// <param name="ranges">The messages, already checked.</param>
    /// <param name="digests">32 bytes for each.</param>
    [SkipLocalsInit]
    public static bool TryHashMixed(byte* data, int dataBytes, ReadOnlySpan<MessageRange> ranges, byte* digests)
    {
        if (ranges.Length < SetLanes)
        {
            return false;
        }

        int* starts = stackalloc int[BlocksMax + 2];
        new Span<int>(starts, BlocksMax + 2).Clear();
        foreach (MessageRange range in ranges)
        {
            int blocks = Sha256MessageEnd.BlocksOf(range.Length);
            if (blocks > BlocksMax)
            {
                return false;
            }

            starts[blocks + 1]++;
        }

        long used = 0, taken = 0;
        for (int blocks = 1; blocks <= BlocksMax; blocks++)
        {
            int count = starts[blocks + 1];
            used += count * (long)blocks;
            taken += Padded(count) * (long)blocks;
            starts[blocks + 1] += starts[blocks];
        }

        if (!IsWorthIt(used, taken))
        {
            return false;
        }

        Group group;
        int[] rented = ArrayPool<int>.Shared.Rent(ranges.Length);
        fixed (int* order = rented)
        fixed (MessageRange* range = ranges)
        {
            for (int i = 0; i < ranges.Length; i++)
            {
                order[starts[Sha256MessageEnd.BlocksOf(range[i].Length)]++] = i;
            }

            // Filling moved every start to the next one's.
            for (int blocks = 1, at = 0; blocks <= BlocksMax; blocks++)
            {
                int last = starts[blocks] - 1;
                for (; at <= last; at += SetLanes)
                {
                    for (int lane = 0; lane < SetLanes; lane++)
                    {
                        int index = order[Math.Min(at + lane, last)];
                        group.Set(lane, data + range[index].Offset, range[index].Length, digests + (32L * index));
                    }

                    Hash(&group, blocks, data + dataBytes);
                }

                at = last + 1;
            }
        }

        ArrayPool<int>.Shared.Return(rented);
        return true;
    }

    private static int Padded(int count) => (count + SetLanes - 1) / SetLanes * SetLanes;

    private static bool IsWorthIt(long blocksUsed, long blocksTaken) =>
        blocksTaken - blocksUsed <= blocksTaken / WasteShare;

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Hash(Group* group, int blocks, byte* dataEnd)
    {
        // 16 words, 8 of state, 8 lanes x 128 B of message end: 1.8 KiB.
        byte* memory = stackalloc byte[(24 * sizeof(Lanes)) + (SetLanes * EndBytes) + 31];
        Lanes* words = (Lanes*)(((nuint)memory + 31) & ~(nuint)31), state = words + 16;
        byte* ends = (byte*)(state + 8);
        byte** rows = stackalloc byte*[SetLanes];
        for (int lane = 0; lane < SetLanes; lane++)
        {
            int whole = group->Bytes[lane] / Sha256Scalar.BlockBytes;
            byte* message = (byte*)group->Message[lane], end = ends + (lane * EndBytes);
            Sha256MessageEnd.Write(message + (whole * Sha256Scalar.BlockBytes), group->Bytes[lane], end, blocks - whole, dataEnd);
            rows[lane] = whole == 0 ? end : message;
            group->Bytes[lane] = whole;
        }

        Lanes* from = (Lanes*)Sha256Tables.InitialState8;
        for (int block = 1; ; block++)
        {
            Sha256Transpose256.Load(rows, words);
            Sha256Compress256.Block(words, from, state, Sha256Tables.Rounds);
            if (block == blocks)
            {
                break;
            }

            from = state;
            for (int lane = 0; lane < SetLanes; lane++)
            {
                rows[lane] = group->Bytes[lane] == block ? ends + (lane * EndBytes) : rows[lane] + Sha256Scalar.BlockBytes;
            }
        }

        Sha256Transpose256.Store(state, (byte**)group->Digest);
    }

    /// <summary>Eight messages: where they are, how long, and where their digests go.</summary>
    private struct Group
    {
        public fixed ulong Message[SetLanes];
        public fixed int Bytes[SetLanes];
        public fixed ulong Digest[SetLanes];

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Set(int lane, byte* message, int bytes, byte* digest)
        {
            Message[lane] = (ulong)message;
            Bytes[lane] = bytes;
            Digest[lane] = (ulong)digest;
        }
    }
}
