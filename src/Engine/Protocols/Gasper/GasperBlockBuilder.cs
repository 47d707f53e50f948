using Tactus.Engine.Primitives;
using Tactus.Engine.Production;
using Tactus.Engine.Protocols.Gasper.Blocks;
using Tactus.Engine.Protocols.Gasper.Production;
using Tactus.Engine.Protocols.Gasper.State;
using Tactus.Engine.Protocols.Gasper.Transition;
using Tactus.Engine.State;
using Tactus.Kernels.Bls12381;

namespace Tactus.Engine.Protocols.Gasper;

/// <summary>Builds the block of a slot for validators of this node, with the votes that have arrived and are not
/// included yet.</summary>
/// <param name="pool">Votes that fork choice has accepted.</param>
/// <param name="keys">The validators of this node.</param>
public sealed class GasperBlockBuilder(AttestationPool pool, IValidatorKeys keys) : IBlockBuilder
{
    private GasperState? _parent;
    private BeaconState? _slotState;

    /// <summary>What the blocks carry besides votes.</summary>
    public BlockContents Contents { get; init; } = BlockContents.Empty;

    public int Bytes => 0;

    /// <summary>Always 0: a beacon block has no transactions.</summary>
    public int TransactionCount => 0;

    public Verdict Begin(object parentState, long slot, IStateView view)
    {
        _parent = (GasperState)parentState;
        _slotState = null;
        Verdict verdict = _parent.At((ulong)slot, out BeaconState? state);
        if (!verdict.Accepted)
        {
            return verdict;
        }

        int proposer = Accessors.ProposerIndex(state!);
        if (!keys.CanSign((ulong)proposer) || !keys.IsOnline(proposer, state!.CurrentEpoch))
        {
            return Verdict.Reject(
                RejectReason.WrongProducer, $"slot {slot} belongs to validator {proposer}, who is not here");
        }

        _slotState = state;
        return Verdict.Ok;
    }

    public Verdict Add(PendingTransaction transaction) =>
        Verdict.Reject(RejectReason.Malformed, "a beacon block has no transactions");

    public Verdict Seal(out ReadOnlyMemory<byte> block)
    {
        block = default;
        BeaconState state = _slotState ?? throw new InvalidOperationException("no block was begun");
        _slotState = null;
        int proposer = Accessors.ProposerIndex(state);
        byte[] reveal = new byte[IBlsKernel.SignatureBytes];
        keys.SignRandao(proposer, ValidatorDuties.RandaoRoot(state), reveal);
        Verdict verdict = ValidatorDuties.BuildBlock(
            state, reveal, pool.Select(state), Contents, out BeaconBlock? message);
        if (!verdict.Accepted)
        {
            return verdict;
        }

        byte[] signature = new byte[IBlsKernel.SignatureBytes];
        verdict = keys.SignBlock(proposer, state.Slot, ValidatorDuties.BlockRoot(state, message!), signature);
        if (verdict.Accepted)
        {
            block = GasperBlockDecoder.Frame(_parent!.Height + 1, new SignedBeaconBlock(message!, signature));
        }

        return verdict;
    }

    public void Abandon() => _slotState = null;
}
