using System.Buffers.Binary;
using System.Security.Cryptography;
using Tactus.Engine.Primitives;

namespace Tactus.Engine.Protocols.Antelope.Types;

/// <summary>The header of a block, in wire order (specs: antelope.md 1.2). Slots count half seconds since
/// 2000-01-01.</summary>
public sealed class BlockHeader
{
    /// <summary>Where <see cref="Previous"/>, which names the block's number, lies in a serialized header.</summary>
    public const int PreviousOffset = 14;

    /// <summary>Smallest serialized header, in bytes: no schedule, no extension.</summary>
    public const int SizeMin = PreviousOffset + (3 * Hash256.Size) + 4 + 1 + 1;

    public uint Slot { get; set; }

    public Name Producer { get; set; }

    /// <summary>How many blocks before this one the producer confirms.</summary>
    public ushort Confirmed { get; set; } = 1;

    public Hash256 Previous { get; set; }

    public Hash256 TransactionRoot { get; set; }

    public Hash256 ActionRoot { get; set; }

    public uint ScheduleVersion { get; set; }

    /// <summary>Legacy schedule change; absent after WTMSIG_BLOCK_SIGNATURES, which uses header extension 1.</summary>
    public ProducerSchedule? NewProducers { get; set; }

    public IReadOnlyList<Extension> Extensions { get; set; } = [];

    /// <summary>Number of the block: one more than the big-endian number that <see cref="Previous"/> carries.</summary>
    public uint Number => Previous.LeadingUInt32 + 1;

    /// <summary>Number of the block that these bytes begin.</summary>
    public static uint NumberOf(ReadOnlySpan<byte> block) =>
        BinaryPrimitives.ReadUInt32BigEndian(block[PreviousOffset..]) + 1;

    public static BlockHeader Read(ref ByteReader reader)
    {
        var header = new BlockHeader
        {
            Slot = reader.ReadUInt32(),
            Producer = new Name(reader.ReadUInt64()),
            Confirmed = reader.ReadUInt16(),
            Previous = reader.ReadHash256(),
            TransactionRoot = reader.ReadHash256(),
            ActionRoot = reader.ReadHash256(),
            ScheduleVersion = reader.ReadUInt32(),
        };
        if (reader.ReadBool())
        {
            header.NewProducers = ProducerSchedule.ReadLegacy(ref reader);
        }

        header.Extensions = Extension.ReadAll(ref reader, ExtensionPlace.Header);
        return header;
    }

    public void Write(ByteWriter writer)
    {
        writer.WriteUInt32(Slot);
        writer.WriteUInt64(Producer.Value);
        writer.WriteUInt16(Confirmed);
        writer.WriteHash256(Previous);
        writer.WriteHash256(TransactionRoot);
        writer.WriteHash256(ActionRoot);
        writer.WriteUInt32(ScheduleVersion);
        writer.WriteBool(NewProducers is not null);
        NewProducers?.WriteLegacy(writer);
        Extension.WriteAll(writer, Extensions);
    }

    /// <summary>sha256 of the packed header; the signature is not part of it.</summary>
    public Hash256 Digest()
    {
        var writer = new ByteWriter();
        Write(writer);
        return new Hash256(SHA256.HashData(writer.Written));
    }

    /// <summary>The block id: the header digest with its first four bytes replaced by the block number,
    /// big-endian.</summary>
    public Hash256 Id() => IdOf(Digest(), Number);

    public static Hash256 IdOf(in Hash256 headerDigest, uint number)
    {
        Span<byte> id = stackalloc byte[Hash256.Size];
        headerDigest.CopyTo(id);
        BinaryPrimitives.WriteUInt32BigEndian(id, number);
        return new Hash256(id);
    }
}
