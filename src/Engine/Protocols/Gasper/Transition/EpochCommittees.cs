using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Gasper.Presets;
using Tactus.Engine.Protocols.Gasper.State;

namespace Tactus.Engine.Protocols.Gasper.Transition;

/// <summary>All committees of an epoch: the shuffled active validators, cut into equal parts. Immutable, shared by
/// clones.</summary>
public sealed class EpochCommittees
{
    private readonly GasperPreset _preset;
    private readonly int[] _active;
    private readonly int[] _shuffled;

    private EpochCommittees(GasperPreset preset, ulong epoch, int[] active, int[] shuffled)
    {
        _preset = preset;
        Epoch = epoch;
        _active = active;
        _shuffled = shuffled;
        ulong perSlot = (ulong)shuffled.Length / preset.SlotsPerEpoch / preset.TargetCommitteeSize;
        PerSlot = (int)Math.Max(1, Math.Min(preset.MaxCommitteesPerSlot, perSlot));
    }

    public ulong Epoch { get; }

    /// <summary>Committees in each slot of the epoch.</summary>
    public int PerSlot { get; }

    /// <summary>Registry indices of the validators that are active in the epoch, ascending.</summary>
    public ReadOnlySpan<int> Active => _active;

    /// <summary>Members of a committee, as registry indices.</summary>
    /// <param name="slot">Slot of the epoch.</param>
    /// <param name="index">Committee in the slot, below <see cref="PerSlot"/>.</param>
    public ReadOnlySpan<int> Committee(ulong slot, int index)
    {
        long count = (long)_preset.SlotsPerEpoch * PerSlot;
        long which = ((long)(slot % _preset.SlotsPerEpoch) * PerSlot) + index;
        int start = (int)(_shuffled.Length * which / count);
        int end = (int)(_shuffled.Length * (which + 1) / count);
        return _shuffled.AsSpan(start, end - start);
    }

    internal static EpochCommittees Compute(BeaconState state, ulong epoch)
    {
        GasperPreset preset = state.Context.Preset;
        int[] active = ActiveIndices(state.Validators, epoch);
        Hash256 seed = Seeds.SeedOf(state, epoch, Domain.BeaconAttester);
        int[] shuffled = (int[])active.Clone();
        Shuffling.ShuffleList(shuffled, seed, preset.ShuffleRoundCount, state.Context.Hasher);
        return new EpochCommittees(preset, epoch, active, shuffled);
    }

    private static int[] ActiveIndices(ValidatorRegistry validators, ulong epoch)
    {
        int[] indices = new int[validators.Count];
        int count = 0;
        for (int chunk = 0; chunk < validators.ChunkCount; chunk++)
        {
            ReadOnlySpan<ulong> activation = validators.ActivationEpochs(chunk);
            ReadOnlySpan<ulong> exit = validators.ExitEpochs(chunk)[..activation.Length];
            int first = chunk * ValidatorRegistry.ValidatorsPerChunk;
            for (int i = 0; i < activation.Length; i++)
            {
                indices[count] = first + i;
                count += activation[i] <= epoch && epoch < exit[i] ? 1 : 0;
            }
        }

        return count == indices.Length ? indices : indices[..count];
    }
}
