using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Gasper.Blocks;
using Tactus.Engine.Protocols.Gasper.Presets;
using Tactus.Engine.Protocols.Gasper.Production;
using Tactus.Engine.Protocols.Gasper.Signatures;
using Tactus.Engine.Protocols.Gasper.Ssz;

namespace Tactus.Engine.Protocols.Gasper.ForkChoice;

/// <summary>LMD-GHOST behind the engine's contract: brings the pipeline's blocks, votes and times to a
/// <see cref="ForkChoiceStore"/>, and keeps what comes too early for it.</summary>
public sealed class GasperForkChoice : IForkChoice
{
    /// <summary>How much earlier than by this clock a slot may have begun elsewhere: MAXIMUM_GOSSIP_CLOCK_DISPARITY of
    /// the specification's networks.</summary>
    public const long EarlyUs = 500_000;

    /// <summary>Blocks dropped at once: each prune moves the whole array.</summary>
    private const int PruneBlocks = 64;

    /// <summary>Most blocks whose slot has not begun anywhere: the pipeline lets them in up to seven seconds
    /// early.</summary>
    private const int EarlyBlocksMax = 256;

    private readonly GasperContext _context;
    private readonly GasperConsensus _consensus;
    private readonly AttestationPool _pool;
    private readonly Checkpoint? _trusted;
    private readonly ForkChoiceStore _store;
    private readonly WaitingVotes _waiting = new();
    private readonly DoubleVotes? _doubles;

    // Blocks ahead of the clock and what builds on them, in order of arrival.
    private readonly List<EarlyBlock> _early = [];
    private long _nowUs;

    /// <param name="consensus">The system's rules, which know times and keys.</param>
    /// <param name="root">State after the block that the chain starts from.</param>
    /// <param name="pool">Takes the votes, for blocks that are built here.</param>
    /// <param name="trusted">A checkpoint that the chain must go through, or null.</param>
    /// <param name="findDoubleVotes">Whether who voted twice loses his weight without being told by others.</param>
    public GasperForkChoice(
        GasperConsensus consensus, GasperState root, AttestationPool pool, Checkpoint? trusted,
        bool findDoubleVotes = true)
    {
        ArgumentNullException.ThrowIfNull(consensus);
        ArgumentNullException.ThrowIfNull(root);
        _consensus = consensus;
        _pool = pool;
        _trusted = trusted;
        _doubles = findDoubleVotes ? new DoubleVotes() : null;
        _store = new ForkChoiceStore(root.Copy(), root.Id);
        _context = _store.StateOf(root.Id)!.Context;
        _nowUs = consensus.SlotStartUs((long)root.Slot);
    }

    /// <summary>The store behind it: to look at.</summary>
    public ForkChoiceStore Store => _store;

    /// <summary>Votes that cannot count yet: to look at.</summary>
    public WaitingVotes Waiting => _waiting;

    private GasperPreset Preset => _context.Preset;

    public void OnTick(long unixUs)
    {
        if (unixUs <= _nowUs)
        {
            return;
        }

        ulong before = _store.CurrentSlot;
        _nowUs = unixUs;
        _store.OnTick(StoreTime(unixUs));
        if (_store.CurrentSlot == before && _early.Count == 0)
        {
            return;
        }

        foreach (ExaminedVote vote in _waiting.TakeDue(_store.CurrentSlot))
        {
            _store.Count(vote);
        }

        ulong oldest = _store.CurrentSlot - Math.Min(_store.CurrentSlot, 2 * Preset.SlotsPerEpoch);
        _waiting.ForgetBefore(oldest);
        _doubles?.ForgetBefore(Preset.EpochOf(oldest));
        _pool.Forget(_store.CurrentSlot);
        AddEarly();
        _store.Prune(PruneBlocks);
    }

