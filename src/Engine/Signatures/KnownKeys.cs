// Places: a power of two of sets of four entries; a key's set is a keyed mix of its x coordinate, so that nobody can choose keys
// that crowd one set. An entry is x | y, 64 bytes big-endian; one never used is
// empty, so that the key with x = 0, which is no point of the curve, is never found.
using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;

namespace Tactus.Engine.Signatures;

/// <summary>Decompressed public keys seen lately: spares a square root for each signature. Bounded; a new key takes the place of
/// another of its set. Safe for concurrent use. What it says is a function of the key alone.</summary>
public sealed class KnownKeys
{
    /// <summary>Keys held unless the caller says otherwise: 64 MiB.</summary>
    public const int CountDefault = 1 << 20;

    private const int Ways = 4;
    private const int KeyBytes = 64;
    private const int LockCount = 256;

    private readonly byte[] _keys;
    private readonly byte[] _uses;
    private readonly int _setMask;
    private readonly ulong _seed;
    private readonly Lock[] _locks = new Lock[LockCount];

    /// <param name="count">Keys held, rounded up to a power of two; at least 4.</param>
    public KnownKeys(int count = CountDefault)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, Ways);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, 1 << 24);
        int entries = (int)BitOperations.RoundUpToPowerOf2((uint)count);
        _keys = new byte[entries * KeyBytes];
        _uses = new byte[entries];
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
        int set = SetOf(key33);
        lock (_locks[set & (LockCount - 1)])
        {
            for (int i = set * Ways; i < (set + 1) * Ways; i++)
            {
                ReadOnlySpan<byte> entry = _keys.AsSpan(i * KeyBytes, KeyBytes);
                if (_uses[i] != 0 && entry[..32].SequenceEqual(key33[1..33]) && (entry[63] & 1) == (key33[0] & 1))
                {
                    entry.CopyTo(point);
                    uses = _uses[i] = (byte)Math.Min(_uses[i] + 1, byte.MaxValue);
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
        int set = SetOf(key33);
        lock (_locks[set & (LockCount - 1)])
        {
            int place = set * Ways;
            for (int i = place; i < (set + 1) * Ways; i++)
            {
                if (_keys.AsSpan(i * KeyBytes, KeyBytes).SequenceEqual(point))
                {
                    return;
                }

                place = _uses[i] < _uses[place] ? i : place;
            }

            // The others of the set age, so that keys that were used much once give way in the end.
            for (int i = set * Ways; i < (set + 1) * Ways; i++)
            {
                _uses[i] -= (byte)(_uses[i] >> 2);
            }

            point.CopyTo(_keys.AsSpan(place * KeyBytes, KeyBytes));
            _uses[place] = 1;
        }
    }

    private int SetOf(ReadOnlySpan<byte> key33)
    {
        ulong mix = (BinaryPrimitives.ReadUInt64LittleEndian(key33[1..]) ^ (_seed << 1)) * _seed;
        mix ^= BinaryPrimitives.ReadUInt64LittleEndian(key33[9..]) * 0x9E3779B97F4A7C15;
        return (int)((mix ^ (mix >> 32)) * _seed >> 40) & _setMask;
    }
}
