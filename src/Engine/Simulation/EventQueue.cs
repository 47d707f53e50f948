namespace Tactus.Engine.Simulation;

/// <summary>What is to happen, by time; what is due at one instant happens in the order in which it was
/// planned.</summary>
internal sealed class EventQueue
{
    /// <summary>Most events that may wait: far more than a network of 125 nodes has in flight.</summary>
    public const int EventsMax = 1 << 20;

    private readonly PriorityQueue<SimulationEvent, Due> _queue = new();
    private long _planned;

    public int Count => _queue.Count;

    public int CountHighest { get; private set; }

    public void Plan(long atUs, SimulationEvent what)
    {
        if (_queue.Count >= EventsMax)
        {
            throw new InvalidOperationException(
                $"the simulation has {EventsMax} events waiting: something plans without end");
        }

        _queue.Enqueue(what, new Due(atUs, _planned++));
        CountHighest = Math.Max(CountHighest, _queue.Count);
    }

    public bool TryTake(out long atUs, out SimulationEvent? what)
    {
        bool found = _queue.TryDequeue(out what, out Due due);
        atUs = due.AtUs;
        return found;
    }

    private readonly record struct Due(long AtUs, long Order) : IComparable<Due>
    {
        public int CompareTo(Due other) =>
            AtUs != other.AtUs ? AtUs.CompareTo(other.AtUs) : Order.CompareTo(other.Order);
    }
}

/// <summary>Kinds of events; the numbers enter the run's hash.</summary>
internal enum EventKind
{
    Tick = 1,
    Blocks = 2,
    Request = 3,
    FaultBegins = 4,
    FaultEnds = 5,
    Phase = 6,
    Message = 7,
}

/// <summary>Something that happens to one node, or to the whole network.</summary>
/// <param name="Kind">What.</param>
/// <param name="To">Endpoint that it happens to; -1: the network.</param>
/// <param name="From">Endpoint that sent it, or the index of the fault or phase.</param>
/// <param name="Slot">Slot of a tick or phase.</param>
/// <param name="Payload">Blocks (<c>byte[][]</c>), a message (<c>byte[]</c>) or a <see cref="BlockRequest"/>.</param>
internal sealed record SimulationEvent(EventKind Kind, int To, int From = -1, long Slot = 0, object? Payload = null);

/// <summary>Asks for a block and those before it, after the newest that the asker has.</summary>
/// <param name="Wanted">Id of the block.</param>
/// <param name="Known">Blocks of the asker's branch, newest first, ever further apart; the last is final.</param>
internal sealed record BlockRequest(
    Primitives.Hash256 Wanted, IReadOnlyList<(uint Number, Primitives.Hash256 Id)> Known);
