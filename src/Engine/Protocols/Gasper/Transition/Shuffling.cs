using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Gasper.Ssz;

namespace Tactus.Engine.Protocols.Gasper.Transition;

/// <summary>
/// The swap-or-not shuffle (consensus-specs beacon-chain.md, compute_shuffled_index; Hoang, Morris, Rogaway 2012), of
/// one index and of whole lists.</summary>
/// <remarks>
/// A round pairs i with (pivot - i) mod n and swaps a pair when the bit of its larger position is set. The pairs lie as
/// two mirrored runs, 0..pivot and pivot+1..n-1, so a list round loads 16 (or 8) elements from either end of a run,
/// reverses one side, and exchanges by masks without a branch. The bits of a run are the digests end to end, bit p for
/// position p.</remarks>
public static class Shuffling
{
    private const int SeedBytes = 32;
    private const int RoundMessageBytes = SeedBytes + 1;
    private const int SourceMessageBytes = SeedBytes + 5;
    private const int PositionsPerDigest = 256;

    // A 32-bit load at the last bit reads this far beyond the digests.
    private const int BitsPadding = sizeof(uint);

    /// <summary>Where element <paramref name="index"/> of a list of <paramref name="count"/> comes from.</summary>
    public static int ShuffledIndex(int index, int count, in Hash256 seed, int rounds, SszHasher hasher)
    {
        ArgumentNullException.ThrowIfNull(hasher);
        if ((uint)index >= (uint)count)
        {
            throw new ArgumentOutOfRangeException(nameof(index), index, $"the list has {count} items");
        }

        Span<ulong> pivots = stackalloc ulong[rounds];
        Pivots(seed, count, pivots, hasher);
        Span<byte> message = stackalloc byte[SourceMessageBytes];
        seed.CopyTo(message);
        Span<byte> digest = stackalloc byte[SszHasher.ChunkBytes];
        for (int round = 0; round < rounds; round++)
        {
            int pivot = (int)pivots[round];
            int flip = pivot - index;
            flip += flip < 0 ? count : 0;
            int position = Math.Max(index, flip);
            message[SeedBytes] = (byte)round;
            BinaryPrimitives.WriteInt32LittleEndian(message[(SeedBytes + 1)..], position / PositionsPerDigest);
            hasher.Kernel(1).HashEqual(message, SourceMessageBytes, digest);
            int bit = digest[position % PositionsPerDigest >> 3] >> (position & 7) & 1;
            index = bit != 0 ? flip : index;
        }

        return index;
    }

    /// <summary>Replaces element i by element <see cref="ShuffledIndex"/>(i), for all i at once.</summary>
    public static void ShuffleList(Span<int> list, in Hash256 seed, int rounds, SszHasher hasher)
    {
        ArgumentNullException.ThrowIfNull(hasher);
        int count = list.Length;
        if (count < 2)
        {
            return;
        }

        Span<ulong> pivots = stackalloc ulong[rounds];
        Pivots(seed, count, pivots, hasher);
        int digests = (count + PositionsPerDigest - 1) / PositionsPerDigest;
        byte[] messageBuffer = ArrayPool<byte>.Shared.Rent(digests * SourceMessageBytes);
        byte[] bitBuffer = ArrayPool<byte>.Shared.Rent((digests * SszHasher.ChunkBytes) + BitsPadding);
        Span<byte> messages = messageBuffer.AsSpan(0, digests * SourceMessageBytes);
        for (int i = 0; i < digests; i++)
        {
            Span<byte> message = messages[(i * SourceMessageBytes)..];
            seed.CopyTo(message);
            BinaryPrimitives.WriteInt32LittleEndian(message[(SeedBytes + 1)..], i);
        }

        // In-place rounds compose the other way round than an index does: the last round comes first.
        Span<byte> bits = bitBuffer.AsSpan(0, (digests * SszHasher.ChunkBytes) + BitsPadding);
        for (int round = rounds - 1; round >= 0; round--)
        {
            for (int i = 0; i < digests; i++)
            {
                messages[(i * SourceMessageBytes) + SeedBytes] = (byte)round;
            }

            hasher.Kernel(digests).HashEqual(messages, SourceMessageBytes, bits);
            int pivot = (int)pivots[round];
            ExchangeRun(list, bits, 0, pivot);
            ExchangeRun(list, bits, pivot + 1, count - 1);
        }

        ArrayPool<byte>.Shared.Return(messageBuffer);
        ArrayPool<byte>.Shared.Return(bitBuffer);
    }

