using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Graphene.Ledger;
using Tactus.Engine.Protocols.Graphene.Types;

namespace Tactus.Engine.Tests.Graphene;

/// <summary>Delegates, the genesis account, review periods: property P13, and what transactions must satisfy:
/// P14.</summary>
public class ProposalTests
{
    [Fact]
    public void P13_Parameters_change_by_majority_and_full_review_at_the_next_maintenance()
    {
        var world = new TestWorld();
        using var node = new GrapheneNode(world);
        node.Produce();
        uint proposal = Propose(world, node, interval: 3, reviewSec: 300, lifeSec: 600, out uint expires);
        Approve(world, node, proposal, world.Delegate(0), world.Delegate(1));
        while (node.Head.TimeSec < expires - 8)
        {
            // Approved by all it needs, and still nothing happens before the review ends.
            node.Produce();
            Assert.Equal(0u, node.Read(l => l.Counters).HasPending);
        }

        node.ProduceUntil(expires);
        Assert.Null(node.Read(l => ProposalTable.Find(l, proposal)));
        bool waited = false;
        while (node.Head.IntervalSec == 2)
        {
            waited |= node.Read(l => l.Counters).HasPending == 1;
            Assert.True(node.Head.TimeSec < expires + 140);
            node.Produce();
        }

        Assert.True(node.Head.DidMaintenance);
        Assert.True(waited);
        Assert.Equal(3, node.Read(l => l.Parameters).BlockIntervalSec);
        uint time = node.Head.TimeSec;
        node.Produce();
        Assert.Equal((time / 3 * 3) + 12, node.Head.TimeSec);
        node.Produce();
        Assert.Equal((time / 3 * 3) + 15, node.Head.TimeSec);
    }

    [Fact]
    public void P13_Without_a_majority_of_votes_the_proposal_is_deleted()
    {
        var world = new TestWorld();
        using var node = new GrapheneNode(world);
        node.Produce();
        uint proposal = Propose(world, node, interval: 3, reviewSec: 300, lifeSec: 600, out uint expires);
        Approve(world, node, proposal, world.Delegate(0));
        node.ProduceUntil(expires + 150);
        Assert.Null(node.Read(l => ProposalTable.Find(l, proposal)));
        Assert.Equal(2, node.Head.IntervalSec);
    }

    [Fact]
    public void P13_Voting_the_delegates_out_during_the_review_nullifies_the_change()
    {
        // Candidates beyond the elected three take their places while the proposal is under review.
        var world = new TestWorld(delegates: 3, users: 4);
        world.SetBalance(world.User(0), 5_000_000);
        using var node = new GrapheneNode(world);
        node.Produce();
        node.Must([.. Enumerable.Range(1, 3).Select(u => world.Sign(node, new DelegateCreate(Asset.Core(0), world.User(u), "u"), world.User(u)))]);
        uint proposal = Propose(world, node, interval: 3, reviewSec: 400, lifeSec: 700, out uint expires);
        Approve(world, node, proposal, world.Delegate(0), world.Delegate(1), world.Delegate(2));
        node.ProduceUntil(expires - 380);
        Assert.True(node.Read(l => OperationExecutor.IsAuthorized(l, ProposalTable.Find(l, proposal)!)));
        uint[] votes = [.. Enumerable.Range(3, 3).Select(d => node.Read(l => l.GetDelegate((uint)d)).VoteId).Order()];
        var opinion = new AccountOptions(world.KeyOf(world.User(0)), WellKnown.ProxyToSelf, 0, 3, votes);
        node.Must(
            world.Sign(node, new AccountUpdate(Asset.Core(0), world.User(0), null, null, opinion), world.User(0)));
        node.ProduceUntil(node.Head.NextMaintenanceSec);
        Assert.False(node.Read(l => OperationExecutor.IsAuthorized(l, ProposalTable.Find(l, proposal)!)));
        node.ProduceUntil(expires + 150);
        Assert.Null(node.Read(l => ProposalTable.Find(l, proposal)));
        Assert.Equal(2, node.Head.IntervalSec);
    }

