using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Quorum.Ballots;
using Tactus.Engine.Protocols.Quorum.Blocks;
using Tactus.Engine.Protocols.Quorum.Coins;
using Tactus.Engine.Protocols.Quorum.Devnet;
using Tactus.Engine.Protocols.Quorum.Rounds;

namespace Tactus.Engine.Tests.Quorum;

/// <summary>No stall is for good: who may vote does not depend on the quorum in force, an election that came to nothing is
/// held again, and what one liar sends fills no queue.</summary>
public sealed class QuorumElectionTests
{
    /// <summary>An opening without moves begins a term in which no coin has moved.</summary>
    [Fact]
    public void AQuorumThatStallsBeforeAnyCoinMovedIsReplacedByThoseWhoElectedIt()
    {
        TestNetwork net = NetworkWithMoves();
        net.Crashed.Add(0);
        Elect(net, net.Candidates.Members, 2);
        JudgedBlock opening = net.Follower.Blocks[^1];
        Assert.Equal(0UL, opening.Header.Coin.Fee); // nothing moved in it

        net.Crashed.Clear();
        net.Crashed.UnionWith([4, 5, 6, 7]);
        Assert.True(net.RunUntil(() => net.Follower.Mode == QuorumMode.Election, 90));
        Assert.Equal(opening.State.Id, net.Follower.Head.Id);
        Elect(net, net.Keys.Members, net.Follower.NextEpoch);
        Assert.Equal(net.Keys.Members, net.Follower.Head.Epoch.Members);
        AssertPipelineFollows(net);
    }

    /// <summary>A member that signed an opening is bound: where one that was elected is gone, the epoch is lost and the
    /// next is elected with new slips.</summary>
    [Fact]
    public void AnElectionThatCameToNothingIsHeldAgainForTheNextEpoch()
    {
        TestNetwork net = NetworkWithMoves();
        net.Crashed.UnionWith([0, 7]);
        Assert.True(net.RunUntil(() => net.Follower.Mode == QuorumMode.Election, 90));
        Vote(net, net.Candidates.Members, 2);
        Assert.True(net.RunUntil(() => net.Follower.ElectionEnded && net.Follower.Proposals.Count > 0, 120));
        Assert.Equal(2u, net.Follower.NextEpoch);
        Assert.True(net.RunUntil(() => net.Follower.NextEpoch == 3, 120));
        Assert.Empty(net.Follower.Slips);
        QuorumState parent = net.Follower.Head;

        net.Crashed.Remove(7);
        Elect(net, net.Candidates.Members, 3);
        Assert.Equal(parent.Number + 1UL, net.Follower.Head.Epoch.StartSeq);
        AssertPipelineFollows(net);

        // Not before its time, or an epoch could be passed over while it still has a quorum.
        Opening opening = net.Follower.Blocks[(int)net.Follower.Head.Epoch.StartSeq].Header.Seal.Opening!;
        ulong due = ElectionAttempt.BeginSec(net.Parameters, parent.TimeSec, 2) + net.Parameters.ElectionWindowSec;
        Verdict Check(ulong timeSec) => opening.Check(
            TestPipeline.Kernels, parent, timeSec, net.Parameters, false, out _, out _);
        Assert.True(Check(due).Accepted);
        Assert.Equal(RejectReason.BadSlot, Check(due - 1).Reason);
    }

    /// <summary>Members that were recalled sign nothing more: an election after a failed recall is one after a
    /// stall.</summary>
    [Fact]
    public void ARecallThatCameToNothingIsFollowedByAnElectionWithoutAMajority()
    {
        TestNetwork net = NetworkWithMoves();
        net.Crashed.Add(7);
        for (int user = 0; user < 6; user++)
        {
            net.Publish(net.Slip(user, net.Candidates.Members, 2));
        }

        Assert.True(net.RunUntil(() => net.Follower.Mode == QuorumMode.Election, 30));
        Assert.True(net.RunUntil(() => net.Follower.NextEpoch == 3, 200));
        net.Crashed.Remove(7);
        Elect(net, net.Candidates.Members, 3); // 400 of 1000 coins
        JudgedBlock first = net.Follower.Blocks[(int)net.Follower.Head.Epoch.StartSeq];
        Assert.Equal(OpeningReason.Stall, first.Header.Seal.Opening!.Reason);
        AssertPipelineFollows(net);
    }

    [Fact]
    public void AttemptsFollowFromTheHeadsTime()
    {
        var parameters = new QuorumParameters { ElectionWindowSec = 100, StallTimeoutSec = 60 };
        Assert.Equal(1u, ElectionAttempt.At(parameters, 1_000, 1_000_000));
        Assert.Equal(1u, ElectionAttempt.At(parameters, 1_000, 1_219_999));
        Assert.Equal(2u, ElectionAttempt.At(parameters, 1_000, 1_220_000));
        Assert.Equal(3u, ElectionAttempt.At(parameters, 1_000, 1_380_000));
        Assert.Equal(1_060UL, ElectionAttempt.BeginSec(parameters, 1_000, 1));
        Assert.Equal(1_380UL, ElectionAttempt.BeginSec(parameters, 1_000, 3));
    }

    /// <summary>The snapshot goes on only where more than half of all coins moved: a quorum that lets only its friends'
    /// coins move does not choose who votes.</summary>
    [Fact]
    public void TheSnapshotGoesOnWhenMoreThanHalfOfAllCoinsMoved()
    {
        VoteTerm term = new VoteTerm(3, 10, 0).Moved(Output(600, 9)).Moved(Output(900, 10));
        Assert.Equal(600UL, term.MovedCoins); // what was created in the term moved before
        Assert.Equal(new VoteTerm(3, 20, 0), term.Next(20, 600));
        Assert.Equal(new VoteTerm(9, 20, 0), term.Next(20, 599));
        static UnspentOutput Output(ulong coins, ulong seq) =>
            new(default, default, default, coins * CoinHours.DropletsPerCoin, 0, 0, seq);
    }

