using Tactus.Engine.ForkTree;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols;
using Tactus.Engine.Protocols.VmDposw;
using Tactus.Engine.Protocols.VmDposw.Consensus;
using Tactus.Engine.Protocols.VmDposw.Wire;

namespace Tactus.Engine.Tests.VmDposw;

/// <summary>What every consensus of the engine promises: save and load, finality that never moves back, a head that
/// does not depend on the order of delivery.</summary>
public sealed class ConsensusContractTests
{
    [Fact]
    public void Saved_states_load_equal_and_continue_alike()
    {
        var net = new TestNet();
        IConsensus consensus = net.Protocol.Consensus;
        ClusterState state = net.Genesis;
        for (uint round = 1; round <= 4; round++)
        {
            byte[] bytes = TestNet.Save(state, consensus);
            var reader = new ByteReader(bytes);
            var loaded = (ClusterState)consensus.Load(ref reader);
            Assert.False(reader.Failed);
            Assert.Equal(0, reader.Remaining);
            Assert.Equal(bytes, TestNet.Save(loaded, consensus));
            ClusterState next = net.RunRound(state, round);
            Assert.Equal(TestNet.Save(next, consensus), TestNet.Save(net.RunRound(loaded, round), consensus));
            state = next;
        }
    }

    [Fact]
    public void A_cut_state_does_not_load()
    {
        var net = new TestNet();
        byte[] bytes = TestNet.Save(net.RunRound(net.Genesis, 1), net.Protocol.Consensus);
        for (int length = 0; length < bytes.Length; length++)
        {
            var reader = new ByteReader(bytes.AsSpan(0, length));
            net.Protocol.Consensus.Load(ref reader);
            Assert.True(reader.Failed, $"{length} bytes");
        }
    }

    [Fact]
    public void A_round_is_confirmed_by_the_majority_of_the_next_and_final_when_the_next_is_confirmed_too()
    {
        var net = new TestNet();
        ClusterState first = net.RunRound(net.Genesis, 1);
        ClusterState second = RunCounting(net, first, 2, state => Assert.Equal(0u, state.Finalized));
        Assert.Equal((1u, first.Number), (second.ConfirmedRound, second.Confirmed));
        long right = 0;
        RunCounting(net, second, 3, state =>
        {
            right = state.FilledRight;
            Assert.Equal(right * 2 > 600 ? first.Number : 0, state.Finalized);
            Assert.Equal(right * 2 > 600 ? 2u : 1u, state.ConfirmedRound);
        });
        Assert.Equal(600, right);
    }

    [Theory]
    [InlineData(2, 4, false)]
    [InlineData(3, 4, false)]
    [InlineData(2, 3, true)]
    public void Only_three_rounds_in_a_row_make_the_first_of_them_final(uint middle, uint last, bool final)
    {
        // In the round that is left out nobody made a block here; elsewhere a majority may have.
        var net = new TestNet();
        ClusterState first = net.RunRound(net.Genesis, 1);
        ClusterState second = net.RunRound(first, middle);
        ClusterState third = net.RunRound(second, last);
        Assert.Equal(middle, third.ConfirmedRound);
        Assert.Equal(final ? first.Number : 0, third.Finalized);

        // What comes after in a row makes up for it.
        ClusterState fifth = net.RunRound(net.RunRound(third, last + 1), last + 2);
        Assert.Equal(third.Number, fifth.Finalized);
    }

    [Fact]
    public void The_fork_rule_prefers_the_later_confirmed_round_to_more_windows()
    {
        // VM2 (300) and VM4 (200) confirm round 1 in round 2; on the other branch round 2 has two windows, then all
        // three in rounds 3 and 4, of which none is confirmed by the majority of the next.
        var net = new TestNet();
        IConsensus consensus = net.Protocol.Consensus;
        ClusterState common = net.RunRound(net.Genesis, 1);
        ClusterState confirmed = net.RunRound(common, 2, 1, silent: 6);
        ClusterState longer = common;
        for (uint round = 2; round <= 6; round++)
        {
            longer = net.RunRound(longer, round, 3, silent: 2);
        }

        Assert.Equal((1u, 0u), (confirmed.ConfirmedRound, longer.ConfirmedRound));
        Assert.True(longer.FilledWindows > confirmed.FilledWindows && longer.Work > confirmed.Work);
        Assert.True(consensus.Prefer(confirmed, longer) > 0);
        Assert.True(consensus.Prefer(longer, confirmed) < 0);
    }

