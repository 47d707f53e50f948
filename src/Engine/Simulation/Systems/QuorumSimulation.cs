using System.Security.Cryptography;
using Tactus.Engine.Devnet;
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

/// <summary>The quorum under simulation: every node has a member's key; all but as many as may lie are the first quorum,
/// the others stand ready for an election. A block's certificate is gathered over the network, see <see
/// cref="QuorumTalk"/>.</summary>
public sealed class QuorumSimulation : ISimulatedProtocol
{
    /// <summary>Whole coins of a user: enough that hours grow faster than moves burn them.</summary>
    private const ulong CoinsEach = 1_000_000;

    private const ulong HoursEach = 1_000_000;

    /// <summary>Clients whose transactions must come into blocks; they move their coins and do not vote.</summary>
    private const int Clients = 2;

    /// <summary>Whole coins of a client: too few for their votes to be missed.</summary>
    private const ulong ClientCoins = 1_000;

    /// <summary>Stall and election in slots: 60 s each.</summary>
    private const int StallSlots = 6;

    private readonly MemberKey[] _keys;
    private readonly CoinAddress[] _addresses;

    /// <param name="seed">Keys come from it.</param>
    /// <param name="nodes">Nodes, each of which can be elected.</param>
    /// <param name="kernels">Kernels.</param>
    /// <param name="quorumSize">Members of a quorum; 0: nodes less those that may lie, (N-1)/3 of them. Any two quorums
    /// then share an honest member, and whoever remains when the liars are voted out still fills one.</param>
    /// <exception cref="ScenarioException">More nodes than a certificate takes.</exception>
    public QuorumSimulation(long seed, int nodes, KernelSet kernels, int quorumSize = 0)
    {
        if (nodes > QuorumParameters.MembersMax)
        {
            throw new ScenarioException($"--nodes {nodes}: a quorum network has 1 to {QuorumParameters.MembersMax} nodes");
        }

        Kernels = kernels;
        Nodes = nodes;
        QuorumSize = quorumSize > 0 ? quorumSize : nodes - DownMax;
        Users = Math.Max(8, nodes);
        Keys = new QuorumDevnetKeys(seed, nodes);
        _keys = [.. Enumerable.Range(0, Users + Clients).Select(user => MemberSignatures.KeyOf(Keys.UserSecret(user)))];
        _addresses = Array.ConvertAll(_keys, key =>
        {
            Span<byte> bytes = stackalloc byte[MemberKey.Size];
            key.CopyTo(bytes);
            return CoinAddress.OfKey(bytes);
        });
        var outputs = new ByteWriter();
        for (int user = 0; user < Users + Clients; user++)
        {
            AddressOf(user).CopyTo(outputs.Reserve(CoinAddress.Size));
            outputs.WriteUInt64((user < Users ? CoinsEach : ClientCoins) * CoinHours.DropletsPerCoin);
            outputs.WriteUInt64(HoursEach);
        }

        // Delays are a quarter of a slot at most: messages are published everywhere within half of one.
        Parameters = new QuorumParameters
        {
            QuorumSize = QuorumSize,
            SupplyCoins = (CoinsEach * (ulong)Users) + (ClientCoins * Clients),
            ElectionWindowSec = 60,
            StallTimeoutSec = 60,
            RoundTimeoutMs = 6_000,
            GossipBoundMs = 5_000,
        };
        Genesis = new QuorumGenesis(
            DevnetGenesis.UnixSec, new Epoch(1, 1, [.. Keys.Members.Take(QuorumSize)]), outputs.Written);
        Protocol = new QuorumProtocol(kernels, Genesis, Parameters);
    }

    public string Name => "quorum";

    public int Nodes { get; }

    public int SettleSlots => 2;

    /// <summary>A stall, an election and as much again: there is no turn that every node has.</summary>
    public int RoundSlots => 40;

    /// <summary>A quorum must be found among those who are honest and up, and two quorums that a partition lets elect
    /// must share more nodes than lie: a node that they share signs no second opening that both could grow on.</summary>
    public int FaultyMax => Math.Min(DownMax, (2 * QuorumSize) - Nodes - 1);

    public int DownMax => (Nodes - 1) / 3;

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

    /// <summary>Unanimity has no tolerance (S9).</summary>
    public bool StopsWithoutVotes => true;

    /// <summary>Once in a second.</summary>
    public IReadOnlyList<int> MessagePhases { get; } = [0, 100, 200, 300, 400, 500, 600, 700, 800, 900];

    internal KernelSet Kernels { get; }

    internal int QuorumSize { get; }

    internal int Users { get; }

    internal QuorumDevnetKeys Keys { get; }

    internal QuorumParameters Parameters { get; }

    internal QuorumGenesis Genesis { get; }

    private QuorumProtocol Protocol { get; }

    /// <summary>The first quorum, which has no spare honest member then.</summary>
    public int[] Breaking(SeededRandom random) => [.. Enumerable.Range(0, QuorumSize)];

    public ISimulatedMember CreateMember(int node) => new Member(this, node);

    internal CoinAddress AddressOf(int user) => _addresses[user];

    internal MemberKey KeyOf(int user) => _keys[user];

    /// <summary>What a member signed is on its disk before the signature leaves: it survives crashes.</summary>
    private sealed class Member(QuorumSimulation owner, int node) : ISimulatedMember
    {
        private readonly SignedNumbers _signed = new(new MemorySignStore());
        private QuorumTalk? _talk;

        public IProtocol CreateProtocol() => owner.Protocol;

        /// <summary>No block comes from one member alone.</summary>
        public bool CanSign(ulong producer) => false;

        public IBlockBuilder CreateBuilder(IProtocol protocol, IBlockTransition transition, bool withhold) =>
            new QuorumBlockBuilder(owner.Kernels, owner.Parameters, keys: null, _signed);

        public void Resume(ChainStore store)
        {
            // What the chain shows reaches the member's talk block by block.
        }

        /// <summary>Each client moves its coins to itself and burns the fee. Users' coins, which vote, are moved by the
        /// talk's wallets.</summary>
        public void Fill(PendingTransactions pending, Chain chain)
        {
            ulong headSec = ((QuorumState)chain.Head.State.ConsensusState).TimeSec;
            foreach (UnspentOutput output in _talk?.Ledger?.Outputs ?? [])
            {
                int client = Array.IndexOf(owner._addresses, output.Address, owner.Users);
                if (client >= 0 && TransactionDraft.TryMove(
                    output,
                    output.Address,
                    headSec,
                    owner.Parameters.BurnFactor,
                    owner.Keys.UserSecret(client),
                    out byte[] packed))
                {
                    byte[] tag = new byte[SignatureLanes.KeyTagSize];
                    owner.KeyOf(client).CopyTo(tag.AsSpan(1));
                    pending.Add(new Hash256(SHA256.HashData(packed)), packed, tag, uint.MaxValue);
                }
            }
        }

        public IMemberMessages Join(Chain chain, IProtocol protocol, IBlockTransition transition) =>
            _talk = new QuorumTalk(owner, node, _signed);
    }
}
