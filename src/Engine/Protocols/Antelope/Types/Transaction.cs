using System.Security.Cryptography;
using Tactus.Engine.Primitives;

namespace Tactus.Engine.Protocols.Antelope.Types;

/// <summary>A transaction: header, actions, extensions, in wire order.</summary>
public sealed record Transaction
{
    /// <summary>Seconds since 1970 after which a block may not include it.</summary>
    public uint Expiration { get; init; }

    /// <summary>Low 16 bits of the number of a recent block.</summary>
    public ushort RefBlockNum { get; init; }

    /// <summary>Little-endian number in bytes 8..11 of that block's id.</summary>
    public uint RefBlockPrefix { get; init; }

    /// <summary>Limit of network use in words of 8 bytes, 0 = none.</summary>
    public uint MaxNetUsageWords { get; init; }

    /// <summary>Limit of processor time, 0 = none.</summary>
    public byte MaxCpuUsageMs { get; init; }

    public uint DelaySec { get; init; }

    public IReadOnlyList<ChainAction> ContextFreeActions { get; init; } = [];

    public IReadOnlyList<ChainAction> Actions { get; init; } = [];

    public IReadOnlyList<Extension> Extensions { get; init; } = [];

    /// <summary>Reads one transaction; bytes after it are the caller's business.</summary>
    public static Transaction Read(ref ByteReader reader)
    {
        uint expiration = reader.ReadUInt32();
        ushort refBlockNum = reader.ReadUInt16();
        uint refBlockPrefix = reader.ReadUInt32();
        uint maxNetUsageWords = reader.ReadVarUInt32();
        byte maxCpuUsageMs = reader.ReadByte();
        uint delaySec = reader.ReadVarUInt32();
        return new Transaction
        {
            Expiration = expiration,
            RefBlockNum = refBlockNum,
            RefBlockPrefix = refBlockPrefix,
            MaxNetUsageWords = maxNetUsageWords,
            MaxCpuUsageMs = maxCpuUsageMs,
            DelaySec = delaySec,
            ContextFreeActions = ChainAction.ReadAll(ref reader, "context-free actions"),
            Actions = ChainAction.ReadAll(ref reader, "actions"),
            Extensions = Extension.ReadAll(ref reader, ExtensionPlace.Transaction),
        };
    }

    public void Write(ByteWriter writer)
    {
        writer.WriteUInt32(Expiration);
        writer.WriteUInt16(RefBlockNum);
        writer.WriteUInt32(RefBlockPrefix);
        writer.WriteVarUInt32(MaxNetUsageWords);
        writer.WriteByte(MaxCpuUsageMs);
        writer.WriteVarUInt32(DelaySec);
        ChainAction.WriteAll(writer, ContextFreeActions);
        ChainAction.WriteAll(writer, Actions);
        Extension.WriteAll(writer, Extensions);
    }

    public byte[] ToBytes()
    {
        var writer = new ByteWriter();
        Write(writer);
        return writer.ToArray();
    }

    /// <summary>sha256 of the transaction written anew, so that padding in the bytes received does not change the
    /// id.</summary>
    public Hash256 Id() => new(SHA256.HashData(ToBytes()));

    /// <summary>What the transaction's signatures sign: sha256( chain id || transaction || 32 zero bytes, or sha256 of
    /// the packed context-free data if there is any ).</summary>
    public Hash256 SigningDigest(in Hash256 chainId, IReadOnlyList<byte[]> contextFreeData)
    {
        var writer = new ByteWriter();
        writer.WriteHash256(chainId);
        Write(writer);
        writer.WriteHash256(contextFreeData.Count == 0 ? Hash256.Zero : ContextFreeDataDigest(contextFreeData));
        return new Hash256(SHA256.HashData(writer.Written));
    }

    private static Hash256 ContextFreeDataDigest(IReadOnlyList<byte[]> contextFreeData)
    {
        var writer = new ByteWriter();
        PackedTransaction.WriteContextFreeData(writer, contextFreeData);
        return new Hash256(SHA256.HashData(writer.Written));
    }
}
