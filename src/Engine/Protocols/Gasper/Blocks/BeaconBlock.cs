using System.Buffers.Binary;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Gasper.Ssz;

namespace Tactus.Engine.Protocols.Gasper.Blocks;

/// <summary>What a proposer puts into a block.</summary>
public sealed class BeaconBlockBody : SszObject
{
    public required ReadOnlyMemory<byte> RandaoReveal { get; init; }

    public required Eth1Data Eth1Data { get; init; }

    public Hash256 Graffiti { get; init; }

    public IReadOnlyList<ProposerSlashing> ProposerSlashings { get; init; } = [];

    public IReadOnlyList<AttesterSlashing> AttesterSlashings { get; init; } = [];

    public IReadOnlyList<Attestation> Attestations { get; init; } = [];

    public IReadOnlyList<Deposit> Deposits { get; init; } = [];

    public IReadOnlyList<SignedVoluntaryExit> VoluntaryExits { get; init; } = [];

    /// <exception cref="SszException">The bytes are no body.</exception>
    public static BeaconBlockBody Decode(GasperSchemas schemas, ReadOnlyMemory<byte> bytes)
    {
        schemas.BeaconBlockBody.Check(bytes.Span);
        return FromChecked(schemas, bytes);
    }

    internal static BeaconBlockBody FromChecked(GasperSchemas schemas, ReadOnlyMemory<byte> bytes)
    {
        ReadOnlyMemory<byte> Field(int i) => bytes[schemas.BeaconBlockBody.FieldAt(bytes.Span, i)];

        ReadOnlyMemory<byte> slashings = Field(4);
        ReadOnlyMemory<byte> attestations = Field(5);
        return new()
        {
            Encoded = bytes,
            RandaoReveal = Field(0),
            Eth1Data = Eth1Data.Read(Field(1).Span),
            Graffiti = new Hash256(Field(2).Span),
            ProposerSlashings = FixedList(Field(3), 2 * SignedHeader.Size, ProposerSlashing.FromChecked),
            AttesterSlashings = VariableList(slashings, b => AttesterSlashing.FromChecked(schemas, b)),
            Attestations = VariableList(attestations, b => Attestation.FromChecked(schemas, b)),
            Deposits = FixedList(Field(6), Deposit.Size, Deposit.FromChecked),
            VoluntaryExits = FixedList(Field(7), SignedVoluntaryExit.Size, SignedVoluntaryExit.FromChecked),
        };
    }

    /// <summary>Reads a checked list of elements of variable size.</summary>
    internal static T[] VariableList<T>(ReadOnlyMemory<byte> bytes, Func<ReadOnlyMemory<byte>, T> read)
    {
        int count = bytes.IsEmpty ? 0 : BinaryPrimitives.ReadInt32LittleEndian(bytes.Span) / SszType.OffsetBytes;
        var items = new T[count];
        for (int i = 0; i < count; i++)
        {
            int start = BinaryPrimitives.ReadInt32LittleEndian(bytes.Span[(i * SszType.OffsetBytes)..]);
            int end = i + 1 == count
                ? bytes.Length
                : BinaryPrimitives.ReadInt32LittleEndian(bytes.Span[((i + 1) * SszType.OffsetBytes)..]);
            items[i] = read(bytes[start..end]);
        }

        return items;
    }

    protected override void Write(SszWriter writer)
    {
        int start = writer.Begin();
        writer.Bytes(RandaoReveal.Span);
        Eth1Data.Write(writer);
        writer.Root(Graffiti);
        int proposerSlashings = writer.Offset();
        int attesterSlashings = writer.Offset();
        int attestations = writer.Offset();
        int deposits = writer.Offset();
        int exits = writer.Offset();
        writer.Here(start, proposerSlashings);
        writer.FixedList(ProposerSlashings);
        writer.Here(start, attesterSlashings);
        writer.VariableList(AttesterSlashings);
        writer.Here(start, attestations);
        writer.VariableList(Attestations);
        writer.Here(start, deposits);
        writer.FixedList(Deposits);
        writer.Here(start, exits);
        writer.FixedList(VoluntaryExits);
    }

