using Tactus.Engine.Primitives;

namespace Tactus.Engine.Protocols.Quorum.Blocks;

/// <summary>Consensus state after a block: immutable, so a fork switch or a clone is a reference.</summary>
public sealed record QuorumState
{
    /// <summary>The block's sequence number.</summary>
    public required uint Number { get; init; }

    /// <summary>Hash of its header.</summary>
    public required Hash256 Id { get; init; }

    public required ulong TimeSec { get; init; }

    /// <summary>The term in force for the next block.</summary>
    public required Epoch Epoch { get; init; }

    /// <summary>Whole coins whose slips opened the term: of two openings the one with more is preferred.</summary>
    public ulong MandateCoins { get; init; }

    /// <summary>Coin hours burned up to here: the fork score [D: "A forked blockchain with transactions reverted will
    /// have a lower total coinhour burn"]. A tie-break and a monitor, never over certificates.</summary>
    public UInt128 BurnedHours { get; init; }

    public void Write(ByteWriter writer)
    {
        writer.WriteUInt32(Number);
        writer.WriteHash256(Id);
        writer.WriteUInt64(TimeSec);
        Epoch.Write(writer);
        writer.WriteUInt64(MandateCoins);
        writer.WriteUInt64((ulong)BurnedHours);
        writer.WriteUInt64((ulong)(BurnedHours >> 64));
    }

    public static QuorumState Read(ref ByteReader reader) => new()
    {
        Number = reader.ReadUInt32(),
        Id = reader.ReadHash256(),
        TimeSec = reader.ReadUInt64(),
        Epoch = Epoch.Read(ref reader),
        MandateCoins = reader.ReadUInt64(),
        BurnedHours = reader.ReadUInt64() | ((UInt128)reader.ReadUInt64() << 64),
    };
}
