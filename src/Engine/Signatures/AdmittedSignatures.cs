// An entry and its tag hold everything that the verdict depends on, and what it was: tag = bytes 0..7 of the digest;
// entry = bytes 8..31 | r 32 | s 32 | recovery id 1 | key 33, two lines of memory. Nothing is hashed down, so nothing
// that was not checked can ever match. The eight tags of a set are one line: a look-up reads it and, nearly always, one
// entry.
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using Tactus.Engine.Primitives;
using Tactus.Kernels;

namespace Tactus.Engine.Signatures;

/// <summary>Signatures that were checked when their transactions entered the pending queue, with the key that made
/// each. A block that carries one of them need not check it again. Bounded; a new entry takes the place of the oldest
/// of its set. Safe for concurrent use.</summary>
public sealed class AdmittedSignatures
{
    /// <summary>Signatures held unless the caller says otherwise: 136 MiB, touched as they come.</summary>
    public const int CountDefault = 1 << 20;

    private const int Ways = 8;
    private const int TagBytes = sizeof(ulong);
    private const int SetBytes = Ways * TagBytes;
    private const int EntryBytes = 2 * CacheLine.Bytes;
    private const int SignatureAt = 32 - TagBytes;
    private const int RecoveryIdAt = SignatureAt + 64;
    private const int KeyAt = RecoveryIdAt + 1;
    private const int LockCount = 256;

    private readonly AlignedBytes _tags;
    private readonly AlignedBytes _entries;
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
        _tags = new AlignedBytes(entries * TagBytes);
        _entries = new AlignedBytes(entries * EntryBytes);
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
            int way = _oldest[set]++ % Ways;
            TagsOf(set)[way] = TagOf(digest);
            Span<byte> entry = EntryOf(set, way);
            digest[TagBytes..32].CopyTo(entry);
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
            ReadOnlySpan<ulong> tags = TagsOf(set);
            for (int way = 0; way < tags.Length; way++)
            {
                if (tags[way] != tag)
                {
                    continue;
                }

                ReadOnlySpan<byte> entry = EntryOf(set, way);
                if (entry[KeyAt] != 0
                    && entry[RecoveryIdAt] == recoveryId
                    && entry[..SignatureAt].SequenceEqual(digest[TagBytes..32])
                    && entry.Slice(SignatureAt, 64).SequenceEqual(signature))
                {
                    entry.Slice(KeyAt, 33).CopyTo(key33);
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Asks for the tags of a digest's set, ahead of <see cref="PrefetchEntry"/>.</summary>
    internal void PrefetchTags(ReadOnlySpan<byte> digest) => _tags.Prefetch(SetOf(digest) * SetBytes, 1);

    /// <summary>Asks for the entry that a digest's tag leads to, ahead of <see cref="TryGet"/>.</summary>
    internal void PrefetchEntry(ReadOnlySpan<byte> digest)
    {
        int set = SetOf(digest);
        int way = TagsOf(set).IndexOf(TagOf(digest));
        if (way >= 0)
        {
            _entries.Prefetch(((set * Ways) + way) * EntryBytes, EntryBytes / CacheLine.Bytes);
        }
    }

    private Span<ulong> TagsOf(int set) => MemoryMarshal.Cast<byte, ulong>(_tags.Slice(set * SetBytes, SetBytes));

    private Span<byte> EntryOf(int set, int way) => _entries.Slice(((set * Ways) + way) * EntryBytes, EntryBytes);

    private static ulong TagOf(ReadOnlySpan<byte> digest) => BinaryPrimitives.ReadUInt64LittleEndian(digest);

    // A digest is a hash already: crowding one set takes work, and only drops what is then checked again.
    private int SetOf(ReadOnlySpan<byte> digest) =>
        (int)BinaryPrimitives.ReadUInt32LittleEndian(digest[8..]) & _setMask;
}
