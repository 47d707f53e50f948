// Layout: a transaction's id covers its expiration, so equal ids have equal expirations and a duplicate can only lie in
// the bucket of its own expiration. A bucket spans BucketSec seconds and is an open-addressing table of 128-bit tags
// (the first 16 bytes of the id; empty = zero), power-of-two sized, at most 3/4 full, linear probing, deletion by
// shifting back. Once final time has passed a bucket, the whole table goes back to the pool: nothing is searched for
// expired items.
using System.Runtime.InteropServices;
using Tactus.Engine.Primitives;
using Tactus.Kernels;

namespace Tactus.Engine.Ledger;

/// <summary>Finds transactions that are already on this branch of the chain, until they expire.</summary>
/// <remarks>Not part of the state: it can be saved, loaded, undone block by block, or rebuilt by applying blocks again.
/// Two ids with the same first 128 bits count as one: 2^-64 for a billion transactions.</remarks>
public sealed class RecentTransactions
{
    /// <summary>Seconds of expiration time in one bucket.</summary>
    public const uint BucketSec = 16;

    /// <summary>Most transactions remembered: 134 million, 4 GiB of tags at the usual fill. At one million transactions
    /// a second that is about two minutes of lifetime; at 35,000 a second a full hour. More is refused as a resource
    /// limit.</summary>
    public const int TransactionsMax = 1 << 27;

    private const int BucketSizeMin = 1 << 8;

    private const uint Magic = 0x58525452;

    private readonly Dictionary<uint, Bucket> _buckets = [];
    private readonly Stack<Bucket> _pool = new();
    private readonly List<BlockEnd> _blocks = [];
    private (UInt128 Tag, uint Bucket)[] _log = new (UInt128, uint)[1024];
    private int _logStart;
    private int _logEnd;
    private uint _firstBucket;
    private readonly int _transactionsMax;

    public RecentTransactions(int transactionsMax = TransactionsMax)
    {
        _transactionsMax = transactionsMax;
    }

    /// <summary>Transactions remembered now.</summary>
    public int Count { get; private set; }

    /// <summary>Whether there is room for another transaction.</summary>
    public bool IsFull => !HasRoomFor(1);

    /// <summary>Whether there is room for this many more.</summary>
    public bool HasRoomFor(int count) => (long)Count + count <= _transactionsMax;

    public bool Contains(in Hash256 id, uint expirationSec) =>
        _buckets.TryGetValue(expirationSec / BucketSec, out Bucket? bucket) && bucket.Contains(TagOf(id));

    /// <summary>Asks for the place where an id would be, ahead of <see cref="Contains"/> or
    /// <see cref="TryAdd"/>.</summary>
    public void Prefetch(in Hash256 id, uint expirationSec)
    {
        if (_buckets.TryGetValue(expirationSec / BucketSec, out Bucket? bucket))
        {
            bucket.Prefetch(TagOf(id));
        }
    }

    /// <summary>Remembers a transaction of the block being applied. The caller has checked <see cref="Contains"/> and
    /// <see cref="IsFull"/>.</summary>
    public void Add(in Hash256 id, uint expirationSec) => TryAdd(in id, expirationSec);

    /// <summary>Remembers a transaction of the block being applied unless it is here already. The caller has checked
    /// <see cref="IsFull"/>.</summary>
    /// <returns>Whether it was new.</returns>
    public bool TryAdd(in Hash256 id, uint expirationSec)
    {
        uint index = expirationSec / BucketSec;
        if (!_buckets.TryGetValue(index, out Bucket? bucket))
        {
            bucket = _pool.TryPop(out Bucket? pooled) ? pooled : new Bucket();
            _buckets.Add(index, bucket);
            _firstBucket = _buckets.Count == 1 ? index : Math.Min(_firstBucket, index);
        }

        UInt128 tag = TagOf(id);
        if (!bucket.TryAdd(tag))
        {
            return false;
        }

        Count++;
        if (_logEnd == _log.Length)
        {
            MakeRoomInLog();
        }

        _log[_logEnd++] = (tag, index);
        return true;
    }

    /// <summary>A point to return to with <see cref="RemoveSince"/>, until the next block ends.</summary>
    public int Mark() => _logEnd - _logStart;

    /// <summary>Takes back what was added since a mark.</summary>
    public void RemoveSince(int mark) => RemoveBack(mark);

    /// <summary>Ends a block: what was added since the last end belongs to it.</summary>
    public void EndBlock(uint number) => _blocks.Add(new BlockEnd(number, _logEnd - _logStart));

