namespace Tactus.Engine.Protocols.VmDposw.Rounds;

/// <summary>Rounds over slots. Slots are the ticks of block times; slot 1 begins with round 1 at the genesis time, and
/// the genesis block holds slot 0. Between rounds lies a gap (Fig. 1 and 2 show rounds [T0, T3] and [T4, T7]; its
/// length is unspecified).</summary>
/// <param name="genesisUnixUs">T0 of round 1 in Unix microseconds.</param>
/// <param name="slotUs">Length of a slot in microseconds.</param>
/// <param name="roundUs">Length of a round, dT, in microseconds.</param>
/// <param name="gapUs">Length of the gap in microseconds.</param>
public sealed class RoundClock(long genesisUnixUs, long slotUs, long roundUs, long gapUs)
{
    public long SlotUs => slotUs;

    public long RoundUs => roundUs;

    /// <summary>The slot that a time falls into; slots before genesis are 0 and below.</summary>
    public long SlotAt(long unixUs)
    {
        long sinceUs = unixUs - genesisUnixUs;
        return (sinceUs >= 0 ? sinceUs / slotUs : -((-sinceUs + slotUs - 1) / slotUs)) + 1;
    }

    public long SlotStartUs(long slot) => genesisUnixUs + ((slot - 1) * slotUs);

    /// <summary>The round of a slot from 1 on, and how far its start is into the round; false in a gap and before
    /// genesis.</summary>
    public bool TryPlace(long slot, out uint round, out long offsetUs)
    {
        round = 0;
        offsetUs = 0;
        if (slot < 1 || slot > long.MaxValue / slotUs)
        {
            return false;
        }

        long sinceUs = (slot - 1) * slotUs;
        long index = sinceUs / (roundUs + gapUs);
        if (index >= uint.MaxValue)
        {
            return false;
        }

        round = (uint)index + 1;
        offsetUs = sinceUs % (roundUs + gapUs);
        return offsetUs < roundUs;
    }

    /// <summary>First slot of a round.</summary>
    public long FirstSlotOf(uint round)
    {
        long startUs = (round - 1L) * (roundUs + gapUs);
        return ((startUs + slotUs - 1) / slotUs) + 1;
    }
}
