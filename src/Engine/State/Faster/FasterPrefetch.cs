// A read in FASTER is two dependent cache misses: the bucket of the index, then the record of the log. Batches know their keys
// ahead, so both lines can be under way for several keys at once. FASTER 2.6.5 has no call for that; this looks at its index and
// its table of pages, without changing anything. What is prefetched may be wrong, which costs nothing but time; what is read is taken
// only where key, header and epoch say that it is the record, and is FASTER's to find in every other case.
using System.Reflection;
using System.Runtime.Intrinsics.X86;
using FASTER.core;

namespace Tactus.Engine.State.Faster;

/// <summary>Brings index buckets and records of coming keys into the caches.</summary>
internal sealed unsafe class FasterPrefetch
{
    /// <summary>Keys ahead of the one in work whose bucket, and whose record, are fetched.</summary>
    public const int BucketAhead = 24;

    /// <inheritdoc cref="BucketAhead"/>
    public const int RecordAhead = 12;

    // FASTER 2.6.5, Constants: an entry of a bucket is [tentative 1 | pending 1 | tag 14 | address 48 bits]; the tag is the top
    // of the hash. Seven entries and the overflow link fill a line.
    private const int TagBits = 14;
    private const int AddressBits = 48;
    private const int EntriesPerBucket = 7;
    private const int BucketBytes = 64;

    // A record: header | key | cell.
    private const int HeaderBytes = 8;
    private const BindingFlags AnyField = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    private readonly byte* _buckets;
    private readonly long _bucketMask;
    private readonly long* _pages;
    private readonly int _pageBits;
    private readonly int _pageMask;

    private FasterPrefetch(byte* buckets, long bucketMask, long* pages, int pageBits, int pageMask)
    {
        _buckets = buckets;
        _bucketMask = bucketMask;
        _pages = pages;
        _pageBits = pageBits;
        _pageMask = pageMask;
    }

    /// <summary>Null where this version of FASTER, or this processor, has not what it takes. The index must not be resized
    /// afterwards, and the store must outlive this object.</summary>
    public static FasterPrefetch? TryCreate(FasterKV<StateKey, StateCell> store)
    {
        if (!Sse.IsSupported
            || Field(store, "state") is not Array { Length: > 0 } tables
            || tables.GetValue(0) is not { } table
            || Field(table, "size_mask") is not long bucketMask
            || Field(table, "tableAligned") is not Pointer buckets
            || Field(store, "hlog") is not { } log
            || Field(log, "nativePointers") is not Pointer pages
            || Field(log, "LogPageSizeBits") is not int pageBits
            || Field(log, "BufferSizeMask") is not int pageMask)
        {
            return null;
        }

        return new FasterPrefetch((byte*)Pointer.Unbox(buckets), bucketMask, (long*)Pointer.Unbox(pages), pageBits, pageMask);
    }

    /// <summary>Fetches the bucket of a key's hash.</summary>
    public void Bucket(ulong hash) => Sse.Prefetch0(_buckets + (((long)hash & _bucketMask) * BucketBytes));

    /// <summary>Fetches the record that the bucket, which should have arrived by now, leads to.</summary>
    public void Record(ulong hash)
    {
        ulong* entries = (ulong*)(_buckets + (((long)hash & _bucketMask) * BucketBytes));
        ulong tag = hash >> (64 - TagBits);
        for (int i = 0; i < EntriesPerBucket; i++)
        {
            if (((entries[i] >> AddressBits) & ((1UL << TagBits) - 1)) == tag && entries[i] != 0)
            {
                ulong address = entries[i] & ((1UL << AddressBits) - 1);
                long page = _pages[(long)(address >> _pageBits) & _pageMask];
                if (page != 0)
                {
                    // A record starts anywhere in a line and nearly always ends in the next.
                    byte* record = (byte*)page + (address & ((1UL << _pageBits) - 1));
                    Sse.Prefetch0(record);
                    Sse.Prefetch0(record + FasterStateStore.CellRecordBytes - 1);
                }

                return;
            }
        }
    }

    /// <summary>Reads a record that is the first of its tag and lies in memory, without the locks that FASTER takes on it.</summary>
    /// <param name="key">The key.</param>
    /// <param name="hash">Its hash.</param>
    /// <param name="headAddress">The lowest address in memory, read while the caller protects the epoch and has not refreshed it since.</param>
    /// <param name="cell">The cell; torn where the record is written meanwhile, which the caller finds out.</param>
    /// <returns>False where FASTER has to be asked.</returns>
    public bool TryRead(in StateKey key, ulong hash, long headAddress, ref StateCell cell)
    {
        ulong* entries = (ulong*)(_buckets + (((long)hash & _bucketMask) * BucketBytes));
        ulong tag = hash >> (64 - TagBits);
        for (int i = 0; i < EntriesPerBucket; i++)
        {
            // With both flags 0: no entry that is being made.
            ulong entry = Volatile.Read(ref entries[i]);
            if (entry >> AddressBits != tag || entry == 0)
            {
                continue;
            }

            long address = (long)(entry & ((1UL << AddressBits) - 1));
            if (address < headAddress)
            {
                return false;
            }

            byte* record = (byte*)_pages[(address >> _pageBits) & _pageMask] + (address & ((1L << _pageBits) - 1));
            ref RecordInfo header = ref *(RecordInfo*)record;
            if (header.Tombstone || header.IsClosed || *(StateKey*)(record + HeaderBytes) != key)
            {
                return false;
            }

            cell = *(StateCell*)(record + HeaderBytes + StateKey.Size);
            return true;
        }

        return false;
    }

    private static object? Field(object owner, string name)
    {
        for (Type? type = owner.GetType(); type is not null; type = type.BaseType)
        {
            if (type.GetField(name, AnyField | BindingFlags.DeclaredOnly) is { } field)
            {
                return field.GetValue(owner);
            }
        }

        return null;
    }
}
