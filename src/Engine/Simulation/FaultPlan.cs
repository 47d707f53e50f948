using Tactus.Engine.Storage;

namespace Tactus.Engine.Simulation;

/// <summary>Turns a scenario into a setup: rounds into slots, counts into nodes, draws into faults. The seed
/// decides.</summary>
public static class FaultPlan
{
    private const ulong CountStream = 1;
    private const ulong FaultStream = 2;

    /// <summary>How many nodes a run of the scenario has with this seed.</summary>
    public static int NodesOf(Scenario scenario, ulong seed) =>
        scenario.Nodes[new SeededRandom(seed, CountStream).Below(scenario.Nodes.Count)];

    /// <param name="scenario">What is to happen.</param>
    /// <param name="protocol">To whom.</param>
    /// <param name="seed">All chance comes from it.</param>
    /// <param name="slots">Length of the run; 0: the scenario's own. Its times shrink or grow with it.</param>
    public static SimulationSetup Of(Scenario scenario, ISimulatedProtocol protocol, ulong seed, int slots = 0)
    {
        decimal own = scenario.Rounds * protocol.RoundSlots;
        int total = slots > 0 ? Math.Max(slots, protocol.SettleSlots + 2) : protocol.SettleSlots + (int)own;
        decimal scale = own > 0 ? (total - protocol.SettleSlots) / own : 1;
        int At(decimal rounds) => Math.Min(total, protocol.SettleSlots + (int)(rounds * protocol.RoundSlots * scale));
        var random = new SeededRandom(seed, FaultStream);
        var faults = new List<PlannedFault>();
        ScenarioFault[] possible = [.. scenario.Faults.Where(
            fault => fault.Kind != FaultKind.Withhold || protocol.CanWithhold)];
        foreach (ScenarioFault fault in possible)
        {
            PlannedFault planned = Plan(fault, protocol, random, At(fault.From), At(fault.To));
            faults.Add(fault.Checkpoint > 0 ? planned with { Checkpoint = At(fault.Checkpoint) } : planned);
        }

        HashSet<int> doubled = [.. faults.Where(
            fault => fault.Kind == FaultKind.Equivocate).SelectMany(fault => fault.Nodes)];
        for (int i = 0; i < faults.Count; i++)
        {
            if (faults[i].Kind is FaultKind.Partition or FaultKind.Sway)
            {
                faults[i] = faults[i] with { Parts = Parts(possible[i].Split, protocol.Nodes, doubled) };
            }
        }

        if (scenario.Draw is { } draw)
        {
            Draw(draw, protocol, random, At(draw.From), At(draw.To), faults);
        }

        // Drawn faults end somewhere: the run goes on until it can be judged whether finality came back.
        int healed = faults.Count == 0 ? protocol.SettleSlots : faults.Max(fault => fault.To);
        int judged = healed + Math.Max(protocol.FinalityLagMax, protocol.RecoverySlots);
        total = scenario.Draw is not null && slots == 0 ? Math.Max(total, judged) : total;
        return new SimulationSetup
        {
            Protocol = protocol.Name,
            Seed = seed,
            Nodes = protocol.Nodes,
            Slots = total,
            Network = scenario.Network,
            ValidatorsPerNode = scenario.ValidatorsPerNode,
            Attack = scenario.Attack is { } attack
                ? new PlannedAttack(At(attack.From), At(attack.To), attack.KeptPermille, attack.Finality) : null,
            Faults = faults,
        };
    }

    private static PlannedFault Plan(
        ScenarioFault fault, ISimulatedProtocol protocol, SeededRandom random, int from, int to)
    {
        int count = fault.CountKind switch
        {
            FaultCount.Tolerated => fault.Kind == FaultKind.Crash ? protocol.DownMax : protocol.FaultyMax,
            FaultCount.Breaking => protocol.FaultyBreaking,
            _ => fault.Count,
        };
        bool everybody = fault.Kind is FaultKind.Partition || (fault.Kind == FaultKind.Network && fault.Count == 1);
        int[] nodes = fault.Nodes.Count > 0 ? [.. fault.Nodes.Where(node => node < protocol.Nodes).Distinct().Order()]
            : everybody ? []
            : fault.CountKind == FaultCount.Breaking ? protocol.Breaking(random)
            : random.Choose(protocol.Nodes, count);
        return new PlannedFault
        {
            Kind = fault.Kind,
            From = from,
            To = Math.Max(to, from + 1),
            Nodes = nodes,
            Network = fault.Network,
            Permille = fault.Permille,
            Amount = fault.Amount,
            Loss = fault.Loss == "any" ? (CrashLoss)random.Below(4)
                : Enum.Parse<CrashLoss>(fault.Loss, ignoreCase: true),
            MidWrite = fault.MidWrite,
            Fresh = fault.Fresh,
        };
    }

