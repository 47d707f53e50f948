using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Types;

namespace Tactus.Engine.Protocols.Antelope.Consensus;

/// <summary>The schedule that waits for the block that carried it to become irreversible. After promotion the producers
/// are gone but version, hash and number stay: the hash is part of every block's signature digest.</summary>
/// <param name="CarriedBy">Number of the block that carried it (schedule_lib_num).</param>
/// <param name="Hash">Hash of the schedule in the form in force when it was carried (legacy, or authority after
/// WTMSIG_BLOCK_SIGNATURES).</param>
/// <param name="Schedule">Empty when nothing waits.</param>
public sealed record PendingSchedule(uint CarriedBy, Hash256 Hash, ProducerSchedule Schedule)
{
    public bool Waiting => Schedule.Producers.Count > 0;

    /// <summary>What is left after the schedule became active.</summary>
    public PendingSchedule Promoted() => this with { Schedule = new ProducerSchedule(Schedule.Version, []) };

    public void Write(ByteWriter writer)
    {
        writer.WriteUInt32(CarriedBy);
        writer.WriteHash256(Hash);
        Schedule.WriteAuthority(writer);
    }

    public static PendingSchedule Read(ref ByteReader reader) =>
        new(reader.ReadUInt32(), reader.ReadHash256(), ProducerSchedule.ReadAuthority(ref reader));
}
