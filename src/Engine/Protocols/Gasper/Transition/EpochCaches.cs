using Tactus.Engine.Protocols.Gasper.State;

namespace Tactus.Engine.Protocols.Gasper.Transition;

/// <summary>
/// Data that a state implies and that is dear to derive: committees, proposer, total balance, exit queue,
/// participation. It travels with the state through clones, so a fork never sees another fork's values.</summary>
internal sealed class EpochCaches
{
    /// <summary>Committees of up to three epochs: previous, current and next.</summary>
    private readonly EpochCommittees?[] _committees = new EpochCommittees?[3];
    private EpochParticipation? _previous;
    private EpochParticipation? _current;

    /// <summary>Epoch and sum of get_total_active_balance; the sum is at least one increment, so 0 means
    /// unknown.</summary>
    public (ulong Epoch, ulong Balance) TotalActive { get; set; }

    /// <summary>Validators active in an epoch; it cannot change within the epoch. Null means unknown.</summary>
    public (ulong Epoch, ulong Count)? ActiveCount { get; set; }

    /// <summary>Slot and proposer; -1 means unknown.</summary>
    public (ulong Slot, int Index) Proposer { get; set; } = (0, -1);

    /// <summary>Latest exit epoch that is set, and how many validators have it. Null means unknown.</summary>
    public (ulong Epoch, ulong Count)? ExitQueue { get; set; }

    public EpochCaches Clone()
    {
        var clone = new EpochCaches
        {
            _previous = _previous?.Clone(),
            _current = _current?.Clone(),
            TotalActive = TotalActive,
            ActiveCount = ActiveCount,
            Proposer = Proposer,
            ExitQueue = ExitQueue,
        };
        _committees.CopyTo(clone._committees, 0);
        return clone;
    }

    public EpochCommittees Committees(BeaconState state, ulong epoch)
    {
        ref EpochCommittees? slot = ref _committees[(int)(epoch % 3)];
        if (slot?.Epoch != epoch)
        {
            slot = EpochCommittees.Compute(state, epoch);
        }

        return slot;
    }

    /// <summary>Participation in the previous epoch.</summary>
    public EpochParticipation Previous(BeaconState state) =>
        _previous ??= Participation.Derive(state, state.PreviousEpochAttestations);

    /// <summary>Participation in the current epoch.</summary>
    public EpochParticipation Current(BeaconState state) =>
        _current ??= Participation.Derive(state, state.CurrentEpochAttestations);

    public void AddValidator()
    {
        _previous?.AddValidator();
        _current?.AddValidator();
    }

    /// <summary>The current epoch's votes become the previous epoch's.</summary>
    public void RotateParticipation(int validators)
    {
        _previous = _current;
        _current = new EpochParticipation(validators);
    }

    public void ForgetParticipation() => _previous = _current = null;
}