    /// <summary>Parts by node order, in proportion to the weights, of the nodes that stand in one part only; no part is
    /// empty while nodes last.</summary>
    private static int[] Parts(IReadOnlyList<int> split, int nodes, HashSet<int> doubled)
    {
        int[] single = [.. Enumerable.Range(0, nodes).Where(node => !doubled.Contains(node))];
        int sum = split.Sum();
        int[] parts = new int[nodes];
        int done = 0;
        for (int part = 0, end = 0; part < split.Count; part++)
        {
            done += split[part];
            int until = Math.Max(end + 1, (int)(((long)single.Length * done + (sum / 2)) / sum));
            for (; end < until && end < single.Length; end++)
            {
                parts[single[end]] = part;
            }
        }

        return parts;
    }

    /// <summary>Draws faults. Liars and crashed nodes together are as many different nodes as the protocol tolerates at
    /// most, with the slow ones where it counts those; and the network falls apart as often as it tolerates at
    /// most.</summary>
    private static void Draw(
        FaultDraw draw, ISimulatedProtocol protocol, SeededRandom random, int from, int to, List<PlannedFault> faults)
    {
        int nodes = protocol.Nodes;
        int[] faulty = random.Choose(nodes, protocol.DownMax);
        int span = Math.Max(1, to - from);
        int count = random.Between(draw.Least, draw.Most);
        for (int i = 0; i < count; i++)
        {
            FaultKind kind = draw.Kinds[random.Below(draw.Kinds.Count)];
            int begin = from + random.Below(span);
            int end = Math.Min(to, begin + 1 + random.Below(span));
            bool lies = kind is FaultKind.Equivocate or FaultKind.Censor or FaultKind.Withhold or FaultKind.Premature;
            bool spends = lies || kind is FaultKind.Crash
                || (protocol.SlowIsFaulty && kind is FaultKind.Late or FaultKind.Network);
            int[] struck = spends
                ? OneOf(
                    faulty[..(kind == FaultKind.Crash ? faulty.Length : Math.Min(faulty.Length, protocol.FaultyMax))],
                    random)
                : random.Choose(nodes, random.Between(1, Math.Max(1, protocol.DownMax)));
            if (struck.Length == 0 || (kind == FaultKind.Withhold && !protocol.CanWithhold))
            {
                continue;
            }

            if (spends && Conflicts(faults, kind, struck[0]))
            {
                continue;
            }

            var drawn = new PlannedFault
            {
                Kind = kind,
                From = begin,
                To = Math.Max(end, begin + 1),
                Nodes = kind == FaultKind.Partition ? [] : struck,
                Parts = kind == FaultKind.Partition ? RandomParts(random, nodes) : [],
                Network = kind == FaultKind.Network ? RandomConduct(random) : null,
                Permille = kind is FaultKind.Miss or FaultKind.Late ? random.Between(100, 1000) : 1000,
                Amount = kind switch
                {
                    FaultKind.Skew => random.Between(-300, 300) is var skew && skew != 0 ? skew : 1,
                    FaultKind.Late => random.Between(200, 6000),
                    FaultKind.Premature => random.Between(1, 8) * 1000,
                    _ => 0,
                },
                Loss = (CrashLoss)random.Below(4),
                MidWrite = random.Below(2) == 0,
            };
            if (kind != FaultKind.Partition || faults.Sum(fault => fault.Cuts) + drawn.Cuts <= protocol.PartitionsMax)
            {
                faults.Add(drawn);
            }
        }
    }

    /// <summary>A node that lies does not crash as well, and one that is down does not crash again: what to expect of
    /// it would be unclear.</summary>
    private static bool Conflicts(List<PlannedFault> faults, FaultKind kind, int node) => faults.Exists(other =>
        other.Nodes.Contains(node)
            && ((kind == FaultKind.Crash) ? other.Kind == FaultKind.Crash || other.IsLie : other.Kind == FaultKind.Crash || other.Kind == kind));

    private static int[] OneOf(int[] nodes, SeededRandom random) =>
        nodes.Length == 0 ? [] : [nodes[random.Below(nodes.Length)]];

    private static int[] RandomParts(SeededRandom random, int nodes)
    {
        int[] parts = new int[nodes];
        int count = random.Between(2, Math.Min(3, nodes));
        for (int i = 0; i < nodes; i++)
        {
            parts[i] = random.Below(count);
        }

        return parts;
    }

    private static NetworkConduct RandomConduct(SeededRandom random)
    {
        int least = random.Between(0, 400);
        return new NetworkConduct(
            least,
            least + random.Between(1, 2500),
            random.Between(0, 400),
            random.Between(0, 200),
            random.Between(0, 300),
            random.Between(500, 6000));
    }
}
