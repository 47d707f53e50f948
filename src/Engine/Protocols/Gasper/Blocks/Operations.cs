using System.Buffers.Binary;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Gasper.Presets;
using Tactus.Engine.Protocols.Gasper.Ssz;

namespace Tactus.Engine.Protocols.Gasper.Blocks;

/// <summary>A header and its proposer's signature.</summary>
public sealed class SignedHeader : SszObject
{
    public const int Size = BeaconBlockHeader.Size + 96;

    public SignedHeader(in BeaconBlockHeader message, ReadOnlyMemory<byte> signature)
    {
        Message = message;
        Signature = signature;
    }

    public BeaconBlockHeader Message { get; }

    public ReadOnlyMemory<byte> Signature { get; }

    internal static SignedHeader FromChecked(ReadOnlyMemory<byte> bytes) =>
        new(BeaconBlockHeader.Read(bytes.Span), bytes.Slice(BeaconBlockHeader.Size, 96)) { Encoded = bytes };

    protected override void Write(SszWriter writer)
    {
        Message.Write(writer);
        writer.Bytes(Signature.Span);
    }
}

/// <summary>Evidence that a proposer signed two headers for one slot.</summary>
public sealed class ProposerSlashing(SignedHeader header1, SignedHeader header2) : SszObject
{
    public SignedHeader Header1 { get; } = header1;

    public SignedHeader Header2 { get; } = header2;

    /// <exception cref="SszException">The bytes are no proposer slashing.</exception>
    public static ProposerSlashing Decode(ReadOnlyMemory<byte> bytes)
    {
        GasperSchemas.ProposerSlashing.Check(bytes.Span);
        return FromChecked(bytes);
    }

    internal static ProposerSlashing FromChecked(ReadOnlyMemory<byte> bytes) => new(
        SignedHeader.FromChecked(bytes[..SignedHeader.Size]), SignedHeader.FromChecked(bytes[SignedHeader.Size..]))
    {
        Encoded = bytes,
    };

    protected override void Write(SszWriter writer)
    {
        writer.Bytes(Header1.Encoded.Span);
        writer.Bytes(Header2.Encoded.Span);
    }
}

/// <summary>Evidence that validators voted twice for one target, or that one vote surrounds the other.</summary>
public sealed class AttesterSlashing(IndexedAttestation attestation1, IndexedAttestation attestation2) : SszObject
{
    public IndexedAttestation Attestation1 { get; } = attestation1;

    public IndexedAttestation Attestation2 { get; } = attestation2;

    /// <exception cref="SszException">The bytes are no attester slashing.</exception>
    public static AttesterSlashing Decode(GasperSchemas schemas, ReadOnlyMemory<byte> bytes)
    {
        schemas.AttesterSlashing.Check(bytes.Span);
        return FromChecked(schemas, bytes);
    }

    internal static AttesterSlashing FromChecked(GasperSchemas schemas, ReadOnlyMemory<byte> bytes) => new(
        IndexedAttestation.FromChecked(schemas, bytes[schemas.AttesterSlashing.FieldAt(bytes.Span, 0)]),
        IndexedAttestation.FromChecked(schemas, bytes[schemas.AttesterSlashing.FieldAt(bytes.Span, 1)]))
    {
        Encoded = bytes,
    };

    protected override void Write(SszWriter writer) => writer.VariableList([Attestation1, Attestation2]);
}

/// <summary>A deposit and its branch in the deposit tree.</summary>
public sealed class Deposit : SszObject
{
    public const int ProofBytes = (GasperPreset.DepositTreeDepth + 1) * 32;
    public const int DataBytes = 48 + 32 + 8 + 96;
    public const int Size = ProofBytes + DataBytes;

    public Deposit(
        ReadOnlyMemory<byte> proof,
        ReadOnlyMemory<byte> publicKey,
        Hash256 withdrawalCredentials,
        ulong amount,
        ReadOnlyMemory<byte> signature)
    {
        Proof = proof;
        PublicKey = publicKey;
        WithdrawalCredentials = withdrawalCredentials;
        Amount = amount;
        Signature = signature;
    }

    /// <summary>33 nodes: 32 of the tree, then the count that is mixed in.</summary>
    public ReadOnlyMemory<byte> Proof { get; }

    public ReadOnlyMemory<byte> PublicKey { get; }

    public Hash256 WithdrawalCredentials { get; }

    public ulong Amount { get; }

    public ReadOnlyMemory<byte> Signature { get; }

    /// <summary>Encoding of the DepositData: the leaf of the deposit tree is its root.</summary>
    public ReadOnlyMemory<byte> EncodedData => Encoded[ProofBytes..];

    /// <exception cref="SszException">The bytes are no deposit.</exception>
    public static Deposit Decode(ReadOnlyMemory<byte> bytes)
    {
        GasperSchemas.Deposit.Check(bytes.Span);
        return FromChecked(bytes);
    }

    internal static Deposit FromChecked(ReadOnlyMemory<byte> bytes)
    {
        ReadOnlyMemory<byte> data = bytes[ProofBytes..];
        return new(
            bytes[..ProofBytes],
            data[..48],
            new Hash256(data.Span.Slice(48, 32)),
            BinaryPrimitives.ReadUInt64LittleEndian(data.Span[80..]),
            data[88..])
        {
            Encoded = bytes,
        };
    }

    protected override void Write(SszWriter writer)
    {
        writer.Bytes(Proof.Span);
        writer.Bytes(PublicKey.Span);
        writer.Root(WithdrawalCredentials);
        writer.UInt64(Amount);
        writer.Bytes(Signature.Span);
    }
}

/// <summary>A validator's wish to leave from an epoch on.</summary>
public sealed class SignedVoluntaryExit : SszObject
{
    public const int Size = 8 + 8 + 96;

    public SignedVoluntaryExit(ulong epoch, ulong validatorIndex, ReadOnlyMemory<byte> signature)
    {
        Epoch = epoch;
        ValidatorIndex = validatorIndex;
        Signature = signature;
    }

    public ulong Epoch { get; }

    public ulong ValidatorIndex { get; }

    public ReadOnlyMemory<byte> Signature { get; }

    /// <exception cref="SszException">The bytes are no signed exit.</exception>
    public static SignedVoluntaryExit Decode(ReadOnlyMemory<byte> bytes)
    {
        GasperSchemas.SignedVoluntaryExit.Check(bytes.Span);
        return FromChecked(bytes);
    }

    public Hash256 MessageRoot(SszHasher hasher) => GasperSchemas.VoluntaryExit.Root(Encoded.Span[..16], hasher);

    internal static SignedVoluntaryExit FromChecked(ReadOnlyMemory<byte> bytes) => new(
        BinaryPrimitives.ReadUInt64LittleEndian(bytes.Span),
        BinaryPrimitives.ReadUInt64LittleEndian(bytes.Span[8..]),
        bytes[16..])
    {
        Encoded = bytes,
    };

    protected override void Write(SszWriter writer)
    {
        writer.UInt64(Epoch);
        writer.UInt64(ValidatorIndex);
        writer.Bytes(Signature.Span);
    }
}
