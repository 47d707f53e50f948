using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Signatures;
using Tactus.Kernels.Secp256k1;

namespace Tactus.Engine.Production;

/// <summary>The door of the pending queue: transactions that arrive are decoded at once and wait for a batch, whose
/// signatures are checked together. The valid ones go to the queue with the keys that signed them, and their signatures
/// into the cache of the Signatures stage, so that the block that carries them costs only hashing and state.
/// Thread-safe; bounded by one batch.</summary>
public sealed class TransactionAdmission
{
    /// <summary>Transactions that wait for their check at most; the one that fills the batch has it checked.</summary>
    public const int BatchMax = 4096;

    private readonly Lock _lock = new();
    private readonly ITransactionDecoder _decoder;
    private readonly SignatureChecker _checker;
    private readonly PendingTransactions _pending;
    private readonly AdmittedSignatures _admitted;
    private readonly Action<BlockWork, int, int>? _expectKeys;
    private readonly Action<Hash256, Verdict>? _decided;
    private readonly BlockWork _work = new();
    private readonly (int Offset, int Length)[] _packed = new (int, int)[BatchMax];

    /// <param name="decoder">The protocol's decoder; not used by anybody else.</param>
    /// <param name="checker">Checks; may be that of the pipeline.</param>
    /// <param name="pending">Where valid transactions go.</param>
    /// <param name="admitted">Where their signatures go.</param>
    /// <param name="expectKeys">Names expected keys of a range of transactions (<see cref="Chain.ExpectKeys"/>), or
    /// null.</param>
    /// <param name="decided">Called with each checked transaction's id and verdict.</param>
    public TransactionAdmission(
        ITransactionDecoder decoder,
        SignatureChecker checker,
        PendingTransactions pending,
        AdmittedSignatures admitted,
        Action<BlockWork, int, int>? expectKeys = null,
        Action<Hash256, Verdict>? decided = null)
    {
        _decoder = decoder;
        _checker = checker;
        _pending = pending;
        _admitted = admitted;
        _expectKeys = expectKeys;
        _decided = decided;
        _decoder.Start(_work, BatchMax);
    }

    /// <summary>Transactions admitted, and turned away for their signatures, so far.</summary>
    public long AdmittedCount { get; private set; }

    /// <inheritdoc cref="AdmittedCount"/>
    public long RefusedCount { get; private set; }

    /// <summary>Transactions that wait for the check of their batch.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
            {
                return _work.Transactions.Count;
            }
        }
    }

    /// <summary>Takes a transaction in the packed form that blocks carry.</summary>
    /// <returns>Accepted: it waits for <see cref="Flush"/>. Otherwise why its form is wrong, or
    /// LimitExceeded.</returns>
    public Verdict Offer(ReadOnlySpan<byte> packed)
    {
        lock (_lock)
        {
            if (packed.Length > PipelineLimits.BlockBytesMax - _work.Bytes.Length)
            {
                return Verdict.Reject(
                    RejectReason.LimitExceeded, "the batch that waits for its check is full; send it again later");
            }

            int at = _work.Bytes.Length;
            Verdict verdict = _decoder.Append(_work, packed);
            if (verdict.Accepted)
            {
                _packed[_work.Transactions.Count - 1] = (at, packed.Length);
                if (_work.Transactions.Count == BatchMax)
                {
                    CheckBatch();
                }
            }

            return verdict;
        }
    }

    /// <summary>Checks all that wait now. To be called every few milliseconds while transactions come slowly.</summary>
    public void Flush()
    {
        lock (_lock)
        {
            CheckBatch();
        }
    }

    private void CheckBatch()
    {
        int count = _work.Transactions.Count;
        if (count == 0)
        {
            return;
        }

        _decoder.Finish(_work);
        _expectKeys?.Invoke(_work, 0, count);
        _checker.Check(_work, 0, _work.Signatures.Count);
        for (int i = 0; i < count; i++)
        {
            Verdict verdict = Admit(i);
            AdmittedCount += verdict.Accepted ? 1 : 0;
            RefusedCount += verdict.Accepted ? 0 : 1;
            _decided?.Invoke(_work.Transactions[i].Id, verdict);
        }

        _decoder.Start(_work, BatchMax);
    }

    private Verdict Admit(int index)
    {
        ref TransactionLane transaction = ref _work.Transactions[index];
        SignatureLanes lanes = _work.Signatures;
        int end = transaction.FirstSignature + transaction.SignatureCount;
        for (int i = transaction.FirstSignature; i < end; i++)
        {
            if (lanes.Verdicts[i] != SignatureVerdict.Valid)
            {
                return Verdict.Reject(
                    RejectReason.BadSignature, $"signature {i - transaction.FirstSignature}: {lanes.Verdicts[i]}");
            }
        }

        if (!lanes.KeysMayRepeat
            && lanes.TryFindRepeatedKey(
                transaction.FirstSignature, transaction.SignatureCount, out int earlier, out int later))
        {
            return Verdict.Reject(RejectReason.DuplicateKey, $"signatures {earlier} and {later} are by the same key");
        }

        (int offset, int length) = _packed[index];
        int tags = transaction.FirstSignature * SignatureLanes.KeyTagSize;
        Verdict verdict = _pending.Add(
            transaction.Id,
            _work.Bytes.Slice(offset, length),
            lanes.KeyTags.AsSpan(tags, transaction.SignatureCount * SignatureLanes.KeyTagSize),
            _decoder.ExpirationSec(_work, index));
        if (verdict.Accepted)
        {
            for (int i = transaction.FirstSignature; i < end; i++)
            {
                if (lanes.Types[i] == 0)
                {
                    _admitted.Add(
                        lanes.DigestOf(i), lanes.Signatures.AsSpan(i * 64, 64), lanes.RecoveryIds[i],
                        lanes.KeyTagOf(i)[1..]);
                }
            }
        }

        return verdict;
    }
}