    private static T[] FixedList<T>(ReadOnlyMemory<byte> bytes, int size, Func<ReadOnlyMemory<byte>, T> read)
    {
        var items = new T[bytes.Length / size];
        for (int i = 0; i < items.Length; i++)
        {
            items[i] = read(bytes.Slice(i * size, size));
        }

        return items;
    }
}

/// <summary>A block of phase 0.</summary>
public sealed class BeaconBlock : SszObject
{
    public required ulong Slot { get; init; }

    public required ulong ProposerIndex { get; init; }

    public required Hash256 ParentRoot { get; init; }

    /// <summary>Root of the state after this block.</summary>
    public required Hash256 StateRoot { get; init; }

    public required BeaconBlockBody Body { get; init; }

    /// <exception cref="SszException">The bytes are no block.</exception>
    public static BeaconBlock Decode(GasperSchemas schemas, ReadOnlyMemory<byte> bytes)
    {
        schemas.BeaconBlock.Check(bytes.Span);
        return FromChecked(schemas, bytes);
    }

    /// <summary>The header that stands for this block: same root.</summary>
    public BeaconBlockHeader Header(GasperSchemas schemas, SszHasher hasher) =>
        new(Slot, ProposerIndex, ParentRoot, StateRoot, schemas.BeaconBlockBody.Root(Body.Encoded.Span, hasher));

    public Hash256 HashTreeRoot(GasperSchemas schemas, SszHasher hasher) =>
        Header(schemas, hasher).HashTreeRoot(hasher);

    internal static BeaconBlock FromChecked(GasperSchemas schemas, ReadOnlyMemory<byte> bytes) => new()
    {
        Encoded = bytes,
        Slot = BinaryPrimitives.ReadUInt64LittleEndian(bytes.Span),
        ProposerIndex = BinaryPrimitives.ReadUInt64LittleEndian(bytes.Span[8..]),
        ParentRoot = new Hash256(bytes.Span.Slice(16, 32)),
        StateRoot = new Hash256(bytes.Span.Slice(48, 32)),
        Body = BeaconBlockBody.FromChecked(schemas, bytes[schemas.BeaconBlock.FieldAt(bytes.Span, 4)]),
    };

    protected override void Write(SszWriter writer)
    {
        int start = writer.Begin();
        writer.UInt64(Slot);
        writer.UInt64(ProposerIndex);
        writer.Root(ParentRoot);
        writer.Root(StateRoot);
        writer.Here(start, writer.Offset());
        writer.Bytes(Body.Encoded.Span);
    }
}

/// <summary>A block and its proposer's signature.</summary>
public sealed class SignedBeaconBlock(BeaconBlock message, ReadOnlyMemory<byte> signature) : SszObject
{
    public BeaconBlock Message { get; } = message;

    public ReadOnlyMemory<byte> Signature { get; } = signature;

    /// <summary>Reads the encoding, which stays referenced.</summary>
    /// <exception cref="SszException">The bytes are no signed block.</exception>
    public static SignedBeaconBlock Decode(GasperSchemas schemas, ReadOnlyMemory<byte> bytes)
    {
        SszContainer type = schemas.SignedBeaconBlock;
        type.Check(bytes.Span);
        return new(
            BeaconBlock.FromChecked(schemas, bytes[type.FieldAt(bytes.Span, 0)]), bytes[type.FieldAt(bytes.Span, 1)])
        {
            Encoded = bytes,
        };
    }

    protected override void Write(SszWriter writer)
    {
        int start = writer.Begin();
        int mark = writer.Offset();
        writer.Bytes(Signature.Span);
        writer.Here(start, mark);
        writer.Bytes(Message.Encoded.Span);
    }
}
