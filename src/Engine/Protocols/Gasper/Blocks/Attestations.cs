using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Tactus.Engine.Protocols.Gasper.Ssz;

namespace Tactus.Engine.Protocols.Gasper.Blocks;

/// <summary>The votes of members of one committee, aggregated.</summary>
public sealed class Attestation : SszObject
{
    public Attestation(Bits aggregationBits, in AttestationData data, ReadOnlyMemory<byte> signature)
    {
        AggregationBits = aggregationBits;
        Data = data;
        Signature = signature;
    }

    private Attestation(SszContainer type, ReadOnlyMemory<byte> bytes)
        : this(
            new Bits(bytes[type.FieldAt(bytes.Span, 0)]),
            AttestationData.Read(bytes.Span[type.FieldAt(bytes.Span, 1)]),
            bytes[type.FieldAt(bytes.Span, 2)])
    {
        Encoded = bytes;
    }

    public Bits AggregationBits { get; }

    public AttestationData Data { get; }

    public ReadOnlyMemory<byte> Signature { get; }

    /// <summary>Reads the encoding, which stays referenced.</summary>
    /// <exception cref="SszException">The bytes are no attestation.</exception>
    public static Attestation Decode(GasperSchemas schemas, ReadOnlyMemory<byte> bytes)
    {
        schemas.Attestation.Check(bytes.Span);
        return new(schemas.Attestation, bytes);
    }

    internal static Attestation FromChecked(GasperSchemas schemas, ReadOnlyMemory<byte> bytes) =>
        new(schemas.Attestation, bytes);

    protected override void Write(SszWriter writer)
    {
        int start = writer.Begin();
        int mark = writer.Offset();
        Data.Write(writer);
        writer.Bytes(Signature.Span);
        writer.Here(start, mark);
        writer.Bytes(AggregationBits.Encoded.Span);
    }
}

/// <summary>Votes with the registry indices of those who signed: sorted and unique when valid.</summary>
public sealed class IndexedAttestation : SszObject
{
    public IndexedAttestation(ReadOnlyMemory<ulong> indices, in AttestationData data, ReadOnlyMemory<byte> signature)
    {
        Indices = indices;
        Data = data;
        Signature = signature;
    }

    private IndexedAttestation(SszContainer type, ReadOnlyMemory<byte> bytes)
        : this(
            ReadIndices(bytes.Span[type.FieldAt(bytes.Span, 0)]),
            AttestationData.Read(bytes.Span[type.FieldAt(bytes.Span, 1)]),
            bytes[type.FieldAt(bytes.Span, 2)])
    {
        Encoded = bytes;
    }

    public ReadOnlyMemory<ulong> Indices { get; }

    public AttestationData Data { get; }

    public ReadOnlyMemory<byte> Signature { get; }

    internal static IndexedAttestation FromChecked(GasperSchemas schemas, ReadOnlyMemory<byte> bytes) =>
        new(schemas.IndexedAttestation, bytes);

    protected override void Write(SszWriter writer)
    {
        int start = writer.Begin();
        int mark = writer.Offset();
        Data.Write(writer);
        writer.Bytes(Signature.Span);
        writer.Here(start, mark);
        foreach (ulong index in Indices.Span)
        {
            writer.UInt64(index);
        }
    }

    private static ulong[] ReadIndices(ReadOnlySpan<byte> bytes)
    {
        ulong[] indices = MemoryMarshal.Cast<byte, ulong>(bytes).ToArray();
        if (!BitConverter.IsLittleEndian)
        {
            BinaryPrimitives.ReverseEndianness(indices, indices);
        }

        return indices;
    }
}

/// <summary>An attestation as the state keeps it until its epoch is accounted for.</summary>
public sealed class PendingAttestation : SszObject
{
    public PendingAttestation(Bits aggregationBits, in AttestationData data, ulong inclusionDelay, ulong proposerIndex)
    {
        AggregationBits = aggregationBits;
        Data = data;
        InclusionDelay = inclusionDelay;
        ProposerIndex = proposerIndex;
    }

    private PendingAttestation(SszContainer type, ReadOnlyMemory<byte> bytes)
        : this(
            new Bits(bytes[type.FieldAt(bytes.Span, 0)]),
            AttestationData.Read(bytes.Span[type.FieldAt(bytes.Span, 1)]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes.Span[type.FieldAt(bytes.Span, 2)]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes.Span[type.FieldAt(bytes.Span, 3)]))
    {
        Encoded = bytes;
    }

    public Bits AggregationBits { get; }

    public AttestationData Data { get; }

    /// <summary>Slots between the vote and the block that included it.</summary>
    public ulong InclusionDelay { get; }

    public ulong ProposerIndex { get; }

    internal static PendingAttestation FromChecked(GasperSchemas schemas, ReadOnlyMemory<byte> bytes) =>
        new(schemas.PendingAttestation, bytes);

    protected override void Write(SszWriter writer)
    {
        int start = writer.Begin();
        int mark = writer.Offset();
        Data.Write(writer);
        writer.UInt64(InclusionDelay);
        writer.UInt64(ProposerIndex);
        writer.Here(start, mark);
        writer.Bytes(AggregationBits.Encoded.Span);
    }
}
