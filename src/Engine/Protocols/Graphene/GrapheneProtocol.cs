using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Production;
using Tactus.Engine.Protocols.Graphene.Consensus;
using Tactus.Engine.Protocols.Graphene.Ledger;
using Tactus.Engine.Protocols.Graphene.Wire;
using Tactus.Engine.Signatures;
using Tactus.Kernels;

namespace Tactus.Engine.Protocols.Graphene;

/// <summary>BitShares delegated proof of stake: elected witnesses in a shuffled order, delegates for the
/// parameters.</summary>
public sealed class GrapheneProtocol : IProtocol
{
    private readonly GrapheneGenesis _genesis;
    private readonly GrapheneConsensus _consensus;

    /// <param name="kernels">Kernels chosen at start.</param>
    /// <param name="chainId">[C] sha256 of the genesis file; every transaction signature covers it.</param>
    /// <param name="genesis">What the chain starts from.</param>
    public GrapheneProtocol(KernelSet kernels, in Hash256 chainId, GrapheneGenesis genesis)
    {
        ChainId = chainId;
        _genesis = genesis;
        _consensus = new GrapheneConsensus(kernels, genesis.Parameters.BlockIntervalSec);
        WitnessState state = genesis.State();
        Genesis = new GenesisBlock(0, state.Id, state.TimeSec, ReadOnlyMemory<byte>.Empty, state);
    }

    public string Name => "graphene";

    public Hash256 ChainId { get; }

    public IConsensus Consensus => _consensus;

    /// <summary>Every signature is plain secp256k1.</summary>
    public ISlowSignatures? SlowSignatures => null;

    public GenesisBlock Genesis { get; }

    public IBlockDecoder CreateDecoder(KernelSet kernels) => new BlockLaneDecoder(kernels, ChainId);

    public IBlockTransition CreateTransition(KernelSet kernels) => new GrapheneTransition(_consensus, _genesis);

    public IBlockBuilder CreateBuilder(KernelSet kernels, IBlockTransition transition, IProducerKeys keys) =>
        new GrapheneBlockBuilder(
            kernels, ((GrapheneTransition)transition).Executor, keys, new BlockLaneDecoder(kernels, ChainId));
}
