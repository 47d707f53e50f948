using Tactus.Engine.Primitives;

namespace Tactus.Engine.Production;

/// <summary>A transaction that waits for a block: its packed bytes, its id and, once checked, the keys that signed
/// it.</summary>
public sealed class PendingTransaction
{
    internal PendingTransaction()
    {
    }

    public Hash256 Id { get; internal set; }

    /// <summary>Packed form as blocks carry it.</summary>
    public ReadOnlyMemory<byte> Packed => _packed.AsMemory(0, _length);

    /// <summary>34-byte tags of the keys that signed it, one after the other; empty until checked.</summary>
    public ReadOnlyMemory<byte> KeyTags => _keyTags.AsMemory(0, _keyTagsLength);

    /// <summary>Bytes that it keeps for the next one while it is pooled.</summary>
    internal int BufferBytes => _packed.Length + _keyTags.Length;

    /// <summary>Last second, since 1970, in which a block may include it.</summary>
    public uint ExpirationSec { get; internal set; }

    private byte[] _packed = [];
    private int _length;
    private byte[] _keyTags = [];
    private int _keyTagsLength;

    internal void Load(in Hash256 id, ReadOnlySpan<byte> packed, ReadOnlySpan<byte> keyTags, uint expirationSec)
    {
        Id = id;
        ExpirationSec = expirationSec;
        Store(ref _packed, packed);
        _length = packed.Length;
        Store(ref _keyTags, keyTags);
        _keyTagsLength = keyTags.Length;
    }

    private static void Store(ref byte[] buffer, ReadOnlySpan<byte> bytes)
    {
        if (buffer.Length < bytes.Length)
        {
            buffer = new byte[Math.Max(bytes.Length, 256)];
        }

        bytes.CopyTo(buffer);
    }
}

/// <summary>Transactions that wait for a block, first in first out, without doubles, bounded. Thread-safe: peers add
/// while the producer takes. Items are pooled.</summary>
public sealed class PendingTransactions
{
    /// <summary>Buffers of a transaction that is kept for the next one, at most: a gigabyte in a full pool.</summary>
    private const int PooledBytesMax = 1024;

    private readonly Lock _lock = new();
    private readonly Queue<PendingTransaction> _queue = new();
    private readonly HashSet<Hash256> _ids = [];
    private readonly Stack<PendingTransaction> _pool = new();

    /// <param name="countMax">Most transactions that wait.</param>
    /// <param name="bytesMax">Most bytes of packed transactions that wait.</param>
    public PendingTransactions(int countMax = 1 << 20, long bytesMax = 1L << 30)
    {
        CountMax = countMax;
        BytesMax = bytesMax;
    }

    public int CountMax { get; }

    public long BytesMax { get; }

    public long Bytes { get; private set; }

    /// <summary>Transactions turned away because the queue was full.</summary>
    public long FullCount { get; private set; }

    /// <summary>Transactions dropped because they expired while waiting.</summary>
    public long ExpiredCount { get; private set; }

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _queue.Count;
            }
        }
    }

    /// <summary>Adds a transaction.</summary>
    /// <returns>Accepted, or Duplicate, or LimitExceeded where the queue is full.</returns>
    public Verdict Add(in Hash256 id, ReadOnlySpan<byte> packed, ReadOnlySpan<byte> keyTags, uint expirationSec)
    {
        lock (_lock)
        {
            if (_queue.Count >= CountMax || Bytes + packed.Length > BytesMax)
            {
                FullCount++;
                return Verdict.Reject(
                    RejectReason.LimitExceeded,
                    $"the pending queue is full ({_queue.Count} of {CountMax} transactions, "
                    + $"{Bytes} of {BytesMax} bytes); send it again later");
            }

            if (!_ids.Add(id))
            {
                return Verdict.Reject(RejectReason.Duplicate, $"transaction {id} waits already");
            }

            PendingTransaction item = _pool.Count > 0 ? _pool.Pop() : new PendingTransaction();
            item.Load(id, packed, keyTags, expirationSec);
            _queue.Enqueue(item);
            Bytes += packed.Length;
            return Verdict.Ok;
        }
    }

    /// <summary>Takes the next transaction that has not expired at <paramref name="nowSec"/>. Give it back with
    /// <see cref="Release"/>, or with <see cref="Requeue"/> when it did not fit the block.</summary>
    public bool TryTake(uint nowSec, out PendingTransaction? transaction)
    {
        lock (_lock)
        {
            while (_queue.TryDequeue(out transaction))
            {
                Bytes -= transaction.Packed.Length;
                if (transaction.ExpirationSec >= nowSec)
                {
                    return true;
                }

                ExpiredCount++;
                _ids.Remove(transaction.Id);
                Pool(transaction);
            }
        }

        transaction = null;
        return false;
    }

    /// <summary>Returns taken transactions to the head of the queue, in their order.</summary>
    public void Requeue(IReadOnlyList<PendingTransaction> transactions)
    {
        lock (_lock)
        {
            int later = _queue.Count;
            foreach (PendingTransaction transaction in transactions)
            {
                _queue.Enqueue(transaction);
                Bytes += transaction.Packed.Length;
            }

            for (int i = 0; i < later; i++)
            {
                _queue.Enqueue(_queue.Dequeue());
            }
        }
    }

    /// <summary>Forgets a taken transaction: it is in a block, or it failed.</summary>
    public void Release(PendingTransaction transaction)
    {
        lock (_lock)
        {
            _ids.Remove(transaction.Id);
            Pool(transaction);
        }
    }

    // Large ones are left to the collector: the pool may hold as many items as the queue ever did.
    private void Pool(PendingTransaction transaction)
    {
        if (transaction.BufferBytes <= PooledBytesMax)
        {
            _pool.Push(transaction);
        }
    }
}
