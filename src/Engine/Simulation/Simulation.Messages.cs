using System.Buffers.Binary;
using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Storage;

namespace Tactus.Engine.Simulation;

/// <summary>Messages that travel apart from blocks: a member takes its turn at a phase of a slot, after a decision on a
/// block, or when a message comes; what it sends leaves when the turn is over.</summary>
public sealed partial class Simulation
{
    /// <summary>Most turns that follow from one event: a decision on a block that publishes one, and so on.</summary>
    private const int TurnsPerEventMax = 4096;

    private readonly Queue<(SimulatedNode Node, int Sender, MemberTurn Turn)> _turns = new();

    private void PlanPhases(SimulatedNode node, long slot)
    {
        IReadOnlyList<int> phases = _protocol.MessagePhases;
        for (int phase = 0; phase < phases.Count; phase++)
        {
            long atUs = _slotStartUs(slot) + (phases[phase] * _slotUs / 1000) - node.Clock.SkewUs;
            _queue.Plan(
                Math.Max(_time.NowUs, atUs), new SimulationEvent(EventKind.Phase, node.Index, phase, slot));
        }
    }

    private void Phase(SimulatedNode node, long slot, int phase)
    {
        if (phase == _protocol.MessagePhases.Count - 1 && slot + 1 < _firstSlot + _setup.Slots)
        {
            PlanPhases(node, slot + 1);
        }

        if (!node.IsUp || node.Messages is not { } messages || IsIdleTwin(node)
            || (Suffers(node, FaultKind.Miss, out PlannedFault? miss) && _conduct.Chance(miss!.Permille)))
        {
            return;
        }

        Take(node, -1, turn => messages.Phase(turn, slot, phase));
    }

    private void Received(SimulatedNode node, int sender, byte[] message)
    {
        if (node.IsUp && node.Messages is { } messages)
        {
            Take(node, sender, turn => messages.Received(turn, message));
        }
    }

    /// <summary>One turn of a member. A message may move the head, and the disk may crash over that.</summary>
    private void Take(SimulatedNode node, int sender, Action<MemberTurn> act)
    {
        MemberTurn turn = TurnOf(node);
        try
        {
            act(turn);
        }
        catch (DiskCrashException)
        {
            Down(node);
            return;
        }

        EndTurn(node, sender, turn);
    }

    /// <summary>Tells a member of a decision. It comes in the middle of a pipeline's work, so what the member sends
    /// waits until <see cref="CarryOut"/>.</summary>
    private void Tell(SimulatedNode node, BlockWork block)
    {
        if (node.Messages is { } messages)
        {
            MemberTurn turn = TurnOf(node);
            messages.Decided(turn, block);
            if (turn.Outgoings.Count > 0)
            {
                _turns.Enqueue((node, -1, turn));
            }
        }
    }

    private MemberTurn TurnOf(SimulatedNode node)
    {
        long aheadUs = Suffers(node, FaultKind.Premature, out PlannedFault? early) ? early!.Amount * _slotUs / 1000 : 0;
        return node.TakeTurn(aheadUs, node.At.IsTwin || Suffers(node, FaultKind.Censor, out _));
    }

    private void EndTurn(SimulatedNode node, int sender, MemberTurn turn)
    {
        _oracles.Look(node);
        if (turn.Outgoings.Count > 0)
        {
            _turns.Enqueue((node, sender, turn));
            CarryOut();
        }
    }

    /// <summary>Sends what members said in their turns, and what they say to what follows from it.</summary>
    private void CarryOut()
    {
        int carried = 0;
        while (_turns.TryDequeue(out (SimulatedNode Node, int Sender, MemberTurn Turn) next))
        {
            if (++carried > TurnsPerEventMax)
            {
                throw new InvalidOperationException(
                    $"{TurnsPerEventMax} turns of members follow from one event: something answers itself without end");
            }

            foreach (MemberTurn.Outgoing outgoing in next.Turn.Outgoings)
            {
                // A node that went down meanwhile says nothing more, not even after it starts again.
                if (next.Node.Chain == next.Turn.Chain && !IsIdleTwin(next.Node))
                {
                    CarryOut(next.Node, next.Sender, outgoing);
                }
            }
        }
    }

