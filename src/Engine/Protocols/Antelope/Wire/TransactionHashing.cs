using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.Kernels;
using Tactus.Kernels.Sha256;

namespace Tactus.Engine.Protocols.Antelope.Wire;

/// <summary>Hashes the transactions of a block in batches: id, signing digest, packed digest, receipt digest of
/// each.</summary>
/// <remarks>
/// The messages of a chunk of transactions are laid end to end in one buffer that stays in the caches. Some end in the
/// hash of another message: those 32 bytes are left open (a "gap") and filled between the batches.
/// <code>
/// signing    chain id | transaction | gap: sha256 of the context-free data, or zeros
/// packed     compression | length | packed transaction | gap: sha256 of (signatures | context-free data)
/// receipt    status | processor time | words | gap: packed digest, or the id where there is nothing else
/// </code>
/// The id is the hash of the middle of the signing message.
/// </remarks>
internal sealed class TransactionHashing
{
    /// <summary>Transactions hashed together: enough for full lanes at every step.</summary>
    private const int ChunkTransactions = 512;

    /// <summary>Bytes of messages after which a chunk is hashed even if it holds fewer.</summary>
    private const int ChunkBytes = 1 << 20;

    private readonly KernelSet _kernels;
    private readonly Hash256 _chainId;
    private readonly ByteWriter _messages = new(64 * 1024);
    private readonly Batch _ids = new();
    private readonly Batch _contextFreeData = new();
    private readonly Batch _prunables = new();
    private readonly Batch _signings = new();
    private readonly Batch _packeds = new();
    private readonly MessageRange[] _receipts = new MessageRange[ChunkTransactions];
    private int _receiptCount;
    private int _leavesDone;

    public TransactionHashing(KernelSet kernels, in Hash256 chainId)
    {
        _kernels = kernels;
        _chainId = chainId;
    }

    /// <summary>Forgets what an earlier block left.</summary>
    public void Start()
    {
        _leavesDone = 0;
        Clear();
    }

    /// <summary>Adds a receipt that carries only an id.</summary>
    public void AddIdOnly(BlockWork work, in TransactionLane lane)
    {
        int gap = AddReceipt(in lane);
        lane.Id.CopyTo(_messages.Reserve(Hash256.Size));
        EndReceipt(work, gap);
    }

    /// <summary>Adds a packed transaction, which is the last of the block's lanes so far.</summary>
    /// <param name="work">The block.</param>
    /// <param name="lane">Its lane.</param>
    /// <param name="body">The transaction, in shortest form.</param>
    /// <param name="contextFreeData">Its context-free data unpacked, in shortest form; empty for none.</param>
    /// <param name="prunable">Signatures in shortest form.</param>
    /// <param name="packed">The rest as received.</param>
    public void Add(
        BlockWork work,
        in TransactionLane lane,
        ReadOnlySpan<byte> body,
        ReadOnlySpan<byte> contextFreeData,
        ReadOnlySpan<byte> prunable,
        in PackedView packed)
    {
        int transaction = work.Transactions.Count - 1;
        if (!contextFreeData.IsEmpty)
        {
            // Filled before the signing digest that contains its hash, which follows.
            int data = _messages.Length;
            _messages.WriteSpan(contextFreeData);
            _contextFreeData.Add(
                new MessageRange(data, contextFreeData.Length), _messages.Length + Hash256.Size + body.Length);
        }

        int at = _messages.Length;
        Span<byte> signing = _messages.Reserve(Hash256.Size + body.Length + Hash256.Size);
        _chainId.CopyTo(signing);
        body.CopyTo(signing[Hash256.Size..]);
        signing[^Hash256.Size..].Clear();
        _ids.Add(new MessageRange(at + Hash256.Size, body.Length), transaction);
        _signings.Add(new MessageRange(at, signing.Length), transaction);

        at = _messages.Length;
        _messages.WriteByte(packed.Compression);
        _messages.WriteBytes(packed.Trx);
        int packedGap = _messages.Length;
        _messages.Reserve(Hash256.Size);
        var packedRange = new MessageRange(at, _messages.Length - at);

        at = _messages.Length;
        _messages.WriteSpan(prunable);
        _messages.WriteBytes(packed.ContextFreeData);
        _prunables.Add(new MessageRange(at, _messages.Length - at), packedGap);

        int receipt = AddReceipt(in lane);
        _packeds.Add(packedRange, _messages.Length);
        _messages.Reserve(Hash256.Size);
        EndReceipt(work, receipt);
    }

