using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Gasper.Blocks;
using Tactus.Engine.Protocols.Gasper.Presets;
using Tactus.Engine.Protocols.Gasper.Signatures;
using Tactus.Engine.Protocols.Gasper.State;
using Tactus.Engine.Protocols.Gasper.Transition;

namespace Tactus.Engine.Protocols.Gasper.ForkChoice;

/// <summary>
/// LMD-GHOST with proposer boost, equivocation discarding and unrealized justification (consensus-specs v1.5.0
/// phase0/fork-choice.md). The caller brings the time. A handler that refuses its input leaves the store as it was.
/// </summary>
public sealed partial class ForkChoiceStore
{
    // A transition lasts longer than a clone of these; a bound keeps hostile targets from filling memory.
    private const int CheckpointStatesMax = 64;

    private readonly GasperContext _context;
    private readonly ProtoArray _tree;
    private readonly VoteTracker _votes;
    private readonly Dictionary<Hash256, BeaconState> _states = [];
    private readonly Dictionary<Checkpoint, BeaconState> _checkpointStates = [];

    // First timely block of each slot that has not begun yet.
    private readonly Dictionary<ulong, Hash256> _early = [];
    private readonly Checkpoint? _assumed;
    private (Checkpoint Of, ulong[] Balances, ulong Total)? _weights;

    /// <summary>get_forkchoice_store: starts from a block that is trusted, and the state after it.</summary>
    /// <exception cref="ArgumentException">The state is not that of the block.</exception>
    public ForkChoiceStore(BeaconState anchorState, BeaconBlock anchorBlock)
        : this(anchorState, CheckedRoot(anchorState, anchorBlock))
    {
        _assumed = null;
    }

    /// <summary>The same from a block that is known by its root, and that may lie anywhere in its epoch. Its checkpoint
    /// is assumed: blocks after it whose states know only older ones may be head until a newer one is
    /// justified.</summary>
    /// <param name="anchorState">State after the block, at the block's slot or later.</param>
    /// <param name="root">Root of the block.</param>
    internal ForkChoiceStore(BeaconState anchorState, in Hash256 root)
    {
        _context = anchorState.Context;
        GasperPreset preset = _context.Preset;
        var checkpoint = new Checkpoint(anchorState.CurrentEpoch, root);
        GenesisTime = anchorState.GenesisTime;
        Time = checked(GenesisTime + (preset.SecondsPerSlot * anchorState.Slot));
        Justified = Finalized = UnrealizedJustified = UnrealizedFinalized = checkpoint;
        _tree = new ProtoArray(preset);
        _votes = new VoteTracker();
        _tree.Add(new ProtoNode
        {
            Root = root,
            ParentRoot = anchorState.LatestBlockHeader.ParentRoot,
            Slot = anchorState.LatestBlockHeader.Slot,
            Justified = anchorState.CurrentJustified,
            Finalized = anchorState.Finalized,
            UnrealizedJustified = checkpoint,
        });
        _states.Add(root, anchorState);
        _checkpointStates.Add(checkpoint, anchorState);
        _assumed = checkpoint;
    }

    private ForkChoiceStore(ForkChoiceStore other)
    {
        _context = other._context;
        _tree = other._tree.Clone();
        _votes = other._votes.Clone();
        _states = new(other._states);
        _checkpointStates = new(other._checkpointStates);
        _early = new(other._early);
        _weights = other._weights;
        _assumed = other._assumed;
        Time = other.Time;
        GenesisTime = other.GenesisTime;
        Justified = other.Justified;
        Finalized = other.Finalized;
        UnrealizedJustified = other.UnrealizedJustified;
        UnrealizedFinalized = other.UnrealizedFinalized;
        ProposerBoostRoot = other.ProposerBoostRoot;
    }

    /// <summary>Seconds since 1970-01-01, as last told by <see cref="OnTick"/>.</summary>
    public ulong Time { get; private set; }

    public ulong GenesisTime { get; }

    public Checkpoint Justified { get; private set; }

    public Checkpoint Finalized { get; private set; }

    public Checkpoint UnrealizedJustified { get; private set; }

    public Checkpoint UnrealizedFinalized { get; private set; }

    /// <summary>First timely block of the current slot, or zero.</summary>
    public Hash256 ProposerBoostRoot { get; private set; }

