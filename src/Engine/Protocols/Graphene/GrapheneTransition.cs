using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Graphene.Consensus;
using Tactus.Engine.Protocols.Graphene.Ledger;
using Tactus.Engine.Protocols.Graphene.Types;
using Tactus.Engine.Protocols.Graphene.Wire;
using Tactus.Engine.State;

namespace Tactus.Engine.Protocols.Graphene;

/// <summary>Applies Graphene blocks. Elections and keys come from execution, so the header is judged here again, on the
/// parent's executed state, and the state after the block replaces what the header told.</summary>
public sealed class GrapheneTransition : IBlockTransition
{
    /// <summary>Users written to one view at genesis: some 200,000 records.</summary>
    private const int UsersPerChunk = 1 << 16;

    private readonly GrapheneConsensus _consensus;
    private readonly GrapheneGenesis _genesis;
    private readonly ByteWriter _results = new();
    private long _slot;
    private bool _started;

    public GrapheneTransition(GrapheneConsensus consensus, GrapheneGenesis genesis)
    {
        _consensus = consensus;
        _genesis = genesis;
    }

    internal BlockExecutor Executor { get; } = new();

    public void InitializeState(IStateView view, Action flush)
    {
        _genesis.Write(view);
        for (int first = 0; first < _genesis.UserCount; first += UsersPerChunk)
        {
            flush();
            _genesis.WriteUsers(view, first, Math.Min(UsersPerChunk, _genesis.UserCount - first));
        }
    }

    /// <summary>Names the key of accounts whose active authority is one key, for transactions of one
    /// transfer.</summary>
    public void ExpectKeys(BlockWork block, int firstTransaction, int count, IStateSession state)
    {
        byte[] buffer = new byte[256];
        for (int i = firstTransaction; i < firstTransaction + count; i++)
        {
            ref TransactionLane lane = ref block.Transactions[i];
            if (lane.SignatureCount != 1 || !TryReadSender(block.BodyOf(in lane), out uint sender)
                || !state.TryReadBlob(StateKey.Of(Tables.Authorities, sender), ref buffer, out int length))
            {
                continue;
            }

            var reader = new ByteReader(LedgerView.ActiveOf(buffer.AsSpan(0, length)));
            uint threshold = reader.ReadUInt32();
            if (reader.ReadVarUInt32() == 0 && reader.ReadVarUInt32() == 1)
            {
                ReadOnlySpan<byte> key = reader.ReadSpan(SigningKey.Size);
                if (reader.ReadUInt16() >= threshold && !reader.Failed)
                {
                    key.CopyTo(block.Signatures.ExpectedKeyOf(lane.FirstSignature));
                    block.Signatures.HasExpectedKey[lane.FirstSignature] = true;
                }
            }
        }
    }

    private static bool TryReadSender(ReadOnlySpan<byte> body, out uint sender)
    {
        var reader = new ByteReader(body);
        reader.Skip(2 + 4 + 4);
        bool oneTransfer = reader.ReadVarUInt32() == 1 && reader.ReadVarUInt32() == (uint)OperationTag.Transfer;
        Asset.Read(ref reader);
        sender = reader.ReadVarUInt32();
        return oneTransfer && !reader.Failed;
    }

    public Verdict Begin(BlockWork block, object parentState, IStateView view, bool checkAuthority)
    {
        Executor.Start(view, checkAuthority);
        _started = true;
        WitnessState parent = Executor.Parent;
        if (parent.Id != block.PreviousId)
        {
            throw new InvalidOperationException(
                $"the state stands at block {parent.Number}, the block's parent is {block.PreviousId}");
        }

        var signed = (SignedHeader)block.Header!;
        if (block.Bytes.Length > Executor.Parameters.BlockBytesMax)
        {
            return Verdict.Reject(
                RejectReason.TooLarge, $"{block.Bytes.Length} bytes exceed the chain's {Executor.Parameters.BlockBytesMax}");
        }

        Verdict verdict = WitnessTransition.CheckLink(parent, signed.Header);
        verdict = verdict.Accepted ? WitnessTransition.CheckSlot(parent, signed.Header, out _slot) : verdict;
        if (verdict.Accepted && checkAuthority)
        {
            verdict = _consensus.Recover(signed);
            verdict = verdict.Accepted
                ? WitnessTransition.CheckKey(parent, signed.Header.Witness, signed.Signer!.Value)
                : verdict;
        }

        return verdict;
    }

    public Verdict Apply(BlockWork block, int firstTransaction, int count)
    {
        for (int i = firstTransaction; i < firstTransaction + count; i++)
        {
            ref TransactionLane lane = ref block.Transactions[i];
            ReadOnlySpan<byte> tags = block.Signatures.KeyTags.AsSpan(
                lane.FirstSignature * SignatureLanes.KeyTagSize, lane.SignatureCount * SignatureLanes.KeyTagSize);
            _results.Clear();
            Verdict verdict = Executor.Apply(
                block.BodyOf(in lane), lane.Id, lane.PackedBytes - lane.PrunableBytes, tags, _results);

            // [N] The code executes again and takes the block's results as they are; here they must agree.
            if (verdict.Accepted && !_results.Written.SequenceEqual(BlockLaneDecoder.ResultsOf(block, in lane)))
            {
                verdict = Verdict.Reject(
                    RejectReason.ReceiptMismatch, "execution gives other operation results than the block holds");
            }

            if (!verdict.Accepted)
            {
                return verdict with
                {
                    Index = i,
                    Detail = $"transaction {i} {lane.Id.ToShortString()}: {verdict.Detail}",
                };
            }
        }

        return Verdict.Ok;
    }

    public Verdict Finish(BlockWork block)
    {
        block.ConsensusState = Executor.Finish(((SignedHeader)block.Header!).Header, block.Id, _slot);
        _started = false;
        return Verdict.Ok;
    }

    public object HeadState(IStateSession state, object headerState)
    {
        byte[] buffer = [];
        if (!state.TryReadBlob(StateKey.Of(Tables.Consensus, 0), ref buffer, out int length))
        {
            throw new InvalidOperationException("the state has no consensus record");
        }

        var reader = new ByteReader(buffer.AsSpan(0, length));
        return WitnessStateCodec.Read(ref reader);
    }

    public void Committed(BlockWork block)
    {
        // Everything is in the records.
    }

    public void Abandoned(BlockWork block)
    {
        if (_started)
        {
            Executor.Abort();
            _started = false;
        }
    }

    public void Unwound(uint number, in Hash256 id) => Executor.Unwind(number);

    public void Finalized(uint number) => Executor.Finalize(number);

    public void Save(ByteWriter writer) => Executor.Save(writer);

    public void Load(ref ByteReader reader) => Executor.Load(ref reader);
}
