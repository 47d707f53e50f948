using System.Security.Cryptography;
using Tactus.Engine.Primitives;

namespace Tactus.Engine.Protocols.Antelope.Types;

/// <summary>How a transaction ended.</summary>
public enum TransactionStatus : byte
{
    Executed = 0,

    /// <summary>Failed, its error handler succeeded (deferred transactions only).</summary>
    SoftFail = 1,

    /// <summary>Failed, and so did its error handler (deferred transactions only).</summary>
    HardFail = 2,

    Delayed = 3,

    /// <summary>A deferred transaction that was not run in time.</summary>
    Expired = 4,
}

/// <summary>A transaction in a block: its outcome, what it was billed, and the transaction itself, or only its id where
/// the chain knew it before (deferred).</summary>
public sealed record TransactionReceipt
{
    /// <summary>Smallest receipt on the wire: status, processor time, words, variant, smallest packed
    /// transaction.</summary>
    public const int BytesMin = 1 + 4 + 1 + 1 + PackedTransaction.BytesMin;

    public TransactionReceipt(TransactionStatus status, uint cpuUsageUs, uint netUsageWords, in Hash256 id)
    {
        Status = status;
        CpuUsageUs = cpuUsageUs;
        NetUsageWords = netUsageWords;
        Id = id;
    }

    public TransactionReceipt(TransactionStatus status, uint cpuUsageUs, uint netUsageWords, PackedTransaction packed)
    {
        Status = status;
        CpuUsageUs = cpuUsageUs;
        NetUsageWords = netUsageWords;
        Packed = packed;
    }

    public TransactionStatus Status { get; init; }

    public uint CpuUsageUs { get; init; }

    public uint NetUsageWords { get; init; }

    /// <summary>The transaction, or null where the receipt carries only <see cref="Id"/>.</summary>
    public PackedTransaction? Packed { get; init; }

    /// <summary>The id where the receipt carries nothing else; zero where <see cref="Packed"/> is there.</summary>
    public Hash256 Id { get; init; }

    public static TransactionReceipt Read(ref ByteReader reader)
    {
        int at = reader.Position;
        byte status = reader.ReadByte();
        if (status > (byte)TransactionStatus.Expired)
        {
            reader.Fail($"transaction status {status} is unknown (0..4)", at);
        }

        uint cpuUsageUs = reader.ReadUInt32();
        uint netUsageWords = reader.ReadVarUInt32();
        at = reader.Position;
        uint variant = reader.ReadVarUInt32();
        switch (variant)
        {
            case 0:
                return new TransactionReceipt(
                    (TransactionStatus)status, cpuUsageUs, netUsageWords, reader.ReadHash256());
            case 1:
                return new TransactionReceipt(
                    (TransactionStatus)status, cpuUsageUs, netUsageWords, PackedTransaction.Read(ref reader));
            default:
                reader.Fail($"transaction variant {variant} is unknown (0 = id, 1 = packed transaction)", at);
                return new TransactionReceipt((TransactionStatus)status, cpuUsageUs, netUsageWords, Hash256.Zero);
        }
    }

    public void Write(ByteWriter writer)
    {
        WriteHead(writer);
        if (Packed is null)
        {
            writer.WriteVarUInt32(0);
            writer.WriteHash256(Id);
        }
        else
        {
            writer.WriteVarUInt32(1);
            Packed.Write(writer);
        }
    }

    /// <summary>The Merkle leaf: sha256( status || processor time || words || id or packed digest ). No variant
    /// index.</summary>
    public Hash256 Digest()
    {
        var writer = new ByteWriter(64);
        WriteHead(writer);
        writer.WriteHash256(Packed?.PackedDigest() ?? Id);
        return new Hash256(SHA256.HashData(writer.Written));
    }

    private void WriteHead(ByteWriter writer)
    {
        writer.WriteByte((byte)Status);
        writer.WriteUInt32(CpuUsageUs);
        writer.WriteVarUInt32(NetUsageWords);
    }
}
