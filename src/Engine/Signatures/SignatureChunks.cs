using Tactus.Engine.Pipeline;

namespace Tactus.Engine.Signatures;

/// <summary>The chunks of one block's signatures and how far they are checked. Workers and the applying thread take
/// chunks in order from one counter, so whoever waits for a chunk works instead of waiting.</summary>
/// <remarks>Chunks end at transaction borders; chunk k covers transactions [FirstTransaction(k),
/// FirstTransaction(k+1)).</remarks>
public sealed class SignatureChunks
{
    private readonly List<(int Transaction, int Signature)> _starts = [];
    private int[] _done = new int[16];
    private int _next;

    public BlockWork? Block { get; private set; }

    /// <summary>At least one, also for a block without signatures, so that applying has something to walk.</summary>
    public int Count { get; private set; }

    public bool AllTaken => Volatile.Read(ref _next) >= Count;

    public int FirstTransaction(int chunk) => _starts[chunk].Transaction;

    public int FirstSignature(int chunk) => _starts[chunk].Signature;

    public bool IsDone(int chunk) => Volatile.Read(ref _done[chunk]) != 0;

    /// <summary>Cuts a block into chunks of about <paramref name="signaturesPerChunk"/> signatures.</summary>
    public void Reset(BlockWork block, int signaturesPerChunk)
    {
        // A worker may still look at the counters of the previous block: close them before anything else changes.
        Volatile.Write(ref _next, int.MaxValue / 2);
        Block = block;
        _starts.Clear();
        _starts.Add((0, 0));
        int chunkFirst = 0;
        for (int i = 0; i < block.Transactions.Count; i++)
        {
            ref TransactionLane transaction = ref block.Transactions[i];
            int end = transaction.FirstSignature + transaction.SignatureCount;
            bool last = i + 1 == block.Transactions.Count;
            if (!last && end - chunkFirst >= signaturesPerChunk)
            {
                _starts.Add((i + 1, end));
                chunkFirst = end;
            }
        }

        Count = _starts.Count;
        _starts.Add((block.Transactions.Count, block.Signatures.Count));
        if (_done.Length < Count)
        {
            _done = new int[Count * 2];
        }

        Array.Clear(_done, 0, Count);
        Volatile.Write(ref _next, 0);
    }

    /// <summary>Takes the next chunk nobody works on.</summary>
    public bool TryTake(out int chunk)
    {
        if (AllTaken)
        {
            chunk = -1;
            return false;
        }

        chunk = Interlocked.Increment(ref _next) - 1;
        return chunk < Count;
    }

    public void MarkDone(int chunk) => Volatile.Write(ref _done[chunk], 1);
}
