using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.VmDposw.Consensus;
using Tactus.Engine.Protocols.VmDposw.Machines;
using Tactus.Engine.Protocols.VmDposw.Wire;

namespace Tactus.Engine.Protocols.VmDposw.Ledger;

/// <summary>What ends a block.</summary>
public sealed partial class VmLedger
{
    /// <summary>Ends the block.</summary>
    /// <returns>Changes of the cluster that the block's header must carry, in ascending order of ids.</returns>
    public IReadOnlyList<DelegateChange> Finish()
    {
        View.TryRead(VmTables.System, out SystemCell system);
        if (system.Round != _round)
        {
            system.Round = _round;
            system.Requests = 0;
            system.Admitted = false;
        }

        system.Requests += Requests;
        Reward(ref system);
        uint period = (_round - 1) / parameters.PeriodRounds;
        if (period > system.Period)
        {
            CloseBidding(ref system);
            system.Period = period;
        }

        Vote(ref system);
        View.Write(VmTables.System, system);
        _view = null;
        return _changes.Count == 0 ? [] : [.. _changes.Values];
    }

    /// <summary>[D] 3.3: more requests, "thus more blocks", "generate more rewards for the shareholder".</summary>
    private void Reward(ref SystemCell system)
    {
        View.TryRead(VmTables.Machine(_machine), out MachineCell machine);
        long reward = parameters.RewardPerBlock + (parameters.RewardPerRequest * Requests);
        if (reward > 0 && system.Supply <= AmountMax - reward)
        {
            Give(machine.Owner, reward);
            system.Supply += reward;
        }
    }

    /// <summary>[D] 3.3: "after a successful biding, the smart contracts on BFDChain are triggered to create virtual
    /// machines".</summary>
    private void CloseBidding(ref SystemCell system)
    {
        if (!View.TryGetBlob(VmTables.Bids, out ReadOnlySpan<byte> blob) || blob.IsEmpty)
        {
            return;
        }

        var reader = new ByteReader(blob);
        var bids = new OpenBid[blob.Length / OpenBid.Size];
        for (int i = 0; i < bids.Length; i++)
        {
            bids[i] = OpenBid.Read(ref reader);
        }

        IReadOnlyList<int> winners = Auction.Winners(
            Array.ConvertAll(bids, bid => new VmBid(bid.Account, bid.Category, bid.Price)),
            parameters.SupplyEach,
            (int)system.Machines,
            parameters.MachinesMax);
        foreach (int i in winners)
        {
            CreateMachine(bids[i].Account, bids[i].Category, bids[i].Price, bids[i].Key, bids[i].Commitment, ref system);
        }

        for (int i = 0; i < bids.Length; i++)
        {
            if (!winners.Contains(i))
            {
                Give(bids[i].Account, bids[i].Price);
            }
        }

        View.RemoveBlob(VmTables.Bids);
    }

    /// <summary>Creates a VM as a witness at the end of the queue pool.</summary>
    private uint CreateMachine(
        ulong owner, VmCategory category, long stake, in SignKey key, in Hash256 commitment, ref SystemCell system)
    {
        uint machine = ++system.Machines;
        system.TotalRight += (uint)parameters.RightOf(category);
        View.Write(VmTables.Machine(machine), new MachineCell
        {
            Owner = owner,
            Stake = stake,
            Ticket = machine,
            Kind = MachineCell.KindOf(category, VmRole.Witness),
        });
        View.Write(VmTables.MachineKey(machine), key);
        View.Write(VmTables.MachineCommitment(machine), commitment);
        return machine;
    }

    /// <summary>The voting: as many witnesses as formula (2) needs, and one per round while demand is not met. Only
    /// adds.</summary>
    private void Vote(ref SystemCell system)
    {
        while (!Coverage.Holds(system.ClusterRight, system.TotalRight, parameters.Coverage) && TryAdmit(ref system))
        {
            // Each admission brings the cluster nearer to all VMs.
        }

        if (!system.Admitted)
        {
            // The cluster's right is the sum of its powers.
            long capacity = Demand.CapacityOf(
                system.ClusterRight,
                (int)system.Delegates,
                parameters.RoundUs,
                parameters.Difficulty,
                parameters.BlockRequestsMax);
            if (!Demand.IsMet(system.Requests, capacity, parameters.DemandPercent))
            {
                system.Admitted = TryAdmit(ref system);
            }
        }
    }

    private bool TryAdmit(ref SystemCell system)
    {
        if (system.Delegates >= parameters.ClusterMax || system.Delegates >= system.Machines
            || _changes.Count >= VmBlockHeader.ChangesMax)
        {
            return false;
        }

        Span<int> delegatesOf = stackalloc int[VmCategories.Count];
        delegatesOf.Clear();
        var pool = new List<Witness>((int)(system.Machines - system.Delegates));
        for (uint machine = 1; machine <= system.Machines; machine++)
        {
            View.TryRead(VmTables.Machine(machine), out MachineCell cell);
            if (cell.Role == VmRole.Delegate)
            {
                delegatesOf[(int)cell.Category]++;
            }
            else
            {
                pool.Add(new Witness(machine, cell.Category, cell.Approvals, cell.Ticket));
            }
        }

        if (QueuePool.Next(pool.ToArray(), delegatesOf) is not { } chosen)
        {
            return false;
        }

        Promote(chosen.Machine, ref system);
        return true;
    }

    private void Promote(uint machine, ref SystemCell system)
    {
        View.TryRead(VmTables.Machine(machine), out MachineCell cell);
        cell.Kind = MachineCell.KindOf(cell.Category, VmRole.Delegate);
        View.Write(VmTables.Machine(machine), cell);
        system.Delegates++;
        system.ClusterRight += (uint)parameters.RightOf(cell.Category);
        View.TryRead(VmTables.MachineKey(machine), out SignKey key);
        View.TryRead(VmTables.MachineCommitment(machine), out Hash256 commitment);
        _changes[machine] = new DelegateChange(machine, cell.Category, key, commitment);
    }
}
