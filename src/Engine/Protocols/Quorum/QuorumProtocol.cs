using Tactus.Engine.Primitives;
using Tactus.Engine.Production;
using Tactus.Engine.Protocols.Quorum.Blocks;
using Tactus.Engine.Protocols.Quorum.Rounds;
using Tactus.Engine.Signatures;
using Tactus.Kernels;

namespace Tactus.Engine.Protocols.Quorum;

/// <summary>Skycoin's quorum proof of stake: coin holders elect members, every member signs every block.</summary>
public sealed class QuorumProtocol : IProtocol
{
    private readonly QuorumGenesis _genesis;

    /// <param name="kernels">Kernels chosen at start.</param>
    /// <param name="genesis">What the chain starts from.</param>
    /// <param name="parameters">Parameters of the system.</param>
    /// <exception cref="ArgumentException">The parameters cannot be used.</exception>
    public QuorumProtocol(KernelSet kernels, QuorumGenesis genesis, QuorumParameters parameters)
    {
        if (parameters.Check() is { } problem)
        {
            throw new ArgumentException(problem, nameof(parameters));
        }

        _genesis = genesis;
        Parameters = parameters;
        QuorumConsensus = new QuorumConsensus(kernels, parameters);
        Genesis = genesis.Block(kernels, parameters);
    }

    public string Name => "quorum";

    public Hash256 ChainId => Genesis.Id;

    public QuorumParameters Parameters { get; }

    public QuorumConsensus QuorumConsensus { get; }

    public IConsensus Consensus => QuorumConsensus;

    public ISlowSignatures? SlowSignatures => null;

    public GenesisBlock Genesis { get; }

    /// <summary>What keeps this node's members from signing twice; a node with data on disk brings a durable
    /// one.</summary>
    public SignedNumbers Signed { get; init; } = new(new MemorySignStore());

    public IBlockDecoder CreateDecoder(KernelSet kernels) => new BlockLaneDecoder(kernels, Parameters);

    public IBlockTransition CreateTransition(KernelSet kernels) => new QuorumTransition(_genesis, Parameters);

    public IBlockBuilder CreateBuilder(KernelSet kernels, IBlockTransition transition, IProducerKeys keys) =>
        new QuorumBlockBuilder(kernels, Parameters, keys, Signed);
}
