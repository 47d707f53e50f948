using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Gasper.Blocks;
using Tactus.Engine.Protocols.Gasper.Ssz;

namespace Tactus.Engine.Protocols.Gasper.State;

/// <summary>SSZ encoding of the state: also how a state is saved and loaded.</summary>
public sealed partial class BeaconState
{
    /// <summary>Reads a state; what is derived (participation, committees) is rebuilt when first needed.</summary>
    /// <exception cref="SszException">The bytes are no state of this preset.</exception>
    public static BeaconState Decode(GasperContext context, ReadOnlyMemory<byte> bytes)
    {
        ArgumentNullException.ThrowIfNull(context);
        SszContainer type = context.Schemas.BeaconState;
        type.Check(bytes.Span);
        ReadOnlyMemory<byte> Field(int i) => bytes[type.FieldAt(bytes.Span, i)];
        ulong Number(int i) => BinaryPrimitives.ReadUInt64LittleEndian(Field(i).Span);

        var state = new BeaconState(context)
        {
            GenesisTime = Number(0),
            GenesisValidatorsRoot = new Hash256(Field(1).Span),
            Slot = Number(2),
            Fork = Fork.Read(Field(3).Span),
            LatestBlockHeader = BeaconBlockHeader.Read(Field(4).Span),
            Eth1Data = Eth1Data.Read(Field(8).Span),
            Eth1DepositIndex = Number(10),
            JustificationBits = Field(17).Span[0],
            PreviousJustified = Checkpoint.Read(Field(18).Span),
            CurrentJustified = Checkpoint.Read(Field(19).Span),
            Finalized = Checkpoint.Read(Field(20).Span),
        };
        ReadRoots(state.BlockRoots, Field(5).Span);
        ReadRoots(state.StateRoots, Field(6).Span);
        ReadRoots(state.HistoricalRoots, Field(7).Span);
        for (ReadOnlySpan<byte> votes = Field(9).Span; votes.Length > 0; votes = votes[Eth1Data.Size..])
        {
            state.AddEth1Vote(Eth1Data.Read(votes));
        }

        state.Validators.AddEncoded(Field(11).Span);
        ReadNumbers(state.Balances, Field(12).Span);
        ReadRoots(state.RandaoMixes, Field(13).Span);
        ReadNumbers(state.Slashings, Field(14).Span);
        ReadPending(state.PreviousEpochAttestations, context, Field(15));
        ReadPending(state.CurrentEpochAttestations, context, Field(16));
        return state;
    }

    /// <summary>The canonical encoding.</summary>
    public byte[] Encode()
    {
        var w = new SszWriter();
        int start = w.Begin();
        w.UInt64(GenesisTime);
        w.Root(GenesisValidatorsRoot);
        w.UInt64(Slot);
        Fork.Write(w);
        LatestBlockHeader.Write(w);
        WriteItems(w, BlockRoots);
        WriteItems(w, StateRoots);
        int historicalRoots = w.Offset();
        Eth1Data.Write(w);
        int eth1Votes = w.Offset();
        w.UInt64(Eth1DepositIndex);
        int validators = w.Offset();
        int balances = w.Offset();
        WriteItems(w, RandaoMixes);
        WriteItems(w, Slashings);
        int previousAttestations = w.Offset();
        int currentAttestations = w.Offset();
        w.Bytes([JustificationBits]);
        PreviousJustified.Write(w);
        CurrentJustified.Write(w);
        Finalized.Write(w);
        w.Here(start, historicalRoots);
        WriteItems(w, HistoricalRoots);
        w.Here(start, eth1Votes);
        for (int i = 0; i < Eth1DataVotes.Count; i++)
        {
            Eth1DataVotes[i].Write(w);
        }

        w.Here(start, validators);
        Validators.Write(w);
        w.Here(start, balances);
        WriteItems(w, Balances);
        w.Here(start, previousAttestations);
        w.VariableList(PreviousEpochAttestations.Items);
        w.Here(start, currentAttestations);
        w.VariableList(CurrentEpochAttestations.Items);
        return w.ToArray();
    }

    private static void ReadRoots(ChunkedList<Hash256> list, ReadOnlySpan<byte> bytes) =>
        list.Assign(MemoryMarshal.Cast<byte, Hash256>(bytes));

    // The engine runs on little-endian machines only (the kernels need AVX2 or ARM), so numbers are copied as they lie.
    private static void ReadNumbers(ChunkedList<ulong> list, ReadOnlySpan<byte> bytes) =>
        list.Assign(MemoryMarshal.Cast<byte, ulong>(bytes));

    private static void WriteItems<T>(SszWriter writer, ChunkedList<T> list)
        where T : unmanaged
    {
        for (int chunk = 0; chunk < list.ChunkCount; chunk++)
        {
            writer.Bytes(MemoryMarshal.AsBytes(list.Chunk(chunk)));
        }
    }

    private static void ReadPending(PendingAttestations list, GasperContext context, ReadOnlyMemory<byte> bytes)
    {
        foreach (PendingAttestation item in BeaconBlockBody.VariableList(
            bytes, b => PendingAttestation.FromChecked(context.Schemas, b)))
        {
            list.Add(item);
        }
    }
}