    public ulong CurrentSlot => (Time - GenesisTime) / _context.Preset.SecondsPerSlot;

    public ulong CurrentEpoch => _context.Preset.EpochOf(CurrentSlot);

    /// <summary>The block tree.</summary>
    public ProtoArray Tree => _tree;

    /// <summary>A store that goes its own way from here. States are shared: they are never changed.</summary>
    public ForkChoiceStore Clone() => new(this);

    /// <summary>State after a known block, or null.</summary>
    public BeaconState? StateOf(in Hash256 root) => _states.GetValueOrDefault(root);

    /// <summary>on_tick: time moves on, slot by slot. Going back is refused.</summary>
    public Verdict OnTick(ulong time)
    {
        if (time < Time)
        {
            return Verdict.Reject(RejectReason.BadSlot, $"time {time} lies before {Time}");
        }

        GasperPreset preset = _context.Preset;
        ulong slot = (time - GenesisTime) / preset.SecondsPerSlot;
        if (slot > CurrentSlot)
        {
            // Only epoch starts matter on the way, and checkpoints promoted once stay: the slots between need no steps.
            bool isEpochPassed = preset.EpochOf(slot) > CurrentEpoch;
            ProposerBoostRoot = _early.GetValueOrDefault(slot);
            foreach (ulong begun in _early.Keys.Where(early => early <= slot).ToArray())
            {
                _early.Remove(begun);
            }

            if (isEpochPassed)
            {
                UpdateCheckpoints(UnrealizedJustified, UnrealizedFinalized);
            }
        }

        Time = time;
        return Verdict.Ok;
    }

    /// <summary>on_block: checks and executes a block, and adds it to the tree. Its attestations are the caller's to
    /// bring.</summary>
    public Verdict OnBlock(SignedBeaconBlock signed, ISignatureChecks signatures)
    {
        ArgumentNullException.ThrowIfNull(signed);
        BeaconBlock block = signed.Message;
        GasperPreset preset = _context.Preset;
        Hash256 root = block.HashTreeRoot(_context.Schemas, _context.Hasher);
        if (_tree.IndexOf(root) >= 0)
        {
            return Verdict.Ok;
        }

        if (block.Slot > CurrentSlot)
        {
            return Verdict.Reject(
                RejectReason.FromTheFuture, $"block of slot {block.Slot} in slot {CurrentSlot}", (long)block.Slot);
        }

        Verdict verdict = CheckPlace(block);
        if (!verdict.Accepted)
        {
            return verdict;
        }

        verdict = StateTransition.Apply(_states[block.ParentRoot], signed, signatures, out BeaconState? state);
        ulong intoSlotSeconds = (Time - GenesisTime) % preset.SecondsPerSlot;
        bool isTimely = block.Slot == CurrentSlot
            && intoSlotSeconds < preset.SecondsPerSlot / GasperPreset.IntervalsPerSlot;
        return verdict.Accepted ? Add(root, block, state!, isTimely) : verdict;
    }

    /// <summary>on_block for a block whose transition ran elsewhere.</summary>
    /// <param name="root">Root of the block.</param>
    /// <param name="block">The block. Its slot may be a little ahead of the clock; the caller bounds that.</param>
    /// <param name="state">State after it, not changed by anybody any more.</param>
    /// <param name="isTimely">It came before a third of its slot was over.</param>
    public Verdict OnExecutedBlock(in Hash256 root, BeaconBlock block, BeaconState state, bool isTimely)
    {
        ArgumentNullException.ThrowIfNull(block);
        ArgumentNullException.ThrowIfNull(state);
        if (_tree.IndexOf(root) >= 0)
        {
            return Verdict.Ok;
        }

        Verdict verdict = CheckPlace(block);
        return verdict.Accepted ? Add(root, block, state, isTimely) : verdict;
    }

    /// <summary>get_head.</summary>
    public Hash256 Head()
    {
        (ulong[] balances, ulong total) = JustifiedWeights();
        return _tree.FindHead(
            _votes,
            balances,
            new HeadFilter(Justified == _assumed ? Justified with { Epoch = 0 } : Justified, Finalized, CurrentEpoch),
            ProposerBoostRoot,
            CommitteeFraction(total, _context.Preset.ProposerScoreBoost));
    }

