using Tactus.Engine.Primitives;

namespace Tactus.Engine.Simulation;

/// <summary>Judges how a run ended: what must be true again once nothing is wrong any more.</summary>
internal sealed class Ending(PropertyTable table, SimulationSetup setup, ISimulatedProtocol protocol, Oracles oracles)
{
    private uint? _headAtHealing;

    /// <summary>Slot from which growth is counted: some time after the last fault, when every node has caught
    /// up.</summary>
    private int GrowthFrom => Math.Max(setup.HealedAt, protocol.SettleSlots) + protocol.RecoverySlots;

    /// <summary>Notes the highest head when the counting of growth begins.</summary>
    public void Tick(IReadOnlyList<SimulatedNode> nodes, long slot)
    {
        if (slot == GrowthFrom)
        {
            _headAtHealing = nodes.Where(Counts).Select(node => node.Chain!.Head.Number).DefaultIfEmpty().Max();
        }

        if (setup.Attack is { Finality: true } attack && slot == attack.To)
        {
            foreach (SimulatedNode node in nodes.Where(Counts))
            {
                long behind = node.Chain!.Protocol.Genesis.Slot + 1 + slot - node.Chain.Root.Slot;
                table.Check(
                    Property.FinalityUnderAttack,
                    behind <= protocol.FinalityLagMax,
                    () =>
                        $"node {node.At.Node}: when the attack ends the final block {node.Chain.Root.Number} is "
                        + $"{behind} slots old, "
                        + $"{protocol.FinalityLagMax} are possible");
            }
        }
    }

    public void Judge(IReadOnlyList<SimulatedNode> nodes)
    {
        SimulatedNode[] honest = [.. nodes.Where(Counts)];
        foreach (SimulatedNode node in honest)
        {
            oracles.CompareState(node);
            table.Check(Property.Bounded, true, () => string.Empty);
        }

        int quiet = setup.Slots - Math.Max(setup.HealedAt, protocol.SettleSlots);
        Growth(honest);
        Convergence(honest, quiet);
        Kept(honest);
        if (quiet < Math.Max(protocol.FinalityLagMax, protocol.RecoverySlots))
        {
            table.NotJudged(
                Property.FinalityAdvances,
                $"the run ends {quiet} slots after the last fault; finality may take {protocol.FinalityLagMax}");
            return;
        }

        foreach (SimulatedNode node in honest)
        {
            uint head = node.Chain!.Head.Number;
            uint final = node.Chain.Root.Number;
            table.Check(
                Property.FinalityAdvances,
                head - final <= protocol.FinalityLagMax,
                () =>
                    $"node {node.At.Node}: block {final} is final {head - final} blocks behind the head {head}, "
                    + $"{quiet} slots after the last fault");
        }
    }

    private void Growth(SimulatedNode[] honest)
    {
        int slots = setup.Slots - GrowthFrom;
        if (_headAtHealing is not { } from || slots < 2 * protocol.TurnBlocks || honest.Length == 0)
        {
            table.NotJudged(
                Property.ChainGrowth, $"the run ends {Math.Max(0, slots)} slots after growth could be counted");
            return;
        }

        // Those who lied before may have spoilt their turns for good: a node that confirmed twice is refused.
        long due = ((long)slots * (setup.Nodes - setup.Liars.Count) * protocol.GrowthPermille / setup.Nodes / 1000) - (2 * protocol.TurnBlocks);
        foreach (SimulatedNode node in honest)
        {
            long grown = (long)node.Chain!.Head.Number - from;
            table.Check(
                Property.ChainGrowth,
                grown >= due,
                () => $"node {node.At.Node}: {grown} blocks in the last {slots} slots, at least {due} were due");
        }
    }

    private void Convergence(SimulatedNode[] honest, int quiet)
    {
        if (quiet < protocol.RecoverySlots || honest.Length == 0)
        {
            table.NotJudged(Property.Convergence, $"the run ends {quiet} slots after the last fault");
            return;
        }

        uint lowest = honest.Min(node => node.Chain!.Head.Number);
        uint highest = honest.Max(node => node.Chain!.Head.Number);
        table.Check(
            Property.Convergence,
            highest - lowest <= protocol.TurnBlocks,
            () => $"heads lie between block {lowest} and block {highest}");
        uint common = lowest > protocol.TurnBlocks ? lowest - (uint)protocol.TurnBlocks : 1;
        Hash256 first = IdAt(honest[0], common);
        foreach (SimulatedNode node in honest)
        {
            table.Check(
                Property.Convergence,
                IdAt(node, common) == first,
                () =>
                    $"block {common} is {first.ToShortString()} on node {honest[0].At.Node} and "
                    + $"{IdAt(node, common).ToShortString()} on node {node.At.Node}");
        }
    }

    /// <summary>Which of the blocks that honest nodes made during an attack are in the chain of an honest
    /// node.</summary>
    private void Kept(SimulatedNode[] honest)
    {
        if (setup.Attack is not { KeptPermille: > 0 } attack || honest.Length == 0)
        {
            table.NotJudged(Property.HonestBlocksKept, "the scenario is no attack on honest blocks");
            return;
        }

        SimulatedNode judge = honest[0];
        long first = judge.Chain!.Protocol.Genesis.Slot + 1;
        var made = oracles.HonestMade.Where(
            block => block.Slot >= first + attack.From && block.Slot < first + attack.To).ToList();
        int kept = made.Count(block => IdAt(judge, block.Number) == block.Id);
        table.Check(
            Property.HonestBlocksKept,
            kept * 1000L >= (long)made.Count * attack.KeptPermille,
            () =>
                $"{kept} of the {made.Count} blocks that honest nodes made during the attack are in the chain, "
                + $"{attack.KeptPermille} of 1000 were due");
    }

    private static Hash256 IdAt(SimulatedNode node, uint number) =>
        node.Store.Log.TryReadId(number, out Hash256 id) ? id : default;

    private bool Counts(SimulatedNode node) => node.IsUp && oracles.IsHonest(node);
}
