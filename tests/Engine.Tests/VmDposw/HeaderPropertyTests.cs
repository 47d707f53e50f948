using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.VmDposw;
using Tactus.Engine.Protocols.VmDposw.Consensus;
using Tactus.Engine.Protocols.VmDposw.Wire;
using Tactus.Engine.Protocols.VmDposw.Work;

namespace Tactus.Engine.Tests.VmDposw;

/// <summary>Properties V6 to V8, V10 and V11: what a header must carry, over real blocks.</summary>
public sealed class HeaderPropertyTests
{
    [Fact]
    public void V06_a_block_outside_its_window_is_rejected()
    {
        var net = new TestNet();
        VmBlockHeader honest = net.Draft(net.Genesis, 1);
        Assert.Equal(2u, honest.Machine);
        Assert.True(net.Check(honest, net.Genesis).Accepted);

        // VM2 in VM4's window, VM4 in VM2's.
        Assert.Equal(RejectReason.WrongProducer, net.Check(honest with { Slot = 5 }, net.Genesis).Reason);
        Assert.Equal(RejectReason.WrongProducer, net.Check(net.DraftOf(net.Genesis, 1, 1, 4), net.Genesis).Reason);

        // The last slot of the window is inside it.
        Assert.True(net.Check(net.Draft(net.Genesis, 4), net.Genesis).Accepted);
    }

    [Fact]
    public void V06_a_block_of_another_round_is_rejected()
    {
        var net = new TestNet();
        ClusterState state = net.RunRound(net.Genesis, 1);
        long slot = net.Clock.FirstSlotOf(2);
        VmBlockHeader honest = net.Draft(state, slot);
        Assert.True(net.Check(honest, state).Accepted);
        Assert.Equal(RejectReason.BadSlot, net.Check(honest with { Round = 1 }, state).Reason);
        Assert.Equal(RejectReason.BadSlot, net.Check(honest with { Round = 3 }, state).Reason);
        Assert.Equal(RejectReason.BadSlot, net.Check(honest with { Slot = state.Slot }, state).Reason);
    }

    [Fact]
    public void V06_nothing_is_made_in_the_gap_between_rounds()
    {
        var net = new TestNet(TestNet.Quick with { GapUs = 1_000_000 });
        ClusterState state = net.RunRound(net.Genesis, 1);
        VmBlockHeader last = net.Draft(net.Genesis, 1) with { Number = state.Number + 1, Previous = state.Id };
        Assert.Equal(RejectReason.BadSlot, net.Check(last with { Slot = 13 }, state).Reason);
        Assert.Equal(RejectReason.BadSlot, net.Check(last with { Slot = 14 }, state).Reason);
        Assert.Equal(0UL, net.Protocol.Consensus.ProducerAt(state, 13));
        Assert.Equal(15, net.Clock.FirstSlotOf(2));
        Assert.NotEqual(0UL, net.Protocol.Consensus.ProducerAt(state, 15));
    }

    [Fact]
    public void V07_a_premature_block_is_rejected_until_the_final_signature_is_known()
    {
        var net = new TestNet();
        ClusterState first = net.RunRound(net.Genesis, 1);
        uint lastVm = first.SetupOf(2, net.Parameters).Order[^1];
        ClusterState before = net.RunRound(first, 2, 1, silent: lastVm);
        ClusterState ended = net.Extend(before, net.FirstSlotOf(before, 2, lastVm));

        // A VM that mines round 3 before round 2 has ended commits to a sum without the last VM's last signature.
        long slot = net.Clock.FirstSlotOf(3);
        VmBlockHeader premature = net.Draft(before, slot);
        VmBlockHeader current = net.Draft(ended, slot);
        VmBlockHeader stale = current with
        {
            Signature = SignatureChain.Next(current.Key, before.SetupOf(3, net.Parameters).PreviousSum),
        };
        Assert.NotEqual(before.SetupOf(3, net.Parameters).PreviousSum, ended.SetupOf(3, net.Parameters).PreviousSum);
        Assert.Equal(RejectReason.BadProof, net.Check(stale, ended).Reason);
        Assert.Equal(RejectReason.BadLink, net.Check(premature, ended).Reason);

        // A wrong guess of the sum fails too; with the real one it is accepted.
        VmBlockHeader honest = net.Draft(ended, slot);
        Hash256 guess = SignatureChain.Next(honest.Key, VectorTests.Number(1));
        Assert.Equal(RejectReason.BadProof, net.Check(honest with { Signature = guess }, ended).Reason);
        Assert.True(net.Check(honest, ended).Accepted);

        // On its own branch it passes (the last VM might have stayed silent), but that VM's block is preferred: no
        // window is stolen.
        Assert.True(net.Check(net.Seal(premature), before, out ClusterState? branch).Accepted);
        ClusterState next = net.Extend(ended, slot);
        Assert.True(net.Protocol.Consensus.Prefer(next, branch!) > 0);
    }

