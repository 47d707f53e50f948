using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Gasper;
using Tactus.Engine.Protocols.Gasper.Blocks;
using Tactus.Engine.Protocols.Gasper.ForkChoice;

namespace Tactus.Host.Replay;

/// <summary>Weak subjectivity in a replay: whether the chain went through the checkpoint that --ws-checkpoint names,
/// and whether that is new enough to say anything. Blocks that leave it are refused by the fork choice.</summary>
internal sealed class TrustedCheckpoint
{
    private readonly Checkpoint? _trusted;
    private GasperState _at;

    /// <param name="trusted">The checkpoint, or null.</param>
    /// <param name="start">State that the chain starts from.</param>
    public TrustedCheckpoint(Checkpoint? trusted, GasperState start)
    {
        _trusted = trusted;
        _at = start;
    }

    /// <summary>Keeps the newest state at or before the checkpoint's slot.</summary>
    public void Follow(BlockWork block)
    {
        var state = (GasperState)block.ConsensusState!;
        if (_trusted is { } trusted && state.Slot <= StartOf(trusted))
        {
            _at = state;
        }
    }

    /// <summary>Why the chain is not the trusted one, or the checkpoint cannot tell.</summary>
    public IEnumerable<string> Failures(ulong headEpoch)
    {
        if (_trusted is not { } trusted || headEpoch < trusted.Epoch)
        {
            return [];
        }

        // The fork choice sees what branches off above the start of the chain; the start itself is compared here.
        if (_at.Id != trusted.Root)
        {
            return
            [
                $"the chain has block {_at.Id} of slot {_at.Slot} as checkpoint of epoch {trusted.Epoch}, "
                + $"not the trusted {trusted.Root}: "
                + "it is another chain, or the checkpoint is wrong",
            ];
        }

        Verdict age = WeakSubjectivity.CheckAge(_at.Copy(), trusted, headEpoch);
        return age.Accepted ? [] : [age.Detail!];
    }

    /// <summary>What could not be said.</summary>
    public IEnumerable<string> Open(ulong headEpoch) => _trusted is { } trusted && headEpoch < trusted.Epoch
        ? [$"the trusted checkpoint: the chain ends in epoch {headEpoch}, before epoch {trusted.Epoch}"]
        : [];

    private ulong StartOf(in Checkpoint checkpoint) => _at.Preset.StartSlot(checkpoint.Epoch);
}