    [Fact]
    public void The_fork_rule_prefers_windows_then_work_then_the_lower_hash()
    {
        var net = new TestNet();
        IConsensus consensus = net.Protocol.Consensus;
        ClusterState one = net.Extend(net.Genesis, 1);
        ClusterState two = net.Extend(one, 2);
        ClusterState late = net.Extend(net.Genesis, 3);
        ClusterState other = net.Extend(late, 5);
        Assert.True(consensus.Prefer(other, two) > 0);
        Assert.True(consensus.Prefer(two, one) > 0);
        Assert.True(consensus.Prefer(two, late) > 0);
        ClusterState lower = one.Id < late.Id ? one : late;
        ClusterState higher = one.Id < late.Id ? late : one;
        Assert.True(consensus.Prefer(lower, higher) > 0);
        Assert.True(consensus.BreakTie(lower.Id, higher.Id) > 0);
        Assert.Equal(0, consensus.Prefer(one, one));
    }

    [Fact]
    public void Slots_and_times_agree()
    {
        IConsensus consensus = new TestNet().Protocol.Consensus;
        for (long slot = -3; slot < 40; slot++)
        {
            long startUs = consensus.SlotStartUs(slot);
            Assert.Equal(slot, consensus.SlotAt(startUs));
            Assert.Equal(slot, consensus.SlotAt(startUs + consensus.SlotUs - 1));
        }
    }

    /// <summary>Seeded networks with lost, late and doubled messages, silent VMs and a partition that heals: below the
    /// tolerance of the system nothing final is ever contradicted, and once all blocks are delivered all nodes have one
    /// head.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Random_faults_below_tolerance_break_no_invariant(int seed)
    {
        var net = new TestNet(TestNet.Quick, seed);
        var random = new SplitMix64((ulong)seed);
        Node[] nodes = [.. Enumerable.Range(0, 3).Select(_ => new Node(net))];
        uint[] owners = [2, 4, 6];
        var blocks = new List<byte[]>();
        const uint rounds = 12;
        for (long slot = 1; slot < net.Clock.FirstSlotOf(rounds + 1); slot++)
        {
            for (int i = 0; i < nodes.Length; i++)
            {
                Node maker = nodes[i];
                bool makes = random.Next() % 4 != 0;
                if (!makes || maker.Head.Slot >= slot || net.MachineAt(maker.Head, slot) != owners[i])
                {
                    continue;
                }

                byte[] block = net.Seal(net.Draft(maker.Head, slot));
                blocks.Add(block);
                maker.Receive(block);
                foreach (Node other in nodes)
                {
                    // In rounds 5 and 6 node 2 is cut off; else a fifth of the messages is late by up to a window.
                    net.Clock.TryPlace(slot, out uint round, out _);
                    bool cut = round is 5 or 6 && (other == nodes[2]) != (maker == nodes[2]);
                    long delay = cut ? net.Clock.FirstSlotOf(7) - slot : random.Next() % 5 == 0 ? (long)(random.Next() % 4) : 0;
                    other.Later(slot + delay, block);
                }
            }

            foreach (Node node in nodes)
            {
                node.Deliver(slot);
            }

            AssertOneHistory(nodes);
        }

        foreach (Node node in nodes)
        {
            node.Deliver(long.MaxValue);
        }

        AssertOneHistory(nodes);
        Assert.All(nodes, node => Assert.Equal(nodes[0].Head.Id, node.Head.Id));
        Assert.True(nodes[0].Head.Finalized > 0, $"seed {seed}: nothing became final");

        // The order of delivery does not matter to the head.
        var late = new Node(net);
        foreach (byte[] block in blocks.OrderBy(_ => random.Next()))
        {
            late.Receive(block);
        }

        Assert.Equal(nodes[0].Head.Id, late.Head.Id);
    }