    [Fact]
    public void P13_During_the_review_approval_can_be_taken_back_and_not_given()
    {
        var world = new TestWorld();
        using var node = new GrapheneNode(world);
        node.Produce();
        uint proposal = Propose(world, node, interval: 3, reviewSec: 400, lifeSec: 700, out uint expires);
        Approve(world, node, proposal, world.Delegate(0), world.Delegate(1));
        node.ProduceUntil(expires - 396);
        var add = new ProposalUpdate(Asset.Core(0), world.User(0), proposal) { ActiveAdd = [world.Delegate(2)] };
        node.Produce(1, world.Sign(node, add, world.User(0), world.Delegate(2)));
        Assert.Equal(RejectReason.ActionFailed, node.Added[0].Reason);
        Assert.Contains("under review", node.Added[0].Detail, StringComparison.Ordinal);
        var remove = new ProposalUpdate(Asset.Core(0), world.User(0), proposal) { ActiveRemove = [world.Delegate(0)] };
        node.Must(world.Sign(node, remove, world.User(0), world.Delegate(0)));
        node.ProduceUntil(expires + 150);
        Assert.Equal(2, node.Head.IntervalSec);
    }

    [Fact]
    public void P13_The_genesis_account_acts_through_reviewed_proposals_only()
    {
        var world = new TestWorld();
        using var node = new GrapheneNode(world);
        node.Produce();
        var direct = new UpdateGlobalParameters(Asset.Core(0), world.Parameters);
        node.Produce(1, world.Sign(node, direct, world.Delegate(0), world.Delegate(1), world.Delegate(2)));
        Assert.Equal(RejectReason.Unauthorized, node.Added[0].Reason);
        foreach (uint? review in (uint?[])[null, 299, 600])
        {
            var create = new ProposalCreate(Asset.Core(0), world.User(0), node.Head.TimeSec + 600, [direct], review);
            node.Produce(1, world.Sign(node, create, world.User(0)));
            Assert.Equal(RejectReason.ActionFailed, node.Added[0].Reason);
        }
    }

    [Fact]
    public void The_genesis_account_can_hold_and_send_funds()
    {
        var world = new TestWorld();
        using var node = new GrapheneNode(world);
        node.Produce();
        node.Must(world.Sign(
            node,
            new Transfer(Asset.Core(0), world.User(0), WellKnown.GenesisAccount, Asset.Core(500)),
            world.User(0)));
        Operation[] send = [new Transfer(Asset.Core(0), WellKnown.GenesisAccount, world.User(1), Asset.Core(300))];
        uint expires = node.Head.TimeSec + 602;
        node.Must(
            world.Sign(node, new ProposalCreate(Asset.Core(0), world.User(0), expires, send, 300), world.User(0)));
        uint proposal = node.Read(l => l.Counters).Proposals - 1;
        Approve(world, node, proposal, world.Delegate(0), world.Delegate(2));
        node.ProduceUntil(expires);
        Assert.Equal(200, node.Read(l => l.GetAccount(WellKnown.GenesisAccount)).Balance);
        Assert.Equal(10_300, node.Read(l => l.GetAccount(world.User(1))).Balance);
    }

    [Fact]
    public void A_proposal_without_review_executes_as_soon_as_it_is_approved()
    {
        var world = new TestWorld();
        using var node = new GrapheneNode(world);
        node.Produce();
        Operation[] send = [new Transfer(Asset.Core(0), world.User(0), world.User(1), Asset.Core(300))];
        node.Must(world.Sign(
            node,
            new ProposalCreate(Asset.Core(0), world.User(2), node.Head.TimeSec + 100, send, null),
            world.User(2)));
        var add = new ProposalUpdate(Asset.Core(0), world.User(2), 0) { ActiveAdd = [world.User(0)] };
        node.Produce(1, world.Sign(node, add, world.User(2)));
        Assert.Equal(RejectReason.Unauthorized, node.Added[0].Reason);
        node.Must(world.Sign(node, add, world.User(2), world.User(0)));
        Assert.Equal(9_700, node.Read(l => l.GetAccount(world.User(0))).Balance);
        Assert.Null(node.Read(l => ProposalTable.Find(l, 0)));
    }

