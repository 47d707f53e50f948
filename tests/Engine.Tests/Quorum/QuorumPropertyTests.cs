using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Quorum.Ballots;
using Tactus.Engine.Protocols.Quorum.Blocks;
using Tactus.Engine.Protocols.Quorum.Coins;
using Tactus.Engine.Protocols.Quorum.Devnet;
using Tactus.Engine.Protocols.Quorum.Rounds;
using Tactus.TestSupport;

namespace Tactus.Engine.Tests.Quorum;

/// <summary>The properties S1 to S12 of the system: what the document claims, and where the claim ends.</summary>
public sealed class QuorumPropertyTests
{
    [Fact]
    public void S1CorruptQuorumCensorsButItShowsAndTheChainStaysValid()
    {
        var net = new TestNetwork();
        byte[] transaction = net.Move(0);
        net.Follower.Submit(transaction); // the members "selectively deny transactions from particular addresses"
        Assert.True(net.RunUntil(() => net.Nodes.TrueForAll(node => node.Head.Number == 3), 60));
        Assert.All(net.Follower.Blocks.Skip(1), block => Assert.Equal(0UL, block.Header.Coin.Fee));
        Assert.True(net.Follower.Ledger.TryGet(net.Genesis.Output(0).Id, out _));
        Assert.Equal(1u, net.Follower.Head.Epoch.Number);

        // Everybody can see who polled for blocks without the transaction while it applied.
        var censors = new HashSet<MemberKey>();
        foreach (Hash256 key in net.Follower.Board.Keys.Where(k => net.Follower.Board[k][0] == (byte)BlobKind.Poll))
        {
            var reader = new ByteReader(net.Follower.Board[key], 1);
            Poll poll = Poll.Read(ref reader);
            JudgedBlock block = Assert.Single(net.Follower.Blocks, b => b.State.Id == poll.Hash);
            Assert.True(block.Ledger.TryGet(net.Genesis.Output(0).Id, out _));
            censors.Add(poll.Member);
        }

        Assert.Equal(net.Keys.Members, censors.Order());

        // The same transaction goes through as soon as one member proposes it.
        net.SubmitToAll(transaction);
        Assert.True(net.RunUntil(() => net.Follower.Head.BurnedHours == 100, 60));
    }

    [Fact]
    public void S2DoubleSpendWithAFullCertificateIsRejectedByNodesAndByThePipeline()
    {
        var net = new TestNetwork();
        using var pipeline = new TestPipeline(net.Genesis, net.Parameters);
        byte[] first = net.Move(0);
        byte[] second = net.Move(0, hoursOut: 800);
        byte[] block = Certified(net, net.Follower, [first, second], sumOfFees: 300);
        Verdict node = net.Follower.Receive(Blob.OfBlock(BlobKind.Block, block), net.NowMs);
        Verdict chain = pipeline.Process(block);
        Assert.Equal(RejectReason.ActionFailed, node.Reason);
        Assert.Equal(RejectReason.ActionFailed, chain.Reason);
        Assert.Contains("not an unspent output", chain.Detail!, StringComparison.Ordinal);
        Assert.Equal(0u, pipeline.Head.Number);

        // Not signed by the owner; hours out of nothing; each with every member's signature.
        byte[] stolen = new TransactionDraft().Spend(net.Genesis.Output(1).Id)
            .Pay(net.AddressOf(5), TestNetwork.CoinsEach * CoinHours.DropletsPerCoin, 1).Sign(net.Keys.UserSecret(2));
        Assert.Equal(RejectReason.Unauthorized, pipeline.Process(Certified(net, net.Follower, [stolen], 999)).Reason);
        byte[] minted = net.Move(0, hoursOut: 1001);
        Assert.Equal(RejectReason.ActionFailed, pipeline.Process(Certified(net, net.Follower, [minted], 0)).Reason);

        // The first alone is fine, so the rejections are for what they say.
        byte[] good = Certified(net, net.Follower, [first], 100);
        Assert.True(pipeline.Process(good).Accepted);
        Assert.True(net.Follower.Receive(Blob.OfBlock(BlobKind.Block, good), net.NowMs).Accepted);
    }

