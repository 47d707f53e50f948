using Tactus.Engine.Pipeline;
using Tactus.Engine.Production;
using Tactus.Engine.Protocols;
using Tactus.Engine.Protocols.Quorum;
using Tactus.Engine.Protocols.Quorum.Rounds;
using Tactus.Engine.Simulation;
using Tactus.Engine.Simulation.Systems;
using Tactus.Engine.State;

namespace Tactus.Engine.Tests.Contracts;

/// <summary>A member of the first quorum who has the keys of all and certifies blocks without asking, as the devnet
/// does. The contract is about blocks and states; how a certificate comes about over a network is the simulator's
/// matter.</summary>
internal sealed class CertifyingMember(QuorumSimulation system, int node) : ISimulatedMember
{
    private readonly ISimulatedMember _member = system.CreateMember(node);
    private readonly SignedNumbers _signed = new(new MemorySignStore());

    public IProtocol CreateProtocol() => _member.CreateProtocol();

    public bool CanSign(ulong producer) => node < system.QuorumSize;

    public IBlockBuilder CreateBuilder(IProtocol protocol, IBlockTransition transition, bool withhold) =>
        new QuorumBlockBuilder(system.Kernels, system.Parameters, system.Keys, _signed);

    public void Resume(ChainStore store) => _member.Resume(store);

    public void Fill(PendingTransactions pending, Chain chain) => _member.Fill(pending, chain);
}
