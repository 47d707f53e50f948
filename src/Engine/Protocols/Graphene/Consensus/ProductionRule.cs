namespace Tactus.Engine.Protocols.Graphene.Consensus;

/// <summary>Whether a node produces now. [C] bitshares-core witness plugin, maybe_produce_block.</summary>
public enum ProductionDecision
{
    Produce = 0,
    NotSynced,
    NoSlotYet,
    NotMyTurn,
    NoKey,
    LowParticipation,
    TooLate,
}

/// <summary>The producer's side of "which block next".</summary>
public static class ProductionRule
{
    /// <summary>A block is produced at most this long after its slot's time, or before it, in milliseconds.</summary>
    public const int LagMsMax = 2_500;

    /// <summary>The clock is read this far ahead, so that a slot is not missed by a rounding, in
    /// milliseconds.</summary>
    public const int AheadMs = 500;

    /// <param name="state">The head's executed state.</param>
    /// <param name="unixMs">The node's clock.</param>
    /// <param name="synced">The node has once seen a head that was not late, or may produce on a stale one.</param>
    /// <param name="isMine">Whether a witness is this node's.</param>
    /// <param name="hasKey">Whether the node holds the witness's current key.</param>
    /// <param name="slot">The slot to fill, counted from the head.</param>
    /// <param name="participationMin">[C] 33 % in hundredths of a percent.</param>
    public static ProductionDecision Decide(
        WitnessState state,
        long unixMs,
        bool synced,
        Func<uint, bool> isMine,
        Func<uint, bool> hasKey,
        out long slot,
        int participationMin = Participation.ProductionMin)
    {
        slot = Slots.At(state, (unixMs + AheadMs) / 1000);
        if (!synced)
        {
            return ProductionDecision.NotSynced;
        }

        if (slot == 0)
        {
            return ProductionDecision.NoSlotYet;
        }

        uint witness = Slots.Witness(state, slot);
        return !isMine(witness) ? ProductionDecision.NotMyTurn
            : !hasKey(witness) ? ProductionDecision.NoKey
            : Participation.Rate(state.RecentSlots) < participationMin ? ProductionDecision.LowParticipation
            : Math.Abs((Slots.TimeSec(state, slot) * 1000) - unixMs) > LagMsMax ? ProductionDecision.TooLate
            : ProductionDecision.Produce;
    }

    /// <summary>[C] A node counts as synced once the first slot after its head has not passed.</summary>
    public static bool IsSynced(WitnessState state, long unixMs) => Slots.TimeSec(state, 1) * 1000 >= unixMs;
}
