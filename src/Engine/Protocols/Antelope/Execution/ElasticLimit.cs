namespace Tactus.Engine.Protocols.Antelope.Execution;

/// <summary>The virtual limit of a resource: grows by 1000/999 per block while the chain is idle, up to 1000 times the
/// block limit, and shrinks to 99/100 per block while usage is above target (leap v5.0.3
/// resource_limits.cpp).</summary>
public static class ElasticLimit
{
    /// <summary>Blocks over which a block's usage is averaged: 60 s.</summary>
    public const uint PeriodBlocks = 120;

    /// <summary>Slots over which an account's usage is averaged: 24 h.</summary>
    public const uint AccountWindowSlots = 172_800;

    private const ulong MultiplierMax = 1_000;

    /// <summary>The limit after a block whose average usage is known.</summary>
    /// <param name="current">Virtual limit before.</param>
    /// <param name="average">Average usage over <see cref="PeriodBlocks"/>.</param>
    /// <param name="target">Usage above which the chain is congested.</param>
    /// <param name="blockMax">Limit of one block.</param>
    public static ulong Next(ulong current, ulong average, ulong target, ulong blockMax)
    {
        UInt128 next = average > target ? (UInt128)current * 99 / 100 : (UInt128)current * 1000 / 999;
        return (ulong)UInt128.Clamp(next, blockMax, (UInt128)blockMax * MultiplierMax);
    }
}
