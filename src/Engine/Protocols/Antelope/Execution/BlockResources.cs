using System.Runtime.InteropServices;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.Engine.State;

namespace Tactus.Engine.Protocols.Antelope.Execution;

/// <summary>NET and CPU of the block being executed, and the virtual limits that follow from past blocks.</summary>
public sealed class BlockResources
{
    private static readonly StateKey Key = StateKey.Of(StateTables.BlockLimits, 0);

    private Stored _stored;

    /// <summary>CPU billed in this block so far, in microseconds.</summary>
    public ulong CpuUs { get; private set; }

    /// <summary>NET billed in this block so far, in bytes.</summary>
    public ulong NetBytes { get; private set; }

    /// <summary>What the accounts may share per <see cref="ElasticLimit.AccountWindowSlots"/> slots, per
    /// slot.</summary>
    public ulong VirtualCpuUs => _stored.VirtualCpu;

    /// <inheritdoc cref="VirtualCpuUs"/>
    public ulong VirtualNetBytes => _stored.VirtualNet;

    /// <summary>Begins a block: reads the limits that the last one left.</summary>
    public void Begin(IStateView view, ChainConfig config)
    {
        CpuUs = 0;
        NetBytes = 0;
        _stored = view.TryGetBlob(Key, out ReadOnlySpan<byte> bytes)
            ? MemoryMarshal.Read<Stored>(bytes)
            : new Stored { VirtualCpu = config.MaxBlockCpuUsageUs, VirtualNet = config.MaxBlockNetUsage };
    }

    /// <summary>Bills a transaction.</summary>
    /// <returns>Null, or why it does not fit into the block.</returns>
    public string? Add(uint cpuUs, ulong netBytes, ChainConfig config)
    {
        if (CpuUs + cpuUs > config.MaxBlockCpuUsageUs)
        {
            return $"block CPU {CpuUs} + {cpuUs} us exceeds the limit {config.MaxBlockCpuUsageUs} us";
        }

        if (NetBytes + netBytes > config.MaxBlockNetUsage)
        {
            return $"block NET {NetBytes} + {netBytes} bytes exceeds the limit {config.MaxBlockNetUsage} bytes";
        }

        CpuUs += cpuUs;
        NetBytes += netBytes;
        return null;
    }

    /// <summary>Whether several transactions fit together; then each of them does.</summary>
    public bool HasRoomFor(ulong cpuUs, ulong netBytes, ChainConfig config) =>
        CpuUs + cpuUs <= config.MaxBlockCpuUsageUs && NetBytes + netBytes <= config.MaxBlockNetUsage;

    /// <summary>Bills transactions that were found to fit.</summary>
    public void Add(ulong cpuUs, ulong netBytes)
    {
        CpuUs += cpuUs;
        NetBytes += netBytes;
    }

    /// <summary>Takes back what a failed transaction was billed.</summary>
    public void Restore(ulong cpuUs, ulong netBytes)
    {
        CpuUs = cpuUs;
        NetBytes = netBytes;
    }

    /// <summary>Ends the block: averages, virtual limits, and their record.</summary>
    public void Finish(IStateView view, ChainConfig config, uint blockNumber)
    {
        ulong cpuTarget = (ulong)config.MaxBlockCpuUsageUs * config.TargetBlockCpuUsagePct / ChainConfig.Percent100;
        ulong netTarget = (ulong)(
            (UInt128)config.MaxBlockNetUsage * config.TargetBlockNetUsagePct / ChainConfig.Percent100);
        _stored.Cpu.Add(CpuUs, blockNumber, ElasticLimit.PeriodBlocks);
        _stored.Net.Add(NetBytes, blockNumber, ElasticLimit.PeriodBlocks);
        _stored.VirtualCpu = ElasticLimit.Next(
            _stored.VirtualCpu, _stored.Cpu.Average(), cpuTarget, config.MaxBlockCpuUsageUs);
        _stored.VirtualNet = ElasticLimit.Next(
            _stored.VirtualNet, _stored.Net.Average(), netTarget, config.MaxBlockNetUsage);
        view.PutBlob(Key, MemoryMarshal.AsBytes(MemoryMarshal.CreateReadOnlySpan(in _stored, 1)));
    }

    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    private struct Stored
    {
        public UsageAverage Cpu;
        public UsageAverage Net;
        public ulong VirtualCpu;
        public ulong VirtualNet;
    }
}