    private static void Pivots(in Hash256 seed, int count, Span<ulong> pivots, SszHasher hasher)
    {
        Span<byte> messages = stackalloc byte[pivots.Length * RoundMessageBytes];
        for (int round = 0; round < pivots.Length; round++)
        {
            Span<byte> message = messages[(round * RoundMessageBytes)..];
            seed.CopyTo(message);
            message[SeedBytes] = (byte)round;
        }

        Span<byte> digests = stackalloc byte[pivots.Length * SszHasher.ChunkBytes];
        hasher.Kernel(pivots.Length).HashEqual(messages, RoundMessageBytes, digests);
        for (int round = 0; round < pivots.Length; round++)
        {
            pivots[round] = BinaryPrimitives.ReadUInt64LittleEndian(digests[(round * SszHasher.ChunkBytes)..])
                % (ulong)count;
        }
    }

    /// <summary>Exchanges low + k with high - k where the bit of high - k is set, for the whole run
    /// low..high.</summary>
    private static void ExchangeRun(Span<int> list, ReadOnlySpan<byte> bits, int low, int high)
    {
        ref int items = ref MemoryMarshal.GetReference(list);
        ref byte bytes = ref MemoryMarshal.GetReference(bits);
        if (Vector512.IsHardwareAccelerated)
        {
            for (; high - low >= (2 * Vector512<int>.Count) - 1; low += Vector512<int>.Count, high -= Vector512<int>.Count)
            {
                Exchange16(ref items, ref bytes, low, high - Vector512<int>.Count + 1);
            }
        }

        if (Vector256.IsHardwareAccelerated)
        {
            for (; high - low >= (2 * Vector256<int>.Count) - 1; low += Vector256<int>.Count, high -= Vector256<int>.Count)
            {
                Exchange8(ref items, ref bytes, low, high - Vector256<int>.Count + 1);
            }
        }

        for (; low < high; low++, high--)
        {
            int mask = -(Unsafe.Add(ref bytes, high >> 3) >> (high & 7) & 1);
            ref int a = ref Unsafe.Add(ref items, low);
            ref int b = ref Unsafe.Add(ref items, high);
            int difference = (a ^ b) & mask;
            a ^= difference;
            b ^= difference;
        }
    }

    /// <summary>Elements low..low+15 against high+15..high; bit t of the word belongs to position high + t.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Exchange16(ref int items, ref byte bits, int low, int high)
    {
        Vector512<int> reverse = Vector512.Create(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
        Vector512<int> lanes = Vector512.Create(
            1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768);
        uint word = Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref bits, high >> 3)) >> (high & 7);
        Vector512<int> mask = Vector512.Equals(Vector512.Create((int)word) & lanes, lanes);
        Vector512<int> a = Vector512.Shuffle(Vector512.LoadUnsafe(ref items, (nuint)low), reverse);
        Vector512<int> b = Vector512.LoadUnsafe(ref items, (nuint)high);
        Vector512<int> difference = (a ^ b) & mask;
        (b ^ difference).StoreUnsafe(ref items, (nuint)high);
        Vector512.Shuffle(a ^ difference, reverse).StoreUnsafe(ref items, (nuint)low);
    }

    /// <summary>As <see cref="Exchange16"/> with eight.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Exchange8(ref int items, ref byte bits, int low, int high)
    {
        Vector256<int> reverse = Vector256.Create(7, 6, 5, 4, 3, 2, 1, 0);
        Vector256<int> lanes = Vector256.Create(1, 2, 4, 8, 16, 32, 64, 128);
        uint word = Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref bits, high >> 3)) >> (high & 7);
        Vector256<int> mask = Vector256.Equals(Vector256.Create((int)word) & lanes, lanes);
        Vector256<int> a = Vector256.Shuffle(Vector256.LoadUnsafe(ref items, (nuint)low), reverse);
        Vector256<int> b = Vector256.LoadUnsafe(ref items, (nuint)high);
        Vector256<int> difference = (a ^ b) & mask;
        (b ^ difference).StoreUnsafe(ref items, (nuint)high);
        Vector256.Shuffle(a ^ difference, reverse).StoreUnsafe(ref items, (nuint)low);
    }
}
