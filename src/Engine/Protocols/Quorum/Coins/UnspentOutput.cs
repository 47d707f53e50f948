using System.Buffers.Binary;
using System.Security.Cryptography;
using Tactus.Engine.Primitives;

namespace Tactus.Engine.Protocols.Quorum.Coins;

/// <summary>An unspent output as the ledger keeps it.</summary>
/// <param name="Id">sha256(id of the creating transaction | address | droplets | hours) [C].</param>
/// <param name="SnapshotHash">sha256(the same 69 bytes | time | seq of the creating block): its share of the headers'
/// XOR [C].</param>
/// <param name="Address">Who may spend it.</param>
/// <param name="Coins">Droplets.</param>
/// <param name="Hours">Hours it was given.</param>
/// <param name="TimeSec">Time of the creating block.</param>
/// <param name="Seq">Number of the creating block.</param>
public readonly record struct UnspentOutput(
    Hash256 Id, Hash256 SnapshotHash, CoinAddress Address, ulong Coins, ulong Hours, ulong TimeSec, ulong Seq)
{
    /// <summary>Bytes that the id covers.</summary>
    public const int BodySize = Hash256.Size + CoinTransaction.OutputSize;

    /// <summary>Bytes that the snapshot hash covers.</summary>
    public const int SnapshotSize = BodySize + 16;

    /// <summary>Bytes of the stored form.</summary>
    public const int StoredSize = (2 * Hash256.Size) + CoinAddress.Size + 32;

    /// <summary>The output that a transaction creates, hashes included.</summary>
    /// <param name="sourceId">Id of the transaction; zero for genesis.</param>
    /// <param name="output37">Address, droplets, hours.</param>
    /// <param name="timeSec">Time of its block.</param>
    /// <param name="seq">Number of its block.</param>
    public static UnspentOutput Create(in Hash256 sourceId, ReadOnlySpan<byte> output37, ulong timeSec, ulong seq)
    {
        Span<byte> message = stackalloc byte[SnapshotSize];
        WriteSnapshot(sourceId, output37, timeSec, seq, message);
        Span<byte> id = stackalloc byte[Hash256.Size];
        Span<byte> snapshot = stackalloc byte[Hash256.Size];
        SHA256.HashData(message[..BodySize], id);
        SHA256.HashData(message, snapshot);
        return Of(id, snapshot, output37, timeSec, seq);
    }

    /// <summary>The output from its hashes and its 37 bytes.</summary>
    public static UnspentOutput Of(
        ReadOnlySpan<byte> id,
        ReadOnlySpan<byte> snapshotHash,
        ReadOnlySpan<byte> output37,
        ulong timeSec,
        ulong seq) =>
        new(
            new Hash256(id),
            new Hash256(snapshotHash),
            CoinAddress.Read(output37),
            CoinTransaction.CoinsOf(output37),
            CoinTransaction.HoursOf(output37),
            timeSec,
            seq);

    /// <summary>The 85 bytes that the snapshot hash covers; the id covers the first 69.</summary>
    public static void WriteSnapshot(
        in Hash256 sourceId, ReadOnlySpan<byte> output37, ulong timeSec, ulong seq, Span<byte> message)
    {
        sourceId.CopyTo(message);
        output37.CopyTo(message[Hash256.Size..]);
        BinaryPrimitives.WriteUInt64LittleEndian(message[BodySize..], timeSec);
        BinaryPrimitives.WriteUInt64LittleEndian(message[(BodySize + 8)..], seq);
    }

    /// <summary>Writes the stored form.</summary>
    public void Write(Span<byte> stored)
    {
        Id.CopyTo(stored);
        SnapshotHash.CopyTo(stored[32..]);
        Address.CopyTo(stored[64..]);
        Span<byte> numbers = stored[(64 + CoinAddress.Size)..];
        BinaryPrimitives.WriteUInt64LittleEndian(numbers, Coins);
        BinaryPrimitives.WriteUInt64LittleEndian(numbers[8..], Hours);
        BinaryPrimitives.WriteUInt64LittleEndian(numbers[16..], TimeSec);
        BinaryPrimitives.WriteUInt64LittleEndian(numbers[24..], Seq);
    }

    public static UnspentOutput Read(ReadOnlySpan<byte> stored)
    {
        ReadOnlySpan<byte> numbers = stored[(64 + CoinAddress.Size)..];
        return new UnspentOutput(
            new Hash256(stored),
            new Hash256(stored[32..]),
            CoinAddress.Read(stored[64..]),
            BinaryPrimitives.ReadUInt64LittleEndian(numbers),
            BinaryPrimitives.ReadUInt64LittleEndian(numbers[8..]),
            BinaryPrimitives.ReadUInt64LittleEndian(numbers[16..]),
            BinaryPrimitives.ReadUInt64LittleEndian(numbers[24..]));
    }
}
