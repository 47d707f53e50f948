using System.Numerics;
using Tactus.Engine.Devnet;
using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Production;
using Tactus.Engine.Protocols.VmDposw.Consensus;
using Tactus.Engine.Protocols.VmDposw.Ledger;
using Tactus.Engine.Protocols.VmDposw.Machines;
using Tactus.Engine.State;
using Tactus.Kernels;

namespace Tactus.Engine.Protocols.VmDposw.Devnet;

/// <summary>The VM-DPoSW devnet: of the VMs, every second one is a delegate (VM2, VM4, VM6 of six, as in the document's
/// Fig. 1), the others wait in the queue pool until demand calls them.</summary>
public sealed class VmDposwDevnet : IDevnet
{
    /// <summary>Most delegates; as many VMs wait in the queue pool, and all of them fit a cluster.</summary>
    public const int DelegatesMax = VmDposwParameters.DelegatesMax / 2;

    /// <summary>Slots of a window while the cluster has its first delegates.</summary>
    private const int SlotsPerWindow = 2;

    private readonly DevnetParameters _parameters;
    private readonly VmDposwProtocol _protocol;
    private readonly VmTransferLoad _load;

    /// <param name="parameters">Seed, producers (delegates), accounts, rate.</param>
    /// <param name="kernels">Kernels chosen at start.</param>
    /// <exception cref="DevnetException">More delegates than a devnet takes.</exception>
    public VmDposwDevnet(DevnetParameters parameters, KernelSet kernels)
    {
        if (parameters.Producers > DelegatesMax)
        {
            throw new DevnetException(
                $"--producers {parameters.Producers}: a VM-DPoSW devnet has 1 to {DelegatesMax} delegates");
        }

        _parameters = parameters;
        int machines = 2 * parameters.Producers;
        var keys = new VmDevnetKeys(parameters.Seed, machines, kernels: kernels);
        Keys = keys;
        Rules = RulesFor(parameters.Producers);
        _protocol = new VmDposwProtocol(kernels, Rules, GenesisOf(keys, machines, parameters.Accounts));
        _load = new VmTransferLoad(
            keys, parameters.Seed, parameters.Accounts, parameters.TransactionsPerSecond, Rules.SlotUs, _protocol.ChainId);
    }

    public VmDposwParameters Rules { get; }

    public IProtocol Protocol => _protocol;

    public IProducerKeys Keys { get; }

    public long RecordsExpected => (_parameters.Accounts * 2L) + (2L * _parameters.Producers * 3) + 1;

    public string Describe() =>
        $"{_parameters.Producers} delegates of {2 * _parameters.Producers} VMs, {_parameters.Accounts} accounts, "
        + $"{_parameters.TransactionsPerSecond} transfers/s, seed {_parameters.Seed}, chain {_protocol.ChainId.ToShortString()}";

    /// <summary>Nothing to take up: a VM signs for later slots than the head's only, and the head is in the
    /// log.</summary>
    public void Resume(ChainStore store)
    {
    }

    public void Fill(PendingTransactions pending, Chain chain) => _load.Fill(
        pending,
        (ClusterState)chain.Head.State.ConsensusState,
        (uint)(_protocol.Consensus.SlotStartUs(chain.Head.Slot) / 1_000_000));

    public string Status(Chain chain)
    {
        var state = (ClusterState)chain.Head.State.ConsensusState;
        int filled = BitOperations.PopCount(state.FilledMask);
        return $"VM{LastMachine(state),-3} round {state.Setup.Round} "
            + $"windows {filled}/{state.Setup.Order.Count} final -{chain.Head.Number - chain.Root.Number}";
    }

    /// <summary>Windows of 1 s and d = 64, so that finality shows within seconds: with two slots a window, gold fills
    /// 99 %, silver 96 % and bronze 79 % of its windows.</summary>
    public static VmDposwParameters RulesFor(int delegates) => new()
    {
        RoundUs = delegates * SlotsPerWindow * 500_000L,
        Difficulty = 64,
        BlockRequestsMax = PipelineLimits.TransactionsMax,
    };

    /// <summary>Accounts, and VMs of the three categories in turn; owner of VM i is account i - 1 as far as there are
    /// accounts.</summary>
    public static VmGenesis GenesisOf(VmDevnetKeys keys, int machines, int accounts)
    {
        var list = new GenesisMachine[machines];
        for (int i = 0; i < machines; i++)
        {
            uint id = (uint)i + 1;
            list[i] = new GenesisMachine(
                (ulong)(i % accounts),
                (VmCategory)(i / 2 % VmCategories.Count),
                id % 2 == 0 ? VmRole.Delegate : VmRole.Witness,
                keys.MachineKey(id),
                keys.ChainOf(id).Commitment);
        }

        return new VmGenesis { Machines = list, Accounts = accounts, AccountKey = keys.AccountKey };
    }

    /// <summary>The VM of the newest block: the one whose last signature it carries.</summary>
    private static uint LastMachine(ClusterState state) =>
        state.Cluster.FirstOrDefault(vm => vm.Last == state.FinalSignature)?.Machine ?? 0;
}
