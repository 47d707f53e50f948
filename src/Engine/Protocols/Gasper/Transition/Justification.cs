using Tactus.Engine.Protocols.Gasper.Blocks;
using Tactus.Engine.Protocols.Gasper.State;

namespace Tactus.Engine.Protocols.Gasper.Transition;

/// <summary>
/// Casper FFG (beacon-chain.md, "Justification and finalization"): what two thirds of the balance justify, and what
/// justified checkpoints in a row finalize. A pure result, so that fork choice can ask "what if the epoch ended here".
/// </summary>
internal readonly record struct Justification(
    byte Bits, Checkpoint PreviousJustified, Checkpoint CurrentJustified, Checkpoint Finalized)
{
    private const int BitsMask = 0b1111;

    public static Justification Of(BeaconState state) => new(
        state.JustificationBits, state.PreviousJustified, state.CurrentJustified, state.Finalized);

    /// <summary>The checkpoints as the end of the current epoch would leave them with the votes included so
    /// far.</summary>
    public static Justification AtEpochEnd(BeaconState state, in ParticipationTotals totals)
    {
        // In epochs 0 and 1 there is no justified pair of epochs to link yet.
        if (state.CurrentEpoch <= 1)
        {
            return Of(state);
        }

        ulong current = state.CurrentEpoch;
        ulong previous = state.PreviousEpoch;
        Checkpoint oldPrevious = state.PreviousJustified;
        Checkpoint oldCurrent = state.CurrentJustified;
        Checkpoint justified = oldCurrent;
        int bits = (state.JustificationBits << 1) & BitsMask;
        if (IsTwoThirds(totals.PreviousTarget, totals.Active))
        {
            justified = new Checkpoint(previous, state.BlockRootOfEpoch(previous));
            bits |= 0b10;
        }

        if (IsTwoThirds(totals.CurrentTarget, totals.Active))
        {
            justified = new Checkpoint(current, state.BlockRootOfEpoch(current));
            bits |= 0b1;
        }

        // The four rules in the order of the specification: a later one overrides.
        Checkpoint finalized = state.Finalized;
        finalized = Finalizes(bits, 0b1110, oldPrevious, 3, current) ? oldPrevious : finalized;
        finalized = Finalizes(bits, 0b0110, oldPrevious, 2, current) ? oldPrevious : finalized;
        finalized = Finalizes(bits, 0b0111, oldCurrent, 2, current) ? oldCurrent : finalized;
        finalized = Finalizes(bits, 0b0011, oldCurrent, 1, current) ? oldCurrent : finalized;
        return new((byte)bits, oldCurrent, justified, finalized);
    }

    public void ApplyTo(BeaconState state)
    {
        state.JustificationBits = Bits;
        state.PreviousJustified = PreviousJustified;
        state.CurrentJustified = CurrentJustified;
        state.Finalized = Finalized;
    }

    /// <summary>votes / total >= 2 / 3; both stay below 2^62 up to 4.6 billion coins of 10^9 units, and 128 bits hold
    /// any.</summary>
    private static bool IsTwoThirds(ulong votes, ulong total) => (UInt128)votes * 3 >= (UInt128)total * 2;

    private static bool Finalizes(int bits, int mask, in Checkpoint source, ulong distance, ulong current) =>
        (bits & mask) == mask && source.Epoch + distance == current;
}
