// An entry holds everything that the verdict depends on: digest 32 | r 32 | s 32 | recovery id 1, and what it was: key 33. Nothing
// is hashed down, so nothing that was not checked can ever match. Beside the entries, eight tags of 64 bits a set, each the start of its
// entry's digest, lie together: a look-up reads them and, nearly always, one entry.
using System.Buffers.Binary;
using System.Numerics;

namespace Tactus.Engine.Signatures;

/// <summary>Signatures that were checked when their transactions entered the pending queue, with the key that made each. A block
/// that carries one of them need not check it again. Bounded; a new entry takes the place of the oldest of its set. Safe for
/// concurrent use.</summary>
public sealed class AdmittedSignatures
{
    /// <summary>Signatures held unless the caller says otherwise: 138 MiB, touched as they come.</summary>
    public const int CountDefault = 1 << 20;

    private const int Ways = 8;
    private const int EntryBytes = KeyAt + 33;
    private const int SignatureAt = 32;
    private const int RecoveryIdAt = 96;
    private const int KeyAt = 97;
    private const int LockCount = 256;

    private readonly ulong[] _tags;
    private readonly byte[] _entries;
    private readonly byte[] _oldest;
    private readonly int _setMask;
    private readonly Lock[] _locks = new Lock[LockCount];
    private long _count;

    /// <param name="count">Signatures held, rounded up to a power of two; at least 8.</param>
    public AdmittedSignatures(int count = CountDefault)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, Ways);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, 1 << 23);
        int entries = (int)BitOperations.RoundUpToPowerOf2((uint)count);
        _tags = new ulong[entries];
        _entries = new byte[entries * EntryBytes];
        _oldest = new byte[entries / Ways];
        _setMask = (entries / Ways) - 1;
        for (int i = 0; i < LockCount; i++)
        {
            _locks[i] = new Lock();
        }
    }

    /// <summary>Whether none was ever added.</summary>
    public bool IsEmpty => Volatile.Read(ref _count) == 0;

    /// <summary>Remembers a signature that was found valid.</summary>
    /// <param name="digest">What was signed, 32 bytes.</param>
    /// <param name="signature">r then s, 64 bytes.</param>
    /// <param name="recoveryId">0..3.</param>
    /// <param name="key33">The compressed key that it recovers to.</param>
    public void Add(ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature, byte recoveryId, ReadOnlySpan<byte> key33)
    {
        int set = SetOf(digest);
        lock (_locks[set & (LockCount - 1)])
        {
            int place = (set * Ways) + (_oldest[set]++ % Ways);
            Span<byte> entry = _entries.AsSpan(place * EntryBytes, EntryBytes);
            _tags[place] = TagOf(digest);
            digest[..32].CopyTo(entry);
            signature[..64].CopyTo(entry[SignatureAt..]);
            entry[RecoveryIdAt] = recoveryId;
            key33[..33].CopyTo(entry[KeyAt..]);
        }

        Interlocked.Increment(ref _count);
    }

    /// <summary>Finds the key that made a signature, if exactly this signature was checked.</summary>
    public bool TryGet(ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature, byte recoveryId, Span<byte> key33)
    {
        int set = SetOf(digest);
        lock (_locks[set & (LockCount - 1)])
        {
            ulong tag = TagOf(digest);
            for (int i = set * Ways; i < (set + 1) * Ways; i++)
            {
                ReadOnlySpan<byte> entry = _entries.AsSpan(i * EntryBytes, EntryBytes);
                if (_tags[i] == tag
                    && entry[KeyAt] != 0
                    && entry[RecoveryIdAt] == recoveryId
                    && entry[..32].SequenceEqual(digest)
                    && entry.Slice(SignatureAt, 64).SequenceEqual(signature))
                {
                    entry[KeyAt..].CopyTo(key33);
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Reads the tags of a digest's set, so that they are in the caches when <see cref="TouchEntry"/> and
    /// <see cref="TryGet"/> come. The result means nothing.</summary>
    internal ulong TouchTags(ReadOnlySpan<byte> digest) => Volatile.Read(ref _tags[SetOf(digest) * Ways]);

    /// <summary>Reads the entry that a digest's tag leads to, for the same reason.</summary>
    internal ulong TouchEntry(ReadOnlySpan<byte> digest)
    {
        int first = SetOf(digest) * Ways;
        int way = _tags.AsSpan(first, Ways).IndexOf(TagOf(digest));
        return way < 0 ? 0 : Volatile.Read(ref _entries[(first + way) * EntryBytes])
            | (ulong)Volatile.Read(ref _entries[((first + way) * EntryBytes) + EntryBytes - 1]);
    }

    private static ulong TagOf(ReadOnlySpan<byte> digest) => BinaryPrimitives.ReadUInt64LittleEndian(digest);

    // A digest is a hash already: crowding one set takes work, and only drops what is then checked again.
    private int SetOf(ReadOnlySpan<byte> digest) => (int)BinaryPrimitives.ReadUInt32LittleEndian(digest[8..]) & _setMask;
}
