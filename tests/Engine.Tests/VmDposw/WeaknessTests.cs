using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.VmDposw.Consensus;
using Tactus.Engine.Protocols.VmDposw.Devnet;
using Tactus.Engine.Protocols.VmDposw.Machines;
using Tactus.Engine.Protocols.VmDposw.Rounds;
using Tactus.Engine.Protocols.VmDposw.Wire;
using Tactus.Engine.Protocols.VmDposw.Work;
using Tactus.Kernels.Secp256k1;

namespace Tactus.Engine.Tests.VmDposw;

/// <summary>Weaknesses W1 to W5 of the design, shown to be there, and where the chain's rules close them, shown to be
/// closed.</summary>
public sealed class WeaknessTests
{
    [Theory]
    [InlineData(OrderRule.Rotation, 2, true)]
    [InlineData(OrderRule.Ascending, 2, false)]
    [InlineData(OrderRule.Ascending, 1, true)]
    public void W1_a_machine_chooses_among_orders_by_its_final_block_count(OrderRule rule, int position, bool chooses)
    {
        // With one S(n) for all (rotation) the last VM of a round decides the order. Where each VM has its own residue,
        // the last one to serve is placed last and takes the slot that is left: it has no choice, but the one before it
        // has.
        uint[] served = [2, 4, 6];
        int wins = 0;
        int several = 0;
        const int trials = 300;
        Hash256 link = VectorTests.Number(1);
        for (int trial = 0; trial < trials; trial++)
        {
            // It may stop after 1, 2 or 3 blocks.
            Hash256[] last = [link = KeyChain.Hash(link), link = KeyChain.Hash(link), link = KeyChain.Hash(link)];
            var orders = new HashSet<string>(StringComparer.Ordinal);
            bool first = false;
            for (int blocks = 1; blocks <= 3; blocks++)
            {
                uint[] order = ServingOrder.Next(served, last, last[2], rule);
                orders.Add(string.Join(',', order));
                first |= order[0] == served[position];
                last[position] = SignatureChain.Next(link = KeyChain.Hash(link), last[position]);
            }

            several += orders.Count > 1 ? 1 : 0;
            wins += first ? 1 : 0;
        }

        if (chooses)
        {
            // Of three VMs one is first in a third of the rounds without a choice.
            Assert.True(several > trials * 0.4, $"it could choose in {several} of {trials} rounds");
            Assert.True(wins > trials * 0.4, $"it could be first in {wins} of {trials} rounds");
        }
        else
        {
            Assert.Equal(0, several);
        }
    }

    [Fact]
    public void W1_on_the_chain_the_choice_is_between_valid_blocks()
    {
        var net = new TestNet(TestNet.Quick with { Order = OrderRule.Rotation });
        ClusterState state = net.RunRound(net.Genesis, 1);
        var orders = new HashSet<string>(StringComparer.Ordinal);
        uint last = net.MachineAt(state, state.Slot);
        for (int blocks = 1; blocks <= 4; blocks++)
        {
            orders.Add(string.Join(',', state.SetupOf(2, net.Parameters).Order));
            if (blocks < 4)
            {
                state = net.Extend(state, state.Slot + 1);
                Assert.Equal(last, net.MachineAt(state, state.Slot));
            }
        }

        Assert.True(orders.Count > 1, "four blocks of the last VM gave one order");
    }

    [Fact]
    public void W2_residues_are_biased_by_choosing_the_number_of_blocks()
    {
        int honest = 0;
        int chosen = 0;
        const int trials = 600;
        Hash256 link = VectorTests.Number(2);
        for (int trial = 0; trial < trials; trial++)
        {
            Hash256 last = link = KeyChain.Hash(link);
            bool zero = false;
            for (int blocks = 1; blocks <= 3; blocks++)
            {
                last = SignatureChain.Next(link = KeyChain.Hash(link), last);
                bool hit = ServingOrder.Residue(last, 3) == 0;
                zero |= hit;
                honest += hit && blocks == 3 ? 1 : 0;
            }

            chosen += zero ? 1 : 0;
        }

        // Expected: 1/3 without a choice, 1 - (2/3)^3 = 19/27 with three.
        Assert.InRange(honest, trials * 0.27, trials * 0.40);
        Assert.InRange(chosen, trials * 0.64, trials * 0.77);
    }

