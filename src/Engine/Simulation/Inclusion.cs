using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Production;
using Tactus.Kernels;

namespace Tactus.Engine.Simulation;

/// <summary>Follows transactions that every node is given: censors must not keep them out longer than their turns
/// last.</summary>
internal sealed class Inclusion
{
    /// <summary>Slots between transactions.</summary>
    private const int EverySlots = 16;

    private readonly PropertyTable _table;
    private readonly ISimulatedProtocol _protocol;
    private readonly int _liars;
    private readonly bool _judged;
    private readonly long _until;
    private readonly List<(Hash256 Id, long Slot)> _submitted = [];

    public Inclusion(PropertyTable table, SimulationSetup setup, ISimulatedProtocol protocol)
    {
        _table = table;
        _protocol = protocol;
        _liars = setup.Liars.Count;

        // On a chain that switches branches a transaction may lose the block it refers to: then its absence says
        // nothing.
        _judged = setup.Faults.Any(fault => fault.Kind == FaultKind.Censor)
            && setup.Faults.All(fault => fault.Kind == FaultKind.Censor
                || (fault.Kind == FaultKind.Withhold && !protocol.StopsWithoutVotes));
        _until = setup.Slots - SlotsMax - 1;
        if (!_judged)
        {
            table.NotJudged(
                Property.Inclusion,
                "only runs whose faults are censors, so that the chain never switches branches, tell");
        }
    }

    /// <summary>The turns of all liars, one after the other, and the honest one after them, cut off at one
    /// more.</summary>
    private int SlotsMax => (_liars + 2) * _protocol.TurnBlocks;

    public void Submit(
        IReadOnlyList<SimulatedNode> nodes, Oracles oracles, long slot, IReadOnlyList<PlannedFault> active)
    {
        if (!_judged || slot < _protocol.SettleSlots || slot > _until || slot % EverySlots != 0 || active.Count == 0)
        {
            return;
        }

        SimulatedNode? client = nodes.FirstOrDefault(node => node.IsUp && oracles.IsHonest(node));
        if (client is null)
        {
            return;
        }

        var made = new PendingTransactions();
        client.Member.Fill(made, client.Chain!);
        while (made.TryTake(0, out PendingTransaction? transaction))
        {
            _submitted.Add((transaction!.Id, slot));
            foreach (SimulatedNode node in nodes)
            {
                node.Pending.Add(
                    transaction.Id, transaction.Packed.Span, transaction.KeyTags.Span, transaction.ExpirationSec);
            }

            made.Release(transaction);
        }
    }

    /// <summary>Looks the transactions up in the chain of a node.</summary>
    public void Judge(SimulatedNode? node, long firstSlot, KernelSet kernels)
    {
        if (!_judged || node is null)
        {
            return;
        }

        Dictionary<Hash256, long> included = [];
        ReadChain(node, kernels, block =>
        {
            for (int i = 0; i < block.Transactions.Count; i++)
            {
                included.TryAdd(block.Transactions[i].Id, block.Slot - firstSlot);
            }
        });
        foreach ((Hash256 id, long slot) in _submitted)
        {
            bool found = included.TryGetValue(id, out long at);
            _table.Check(
                Property.Inclusion,
                found && at - slot <= SlotsMax,
                () => found
                    ? $"transaction {id.ToShortString()} of slot {slot} came in slot {at}, more than {SlotsMax} later"
                    : $"transaction {id.ToShortString()} of slot {slot} is in no block");
        }
    }

    private static void ReadChain(SimulatedNode node, KernelSet kernels, Action<BlockWork> read)
    {
        Protocols.IBlockDecoder decoder = node.Chain!.Protocol.CreateDecoder(kernels);
        var block = new BlockWork();
        byte[] buffer = [];
        for (ulong number = node.Store.Log.IsEmpty ? 1 : node.Store.Log.First; number <= node.Store.Log.Head; number++)
        {
            if (node.Store.Log.TryRead(number, ref buffer, out int length, out _))
            {
                block.Load(buffer.AsSpan(0, length));
                if (decoder.Decode(block).Accepted)
                {
                    read(block);
                }
            }
        }
    }
}
