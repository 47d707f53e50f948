using Tactus.Engine.Devnet;
using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Gasper;
using Tactus.Engine.Protocols.Gasper.Blocks;
using Tactus.Engine.Protocols.Gasper.ForkChoice;
using Tactus.Engine.Protocols.Gasper.State;
using Tactus.Engine.Storage;

namespace Tactus.Engine.Tests.Gasper;

/// <summary>LMD-GHOST through the pipeline: votes that travel apart from blocks, and time, move the head of a whole
/// node.</summary>
public sealed class ForkChoicePipelineTests
{
    private const int SlotsPerEpoch = 8;

    private static readonly DevnetParameters Parameters = new()
    {
        Protocol = "gasper",
        Seed = 3,
        Producers = 16,
        SlotMs = 12_000,
    };

    [Fact]
    public void Votes_from_outside_blocks_move_the_head_to_a_shorter_branch_and_the_store_follows()
    {
        using var two = new TwoBranches();
        using GasperNode node = two.Fresh();
        node.At(11);
        node.Take(two.Ten, two.Eleven);
        node.At(11, intoUs: 5_000_000); // too late for a boost
        node.Take(two.Other);
        Assert.Equal(two.LongHead, node.Chain.Head.Id);

        // The committees of slot 11 vote for the other branch. Their votes count once slot 11 is over, and not before.
        node.TakeVotes(two.Short.Votes(11));
        Assert.True(node.Waiting.EarlyCount > 0);
        node.At(11, intoUs: 11_000_000);
        Assert.Equal(two.LongHead, node.Chain.Head.Id);
        node.At(12);
        Assert.Equal(0, node.Waiting.EarlyCount);
        Assert.Equal(two.ShortHead, node.Chain.Head.Id);
        Assert.Equal(two.Short.StateHash(), node.StateHash());
        Assert.Equal(2, node.Chain.UnwoundCount);

        // And back, without a block, as more votes come for the longer one.
        node.TakeVotes(two.VotesForLong(12));
        node.At(13);
        Assert.Equal(two.ShortHead, node.Chain.Head.Id);
        node.TakeVotes(two.VotesForLong(13));
        node.At(14);
        Assert.Equal(two.LongHead, node.Chain.Head.Id);
        Assert.Equal(3, node.Chain.UnwoundCount);
        Assert.Equal(two.Long.StateHash(), node.StateHash());
    }

    [Fact]
    public void The_first_timely_block_of_a_slot_is_boosted_until_the_slot_ends()
    {
        using var two = new TwoBranches();
        Hash256[] heads = new Hash256[4];
        for (int i = 0; i < 4; i++)
        {
            bool isLate = i >= 2;
            using GasperNode node = two.Fresh();
            node.At(11, isLate ? 4_000_001 : 3_999_000);
            node.Take(two.Ten);
            node.Take(i % 2 == 0 ? [two.Eleven, two.Other] : [two.Other, two.Eleven]);
            heads[i] = node.Chain.Head.Id;
            node.At(12);
            Assert.Equal(Hash256.Zero, node.Fork.ProposerBoostRoot);
            Assert.Equal(node.Chain.Head.Id, two.HigherHead);
        }

        // In time the first one is head, whatever its root; late, the higher root is.
        Assert.Equal([two.LongHead, two.ShortHead, two.HigherHead, two.HigherHead], heads);
    }

