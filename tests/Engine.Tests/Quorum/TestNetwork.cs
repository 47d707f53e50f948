using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols.Quorum.Ballots;
using Tactus.Engine.Protocols.Quorum.Blocks;
using Tactus.Engine.Protocols.Quorum.Coins;
using Tactus.Engine.Protocols.Quorum.Devnet;
using Tactus.Engine.Protocols.Quorum.Rounds;
using Tactus.Kernels;

namespace Tactus.Engine.Tests.Quorum;

/// <summary>A few nodes that exchange the broadcast set in steps of 200 ms. Members come first; the last node only
/// follows. After every step the invariants of the certified chains are checked.</summary>
internal sealed class TestNetwork
{
    public const ulong CoinsEach = 100;
    public const ulong HoursEach = 1000;
    private const long StepMs = 200;
    private const ulong GenesisSec = 1_700_000_000;
    private static readonly KernelSet Kernels = TestPipeline.Kernels;

    private readonly List<byte[]> _published = [];
    private readonly List<HashSet<int>> _settled = [];
    private readonly HashSet<Hash256> _known = [];
    private readonly Dictionary<(int Node, uint Epoch, uint Number), Hash256> _finalized = [];

    public TestNetwork(
        int members = 4, int users = 10, Func<QuorumParameters, QuorumParameters>? change = null, int candidates = 0)
    {
        Keys = new QuorumDevnetKeys(7, members);
        Candidates = new QuorumDevnetKeys(8, candidates);
        var outputs = new ByteWriter();
        for (int i = 0; i < users; i++)
        {
            AddressOf(i).CopyTo(outputs.Reserve(CoinAddress.Size));
            outputs.WriteUInt64(CoinsEach * CoinHours.DropletsPerCoin);
            outputs.WriteUInt64(HoursEach);
        }

        Genesis = new QuorumGenesis(GenesisSec, new Epoch(1, 1, Keys.Members), outputs.Written);
        var parameters = new QuorumParameters
        {
            QuorumSize = members,
            ElectionWindowSec = 30,
            StallTimeoutSec = 60,
            SupplyCoins = CoinsEach * (ulong)users,
        };
        Parameters = change?.Invoke(parameters) ?? parameters;
        NowMs = (long)GenesisSec * 1000;
        foreach (MemberKey member in Keys.Members)
        {
            Add(Keys.SecretOf(member).ToArray());
        }

        foreach (MemberKey candidate in Candidates.Members)
        {
            Add(Candidates.SecretOf(candidate).ToArray());
        }

        Add(null);
    }

    public QuorumGenesis Genesis { get; }

    public QuorumParameters Parameters { get; }

    public QuorumDevnetKeys Keys { get; }

    /// <summary>Keys of nodes that are not members at the start.</summary>
    public QuorumDevnetKeys Candidates { get; }

    public List<MemberNode> Nodes { get; } = [];

    public MemberNode Follower => Nodes[^1];

    /// <summary>Nodes that neither hear, speak nor tick.</summary>
    public HashSet<int> Crashed { get; } = [];

    /// <summary>Whether a blob may reach a node now; null lets everything through.</summary>
    public Func<int, byte[], bool>? Reaches { get; set; }

    /// <summary>Whether two certificates for one number are allowed: only where the test makes them.</summary>
    public bool AllowsConflicts { get; set; }

    public long NowMs { get; private set; }

    /// <summary>Steps of 200 ms made so far.</summary>
    public int Steps { get; private set; }

    public byte[] Secret(int member) => Keys.SecretOf(Keys.Members[member]).ToArray();

    public CoinAddress AddressOf(int user)
    {
        Span<byte> key = stackalloc byte[MemberKey.Size];
        MemberSignatures.KeyOf(Keys.UserSecret(user)).CopyTo(key);
        return CoinAddress.OfKey(key);
    }

    /// <summary>Moves the whole genesis output of a user to an address B of its own and burns a tenth of the
    /// hours.</summary>
    public byte[] Move(int user, ulong hoursOut = 900) => new TransactionDraft()
        .Spend(Genesis.Output(user).Id)
        .Pay(AddressOf(user + 1000), CoinsEach * CoinHours.DropletsPerCoin, hoursOut)
        .Sign(Keys.UserSecret(user));

