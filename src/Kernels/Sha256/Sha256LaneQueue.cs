using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using PlatformSha256 = System.Security.Cryptography.SHA256;

namespace Tactus.Kernels.Sha256;

/// <summary>
/// Feeds messages of any lengths into lanes. A lane that finishes takes the next message, longest first, so all lanes are full
/// until the queue runs dry; the few messages that would then keep one lane busy and the rest idle go to the platform's library.
/// </summary>
/// <typeparam name="T">The lanes.</typeparam>
internal unsafe ref struct Sha256LaneQueue<T>
    where T : struct, ISha256Lanes
{
    /// <summary>Most lanes that any implementation has.</summary>
    private const int LanesMax = 32;

    /// <summary>Bytes of a message's end: what its whole blocks leave over, and the padding.</summary>
    private const int EndBytes = 2 * Sha256Scalar.BlockBytes;

    /// <summary>What a message costs the platform's library: a call, and each block (SHA-NI; measured on Zen 5 at 55 B and 8 KiB).</summary>
    private const int PlatformCallNs = 375;

    private const int PlatformBlockNs = 32;

    /// <summary>Messages of this many blocks or more share a bucket when sorted by length.</summary>
    private const int Buckets = 256;

    private readonly byte* _data;
    private readonly ReadOnlySpan<MessageRange> _ranges;
    private readonly int _messageBytes;
    private readonly int _count;
    private readonly Span<byte> _digests;
    private ReadOnlySpan<int> _order;
    private int _next;

    private Sha256LaneQueue(byte* data, ReadOnlySpan<MessageRange> ranges, int messageBytes, int count, Span<byte> digests)
    {
        _data = data;
        _ranges = ranges;
        _messageBytes = messageBytes;
        _count = count;
        _digests = digests;
    }

    /// <summary>Messages of one length, end to end.</summary>
    /// <param name="data">The messages.</param>
    /// <param name="messageBytes">Length of each.</param>
    /// <param name="count">How many.</param>
    /// <param name="digests">Their digests.</param>
    /// <param name="usePlatform">Whether messages that lanes suit badly go to the platform's library.</param>
    public static void HashEqual(byte* data, int messageBytes, int count, Span<byte> digests, bool usePlatform)
    {
        var queue = new Sha256LaneQueue<T>(data, [], messageBytes, count, digests);
        queue.HashRest(usePlatform ? queue.CountForPlatform() : 0);
    }

    /// <summary>Messages of any lengths.</summary>
    /// <param name="data">Where the ranges point into.</param>
    /// <param name="ranges">The messages, already checked.</param>
    /// <param name="digests">Their digests.</param>
    /// <param name="usePlatform">Whether messages that lanes suit badly go to the platform's library.</param>
    public static void HashMixed(byte* data, ReadOnlySpan<MessageRange> ranges, Span<byte> digests, bool usePlatform)
    {
        var queue = new Sha256LaneQueue<T>(data, ranges, 0, ranges.Length, digests);
        int[] order = ArrayPool<int>.Shared.Rent(ranges.Length);
        SortLongestFirst(ranges, order);
        queue._order = order;
        queue.HashRest(usePlatform ? queue.CountForPlatform() : 0);
        ArrayPool<int>.Shared.Return(order);
    }

    /// <summary>Blocks of a message with its padding: 0x80 and 8 bytes of length.</summary>
    private static int BlocksOf(int bytes) => (int)(((uint)bytes + 8) / Sha256Scalar.BlockBytes) + 1;

    private static void SortLongestFirst(ReadOnlySpan<MessageRange> ranges, Span<int> order)
    {
        // Counting sort; what shares the bucket of the longest is then sorted by comparison, which is rare and few.
        Span<int> starts = stackalloc int[Buckets + 1];
        starts.Clear();
        foreach (MessageRange range in ranges)
        {
            starts[BucketOf(range.Length) + 1]++;
        }

        int longest = starts[1];
        for (int i = 1; i < Buckets; i++)
        {
            starts[i] += starts[i - 1];
        }

        for (int i = 0; i < ranges.Length; i++)
        {
            order[starts[BucketOf(ranges[i].Length)]++] = i;
        }

        if (longest > 1)
        {
            ulong[] keys = ArrayPool<ulong>.Shared.Rent(longest);
            for (int i = 0; i < longest; i++)
            {
                keys[i] = ((ulong)(uint)~ranges[order[i]].Length << 32) | (uint)order[i];
            }

            keys.AsSpan(0, longest).Sort();
            for (int i = 0; i < longest; i++)
            {
                order[i] = (int)(uint)keys[i];
            }

            ArrayPool<ulong>.Shared.Return(keys);
        }
    }

    private static int BucketOf(int bytes) => Math.Max(0, Buckets - BlocksOf(bytes));

    private readonly int IndexAt(int place) => _order.IsEmpty ? place : _order[place];

    private readonly MessageRange RangeOf(int index) =>
        _ranges.IsEmpty ? new MessageRange(index * _messageBytes, _messageBytes) : _ranges[index];

    private readonly int BlocksAt(int place) => BlocksOf(RangeOf(IndexAt(place)).Length);

    /// <summary>
    /// How many of the longest messages to leave to the platform: the number that makes least the time of those plus that of the
    /// rest in lanes, which is the longest of the rest or, if more, all blocks over all lanes.
    /// </summary>
    private readonly int CountForPlatform()
    {
        long blocks = 0;
        for (int i = 0; i < _count; i++)
        {
            blocks += BlocksAt(i);
        }

        int best = 0;
        long bestNs = long.MaxValue;
        long platformNs = 0;
        for (int first = 0; first <= Math.Min(_count, T.Lanes); first++)
        {
            long steps = first == _count ? 0 : Math.Max(BlocksAt(first), blocks / T.Lanes);
            long totalNs = platformNs + (steps * (_count - first > T.LanesFew ? T.StepNs : T.StepFewNs));
            (best, bestNs) = totalNs < bestNs ? (first, totalNs) : (best, bestNs);
            if (first < _count)
            {
                platformNs += PlatformCallNs + ((long)PlatformBlockNs * BlocksAt(first));
                blocks -= BlocksAt(first);
            }
        }

        return best;
    }

    private readonly Span<byte> DigestOf(int index) =>
        _digests.Slice(index * Sha256Scalar.DigestBytes, Sha256Scalar.DigestBytes);

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void HashRest(int platformCount)
    {
        for (; _next < platformCount; _next++)
        {
            MessageRange range = RangeOf(IndexAt(_next));
            PlatformSha256.HashData(new ReadOnlySpan<byte>(_data + range.Offset, range.Length), DigestOf(IndexAt(_next)));
        }

        if (_next == _count)
        {
            return;
        }

        // 32 lanes x (128 B of message end + 32 B of state + 24 B of bookkeeping) = 6 KiB, all in the first-level cache.
        byte* memory = stackalloc byte[(LanesMax * EndBytes) + (LanesMax * Sha256Scalar.DigestBytes) + 64];
        memory = (byte*)(((nuint)memory + 63) & ~(nuint)63);
        uint* state = (uint*)memory;
        byte* ends = memory + (LanesMax * Sha256Scalar.DigestBytes);
        byte** blocks = stackalloc byte*[LanesMax];
        Lane* lanes = stackalloc Lane[LanesMax];
        int active = 0;
        for (int lane = 0; lane < T.Lanes; lane++)
        {
            lanes[lane] = default;
            blocks[lane] = ends;
            active += Start(lane, lanes, blocks, state, ends) ? 1 : 0;
        }

        while (active > 0)
        {
            bool few = active <= T.LanesFew && T.LanesFew < T.Lanes;
            if (few)
            {
                GatherFirst(lanes, blocks, state);
            }

            T.Step(blocks, state, few);
            int used = few ? T.LanesFew : T.Lanes;
            for (int lane = 0; lane < used; lane++)
            {
                blocks[lane] += lanes[lane].StepBytes;
                if (--lanes[lane].BlocksLeft != 0)
                {
                    continue;
                }

                if (lanes[lane].EndBlocks > 0)
                {
                    blocks[lane] = lanes[lane].End;
                    lanes[lane].BlocksLeft = lanes[lane].EndBlocks;
                    lanes[lane].EndBlocks = 0;
                    continue;
                }

                Finish(lanes[lane].Index, lane, state);
                active -= Start(lane, lanes, blocks, state, ends) ? 0 : 1;
            }
        }
    }

    /// <summary>Puts the next message into a lane; false when there is none, and then the lane idles over any block.</summary>
    private bool Start(int lane, Lane* lanes, byte** blocks, uint* state, byte* ends)
    {
        ref Lane it = ref lanes[lane];
        if (_next == _count)
        {
            it = new Lane { BlocksLeft = int.MaxValue };
            blocks[lane] = ends;
            return false;
        }

        // The lane's memory for its end moves with it when lanes are gathered, so it is kept by pointer.
        byte* end = it.End == null ? ends + (lane * EndBytes) : it.End;
        int index = IndexAt(_next++);
        MessageRange range = RangeOf(index);
        int whole = range.Length / Sha256Scalar.BlockBytes;
        int endBlocks = WriteEnd(_data + range.Offset, range.Length, end);
        it = new Lane
        {
            Index = index,
            End = end,
            StepBytes = Sha256Scalar.BlockBytes,
            BlocksLeft = whole > 0 ? whole : endBlocks,
            EndBlocks = whole > 0 ? endBlocks : 0,
        };
        blocks[lane] = whole > 0 ? _data + range.Offset : end;
        uint* words = state + T.StateIndex(lane);
        for (int i = 0; i < 8; i++)
        {
            words[i * T.StateStride] = Sha256Constants.InitialState[i];
        }

        return true;
    }

    /// <summary>The bytes after the last whole block, 0x80, zeros, and the length in bits; returns one block or two.</summary>
    private static int WriteEnd(byte* message, int messageBytes, byte* end)
    {
        int left = messageBytes % Sha256Scalar.BlockBytes;
        int endBlocks = left + 9 <= Sha256Scalar.BlockBytes ? 1 : 2;
        var span = new Span<byte>(end, EndBytes);
        span.Clear();
        new ReadOnlySpan<byte>(message + messageBytes - left, left).CopyTo(span);
        end[left] = 0x80;
        BinaryPrimitives.WriteUInt64BigEndian(span[((endBlocks * Sha256Scalar.BlockBytes) - 8)..], (ulong)messageBytes * 8);
        return endBlocks;
    }

    private readonly void Finish(int index, int lane, uint* state)
    {
        uint* words = state + T.StateIndex(lane);
        Span<uint> digest = MemoryMarshal.Cast<byte, uint>(DigestOf(index));
        for (int i = 0; i < 8; i++)
        {
            uint word = words[i * T.StateStride];
            digest[i] = BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(word) : word;
        }
    }

    /// <summary>Moves the active lanes, which fit, into the first <see cref="ISha256Lanes.LanesFew"/>.</summary>
    private static void GatherFirst(Lane* lanes, byte** blocks, uint* state)
    {
        int hole = 0;
        for (int lane = T.LanesFew; lane < T.Lanes; lane++)
        {
            if (lanes[lane].StepBytes == 0)
            {
                continue;
            }

            while (lanes[hole].StepBytes != 0)
            {
                hole++;
            }

            (lanes[hole], lanes[lane]) = (lanes[lane], lanes[hole]);
            byte* idle = blocks[hole];
            blocks[hole] = blocks[lane];
            blocks[lane] = idle;
            for (int i = 0; i < 8; i++)
            {
                state[T.StateIndex(hole) + (i * T.StateStride)] = state[T.StateIndex(lane) + (i * T.StateStride)];
            }
        }
    }

    /// <summary>What a lane is at. Idle: no step, and blocks left that never run out.</summary>
    private struct Lane
    {
        /// <summary>Where the end of this lane's message is written.</summary>
        public byte* End;

        /// <summary>Which message.</summary>
        public int Index;

        /// <summary>Blocks left of the run that the block pointer walks.</summary>
        public int BlocksLeft;

        /// <summary>Blocks of the end still to come after this run.</summary>
        public int EndBlocks;

        /// <summary>64, or 0 in an idle lane.</summary>
        public int StepBytes;
    }
}
