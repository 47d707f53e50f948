using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Quorum.Coins;
using Tactus.Kernels;
using Tactus.Kernels.Merkle;
using Tactus.Kernels.Sha256;

namespace Tactus.Engine.Protocols.Quorum.Blocks;

/// <summary>Decodes a block (header 124 bytes, transaction count 4, transactions, seal) into lanes. All hashes go
/// through the batch kernels: ids, inner hashes, input digests, and the two hashes of every output, which lie in
/// <see cref="BlockWork.Inflated"/>, 64 bytes each in the order of the outputs.</summary>
public sealed class BlockLaneDecoder : IBlockDecoder
{
    /// <summary>Latest block time in Unix seconds: keeps times in microseconds within 63 bits.</summary>
    public const ulong TimeSecMax = 1UL << 40;

    private readonly KernelSet _kernels;
    private readonly long _slotSec;
    private readonly ByteWriter _inputMessages = new(64 * 256);
    private readonly ByteWriter _outputMessages = new(UnspentOutput.SnapshotSize * 256);
    private MessageRange[] _ids = new MessageRange[256];
    private MessageRange[] _inners = new MessageRange[256];
    private byte[] _digests = new byte[32 * 256];

    public BlockLaneDecoder(KernelSet kernels, QuorumParameters parameters)
    {
        _kernels = kernels;
        _slotSec = parameters.SlotSec;
    }

    public Verdict Decode(BlockWork block)
    {
        var reader = new ByteReader(block.Bytes);
        CoinHeader header = CoinHeader.Read(ref reader);
        uint count = reader.ReadUInt32();
        if (reader.Failed)
        {
            return Verdict.Malformed(in reader);
        }

        if (count > PipelineLimits.TransactionsMax || header.Seq >= uint.MaxValue || header.TimeSec > TimeSecMax)
        {
            return Verdict.Reject(
                RejectReason.LimitExceeded,
                $"{count} transactions, number {header.Seq} or time {header.TimeSec} exceeds its limit");
        }

        Verdict verdict = ReadTransactions(block, ref reader, (int)count, out int outputs);
        if (!verdict.Accepted)
        {
            return verdict;
        }

        BlockSeal seal = BlockSeal.Read(ref reader);
        if (reader.Failed)
        {
            return Verdict.Malformed(in reader);
        }

        if (reader.Remaining > 0)
        {
            return Verdict.Reject(
                RejectReason.TrailingBytes, $"{reader.Remaining} bytes follow the certificate", reader.Position);
        }

        block.Header = new SealedHeader(header, seal);
        block.Id = CoinHeader.HashOf(block.Bytes);
        block.PreviousId = header.PreviousHash;
        block.Number = (uint)header.Seq;
        block.Slot = (long)header.TimeSec / _slotSec;
        verdict = HashTransactions(block, seal.Opening);
        if (verdict.Accepted)
        {
            HashOutputs(block, header, outputs);
        }

        return verdict;
    }

    public Verdict CheckRoot(BlockWork block)
    {
        Hash256 stated = ((SealedHeader)block.Header!).Coin.BodyHash;
        Hash256 root = Root(_kernels, block.Leaves);
        return root == stated
            ? Verdict.Ok
            : Verdict.Reject(
                RejectReason.WrongRoot, $"the transactions give the body hash {root}, the header says {stated}");
    }

    /// <summary>Body hash over transaction ids, and the opening's leaf where there is one. Overwrites the
    /// leaves.</summary>
    internal static Hash256 Root(KernelSet kernels, Span<byte> leaves)
    {
        Span<byte> root = stackalloc byte[Hash256.Size];
        MerkleTree.RootInPlace(kernels.Sha256, MerkleShape.Skycoin, leaves, root);
        return new Hash256(root);
    }

