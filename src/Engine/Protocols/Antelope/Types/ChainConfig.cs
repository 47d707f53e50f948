using Tactus.Engine.Primitives;

namespace Tactus.Engine.Protocols.Antelope.Types;

/// <summary>The chain's limits, in wire order: 68 bytes (leap v5.0.3 chain_config.hpp, chain_config_v0). Defaults are
/// those of nodeos (config.hpp).</summary>
public sealed record ChainConfig
{
    /// <summary>One hundred percent, in the unit of the pct fields (0.01 %).</summary>
    public const uint Percent100 = 10_000;

    /// <summary>Most bytes that the transactions of a block may be billed.</summary>
    public ulong MaxBlockNetUsage { get; init; } = 1_048_576;

    /// <summary>Share of the block that counts as congested, in 0.01 %.</summary>
    public uint TargetBlockNetUsagePct { get; init; } = 1_000;

    public uint MaxTransactionNetUsage { get; init; } = 524_288;

    /// <summary>Bytes billed to each transaction on top of its size.</summary>
    public uint BasePerTransactionNetUsage { get; init; } = 12;

    public uint NetUsageLeeway { get; init; } = 500;

    public uint ContextFreeDiscountNetUsageNum { get; init; } = 20;

    public uint ContextFreeDiscountNetUsageDen { get; init; } = 100;

    /// <summary>Most processor time that a block may bill, in microseconds.</summary>
    public uint MaxBlockCpuUsageUs { get; init; } = 200_000;

    public uint TargetBlockCpuUsagePct { get; init; } = 1_000;

    public uint MaxTransactionCpuUsageUs { get; init; } = 150_000;

    public uint MinTransactionCpuUsageUs { get; init; } = 100;

    public uint MaxTransactionLifetimeSec { get; init; } = 3_600;

    public uint DeferredTrxExpirationWindowSec { get; init; } = 600;

    public uint MaxTransactionDelaySec { get; init; } = 3_888_000;

    public uint MaxInlineActionSize { get; init; } = 4_096;

    public ushort MaxInlineActionDepth { get; init; } = 4;

    public ushort MaxAuthorityDepth { get; init; } = 6;

    public static ChainConfig Read(ref ByteReader reader) => new()
    {
        // Initializers run in this order, which is the order on the wire.
        MaxBlockNetUsage = reader.ReadUInt64(),
        TargetBlockNetUsagePct = reader.ReadUInt32(),
        MaxTransactionNetUsage = reader.ReadUInt32(),
        BasePerTransactionNetUsage = reader.ReadUInt32(),
        NetUsageLeeway = reader.ReadUInt32(),
        ContextFreeDiscountNetUsageNum = reader.ReadUInt32(),
        ContextFreeDiscountNetUsageDen = reader.ReadUInt32(),
        MaxBlockCpuUsageUs = reader.ReadUInt32(),
        TargetBlockCpuUsagePct = reader.ReadUInt32(),
        MaxTransactionCpuUsageUs = reader.ReadUInt32(),
        MinTransactionCpuUsageUs = reader.ReadUInt32(),
        MaxTransactionLifetimeSec = reader.ReadUInt32(),
        DeferredTrxExpirationWindowSec = reader.ReadUInt32(),
        MaxTransactionDelaySec = reader.ReadUInt32(),
        MaxInlineActionSize = reader.ReadUInt32(),
        MaxInlineActionDepth = reader.ReadUInt16(),
        MaxAuthorityDepth = reader.ReadUInt16(),
    };

    public void Write(ByteWriter writer)
    {
        writer.WriteUInt64(MaxBlockNetUsage);
        writer.WriteUInt32(TargetBlockNetUsagePct);
        writer.WriteUInt32(MaxTransactionNetUsage);
        writer.WriteUInt32(BasePerTransactionNetUsage);
        writer.WriteUInt32(NetUsageLeeway);
        writer.WriteUInt32(ContextFreeDiscountNetUsageNum);
        writer.WriteUInt32(ContextFreeDiscountNetUsageDen);
        writer.WriteUInt32(MaxBlockCpuUsageUs);
        writer.WriteUInt32(TargetBlockCpuUsagePct);
        writer.WriteUInt32(MaxTransactionCpuUsageUs);
        writer.WriteUInt32(MinTransactionCpuUsageUs);
        writer.WriteUInt32(MaxTransactionLifetimeSec);
        writer.WriteUInt32(DeferredTrxExpirationWindowSec);
        writer.WriteUInt32(MaxTransactionDelaySec);
        writer.WriteUInt32(MaxInlineActionSize);
        writer.WriteUInt16(MaxInlineActionDepth);
        writer.WriteUInt16(MaxAuthorityDepth);
    }
}
