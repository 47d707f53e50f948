using Tactus.Engine.Pipeline;
using Tactus.Engine.Production;
using Tactus.Engine.Protocols;
using Tactus.Engine.State;

namespace Tactus.Engine.Simulation;

/// <summary>What a protocol brings to be simulated: who has which keys, how it may fail, and the bounds that its
/// documents promise. One class per protocol; the simulator knows nothing else of it.</summary>
public interface ISimulatedProtocol
{
    /// <summary>Name on the command line.</summary>
    string Name { get; }

    /// <summary>Nodes that make blocks, each with keys of its own.</summary>
    int Nodes { get; }

    /// <summary>Slots from genesis until every node has its place in the schedule. Faults begin later.</summary>
    int SettleSlots { get; }

    /// <summary>Slots in which every node has had its turn: the unit of a scenario's times.</summary>
    int RoundSlots { get; }

    /// <summary>Most nodes that may lie while every property holds.</summary>
    int FaultyMax { get; }

    /// <summary>Most nodes that may lie or be down at once.</summary>
    int DownMax { get; }

    /// <summary>Most partitions into two of one run with which every property holds; into three counts as two.</summary>
    int PartitionsMax => int.MaxValue;

    /// <summary>Whether a node whose messages come late or get lost counts as one that lies: it changes branches without
    /// lying, and finality is safe only while few nodes stand on two.</summary>
    bool SlowIsFaulty => false;

    /// <summary>Slots of honest nodes that get a block when all is well, in thousandths.</summary>
    int GrowthPermille { get; }

    /// <summary>Fewest liars on both sides of an even partition with which both sides can make blocks final; the node
    /// count where no number suffices.</summary>
    int FaultyBreaking { get; }

    /// <summary>Most blocks between head and finality once all has been well for as many slots.</summary>
    int FinalityLagMax { get; }

    /// <summary>Most blocks by which the heads of healthy nodes may differ at one instant.</summary>
    int TurnBlocks { get; }

    /// <summary>Slots after the last fault from which growth is counted and heads are compared: what it takes until
    /// every node is back on one chain.</summary>
    int RecoverySlots => 2 * TurnBlocks;

    /// <summary>The liars that break the system: <see cref="FaultyBreaking"/> of them.</summary>
    int[] Breaking(SeededRandom random) => random.Choose(Nodes, FaultyBreaking);

    /// <summary>Whether votes travel apart from blocks or inside them in such a way that a member can withhold
    /// them.</summary>
    bool CanWithhold { get; }

    /// <summary>Whether blocks stop while a member withholds its votes: then inclusion is not promised
    /// meanwhile.</summary>
    bool StopsWithoutVotes => false;

    /// <summary>Moments of each slot at which members send messages apart from blocks, in thousandths of a slot from
    /// its start, ascending; empty where there are none.</summary>
    IReadOnlyList<int> MessagePhases => [];

    /// <summary>The part of a node that lives through crashes.</summary>
    /// <param name="node">Which node: its keys.</param>
    ISimulatedMember CreateMember(int node);

    /// <summary>The second instance of a node that equivocates. Where its blocks would come out the same as the
    /// first's, something in them must differ.</summary>
    ISimulatedMember CreateTwin(int node) => CreateMember(node);
}

/// <summary>What one node has of its protocol. It outlives crashes: what a real node keeps outside the chain's folder,
/// such as its record of what it signed.</summary>
public interface ISimulatedMember
{
    /// <summary>The protocol as a starting node makes it.</summary>
    IProtocol CreateProtocol();

    bool CanSign(ulong producer);

    /// <param name="protocol">From <see cref="CreateProtocol"/>.</param>
    /// <param name="transition">The chain's.</param>
    /// <param name="withhold">The blocks carry none of the member's votes for earlier ones; such a builder makes one
    /// block.</param>
    IBlockBuilder CreateBuilder(IProtocol protocol, IBlockTransition transition, bool withhold);

    /// <summary>Takes a checkpoint of another's chain for true before the node starts; systems without checkpoints
    /// ignore it.</summary>
    /// <param name="friend">Whose chain.</param>
    /// <param name="slot">The newest checkpoint at or before this slot.</param>
    void Trust(ChainStore friend, long slot)
    {
    }

    /// <summary>Takes up what a restarted chain's log shows.</summary>
    void Resume(ChainStore store);

    /// <summary>Begins to exchange messages with the other members, each time the node starts; null where the system
    /// has none.</summary>
    /// <param name="chain">The node's chain, as its disk gave it back.</param>
    /// <param name="protocol">From <see cref="CreateProtocol"/>.</param>
    /// <param name="transition">The chain's.</param>
    IMemberMessages? Join(Chain chain, IProtocol protocol, IBlockTransition transition) => null;

    /// <summary>Adds the transactions for the block after the head: a function of the seed and the head
    /// alone.</summary>
    void Fill(PendingTransactions pending, Chain chain);
}