    [Fact]
    public void Votes_for_unknown_blocks_wait_for_them_and_are_bounded()
    {
        using var two = new TwoBranches();
        using GasperNode node = two.Fresh();
        node.At(11);
        node.Take(two.Ten, two.Eleven);
        IReadOnlyList<byte[]> votes = two.Short.Votes(11);
        Assert.NotEmpty(votes);
        Assert.All(votes, vote => Assert.Equal(RejectReason.Unlinkable, node.Vote(vote).Reason));
        Assert.Equal(votes.Count, node.Waiting.ParkedCount);
        node.At(12);
        node.Take(two.Other);
        Assert.Equal(0, node.Waiting.ParkedCount);
        Assert.Equal(two.ShortHead, node.Chain.Head.Id);

        byte[] junk = [.. votes[0]];
        for (int i = 0; i < WaitingVotes.ParkedMax + 10; i++)
        {
            BitConverter.TryWriteBytes(junk.AsSpan(1 + 4 + 16), i); // the block voted for
            Assert.Equal(RejectReason.Unlinkable, node.Vote(junk).Reason);
        }

        Assert.Equal(WaitingVotes.ParkedMax, node.Waiting.ParkedCount);
        Assert.Equal(10, node.Waiting.Evicted);
        node.At(12 + (3 * SlotsPerEpoch));
        Assert.Equal(0, node.Waiting.ParkedCount);
    }

    [Fact]
    public void A_wrong_vote_is_refused_by_reason_and_changes_nothing()
    {
        using var node = new GasperNode(new SimulatedDisk(), Parameters);
        node.Run(9);
        using var other = new GasperNode(new SimulatedDisk(), Parameters);
        other.Run(9);
        byte[] ten = other.Build(10).ToArray();
        other.Take(ten);
        node.At(10);
        node.Take(ten);
        byte[] good = other.Votes(10)[0];
        byte[] save = node.Fork.Save();
        Refused(RejectReason.Malformed, []);
        Refused(RejectReason.Malformed, [9, .. good]);
        Refused(RejectReason.Malformed, new byte[GasperMessage.BytesMax + 1]);
        Refused(RejectReason.FromTheFuture, Changed(4 + 1, 1)); // slot + 256
        Refused(RejectReason.FromTheFuture, Changed(4, 1)); // slot 11, which has begun nowhere
        Refused(RejectReason.ActionFailed, Changed(4 + 8, 1)); // no such committee
        Refused(RejectReason.Unlinkable, Changed(4 + 16, 1)); // another head: parked
        Refused(RejectReason.ActionFailed, Changed(4 + 88, 1)); // target epoch
        Refused(RejectReason.BadSignature, Changed(4 + 48, 1)); // source epoch, which is signed
        Refused(RejectReason.BadSignature, Changed(4 + 128 + 50, 1));
        for (int length = 1; length < good.Length; length += 7)
        {
            Refused(RejectReason.Malformed, [GasperMessage.AttestationKind, .. good.AsSpan(1, length - 1)]);
        }

        Assert.True(node.Vote(good).Accepted);

        void Refused(RejectReason reason, byte[] vote)
        {
            Verdict verdict = node.Vote(vote);
            Assert.True(reason == verdict.Reason, $"expected {reason}: {verdict}");
            Assert.Equal(save, node.Fork.Save());
        }

        byte[] Changed(int at, byte by)
        {
            byte[] changed = [.. good];
            changed[1 + at] ^= by;
            return changed;
        }
    }

    [Fact]
    public void Proven_equivocators_count_no_more()
    {
        using var two = new TwoBranches();
        using GasperNode node = two.Fresh();
        node.At(11);
        node.Take(two.Ten, two.Eleven, two.Other);
        IReadOnlyList<byte[]>[] forShort = [two.Short.Votes(11), two.VotesForShort(12)];
        IReadOnlyList<byte[]>[] forLong = [two.Long.Votes(11), two.VotesForLong(12)];
        node.At(13);
        node.TakeVotes(forShort[0]);
        node.TakeVotes(forShort[1]);
        node.TakeVotes(two.VotesForLong(13));
        node.At(14);
        Assert.Equal(two.ShortHead, node.Chain.Head.Id);

        // The committees of slots 11 and 12 signed for both heads: with that proven their votes count no more.
        for (int slot = 0; slot < 2; slot++)
        {
            for (int i = 0; i < forShort[slot].Count; i++)
            {
                var slashing = new AttesterSlashing(
                    node.Indexed(forShort[slot][i]), node.Indexed(forLong[slot][i]));
                Verdict verdict = node.Vote(GasperMessage.Of(slashing));
                Assert.True(verdict.Accepted, verdict.ToString());
            }
        }

        node.At(14, intoUs: 1);
        Assert.Equal(two.LongHead, node.Chain.Head.Id);
    }