    [Fact]
    public void W3_a_withheld_broadcast_splits_nodes_unless_only_the_chain_counts()
    {
        var net = new TestNet();
        ClusterState end = net.RunRound(net.Genesis, 1, blocksPerWindow: 2);
        Hash256[] heard = [.. end.Setup.Order.Select(vm => ClusterState.Find(end.Cluster, vm)!.Last)];
        Hash256[] missed = [.. heard];
        missed[1] = net.Keys.ChainOf(4).Commitment;

        // As the document has it, from broadcasts: a node that missed VM4's works with another sum and rejects the next
        // block.
        Assert.NotEqual(SignatureChain.Sum(heard), SignatureChain.Sum(missed));
        long slot = net.Clock.FirstSlotOf(2);
        VmBlockHeader byHeard = net.Draft(end, slot);
        VmBlockHeader byMissed = byHeard with { Signature = SignatureChain.Next(byHeard.Key, SignatureChain.Sum(missed)) };
        Assert.NotEqual(byHeard.Signature, byMissed.Signature);

        // Here: whoever has the blocks has the sum; the other block is rejected by everybody.
        Assert.Equal(SignatureChain.Sum(heard), end.SetupOf(2, net.Parameters).PreviousSum);
        Assert.True(net.Check(byHeard, end).Accepted);
        Assert.Equal(RejectReason.BadProof, net.Check(byMissed, end).Reason);
    }

    [Fact]
    public void W4_a_plain_private_key_in_the_block_lets_anybody_sign_afterwards()
    {
        // The literal reading: the block carries the private key that signed it.
        var keys = new VmDevnetKeys(4, 1, 8);
        byte[] revealed = keys.AccountSecret(0);
        SignKey registered = keys.AccountKey(0);
        Hash256 forged = VectorTests.Number(4);
        byte[] signature = new byte[64];
        byte recoveryId = Secp256k1Signer.Sign(forged.Bytes, revealed, SignatureForm.LowS, signature);
        byte[] point = new byte[64];
        SignatureVerdict[] verdict = new SignatureVerdict[1];
        TestNet.Kernels.Secp256k1.For(1).Recover(forged.Bytes, signature, [recoveryId], point, verdict);
        Assert.Equal(registered, SignKey.OfPoint(point));

        // With one-time keys: VM2's K_1 is public after its block, and a second block with it does not pass without
        // VM2's signature.
        var net = new TestNet();
        VmBlockHeader block = net.Draft(net.Genesis, 1);
        Assert.True(net.Check(block, net.Genesis).Accepted);
        VmBlockHeader again = block with { TransactionRoot = VectorTests.Number(9) };
        Assert.Equal(RejectReason.BadBlockSignature, net.Check(again, net.Genesis, signer: 4).Reason);

        // Nor does it open the next block: K_2 is another key.
        ClusterState state = net.Extend(net.Genesis, 1);
        Assert.Equal(RejectReason.BadProof, net.Check(net.Draft(state, 2) with { Key = block.Key }, state).Reason);
    }

    [Theory]
    [InlineData(Majority.AtLeastHalf, true)]
    [InlineData(Majority.MoreThanHalf, false)]
    public void W5_at_least_half_lets_two_disjoint_halves_qualify(Majority majority, bool conflict)
    {
        Assert.Equal(conflict, Coverage.Holds(300, 600, majority) && Coverage.Holds(200 + 100, 600, majority));

        // On the chain: a partition between gold VM2 (300) and silver VM4 with bronze VM6 (200 + 100).
        var net = new TestNet(TestNet.Quick with { Finality = majority });
        ClusterState common = net.RunRound(net.Genesis, 1);
        ClusterState left = common;
        ClusterState right = common;
        for (uint round = 2; round <= 4; round++)
        {
            left = net.RunRound(left, round, 1, silent: [4, 6]);
            right = net.RunRound(right, round, 1, silent: 2);
        }

        bool bothBeyond = left.Finalized > common.Number && right.Finalized > common.Number;
        Assert.Equal(conflict, bothBeyond);
    }
}