    /// <summary>Hashes what was added: ids into the transaction lanes, digests into the signature lanes,
    /// leaves.</summary>
    public void Flush(BlockWork work)
    {
        ReadOnlySpan<byte> messages = _messages.Written;
        ReadOnlySpan<byte> ids = _ids.Hash(_kernels, messages);
        for (int i = 0; i < _ids.Count; i++)
        {
            work.Transactions[_ids.Targets[i]].Id = new Hash256(ids.Slice(i * Hash256.Size, Hash256.Size));
        }

        FillGaps(_contextFreeData);
        FillGaps(_prunables);
        ReadOnlySpan<byte> signings = _signings.Hash(_kernels, messages);
        for (int i = 0; i < _signings.Count; i++)
        {
            ref TransactionLane lane = ref work.Transactions[_signings.Targets[i]];
            for (int s = 0; s < lane.SignatureCount; s++)
            {
                signings.Slice(i * Hash256.Size, Hash256.Size)
                    .CopyTo(work.Signatures.DigestOf(lane.FirstSignature + s));
            }
        }

        FillGaps(_packeds);
        if (_receiptCount > 0)
        {
            Span<byte> leaves = work.Leaves.Slice(_leavesDone * Hash256.Size, _receiptCount * Hash256.Size);
            _kernels.Sha256.For(_receiptCount).HashMixed(messages, _receipts.AsSpan(0, _receiptCount), leaves);
            _leavesDone += _receiptCount;
        }

        Clear();
    }

    private int AddReceipt(in TransactionLane lane)
    {
        int at = _messages.Length;
        _messages.WriteByte(lane.Status);
        _messages.WriteUInt32(lane.CpuUsageUs);
        _messages.WriteVarUInt32(lane.NetUsageWords);
        return at;
    }

    private void EndReceipt(BlockWork work, int at)
    {
        _receipts[_receiptCount++] = new MessageRange(at, _messages.Length - at);
        if (_receiptCount == ChunkTransactions || _messages.Length >= ChunkBytes)
        {
            Flush(work);
        }
    }

    private void FillGaps(Batch batch)
    {
        ReadOnlySpan<byte> digests = batch.Hash(_kernels, _messages.Written);
        for (int i = 0; i < batch.Count; i++)
        {
            digests.Slice(i * Hash256.Size, Hash256.Size).CopyTo(_messages.WrittenForUpdate[batch.Targets[i]..]);
        }
    }

    private void Clear()
    {
        _messages.Clear();
        _ids.Clear();
        _contextFreeData.Clear();
        _prunables.Clear();
        _signings.Clear();
        _packeds.Clear();
        _receiptCount = 0;
    }

    /// <summary>Messages to hash together, and for each where its digest goes (a gap, or a transaction).</summary>
    private sealed class Batch
    {
        private readonly MessageRange[] _ranges = new MessageRange[ChunkTransactions];
        private readonly byte[] _digests = new byte[ChunkTransactions * Hash256.Size];

        public int[] Targets { get; } = new int[ChunkTransactions];

        public int Count { get; private set; }

        public void Add(MessageRange range, int target)
        {
            _ranges[Count] = range;
            Targets[Count++] = target;
        }

        public void Clear() => Count = 0;

        public ReadOnlySpan<byte> Hash(KernelSet kernels, ReadOnlySpan<byte> messages)
        {
            Span<byte> digests = _digests.AsSpan(0, Count * Hash256.Size);
            if (Count > 0)
            {
                kernels.Sha256.For(Count).HashMixed(messages, _ranges.AsSpan(0, Count), digests);
            }

            return digests;
        }
    }

    /// <summary>Parts of a packed transaction as received.</summary>
    public readonly ref struct PackedView(byte compression, ReadOnlySpan<byte> contextFreeData, ReadOnlySpan<byte> trx)
    {
        public readonly byte Compression = compression;
        public readonly ReadOnlySpan<byte> ContextFreeData = contextFreeData;
        public readonly ReadOnlySpan<byte> Trx = trx;
    }
}