    [Fact]
    public void Double_votes_are_found_without_being_told_and_count_no_more()
    {
        using var two = new TwoBranches();
        using GasperNode node = two.Fresh();
        node.At(11);
        node.Take(two.Ten, two.Eleven, two.Other);
        node.At(13);
        node.TakeVotes(two.Short.Votes(11));
        node.TakeVotes(two.VotesForShort(12));
        node.TakeVotes(two.VotesForLong(13));
        node.At(14);
        Assert.Equal(two.ShortHead, node.Chain.Head.Id);

        // The second vote of an epoch moves nothing by itself; that there are two takes the first one's weight away.
        node.TakeVotes(two.Long.Votes(11));
        node.TakeVotes(two.VotesForLong(12));
        node.At(14, intoUs: 1);
        Assert.Equal(two.LongHead, node.Chain.Head.Id);
    }

    [Fact]
    public void What_finality_passed_is_dropped_and_what_builds_on_it_refused()
    {
        using var two = new TwoBranches();
        using GasperNode node = two.Fresh();
        node.At(11);
        node.Take(two.Ten, two.Eleven, two.Other);
        node.VoteAll(11);
        Assert.Equal(two.LongHead, node.Chain.Head.Id);
        node.Run(12 * SlotsPerEpoch);
        Assert.True(node.Fork.Finalized.Epoch >= 9, $"finalized epoch {node.Fork.Finalized.Epoch}");
        Assert.True(node.Fork.Tree.Count < 100, $"{node.Fork.Tree.Count} blocks");
        byte[] onOther = two.Short.Build(15).ToArray();
        Assert.Equal(RejectReason.BelowFinality, node.Process(two.Other).Reason);
        Assert.Equal(RejectReason.BelowFinality, node.Process(onOther).Reason);
    }

    [Fact]
    public void A_chain_that_leaves_the_trusted_checkpoint_is_refused_where_it_does()
    {
        using var honest = new GasperNode(new SimulatedDisk(), Parameters);
        honest.Run((2 * SlotsPerEpoch) + 2);
        var checkpoint = new Checkpoint(2, honest.Chain.AncestorAt(16)!.Id);
        using var same = new GasperNode(new SimulatedDisk(), Parameters, checkpoint);
        using var other = new GasperNode(
            new SimulatedDisk(), Parameters, checkpoint with { Root = Hash256.FromHex(new string('7', 64)) });
        for (uint number = 1; number <= 18; number++)
        {
            byte[] block = honest.Logged(number);
            same.At(number);
            other.At(number);
            same.Take(block);
            Verdict verdict = other.Process(block);
            Assert.Equal(
                number < 16 ? RejectReason.None : number == 16 ? RejectReason.BadLink : RejectReason.Unlinkable,
                verdict.Reason);
        }

        Assert.Equal(15U, other.Chain.Head.Number);
    }

