using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.VmDposw.Consensus;
using Tactus.Engine.Protocols.VmDposw.Machines;

namespace Tactus.Engine.Protocols.VmDposw.Ledger;

/// <summary>A VM that exists from the start.</summary>
/// <param name="Owner">Account that owns it.</param>
/// <param name="Category">Its category.</param>
/// <param name="Role">Delegates form the first cluster.</param>
/// <param name="Key">Key that signs its blocks.</param>
/// <param name="Commitment">c_0 of its key chain.</param>
public sealed record GenesisMachine(ulong Owner, VmCategory Category, VmRole Role, SignKey Key, Hash256 Commitment);

/// <summary>Accounts and VMs at the start. VM ids are 1, 2, ... in the order of the list; accounts are 0, 1,
/// ...</summary>
public sealed record VmGenesis
{
    public required IReadOnlyList<GenesisMachine> Machines { get; init; }

    public required int Accounts { get; init; }

    public required Func<int, SignKey> AccountKey { get; init; }

    public long BalanceEach { get; init; } = 1_000_000;

    /// <summary>Changes that put the first delegates into the cluster.</summary>
    public IEnumerable<DelegateChange> Cluster => Machines
        .Select((machine, index) => (Machine: machine, Id: (uint)index + 1))
        .Where(vm => vm.Machine.Role == VmRole.Delegate)
        .Select(vm => new DelegateChange(vm.Id, vm.Machine.Category, vm.Machine.Key, vm.Machine.Commitment));

    /// <summary>Null when a chain can start from it, else what is wrong.</summary>
    public string? Check(VmDposwParameters parameters)
    {
        long cluster = Cluster.Sum(vm => (long)parameters.RightOf(vm.Category));
        long total = Machines.Sum(vm => (long)parameters.RightOf(vm.Category));
        int delegates = Cluster.Count();
        return Machines.Count > parameters.MachinesMax ? $"{Machines.Count} VMs exceed the cap of {parameters.MachinesMax}"
            : delegates < 1 || delegates > parameters.ClusterMax
                ? $"{delegates} delegates: 1 to {parameters.ClusterMax} form a cluster"
            : !Coverage.Holds(cluster, total, parameters.Coverage)
                ? $"the delegates have {cluster} of {total} voting right, which formula (2) does not allow"
            : Accounts < 1 || BalanceEach < 0 || BalanceEach > VmLedger.AmountMax / Accounts
                ? "at least one account, and a supply of at most 2^62 units, are needed"
            : null;
    }
}
