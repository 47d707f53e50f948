using System.Runtime.InteropServices;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.Engine.State;

namespace Tactus.Engine.Protocols.Antelope.Execution;

/// <summary>What an account staked for NET and CPU and what it used lately: one cell. Accounts without the cell have no
/// limit, as accounts of nodeos have before the system contract sets one.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
public struct AccountUsage
{
    /// <summary>Weight of an account without limit.</summary>
    public const long Unlimited = -1;

    private static readonly StateKey TotalKey = StateKey.Of(StateTables.TotalWeights, 0);

    public UsageAverage Net;

    public UsageAverage Cpu;

    // 24 bytes are taken; each weight is an amount of the core token below 2^62, and Unlimited.
    public long NetWeight;

    public long CpuWeight;

    public static StateKey KeyOf(ulong account) => StateKey.Of(StateTables.AccountUsage, account);

    /// <summary>Sets what an account's share of NET and CPU is, and the sums of all shares with it.</summary>
    public static void SetWeights(IStateView view, ulong account, long netWeight, long cpuWeight)
    {
        StateKey key = KeyOf(account);
        bool exists = view.TryGet(in key, out StateCell cell);
        ref AccountUsage usage = ref StateCell.As<AccountUsage>(ref cell);
        view.TryGet(TotalKey, out StateCell totalCell);
        ref Totals totals = ref StateCell.As<Totals>(ref totalCell);
        totals.Net += Counted(netWeight) - (exists ? Counted(usage.NetWeight) : 0);
        totals.Cpu += Counted(cpuWeight) - (exists ? Counted(usage.CpuWeight) : 0);
        usage.NetWeight = netWeight;
        usage.CpuWeight = cpuWeight;
        view.Put(in key, in cell);
        view.Put(TotalKey, in totalCell);
    }

    /// <summary>Bills an account for a transaction (leap v5.0.3 resource_limits.cpp add_transaction_usage).</summary>
    /// <returns>Null, or which limit it exceeds.</returns>
    public static string? Bill(ActionScope scope, BlockResources block, ulong account, uint cpuUs, ulong netBytes)
    {
        StateKey key = KeyOf(account);
        if (!scope.View.TryGet(in key, out StateCell cell))
        {
            return null;
        }

        const uint Window = ElasticLimit.AccountWindowSlots;
        ref AccountUsage usage = ref StateCell.As<AccountUsage>(ref cell);
        scope.View.TryGet(TotalKey, out StateCell totalCell);
        ref Totals totals = ref StateCell.As<Totals>(ref totalCell);
        usage.Net.Add(netBytes, scope.Block.Slot, Window);
        usage.Cpu.Add(cpuUs, scope.Block.Slot, Window);
        scope.View.Put(in key, in cell);
        return Exceeds(usage.Cpu, usage.CpuWeight, totals.Cpu, block.VirtualCpuUs)
                ? $"authorizing account '{new Name(account)}' has insufficient CPU resources for this transaction"
            : Exceeds(usage.Net, usage.NetWeight, totals.Net, block.VirtualNetBytes)
                ? $"authorizing account '{new Name(account)}' has insufficient NET resources for this transaction"
            : null;
    }

    private static bool Exceeds(UsageAverage average, long weight, long total, ulong virtualLimit) =>
        weight >= 0 && total > 0
        && average.InWindow(ElasticLimit.AccountWindowSlots)
            > MulDiv((UInt128)virtualLimit * ElasticLimit.AccountWindowSlots, (ulong)weight, (ulong)total);

    // capacity < 2^64 * 2^18 and weight < 2^62 would leave 128 bits; divide first, then the remainder's part.
    private static UInt128 MulDiv(UInt128 capacity, ulong weight, ulong total)
    {
        (UInt128 quotient, UInt128 rest) = UInt128.DivRem(capacity, total);
        return (quotient * weight) + (rest * weight / total);
    }

    private static long Counted(long weight) => Math.Max(weight, 0);

    private struct Totals
    {
        public long Net;
        public long Cpu;
    }
}
