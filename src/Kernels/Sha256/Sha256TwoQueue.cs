using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tactus.Kernels.Sha256;

/// <summary>Keeps two messages under way in <see cref="Sha256TwoCode"/>: whichever ends first makes room for the next.</summary>
internal unsafe ref struct Sha256TwoQueue
{
    /// <summary>Messages of up to this many whole blocks are copied before their end, so that one call hashes them.</summary>
    private const int CopiedBlocksMax = 6;

    /// <summary>Blocks in one call at most: the collector waits some three microseconds.</summary>
    private const int CallBlocksMax = 64;

    private const int RoomBytes = (CopiedBlocksMax * Sha256Scalar.BlockBytes) + Sha256MessageEnd.BytesMax;

    private static readonly Vector256<uint> InitialState = Vector256.Create(
        Sha256Constants.InitialState[5],
        Sha256Constants.InitialState[4],
        Sha256Constants.InitialState[1],
        Sha256Constants.InitialState[0],
        Sha256Constants.InitialState[7],
        Sha256Constants.InitialState[6],
        Sha256Constants.InitialState[3],
        Sha256Constants.InitialState[2]);

    private readonly byte* _data;
    private readonly byte* _dataEnd;
    private readonly byte* _digests;
    private readonly MessageRange* _ranges;
    private readonly int _messageBytes;
    private readonly int _count;
    private int _next;

    private Sha256TwoQueue(byte* data, long dataBytes, MessageRange* ranges, int messageBytes, int count, byte* digests)
    {
        _data = data;
        _dataEnd = data + dataBytes;
        _ranges = ranges;
        _messageBytes = messageBytes;
        _count = count;
        _digests = digests;
    }

    /// <summary>Messages of one length, end to end.</summary>
    public static void HashEqual(byte* data, int messageBytes, int count, byte* digests) =>
        new Sha256TwoQueue(data, (long)messageBytes * count, null, messageBytes, count, digests).Run();

    /// <summary>Messages of any lengths.</summary>
    public static void HashMixed(byte* data, int dataBytes, MessageRange* ranges, int count, byte* digests) =>
        new Sha256TwoQueue(data, dataBytes, ranges, 0, count, digests).Run();

    /// <summary>Pairs of nodes to their parents, which may be the start of the pairs.</summary>
    [SkipLocalsInit]
    public static void HashPairs(byte* pairs, int count, byte* parents)
    {
        const int NodesBytes = 2 * Sha256Scalar.DigestBytes;
        byte* memory = stackalloc byte[(2 * (NodesBytes + Sha256MessageEnd.BytesMax)) + (Sha256TwoCode.StateWords * sizeof(uint)) + 63];
        byte* first = (byte*)(((nuint)memory + 63) & ~(nuint)63), second = first + NodesBytes + Sha256MessageEnd.BytesMax;
        uint* states = (uint*)(second + NodesBytes + Sha256MessageEnd.BytesMax);

        // A pair fills its block, so nothing is left over and the end is the same for all.
        Sha256MessageEnd.Write(first, NodesBytes, first + NodesBytes, 1, first);
        Sha256MessageEnd.Write(first, NodesBytes, second + NodesBytes, 1, first);
        for (int at = 0; at < count; at += 2)
        {
            int other = Math.Min(at + 1, count - 1);
            CopyBlock(pairs + ((long)NodesBytes * at), first);
            CopyBlock(pairs + ((long)NodesBytes * other), second);
            InitialState.Store(states);
            InitialState.Store(states + 8);
            Sha256TwoCode.Run(states, first, second, 2);
            WriteDigest(states, parents + ((long)Sha256Scalar.DigestBytes * at));
            WriteDigest(states + 8, parents + ((long)Sha256Scalar.DigestBytes * other));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CopyBlock(byte* from, byte* to)
    {
        Vector256<byte> low = Vector256.Load(from), high = Vector256.Load(from + 32);
        low.Store(to);
        high.Store(to + 32);
    }

    /// <summary>FEBA and HGDC, low words first, to the bytes of A to H.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void WriteDigest(uint* state, byte* digest)
    {
        Vector128<ulong> feba = Vector128.Load((ulong*)state), hgdc = Vector128.Load((ulong*)state + 2);
        Vector128<byte> reversed = Vector128.Create((byte)15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
        Vector128.Shuffle(Sse2.UnpackHigh(hgdc, feba).AsByte(), reversed).Store(digest);
        Vector128.Shuffle(Sse2.UnpackLow(hgdc, feba).AsByte(), reversed).Store(digest + 16);
    }

    [SkipLocalsInit]
    private void Run()
    {
        byte* memory = stackalloc byte[(2 * RoomBytes) + (2 * Sha256TwoCode.StateWords * sizeof(uint)) + 63];
        byte* room = (byte*)(((nuint)memory + 63) & ~(nuint)63);
        uint* states = (uint*)(room + (2 * RoomBytes));
        Message first = default, second = default;
        bool hasFirst = TryTake(&first, room, states), hasSecond = TryTake(&second, room + RoomBytes, states + 8);
        while (hasFirst && hasSecond)
        {
            int blocks = Math.Min(Math.Min(first.Blocks, second.Blocks), CallBlocksMax);
            Sha256TwoCode.Run(states, first.Next, second.Next, blocks);
            hasFirst = !first.Advance(blocks) || Finish(&first, room, states);
            hasSecond = !second.Advance(blocks) || Finish(&second, room + RoomBytes, states + 8);
        }

        // The last message has the unit to itself: the other state is a copy that nobody reads.
        if (hasSecond)
        {
            first = second;
            Vector256.Load(states + 8).Store(states);
        }

        while (hasFirst || hasSecond)
        {
            int blocks = Math.Min(first.Blocks, CallBlocksMax);
            Sha256TwoCode.Run(states, first.Next, first.Next, blocks);
            if (first.Advance(blocks))
            {
                WriteDigest(states, first.Digest);
                break;
            }
        }
    }

    /// <summary>Writes a message's digest and takes the next in its place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Finish(Message* message, byte* room, uint* state)
    {
        WriteDigest(state, message->Digest);
        return TryTake(message, room, state);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryTake(Message* message, byte* room, uint* state)
    {
        if (_next == _count)
        {
            return false;
        }

        int index = _next++;
        byte* bytes;
        int length;
        if (_ranges == null)
        {
            bytes = _data + ((long)_messageBytes * index);
            length = _messageBytes;
        }
        else
        {
            bytes = _data + _ranges[index].Offset;
            length = _ranges[index].Length;
        }

        int whole = length / Sha256Scalar.BlockBytes, blocks = Sha256MessageEnd.BlocksOf(length);
        byte* end = room;
        if (whole <= CopiedBlocksMax)
        {
            for (int block = 0; block < whole; block++, end += Sha256Scalar.BlockBytes)
            {
                CopyBlock(bytes + (block * Sha256Scalar.BlockBytes), end);
            }

            message->Next = room;
            message->Blocks = blocks;
            message->EndBlocks = 0;
        }
        else
        {
            message->Next = bytes;
            message->Blocks = whole;
            message->End = end;
            message->EndBlocks = blocks - whole;
        }

        Sha256MessageEnd.Write(bytes + ((long)whole * Sha256Scalar.BlockBytes), length, end, blocks - whole, _dataEnd);
        message->Digest = _digests + ((long)Sha256Scalar.DigestBytes * index);
        InitialState.Store(state);
        return true;
    }

    /// <summary>What is left of a message.</summary>
    private struct Message
    {
        public byte* Next;
        public byte* End;
        public byte* Digest;

        /// <summary>Blocks from <see cref="Next"/> on.</summary>
        public int Blocks;

        /// <summary>Blocks at <see cref="End"/> that come after them.</summary>
        public int EndBlocks;

        /// <summary>Moves on by blocks that were run; true at the end of the message.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool Advance(int blocks)
        {
            Blocks -= blocks;
            Next += (long)blocks * Sha256Scalar.BlockBytes;
            if (Blocks > 0)
            {
                return false;
            }

            Next = End;
            Blocks = EndBlocks;
            EndBlocks = 0;
            return Blocks == 0;
        }
    }
}