    /// <summary>
    /// get_proposer_head: the block to build on in <paramref name="slot"/>: the head, or its parent where the head came
    /// late, is weak, and nothing but one slot is lost by leaving it out.</summary>
    public Hash256 ProposerHead(in Hash256 head, ulong slot)
    {
        GasperPreset preset = _context.Preset;
        Head();
        ProtoNode node = _tree[_tree.IndexOf(head)];
        if (node.Parent < 0 || ProposerBoostRoot == head)
        {
            return head;
        }

        ProtoNode parent = _tree[node.Parent];
        (_, ulong total) = JustifiedWeights();
        ulong intoSlotSeconds = (Time - GenesisTime) % preset.SecondsPerSlot;
        bool isStable = slot % preset.SlotsPerEpoch != 0
            && node.UnrealizedJustified == parent.UnrealizedJustified
            && preset.EpochOf(slot) <= Finalized.Epoch + preset.ReorgMaxEpochsSinceFinalization;
        bool isOneSlot = parent.Slot + 1 == node.Slot && node.Slot + 1 == slot;
        bool isOnTime = intoSlotSeconds <= preset.SecondsPerSlot / GasperPreset.IntervalsPerSlot / 2;
        bool isWeak = node.Weight < CommitteeFraction(total, preset.ReorgHeadWeightThreshold)
            && parent.Weight > CommitteeFraction(total, preset.ReorgParentWeightThreshold);
        return !node.IsTimely && isStable && isOneSlot && isOnTime && isWeak ? node.ParentRoot : head;
    }

    /// <summary>Drops what finality has decided against, where at least <paramref name="threshold"/> blocks
    /// go.</summary>
    public int Prune(int threshold = 256)
    {
        IReadOnlyList<Hash256> dropped = _tree.Prune(Finalized.Root, threshold, _votes);
        foreach (Hash256 root in dropped)
        {
            _states.Remove(root);
        }

        foreach (Checkpoint checkpoint in _checkpointStates.Keys.ToArray())
        {
            if (_tree.IndexOf(checkpoint.Root) < 0)
            {
                _checkpointStates.Remove(checkpoint);
            }
        }

        return dropped.Count;
    }

    private static Hash256 CheckedRoot(BeaconState anchorState, BeaconBlock anchorBlock)
    {
        ArgumentNullException.ThrowIfNull(anchorState);
        ArgumentNullException.ThrowIfNull(anchorBlock);
        GasperContext context = anchorState.Context;
        return anchorBlock.StateRoot == anchorState.HashTreeRoot()
            ? anchorBlock.HashTreeRoot(context.Schemas, context.Hasher)
            : throw new ArgumentException(
                "The anchor state does not have the root that the anchor block names.", nameof(anchorState));
    }

    /// <summary>Where a block may be added: on a known parent, after the finalized slot, on the finalized block's
    /// branch.</summary>
    private Verdict CheckPlace(BeaconBlock block)
    {
        if (!_states.ContainsKey(block.ParentRoot))
        {
            return Verdict.Reject(RejectReason.Unlinkable, $"parent {block.ParentRoot.ToShortString()} is not known");
        }

        ulong finalizedSlot = _context.Preset.StartSlot(Finalized.Epoch);
        if (block.Slot <= finalizedSlot)
        {
            return Verdict.Reject(
                RejectReason.BelowFinality, $"slot {block.Slot} is not after the finalized slot {finalizedSlot}",
                (long)block.Slot);
        }

        if (!_tree.GoesThrough(block.ParentRoot, Finalized))
        {
            return Verdict.Reject(RejectReason.BelowFinality, "the block does not descend from the finalized block");
        }

        return _tree.Count < ProtoArray.NodesMax
            ? Verdict.Ok
            : Verdict.Reject(RejectReason.LimitExceeded, $"{ProtoArray.NodesMax} blocks wait for finality");
    }

