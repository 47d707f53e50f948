// Source: reference-contracts delegate_bandwidth.cpp. One difference: unstaking schedules no deferred transaction (the
// feature is disabled on public chains); the owner calls refund when the delay is over.
using System.Runtime.InteropServices;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Antelope.Actions;
using Tactus.Engine.Protocols.Antelope.Authority;
using Tactus.Engine.Protocols.Antelope.Execution;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.Engine.State;

namespace Tactus.Engine.Protocols.Antelope.Voting;

/// <summary>Staking: delegatebw, undelegatebw, refund.</summary>
public static class StakeActions
{
    public static string? DelegateBw(ActionScope scope, in ActionFrame action)
    {
        var reader = new ByteReader(action.Data);
        ulong from = reader.ReadUInt64();
        ulong receiver = reader.ReadUInt64();
        Asset net = Asset.Read(ref reader);
        Asset cpu = Asset.Read(ref reader);
        bool transfer = reader.ReadBool();
        return reader.Failed ? TokenActions.Undecodable("delegatebw", in reader)
            : CheckAmounts(scope, net, cpu, "must stake a positive amount") is { } wrong ? wrong
            : transfer && from == receiver ? "cannot use transfer flag if delegating to self"
            : Change(scope, in action, from, receiver, net.Amount, cpu.Amount, transfer);
    }

    public static string? UndelegateBw(ActionScope scope, in ActionFrame action)
    {
        var reader = new ByteReader(action.Data);
        ulong from = reader.ReadUInt64();
        ulong receiver = reader.ReadUInt64();
        Asset net = Asset.Read(ref reader);
        Asset cpu = Asset.Read(ref reader);
        return reader.Failed ? TokenActions.Undecodable("undelegatebw", in reader)
            : CheckAmounts(scope, net, cpu, "must unstake a positive amount") is { } wrong ? wrong
            : !VotingState.Read(scope.View).IsActivated ? "cannot undelegate bandwidth until the chain is activated"
            : Change(scope, in action, from, receiver, -net.Amount, -cpu.Amount, transfer: false);
    }

    public static string? Refund(ActionScope scope, in ActionFrame action)
    {
        var reader = new ByteReader(action.Data);
        ulong owner = reader.ReadUInt64();
        if (reader.Failed)
        {
            return TokenActions.Undecodable("refund", in reader);
        }

        if (!action.HasAuth(owner))
        {
            return TokenActions.MissingAuthority(owner);
        }

        StateKey key = StateKey.Of(StateTables.Refund, owner);
        if (!scope.View.TryGet(in key, out StateCell cell))
        {
            return "refund request not found";
        }

        // The request's time is in whole seconds (time_point_sec).
        RefundRequest request = StateCell.As<RefundRequest>(ref cell);
        if (request.RequestSec + (long)scope.Rules.RefundDelaySec > scope.NowUs / 1_000_000)
        {
            return "refund is not available yet";
        }

        CoreTransfer.Send(
            scope, WellKnown.Stake.Value, owner, request.Amount.Net + request.Amount.Cpu, "unstake", owner);
        scope.View.Remove(in key);
        return null;
    }

    private static string? CheckAmounts(ActionScope scope, Asset net, Asset cpu, string notPositive)
    {
        Symbol core = scope.Rules.CoreSymbol;
        return net.Symbol != core || cpu.Symbol != core ? "attempt to compare asset with different symbol"
            : !net.IsAmountInRange || !cpu.IsAmountInRange ? "magnitude of asset amount must be less than 2^62"
            : net.Amount < 0 || cpu.Amount < 0 || net.Amount + cpu.Amount <= 0 ? notPositive
            : null;
    }

    private static string? Change(
        ActionScope scope, in ActionFrame action, ulong from, ulong receiver, long net, long cpu, bool transfer)
    {
        if (!action.HasAuth(from))
        {
            return TokenActions.MissingAuthority(from);
        }

        if (!AccountCells.Exists(scope.View, receiver))
        {
            return $"account {new Name(receiver)} does not exist";
        }

        ulong source = from;
        from = transfer ? receiver : from;
        string? error = Delegations.Change(scope.View, from, receiver, net, cpu)
            ?? Delegations.ChangeTotal(scope, receiver, net, cpu);
        if (error is not null)
        {
            return error;
        }

        // For the stake account itself neither a transfer nor a refund makes sense.
        if (source != WellKnown.Stake.Value)
        {
            long toPay = net + cpu;
            bool isUnstaking = toPay < 0;
            if (isUnstaking || (!transfer && from == receiver))
            {
                toPay = TakeFromRefund(scope, from, net, cpu);
            }

            if (toPay > 0)
            {
                CoreTransfer.Send(scope, source, WellKnown.Stake.Value, toPay, "stake bandwidth");
            }
        }

        return ChangeVotingPower(scope, from, net + cpu);
    }

    // Unstaking adds to the refund that waits; staking again takes from it before the balance is touched.
    private static long TakeFromRefund(ActionScope scope, ulong owner, long net, long cpu)
    {
        StateKey key = StateKey.Of(StateTables.Refund, owner);
        bool exists = scope.View.TryGet(in key, out StateCell cell);
        if (!exists && net >= 0 && cpu >= 0)
        {
            return net + cpu;
        }

        ref RefundRequest request = ref StateCell.As<RefundRequest>(ref cell);
        if (net < 0 || cpu < 0)
        {
            request.RequestSec = scope.NowUs / 1_000_000;
        }

        long toPay = Settle(ref request.Amount.Net, net) + Settle(ref request.Amount.Cpu, cpu);
        if (request.Amount.IsEmpty)
        {
            scope.View.Remove(in key);
        }
        else
        {
            scope.View.Put(in key, in cell);
        }

        return toPay;
    }

    // What of a stake change the waiting refund does not cover.
    private static long Settle(ref long refund, long stakeDelta)
    {
        refund -= stakeDelta;
        if (refund >= 0)
        {
            return 0;
        }

        long rest = -refund;
        refund = 0;
        return rest;
    }

    private static string? ChangeVotingPower(ActionScope scope, ulong owner, long delta)
    {
        Voter voter = Voter.FindOrNew(scope.View, owner);
        voter.Staked += delta;
        if (voter.Staked < 0)
        {
            return "stake for voting cannot be negative";
        }

        voter.Save(scope.View);
        return voter.Producers.Length > 0 || voter.Proxy != 0
            ? VoteCount.Update(scope, owner, voter.Proxy, voter.Producers, isVoting: false)
            : null;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct RefundRequest
    {
        public StakedPair Amount;

        public long RequestSec;
    }
}
