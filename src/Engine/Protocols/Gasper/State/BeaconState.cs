using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Gasper.Blocks;
using Tactus.Engine.Protocols.Gasper.Transition;

namespace Tactus.Engine.Protocols.Gasper.State;

/// <summary>
/// The state of phase 0. Clones are cheap (large lists share chunks), so a transition works on a clone and a rejected
/// block leaves its parent's state as it was. Not safe for concurrent writes.</summary>
public sealed partial class BeaconState
{
    private readonly ChunkedList<Hash256> _eth1VoteRoots;

    public BeaconState(GasperContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Context = context;
        BlockRoots = new(context.Preset.SlotsPerHistoricalRoot);
        StateRoots = new(context.Preset.SlotsPerHistoricalRoot);
        HistoricalRoots = new();
        Eth1DataVotes = new();
        _eth1VoteRoots = new();
        Validators = new();
        Balances = new();
        RandaoMixes = new(context.Preset.EpochsPerHistoricalVector);
        Slashings = new(context.Preset.EpochsPerSlashingsVector);
        BlockRoots.Resize(checked((int)context.Preset.SlotsPerHistoricalRoot));
        StateRoots.Resize(checked((int)context.Preset.SlotsPerHistoricalRoot));
        RandaoMixes.Resize(checked((int)context.Preset.EpochsPerHistoricalVector));
        Slashings.Resize(checked((int)context.Preset.EpochsPerSlashingsVector));
        PreviousEpochAttestations = new();
        CurrentEpochAttestations = new();
        Caches = new EpochCaches();
    }

    private BeaconState(BeaconState other)
    {
        Context = other.Context;
        GenesisTime = other.GenesisTime;
        GenesisValidatorsRoot = other.GenesisValidatorsRoot;
        Slot = other.Slot;
        Fork = other.Fork;
        LatestBlockHeader = other.LatestBlockHeader;
        BlockRoots = other.BlockRoots.Clone();
        StateRoots = other.StateRoots.Clone();
        HistoricalRoots = other.HistoricalRoots.Clone();
        Eth1Data = other.Eth1Data;
        Eth1DataVotes = other.Eth1DataVotes.Clone();
        _eth1VoteRoots = other._eth1VoteRoots.Clone();
        Eth1DepositIndex = other.Eth1DepositIndex;
        Validators = other.Validators.Clone();
        Balances = other.Balances.Clone();
        RandaoMixes = other.RandaoMixes.Clone();
        Slashings = other.Slashings.Clone();
        PreviousEpochAttestations = other.PreviousEpochAttestations.Clone();
        CurrentEpochAttestations = other.CurrentEpochAttestations.Clone();
        JustificationBits = other.JustificationBits;
        PreviousJustified = other.PreviousJustified;
        CurrentJustified = other.CurrentJustified;
        Finalized = other.Finalized;
        Caches = other.Caches.Clone();
    }

    public GasperContext Context { get; }

    /// <summary>Seconds since 1970-01-01.</summary>
    public ulong GenesisTime { get; set; }

    public Hash256 GenesisValidatorsRoot { get; set; }

    public ulong Slot { get; set; }

    public Fork Fork { get; set; }

    public BeaconBlockHeader LatestBlockHeader { get; set; }

    public ChunkedList<Hash256> BlockRoots { get; }

    public ChunkedList<Hash256> StateRoots { get; }

    public ChunkedList<Hash256> HistoricalRoots { get; }

    public Eth1Data Eth1Data { get; set; }

    public ChunkedList<Eth1Data> Eth1DataVotes { get; }

    public ulong Eth1DepositIndex { get; set; }

    public ValidatorRegistry Validators { get; }

    public ChunkedList<ulong> Balances { get; }

    public ChunkedList<Hash256> RandaoMixes { get; }

    public ChunkedList<ulong> Slashings { get; }

    public PendingAttestations PreviousEpochAttestations { get; private set; }

    public PendingAttestations CurrentEpochAttestations { get; private set; }

    /// <summary>Bit i: the epoch i before the current one is justified. Four bits.</summary>
    public byte JustificationBits { get; set; }

    public Checkpoint PreviousJustified { get; set; }

    public Checkpoint CurrentJustified { get; set; }

    public Checkpoint Finalized { get; set; }

    /// <summary>Derived data; never part of the root.</summary>
    internal EpochCaches Caches { get; }

    public ulong CurrentEpoch => Context.Preset.EpochOf(Slot);

    public ulong PreviousEpoch => CurrentEpoch == 0 ? 0 : CurrentEpoch - 1;

    public BeaconState Clone() => new(this);

    public void IncreaseBalance(int i, ulong delta) => Balances[i] = checked(Balances[i] + delta);

    /// <summary>Stops at zero.</summary>
    public void DecreaseBalance(int i, ulong delta)
    {
        ulong balance = Balances[i];
        Balances[i] = delta > balance ? 0 : balance - delta;
    }

    public void AddEth1Vote(in Eth1Data vote) => Eth1DataVotes.Add(vote);

    public void ClearEth1Votes()
    {
        Eth1DataVotes.Clear();
        _eth1VoteRoots.Clear();
    }

    /// <summary>The current epoch's attestations become the previous epoch's.</summary>
    public void RotateAttestations()
    {
        PreviousEpochAttestations = CurrentEpochAttestations;
        CurrentEpochAttestations = new();
        Caches.RotateParticipation(Validators.Count);
    }

    /// <summary>Replaces the current epoch's attestations; for tests and traces that build states without
    /// blocks.</summary>
    internal void SetCurrentAttestations(PendingAttestations attestations)
    {
        CurrentEpochAttestations = attestations;
        Caches.ForgetParticipation();
    }

    /// <summary>Root of a block of this chain in the last SLOTS_PER_HISTORICAL_ROOT slots.</summary>
    /// <exception cref="GasperException">The slot is not in the past, or too far in it.</exception>
    internal Hash256 BlockRootAt(ulong slot) => HasBlockRootAt(slot)
        ? BlockRoots[(int)(slot % Context.Preset.SlotsPerHistoricalRoot)]
        : throw new GasperException(RejectReason.BadSlot, $"no block root of slot {slot} at slot {Slot}", (long)slot);

    internal bool HasBlockRootAt(ulong slot) => slot < Slot && Slot - slot <= Context.Preset.SlotsPerHistoricalRoot;

    /// <summary>Root of the block that is an epoch's checkpoint.</summary>
    internal Hash256 BlockRootOfEpoch(ulong epoch) => BlockRootAt(Context.Preset.StartSlot(epoch));

    public Hash256 RandaoMix(ulong epoch) => RandaoMixes[(int)(epoch % Context.Preset.EpochsPerHistoricalVector)];
}
