using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Production;
using Tactus.Engine.Storage;
using Tactus.Kernels;

namespace Tactus.Engine.Simulation;

/// <summary>Runs a whole network in one thread on a virtual clock: nodes that produce, a network that delays and loses,
/// faults that begin and end, oracles that watch. The same setup gives the same run on every machine.</summary>
public sealed partial class Simulation : IDisposable
{
    private const ulong ConductStream = 4;
    private const ulong CrashStream = 5;
    private const int PicturesPerRun = 200;

    private readonly SimulationSetup _setup;
    private readonly ISimulatedProtocol _protocol;
    private readonly SimulationClock _time = new();
    private readonly EventQueue _queue = new();
    private readonly PropertyTable _table = new();
    private readonly List<SimulatedNode> _nodes = [];
    private readonly SimulatedNetwork _network;
    private readonly Oracles _oracles;
    private readonly Inclusion _inclusion;
    private readonly Ending _ending;
    private readonly KernelSet _kernels;
    private readonly ProductionWindows _windows;
    private readonly SeededRandom _conduct;
    private readonly SeededRandom _crashes;
    private readonly List<PlannedFault> _active = [];
    private readonly Action<SimulatedNode, BlockWork> _decided;
    private readonly long _slotUs;
    private readonly long _firstSlot;
    private readonly Func<long, long> _slotStartUs;
    private ulong _hash = 0xCBF29CE484222325;
    private long _events;
    private long _blocksMade;
    private int _restarts;
    private bool _own;

    /// <param name="setup">What decides the run.</param>
    /// <param name="protocol">The system, made with the same seed and node count.</param>
    /// <param name="kernels">Kernels; see <see cref="RememberingSecp256k1"/>.</param>
    /// <param name="hooks">Where a test makes nodes wrong.</param>
    public Simulation(
        SimulationSetup setup, ISimulatedProtocol protocol, KernelSet kernels, SimulationHooks? hooks = null)
    {
        _setup = setup;
        _protocol = protocol;
        _conduct = new SeededRandom(setup.Seed, ConductStream);
        _crashes = new SeededRandom(setup.Seed, CrashStream);
        int[] twins =
        [
            .. setup.Faults.Where(f => f.Kind == FaultKind.Equivocate).SelectMany(f => f.Nodes).Distinct().Order(),
        ];
        Endpoint[] endpoints =
        [
            .. Enumerable.Range(0, setup.Nodes).Select(node => new Endpoint(node, IsTwin: false)),
            .. twins.Select(node => new Endpoint(node, IsTwin: true)),
        ];
        ISimulatedMember probe = protocol.CreateMember(0);
        Protocols.IProtocol system = probe.CreateProtocol();
        _slotUs = system.Consensus.SlotUs;
        _slotStartUs = system.Consensus.SlotStartUs;
        _firstSlot = system.Genesis.Slot + 1;
        int slotMs = (int)(_slotUs / 1000);
        _windows = new ProductionWindows(slotMs * 2 / 5, slotMs * 3 / 5, Math.Max(1, slotMs / 5));
        _time.NowUs = _windows.BuildStartUs(_slotStartUs(_firstSlot)) - _slotUs;
        for (int i = 0; i < endpoints.Length; i++)
        {
            _nodes.Add(new SimulatedNode(
                i,
                endpoints[i],
                endpoints[i].IsTwin ? protocol.CreateTwin(endpoints[i].Node) : protocol.CreateMember(endpoints[i].Node),
                kernels,
                new NodeClock(_time),
                _windows,
                hooks ?? new SimulationHooks()));
        }

        _network = new SimulatedNetwork(setup, endpoints, _slotUs, _queue);
        _oracles = new Oracles(_table, protocol, setup.Liars, endpoints.Length);
        _inclusion = new Inclusion(_table, setup, protocol);
        _ending = new Ending(_table, setup, protocol, _oracles);
        _kernels = kernels;
        _decided = Decided;
    }

