using System.Text;
using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Quorum.Ballots;
using Tactus.Engine.Protocols.Quorum.Blocks;
using Tactus.Engine.Protocols.Quorum.Coins;
using Tactus.Engine.Protocols.Quorum.Rounds;

namespace Tactus.Engine.Tests.Quorum;

/// <summary>The invariants beside the properties: the broadcast set, save and clone, order of delivery, elections,
/// openings.</summary>
public sealed class QuorumInvariantTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void BroadcastSetOnlyGrowsAndMergingIsUnion(int seed)
    {
        var random = new Random(seed);
        BroadcastSet Make()
        {
            var set = new BroadcastSet();
            for (int i = 0; i < 40; i++)
            {
                set.Add(BitConverter.GetBytes(random.Next(60)));
            }

            return set;
        }

        BroadcastSet a = Make();
        BroadcastSet b = Make();
        BroadcastSet ab = Merge(a, b);
        Assert.Equal(ab.Digest(), Merge(b, a).Digest());
        Assert.Equal(ab.Digest(), Merge(ab, b).Digest());
        Assert.Equal(ab.Digest(), Merge(ab, ab).Digest());
        Assert.NotEqual(a.Digest(), ab.Digest());
        Assert.All(a.Keys.Concat(b.Keys), key => Assert.True(ab.Contains(key)));
        Assert.Equal(ab.Count, a.Keys.Union(b.Keys).Count());

        var full = new BroadcastSet(countMax: 2);
        full.Merge(ab);
        Assert.Equal(2, full.Count);
        Assert.Equal(ab.Count - 2, full.FullCount);
    }

    [Fact]
    public void ASavedNodeGoesOnAsTheOriginal()
    {
        var net = new TestNetwork();
        net.SubmitToAll(net.Move(1));
        Assert.True(net.RunUntil(() => net.Nodes[0].Head.Number == 1 && net.Nodes[0].Proposals.Count > 0, 60));
        MemberNode original = net.Nodes[0];
        MemberNode clone = original.Clone();
        Assert.Equal(Saved(original), Saved(clone));

        // The same blobs and ticks from here on give the same node, byte for byte, and the same messages.
        byte[][] rest = Feed();
        long now = net.NowMs;
        foreach (byte[] blob in rest)
        {
            now += 100;
            Assert.Equal(original.Receive(blob, now).Reason, clone.Receive(blob, now).Reason);
            original.Tick(now);
            clone.Tick(now);
        }

        Assert.True(original.Head.Number >= 2);
        Assert.Equal(original.TakeOutbox(), clone.TakeOutbox());
        Assert.Equal(Saved(original), Saved(clone));
        Assert.Throws<InvalidDataException>(() => LoadDamaged(net, Saved(original)));

        // What a network without this node's further help says: the other members and a clone in its place.
        byte[][] Feed()
        {
            var blobs = new List<byte[]>();
            uint epoch = 1;
            Hash256 hash = original.Proposals[0];
            for (int member = 1; member < 4; member++)
            {
                Poll poll = Poll.Create(epoch, 2, 0, hash, net.Secret(member));
                blobs.Add(Blob.Of(BlobKind.Poll, poll.Write));
                blobs.Add(Blob.Of(BlobKind.Sign, MemberSign.Create(epoch, 2, hash, net.Secret(member)).Write));
            }

            return [.. blobs];
        }
    }

    [Fact]
    public void TheSameSeedGivesTheSameRunAndOrderOfDeliveryDoesNotMatter()
    {
        MemberNode first = Run();
        MemberNode second = Run();
        Assert.Equal(first.Head.Id, second.Head.Id);
        Assert.Equal(first.Board.Digest(), second.Board.Digest());

        var net = new TestNetwork();
        for (int seed = 0; seed < 3; seed++)
        {
            MemberNode late = net.NewFollower();
            byte[][] blobs = [.. first.Board.Keys.Select(key => first.Board[key])];
            new Random(seed).Shuffle(blobs);

            // What comes before its block is refused and offered again.
            for (int pass = 0; pass < 10 && late.Head.Number < first.Head.Number; pass++)
            {
                foreach (byte[] blob in blobs)
                {
                    late.Receive(blob, net.NowMs + 60_000);
                }
            }

            Assert.Equal(first.Head.Id, late.Head.Id);
        }

        static MemberNode Run()
        {
            var net = new TestNetwork();
            net.SubmitToAll(net.Move(2));
            Assert.True(net.RunUntil(() => net.Follower.Head.Number == 3, 60));
            return net.Follower;
        }
    }

    [Fact]
    public void BlocksInAnyOrderGiveTheSameHeadAndOrphansWaitInBounds()
    {
        var net = new TestNetwork();
        net.SubmitToAll(net.Move(2));
        Assert.True(net.RunUntil(() => net.Follower.Head.Number == 5, 90));
        using var pipeline = new TestPipeline(net.Genesis, net.Parameters);
        byte[][] blocks = [.. net.Follower.Blocks.Skip(1).Select(block => block.Bytes)];
        foreach (byte[] block in blocks.Skip(1).Reverse())
        {
            Assert.Equal(RejectReason.Unlinkable, pipeline.Process(block).Reason);
        }

        Assert.Equal(4, pipeline.Chain.ParkedCount);
        Assert.True(pipeline.Process(blocks[0]).Accepted);
        var ready = new Queue<Hash256>([pipeline.Head.Id]);
        while (ready.TryDequeue(out Hash256 parent))
        {
            foreach (byte[] child in pipeline.Chain.TakeParked(parent))
            {
                Assert.True(pipeline.Process(child).Accepted);
                ready.Enqueue(pipeline.Head.Id);
            }
        }

        Assert.Equal(net.Follower.Head.Id, pipeline.Head.Id);

        // Consensus states survive save and load.
        var writer = new ByteWriter();
        pipeline.Protocol.Consensus.Save(pipeline.Head, writer);
        var reader = new ByteReader(writer.Written);
        var loaded = (QuorumState)pipeline.Protocol.Consensus.Load(ref reader);
        Assert.Equal(pipeline.Head with { Epoch = loaded.Epoch }, loaded);
        Assert.Equal(pipeline.Head.Epoch.Members, loaded.Epoch.Members);
        Assert.Equal(0, reader.Remaining);
    }

    [Fact]
    public void RecallByMoreThanHalfOfAllCoinsAnswersCensorship()
    {
        var net = new TestNetwork(candidates: 4);
        for (int user = 0; user < 6; user++)
        {
            net.SubmitToAll(net.Move(user));
        }

        byte[] censored = net.Move(7);
        foreach (MemberNode candidate in net.Nodes.Skip(4))
        {
            candidate.Submit(censored);
        }

        Assert.True(net.RunUntil(() => net.Follower.Head.Number == 2, 60));
        for (int user = 0; user < 5; user++)
        {
            net.Publish(net.Slip(user, net.Candidates.Members));
        }

        net.Run(3);
        Assert.Equal(QuorumMode.Active, net.Follower.Mode); // exactly half of all coins
        net.Publish(net.Slip(5, net.Candidates.Members));
        Assert.True(net.RunUntil(() => net.Follower.Mode == QuorumMode.Election, 5));
        Assert.True(net.RunUntil(() => net.Follower.Head.Epoch.Number == 2, 60));
        Assert.Equal(net.Candidates.Members, net.Follower.Head.Epoch.Members);
        Assert.True(net.RunUntil(() => !net.Follower.Ledger.TryGet(net.Genesis.Output(7).Id, out _), 60));
    }

    [Fact]
    public void TailRuleDropsADoublyCertifiedLastBlockAlsoInThePipeline()
    {
        var net = new TestNetwork(candidates: 4) { AllowsConflicts = true };
        for (int user = 0; user < 3; user++)
        {
            net.SubmitToAll(net.Move(user));
        }

        Assert.True(net.RunUntil(() => net.Nodes.TrueForAll(node => node.Head.Number == 1), 60));
        net.Crashed.UnionWith([0, 1, 2, 3]);
        MemberNode left = net.Nodes[4];
        byte[] x = CertifiedEmpty(net, left, 10);
        byte[] y = CertifiedEmpty(net, left, 11);
        Assert.True(left.Receive(Blob.OfBlock(BlobKind.Block, x), net.NowMs).Accepted);
        net.Publish(Blob.OfBlock(BlobKind.Block, x));
        net.Publish(Blob.OfBlock(BlobKind.Block, y));
        net.Run(1);
        for (int user = 0; user < 3; user++)
        {
            net.Publish(net.Slip(user, net.Candidates.Members));
        }

        Assert.True(net.RunUntil(() => net.Follower.Head.Number == 4, 150));
        Assert.Equal(2u, net.Follower.Head.Epoch.Number);
        Opening opening = net.Follower.Blocks[2].Header.Seal.Opening!;
        Assert.Equal(OpeningReason.Evidence, opening.Reason);
        Assert.True(opening.VoidsWhole(net.Genesis.Epoch, 2));

        // A pipeline that holds block x takes it back for the opening, and ends where one is that never saw x.
        using var switched = new TestPipeline(net.Genesis, net.Parameters);
        using var straight = new TestPipeline(net.Genesis, net.Parameters);
        byte[][] blocks = [.. net.Follower.Blocks.Skip(1).Select(block => block.Bytes)];
        Assert.True(switched.Process(blocks[0]).Accepted);
        Assert.True(switched.Process(x).Accepted);
        foreach (byte[] block in blocks)
        {
            Assert.True(straight.Process(block).Accepted);
            switched.Process(block);
        }

        Assert.Equal(1, switched.Chain.UnwoundCount);
        Assert.Equal(net.Follower.Head.Id, switched.Head.Id);
        Assert.Equal(straight.StateHash(), switched.StateHash());
    }

    [Fact]
    public void OpeningsAreRefusedForEachThingThatCanBeWrong()
    {
        var net = new TestNetwork(candidates: 4);
        for (int user = 0; user < 4; user++)
        {
            net.SubmitToAll(net.Move(user));
        }

        Assert.True(net.RunUntil(() => net.Follower.Head.Number == 1, 60));
        QuorumState parent = net.Follower.Head;
        VoteSlip[] slips = [.. Tally.OncePerOutput(
            Enumerable.Range(0, 4).Select(user => net.Slip(user, net.Candidates.Members)))];
        var good = new Opening(OpeningReason.Stall, slips, []);
        ulong due = parent.TimeSec + net.Parameters.ElectionWindowSec + net.Parameters.StallTimeoutSec;
        Verdict Check(Opening opening, ulong timeSec) =>
            opening.Check(TestPipeline.Kernels, parent, timeSec, net.Parameters, false, out _, out _);

        Assert.True(Check(good, due).Accepted);
        Assert.Equal(RejectReason.BadSlot, Check(good, due - 1).Reason);
        Assert.False(Check(good with { Reason = OpeningReason.Recall }, due).Accepted); // 400 of 1000 coins
        Assert.False(Check(good with { Reason = OpeningReason.Evidence }, due).Accepted); // there is none
        Assert.False(Check(good with { Slips = [.. slips.Reverse()] }, due).Accepted);
        Assert.False(Check(good with { Slips = [slips[0], slips[0]] }, due).Accepted);
        Assert.False(Check(good with { Slips = [] }, due).Accepted);
        Assert.False(Check(good with { Slips = [slips[0] with { Coins = slips[0].Coins * 2 }] }, due).Accepted);
        Assert.False(Check(good with { Slips = [net.Slip(0, net.Candidates.Members, epoch: 3)] }, due).Accepted);
        Assert.False(Check(good with { Slips = [net.Slip(0, [net.Candidates.Members[0]])] }, due).Accepted); // one seat

        // Self-proven coins that never moved do not vote: only the ledger knows.
        Assert.False(SlipRules.CheckMove(net.Slip(8, net.Candidates.Members), 0, 1, net.Follower.Ledger).Accepted);
        Assert.True(SlipRules.CheckMove(net.Slip(0, net.Candidates.Members), 0, 1, net.Follower.Ledger).Accepted);
        Assert.False(SlipRules.CheckMove(net.Slip(0, net.Candidates.Members), 1, 1, net.Follower.Ledger).Accepted);
        Assert.False(SlipRules.CheckMove(net.Slip(0, net.Candidates.Members), 0, 0, net.Follower.Ledger).Accepted);

        // Withheld slips: a node that heard four refuses an opening that counts three.
        foreach (VoteSlip slip in slips)
        {
            net.Publish(slip);
        }

        net.Crashed.UnionWith([0, 1, 2, 3]);
        net.Reaches = (_, blob) => blob[0] == (byte)BlobKind.Slip;
        Assert.True(net.RunUntil(() => net.Follower.ElectionEnded, 200));
        ulong nowSec = (ulong)(net.NowMs / 1000);
        MemberNode node = net.Follower;
        byte[] all = ProposalDraft.Build(TestPipeline.Kernels, node.Head, node.Ledger, nowSec, [], good);
        byte[] some = ProposalDraft.Build(
            TestPipeline.Kernels, node.Head, node.Ledger, nowSec, [], good with { Slips = [.. slips.Take(3)] });
        Verdict refused = node.Receive(Blob.OfBlock(BlobKind.Proposal, some), net.NowMs);
        Assert.Equal(RejectReason.BadProof, refused.Reason);
        Assert.Contains("leaves out the slip", refused.Detail!, StringComparison.Ordinal);
        Assert.True(node.Receive(Blob.OfBlock(BlobKind.Proposal, all), net.NowMs).Accepted);
    }

    [Fact]
    public void SourceFilesAreRatifiedByMoreThanHalfOfAllCoins()
    {
        var net = new TestNetwork();
        for (int user = 0; user < 6; user++)
        {
            net.SubmitToAll(net.Move(user));
        }

        Assert.True(net.RunUntil(() => net.Follower.Head.Number == 1, 60));
        (string, ReadOnlyMemory<byte>)[] files =
            [("src/b.cs", Encoding.ASCII.GetBytes("two")), ("src/a.cs", Encoding.ASCII.GetBytes("one"))];
        Hash256 root = SourceTree.Root(TestPipeline.Kernels, files);
        Assert.Equal(root, SourceTree.Root(TestPipeline.Kernels, files.Reverse()));
        Assert.NotEqual(
            root, SourceTree.Root(TestPipeline.Kernels, [files[0], ("src/a.cs", Encoding.ASCII.GetBytes("One"))]));
        Assert.NotEqual(
            root, SourceTree.Root(TestPipeline.Kernels, [files[0], ("src/c.cs", Encoding.ASCII.GetBytes("one"))]));
        Assert.Throws<ArgumentException>(() => SourceTree.Root(TestPipeline.Kernels, [files[0], files[0]]));
        for (int user = 0; user < 6; user++)
        {
            Assert.Null(net.Follower.RatifiedRoot);
            net.Publish((net.Slip(user, [], epoch: 1) with { Question = Question.SourceRoot, SourceRoot = root })
                .SignedWith(net.Keys.UserSecret(user)));
            net.Run(1);
        }

        Assert.Equal(root, net.Follower.RatifiedRoot);
        Assert.Equal(QuorumMode.Active, net.Follower.Mode); // votes on files recall nobody
    }

    [Fact]
    public void TallyTakesTheMostCoinsAndBreaksTiesByKey()
    {
        var net = new TestNetwork(candidates: 4);
        IReadOnlyList<MemberKey> c = net.Candidates.Members;
        VoteSlip[] slips = [net.Slip(0, [c[3]]), net.Slip(1, [c[3], c[1]]), net.Slip(2, [c[2]]), net.Slip(3, [c[0]])];
        Assert.Equal([c[1], c[2], c[3]], Tally.Elect([.. slips, net.Slip(4, [c[1], c[2]])], 3)!);
        Assert.Equal([c[0], c[3]], Tally.Elect(slips, 2)!); // c0, c1 and c2 have a slip each
        Assert.Null(Tally.Elect(slips, 5));
        Assert.Equal(4, Tally.OncePerOutput([.. slips, .. slips, net.Slip(0, [c[0]])]).Count);

        var one = new ByteWriter();
        slips[0].Write(one);
        Assert.Equal(185, one.Length);
        Assert.Equal(2_000_000_000L, 10_000_000L * 200); // the document says 200 megabytes
    }

    [Fact]
    public void AMinorityPartitionStopsTheChainAndHealingContinuesIt()
    {
        var net = new TestNetwork();
        Assert.True(net.RunUntil(() => net.Follower.Head.Number == 1, 60));
        net.Reaches = (node, _) => node != 0;
        net.Run(30);
        Assert.True(net.Follower.Head.Number <= 2);
        net.Reaches = null;
        uint head = net.Follower.Head.Number;
        Assert.True(net.RunUntil(() => net.Nodes.TrueForAll(node => node.Head.Number >= head + 2), 40));
        Assert.Equal(1u, net.Follower.Head.Epoch.Number);
    }

    [Theory]
    [InlineData(0UL, 0UL, 5_000_000UL, 7200UL, 10UL)]
    [InlineData(100UL, 0UL, 1_500_000UL, 3600UL, 101UL)]
    [InlineData(100UL, 7200UL, 1_500_000UL, 0UL, 100UL)]
    [InlineData(ulong.MaxValue, 0UL, 3_600_000_000UL, 3600UL, 0UL)]
    public void CoinHoursFollowSkycoin(ulong hours, ulong created, ulong coins, ulong at, ulong expected)
    {
        Assert.True(CoinHours.TryAt(coins, hours, created, at, out ulong result));
        Assert.Equal(expected, result);
        Assert.False(CoinHours.TryAt(2_000_000, 0, 0, ulong.MaxValue, out _));
        Assert.Equal((1UL, 1UL, 2UL, 10UL), (
            CoinHours.FeeMin(0, 10), CoinHours.FeeMin(10, 10), CoinHours.FeeMin(11, 10), CoinHours.FeeMin(100, 10)));
    }

    private static byte[] CertifiedEmpty(TestNetwork net, MemberNode node, ulong seconds)
    {
        byte[] proposal = ProposalDraft.Build(
            TestPipeline.Kernels, node.Head, node.Ledger, node.Head.TimeSec + seconds, [], null);
        Hash256 digest = MemberSignatures.BlockDigest(1, node.Head.Number + 1UL, CoinHeader.HashOf(proposal));
        byte[] certificate = [.. Enumerable.Range(0, 4).SelectMany(i => MemberSignatures.Sign(digest, net.Secret(i)))];
        var reader = new ByteReader(proposal);
        return ProposalDraft.Write(CoinHeader.Read(ref reader), [], new BlockSeal(1, null, certificate));
    }

    private static BroadcastSet Merge(BroadcastSet a, BroadcastSet b)
    {
        var set = new BroadcastSet();
        set.Merge(a);
        int before = set.Count;
        set.Merge(b);
        Assert.True(set.Count >= before);
        return set;
    }

    private static byte[] Saved(MemberNode node)
    {
        var writer = new ByteWriter();
        node.Save(writer);
        return writer.ToArray();
    }

    private static void LoadDamaged(TestNetwork net, byte[] saved)
    {
        var reader = new ByteReader(saved.AsSpan(0, saved.Length - 9));
        MemberNode.Load(ref reader, TestPipeline.Kernels, net.Genesis, net.Parameters, null, new SignedNumbers(
            new MemorySignStore()));
    }
}
