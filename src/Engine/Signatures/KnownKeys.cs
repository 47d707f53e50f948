// Places: a power of two of sets of four entries; a key's set is a keyed mix of its x coordinate, so that nobody can
// choose keys that crowd one set. An entry is x | y, 64 bytes big-endian, one line. The four marks of a set lie
// together, each 24 bits of the mix and how often the entry was used; one never used is empty, so that the key with x =
// 0, which is no point of the curve, is never found.
using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using Tactus.Engine.Primitives;
using Tactus.Kernels;

namespace Tactus.Engine.Signatures;

/// <summary>Decompressed public keys seen lately: spares a square root for each signature. Bounded; a new key takes the
/// place of another of its set. Safe for concurrent use. What it says is a function of the key alone.</summary>
public sealed class KnownKeys
{
    /// <summary>Keys held unless the caller says otherwise: 68 MiB.</summary>
    public const int CountDefault = 1 << 20;

    private const int Ways = 4;
    private const int KeyBytes = CacheLine.Bytes;
    private const uint UsesMask = 0xff;
    private const int LockCount = 256;

    private readonly AlignedBytes _keys;
    private readonly uint[] _marks;
    private readonly int _setMask;
    private readonly ulong _seed;
    private readonly Lock[] _locks = new Lock[LockCount];

    /// <param name="count">Keys held, rounded up to a power of two; at least 4.</param>
    public KnownKeys(int count = CountDefault)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, Ways);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, 1 << 24);
        int entries = (int)BitOperations.RoundUpToPowerOf2((uint)count);
        _keys = new AlignedBytes(entries * KeyBytes);
        _marks = new uint[entries];
        _setMask = (entries / Ways) - 1;
        Span<byte> seed = stackalloc byte[8];
        RandomNumberGenerator.Fill(seed);
        _seed = BinaryPrimitives.ReadUInt64LittleEndian(seed) | 1;
        for (int i = 0; i < LockCount; i++)
        {
            _locks[i] = new Lock();
        }
    }

    /// <summary>Finds the point of a compressed key and counts the use.</summary>
    /// <param name="key33">02 or 03, then x.</param>
    /// <param name="point">Receives x | y, 64 bytes.</param>
    /// <param name="uses">Uses of the key while it was here, at most 255.</param>
    public bool TryGet(ReadOnlySpan<byte> key33, Span<byte> point, out int uses)
    {
        ulong mix = MixOf(key33);
        int set = SetOf(mix);
        lock (_locks[set & (LockCount - 1)])
        {
            for (int i = set * Ways; i < (set + 1) * Ways; i++)
            {
                uint mark = _marks[i];
                if ((mark & ~UsesMask) != TagOf(mix) || (mark & UsesMask) == 0)
                {
                    continue;
                }

                ReadOnlySpan<byte> entry = _keys.Slice(i * KeyBytes, KeyBytes);
                if (entry[..32].SequenceEqual(key33[1..33]) && (entry[63] & 1) == (key33[0] & 1))
                {
                    entry.CopyTo(point);
                    uses = (int)Math.Min((mark & UsesMask) + 1, UsesMask);
                    _marks[i] = (mark & ~UsesMask) | (uint)uses;
                    return true;
                }
            }
        }

        uses = 0;
        return false;
    }

    /// <summary>Keeps a point of the curve, in the place of the least used entry of its set.</summary>
    public void Add(ReadOnlySpan<byte> point)
    {
        Span<byte> key33 = stackalloc byte[33];
        key33[0] = (byte)(2 | (point[63] & 1));
        point[..32].CopyTo(key33[1..]);
        ulong mix = MixOf(key33);
        int set = SetOf(mix);
        lock (_locks[set & (LockCount - 1)])
        {
            int place = set * Ways;
            for (int i = place; i < (set + 1) * Ways; i++)
            {
                if (_keys.Slice(i * KeyBytes, KeyBytes).SequenceEqual(point))
                {
                    return;
                }

                place = (_marks[i] & UsesMask) < (_marks[place] & UsesMask) ? i : place;
            }

            // The others of the set age, so that keys that were used much once give way in the end.
            for (int i = set * Ways; i < (set + 1) * Ways; i++)
            {
                _marks[i] -= (_marks[i] & UsesMask) >> 2;
            }

            point.CopyTo(_keys.Slice(place * KeyBytes, KeyBytes));
            _marks[place] = TagOf(mix) | 1;
        }
    }

    /// <summary>Asks for the marks of a key's set, ahead of <see cref="PrefetchPoint"/>.</summary>
    internal void PrefetchMarks(ReadOnlySpan<byte> key33) => CacheLine.Prefetch(in _marks[SetOf(MixOf(key33)) * Ways]);

    /// <summary>Asks for the entry that a key's mark leads to, ahead of <see cref="TryGet"/>.</summary>
    internal void PrefetchPoint(ReadOnlySpan<byte> key33)
    {
        ulong mix = MixOf(key33);
        int set = SetOf(mix);
        for (int i = set * Ways; i < (set + 1) * Ways; i++)
        {
            if ((_marks[i] & ~UsesMask) == TagOf(mix))
            {
                _keys.Prefetch(i * KeyBytes, 1);
            }
        }
    }

    private static uint TagOf(ulong mix) => (uint)mix & ~UsesMask;

    private int SetOf(ulong mix) => (int)(mix >> 40) & _setMask;

    private ulong MixOf(ReadOnlySpan<byte> key33)
    {
        ulong mix = (BinaryPrimitives.ReadUInt64LittleEndian(key33[1..]) ^ (_seed << 1)) * _seed;
        mix ^= BinaryPrimitives.ReadUInt64LittleEndian(key33[9..]) * 0x9E3779B97F4A7C15;
        return (mix ^ (mix >> 32)) * _seed;
    }
}
