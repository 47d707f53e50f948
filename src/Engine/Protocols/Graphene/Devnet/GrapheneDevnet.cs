using Tactus.Engine.Devnet;
using Tactus.Engine.Pipeline;
using Tactus.Engine.Production;
using Tactus.Engine.Protocols.Graphene.Consensus;
using Tactus.Engine.State;
using Tactus.Kernels;

namespace Tactus.Engine.Protocols.Graphene.Devnet;

/// <summary>The Graphene devnet: all witnesses are elected by a treasury and produce on this node.</summary>
public sealed class GrapheneDevnet : IDevnet
{
    private readonly GrapheneDevnetParameters _parameters;
    private readonly GrapheneProtocol _protocol;
    private readonly GrapheneLoad _load;

    /// <exception cref="DevnetException">The parameters cannot be used.</exception>
    public GrapheneDevnet(GrapheneDevnetParameters parameters, KernelSet kernels)
    {
        _parameters = parameters.Check() is { } wrong ? throw new DevnetException(wrong) : parameters;
        var keys = new GrapheneDevnetKeys(parameters);
        Keys = keys;
        _protocol = GrapheneDevnetChain.Create(parameters, keys, kernels);
        _load = new GrapheneLoad(parameters, keys, _protocol.ChainId);
    }

    public IProtocol Protocol => _protocol;

    public IProducerKeys Keys { get; }

    public long RecordsExpected => _parameters.Accounts * 4L;

    public string Describe() =>
        $"{_parameters.Witnesses} witnesses, {_parameters.Delegates} delegates, {_parameters.Accounts} accounts, "
        + $"{_parameters.TransactionsPerSecond} transfers/s, a block every {_parameters.BlockIntervalSec} s, "
        + $"maintenance every {_parameters.MaintenanceIntervalSec} s, seed {_parameters.Seed}, "
        + $"chain {_protocol.ChainId.ToShortString()}";

    /// <summary>Nothing to take up: a block of this process goes through its own pipeline before anybody else could see
    /// it, so what the log lacks was never released.</summary>
    public void Resume(ChainStore store)
    {
        // The head decides the next slot, and no slot before it is signed again.
    }

    public void Fill(PendingTransactions pending, Chain chain) =>
        _load.Fill(pending, (WitnessState)chain.Head.State.ConsensusState);

    public string Status(Chain chain)
    {
        var state = (WitnessState)chain.Head.State.ConsensusState;
        return $"1.6.{state.Producer,-4} participation {Participation.Rate(state.RecentSlots) / 100} % lib "
            + $"-{state.Number - state.LastIrreversible}"
            + (state.DidMaintenance ? " maintenance" : string.Empty);
    }
}