    [Fact]
    public void V07_the_gate_is_open_after_round_1_for_machines_with_one_block()
    {
        // Found here: with the sum of round 1 at zero, S_1 = Hash(K_1) = Hash(K_1 + 0) is the registered commitment
        // itself. Whoever expects each VM to make one block in round 1 knows the sum for round 2 before round 1 begins.
        var net = new TestNet();
        ClusterState state = net.RunRound(net.Genesis, 1);
        Hash256[] commitments = [.. state.Setup.Order.Select(vm => net.Keys.ChainOf(vm).Commitment)];
        Assert.Equal(SignatureChain.Sum(commitments), state.SetupOf(2, net.Parameters).PreviousSum);

        // A second block of any VM closes it.
        ClusterState more = net.RunRound(net.Genesis, 1, blocksPerWindow: 2);
        Assert.NotEqual(SignatureChain.Sum(commitments), more.SetupOf(2, net.Parameters).PreviousSum);
    }

    [Fact]
    public void V08_altering_a_key_or_dropping_a_block_changes_the_last_signature_and_the_sum()
    {
        var random = new SplitMix64(8);
        for (int trial = 0; trial < 200; trial++)
        {
            int blocks = 2 + (int)(random.Next() % 5);
            Hash256 start = VectorTests.Number((long)(random.Next() >> 1));
            Hash256[] keys = [.. Enumerable.Range(0, blocks).Select(_ => KeyChain.Hash(VectorTests.Number((long)(random.Next() >> 1))))];
            Hash256 honest = Last(start, keys);
            Hash256 other = KeyChain.Hash(honest);

            byte[] altered = keys[random.Next() % (ulong)blocks].ToArray();
            int at = Array.FindIndex(keys, key => key.Bytes.SequenceEqual(altered));
            altered[random.Next() % 32] ^= (byte)(1 << (int)(random.Next() % 8));
            Hash256[] changed = [.. keys.Select((key, i) => i == at ? new Hash256(altered) : key)];
            int dropped = (int)(random.Next() % (ulong)blocks);
            Hash256[] fewer = [.. keys.Where((_, i) => i != dropped)];
            foreach (Hash256[] wrong in (Hash256[][])[changed, fewer])
            {
                Assert.NotEqual(honest, Last(start, wrong));
                Assert.NotEqual(SignatureChain.Sum([honest, other]), SignatureChain.Sum([Last(start, wrong), other]));
            }
        }
    }

    [Fact]
    public void V08_blocks_with_a_wrong_key_index_or_signature_are_rejected()
    {
        var net = new TestNet();
        ClusterState state = net.Extend(net.Genesis, 1);
        VmBlockHeader second = net.Draft(state, 2);
        Assert.True(net.Keys.TryReveal(2, 3, out Hash256 third));
        Assert.Equal(RejectReason.BadProof, net.Check(second with { Key = third }, state).Reason);
        Assert.Equal(RejectReason.BadProof, net.Check(second with { KeyIndex = 3 }, state).Reason);
        Assert.Equal(RejectReason.BadProof, net.Check(second with { Signature = third }, state).Reason);
        Assert.Equal(RejectReason.BadProof, net.Check(second with { Difficulty = 1 }, state).Reason);
        Assert.True(net.Check(second, state).Accepted);
    }