    [Fact]
    public void Delegates_weigh_their_votes_or_their_heads()
    {
        // One delegate holds nearly all votes: by weight it is a majority alone, by heads it is not.
        foreach (bool equal in (bool[])[false, true])
        {
            var world = new TestWorld(delegates: 3, users: 1) { EqualDelegates = equal };
            world.SetBalance(world.User(0), 90_000_000);
            world.Opinions.Add(new GenesisOpinion(1 + world.Candidates + 3, [1], [0], 0, 0));
            using var node = new GrapheneNode(world);
            node.Produce();
            uint proposal = Propose(world, node, interval: 3, reviewSec: 300, lifeSec: 600, out uint expires);
            Approve(world, node, proposal, world.Delegate(0));
            node.ProduceUntil(expires + 150);
            Assert.Equal(equal ? 2 : 3, node.Head.IntervalSec);
        }
    }

    [Fact]
    public void P14_A_transaction_is_invalid_on_every_chain_without_the_block_it_names()
    {
        var world = new TestWorld();
        using var one = new GrapheneNode(world);
        using var other = new GrapheneNode(world);
        byte[] common = one.Produce();
        other.Receive(common);
        one.Produce(1);
        other.Produce(2);
        SignedTransaction onOne = world.Sign(
            one, new Transfer(Asset.Core(0), world.User(0), world.User(1), Asset.Core(1)), world.User(0));
        other.Produce(1, onOne);
        Assert.Equal(RejectReason.BadTapos, other.Added[0].Reason);
        one.Must(onOne);

        // Naming the common block, it is valid on both.
        SignedTransaction draft = world.Draft(
            one, [new Transfer(Asset.Core(0), world.User(0), world.User(1), Asset.Core(2))]);
        SignedTransaction onBoth = world.SignWith(
            draft.Referring(one.Chain.AncestorAt(1)!.Id), world.KeyOf(world.User(0)));
        one.Must(onBoth);
        other.Must(onBoth);
    }

    [Fact]
    public void E7_Duplicates_expiration_authority_and_unused_signatures()
    {
        var world = new TestWorld();
        using var node = new GrapheneNode(world);
        node.Produce();
        var transfer = new Transfer(Asset.Core(1), world.User(0), world.User(1), Asset.Core(1));
        SignedTransaction good = world.Sign(node, transfer, world.User(0));
        node.Must(good);
        SigningKey key = world.KeyOf(world.User(0));
        SignedTransaction draft = world.Draft(node, [transfer]);
        (SignedTransaction Transaction, RejectReason Reason)[] bad =
        [
            (good, RejectReason.DuplicateTransaction),
            (world.SignWith(draft with { ExpirationSec = node.Head.TimeSec - 1 }, key), RejectReason.Expired),
            (world.SignWith(draft with { ExpirationSec = node.Head.TimeSec + 601 }, key), RejectReason.Expired),
            (draft, RejectReason.Unauthorized),
            (world.SignWith(draft, world.KeyOf(world.User(1))), RejectReason.Unauthorized),
            (world.SignWith(draft, key, world.KeyOf(world.User(1))), RejectReason.Unauthorized),
            (world.Sign(
                node, transfer with { Amount = Asset.Core(1_000_000) }, world.User(0)), RejectReason.ActionFailed),
            (world.Sign(node, transfer with { Amount = Asset.Core(-5) }, world.User(0)), RejectReason.ActionFailed),
            (world.Sign(node, transfer with { Amount = new Asset(1, 7) }, world.User(0)), RejectReason.ActionFailed),
            (world.Sign(node, transfer with { To = 5_000 }, world.User(0)), RejectReason.ActionFailed),
            (world.Sign(
                node,
                new LimitOrderCreate(Asset.Core(0), world.User(0), Asset.Core(1), new Asset(1, 1), 0, false),
                world.User(0)), RejectReason.ActionFailed),
        ];
        Hash256 before = node.StateHash;
        node.Build(1, [.. bad.Select(b => b.Transaction)]);
        Assert.Equal(bad.Select(b => b.Reason), node.Added.Select(v => v.Reason));
        Assert.Equal(before, node.StateHash);
    }