    /// <summary>The slip of a user who moved: signed with the key of address A.</summary>
    public VoteSlip Slip(int user, IReadOnlyList<MemberKey> candidates, uint epoch = 2) => new VoteSlip
    {
        Question = Question.Members,
        Epoch = epoch,
        SourceId = Hash256.Zero,
        Coins = CoinsEach * CoinHours.DropletsPerCoin,
        Hours = HoursEach,
        Voter = MemberSignatures.KeyOf(Keys.UserSecret(user)),
        Candidates = candidates,
    }.SignedWith(Keys.UserSecret(user));

    /// <summary>A node that starts from genesis now and is not part of the network.</summary>
    public MemberNode NewFollower() =>
        new(Kernels, Genesis, Parameters, null, new SignedNumbers(new MemorySignStore()), NowMs);

    public void SubmitToAll(byte[] transaction) => Nodes.ForEach(node => node.Submit(transaction));

    /// <summary>Puts a blob on the wire, from nobody in particular.</summary>
    public void Publish(byte[] blob)
    {
        if (_known.Add(BroadcastSet.KeyOf(blob)))
        {
            _published.Add(blob);
        }
    }

    public void Publish(VoteSlip slip) => Publish(Blob.Of(BlobKind.Slip, slip.Write));

    public void Publish(MemberSign sign) => Publish(Blob.Of(BlobKind.Sign, sign.Write));

    /// <summary>Lets time pass.</summary>
    public void Run(double seconds)
    {
        for (long i = 0; i < (long)(seconds * 1000 / StepMs); i++)
        {
            Step();
        }
    }

    /// <summary>Runs until a condition holds, at most for so long.</summary>
    public bool RunUntil(Func<bool> condition, double secondsMax)
    {
        for (long i = 0; i < (long)(secondsMax * 1000 / StepMs) && !condition(); i++)
        {
            Step();
        }

        return condition();
    }

    public void Step()
    {
        Steps++;
        NowMs += StepMs;
        int count = _published.Count;
        for (int n = 0; n < Nodes.Count; n++)
        {
            if (!Crashed.Contains(n))
            {
                Deliver(n, count);
                Nodes[n].Tick(NowMs);
            }
        }

        foreach (MemberNode node in Nodes)
        {
            foreach (byte[] blob in node.TakeOutbox())
            {
                Publish(blob);
            }
        }

        CheckInvariants();
    }

    private void Deliver(int n, int count)
    {
        for (int b = 0; b < count; b++)
        {
            if (_settled[n].Contains(b) || (Reaches is not null && !Reaches(n, _published[b])))
            {
                continue;
            }

            // What may become valid later (its block, its epoch, its transaction is missing) is offered again.
            Verdict verdict = Nodes[n].Receive(_published[b], NowMs);
            if (verdict.Accepted
                || verdict.Reason is RejectReason.Duplicate or RejectReason.Malformed or RejectReason.BelowFinality)
            {
                _settled[n].Add(b);
            }
        }
    }

    /// <summary>One certificate for each number, at all nodes, unless there is evidence; the certified prefix of an
    /// epoch does not change; coins are conserved and hours only burned beyond what time adds.</summary>
    private void CheckInvariants()
    {
        for (int n = 0; n < Nodes.Count; n++)
        {
            JudgedBlock head = Nodes[n].Blocks[^1];
            if (head.State.Number == 0)
            {
                continue;
            }

            var key = (n, head.State.Epoch.Number, head.State.Number);
            Assert.True(
                _finalized.TryAdd(key, head.State.Id) || _finalized[key] == head.State.Id || AllowsConflicts,
                $"node {n} changed block {head.State.Number}");
            Hash256 other = _finalized.Where(pair => pair.Key.Epoch == key.Item2 && pair.Key.Number == key.Item3)
                .Select(pair => pair.Value).First();
            Assert.True(other == head.State.Id || AllowsConflicts, $"two certificates for block {head.State.Number}");
        }

        ulong coins = Follower.Ledger.Outputs.Aggregate(0UL, (sum, output) => sum + output.Coins);
        Assert.Equal(CoinsEach * CoinHours.DropletsPerCoin * (ulong)Genesis.OutputCount, coins);
    }

    private void Add(byte[]? secret)
    {
        Nodes.Add(new MemberNode(
            Kernels, Genesis, Parameters, secret, new SignedNumbers(new MemorySignStore()), NowMs));
        _settled.Add([]);
    }
}
