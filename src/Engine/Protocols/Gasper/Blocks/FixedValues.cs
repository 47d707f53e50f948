using System.Buffers.Binary;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Gasper.Ssz;

namespace Tactus.Engine.Protocols.Gasper.Blocks;

/// <summary>An epoch and the root of its first block: what the finality votes link.</summary>
public readonly record struct Checkpoint(ulong Epoch, Hash256 Root)
{
    public const int Size = 40;

    public static Checkpoint Read(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadUInt64LittleEndian(bytes), new Hash256(bytes.Slice(8, 32)));

    public void Write(SszWriter writer)
    {
        writer.UInt64(Epoch);
        writer.Root(Root);
    }
}

/// <summary>Versions before and since a fork, four bytes each as a little-endian number.</summary>
public readonly record struct Fork(uint PreviousVersion, uint CurrentVersion, ulong Epoch)
{
    public const int Size = 16;

    public static Fork Read(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]),
        BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]));

    public void Write(SszWriter writer)
    {
        writer.UInt32(PreviousVersion);
        writer.UInt32(CurrentVersion);
        writer.UInt64(Epoch);
    }
}

/// <summary>A vote: the head (LMD-GHOST) and the link from source to target (Casper FFG).</summary>
public readonly record struct AttestationData(
    ulong Slot, ulong Index, Hash256 BeaconBlockRoot, Checkpoint Source, Checkpoint Target)
{
    public const int Size = 128;

    public static AttestationData Read(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadUInt64LittleEndian(bytes),
        BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]),
        new Hash256(bytes.Slice(16, 32)),
        Checkpoint.Read(bytes[48..]),
        Checkpoint.Read(bytes[88..]));

    public void Write(SszWriter writer)
    {
        writer.UInt64(Slot);
        writer.UInt64(Index);
        writer.Root(BeaconBlockRoot);
        Source.Write(writer);
        Target.Write(writer);
    }

    public Hash256 HashTreeRoot(SszHasher hasher)
    {
        var writer = new SszWriter();
        Write(writer);
        return GasperSchemas.AttestationData.Root(writer.Written, hasher);
    }

    /// <summary>Slashable pair: a double vote, or this vote surrounds the other.</summary>
    public bool IsSlashableWith(in AttestationData other) =>
        (this != other && Target.Epoch == other.Target.Epoch)
        || (Source.Epoch < other.Source.Epoch && other.Target.Epoch < Target.Epoch);
}

/// <summary>A block without its body.</summary>
public readonly record struct BeaconBlockHeader(
    ulong Slot, ulong ProposerIndex, Hash256 ParentRoot, Hash256 StateRoot, Hash256 BodyRoot)
{
    public const int Size = 112;

    public static BeaconBlockHeader Read(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadUInt64LittleEndian(bytes),
        BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]),
        new Hash256(bytes.Slice(16, 32)),
        new Hash256(bytes.Slice(48, 32)),
        new Hash256(bytes.Slice(80, 32)));

    public void Write(SszWriter writer)
    {
        writer.UInt64(Slot);
        writer.UInt64(ProposerIndex);
        writer.Root(ParentRoot);
        writer.Root(StateRoot);
        writer.Root(BodyRoot);
    }

    public Hash256 HashTreeRoot(SszHasher hasher)
    {
        var writer = new SszWriter();
        Write(writer);
        return GasperSchemas.BeaconBlockHeader.Root(writer.Written, hasher);
    }
}

/// <summary>What a proposer saw of the deposit contract.</summary>
public readonly record struct Eth1Data(Hash256 DepositRoot, ulong DepositCount, Hash256 BlockHash)
{
    public const int Size = 72;

    public static Eth1Data Read(ReadOnlySpan<byte> bytes) => new(
        new Hash256(bytes[..32]),
        BinaryPrimitives.ReadUInt64LittleEndian(bytes[32..]),
        new Hash256(bytes.Slice(40, 32)));

    public void Write(SszWriter writer)
    {
        writer.Root(DepositRoot);
        writer.UInt64(DepositCount);
        writer.Root(BlockHash);
    }

    public Hash256 HashTreeRoot(SszHasher hasher)
    {
        var writer = new SszWriter();
        Write(writer);
        return GasperSchemas.Eth1Data.Root(writer.Written, hasher);
    }
}
