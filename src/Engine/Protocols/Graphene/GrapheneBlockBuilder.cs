using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Production;
using Tactus.Engine.Protocols.Graphene.Consensus;
using Tactus.Engine.Protocols.Graphene.Ledger;
using Tactus.Engine.Protocols.Graphene.Types;
using Tactus.Engine.Protocols.Graphene.Wire;
using Tactus.Engine.State;
using Tactus.Kernels;
using Tactus.Kernels.Merkle;

namespace Tactus.Engine.Protocols.Graphene;

/// <summary>Builds Graphene blocks with the chain's own executor. [C] Pending transactions are applied again in order;
/// those that fail or do not fit are passed over.</summary>
public sealed class GrapheneBlockBuilder : IBlockBuilder
{
    /// <summary>Room for header, signature and the count of transactions.</summary>
    private const int HeaderBytesMax = 160;

    private readonly KernelSet _kernels;
    private readonly BlockExecutor _executor;
    private readonly IProducerKeys _keys;
    private readonly BlockLaneDecoder _decoder;
    private readonly ByteWriter _transactions = new(64 * 1024);
    private readonly ByteWriter _results = new();
    private readonly ByteWriter _block = new(64 * 1024);
    private readonly BlockWork _work = new();
    private readonly Dictionary<uint, uint> _signed = [];
    private BlockHeader? _header;

    internal GrapheneBlockBuilder(
        KernelSet kernels, BlockExecutor executor, IProducerKeys keys, BlockLaneDecoder decoder)
    {
        _kernels = kernels;
        _executor = executor;
        _keys = keys;
        _decoder = decoder;
    }

    /// <summary>Below this participation no block is built: the guard against growing a minority fork. 0 turns it
    /// off.</summary>
    public int ParticipationMin { get; set; } = Participation.ProductionMin;

    public int Bytes => _transactions.Length;

    public int TransactionCount { get; private set; }

    public Verdict Begin(object parentState, long slot, IStateView view)
    {
        var state = (WitnessState)parentState;
        long k = Slots.At(state, slot);
        if (k == 0 || Slots.TimeSec(state, k) != slot)
        {
            return Verdict.Reject(RejectReason.BadSlot, $"{slot} is not a slot after block {state.Number}");
        }

        uint witness = Slots.Witness(state, k);
        if (!_keys.CanSign(witness))
        {
            return Verdict.Reject(
                RejectReason.WrongProducer, $"slot {slot} belongs to witness 1.6.{witness}, whose key is not here");
        }

        int rate = Participation.Rate(state.RecentSlots);
        if (rate < ParticipationMin)
        {
            return Verdict.Reject(
                RejectReason.NotSynced,
                $"participation is {rate / 100} %, below {ParticipationMin / 100} %: this may be a minority fork; "
                + "check the network, or lower the limit");
        }

        if (_signed.GetValueOrDefault(witness) >= slot)
        {
            return Verdict.Reject(
                RejectReason.DoubleSign, $"witness 1.6.{witness} has signed for slot {_signed[witness]} already");
        }

        _transactions.Clear();
        TransactionCount = 0;
        _header = new BlockHeader { Previous = state.Id, TimeSec = (uint)slot, Witness = witness };
        _executor.Start(view, checkAuthority: true);
        return Verdict.Ok;
    }

    public Verdict Add(PendingTransaction transaction)
    {
        ReadOnlySpan<byte> packed = transaction.Packed.Span;
        var reader = new ByteReader(packed);
        BlockLaneDecoder.SkipBody(ref reader);
        if (reader.Failed)
        {
            return Verdict.Malformed(in reader);
        }

        int mark = _transactions.Length;
        _results.Clear();
        if (HeaderBytesMax + mark + packed.Length + OperationResult.BytesMax > _executor.Parameters.BlockBytesMax)
        {
            return Verdict.Reject(
                RejectReason.LimitExceeded, $"the block holds its {_executor.Parameters.BlockBytesMax} bytes");
        }

        Verdict verdict = _executor.Apply(
            packed[..reader.Position], transaction.Id, packed.Length, transaction.KeyTags.Span, _results);
        if (!verdict.Accepted)
        {
            return verdict;
        }

        _transactions.WriteSpan(packed);
        _transactions.WriteSpan(_results.Written);
        TransactionCount++;
        return Verdict.Ok;
    }

    public Verdict Seal(out ReadOnlyMemory<byte> block)
    {
        BlockHeader header = _header ?? throw new InvalidOperationException("no block was begun");
        block = default;
        Abandon();
        if (TransactionCount > 0)
        {
            Write(header, stackalloc byte[BlockHeader.SignatureSize]);
            _work.Load(_block.Written);
            Verdict verdict = _decoder.Decode(_work);
            if (!verdict.Accepted)
            {
                return verdict;
            }

            Span<byte> root = stackalloc byte[BlockHeader.IdSize];
            MerkleTree.RootInPlace(_kernels.Sha256, MerkleShape.Graphene, _work.Leaves, root);
            header = header with { MerkleRoot = new Hash256(root) };
        }

        Span<byte> signature = stackalloc byte[BlockHeader.SignatureSize];
        _keys.Sign(header.Witness, header.Digest(), signature);
        signature[0] += BlockHeader.SignatureHeader;
        _signed[header.Witness] = header.TimeSec;
        Write(header, signature);
        if (_block.Length > _executor.Parameters.BlockBytesMax)
        {
            return Verdict.Reject(RejectReason.LimitExceeded, $"the block has {_block.Length} bytes");
        }

        block = _block.WrittenMemory;
        return Verdict.Ok;
    }

    public void Abandon()
    {
        if (_header is not null)
        {
            _executor.Abort();
            _header = null;
        }
    }

    private void Write(BlockHeader header, ReadOnlySpan<byte> signature)
    {
        _block.Clear();
        header.Write(_block);
        _block.WriteSpan(signature);
        _block.WriteVarUInt32((uint)TransactionCount);
        _block.WriteSpan(_transactions.Written);
    }
}
