using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Production;

namespace Tactus.Engine.Simulation;

/// <summary>The part of a member that talks to other members apart from blocks: votes, polls, signatures, evidence. The
/// bytes are the protocol's own; the network treats them like blocks (delay, loss, doubles, overtaking, partitions).
/// One instance per start of a node: what it remembers is lost in a crash, what must not be stands in
/// <see cref="ISimulatedMember"/>.</summary>
public interface IMemberMessages
{
    /// <summary>A moment of <see cref="ISimulatedProtocol.MessagePhases"/> has come by the node's own clock.</summary>
    /// <param name="turn">What the member sees, and where it sends.</param>
    /// <param name="slot">The slot.</param>
    /// <param name="phase">Index of the moment.</param>
    void Phase(MemberTurn turn, long slot, int phase);

    /// <summary>The node's pipeline decided on a block, its own or another's.</summary>
    /// <param name="turn">What the member sees, and where it sends.</param>
    /// <param name="block">The decoded block with its verdict; only valid during the call.</param>
    void Decided(MemberTurn turn, BlockWork block);

    /// <summary>A message arrived. Its bytes may come from a liar: they are checked like any bad input.</summary>
    /// <param name="turn">What the member sees, and where it sends.</param>
    /// <param name="message">The bytes; not to be changed, the sender's other copies share them.</param>
    void Received(MemberTurn turn, ReadOnlyMemory<byte> message);
}

/// <summary>One turn of a member: what it sees of its node, and what it sends. What was sent leaves when the turn
/// ends.</summary>
public sealed class MemberTurn
{
    /// <summary>Most bytes of a message: 1 MiB.</summary>
    public const int MessageBytesMax = 1 << 20;

    /// <summary>Most messages, answers and blocks of one turn.</summary>
    public const int MessagesMax = 1024;

    private readonly List<Outgoing> _out = [];

    /// <summary>The node's chain.</summary>
    public required Chain Chain { get; init; }

    /// <summary>The pipeline that drives it, for systems in which a message moves the head.</summary>
    public required BlockPipeline Pipeline { get; init; }

    /// <summary>Transactions that wait for a block.</summary>
    public required PendingTransactions Pending { get; init; }

    /// <summary>The node's own clock, Unix microseconds. One that acts prematurely is ahead.</summary>
    public required long NowUs { get; init; }

    /// <summary>The node is to leave all transactions out of what it proposes.</summary>
    public bool Censors { get; init; }

    internal IReadOnlyList<Outgoing> Outgoings => _out;

    /// <summary>Sends a vote to all: a node that withholds its votes does not.</summary>
    public void Vote(byte[] message) => Add(new Outgoing(Errand.Vote, message));

    /// <summary>Sends a message to all.</summary>
    public void Send(byte[] message) => Add(new Outgoing(Errand.Send, message));

    /// <summary>Sends a message to who sent the one that is being answered; nothing in a turn without one.</summary>
    public void Reply(byte[] message) => Add(new Outgoing(Errand.Reply, message));

    /// <summary>Takes a block that this member completed into the node's own chain, and sends it to all.</summary>
    public void Publish(byte[] block) => Add(new Outgoing(Errand.Block, block));

    /// <summary>Takes a block that this member completed into the node's own chain; others send it.</summary>
    public void Take(byte[] block) => Add(new Outgoing(Errand.Take, block));

    /// <summary>Asks the sender of the message for a block and those before it.</summary>
    public void Ask(in Hash256 wanted) => Add(new Outgoing(Errand.Ask, wanted.ToArray()));

    private void Add(Outgoing outgoing)
    {
        if (_out.Count >= MessagesMax || outgoing.Bytes.Length > MessageBytesMax)
        {
            throw new InvalidOperationException(
                $"message {_out.Count + 1} of a turn, {outgoing.Bytes.Length} bytes: {MessagesMax} messages of "
                + $"{MessageBytesMax} bytes are possible; something sends without end");
        }

        _out.Add(outgoing);
    }

    internal enum Errand
    {
        Vote,
        Send,
        Reply,
        Block,
        Take,
        Ask,
    }

    internal readonly record struct Outgoing(Errand Errand, byte[] Bytes);
}