    /// <summary>Runs to the end.</summary>
    /// <param name="picture">Called now and then with how the network stands.</param>
    /// <param name="cancellation">Gives up between events.</param>
    public SimulationReport Run(Action<SimulationPicture>? picture = null, CancellationToken cancellation = default)
    {
        foreach (SimulatedNode node in _nodes)
        {
            node.Start();
            _queue.Plan(TickUs(node, _firstSlot), new SimulationEvent(EventKind.Tick, node.Index, Slot: _firstSlot));
            PlanPhases(node, _firstSlot);
        }

        for (int i = 0; i < _setup.Faults.Count; i++)
        {
            _queue.Plan(
                _windows.BuildStartUs(
                    _slotStartUs(_firstSlot + _setup.Faults[i].From)), new SimulationEvent(EventKind.FaultBegins, -1,
                    i));
            _queue.Plan(
                _windows.BuildStartUs(
                    _slotStartUs(_firstSlot + _setup.Faults[i].To)), new SimulationEvent(EventKind.FaultEnds, -1, i));
        }

        int pictureEvery = Math.Max(1, _setup.Slots / PicturesPerRun);
        long shown = -1;
        while (_queue.TryTake(out long atUs, out SimulationEvent? what))
        {
            cancellation.ThrowIfCancellationRequested();
            _time.NowUs = atUs;
            _table.Slot = Math.Max(0, (atUs - _slotStartUs(_firstSlot)) / _slotUs);
            _events++;
            Mix((ulong)atUs);
            Mix(((ulong)what!.Kind << 32) ^ (uint)what.To ^ ((ulong)(uint)what.From << 16));
            Happen(what);
            if (what.To >= 0 && _nodes[what.To].Chain is { } chain)
            {
                Mix(chain.Head.Id.Prefix64 ^ chain.Root.Number);
            }

            if (picture is not null && _table.Slot >= shown + pictureEvery && _table.Slot < _setup.Slots)
            {
                shown = _table.Slot;
                picture(Picture());
            }
        }

        _ending.Judge(_nodes);
        _inclusion.Judge(_nodes.Find(node => node.IsUp && _oracles.IsHonest(node)), _firstSlot, _kernels);
        picture?.Invoke(Picture());
        return Report();
    }

    public void Dispose()
    {
        foreach (SimulatedNode node in _nodes)
        {
            node.Dispose();
        }
    }

    private void Happen(SimulationEvent what)
    {
        switch (what.Kind)
        {
            case EventKind.Tick:
                Tick(_nodes[what.To], what.Slot);
                break;
            case EventKind.Blocks:
                foreach (byte[] block in (byte[][])what.Payload!)
                {
                    if (!Receive(_nodes[what.To], block, what.From))
                    {
                        break;
                    }
                }

                break;
            case EventKind.Request:
                Answer(_nodes[what.To], what.From, (BlockRequest)what.Payload!);
                break;
            case EventKind.Phase:
                Phase(_nodes[what.To], what.Slot, what.From);
                break;
            case EventKind.Message:
                MixMessage((byte[])what.Payload!);
                Received(_nodes[what.To], what.From, (byte[])what.Payload!);
                break;
            case EventKind.FaultBegins:
                Begin(_setup.Faults[what.From]);
                break;
            default:
                End(_setup.Faults[what.From]);
                break;
        }
    }

    /// <summary>By its own clock a node's time to build for a slot has come.</summary>
    private void Tick(SimulatedNode node, long slot)
    {
        if (TickUs(node, slot) > _time.NowUs)
        {
            // Its clock was set back since this was planned: by that clock the time has not come.
            _queue.Plan(TickUs(node, slot), new SimulationEvent(EventKind.Tick, node.Index, Slot: slot));
            return;
        }

        if (slot + 1 < _firstSlot + _setup.Slots)
        {
            _queue.Plan(
                Math.Max(_time.NowUs, TickUs(node, slot + 1)), new SimulationEvent(
                    EventKind.Tick, node.Index, Slot: slot + 1));
        }

        if (node.Index == 0)
        {
            _inclusion.Submit(_nodes, _oracles, slot - _firstSlot, _active);
            _ending.Tick(_nodes, slot - _firstSlot);
        }

        if (!node.IsUp || IsIdleTwin(node))
        {
            return;
        }

        long lead = Suffers(node, FaultKind.Premature, out PlannedFault? early) ? Math.Max(1, early!.Amount / 1000) : 0;
        bool misses = Suffers(node, FaultKind.Miss, out PlannedFault? miss) && _conduct.Chance(miss!.Permille);
        if (misses)
        {
            return;
        }

        bool fill = !node.At.IsTwin && !Suffers(node, FaultKind.Censor, out _);
        byte[]? block;
        try
        {
            block = node.Produce(slot + lead, fill, Suffers(node, FaultKind.Withhold, out _));
        }
        catch (DiskCrashException)
        {
            Down(node);
            return;
        }

        if (block is null || !TakeOwn(node, block))
        {
            return;
        }

        long startUs = lead > 0 ? _time.NowUs : Math.Max(_time.NowUs, _slotStartUs(slot) - node.Clock.SkewUs);
        SendToAll(node, startUs + LatenessUs(node), EventKind.Blocks, new[] { block });
        CarryOut();
    }

