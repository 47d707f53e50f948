using Tactus.Engine.Primitives;
using Tactus.Engine.Production;
using Tactus.Engine.Protocols.Gasper.Blocks;
using Tactus.Engine.Protocols.Gasper.Presets;
using Tactus.Engine.Protocols.Gasper.Production;
using Tactus.Engine.Protocols.Gasper.State;
using Tactus.Engine.Protocols.Gasper.Transition;
using Tactus.Engine.State;
using Tactus.Kernels.Bls12381;

namespace Tactus.Engine.Protocols.Gasper;

/// <summary>Builds the block of a slot for validators of this node, with the votes that they give for the parent in the slots
/// since it: what follows from parent and slot alone, so the same chain comes out of the same keys.</summary>
public sealed class GasperBlockBuilder(IBlsKernel bls, IValidatorKeys keys) : IBlockBuilder
{
    // Votes for the parent, signed once: a slot without a block leaves them to the next proposer.
    private readonly Dictionary<AttestationData, Attestation?> _signed = [];
    private GasperState? _parent;
    private BeaconState? _slotState;

    public int Bytes => 0;

    /// <summary>Always 0: a beacon block has no transactions.</summary>
    public int TransactionCount => 0;

    public Verdict Begin(object parentState, long slot, IStateView view)
    {
        var parent = (GasperState)parentState;
        if (parent.Id != _parent?.Id)
        {
            _signed.Clear();
        }

        _parent = parent;
        _slotState = null;
        Verdict verdict = parent.At((ulong)slot, out BeaconState? state);
        if (!verdict.Accepted)
        {
            return verdict;
        }

        int proposer = Accessors.ProposerIndex(state!);
        if (!keys.CanSign((ulong)proposer) || !keys.IsOnline(proposer, state!.CurrentEpoch))
        {
            return Verdict.Reject(RejectReason.WrongProducer, $"slot {slot} belongs to validator {proposer}, who is not here");
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
        Verdict verdict = CollectVotes(state, out List<Attestation> votes);
        if (!verdict.Accepted)
        {
            return verdict;
        }

        byte[] reveal = new byte[IBlsKernel.SignatureBytes];
        keys.SignRandao(proposer, ValidatorDuties.RandaoRoot(state), reveal);
        verdict = ValidatorDuties.BuildBlock(state, reveal, votes, BlockContents.Empty, out BeaconBlock? message);
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

    /// <summary>Votes for the parent of every slot from its own to the one before the block, as far back as a block may include
    /// and as many as it may hold.</summary>
    private Verdict CollectVotes(BeaconState slotState, out List<Attestation> votes)
    {
        votes = [];
        GasperPreset preset = slotState.Context.Preset;
        ulong oldest = slotState.Slot > preset.SlotsPerEpoch ? slotState.Slot - preset.SlotsPerEpoch : 0;
        for (ulong slot = Math.Max(_parent!.Slot, oldest); slot + preset.MinAttestationInclusionDelay <= slotState.Slot; slot++)
        {
            Verdict verdict = _parent.At(slot, out BeaconState? state);
            if (!verdict.Accepted)
            {
                return verdict;
            }

            EpochCommittees committees = Accessors.CommitteesOf(state!, state!.CurrentEpoch);
            for (int index = 0; index < committees.PerSlot && (ulong)votes.Count < preset.MaxAttestations; index++)
            {
                AttestationData data = ValidatorDuties.Vote(state, index, _parent.Id);
                if (!_signed.TryGetValue(data, out Attestation? vote))
                {
                    vote = Sign(state, data, committees.Committee(slot, index));
                    _signed.Add(data, vote);
                }

                if (vote is not null)
                {
                    votes.Add(vote);
                }
            }
        }

        return Verdict.Ok;
    }

    /// <summary>The aggregate of the members of a committee who are here; null where none is.</summary>
    private Attestation? Sign(BeaconState state, in AttestationData data, ReadOnlySpan<int> committee)
    {
        Hash256 root = ValidatorDuties.VoteRoot(state, data);
        bool[] flags = new bool[committee.Length];
        byte[] signatures = new byte[committee.Length * IBlsKernel.SignatureBytes];
        int count = 0;
        for (int i = 0; i < committee.Length; i++)
        {
            Span<byte> signature = signatures.AsSpan(count * IBlsKernel.SignatureBytes, IBlsKernel.SignatureBytes);
            if (keys.CanSign((ulong)committee[i]) && keys.IsOnline(committee[i], state.CurrentEpoch)
                && keys.SignVote(committee[i], data, root, signature).Accepted)
            {
                flags[i] = true;
                count++;
            }
        }

        byte[] aggregate = new byte[IBlsKernel.SignatureBytes];
        return count > 0
            && bls.AggregateSignatures(signatures.AsSpan(0, count * IBlsKernel.SignatureBytes), aggregate) == BlsVerdict.Valid
            ? new Attestation(Bits.From(flags), data, aggregate)
            : null;
    }
}
