using System.Buffers.Binary;
using Tactus.Engine.Pipeline;
using Tactus.Engine.Production;
using Tactus.Engine.Protocols;
using Tactus.Engine.Simulation;
using Tactus.Engine.Simulation.Systems;
using Tactus.Engine.State;
using Tactus.Kernels;

namespace Tactus.Engine.Tests.Simulation;

/// <summary>Messages that travel apart from blocks meet the same network as blocks. The system is Antelope with members
/// that say "node n is in slot s" once in a slot and note what they hear.</summary>
public sealed class MessageTests
{
    private const int Nodes = 4;
    private const int Slots = 60;

    private static readonly KernelSet Kernels = KernelRegistry.Default.Choose();

    [Fact]
    public void Every_member_hears_every_other_once_in_each_slot()
    {
        Talk talk = Run();
        for (int node = 0; node < Nodes; node++)
        {
            Assert.Equal((Nodes - 1) * Slots, talk.Heard[node].Count);
            Assert.Equal(talk.Heard[node].Count, talk.Heard[node].Distinct().Count());
            Assert.DoesNotContain(talk.Heard[node], heard => heard.Node == node);
            Assert.Equal(Slots, talk.Answers[node] / (Nodes - 1));
        }
    }

    [Fact]
    public void A_partition_lets_nothing_through()
    {
        Talk talk = Run(new PlannedFault { Kind = FaultKind.Partition, From = 20, To = 40, Parts = [0, 0, 1, 1] });
        Assert.DoesNotContain(talk.Heard[0], heard => heard.Node >= 2 && heard.Slot is > 20 and < 39);
        Assert.Equal(Slots, talk.Heard[0].Count(heard => heard.Node == 1));
    }

    [Fact]
    public void Messages_are_lost_doubled_and_overtake_one_another()
    {
        Talk talk = Run(new PlannedFault
        {
            Kind = FaultKind.Network,
            From = 0,
            To = Slots,
            Network = new NetworkConduct(DropPermille: 200, DuplicatePermille: 200, ReorderPermille: 200),
        });
        List<(int Node, long Slot)> heard = talk.Heard[0];
        Assert.InRange(heard.Distinct().Count(), Slots, ((Nodes - 1) * Slots) - 1);
        Assert.True(heard.Distinct().Count() < heard.Count, "none came twice");
        Assert.Contains(
            heard.Zip(heard.Skip(1)),
            pair => pair.First.Node == pair.Second.Node && pair.First.Slot > pair.Second.Slot);
    }

    [Fact]
    public void A_member_that_withholds_its_votes_is_silent()
    {
        Talk talk = Run(new PlannedFault { Kind = FaultKind.Withhold, From = 20, To = 40, Nodes = [1] });
        Assert.DoesNotContain(talk.Heard[0], heard => heard.Node == 1 && heard.Slot is > 20 and < 39);
        Assert.Equal(Slots, talk.Heard[0].Count(heard => heard.Node == 2));
    }

    [Fact]
    public void A_twin_speaks_while_its_node_equivocates()
    {
        Talk talk = Run(new PlannedFault { Kind = FaultKind.Equivocate, From = 20, To = 40, Nodes = [1] });
        Assert.InRange(talk.Heard[0].Count(heard => heard.Node == 1), Slots + 18, Slots + 21);
    }

    [Fact]
    public void A_crash_takes_what_a_member_had_in_memory_and_its_silence_lasts_until_it_starts()
    {
        Talk talk = Run(new PlannedFault { Kind = FaultKind.Crash, From = 20, To = 40, Nodes = [1] });
        Assert.Equal(2, talk.Starts[1]);
        Assert.InRange(talk.Heard[0].Count(heard => heard.Node == 1), Slots - 21, Slots - 19);
        Assert.InRange(talk.Heard[1].Count(heard => heard.Node == 0), Slots - 21, Slots - 19);
    }