    /// <summary>A block arrives; false when the node is down, or goes down over it.</summary>
    private bool Receive(SimulatedNode node, byte[] block, int from)
    {
        if (!node.IsUp)
        {
            return false;
        }

        Hash256? missing;
        try
        {
            missing = node.Receive(block, _decided);
        }
        catch (DiskCrashException)
        {
            Down(node);
            return false;
        }

        CarryOut();
        if (missing is { } wanted && MayAsk(node))
        {
            _network.Send(
                _time.NowUs, new SimulationEvent(EventKind.Request, from, node.Index, Payload: node.Ask(wanted)));
        }

        return true;
    }

    private void Answer(SimulatedNode node, int asker, BlockRequest request)
    {
        if (node.IsUp && node.Answer(request) is { Length: > 0 } blocks)
        {
            _network.Send(_time.NowUs, new SimulationEvent(EventKind.Blocks, asker, node.Index, Payload: blocks));
        }
    }

    private void Decided(SimulatedNode node, BlockWork block)
    {
        if (_own)
        {
            _own = false;
            _oracles.Made(node, block);
            if (!block.Verdict.Accepted && block.Verdict.Reason != RejectReason.Duplicate && _oracles.IsHonest(node))
            {
                _table.Violate(
                    Property.HonestBlocksValid,
                    $"node {node.At.Node} rejects its own block {block.Number}: {block.Verdict}");
            }
        }

        _oracles.Decided(node, block);
        Tell(node, block);
    }

    private long TickUs(SimulatedNode node, long slot) => _windows.BuildStartUs(_slotStartUs(slot)) - node.Clock.SkewUs;

    /// <summary>FNV-1a over 64-bit words, with the high bits folded down so that each word reaches all of it.</summary>
    private void Mix(ulong word)
    {
        _hash = (_hash ^ word) * 0x100000001B3;
        _hash ^= _hash >> 29;
    }

    private SimulationPicture Picture()
    {
        NodePicture[] nodes =
        [
            .. _nodes.Where(node => !node.At.IsTwin).Select(node => node.Chain is { } chain
                ? new NodePicture(
                    true, chain.Head.Number, chain.Head.Id.ToShortString(4), chain.Root.Number, chain.UnwoundCount)
                : new NodePicture(false, 0, "-", 0, 0)),
        ];
        return new SimulationPicture(
            (int)Math.Min(_setup.Slots, _table.Slot),
            _setup.Slots,
            nodes,
            Branches(),
            [.. _active.Select(fault => fault.ToString())]);
    }

    /// <summary>Heads that no other node's chain goes through.</summary>
    private int Branches()
    {
        Chain[] chains =
        [
            .. _nodes.Where(node => node.IsUp && !node.At.IsTwin)
                .Select(node => node.Chain!)
                .DistinctBy(chain => chain.Head.Id),
        ];
        return chains.Count(chain => !Array.Exists(
            chains, other =>
                other.Head.Number > chain.Head.Number
                    && (chain.Head.Number < other.Root.Number
                        || other.AncestorAt(chain.Head.Number)?.Id == chain.Head.Id)));
    }

    private SimulationReport Report()
    {
        IEnumerable<Chain> chains = _nodes.Where(
            node => node.IsUp && _oracles.IsHonest(node)).Select(node => node.Chain!);
        return new SimulationReport
        {
            Setup = _setup,
            Properties = _table.Results(),
            EventHash = _hash,
            Events = _events,
            BlocksMade = _blocksMade,
            BlocksProcessed = _oracles.BlocksProcessed,
            Unwound = _oracles.Unwound,
            Restarts = _restarts,
            MessagesSent = _network.Sent,
            MessagesLost = _network.Lost,
            HeadNumber = chains.Select(chain => chain.Head.Number).DefaultIfEmpty().Max(),
            FinalNumber = chains.Select(chain => chain.Root.Number).DefaultIfEmpty().Min(),
            FaultyMax = _protocol.FaultyMax,
            SlowIsFaulty = _protocol.SlowIsFaulty,
            PartitionsMax = _protocol.PartitionsMax,
        };
    }
}