    /// <summary>A whole round of one block a window, looked at after each.</summary>
    private static ClusterState RunCounting(TestNet net, ClusterState state, uint round, Action<ClusterState> look)
    {
        foreach (uint machine in state.SetupOf(round, net.Parameters).Order)
        {
            state = net.Extend(state, net.FirstSlotOf(state, round, machine));
            look(state);
        }

        return state;
    }

    private static void AssertOneHistory(Node[] nodes)
    {
        foreach (Node x in nodes)
        {
            foreach (Node y in nodes)
            {
                uint both = Math.Min(x.Final.Number, y.Final.Number);
                Assert.True(x.FinalAt(both) == y.FinalAt(both), $"block {both} is final in two forms");
            }
        }
    }

    private sealed class StatePreference(IConsensus consensus) : IForkPreference<ClusterState>
    {
        public int Compare(ClusterState x, ClusterState y) => consensus.Prefer(x, y);

        public int BreakTie(in Hash256 x, in Hash256 y) => consensus.BreakTie(x, y);
    }

    /// <summary>A node reduced to headers and fork choice.</summary>
    private sealed class Node(TestNet net)
    {
        private readonly BlockTree<ClusterState> _tree = new(
            net.Genesis.Id, Hash256.Zero, 0, 0, net.Genesis, new StatePreference(net.Protocol.Consensus));

        private readonly ParkedBlocks<byte[]> _parked = new();
        private readonly List<(long Slot, byte[] Block)> _mail = [];
        private readonly Dictionary<uint, Hash256> _final = new() { [0] = net.Genesis.Id };

        public ClusterState Head => _tree.Head.State;

        public ClusterState Final => _tree.Root.State;

        public Hash256? FinalAt(uint number) => _final.TryGetValue(number, out Hash256 id) ? id : null;

        public void Later(long slot, byte[] block) => _mail.Add((slot, block));

        public void Deliver(long slot)
        {
            foreach ((_, byte[] block) in _mail.Where(mail => mail.Slot <= slot).ToArray())
            {
                Receive(block);
            }

            _mail.RemoveAll(mail => mail.Slot <= slot);
        }

        public void Receive(byte[] block)
        {
            var reader = new ByteReader(block);
            VmBlockHeader header = VmBlockHeader.Read(ref reader);
            var id = new Hash256(System.Security.Cryptography.SHA256.HashData(block.AsSpan(0, reader.Position)));
            if (_tree.Find(id) is not null || header.Number <= _tree.Root.Number)
            {
                return;
            }

            if (_tree.Find(header.Previous) is not { } parent)
            {
                _parked.Park(id, header.Previous, header.Number, block.Length, block);
                return;
            }

            Verdict verdict = net.Check(block, parent.State, out ClusterState? state);
            Assert.True(verdict.Accepted, verdict.ToString());
            _tree.Add(id, header.Previous, header.Number, header.Slot, state!, out _);
            MoveHead();
            foreach (byte[] child in _parked.TakeChildren(id))
            {
                Receive(child);
            }
        }

        private void MoveHead()
        {
            while (_tree.Candidate != _tree.Head)
            {
                foreach (ForkNode<ClusterState> node in _tree.PathBetween(_tree.Head, _tree.Candidate).Apply)
                {
                    _tree.MarkValidated(node);
                }
            }

            uint before = _tree.Root.Number;
            if (Head.Finalized > before)
            {
                ForkNode<ClusterState>? node = _tree.AncestorAt(_tree.Head, Head.Finalized);
                Assert.NotNull(node);
                for (ForkNode<ClusterState>? at = node; at is not null && at.Number > before; at = at.Parent)
                {
                    _final[at.Number] = at.Id;
                }

                _tree.AdvanceRoot(node, out _);
                _parked.DropUpTo(_tree.Root.Number);
            }

            Assert.True(_tree.Root.Number >= before);
            Assert.True(_tree.IsAncestor(_tree.Root, _tree.Head));
        }
    }
}