    [Fact]
    public void Work_above_the_target_is_rejected()
    {
        var net = new TestNet(TestNet.Quick with { Difficulty = 1 << 12 });
        byte[] block = net.Seal(net.Draft(net.Genesis, 1));
        Assert.True(net.Check(block, net.Genesis, out _).Accepted);
        int nonceAt = VmBlockHeader.BytesMin - 8;
        block[nonceAt] ^= 1;
        Assert.Equal(RejectReason.BadProof, net.Check(block, net.Genesis, out _).Reason);
    }

    [Fact]
    public void V10_a_silent_machine_keeps_its_last_signature_and_its_window_stays_empty()
    {
        var net = new TestNet();
        ClusterState first = net.RunRound(net.Genesis, 1);
        Hash256 lastOf4 = ClusterState.Find(first.Cluster, 4)!.Last;
        ClusterState silent = net.RunRound(first, 2, 1, silent: 4);
        Assert.Equal(lastOf4, ClusterState.Find(silent.Cluster, 4)!.Last);
        Assert.Equal(2, System.Numerics.BitOperations.PopCount(silent.FilledMask));
        Assert.Equal(first.SetupOf(2, net.Parameters).Order, silent.Setup.Order);

        // Its old signature is part of the next sum, and it serves in round 3 like the others.
        Hash256[] lasts = [.. silent.Setup.Order.Select(vm => ClusterState.Find(silent.Cluster, vm)!.Last)];
        Assert.Equal(SignatureChain.Sum(lasts), silent.SetupOf(3, net.Parameters).PreviousSum);
        Assert.Contains(4u, silent.SetupOf(3, net.Parameters).Order);
        ClusterState third = net.RunRound(silent, 3);
        Assert.Equal(2u, ClusterState.Find(third.Cluster, 4)!.KeyIndex);
    }

    [Fact]
    public void V10_silent_in_its_first_round_its_commitment_stands_in()
    {
        var net = new TestNet();
        ClusterState state = net.RunRound(net.Genesis, 1, 1, silent: 4);
        Assert.Equal(net.Keys.ChainOf(4).Commitment, ClusterState.Find(state.Cluster, 4)!.Last);
        Assert.True(net.Check(net.Draft(state, net.Clock.FirstSlotOf(2)), state).Accepted);
    }

    [Fact]
    public void V11_hash_power_alone_never_rewrites_a_round()
    {
        var net = new TestNet();
        ClusterState after2 = net.RunRound(net.Genesis, 1, 1, silent: [4, 6]);
        VmBlockHeader past = net.Draft(after2, 5);
        Assert.Equal(4u, past.Machine);

        // VM2 has any hash power and knows VM4's revealed key; without VM4's signing key the rewrite fails.
        VmBlockHeader rewritten = past with { TransactionRoot = VectorTests.Number(1) };
        Assert.Equal(RejectReason.BadBlockSignature, net.Check(rewritten, after2, signer: 2).Reason);
        Assert.True(net.Check(rewritten, after2, signer: 4).Accepted);

        // Future keys are not revealed: a guess does not hash to the last one, whoever signs.
        VmBlockHeader guessed = past with { Key = VectorTests.Number(5) };
        guessed = guessed with { Signature = after2.SignatureFor(1, 4, guessed.Key, net.Parameters) };
        Assert.Equal(RejectReason.BadProof, net.Check(guessed, after2, signer: 2).Reason);

        // What remains: a VM can make other blocks of its own, in its own window, with the same key.
        VmBlockHeader own = net.Draft(net.Genesis, 2) with { TransactionRoot = VectorTests.Number(2) };
        Assert.Equal(2u, own.Machine);
        Assert.True(net.Check(own, net.Genesis).Accepted);
    }

    private static Hash256 Last(Hash256 start, Hash256[] keys)
    {
        foreach (Hash256 key in keys)
        {
            start = SignatureChain.Next(key, start);
        }

        return start;
    }
}