    [Fact]
    public void S3ConflictingSignsAtOneHonestNodeVoidTheQuorumEverywhere()
    {
        var net = new TestNetwork();
        Assert.True(net.RunUntil(() => net.Nodes.TrueForAll(node => node.Head.Number == 2), 60));

        // Number 1 is decided; member 3 signs another block 1. Only the follower hears it.
        MemberSign late = MemberSign.Create(1, 1, new Hash256([1]), net.Secret(3));
        byte[] blob = Blob.Of(BlobKind.Sign, late.Write);
        Assert.True(net.Follower.Receive(blob, net.NowMs).Accepted);
        Assert.Equal(QuorumMode.Invalidated, net.Follower.Mode);
        int before = net.Steps;
        Assert.True(net.RunUntil(() => net.Nodes.TrueForAll(node => node.Mode == QuorumMode.Invalidated), 5));
        int steps = net.Steps - before;
        Assert.True(steps * 200 <= net.Parameters.GossipBoundMs, $"{steps} steps of 200 ms");
        Assert.All(net.Nodes, node => Assert.Equal(late.Member, Assert.Single(node.Evidence).First.Member));

        // The quorum is void: it makes no further block.
        uint head = net.Follower.Head.Number;
        net.Run(25);
        Assert.All(net.Nodes, node => Assert.Equal(head, node.Head.Number));
    }

    [Fact]
    public void S3WithFullCertificateRuleOneMembersEquivocationDoesNotVoidTheQuorum()
    {
        var net = new TestNetwork(change: p => p with { Evidence = EvidenceRule.FullCertificate });
        Assert.True(net.RunUntil(() => net.Follower.Head.Number == 1, 60));
        net.Publish(MemberSign.Create(1, 1, new Hash256([1]), net.Secret(3)));
        Assert.True(net.RunUntil(() => net.Follower.Head.Number == 3, 60));
        Assert.All(net.Nodes, node => Assert.Single(node.Evidence));
        Assert.All(net.Nodes, node => Assert.Equal(QuorumMode.Active, node.Mode));
    }

    [Fact]
    public void S4EvidenceCannotBeForged()
    {
        var net = new TestNetwork();
        MemberSign a = MemberSign.Create(1, 5, new Hash256([1]), net.Secret(0));
        MemberSign b = MemberSign.Create(1, 5, new Hash256([2]), net.Secret(0));
        Epoch epoch = net.Follower.Head.Epoch;
        Verdict Check(MemberSign x, MemberSign y) => new Equivocation(x, y).Check(TestPipeline.Kernels, epoch);
        Assert.True(Check(a, b).Accepted);

        Assert.False(Check(a, a).Accepted); // the same hash twice
        Assert.False(Check(a, MemberSign.Create(1, 6, new Hash256([2]), net.Secret(0))).Accepted); // two numbers
        Assert.False(Check(a, MemberSign.Create(1, 5, new Hash256([2]), net.Secret(1))).Accepted); // two members
        Assert.False(Check(a, MemberSign.Create(2, 5, new Hash256([2]), net.Secret(0))).Accepted); // two terms
        byte[] stranger = net.Keys.UserSecret(3);
        MemberSign[] strange = [MemberSign.Create(1, 5, a.Hash, stranger), MemberSign.Create(1, 5, b.Hash, stranger)];
        Assert.False(Check(strange[0], strange[1]).Accepted);
        Assert.False(Check(a, b with { Signature = MemberSign.Create(1, 5, b.Hash, stranger).Signature }).Accepted);
        Assert.False(Check(a, a with { Hash = b.Hash }).Accepted); // a signature moved to another hash
        for (int bit = 0; bit < 64 * 8; bit += 13)
        {
            byte[] flipped = [.. b.Signature];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(Check(a, b with { Signature = flipped }).Accepted, $"bit {bit}");
        }

        byte[] forged = Blob.Of(BlobKind.Evidence, new Equivocation(a, a with { Hash = b.Hash }).Write);
        Assert.Equal(RejectReason.BadProof, net.Follower.Receive(forged, net.NowMs).Reason);
        Assert.Equal(QuorumMode.Active, net.Follower.Mode);
    }