    [Fact]
    public void WhoSignedTwoOpeningsIsCaughtWhenOneIsInForce()
    {
        TestNetwork net = NetworkWithMoves();
        net.Crashed.Add(0);
        Assert.True(net.RunUntil(() => net.Follower.Mode == QuorumMode.Election, 90));
        Vote(net, net.Candidates.Members, 2);
        net.Run(1);
        MemberKey liar = net.Candidates.Members[1];
        net.Publish(MemberSign.Create(
            2, net.Follower.Head.Number + 1UL, new Hash256([1]), net.Candidates.SecretOf(liar)));
        Assert.True(net.RunUntil(() => net.Follower.Head.Epoch.Number == 2, 150));
        Assert.True(net.RunUntil(() => net.Follower.Mode == QuorumMode.Invalidated, 5));
        Assert.Equal(liar, Assert.Single(net.Follower.Evidence).First.Member);
    }

    [Fact]
    public void ABadTransactionDoesNotSpoilTheProposals()
    {
        var net = new TestNetwork();
        byte[] good = net.Move(0);
        byte[] forged = net.Move(1);
        forged[CoinTransaction.HeadSize + 4 + 40] ^= 1; // in s of its signature
        byte[] stolen = new TransactionDraft().Spend(net.Genesis.Output(2).Id)
            .Pay(net.AddressOf(5), TestNetwork.CoinsEach * CoinHours.DropletsPerCoin, 1).Sign(net.Keys.UserSecret(3));
        foreach (MemberNode node in net.Nodes)
        {
            node.Submit(forged); // recovers to some other key, or to none
            Assert.True(node.Submit(stolen).Accepted); // only the ledger knows the owner
            Assert.True(node.Submit(good).Accepted);
            Assert.Equal(RejectReason.Duplicate, node.Submit(good).Reason);
            Assert.False(node.Submit(good.AsSpan(1)).Accepted);
        }

        Assert.True(net.RunUntil(() => net.Follower.Head.Number == 2, 60));
        Assert.False(net.Follower.Ledger.TryGet(net.Genesis.Output(0).Id, out _));
        Assert.True(net.Follower.Ledger.TryGet(net.Genesis.Output(1).Id, out _));
        Assert.True(net.Follower.Ledger.TryGet(net.Genesis.Output(2).Id, out _));
    }

    [Fact]
    public void OneMemberCannotFillMemoryNorPushTheRoundToItsEnd()
    {
        var net = new TestNetwork();
        Assert.True(net.RunUntil(() => net.Follower.Head.Number == 1, 60));
        Poll far = Poll.Create(1, 2, uint.MaxValue, new Hash256([9]), net.Secret(3));
        Assert.Equal(
            RejectReason.LimitExceeded,
            net.Nodes[0].Receive(Blob.Of(BlobKind.Poll, far.Write), net.NowMs).Reason);
        Assert.Equal(0u, net.Nodes[0].Round);

        // Signatures far ahead: what is kept is bounded, so the saved node does not grow with them.
        int before = Saved(net.NewFollower());
        MemberNode node = net.NewFollower();
        for (uint seq = 2; seq < 300; seq++)
        {
            node.Receive(
                Blob.Of(BlobKind.Sign, MemberSign.Create(1, seq, new Hash256([1]), net.Secret(3)).Write), net.NowMs);
        }

        node.TakeOutbox();
        var board = new ByteWriter();
        foreach (Hash256 key in node.Board.Keys)
        {
            board.WriteBytes(node.Board[key]);
        }

        int kept = Saved(node) - before - board.Length;
        Assert.Equal(64 * (4 + 8 + 32 + 33 + 65), kept);
        Assert.Equal(QuorumMode.Active, node.Mode);
    }

    private static TestNetwork NetworkWithMoves()
    {
        var net = new TestNetwork(candidates: 4);
        for (int user = 0; user < 6; user++)
        {
            net.SubmitToAll(net.Move(user));
        }

        Assert.True(net.RunUntil(() => net.Nodes.TrueForAll(node => node.Head.Number == 1), 60));
        return net;
    }

    private static void Vote(TestNetwork net, IReadOnlyList<MemberKey> candidates, uint epoch)
    {
        for (int user = 0; user < 4; user++)
        {
            net.Publish(net.Slip(user, candidates, epoch));
        }
    }

    private static void Elect(TestNetwork net, IReadOnlyList<MemberKey> candidates, uint epoch)
    {
        Assert.True(net.RunUntil(() => net.Follower.Mode == QuorumMode.Election, 90));
        Vote(net, candidates, epoch);
        Assert.True(net.RunUntil(() => net.Follower.Head.Epoch.Number == epoch, 200));
        Assert.Equal(candidates, net.Follower.Head.Epoch.Members);
    }

    /// <summary>The engine's own pipeline accepts the chain and counts the same term.</summary>
    private static void AssertPipelineFollows(TestNetwork net)
    {
        using var pipeline = new TestPipeline(net.Genesis, net.Parameters);
        foreach (JudgedBlock block in net.Follower.Blocks.Skip(1))
        {
            Verdict verdict = pipeline.Process(block.Bytes);
            Assert.True(verdict.Accepted, verdict.ToString());
        }

        Assert.Equal(net.Follower.Head.Id, pipeline.Head.Id);
        Assert.Equal(net.Follower.Ledger.Term, pipeline.Transition.Unspent.Term);
    }

    private static int Saved(MemberNode node)
    {
        var writer = new ByteWriter();
        node.Save(writer);
        return writer.Length;
    }
}
