using System.Collections.Immutable;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Graphene.Types;

namespace Tactus.Engine.Protocols.Graphene.Consensus;

/// <summary>Bytes of a <see cref="WitnessState"/>: in checkpoints, and as a record of the state, so that the state hash
/// covers the consensus.</summary>
public static class WitnessStateCodec
{
    /// <summary>[C] maximum_witness_count is a u16; twice as many may be active or still scheduled.</summary>
    private const int WitnessesMax = 2 * ushort.MaxValue;

    public static void Write(WitnessState state, ByteWriter writer)
    {
        writer.WriteUInt32(state.Number);
        writer.WriteHash256(state.Id);
        writer.WriteUInt32(state.TimeSec);
        writer.WriteUInt64(state.AbsoluteSlot);
        writer.WriteUInt64((ulong)state.RecentSlots);
        writer.WriteUInt64((ulong)(state.RecentSlots >> 64));
        writer.WriteUInt32(state.LastIrreversible);
        writer.WriteUInt32(state.Producer);
        writer.WriteByte(state.IntervalSec);
        writer.WriteByte(state.SkipSlots);
        writer.WriteBool(state.DidMaintenance);
        writer.WriteBool(state.Executed);
        writer.WriteUInt32(state.NextMaintenanceSec);
        WriteList(writer, state.Active);
        WriteList(writer, state.LastConfirmed);
        WriteList(writer, state.Shuffled);
        writer.WriteVarUInt32((uint)state.Keys.Length);
        foreach (WitnessKey key in state.Keys)
        {
            writer.WriteUInt32(key.Witness);
            key.Key.Write(writer);
        }
    }

    public static WitnessState Read(ref ByteReader reader)
    {
        var state = new WitnessState
        {
            Number = reader.ReadUInt32(),
            Id = reader.ReadHash256(),
            TimeSec = reader.ReadUInt32(),
            AbsoluteSlot = reader.ReadUInt64(),
            RecentSlots = ReadSlots(ref reader),
            LastIrreversible = reader.ReadUInt32(),
            Producer = reader.ReadUInt32(),
            IntervalSec = reader.ReadByte(),
            SkipSlots = reader.ReadByte(),
            DidMaintenance = reader.ReadBool(),
            Executed = reader.ReadBool(),
            NextMaintenanceSec = reader.ReadUInt32(),
            Active = ReadList(ref reader),
            LastConfirmed = ReadList(ref reader),
            Shuffled = ReadList(ref reader),
            Keys = ReadKeys(ref reader),
        };
        if (state.IntervalSec == 0 || state.Active.Length != state.LastConfirmed.Length || state.Shuffled.IsEmpty)
        {
            reader.Fail("not a witness state");
        }

        return state;
    }

    private static UInt128 ReadSlots(ref ByteReader reader)
    {
        ulong low = reader.ReadUInt64();
        return new UInt128(reader.ReadUInt64(), low);
    }

    private static void WriteList(ByteWriter writer, ImmutableArray<uint> items)
    {
        writer.WriteVarUInt32((uint)items.Length);
        foreach (uint item in items)
        {
            writer.WriteUInt32(item);
        }
    }

    private static ImmutableArray<uint> ReadList(ref ByteReader reader)
    {
        int count = reader.ReadCount(WitnessesMax, 4, "witnesses");
        ImmutableArray<uint>.Builder items = ImmutableArray.CreateBuilder<uint>(count);
        for (int i = 0; i < count; i++)
        {
            items.Add(reader.ReadUInt32());
        }

        return items.MoveToImmutable();
    }

    private static ImmutableArray<WitnessKey> ReadKeys(ref ByteReader reader)
    {
        int count = reader.ReadCount(WitnessesMax, 4 + SigningKey.Size, "witness keys");
        ImmutableArray<WitnessKey>.Builder items = ImmutableArray.CreateBuilder<WitnessKey>(count);
        for (int i = 0; i < count; i++)
        {
            items.Add(new WitnessKey(reader.ReadUInt32(), SigningKey.Read(ref reader)));
        }

        return items.MoveToImmutable();
    }
}