    private Verdict ReadTransactions(BlockWork block, ref ByteReader reader, int count, out int outputs)
    {
        outputs = 0;
        _inputMessages.Clear();
        for (int i = 0; i < count; i++)
        {
            int start = reader.Position;
            CoinTransaction transaction = CoinTransaction.Read(ref reader);
            if (reader.Failed)
            {
                return Verdict.Malformed(in reader);
            }

            Verdict verdict = transaction.CheckForm();
            if (!verdict.Accepted)
            {
                return verdict with { Index = i, Detail = $"transaction {i}: {verdict.Detail}" };
            }

            ref TransactionLane lane = ref block.Transactions.Add();
            lane.BodyOffset = start;
            lane.BodyLength = transaction.Bytes.Length;
            lane.PackedBytes = transaction.Bytes.Length;
            lane.FirstSignature = block.Signatures.Count;
            lane.SignatureCount = transaction.SignatureCount;
            AddSignatures(block.Signatures, transaction, i);
            outputs += transaction.OutputCount;
            EnsureRanges(i + 1);
            _ids[i] = new MessageRange(start, transaction.Bytes.Length);
            _inners[i] = new MessageRange(
                start + transaction.InnerOffset, transaction.Bytes.Length - transaction.InnerOffset);
        }

        if (block.Signatures.Count > PipelineLimits.SignaturesMax)
        {
            return Verdict.Reject(
                RejectReason.LimitExceeded, $"{block.Signatures.Count} inputs exceed {PipelineLimits.SignaturesMax}");
        }

        // One owner signs each of its inputs.
        block.Signatures.KeysMayRepeat = true;
        return Verdict.Ok;
    }

    private void AddSignatures(SignatureLanes lanes, CoinTransaction transaction, int index)
    {
        for (int s = 0; s < transaction.SignatureCount; s++)
        {
            ReadOnlySpan<byte> signature = transaction.Signatures.Slice(
                s * CoinTransaction.SignatureSize, CoinTransaction.SignatureSize);
            lanes.Add(index, 0, signature[..64], signature[64]);
            _inputMessages.WriteHash256(transaction.InnerHash);
            _inputMessages.WriteHash256(transaction.Input(s));
        }
    }

    private Verdict HashTransactions(BlockWork block, Opening? opening)
    {
        int count = block.Transactions.Count;
        Span<byte> leaves = block.ReserveLeaves(count + (opening is null ? 0 : 1));
        if (opening is not null)
        {
            opening.Leaf().CopyTo(leaves[(count * 32)..]);
        }

        if (count == 0)
        {
            return Verdict.Ok;
        }

        if (_digests.Length < count * 32)
        {
            _digests = new byte[count * 32 * 2];
        }

        Span<byte> inners = _digests.AsSpan(0, count * 32);
        ISha256Kernel sha256 = _kernels.Sha256.For(count);
        sha256.HashMixed(block.Bytes, _ids.AsSpan(0, count), leaves[..(count * 32)]);
        sha256.HashMixed(block.Bytes, _inners.AsSpan(0, count), inners);
        int signatures = block.Signatures.Count;
        _kernels.Sha256.For(signatures).HashEqual(
            _inputMessages.Written, 64, block.Signatures.Digests.AsSpan(0, signatures * 32));
        for (int i = 0; i < count; i++)
        {
            ref TransactionLane lane = ref block.Transactions[i];
            lane.Id = new Hash256(leaves.Slice(i * 32, 32));
            if (!block.BodyOf(in lane).Slice(5, 32).SequenceEqual(inners.Slice(i * 32, 32)))
            {
                return Verdict.Reject(
                    RejectReason.WrongRoot,
                    $"transaction {i}: its inner hash is not that of its inputs and outputs", i);
            }
        }

        return Verdict.Ok;
    }

    private void HashOutputs(BlockWork block, in CoinHeader header, int outputs)
    {
        _outputMessages.Clear();
        for (int i = 0; i < block.Transactions.Count; i++)
        {
            ref TransactionLane lane = ref block.Transactions[i];
            var reader = new ByteReader(block.BodyOf(in lane));
            CoinTransaction transaction = CoinTransaction.Read(ref reader);
            for (int o = 0; o < transaction.OutputCount; o++)
            {
                Span<byte> message = _outputMessages.Reserve(UnspentOutput.SnapshotSize);
                UnspentOutput.WriteSnapshot(lane.Id, transaction.Output(o), header.TimeSec, header.Seq, message);
            }
        }

        OutputHashes.Compute(_kernels, _outputMessages.Written, ref _digests, block.ReserveInflated(outputs * 64));
    }

    private void EnsureRanges(int count)
    {
        if (count > _ids.Length)
        {
            Array.Resize(ref _ids, _ids.Length * 2);
            Array.Resize(ref _inners, _inners.Length * 2);
        }
    }
}