    private Verdict Add(in Hash256 root, BeaconBlock block, BeaconState state, bool isTimely)
    {
        GasperPreset preset = _context.Preset;
        Justification pulledUp = default;
        Verdict verdict = GasperException.Guard(
            () => pulledUp = Justification.AtEpochEnd(state, ParticipationTotals.Of(state)));
        if (!verdict.Accepted)
        {
            return verdict;
        }

        _tree.Add(new ProtoNode
        {
            Root = root,
            ParentRoot = block.ParentRoot,
            Slot = block.Slot,
            Justified = state.CurrentJustified,
            Finalized = state.Finalized,
            UnrealizedJustified = pulledUp.CurrentJustified,
            IsTimely = isTimely,
        });
        _states.Add(root, state);
        if (isTimely && block.Slot > CurrentSlot)
        {
            _early.TryAdd(block.Slot, root);
        }
        else if (isTimely && block.Slot == CurrentSlot && ProposerBoostRoot.IsZero)
        {
            ProposerBoostRoot = root;
        }

        UpdateCheckpoints(state.CurrentJustified, state.Finalized);
        UnrealizedJustified = Newer(UnrealizedJustified, pulledUp.CurrentJustified);
        UnrealizedFinalized = Newer(UnrealizedFinalized, pulledUp.Finalized);
        if (preset.EpochOf(block.Slot) < CurrentEpoch)
        {
            UpdateCheckpoints(pulledUp.CurrentJustified, pulledUp.Finalized);
        }

        return Verdict.Ok;
    }

    private void UpdateCheckpoints(in Checkpoint justified, in Checkpoint finalized)
    {
        Justified = Newer(Justified, justified);
        Finalized = Newer(Finalized, finalized);
    }

    private static Checkpoint Newer(in Checkpoint known, in Checkpoint other) =>
        other.Epoch > known.Epoch ? other : known;

    /// <summary>store_target_checkpoint_state: the state at the first slot of the checkpoint's epoch.</summary>
    private BeaconState CheckpointState(in Checkpoint checkpoint)
    {
        if (_checkpointStates.TryGetValue(checkpoint, out BeaconState? known))
        {
            return known;
        }

        BeaconState state = _states[checkpoint.Root];
        ulong start = _context.Preset.StartSlot(checkpoint.Epoch);
        if (state.Slot < start)
        {
            state = state.Clone();
            SlotProcessing.ProcessSlots(state, start);
        }

        if (_checkpointStates.Count >= CheckpointStatesMax)
        {
            Checkpoint oldest = _checkpointStates.Keys.Where(c => c != Justified).MinBy(c => c.Epoch);
            _checkpointStates.Remove(oldest);
        }

        _checkpointStates.Add(checkpoint, state);
        return state;
    }

    /// <summary>Effective balances at the justified checkpoint: active, not slashed; and the total of the active
    /// ones.</summary>
    private (ulong[] Balances, ulong Total) JustifiedWeights()
    {
        if (_weights is not { } known || known.Of != Justified)
        {
            BeaconState state = CheckpointState(Justified);
            known = (Justified, BalancesOf(state), Accessors.TotalActiveBalance(state));
            _weights = known;
        }

        return (known.Balances, known.Total);
    }

    private static ulong[] BalancesOf(BeaconState state)
    {
        ValidatorRegistry validators = state.Validators;
        ulong epoch = state.CurrentEpoch;
        ulong[] balances = new ulong[validators.Count];
        for (int chunk = 0; chunk < validators.ChunkCount; chunk++)
        {
            ReadOnlySpan<ulong> effective = validators.EffectiveBalances(chunk);
            ReadOnlySpan<ulong> activation = validators.ActivationEpochs(chunk)[..effective.Length];
            ReadOnlySpan<ulong> exit = validators.ExitEpochs(chunk)[..effective.Length];
            ReadOnlySpan<byte> slashed = validators.Slashed(chunk)[..effective.Length];
            Span<ulong> to = balances.AsSpan(chunk * ValidatorRegistry.ValidatorsPerChunk, effective.Length);
            for (int i = 0; i < to.Length; i++)
            {
                to[i] = activation[i] <= epoch && epoch < exit[i] && slashed[i] == 0 ? effective[i] : 0;
            }
        }

        return balances;
    }

    /// <summary>calculate_committee_fraction: a percentage of the balance of one slot's committees.</summary>
    private ulong CommitteeFraction(ulong total, ulong percent) =>
        (ulong)((UInt128)(total / _context.Preset.SlotsPerEpoch) * percent / 100);
}