    public Verdict OnBlock(BlockWork block)
    {
        ArgumentNullException.ThrowIfNull(block);
        var signed = (SignedBeaconBlock)block.Header!;
        var state = (GasperState)block.ConsensusState!;
        bool waits = state.Slot > SlotMax || _early.Exists(early => early.State.Id == signed.Message.ParentRoot);
        if (waits)
        {
            if (_early.Count == EarlyBlocksMax)
            {
                return Verdict.Reject(RejectReason.FromTheFuture, $"{EarlyBlocksMax} blocks wait for their slots");
            }

            _early.Add(new EarlyBlock(signed, state, block.ArrivedUnixUs));
            return Verdict.Ok;
        }

        Verdict verdict = Add(signed, state, block.ArrivedUnixUs);
        if (verdict.Accepted)
        {
            _store.Prune(PruneBlocks);
        }

        return verdict;
    }

    public Verdict OnVote(ReadOnlySpan<byte> vote)
    {
        if (vote.Length is 0 or > GasperMessage.BytesMax)
        {
            return Verdict.Reject(
                RejectReason.Malformed, $"a message of {vote.Length} bytes; 1 to {GasperMessage.BytesMax} are possible",
                0);
        }

        try
        {
            byte[] body = vote[1..].ToArray();
            return vote[0] switch
            {
                GasperMessage.AttestationKind => OnAttestation(Attestation.Decode(_context.Schemas, body)),
                GasperMessage.AttesterSlashingKind => _store.OnAttesterSlashing(
                    AttesterSlashing.Decode(_context.Schemas, body), _consensus.NewSignatureBatch()),
                byte kind => Verdict.Reject(
                    RejectReason.Malformed,
                    $"a message of kind {kind}; there are {GasperMessage.AttestationKind} (attestation) and "
                    + $"{GasperMessage.AttesterSlashingKind} (attester slashing)",
                    0),
            };
        }
        catch (SszException error)
        {
            return Verdict.Reject(RejectReason.Malformed, error.Message, 1 + error.Offset);
        }
    }

    public Hash256 SelectHead() => _store.Head();

    /// <summary>Newest slot that may have begun somewhere.</summary>
    private ulong SlotMax => (ulong)Math.Max(0, _consensus.SlotAt(_nowUs + EarlyUs));

    private Verdict OnAttestation(Attestation attestation)
    {
        AttestationData data = attestation.Data;
        if (data.Slot > SlotMax)
        {
            return Verdict.Reject(
                RejectReason.FromTheFuture, $"a vote of slot {data.Slot} in slot {_store.CurrentSlot}",
                (long)data.Slot);
        }

        foreach (Hash256 block in (ReadOnlySpan<Hash256>)[data.BeaconBlockRoot, data.Target.Root])
        {
            if (_store.Tree.IndexOf(block) < 0)
            {
                _waiting.Park(block, attestation);
                return Verdict.Reject(
                    RejectReason.Unlinkable,
                    $"a vote for block {block.ToShortString()}, which is not known; parked ({_waiting.ParkedCount})");
            }
        }

        Verdict verdict = _store.Examine(
            attestation, isFromBlock: false, SlotMax, _consensus.NewSignatureBatch(), out ExaminedVote? vote);
        if (verdict.Accepted && _doubles?.Add(attestation, vote!) is { } proof)
        {
            // Both signatures have been checked. Where the justified state does not know the validator, he has no
            // weight either.
            _store.OnAttesterSlashing(proof, SignaturesTrusted.Instance);
        }

        verdict = verdict.Accepted ? Keep(vote!) : verdict;
        if (verdict.Accepted)
        {
            _pool.Add(attestation);
        }

        return verdict;
    }

    private Verdict Keep(ExaminedVote vote)
    {
        if (vote.Slot < _store.CurrentSlot)
        {
            _store.Count(vote);
            return Verdict.Ok;
        }

        return _waiting.Delay(vote)
            ? Verdict.Ok
            : Verdict.Reject(RejectReason.LimitExceeded, $"{WaitingVotes.EarlyMax} votes wait for their slot to end");
    }

