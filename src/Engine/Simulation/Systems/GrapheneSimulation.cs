using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Production;
using Tactus.Engine.Protocols;
using Tactus.Engine.Protocols.Graphene.Devnet;
using Tactus.Engine.State;
using Tactus.Kernels;

namespace Tactus.Engine.Simulation.Systems;

/// <summary>Graphene under simulation: the devnet's genesis, one witness per node. Slots of one second, so that the
/// engine's slots (seconds) and the chain's are the same.</summary>
public sealed class GrapheneSimulation : ISimulatedProtocol
{
    /// <summary>Witnesses whose blocks need not stand above an irreversible one, in tenths: 70 % decide.</summary>
    private const int UndecidedTenths = 3;

    private readonly KernelSet _kernels;
    private readonly GrapheneDevnet _devnet;

    public GrapheneSimulation(long seed, int nodes, KernelSet kernels)
    {
        _kernels = kernels;
        Nodes = nodes;
        _devnet = new GrapheneDevnet(
            new GrapheneDevnetParameters
            {
                Seed = seed,
                Witnesses = nodes,
                Delegates = 3,
                Accounts = 8,
                TransactionsPerSecond = 2,
                BlockIntervalSec = 1,
            },
            kernels);
    }

    public string Name => "graphene";

    public int Nodes { get; }

    public int SettleSlots => 2;

    /// <summary>Twice the witnesses: the shuffle between two rounds can put a witness first in one and last in the
    /// next.</summary>
    public int RoundSlots => 2 * Nodes;

    /// <summary>With fewer liars than this two sides of one partition never both have 70 % (two such sets share 40 %
    /// of the witnesses).</summary>
    public int FaultyMax => (Nodes - 1) / 3;

    public int DownMax => FaultyMax;

    /// <summary>Two branches that both have blocks of 70 % share 40 % of the witnesses. In one partition only liars
    /// stand on both sides; who changes sides between two partitions does so honestly (NP1).</summary>
    public int PartitionsMax => 1;

    /// <summary>P16 promises for delays of less than a slot.</summary>
    public bool SlowIsFaulty => true;

    /// <summary>Maintenance skips 3 slots of each 60.</summary>
    public int GrowthPermille => 900;

    /// <summary>L liars and half of the honest reach 70 % on each side.</summary>
    public int FaultyBreaking
    {
        get
        {
            int deciding = Nodes - (Nodes * UndecidedTenths / 10);
            int liars = 0;
            while (((Nodes - liars) / 2) + liars < deciding)
            {
                liars++;
            }

            return liars;
        }
    }

    /// <summary>Between two blocks of a witness lie at most two rounds, and those who fell behind need one
    /// more.</summary>
    public int FinalityLagMax => 4 * Nodes;

    public int TurnBlocks => 2;

    public bool CanWithhold => false;

    public ISimulatedMember CreateMember(int node) => new Member(this, node);

    private sealed class Member(GrapheneSimulation owner, int node) : ISimulatedMember, IProducerKeys
    {
        public IProtocol CreateProtocol() => owner._devnet.Protocol;

        public bool CanSign(ulong producer) => producer == (ulong)node + 1;

        public void Sign(ulong producer, in Hash256 digest, Span<byte> signature65) =>
            owner._devnet.Keys.Sign(producer, digest, signature65);

        public IBlockBuilder CreateBuilder(IProtocol protocol, IBlockTransition transition, bool withhold) =>
            protocol.CreateBuilder(owner._kernels, transition, this);

        public void Resume(ChainStore store) => owner._devnet.Resume(store);

        public void Fill(PendingTransactions pending, Chain chain) => owner._devnet.Fill(pending, chain);
    }
}