    private void CarryOut(SimulatedNode node, int sender, MemberTurn.Outgoing outgoing)
    {
        switch (outgoing.Errand)
        {
            case MemberTurn.Errand.Vote when Suffers(node, FaultKind.Withhold, out _):
                break;
            case MemberTurn.Errand.Vote or MemberTurn.Errand.Send:
                SendToAll(node, _time.NowUs, EventKind.Message, outgoing.Bytes);
                break;
            case MemberTurn.Errand.Reply when sender >= 0:
                _network.Send(
                    _time.NowUs, new SimulationEvent(EventKind.Message, sender, node.Index, Payload: outgoing.Bytes));
                break;
            case MemberTurn.Errand.Ask when sender >= 0 && MayAsk(node):
                _network.Send(
                    _time.NowUs,
                    new SimulationEvent(
                        EventKind.Request, sender, node.Index, Payload: node.Ask(new Hash256(outgoing.Bytes))));
                break;
            case MemberTurn.Errand.Block when TakeOwn(node, outgoing.Bytes):
                SendToAll(node, _time.NowUs + LatenessUs(node), EventKind.Blocks, new[] { outgoing.Bytes });
                break;
            case MemberTurn.Errand.Take:
                TakeOwn(node, outgoing.Bytes, made: false);
                break;
            default:
                break;
        }
    }

    /// <summary>Puts a node's own block through its pipeline; false when the node went down over it.</summary>
    private bool TakeOwn(SimulatedNode node, byte[] block, bool made = true)
    {
        _own = true;
        try
        {
            _blocksMade += made ? 1 : 0;
            node.Receive(block, _decided);
            return true;
        }
        catch (DiskCrashException)
        {
            Down(node);
            return false;
        }
        finally
        {
            _own = false;
        }
    }

    private void SendToAll(SimulatedNode node, long departUs, EventKind kind, object payload)
    {
        for (int to = 0; to < _nodes.Count; to++)
        {
            if (to != node.Index)
            {
                _network.Send(
                    ReleaseUs(node, to, departUs), new SimulationEvent(kind, to, node.Index, Payload: payload));
            }
        }
    }

    /// <summary>When what a node sends leaves for another: those who hold it back let it go at their time.</summary>
    private long ReleaseUs(SimulatedNode node, int to, long departUs)
    {
        foreach (PlannedFault fault in _active)
        {
            if (fault.Kind == FaultKind.Hold && _network.Makes(fault, node.Index) && !_network.Makes(fault, to))
            {
                long slot = fault.Amount == 0 ? _firstSlot + fault.To : NextSlot(departUs);
                return Math.Max(departUs, _slotStartUs(slot) + (fault.Amount * _slotUs / 1000));
            }
        }

        return departUs;
    }

    /// <summary>The slot that begins next. A block leaves at the start of its own.</summary>
    private long NextSlot(long unixUs) => _firstSlot + ((unixUs - _slotStartUs(_firstSlot)) / _slotUs) + 1;

    private long LatenessUs(SimulatedNode node) =>
        Suffers(node, FaultKind.Late, out PlannedFault? delay) && _conduct.Chance(delay!.Permille)
            ? delay.Amount * _slotUs / 1000 : 0;

    /// <summary>A node asks once in two slots, so that a branch it lacks does not bring a request per block.</summary>
    private bool MayAsk(SimulatedNode node)
    {
        bool may = _time.NowUs - node.AskedUs > 2 * _slotUs;
        node.AskedUs = may ? _time.NowUs : node.AskedUs;
        return may;
    }

    /// <summary>A twin follows the chain all the time and acts only while its node equivocates.</summary>
    private bool IsIdleTwin(SimulatedNode node) => node.At.IsTwin && !Suffers(node, FaultKind.Equivocate, out _);

    private void MixMessage(ReadOnlySpan<byte> message)
    {
        Mix((ulong)message.Length);
        for (; message.Length >= sizeof(ulong); message = message[sizeof(ulong)..])
        {
            Mix(BinaryPrimitives.ReadUInt64LittleEndian(message));
        }
    }
}