    [Fact]
    public void S5EvidenceSurvivesItsAuthorAndItsCulprit()
    {
        var net = new TestNetwork();
        net.Publish(MemberSign.Create(1, 9, new Hash256([1]), net.Secret(0)));
        net.Publish(MemberSign.Create(1, 9, new Hash256([2]), net.Secret(0)));
        net.Run(1);

        // Whoever wrote it down is gone with all its data, and so is the culprit.
        net.Crashed.Add(0);
        net.Crashed.Add(1);
        MemberNode late = net.NewFollower();
        foreach (Hash256 key in net.Nodes[2].Board.Keys)
        {
            late.Receive(net.Nodes[2].Board[key], net.NowMs);
        }

        Assert.Equal(QuorumMode.Invalidated, late.Mode);
        Assert.Equal(net.Keys.Members[0], Assert.Single(late.Evidence).First.Member);
        Assert.DoesNotContain(typeof(BroadcastSet).GetMethods(), m => m.Name is "Remove" or "Clear");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void S6ShufflingCoinsNeverRaisesWeight(int seed)
    {
        var random = new Random(seed);
        var ledger = new MemoryUnspentOutputs();
        var keys = new QuorumDevnetKeys(seed, 1);
        ulong atSnapshot = 0;
        var owners = new Dictionary<Hash256, (Hash256 Source, int Owner)>();
        for (int i = 0; i < 12; i++)
        {
            ulong coins = (ulong)random.Next(1, 40_000_000);
            atSnapshot += coins / CoinHours.DropletsPerCoin;
            UnspentOutput output = Pay(Hash256.Zero, keys, i, coins, 0);
            ledger.TryAdd(output);
            owners.Add(output.Id, (Hash256.Zero, i));
        }

        const ulong Snapshot = 1;
        var history = new List<(UnspentOutput Output, Hash256 Source, int Owner)>();
        ulong spentAtSnapshot = 0;
        for (ulong seq = 2; seq < 40; seq++)
        {
            // Each block moves, splits or joins some outputs.
            UnspentOutput input = ledger.Outputs.ElementAt(random.Next(ledger.Count));
            (Hash256 source, int owner) = owners[input.Id];
            history.Add((input, source, owner));
            spentAtSnapshot += input.Seq <= Snapshot ? input.Coins / CoinHours.DropletsPerCoin : 0;
            ledger.Spend(input, seq);
            var id = new Hash256(BitConverter.GetBytes(seq));
            ulong part = input.Coins > 1 && random.Next(2) == 0
                ? (ulong)random.NextInt64(1, (long)input.Coins)
                : input.Coins;
            foreach (ulong coins in part == input.Coins ? (ulong[])[part] : [part, input.Coins - part])
            {
                int to = random.Next(12);
                UnspentOutput output = Pay(id, keys, to, coins, seq);
                if (ledger.TryAdd(output))
                {
                    owners[output.Id] = (id, to);
                }
            }
        }

        // Every owner votes with everything that ever passed through its hands, and some vote twice.
        var counted = new List<VoteSlip>();
        foreach ((UnspentOutput output, Hash256 source, int owner) in history.Concat(history.Take(5)))
        {
            var slip = new VoteSlip
            {
                Question = Question.Members,
                Epoch = 2,
                SourceId = source,
                Coins = output.Coins,
                Hours = 0,
                Voter = MemberSignatures.KeyOf(keys.UserSecret(owner)),
                Candidates = [MemberSignatures.KeyOf(keys.UserSecret(random.Next(12)))],
            };
            Assert.Equal(output.Id, slip.OutputId());
            if (SlipRules.CheckMove(slip, Snapshot, 40, ledger).Accepted)
            {
                counted.Add(slip);
            }
        }

        ulong weight = Tally.WeightOf(Tally.OncePerOutput(counted));
        Assert.True(weight > 0, $"seed {seed}");
        Assert.True(weight <= atSnapshot, $"seed {seed}: {weight} of {atSnapshot} coins voted");
        Assert.Equal(spentAtSnapshot, weight);
        ulong withoutSnapshot = Tally.WeightOf(history.Select(h => counted[0] with { Coins = h.Output.Coins }));
        Assert.True(withoutSnapshot > weight, "without the snapshot rule the same coins would have voted again");
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public void S7SplittingCoinsNeverRaisesWeight(int seed)
    {
        var random = new Random(seed);
        for (int round = 0; round < 1000; round++)
        {
            ulong coins = (ulong)random.NextInt64(1, 50_000_000);
            ulong rest = coins;
            ulong parts = 0;
            while (rest > 0)
            {
                ulong part = (ulong)random.NextInt64(1, (long)rest + 1);
                parts += Weight(part);
                rest -= part;
            }

            Assert.True(parts <= Weight(coins), $"seed {seed}: {coins} droplets");
        }

        // A coin in fractions has no vote at all.
        Assert.Equal(0UL, Weight(CoinHours.DropletsPerCoin - 1));
        Assert.Equal(10UL, Weight(10 * CoinHours.DropletsPerCoin)); // "10 coins, they have 10 vote shares"
        static ulong Weight(ulong droplets) => new VoteSlip
        {
            Question = Question.Members,
            Epoch = 1,
            SourceId = default,
            Coins = droplets,
            Hours = 0,
            Voter = default,
        }.Weight;
    }

    [Fact]
    public void S8OneHonestMemberPreventsTwoCertificates()
    {
        var net = new TestNetwork();
        net.Crashed.UnionWith([1, 2, 3]); // their keys act below
        MemberNode honest = net.Nodes[0];
        net.Run(10);
        byte[] x = ProposalDraft.Build(TestPipeline.Kernels, honest.Head, honest.Ledger, 1_700_000_010, [], null);
        byte[] y = ProposalDraft.Build(TestPipeline.Kernels, honest.Head, honest.Ledger, 1_700_000_011, [], null);
        Hash256[] hashes = [CoinHeader.HashOf(x), CoinHeader.HashOf(y)];
        net.Publish(Blob.OfBlock(BlobKind.Proposal, x));
        net.Publish(Blob.OfBlock(BlobKind.Proposal, y));
        for (int member = 1; member < 4; member++)
        {
            // Q - 1 corrupt members poll whatever the honest one polls, in every round, and sign both.
            for (uint round = 0; round < 8; round++)
            {
                foreach (Hash256 hash in hashes)
                {
                    Poll poll = Poll.Create(1, 1, round, hashes[(round + (hash == hashes[0]
                        ? 0u
                        : 1u)) % 2], net.Secret(member));
                    net.Publish(Blob.Of(BlobKind.Poll, poll.Write));
                }
            }
        }

        // Then they poll what it polled for last, while its round lasts.
        net.Run(3);
        Poll last = LastPoll(honest);
        for (int member = 1; member < 4; member++)
        {
            Poll poll = Poll.Create(1, 1, last.Round, last.Hash, net.Secret(member));
            net.Publish(Blob.Of(BlobKind.Poll, poll.Write));
        }

        net.Run(1);
        for (int member = 1; member < 4; member++)
        {
            foreach (Hash256 hash in hashes)
            {
                net.Publish(MemberSign.Create(1, 1, hash, net.Secret(member)));
            }
        }

        net.Run(20);
        var byHonest = new HashSet<Hash256>();
        foreach (Hash256 key in net.Follower.Board.Keys.Where(k => net.Follower.Board[k][0] == (byte)BlobKind.Sign))
        {
            var reader = new ByteReader(net.Follower.Board[key], 1);
            MemberSign sign = MemberSign.Read(ref reader);
            byHonest.UnionWith(sign.Member == honest.Self ? [sign.Hash] : []);
        }

        Assert.Single(byHonest); // it was led to sign one of them, and no more
        Assert.All(net.Nodes, node => Assert.True(node.Head.Number <= 1));
        Assert.Equal(QuorumMode.Invalidated, net.Follower.Mode); // and the attempt is evidence against the others
        Assert.Equal(3, net.Follower.Evidence.Count);

        var signed = new SignedNumbers(new MemorySignStore());
        Assert.True(signed.Claim(honest.Self!.Value, 1, 1, hashes[0]).Accepted);
        Assert.True(signed.Claim(honest.Self!.Value, 1, 1, hashes[0]).Accepted);
        Assert.Equal(RejectReason.DoubleSign, signed.Claim(honest.Self!.Value, 1, 1, hashes[1]).Reason);
        Assert.True(signed.Claim(honest.Self!.Value, 1, 2, hashes[1]).Accepted);
        Assert.Equal(RejectReason.DoubleSign, signed.Claim(honest.Self!.Value, 1, 1, hashes[0]).Reason);
        Assert.True(signed.Claim(honest.Self!.Value, 2, 1, hashes[0]).Accepted);
    }

    [Fact]
    public void S9NegativeOneCrashedMemberStopsFinalityUntilAnElection()
    {
        var net = new TestNetwork(candidates: 1);
        for (int user = 0; user < 4; user++)
        {
            net.SubmitToAll(net.Move(user));
        }

        Assert.True(net.RunUntil(() => net.Follower.Head.Number == 2, 60));
        net.Crashed.Add(3);
        uint head = net.Follower.Head.Number;

        // As documented: unanimity has no fault tolerance.
        net.Run(58);
        Assert.Equal(head, net.Follower.Head.Number);
        Assert.Equal(QuorumMode.Active, net.Follower.Mode);
        Assert.True(net.RunUntil(() => net.Follower.Mode == QuorumMode.Election, 10));

        // E2: an election replaces the silent member by the candidate.
        MemberKey[] wanted = [.. net.Keys.Members.Take(3).Append(net.Candidates.Members[0]).Order()];
        for (int user = 0; user < 4; user++)
        {
            net.Publish(net.Slip(user, wanted));
        }

        Assert.True(net.RunUntil(() => net.Follower.Head.Number >= head + 3, 120));
        Assert.Equal(2u, net.Follower.Head.Epoch.Number);
        Assert.Equal(wanted, net.Follower.Head.Epoch.Members);
        Assert.Equal(400UL, net.Follower.Head.MandateCoins);

        // The whole chain, opening included, holds in the engine's pipeline, also after a restart.
        using var pipeline = new TestPipeline(net.Genesis, net.Parameters);
        foreach (JudgedBlock block in net.Follower.Blocks.Skip(1))
        {
            Verdict verdict = pipeline.Process(block.Bytes);
            Assert.True(verdict.Accepted, verdict.ToString());
        }

        Assert.Equal(net.Follower.Head.Id, pipeline.Head.Id);
        Assert.Equal(2u, pipeline.Head.Epoch.Number);
        using var again = new TestPipeline(net.Genesis, net.Parameters, pipeline.Disk);
        ChainOpening.Reapply(again.Pipeline);
        Assert.Equal(pipeline.StateHash(), again.StateHash());
        Assert.Equal(pipeline.Head.Epoch.Members, again.Head.Epoch.Members);
    }

    [Fact]
    public void S10NegativeAWhollyCorruptQuorumCertifiesTwiceAndIsFoundOut()
    {
        var net = new TestNetwork(members: 4, candidates: 4) { AllowsConflicts = true };
        Assert.True(net.RunUntil(() => net.Nodes.TrueForAll(node => node.Head.Number == 1), 60));
        MemberNode left = net.Nodes[4];
        MemberNode right = net.Nodes[5];
        net.Crashed.UnionWith([0, 1, 2, 3]);
        byte[] x = Certified(net, left, [net.Move(0)], 100);
        byte[] y = Certified(net, left, [net.Move(0, 800)], 200);
        Assert.True(left.Receive(Blob.OfBlock(BlobKind.Block, x), net.NowMs).Accepted);
        Assert.True(right.Receive(Blob.OfBlock(BlobKind.Block, y), net.NowMs).Accepted);

        // As documented: two final blocks for one number. So "51 % attack proof" is not implied.
        Assert.NotEqual(left.Head.Id, right.Head.Id);
        Assert.Equal(2u, left.Head.Number);
        Assert.Equal(QuorumMode.Active, left.Mode);

        // Once both are seen, everybody is found out, and both blocks are dropped.
        net.Publish(Blob.OfBlock(BlobKind.Block, x));
        net.Publish(Blob.OfBlock(BlobKind.Block, y));
        net.Run(1);
        foreach (MemberNode node in new[] { left, right })
        {
            Assert.Equal(QuorumMode.Invalidated, node.Mode);
            Assert.Equal(net.Keys.Members, node.Evidence.Select(item => item.First.Member).Order());
            Assert.Equal(1u, node.Head.Number);
        }

        Assert.Equal(left.Head.Id, right.Head.Id);
    }

    [DataFact]
    public void S11RemovingATransactionWithAFeeLowersTheBurn()
    {
        RealSkycoin real = RealSkycoin.Load();
        UInt128 total = real.Blocks.Aggregate((UInt128)0, (sum, block) => sum + block.Header.Fee);
        Assert.Equal((UInt128)100_000_228_651_102, total);
        int strict = 0;
        foreach (RealTransaction transaction in real.Blocks.SelectMany(block => block.Transactions))
        {
            UInt128 without = total - transaction.Fee;
            Assert.True(without <= total);
            strict += without < total ? 1 : 0;
        }

        // Strictness needs a fee: 36 blocks of one transaction, and genesis, burn nothing.
        Assert.Equal(181 - 37, strict);
    }

    [Fact]
    public void S11BurnDecidesOnlyBetweenEqualCertificatesAndLengths()
    {
        var net = new TestNetwork();
        var consensus = new Protocols.Quorum.QuorumConsensus(TestPipeline.Kernels, net.Parameters);
        QuorumState state = net.Follower.Head with { Number = 5, BurnedHours = 100 };
        Assert.True(consensus.Prefer(state, state with { BurnedHours = 99 }) > 0);
        Assert.True(consensus.Prefer(state, state with { Number = 6, BurnedHours = 0 }) < 0);
        QuorumState later = state with { Epoch = state.Epoch with { Number = 2 }, Number = 1, BurnedHours = 0 };
        Assert.True(consensus.Prefer(state, later) < 0);
        Assert.Equal(0, consensus.Prefer(state, state with { }));
    }

    [Fact]
    public void S12OneCertificateCostsQSignsAndQPolls()
    {
        var net = new TestNetwork(members: 15);
        Assert.True(net.RunUntil(() => net.Follower.Head.Number == 1, 30));
        var kinds = net.Follower.Board.Keys.GroupBy(key => (BlobKind)net.Follower.Board[key][0]).ToDictionary(
            g => g.Key, g => g.Count());
        Assert.Equal(15, kinds[BlobKind.Poll]);
        Assert.Equal(15, kinds[BlobKind.Sign]);
        Assert.Equal(1, kinds[BlobKind.Proposal]);
        Assert.Equal(15 * MemberSignatures.Size, net.Follower.Blocks[1].Header.Seal.Signatures.Length);
    }

    private static Poll LastPoll(MemberNode node)
    {
        Poll? last = null;
        foreach (Hash256 key in node.Board.Keys.Where(key => node.Board[key][0] == (byte)BlobKind.Poll))
        {
            var reader = new ByteReader(node.Board[key], 1);
            Poll poll = Poll.Read(ref reader);
            last = poll.Member == node.Self && poll.Round >= (last?.Round ?? 0) ? poll : last;
        }

        return last!;
    }

    /// <summary>A block on a node's head with the signatures of every member of epoch 1, whatever is in it.</summary>
    private static byte[] Certified(TestNetwork net, MemberNode node, byte[][] transactions, ulong sumOfFees)
    {
        var leaves = new ByteWriter();
        foreach (byte[] transaction in transactions)
        {
            leaves.WriteSpan(System.Security.Cryptography.SHA256.HashData(transaction));
        }

        Hash256 root = BlockLaneDecoder.Root(TestPipeline.Kernels, leaves.WrittenForUpdate);
        var header = new CoinHeader(
            0, node.Head.TimeSec + 10, node.Head.Number + 1UL, sumOfFees, node.Head.Id, root, node.Ledger.UnspentHash);
        Hash256 digest = MemberSignatures.BlockDigest(1, header.Seq, header.Hash());
        byte[] certificate = [.. Enumerable.Range(0, 4).SelectMany(i => MemberSignatures.Sign(digest, net.Secret(i)))];
        return ProposalDraft.Write(header, transactions, new BlockSeal(1, null, certificate));
    }

    private static UnspentOutput Pay(in Hash256 source, QuorumDevnetKeys keys, int user, ulong coins, ulong seq)
    {
        Span<byte> key = stackalloc byte[MemberKey.Size];
        MemberSignatures.KeyOf(keys.UserSecret(user)).CopyTo(key);
        var output = new ByteWriter();
        CoinAddress.OfKey(key).CopyTo(output.Reserve(CoinAddress.Size));
        output.WriteUInt64(coins);
        output.WriteUInt64(0);
        return UnspentOutput.Create(source, output.Written, seq, seq);
    }
}
