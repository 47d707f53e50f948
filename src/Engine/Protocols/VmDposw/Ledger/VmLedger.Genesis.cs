using Tactus.Engine.Protocols.VmDposw.Machines;
using Tactus.Engine.State;

namespace Tactus.Engine.Protocols.VmDposw.Ledger;

/// <summary>The state at the start.</summary>
public sealed partial class VmLedger
{
    /// <summary>Accounts written to one view at genesis.</summary>
    private const int AccountsPerChunk = 1 << 16;

    /// <summary>Writes the genesis into an empty state.</summary>
    /// <param name="genesis">Accounts and VMs.</param>
    /// <param name="view">Receives the records.</param>
    /// <param name="flush">Commits and empties the view between chunks.</param>
    public void WriteGenesis(VmGenesis genesis, IStateView view, Action flush)
    {
        _view = view;
        _changes.Clear();
        var system = new SystemCell { Supply = genesis.BalanceEach * genesis.Accounts };
        foreach (GenesisMachine machine in genesis.Machines)
        {
            uint id = CreateMachine(machine.Owner, machine.Category, 0, machine.Key, machine.Commitment, ref system);
            if (machine.Role == VmRole.Delegate)
            {
                Promote(id, ref system);
            }
        }

        view.Write(VmTables.System, system);
        for (int i = 0; i < genesis.Accounts; i++)
        {
            if (i % AccountsPerChunk == 0)
            {
                flush();
            }

            view.Write(VmTables.Account((ulong)i), new AccountCell { Balance = genesis.BalanceEach });
            view.Write(VmTables.AccountKey((ulong)i), genesis.AccountKey(i));
        }

        _view = null;
        _changes.Clear();
    }
}
