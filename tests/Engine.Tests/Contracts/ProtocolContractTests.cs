using Tactus.Engine.ForkTree;
using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Production;
using Tactus.Engine.Protocols;
using Tactus.Engine.Simulation;
using Tactus.Engine.Simulation.Systems;
using Tactus.Kernels;

namespace Tactus.Engine.Tests.Contracts;

/// <summary>What every protocol promises the engine, whatever its rules: the same tests for all of them.</summary>
public sealed class ProtocolContractTests
{
    private const int Nodes = 4;

    private static readonly KernelSet Kernels = SimulatedSystems.Kernels(KernelRegistry.Default.Choose());

    public static TheoryData<string> Protocols() => [.. SimulatedSystems.Names];

    [Theory]
    [MemberData(nameof(Protocols))]
    public void The_same_seed_gives_the_same_blocks_and_state(string protocol)
    {
        using var first = new ContractNetwork(protocol, Kernels);
        using var again = new ContractNetwork(protocol, Kernels);
        first.Run(120, _ => true);
        again.Run(120, _ => true);
        Assert.True(first.Blocks.Count >= 15, $"{first.Blocks.Count} blocks in 120 slots");
        Assert.Equal(first.Blocks, again.Blocks);
        Assert.Equal(first.Node.Store.State.ComputeStateHash(), again.Node.Store.State.ComputeStateHash());
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public void States_save_load_and_never_change(string protocol)
    {
        using var network = new ContractNetwork(protocol, Kernels);
        network.Run(60, _ => true);
        ForkNode<ChainBlock> head = network.Node.Chain!.Head;
        byte[] saved = network.Save(head.State.ConsensusState);
        object loaded = network.Load(saved);
        Assert.Equal(saved, network.Save(loaded));

        // The next block goes on from the loaded state as from the kept one, and leaves both as they were.
        int before = network.Blocks.Count;
        while (network.Blocks.Count == before)
        {
            network.Run(1, _ => true);
        }

        byte[] fromLoaded = After(loaded);
        Assert.Equal(After(head.State.ConsensusState), fromLoaded);
        if (protocol != "graphene")
        {
            // There the header's state is provisional: execution replaces it (docs/decisions/0020, 2).
            Assert.Equal(network.Save(network.Node.Chain.Head.State.ConsensusState), fromLoaded);
        }

        Assert.Equal(saved, network.Save(loaded));
        Assert.Equal(saved, network.Save(head.State.ConsensusState));

        byte[] After(object state)
        {
            var work = new BlockWork();
            work.Load(network.Blocks[^1]);
            Assert.True(network.Node.Chain!.Protocol.CreateDecoder(Kernels).Decode(work).Accepted);
            Verdict verdict = network.Node.Chain.Consensus.CheckHeader(work, state, trustSignature: false);
            Assert.True(verdict.Accepted, verdict.ToString());
            return network.Save(work.ConsensusState!);
        }
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public void Finality_never_moves_back_and_the_head_descends_from_it(string protocol)
    {
        using var network = new ContractNetwork(protocol, Kernels);
        uint final = 0;
        var random = new SeededRandom(7, 1);
        for (int i = 0; i < 400; i++)
        {
            // One slot of eight stays empty.
            bool made = random.Below(8) != 0;
            network.Run(1, _ => made);
            Chain chain = network.Node.Chain!;
            Assert.True(chain.Root.Number >= final);
            Assert.Equal(chain.Root, chain.AncestorAt(chain.Root.Number));
            final = chain.Root.Number;
        }

        Assert.True(
            final > network.Node.Chain!.Protocol.Genesis.Number + 20, $"block {final} is final after 400 slots");
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public void The_order_of_delivery_does_not_change_the_final_head(string protocol)
    {
        // A trunk, then two branches: three of four nodes on one side, the fourth alone on the other.
        using var left = new ContractNetwork(protocol, Kernels);
        using var right = new ContractNetwork(protocol, Kernels);
        left.Run(40, _ => true);
        right.Run(40, _ => true);
        int trunk = left.Blocks.Count;
        left.Run(60, node => node != Nodes - 1);
        right.Run(60, node => node == Nodes - 1);
        byte[][] blocks = [.. left.Blocks, .. right.Blocks.Skip(trunk)];
        if (protocol == "quorum")
        {
            // Certificates are unanimous: whoever is alone makes no block, and there is one branch to deliver.
            Assert.Equal(trunk, right.Blocks.Count);
        }

        Assert.NotEqual(left.Node.Chain!.Head.Id, right.Node.Chain!.Head.Id);
        for (ulong seed = 1; seed <= 6; seed++)
        {
            using var receiver = new ContractNetwork(protocol, Kernels);
            var random = new SeededRandom(seed, 2);
            byte[][] order = [.. blocks];
            for (int i = order.Length - 1; i > 0; i--)
            {
                int j = random.Below(i + 1);
                (order[i], order[j]) = (order[j], order[i]);
            }

            receiver.Receive(order);
            Assert.True(
                receiver.Node.Chain!.Head.Id == left.Node.Chain.Head.Id,
                $"seed {seed}: head {receiver.Node.Chain.Head}, not {left.Node.Chain.Head}");
            Assert.Equal(left.Node.Store.State.ComputeStateHash(), receiver.Node.Store.State.ComputeStateHash());
        }
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public void Blocks_without_a_parent_are_parked_and_bounded(string protocol)
    {
        using var network = new ContractNetwork(protocol, Kernels);
        network.Run(60, _ => true);
        using var receiver = new ContractNetwork(protocol, Kernels);
        byte[][] orphans = [.. network.Blocks.Skip(1)];
        receiver.Receive(orphans);
        receiver.Receive(orphans);
        Assert.Equal(orphans.Length, receiver.Node.Chain!.ParkedCount);
        Assert.True(receiver.Node.Chain.ParkedCount <= ParkedBlocks<byte[]>.BlocksMaxDefault);
        Assert.Equal(receiver.Node.Chain.Protocol.Genesis.Id, receiver.Node.Chain.Head.Id);
        receiver.Receive([network.Blocks[0]]);
        Assert.Equal(0, receiver.Node.Chain.ParkedCount);
        Assert.Equal(network.Node.Chain!.Head.Id, receiver.Node.Chain.Head.Id);
    }

    /// <summary>All members on one node's chain: slot by slot the member whose turn it is makes the block.</summary>
    private sealed class ContractNetwork : IDisposable
    {
        private readonly SimulationClock _time = new();
        private readonly List<SimulatedNode> _members = [];
        private readonly ISimulatedProtocol _system;
        private long _slot;

        public ContractNetwork(string protocol, KernelSet kernels)
        {
            ISimulatedProtocol system = SimulatedSystems.Create(protocol, seed: 9, Nodes, kernels);
            _system = system;
            for (int i = 0; i < Nodes; i++)
            {
                long slotMs = system.CreateMember(i).CreateProtocol().Consensus.SlotUs / 1000;
                var windows = new ProductionWindows(
                    (int)slotMs * 2 / 5, (int)slotMs * 3 / 5, Math.Max(1, (int)slotMs / 5));
                ISimulatedMember member = system is QuorumSimulation quorum
                    ? new CertifyingMember(quorum, i)
                    : system.CreateMember(i);
                _members.Add(new SimulatedNode(
                    i, new Endpoint(i, IsTwin: false), member, kernels, new NodeClock(_time), windows,
                    new SimulationHooks()));
                _members[i].Start();
            }

            _slot = Node.Chain!.Head.Slot + 1;
            _time.NowUs = Node.Chain.Consensus.SlotStartUs(_slot + 100_000);
        }

        public SimulatedNode Node => _members[0];

        public List<byte[]> Blocks { get; } = [];

        public void Run(int slots, Func<int, bool> produces)
        {
            for (int i = 0; i < slots; i++, _slot++)
            {
                _time.NowUs = Node.Chain!.Consensus.SlotStartUs(_slot) - 100_000;
                byte[]? block = _members
                    .Where(member => produces(member.Index))
                    .Select(member => member.Produce(_slot, fill: true, withhold: false))
                    .FirstOrDefault(made => made is not null);
                if (block is not null)
                {
                    Blocks.Add(block);
                    foreach (SimulatedNode member in _members)
                    {
                        member.Receive(block, (_, work) => Assert.True(work.Verdict.Accepted, work.Verdict.ToString()));
                    }
                }

                Talk(produces);
            }
        }

        /// <summary>The messages of a slot, of those who produce; each reaches all.</summary>
        private void Talk(Func<int, bool> produces)
        {
            for (int phase = 0; phase < _system.MessagePhases.Count; phase++)
            {
                IConsensus consensus = Node.Chain!.Consensus;
                _time.NowUs = consensus.SlotStartUs(_slot) + (_system.MessagePhases[phase] * consensus.SlotUs / 1000);
                foreach (SimulatedNode member in _members.Where(member => member.Messages is not null))
                {
                    MemberTurn turn = member.TakeTurn(0, censors: false);
                    member.Messages!.Phase(turn, _slot, phase);
                    foreach (MemberTurn.Outgoing vote in turn.Outgoings.Where(_ => produces(member.Index)))
                    {
                        foreach (SimulatedNode other in _members.Where(other => other != member))
                        {
                            other.Messages!.Received(other.TakeTurn(0, censors: false), vote.Bytes);
                        }
                    }
                }
            }
        }

        public void Receive(IEnumerable<byte[]> blocks)
        {
            foreach (byte[] block in blocks)
            {
                Node.Receive(block, (_, work) => Assert.True(
                    work.Verdict.Accepted
                        || work.Verdict.Reason is RejectReason.Unlinkable or RejectReason.Duplicate or RejectReason.BelowFinality,
                    work.Verdict.ToString()));
            }
        }

        public byte[] Save(object state)
        {
            var writer = new ByteWriter();
            Node.Chain!.Consensus.Save(state, writer);
            return writer.ToArray();
        }

        public object Load(byte[] bytes)
        {
            var reader = new ByteReader(bytes);
            object state = Node.Chain!.Consensus.Load(ref reader);
            Assert.False(reader.Failed, reader.FailReason);
            return state;
        }

        public void Dispose() => _members.ForEach(member => member.Dispose());
    }
}