    [Fact]
    public void A_restart_from_a_checkpoint_in_the_middle_of_an_epoch_goes_on()
    {
        // No block in the first two slots of epoch 2: its checkpoint is block 15, of the last slot of epoch 1.
        var disk = new SimulatedDisk();
        using (var node = new GasperNode(disk, Parameters))
        {
            node.Run(15);
            node.Skip(17);
            node.Run(4 * SlotsPerEpoch);
            Assert.Equal((2UL, 15U), (node.Head.Finalized.Epoch, node.Chain.Root.Number));
            node.Store.Checkpoint(ChainOpening.SaveAttachment(node.Chain));
            node.Run((4 * SlotsPerEpoch) + 3);
        }

        using var again = new GasperNode(disk, Parameters);
        Assert.Equal(15U, again.Chain.Root.Number);
        again.Run((6 * SlotsPerEpoch) + 1);
        Assert.Equal(5UL, again.Head.Justified.Epoch);
        using var whole = new GasperNode(new SimulatedDisk(), Parameters);
        whole.Run(15);
        whole.Skip(17);
        whole.Run((6 * SlotsPerEpoch) + 1);
        Assert.Equal(whole.Chain.Head.Id, again.Chain.Head.Id);
    }

    [Fact]
    public void A_checkpoint_protects_for_its_period_and_no_longer()
    {
        using var node = new GasperNode(new SimulatedDisk(), Parameters);
        BeaconState state = node.Head.Copy();
        ulong period = WeakSubjectivity.PeriodEpochs(state);
        Assert.True(period >= 256);
        var checkpoint = new Checkpoint(0, node.Head.Id);
        Assert.True(WeakSubjectivity.CheckAge(state, checkpoint, period).Accepted);
        Verdict verdict = WeakSubjectivity.CheckAge(state, checkpoint, period + 1);
        Assert.Contains("get a newer one", verdict.Detail, StringComparison.Ordinal);
        Assert.True(WeakSubjectivity.TryParse($"0x{checkpoint.Root}:12", out Checkpoint parsed));
        Assert.Equal(checkpoint with { Epoch = 12 }, parsed);
        foreach (string bad in (string[])["", ":", $"{checkpoint.Root}", $"{checkpoint.Root}:", $"{checkpoint.Root}:-1", "12:3", $"{checkpoint.Root}:99999999999999"])
        {
            Assert.False(WeakSubjectivity.TryParse(bad, out _), bad);
        }
    }

    /// <summary>Two nodes with the same chain up to slot 9; then one has the blocks of slots 10 and 11, the other one
    /// of slot 11 on block 9.</summary>
    private sealed class TwoBranches : IDisposable
    {
        private readonly List<byte[]> _common = [];

        public TwoBranches()
        {
            Long.Run(9);
            Short.Run(9);
            for (uint number = 1; number <= 9; number++)
            {
                _common.Add(Long.Logged(number));
            }

            Ten = Long.Build(10).ToArray();
            Long.Take(Ten);
            Eleven = Long.Build(11).ToArray();
            Long.Take(Eleven);
            Other = Short.Build(11).ToArray();
            Short.Take(Other);
            bool isLongHigher = Long.Chain.AncestorAt(10)!.Id > ShortHead;
            HigherHead = isLongHigher ? LongHead : ShortHead;
        }

        public GasperNode Long { get; } = new(new SimulatedDisk(), Parameters);

        public GasperNode Short { get; } = new(new SimulatedDisk(), Parameters);

        public byte[] Ten { get; }

        public byte[] Eleven { get; }

        public byte[] Other { get; }

        public Hash256 LongHead => Long.Chain.Head.Id;

        public Hash256 ShortHead => Short.Chain.Head.Id;

        /// <summary>Head where nothing but roots decides between the children of block 9.</summary>
        public Hash256 HigherHead { get; }

        /// <summary>A node with the blocks up to slot 9.</summary>
        public GasperNode Fresh()
        {
            var node = new GasperNode(new SimulatedDisk(), Parameters);
            node.At(9);
            node.Take([.. _common]);
            return node;
        }

        public IReadOnlyList<byte[]> VotesForLong(long slot)
        {
            Long.At(slot);
            return Long.Votes(slot);
        }

        public IReadOnlyList<byte[]> VotesForShort(long slot)
        {
            Short.At(slot);
            return Short.Votes(slot);
        }

        public void Dispose()
        {
            Long.Dispose();
            Short.Dispose();
        }
    }
}