    [Fact]
    public void The_same_seed_gives_the_same_talk()
    {
        PlannedFault fault = new() { Kind = FaultKind.Equivocate, From = 5, To = 40, Nodes = [2] };
        Talk first = Run(fault);
        Talk again = Run(fault);
        Assert.Equal(first.Hash, again.Hash);
        Assert.Equal(first.Heard[3], again.Heard[3]);
    }

    private static Talk Run(params PlannedFault[] faults)
    {
        KernelSet kernels = SimulatedSystems.Kernels(Kernels);
        var talk = new Talk(SimulatedSystems.Create("antelope", 7, Nodes, kernels));
        var setup = new SimulationSetup
        {
            Protocol = "antelope",
            Seed = 7,
            Nodes = Nodes,
            Slots = Slots,
            Faults = faults,
        };
        using var simulation = new Engine.Simulation.Simulation(setup, talk, kernels);
        SimulationReport report = simulation.Run();
        Assert.True(report.BlocksMade > Slots / 4);
        talk.Hash = report.EventHash;
        return talk;
    }

    private sealed class Talk(ISimulatedProtocol inner) : ISimulatedProtocol
    {
        public List<(int Node, long Slot)>[] Heard { get; } =
        [
            .. Enumerable.Range(0, MessageTests.Nodes).Select(_ => new List<(int, long)>()),
        ];

        public int[] Answers { get; } = new int[MessageTests.Nodes];

        public int[] Starts { get; } = new int[MessageTests.Nodes];

        public ulong Hash { get; set; }

        public string Name => inner.Name;

        public int Nodes => inner.Nodes;

        public int SettleSlots => inner.SettleSlots;

        public int RoundSlots => inner.RoundSlots;

        public int FaultyMax => inner.FaultyMax;

        public int DownMax => inner.DownMax;

        public int GrowthPermille => inner.GrowthPermille;

        public int FaultyBreaking => inner.FaultyBreaking;

        public int FinalityLagMax => inner.FinalityLagMax;

        public int TurnBlocks => inner.TurnBlocks;

        public bool CanWithhold => inner.CanWithhold;

        public IReadOnlyList<int> MessagePhases => [333];

        public ISimulatedMember CreateMember(int node) => new Member(this, inner.CreateMember(node), node);
    }

    private sealed class Member(Talk talk, ISimulatedMember inner, int node) : ISimulatedMember, IMemberMessages
    {
        private long _firstSlot;

        public IProtocol CreateProtocol() => inner.CreateProtocol();

        public bool CanSign(ulong producer) => inner.CanSign(producer);

        public IBlockBuilder CreateBuilder(IProtocol protocol, IBlockTransition transition, bool withhold) =>
            inner.CreateBuilder(protocol, transition, withhold);

        public void Resume(ChainStore store) => inner.Resume(store);

        public void Fill(PendingTransactions pending, Chain chain) => inner.Fill(pending, chain);

        public IMemberMessages Join(Chain chain, IProtocol protocol, IBlockTransition transition)
        {
            talk.Starts[node]++;
            _firstSlot = protocol.Genesis.Slot + 1;
            return this;
        }

        public void Phase(MemberTurn turn, long slot, int phase)
        {
            byte[] message = new byte[16];
            BinaryPrimitives.WriteInt64LittleEndian(message, node);
            BinaryPrimitives.WriteInt64LittleEndian(message.AsSpan(8), slot - _firstSlot);
            turn.Vote(message);
        }

        public void Decided(MemberTurn turn, BlockWork block)
        {
            // Blocks are not what these members talk about.
        }

        public void Received(MemberTurn turn, ReadOnlyMemory<byte> message)
        {
            if (message.Length == 1)
            {
                talk.Answers[node]++;
                return;
            }

            talk.Heard[node].Add((
                (int)BinaryPrimitives.ReadInt64LittleEndian(message.Span),
                BinaryPrimitives.ReadInt64LittleEndian(message.Span[8..])));
            turn.Reply([1]);
        }
    }
}