    [Fact]
    public void Authorities_of_keys_and_accounts_reach_two_levels_deep()
    {
        var world = new TestWorld(users: 5);
        using var node = new GrapheneNode(world);
        node.Produce();

        // User 1 acts for user 0, user 2 for user 1, user 3 for user 2: three levels are one too many.
        for (int i = 0; i < 4; i++)
        {
            var active = new Authority(1, [(world.User(i + 1), 1)], []);
            node.Must(
                world.Sign(node, new AccountUpdate(Asset.Core(0), world.User(i), null, active, null), world.User(i)));
        }

        var transfer = new Transfer(Asset.Core(0), world.User(0), world.User(4), Asset.Core(1));
        node.Produce(1, world.Sign(node, transfer, world.User(3)));
        Assert.Equal(RejectReason.Unauthorized, node.Added[0].Reason);
        var two = new Transfer(Asset.Core(0), world.User(2), world.User(4), Asset.Core(1));
        node.Must(world.Sign(node, two, world.User(4)));

        // Two of three.
        SigningKey a = world.KeyFor("a");
        SigningKey b = world.KeyFor("b");
        SigningKey c = world.KeyFor("c");
        var shared = new Authority(3, [], [(a, 1), (b, 1), (c, 2)]);
        node.Must(world.Sign(node, new AccountUpdate(Asset.Core(0), world.User(4), null, shared, null), world.User(4)));
        SignedTransaction draft = world.Draft(
            node, [new Transfer(Asset.Core(0), world.User(4), world.User(3), Asset.Core(1))]);
        node.Produce(1, world.SignWith(draft, a, b));
        Assert.Equal(RejectReason.Unauthorized, node.Added[0].Reason);
        draft = world.Draft(node, draft.Operations);
        node.Must(world.SignWith(draft, a, c));
    }

    [Fact]
    public void A_block_whose_results_differ_from_execution_is_rejected()
    {
        var world = new TestWorld();
        using var node = new GrapheneNode(world);
        node.Produce();
        var create = new AccountCreate(
            Asset.Core(0), world.User(0), world.User(0), 0, "new-account", Authority.OfKey(
                world.KeyFor("n")), Authority.OfKey(world.KeyFor("n")),
            AccountOptions.None(world.KeyFor("n")));
        byte[] block = node.Build(1, world.Sign(node, create, world.User(0)));
        Assert.True(node.Added[0].Accepted, node.Added[0].ToString());
        byte[] changed = [.. block];
        changed[^8] ^= 1; // the lowest byte of the created object's id
        Verdict verdict = node.Receive(Resign(world, node, changed));
        Assert.Equal(RejectReason.ReceiptMismatch, verdict.Reason);
        Assert.True(node.Receive(block).Accepted);
        Assert.True(node.Read(l => l.TryGetNamed("new-account", out _)));
    }

    internal static byte[] Resign(TestWorld world, GrapheneNode node, byte[] block)
    {
        var decoder = new Protocols.Graphene.Wire.BlockLaneDecoder(RealData.Recovery.Kernels, TestWorld.ChainId);
        var work = new Tactus.Engine.Pipeline.BlockWork();
        work.Load(block);
        Assert.True(decoder.Decode(work).Accepted);
        BlockHeader header = ((SignedHeader)work.Header!).Header;
        Span<byte> root = stackalloc byte[20];
        Kernels.Merkle.MerkleTree.Root(
            RealData.Recovery.Kernels.Sha256, Kernels.Merkle.MerkleShape.Graphene, work.Leaves, root);
        BlockHeader old = header;
        header = header with { MerkleRoot = new Hash256(root) };
        var writer = new ByteWriter();
        old.Write(writer);
        int headerBytes = writer.Length;
        writer.Clear();
        header.Write(writer);
        writer.WriteSpan(world.SignDigest(world.BlockKey(header.Witness), header.Digest()));
        writer.WriteSpan(block.AsSpan(headerBytes + 65));
        return writer.ToArray();
    }

    private static uint Propose(
        TestWorld world, GrapheneNode node, byte interval, uint reviewSec, uint lifeSec, out uint expires)
    {
        expires = node.Head.TimeSec + lifeSec;
        Operation[] change =
        [
            new UpdateGlobalParameters(Asset.Core(0), world.Parameters with { BlockIntervalSec = interval }),
        ];
        node.Must(world.Sign(
            node, new ProposalCreate(Asset.Core(0), world.User(0), expires, change, reviewSec), world.User(0)));
        return node.Read(l => l.Counters).Proposals - 1;
    }

    private static void Approve(TestWorld world, GrapheneNode node, uint proposal, params uint[] delegates)
    {
        foreach (uint account in delegates)
        {
            var add = new ProposalUpdate(Asset.Core(0), account, proposal) { ActiveAdd = [account] };
            node.Must(world.Sign(node, add, account));
        }
    }
}
