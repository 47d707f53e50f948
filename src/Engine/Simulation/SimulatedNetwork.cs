namespace Tactus.Engine.Simulation;

/// <summary>Who is at the other end: a node, or the second instance of one that equivocates.</summary>
/// <param name="Node">Its number.</param>
/// <param name="IsTwin">Whether it is the second instance.</param>
internal readonly record struct Endpoint(int Node, bool IsTwin);

/// <summary>Carries messages: delay, loss, doubles, overtaking, partitions. Each message draws the same numbers
/// whatever becomes of it, so that a change of conduct does not move the draws of later messages.</summary>
internal sealed class SimulatedNetwork(
    SimulationSetup setup, IReadOnlyList<Endpoint> endpoints, long slotUs, EventQueue queue)
{
    private const ulong Stream = 3;

    private readonly SeededRandom _random = new(setup.Seed, Stream);
    private readonly List<PlannedFault> _active = [];

    public long Sent { get; private set; }

    public long Lost { get; private set; }

    public void Begin(PlannedFault fault) => _active.Add(fault);

    public void End(PlannedFault fault) => _active.Remove(fault);

    /// <summary>Sends a message; it may never arrive, or twice.</summary>
    /// <param name="departUs">When it leaves.</param>
    /// <param name="message">What arrives; <see cref="SimulationEvent.To"/> and From name the link.</param>
    public void Send(long departUs, SimulationEvent message)
    {
        int from = message.From;
        int to = message.To;
        NetworkConduct conduct = ConductOf(endpoints[from].Node, endpoints[to].Node);
        long delay = _random.Between(conduct.DelayLeast, conduct.DelayMost);
        bool lost = _random.Chance(conduct.DropPermille);
        bool twice = _random.Chance(conduct.DuplicatePermille);
        bool heldBack = _random.Chance(conduct.ReorderPermille);
        long more = _random.Below(conduct.ReorderMost + 1);
        Sent++;
        if (lost || !Reaches(from, to, message.Kind == EventKind.Blocks))
        {
            Lost++;
            return;
        }

        delay += SwayOf(from, to);
        long atUs = departUs + ((delay + (heldBack ? more : 0)) * slotUs / 1000);
        queue.Plan(atUs, message);
        if (twice)
        {
            queue.Plan(atUs + (more * slotUs / 1000), message);
        }
    }

    private NetworkConduct ConductOf(int from, int to)
    {
        for (int i = _active.Count - 1; i >= 0; i--)
        {
            PlannedFault fault = _active[i];
            if (fault.Kind == FaultKind.Network
                && (fault.Nodes.Count == 0 || fault.Nodes.Contains(from) || fault.Nodes.Contains(to)))
            {
                return fault.Network!;
            }
        }

        return setup.Network;
    }

    /// <summary>How much later those who sway let a message arrive, in thousandths of a slot.</summary>
    private int SwayOf(int from, int to)
    {
        int later = 0;
        foreach (PlannedFault fault in _active)
        {
            bool sways = fault.Kind == FaultKind.Sway && fault.Nodes.Contains(endpoints[from].Node);
            later += sways && PartOf(fault, from) != PartOf(fault, to) ? fault.Amount : 0;
        }

        return later;
    }

    /// <summary>Whether an endpoint makes the move of a fault: of a node that runs twice, the second instance
    /// does.</summary>
    public bool Makes(PlannedFault fault, int endpoint)
    {
        Endpoint at = endpoints[endpoint];
        return fault.Nodes.Contains(at.Node)
            && (at.IsTwin || !_active.Exists(
                other => other.Kind == FaultKind.Equivocate && other.Nodes.Contains(at.Node)));
    }

    private bool Reaches(int from, int to, bool isBlock)
    {
        foreach (PlannedFault fault in _active)
        {
            if (fault.Kind == FaultKind.Deaf && isBlock && Makes(fault, to) && !Makes(fault, from))
            {
                return false;
            }

            if (fault.Kind == FaultKind.Partition && PartOf(fault, from) != PartOf(fault, to))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>A node that runs twice stands in the first part and its twin in the second: that is what makes it
    /// dangerous.</summary>
    private int PartOf(PlannedFault partition, int endpoint)
    {
        Endpoint at = endpoints[endpoint];
        bool doubled = at.IsTwin;
        foreach (PlannedFault fault in _active)
        {
            doubled |= fault.Kind == FaultKind.Equivocate && fault.Nodes.Contains(at.Node);
        }

        return doubled ? (at.IsTwin ? 1 : 0) : partition.Parts[at.Node];
    }
}
