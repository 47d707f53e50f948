using Tactus.Engine.Protocols.Antelope.Types;

namespace Tactus.Engine.Protocols.Antelope.Consensus;

/// <summary>What follows from a parent state, a slot and a confirm count alone: the part of the next state that a
/// producer needs before its header exists, and a validator before it trusts the header
/// (pending_block_header_state).</summary>
/// <param name="Number">Number of the next block.</param>
/// <param name="Slot">Its slot.</param>
/// <param name="Confirmed">Earlier blocks that it confirms.</param>
/// <param name="Producer">Who must make and sign it.</param>
/// <param name="ScheduleVersion">What its header must say.</param>
/// <param name="ProposedIrreversible">Stage-one number after it.</param>
/// <param name="Irreversible">Final number after it.</param>
/// <param name="Promoted">Whether the waiting schedule becomes active with it (and signs from the block after
/// it).</param>
/// <param name="ActiveSchedule">Schedule after it.</param>
public sealed record HeaderDraft(
    uint Number,
    uint Slot,
    ushort Confirmed,
    ProducerAuthority Producer,
    uint ScheduleVersion,
    uint ProposedIrreversible,
    uint Irreversible,
    bool Promoted,
    ProducerSchedule ActiveSchedule)
{
    internal byte[] ConfirmCounts { get; init; } = [];
}
