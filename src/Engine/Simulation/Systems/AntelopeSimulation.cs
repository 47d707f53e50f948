using Tactus.Engine.Devnet;
using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Production;
using Tactus.Engine.Protocols;
using Tactus.Engine.Protocols.Antelope;
using Tactus.Engine.Protocols.Antelope.Consensus;
using Tactus.Engine.Protocols.Antelope.Devnet;
using Tactus.Engine.Protocols.Antelope.Execution;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.Engine.State;
using Tactus.Kernels;

namespace Tactus.Engine.Simulation.Systems;

/// <summary>Antelope under simulation: the devnet's genesis, one producer per node; eosio, which makes the first
/// blocks, lives on node 0. The bounds are those of antelope.md section 3 for two-stage finality.</summary>
public sealed class AntelopeSimulation : ISimulatedProtocol
{
    private const int Accounts = 8;
    private const int SlotsPerTurn = 12;

    private readonly KernelSet _kernels;
    private readonly DevnetParameters _parameters;
    private readonly DevnetKeys _keys;
    private readonly GenesisState _genesis;
    private readonly AntelopeGenesis _state;
    private readonly TransferLoad _load;

    public AntelopeSimulation(long seed, int nodes, KernelSet kernels)
    {
        _kernels = kernels;
        Nodes = nodes;

        // Two transfers a second: one per block.
        _parameters = new DevnetParameters
        {
            Seed = seed,
            Producers = nodes,
            Accounts = Accounts,
            TransactionsPerSecond = 2,
        };
        _keys = new DevnetKeys(_parameters);
        _genesis = DevnetChain.GenesisOf(_keys);
        byte[][] users = [.. Enumerable.Range(0, Accounts).Select(i => PublicKeyOf(_keys.UserSecret(i)))];
        _state = new AntelopeGenesis
        {
            Config = DevnetChain.Config,
            SystemKey = DevnetKeys.PublicKeyOf(_keys.System),
            Producers = [.. Enumerable.Range(0, nodes).Select(i => (DevnetKeys.ProducerName(i), _keys.ProducerKey(i)))],
            UserCount = Accounts,
            UserKeys = (index, key33) => users[index].CopyTo(key33),
            BalanceEach = 1_000_000,
        };
        _load = new TransferLoad(_parameters, _keys, _genesis.ChainId());
    }

    public string Name => "antelope";

    public int Nodes { get; }

    /// <summary>Block 2 proposes the schedule, which is in force once the block that carries it is final: eosio alone
    /// makes each block final with the next.</summary>
    public int SettleSlots => 10;

    public int RoundSlots => SlotsPerTurn * Nodes;

    public int FaultyMax => (Nodes - 1) / 3;

    public int DownMax => FaultyMax;

    public int GrowthPermille => 1000;

    /// <summary>L liars and half of the honest reach the quorum of floor(2N/3) + 1 on each side.</summary>
    public int FaultyBreaking
    {
        get
        {
            int quorum = (2 * Nodes / 3) + 1;
            int liars = 0;
            while (((Nodes - liars) / 2) + liars < quorum)
            {
                liars++;
            }

            return liars;
        }
    }

    /// <summary>Each of the two stages waits for floor(2N/3) + 1 producers, which with <see cref="FaultyMax"/> silent
    /// ones takes a round at most; another round for the producers whose watermarks lie on a lost branch and who
    /// confirm nothing at first.</summary>
    public int FinalityLagMax => 3 * RoundSlots;

    public int TurnBlocks => SlotsPerTurn;

    public bool CanWithhold => true;

    public ISimulatedMember CreateMember(int node) => new Member(this, node);

    private static byte[] PublicKeyOf(ReadOnlySpan<byte> secret)
    {
        byte[] key = new byte[PublicKey.CompressedSize];
        DevnetKeys.PublicKeyOf(secret, key);
        return key;
    }

    private sealed class Member : ISimulatedMember, IProducerKeys
    {
        private readonly AntelopeSimulation _owner;
        private readonly ulong _producer;
        private readonly bool _isSystem;

        // Stands for a store that has each watermark on disk before its signature leaves: it survives crashes.
        private readonly MemoryWatermarkStore _watermarks = new();

        public Member(AntelopeSimulation owner, int node)
        {
            _owner = owner;
            _producer = DevnetKeys.ProducerName(node).Value;
            _isSystem = node == 0;
        }

        public IProtocol CreateProtocol() =>
            new AntelopeProtocol(_owner._kernels, _owner._genesis, _owner._state, new ExecutorOptions())
            {
                Watermarks = new Watermarks(_watermarks),
            };

        public bool CanSign(ulong producer) =>
            producer == _producer || (_isSystem && producer == WellKnown.System.Value);

        public void Sign(ulong producer, in Hash256 digest, Span<byte> signature65) =>
            _owner._keys.Sign(producer, digest, signature65);

        /// <summary>Withholding: a builder that knows no watermark confirms no earlier block (antelope.md
        /// 3.4).</summary>
        public IBlockBuilder CreateBuilder(IProtocol protocol, IBlockTransition transition, bool withhold)
        {
            var watermarks = new Watermarks(withhold ? new ForgetfulStore(_watermarks) : _watermarks);
            return new AntelopeBlockBuilder(
                _owner._kernels, ((AntelopeTransition)transition).Executor, this, watermarks,
                protocol.CreateDecoder(_owner._kernels));
        }

        public void Resume(ChainStore store)
        {
            // What this member signed is in its watermarks.
        }

        public void Fill(PendingTransactions pending, Chain chain) =>
            _owner._load.Fill(pending, (HeaderState)chain.Head.State.ConsensusState);
    }

    /// <summary>Remembers what it is given, and shows nothing.</summary>
    private sealed class ForgetfulStore(MemoryWatermarkStore inner) : IWatermarkStore
    {
        public IReadOnlyList<Watermark> Load() => [];

        public void Save(Watermark watermark) => inner.Save(watermark);
    }
}
