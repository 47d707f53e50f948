using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.VmDposw.Consensus;
using Tactus.Engine.Protocols.VmDposw.Machines;
using Tactus.Engine.Protocols.VmDposw.Wire;

namespace Tactus.Engine.Protocols.VmDposw.Ledger;

/// <summary>Bids, stakes, votes, and trade in VMs.</summary>
public sealed partial class VmLedger
{
    /// <summary>[D] 3.1: VMs are acquired "via bidding with BFDT". The price waits in escrow until the period
    /// ends.</summary>
    private Verdict Bid(in VmTransaction request)
    {
        long priceMin = parameters.PriceMin[(int)request.Category];
        if (request.Amount < priceMin)
        {
            return Fail($"a {request.Category} VM costs at least {priceMin}, the bid is {request.Amount}");
        }

        View.TryGetBlob(VmTables.Bids, out ReadOnlySpan<byte> open);
        if (open.Length >= OpenBid.CountMax * OpenBid.Size)
        {
            return Verdict.Reject(RejectReason.ResourceLimit, $"{OpenBid.CountMax} bids are open: bid in the next period");
        }

        var writer = new ByteWriter(open.Length + OpenBid.Size);
        writer.WriteSpan(open);
        Verdict verdict = Take(request.Actor, request.Amount);
        if (verdict.Accepted)
        {
            new OpenBid(request.Actor, request.Category, request.Amount, request.Key, request.Commitment).Write(writer);
            View.PutBlob(VmTables.Bids, writer.Written);
        }

        return verdict;
    }

    /// <summary>Locks or unlocks units; the account's approval weighs as much.</summary>
    private Verdict ChangeLock(ulong account, long amount, bool locks)
    {
        View.TryRead(VmTables.Account(account), out AccountCell cell);
        long available = locks ? cell.Balance : cell.Locked;
        if (amount <= 0 || amount > available)
        {
            return Fail($"account {account} has {available} to {(locks ? "lock" : "unlock")}, not {amount}");
        }

        long change = locks ? amount : -amount;
        cell.Balance -= change;
        cell.Locked += change;
        View.Write(VmTables.Account(account), cell);
        AddApprovals((uint)cell.Approves, change);
        return Verdict.Ok;
    }

    /// <summary>[N] Approval voting, one VM per account, weighted by locked units.</summary>
    private Verdict Approve(ulong account, uint machine)
    {
        if (machine != 0 && !View.TryRead(VmTables.Machine(machine), out MachineCell _))
        {
            return Fail($"there is no VM{machine}");
        }

        View.TryRead(VmTables.Account(account), out AccountCell cell);
        AddApprovals((uint)cell.Approves, -cell.Locked);
        cell.Approves = machine;
        View.Write(VmTables.Account(account), cell);
        AddApprovals(machine, cell.Locked);
        return Verdict.Ok;
    }

    private void AddApprovals(uint machine, long change)
    {
        if (machine != 0 && change != 0)
        {
            View.TryRead(VmTables.Machine(machine), out MachineCell cell);
            cell.Approvals += change;
            View.Write(VmTables.Machine(machine), cell);
        }
    }

    /// <summary>[D] 3.1: "VMs also have the role of commodities that are tradable". The owner changes, the role does
    /// not.</summary>
    private Verdict SellMachine(in VmTransaction request)
    {
        if (!View.TryRead(VmTables.Machine(request.Machine), out MachineCell cell) || cell.Owner != request.Actor)
        {
            return Fail($"account {request.Actor} does not own VM{request.Machine}");
        }

        if (!View.TryRead(VmTables.Account(request.To), out AccountCell _))
        {
            return Fail($"there is no account {request.To}");
        }

        cell.Owner = request.To;
        View.Write(VmTables.Machine(request.Machine), cell);
        return Verdict.Ok;
    }

    /// <summary>[N] The owner may set other keys, as a buyer will; a delegate's take effect with the next
    /// round.</summary>
    private Verdict SetMachineKeys(in VmTransaction request)
    {
        if (!View.TryRead(VmTables.Machine(request.Machine), out MachineCell cell) || cell.Owner != request.Actor)
        {
            return Fail($"account {request.Actor} does not own VM{request.Machine}");
        }

        if (cell.Role == VmRole.Delegate)
        {
            if (!_changes.ContainsKey(request.Machine) && _changes.Count >= VmBlockHeader.ChangesMax)
            {
                return Verdict.Reject(RejectReason.LimitExceeded, "the block holds its changes of the cluster");
            }

            _changes[request.Machine] = new DelegateChange(request.Machine, cell.Category, request.Key, request.Commitment);
        }

        View.Write(VmTables.MachineKey(request.Machine), request.Key);
        View.Write(VmTables.MachineCommitment(request.Machine), request.Commitment);
        return Verdict.Ok;
    }
}