    private Verdict Add(SignedBeaconBlock signed, GasperState state, long arrivedUs)
    {
        long thirdUs =
            _consensus.SlotStartUs((long)state.Slot) + (_consensus.SlotUs / (long)GasperPreset.IntervalsPerSlot);

        // A block out of the log has no arrival.
        bool isTimely = arrivedUs > 0 && arrivedUs < thirdUs;
        Verdict verdict = CheckTrusted(signed.Message);
        verdict = verdict.Accepted ? _store.OnExecutedBlock(state.Id, signed.Message, state.Copy(), isTimely) : verdict;
        if (!verdict.Accepted)
        {
            // The engine knows the parent, so this store has dropped it.
            return verdict.Reason == RejectReason.Unlinkable
                ? Verdict.Reject(
                    RejectReason.BelowFinality,
                    $"its parent {signed.Message.ParentRoot.ToShortString()} lost to a finalized block")
                : verdict;
        }

        // Checked with the block. A vote or a slashing that means nothing to this store (a target that finality
        // dropped, somebody who was slashed before) changes nothing, and the block stays good.
        foreach (Attestation attestation in signed.Message.Body.Attestations)
        {
            Verdict examined = _store.Examine(
                attestation, isFromBlock: true, state.Slot, SignaturesTrusted.Instance, out ExaminedVote? vote);
            if (examined.Accepted)
            {
                Keep(vote!);
            }
        }

        foreach (AttesterSlashing slashing in signed.Message.Body.AttesterSlashings)
        {
            _store.OnAttesterSlashing(slashing, SignaturesTrusted.Instance);
        }

        foreach (Attestation parked in _waiting.TakeParked(state.Id))
        {
            OnAttestation(parked);
        }

        return verdict;
    }

    private void AddEarly()
    {
        for (int i = 0; i < _early.Count;)
        {
            EarlyBlock early = _early[i];
            if (early.State.Slot > SlotMax || _store.Tree.IndexOf(early.Block.Message.ParentRoot) < 0)
            {
                i++;
                continue;
            }

            // A refusal here means that finality has passed it: it stays in the fork tree until that is pruned, and is
            // no head.
            _early.RemoveAt(i);
            Add(early.Block, early.State, early.ArrivedUs);
        }
    }

    /// <summary>A chain that does not go through the trusted checkpoint is refused where it leaves it.</summary>
    private Verdict CheckTrusted(BeaconBlock block)
    {
        if (_trusted is not { } trusted || block.Slot < Preset.StartSlot(trusted.Epoch))
        {
            return Verdict.Ok;
        }

        ulong start = Preset.StartSlot(trusted.Epoch);
        bool isOwn = block.Slot == start;
        Hash256? found = isOwn
            ? block.HashTreeRoot(_context.Schemas, _context.Hasher)
            : _store.Tree.AncestorAt(block.ParentRoot, start);
        return found is null || found == trusted.Root
            ? Verdict.Ok
            : Verdict.Reject(
                RejectReason.BadLink,
                $"the chain has block {found} as checkpoint of epoch {trusted.Epoch}, not the trusted {trusted.Root}: "
                + "it is another "
                + "chain, or the checkpoint is wrong");
    }

    /// <summary>The time in the store's seconds: slots here may have another length than the preset's, and the store
    /// looks only at slots and thirds of them.</summary>
    private ulong StoreTime(long unixUs)
    {
        long slot = Math.Max(0, _consensus.SlotAt(unixUs));
        Int128 intoUs = Math.Max(0, unixUs - _consensus.SlotStartUs(slot));
        return _store.GenesisTime + ((ulong)slot * Preset.SecondsPerSlot) + (ulong)(
            intoUs * Preset.SecondsPerSlot / _consensus.SlotUs);
    }

    private sealed record EarlyBlock(SignedBeaconBlock Block, GasperState State, long ArrivedUs);
}