    /// <summary>Takes back what was added since the last block ended.</summary>
    public void AbortBlock() => RemoveBack(_blocks.Count == 0 ? 0 : _blocks[^1].LogEnd);

    /// <summary>Takes the newest block back, as long as it is reversible.</summary>
    /// <exception cref="InvalidOperationException">It is not the newest block, or it was finalized.</exception>
    public void Undo(uint number)
    {
        if (_blocks.Count == 0 || _blocks[^1].Number != number)
        {
            throw new InvalidOperationException($"block {number} is not the newest reversible block");
        }

        _blocks.RemoveAt(_blocks.Count - 1);
        AbortBlock();
    }

    /// <summary>Blocks up to this one will not be undone, and its time is final: what expired before it can
    /// go.</summary>
    /// <param name="number">Last irreversible block.</param>
    /// <param name="timeSec">Its time in Unix seconds.</param>
    public void Finalize(uint number, uint timeSec)
    {
        int blocks = 0;
        while (blocks < _blocks.Count && _blocks[blocks].Number <= number)
        {
            blocks++;
        }

        if (blocks > 0)
        {
            int dropped = _blocks[blocks - 1].LogEnd;
            _logStart += dropped;
            _blocks.RemoveRange(0, blocks);
            Span<BlockEnd> rest = CollectionsMarshal.AsSpan(_blocks);
            for (int i = 0; i < rest.Length; i++)
            {
                rest[i] = rest[i] with { LogEnd = rest[i].LogEnd - dropped };
            }
        }

        for (uint end = timeSec / BucketSec; _firstBucket < end && _buckets.Count > 0; _firstBucket++)
        {
            if (_buckets.Remove(_firstBucket, out Bucket? bucket))
            {
                Count -= bucket.Count;
                bucket.Clear();
                _pool.Push(bucket);
            }
        }
    }

    /// <summary>Writes everything, in an order that does not depend on how the tables were filled.</summary>
    public void Save(ByteWriter writer)
    {
        writer.WriteUInt32(Magic);

        // A bucket whose items were all undone is the same as none.
        KeyValuePair<uint, Bucket>[] filled =
            [.. _buckets.Where(pair => pair.Value.Count > 0).OrderBy(pair => pair.Key)];
        writer.WriteUInt32((uint)filled.Length);
        foreach ((uint index, Bucket bucket) in filled)
        {
            writer.WriteUInt32(index);
            writer.WriteUInt32((uint)bucket.Count);
            foreach (UInt128 tag in bucket.Tags().Order())
            {
                WriteTag(writer, tag);
            }
        }

        writer.WriteUInt32((uint)_blocks.Count);
        foreach (BlockEnd block in _blocks)
        {
            writer.WriteUInt32(block.Number);
            writer.WriteUInt32((uint)block.LogEnd);
        }

        int logged = _blocks.Count == 0 ? 0 : _blocks[^1].LogEnd;
        for (int i = 0; i < logged; i++)
        {
            (UInt128 tag, uint index) = _log[_logStart + i];
            WriteTag(writer, tag);
            writer.WriteUInt32(index);
        }
    }

    /// <summary>Replaces everything by what <see cref="Save"/> wrote; the reader fails where the bytes are not
    /// that.</summary>
    public void Load(ref ByteReader reader)
    {
        Clear();
        if (reader.ReadUInt32() != Magic)
        {
            reader.Fail("not a table of recent transactions");
        }

        int buckets = ReadCount(ref reader, 8);
        for (int b = 0; b < buckets && !reader.Failed; b++)
        {
            uint index = reader.ReadUInt32();
            int tags = ReadCount(ref reader, 16);
            var bucket = new Bucket();
            for (int i = 0; i < tags; i++)
            {
                bucket.TryAdd(ReadTag(ref reader));
            }

            if (!_buckets.TryAdd(index, bucket))
            {
                reader.Fail($"bucket {index} appears twice");
            }

            _firstBucket = b == 0 ? index : Math.Min(_firstBucket, index);
            Count += bucket.Count;
        }

        int blocks = ReadCount(ref reader, 8);
        for (int i = 0; i < blocks; i++)
        {
            _blocks.Add(new BlockEnd(reader.ReadUInt32(), (int)Math.Min(reader.ReadUInt32(), int.MaxValue)));
        }

        int logged = _blocks.Count == 0 ? 0 : _blocks[^1].LogEnd;
        if ((long)logged * 20 > reader.Remaining)
        {
            reader.Fail("the log of reversible blocks is cut off");
        }

        if (reader.Failed)
        {
            Clear();
            return;
        }

        _log = new (UInt128, uint)[Math.Max(1024, logged)];
        for (_logEnd = 0; _logEnd < logged; _logEnd++)
        {
            _log[_logEnd] = (ReadTag(ref reader), reader.ReadUInt32());
        }
    }

