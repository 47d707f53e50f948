using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Production;
using Tactus.Engine.Protocols;
using Tactus.Engine.Protocols.Quorum;
using Tactus.Engine.Protocols.Quorum.Ballots;
using Tactus.Engine.Protocols.Quorum.Blocks;
using Tactus.Engine.Protocols.Quorum.Coins;
using Tactus.Engine.Protocols.Quorum.Devnet;
using Tactus.Engine.Protocols.Quorum.Rounds;
using Tactus.Engine.State;
using Tactus.Kernels;

namespace Tactus.Engine.Simulation.Systems;

/// <summary>The quorum under simulation: every node has a member's key; half of them and one are the first quorum, the
/// others stand ready for an election. A block's certificate is gathered over the network, see <see
/// cref="QuorumTalk"/>.</summary>
public sealed class QuorumSimulation : ISimulatedProtocol
{
    /// <summary>Whole coins of a user: enough that hours grow faster than moves burn them.</summary>
    private const ulong CoinsEach = 1_000_000;

    private const ulong HoursEach = 1_000_000;

    /// <summary>Stall and election in slots: 60 s each.</summary>
    private const int StallSlots = 6;

    /// <exception cref="ScenarioException">More nodes than a certificate takes.</exception>
    public QuorumSimulation(long seed, int nodes, KernelSet kernels)
    {
        if (nodes > QuorumParameters.MembersMax)
        {
            throw new ScenarioException($"--nodes {nodes}: a quorum network has 1 to {QuorumParameters.MembersMax} nodes");
        }

        Kernels = kernels;
        Nodes = nodes;
        QuorumSize = (nodes / 2) + 1;
        Users = Math.Max(8, nodes);
        Keys = new QuorumDevnetKeys(seed, nodes);
        var outputs = new ByteWriter();
        for (int user = 0; user < Users; user++)
        {
            AddressOf(user).CopyTo(outputs.Reserve(CoinAddress.Size));
            outputs.WriteUInt64(CoinsEach * CoinHours.DropletsPerCoin);
            outputs.WriteUInt64(HoursEach);
        }

        // Delays are a quarter of a slot at most: messages are published everywhere within half of one.
        Parameters = new QuorumParameters
        {
            QuorumSize = QuorumSize,
            SupplyCoins = CoinsEach * (ulong)Users,
            ElectionWindowSec = 60,
            StallTimeoutSec = 60,
            RoundTimeoutMs = 6_000,
            GossipBoundMs = 5_000,
        };
        Genesis = new QuorumGenesis(
            QuorumDevnet.GenesisSec, new Epoch(1, 1, [.. Keys.Members.Take(QuorumSize)]), outputs.Written);
        Protocol = new QuorumProtocol(kernels, Genesis, Parameters);
    }

    public string Name => "quorum";

    public int Nodes { get; }

    public int SettleSlots => 2;

    /// <summary>A stall, an election and as much again: there is no turn that every node has.</summary>
    public int RoundSlots => 40;

    /// <summary>Safety holds with one honest member; but a quorum must be found among those who are honest and
    /// up.</summary>
    public int FaultyMax => (Nodes - 1) / 3;

    public int DownMax => FaultyMax;

    /// <summary>The whole quorum: only then are there two certificates for one number.</summary>
    public int FaultyBreaking => QuorumSize;

    public int GrowthPermille => 500;

    /// <summary>The parent of the head is final.</summary>
    public int FinalityLagMax => 2;

    public int TurnBlocks => 2;

    /// <summary>Nodes that were apart give their quorum up at different times; those who elected one that then failed
    /// need a second election.</summary>
    public int RecoverySlots => 8 * StallSlots;

    public bool CanWithhold => true;

    /// <summary>Once in a second.</summary>
    public IReadOnlyList<int> MessagePhases { get; } = [0, 100, 200, 300, 400, 500, 600, 700, 800, 900];

    internal KernelSet Kernels { get; }

    internal int QuorumSize { get; }

    internal int Users { get; }

    internal QuorumDevnetKeys Keys { get; }

    internal QuorumParameters Parameters { get; }

    internal QuorumGenesis Genesis { get; }

    private QuorumProtocol Protocol { get; }

    /// <summary>An opening without moves (its proposer censors, or more nodes than can be spared lost the moves in
    /// their memory) leaves nobody who can vote if its quorum stalls: the chain then stands for good
    /// (docs/decisions/0021-quorum.md).</summary>
    public string? WhyGrowthIsNotPromised(SimulationSetup setup)
    {
        int crashed = setup.Faults.Where(fault => fault.Kind == FaultKind.Crash).SelectMany(fault => fault.Nodes).Distinct().Count();
        return setup.Liars.Count > 0 ? $"{setup.Liars.Count} nodes lied: one liar can stop a quorum"
            : crashed > DownMax ? $"{crashed} nodes crashed, {DownMax} can be spared"
            : null;
    }

    /// <summary>The first quorum, which has no spare honest member then.</summary>
    public int[] Breaking(SeededRandom random) => [.. Enumerable.Range(0, QuorumSize)];

    public ISimulatedMember CreateMember(int node) => new Member(this, node);

    internal CoinAddress AddressOf(int user)
    {
        Span<byte> key = stackalloc byte[MemberKey.Size];
        MemberSignatures.KeyOf(Keys.UserSecret(user)).CopyTo(key);
        return CoinAddress.OfKey(key);
    }

    /// <summary>What a member signed is on its disk before the signature leaves: it survives crashes.</summary>
    private sealed class Member(QuorumSimulation owner, int node) : ISimulatedMember
    {
        private readonly SignedNumbers _signed = new(new MemorySignStore());

        public IProtocol CreateProtocol() => owner.Protocol;

        /// <summary>No block comes from one member alone.</summary>
        public bool CanSign(ulong producer) => false;

        public IBlockBuilder CreateBuilder(IProtocol protocol, IBlockTransition transition, bool withhold) =>
            new QuorumBlockBuilder(owner.Kernels, owner.Parameters, keys: null, _signed);

        public void Resume(ChainStore store)
        {
            // What the chain shows reaches the member's talk block by block.
        }

        public void Fill(PendingTransactions pending, Chain chain)
        {
            // Users' wallets live in the talk.
        }

        public IMemberMessages Join(Chain chain, IProtocol protocol, IBlockTransition transition) =>
            new QuorumTalk(owner, node, _signed);
    }
}
