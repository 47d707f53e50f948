using Tactus.Engine.Storage;

namespace Tactus.Engine.Simulation;

/// <summary>Faults begin and end: parts of the network, its conduct, nodes that go down and come back, clocks that are
/// wrong. How a node misbehaves while one lasts is asked where it acts.</summary>
public sealed partial class Simulation
{
    private void Begin(PlannedFault fault)
    {
        _active.Add(fault);
        _network.Begin(fault);
        if (fault.Kind == FaultKind.Crash)
        {
            foreach (SimulatedNode node in Struck(fault).Where(node => node.IsUp))
            {
                if (fault.MidWrite)
                {
                    node.Disk.CrashAfter(1 + _crashes.Below(12));
                }
                else
                {
                    Down(node);
                }
            }
        }
        else if (fault.Kind == FaultKind.Skew)
        {
            SetSkews();
        }
    }

    private void End(PlannedFault fault)
    {
        _active.Remove(fault);
        _network.End(fault);
        if (fault.Kind == FaultKind.Crash)
        {
            foreach (SimulatedNode node in Struck(fault))
            {
                Restart(node, fault);
            }
        }
        else if (fault.Kind == FaultKind.Skew)
        {
            SetSkews();
        }
    }

    private void SetSkews()
    {
        foreach (SimulatedNode node in _nodes)
        {
            node.Clock.SkewUs = Suffers(node, FaultKind.Skew, out PlannedFault? skew) ? skew!.Amount * _slotUs / 1000
                : 0;
        }
    }

    private void Down(SimulatedNode node)
    {
        _oracles.Crashed(node);
        node.Kill();
    }

    private void Restart(SimulatedNode node, PlannedFault fault)
    {
        if (node.IsUp)
        {
            Down(node);
        }

        node.LosePower(fault.Loss, _crashes.Below(int.MaxValue));
        if (fault.Fresh)
        {
            node.LoseDisk();
            _oracles.IsNew(node);
        }

        if (fault.Checkpoint > 0
            && _nodes.Find(other => other.IsUp && other != node && _oracles.IsHonest(other)) is { } friend)
        {
            node.Member.Trust(friend.Store, _firstSlot + fault.Checkpoint);
        }

        _restarts++;
        try
        {
            node.Start();
            _oracles.Restarted(node);
        }
        catch (Exception error) when (error is StorageException or InvalidOperationException or ArgumentException)
        {
            node.Kill();
            _oracles.FailedToStart(node, error.Message);
        }
    }

    private IEnumerable<SimulatedNode> Struck(PlannedFault fault) =>
        _nodes.Where(node => !node.At.IsTwin && fault.Nodes.Contains(node.At.Node));

    private bool Suffers(SimulatedNode node, FaultKind kind, out PlannedFault? fault)
    {
        foreach (PlannedFault active in _active)
        {
            if (active.Kind == kind && active.Nodes.Contains(node.At.Node))
            {
                fault = active;
                return true;
            }
        }

        fault = null;
        return false;
    }
}
