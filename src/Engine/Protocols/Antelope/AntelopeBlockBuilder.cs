using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Production;
using Tactus.Engine.Protocols.Antelope.Consensus;
using Tactus.Engine.Protocols.Antelope.Execution;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.Engine.Protocols.Antelope.Wire;
using Tactus.Engine.State;
using Tactus.Kernels;

namespace Tactus.Engine.Protocols.Antelope;

/// <summary>Builds Antelope blocks with the chain's own executor, which is taken back to the parent when the block is
/// sealed.</summary>
public sealed class AntelopeBlockBuilder : IBlockBuilder
{
    /// <summary>Room for header, signature, a schedule and extensions beside the receipts.</summary>
    private const int HeaderBytesMax = 16 * 1024;

    private readonly KernelSet _kernels;
    private readonly AntelopeExecutor _executor;
    private readonly IProducerKeys _keys;
    private readonly Watermarks _watermarks;
    private readonly IBlockDecoder _decoder;
    private readonly ByteWriter _receipts = new(64 * 1024);
    private readonly ByteWriter _block = new(64 * 1024);
    private readonly BlockWork _work = new();
    private HeaderState? _parent;
    private HeaderDraft? _draft;

    public AntelopeBlockBuilder(
        KernelSet kernels, AntelopeExecutor executor, IProducerKeys keys, Watermarks watermarks, IBlockDecoder decoder)
    {
        _kernels = kernels;
        _executor = executor;
        _keys = keys;
        _watermarks = watermarks;
        _decoder = decoder;
    }

    public int Bytes => _receipts.Length;

    public int TransactionCount { get; private set; }

    public Verdict Begin(object parentState, long slot, IStateView view)
    {
        var parent = (HeaderState)parentState;
        Name producer = parent.Scheduled((uint)slot).Producer;
        if (!_keys.CanSign(producer.Value))
        {
            return Verdict.Reject(
                RejectReason.WrongProducer, $"slot {slot} belongs to {producer}, whose key is not here");
        }

        Verdict verdict = parent.Draft((uint)slot, _watermarks.ConfirmedAfter(producer, parent), out _draft);
        if (!verdict.Accepted)
        {
            return verdict;
        }

        _parent = parent;
        _receipts.Clear();
        TransactionCount = 0;
        _executor.StartBlock(view, BlockContext.Of(parent, _draft!));
        return Verdict.Ok;
    }

    public Verdict Add(PendingTransaction transaction)
    {
        ReadOnlySpan<byte> packed = transaction.Packed.Span;
        if (_receipts.Length + packed.Length + HeaderBytesMax > PipelineLimits.BlockBytesMax)
        {
            return Verdict.Reject(
                RejectReason.LimitExceeded, $"the block holds its {PipelineLimits.BlockBytesMax} bytes");
        }

        var reader = new ByteReader(packed);
        if (!TryReadPacked(ref reader, out int prunableBytes, out ReadOnlySpan<byte> body))
        {
            return Verdict.Malformed(in reader);
        }

        var input = new TransactionInput(
            body, transaction.Id, KeyTag.View(transaction.KeyTags.Span), body.Length, prunableBytes);
        Verdict verdict = _executor.Apply(in input, expected: null, out TransactionResult result);
        if (verdict.Accepted)
        {
            _receipts.WriteByte((byte)result.Status);
            _receipts.WriteUInt32(result.CpuUsageUs);
            _receipts.WriteVarUInt32(result.NetUsageWords);
            _receipts.WriteVarUInt32(1);
            _receipts.WriteSpan(packed);
            TransactionCount++;
        }

        return verdict;
    }

    public Verdict Seal(out ReadOnlyMemory<byte> block)
    {
        HeaderState parent = _parent ?? throw new InvalidOperationException("no block was begun");
        HeaderDraft draft = _draft!;
        _executor.FinishBlock();
        Hash256 actionRoot = _executor.ActionRoot();
        ScheduleProposal? proposal = _executor.DueProposal;
        _executor.UndoBlock(draft.Number);
        _parent = null;
        block = default;

        var header = new BlockHeader
        {
            Slot = draft.Slot,
            Producer = draft.Producer.Producer,
            Confirmed = draft.Confirmed,
            Previous = parent.Id,
            ActionRoot = actionRoot,
            ScheduleVersion = draft.ScheduleVersion,
        };
        proposal?.CarryIn(header, parent.Features);
        Verdict verdict = TransactionRootOf(header, out Hash256 transactionRoot);
        if (!verdict.Accepted)
        {
            return verdict;
        }

        header.TransactionRoot = transactionRoot;
        verdict = parent.Finish(draft, header, header.Digest(), KeySignature.Empty, [], out HeaderState? next);
        verdict = verdict.Accepted ? _watermarks.Claim(header.Producer, draft.Number, draft.Slot) : verdict;
        if (!verdict.Accepted)
        {
            return verdict;
        }

        Span<byte> signature = stackalloc byte[KeySignature.CompactSize];
        _keys.Sign(header.Producer.Value, next!.SigningDigest(), signature);
        signature[0] += 31;
        Write(header, new KeySignature(KeyType.K1, signature));
        block = _block.WrittenMemory;
        return Verdict.Ok;
    }

    public void Abandon()
    {
        if (_parent is not null)
        {
            _executor.AbortBlock();
            _parent = null;
        }
    }

    /// <summary>Reads a packed transaction far enough to execute it in place. Compressed ones do not enter the pending
    /// queue.</summary>
    private static bool TryReadPacked(ref ByteReader reader, out int prunableBytes, out ReadOnlySpan<byte> body)
    {
        int count = reader.ReadCount(WireLimits.ElementsMax, 1 + KeySignature.CompactSize, "signatures");
        for (int i = 0; i < count && !reader.Failed; i++)
        {
            KeySignature.Read(ref reader);
        }

        prunableBytes = reader.Position;
        if (reader.ReadByte() != (byte)TransactionCompression.None)
        {
            reader.Fail("a compressed transaction cannot wait for a block: send it uncompressed");
        }

        prunableBytes += reader.ReadBytes(WireLimits.BytesMax, "packed context-free data").Length;
        body = reader.ReadBytes(WireLimits.BytesMax, "packed transaction");
        return !reader.Failed;
    }

    /// <summary>The root over the receipts, by the same lane decoder that validators use.</summary>
    private Verdict TransactionRootOf(BlockHeader header, out Hash256 root)
    {
        root = default;
        if (TransactionCount == 0)
        {
            return Verdict.Ok;
        }

        Write(header, KeySignature.Empty);
        _work.Load(_block.Written);
        Verdict verdict = _decoder.Decode(_work);
        if (verdict.Accepted)
        {
            Span<byte> bytes = stackalloc byte[Hash256.Size];
            Kernels.Merkle.MerkleTree.RootInPlace(
                _kernels.Sha256, Kernels.Merkle.MerkleShape.AntelopeLegacy, _work.Leaves, bytes);
            root = new Hash256(bytes);
        }

        return verdict;
    }

    private void Write(BlockHeader header, KeySignature signature)
    {
        _block.Clear();
        header.Write(_block);
        signature.Write(_block);
        _block.WriteVarUInt32((uint)TransactionCount);
        _block.WriteSpan(_receipts.Written);
        Extension.WriteAll(_block, []);
    }
}