    private void Clear()
    {
        _buckets.Clear();
        _blocks.Clear();
        _logStart = 0;
        _logEnd = 0;
        Count = 0;
    }

    private static int ReadCount(ref ByteReader reader, int itemBytes)
    {
        uint count = reader.ReadUInt32();
        if ((long)count * itemBytes > reader.Remaining)
        {
            reader.Fail($"count {count} exceeds the bytes that remain");
            return 0;
        }

        return (int)count;
    }

    private static void WriteTag(ByteWriter writer, UInt128 tag)
    {
        writer.WriteUInt64((ulong)tag);
        writer.WriteUInt64((ulong)(tag >> 64));
    }

    private static UInt128 ReadTag(ref ByteReader reader)
    {
        ulong low = reader.ReadUInt64();
        return new UInt128(reader.ReadUInt64(), low);
    }

    // Zero marks an empty place, so the id that begins with sixteen zero bytes is stored as one.
    private static UInt128 TagOf(in Hash256 id)
    {
        UInt128 tag = MemoryMarshal.Read<UInt128>(id.Bytes);
        return tag == UInt128.Zero ? UInt128.One : tag;
    }

    private void RemoveBack(int logLength)
    {
        while (_logEnd - _logStart > logLength)
        {
            (UInt128 tag, uint index) = _log[--_logEnd];
            _buckets[index].Remove(tag);
            Count--;
        }
    }

    private void MakeRoomInLog()
    {
        int length = _logEnd - _logStart;
        (UInt128, uint)[] target = length > _log.Length / 4 * 3 ? new (UInt128, uint)[_log.Length * 2] : _log;
        Array.Copy(_log, _logStart, target, 0, length);
        _log = target;
        _logStart = 0;
        _logEnd = length;
    }

    private readonly record struct BlockEnd(uint Number, int LogEnd);

    private sealed class Bucket
    {
        private UInt128[] _slots = new UInt128[BucketSizeMin];

        public int Count { get; private set; }

        public bool Contains(UInt128 tag) => _slots[Find(tag)] == tag;

        public void Prefetch(UInt128 tag) => CacheLine.Prefetch(in _slots[(int)(ulong)tag & (_slots.Length - 1)]);

        public bool TryAdd(UInt128 tag)
        {
            if ((Count + 1) * 4L > _slots.Length * 3L)
            {
                Grow();
            }

            int at = Find(tag);
            if (_slots[at] == tag)
            {
                return false;
            }

            _slots[at] = tag;
            Count++;
            return true;
        }

        public void Remove(UInt128 tag)
        {
            int hole = Find(tag);
            if (_slots[hole] == UInt128.Zero)
            {
                return;
            }

            // Close the hole: an item after it moves back unless its home lies between the hole and itself.
            int mask = _slots.Length - 1;
            for (int i = (hole + 1) & mask; _slots[i] != UInt128.Zero; i = (i + 1) & mask)
            {
                int home = (int)(ulong)_slots[i] & mask;
                if (((i - home) & mask) >= ((i - hole) & mask))
                {
                    _slots[hole] = _slots[i];
                    hole = i;
                }
            }

            _slots[hole] = UInt128.Zero;
            Count--;
        }

        public IEnumerable<UInt128> Tags() => _slots.Where(tag => tag != UInt128.Zero);

        public void Clear()
        {
            Array.Clear(_slots);
            Count = 0;
        }

        // The place of the tag, or the empty place where it would go. A third of the places or more are empty.
        private int Find(UInt128 tag)
        {
            int mask = _slots.Length - 1;
            int at = (int)(ulong)tag & mask;
            while (_slots[at] != UInt128.Zero && _slots[at] != tag)
            {
                at = (at + 1) & mask;
            }

            return at;
        }

        private void Grow()
        {
            UInt128[] old = _slots;
            _slots = new UInt128[old.Length * 2];
            foreach (UInt128 tag in old)
            {
                if (tag != UInt128.Zero)
                {
                    _slots[Find(tag)] = tag;
                }
            }
        }
    }
}
