using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Production;
using Tactus.Engine.Protocols.Antelope.Consensus;
using Tactus.Engine.Protocols.Antelope.Execution;
using Tactus.Engine.Protocols.Antelope.Keys;
using Tactus.Engine.Protocols.Antelope.Types;
using Tactus.Engine.Protocols.Antelope.Wire;
using Tactus.Engine.Signatures;
using Tactus.Kernels;

namespace Tactus.Engine.Protocols.Antelope;

/// <summary>Antelope/Telos DPoS with two-stage finality: the default system.</summary>
public sealed class AntelopeProtocol : IProtocol
{
    private readonly KernelSet _kernels;
    private readonly Hash256 _chainId;
    private readonly AntelopeGenesis? _state;
    private readonly ExecutorOptions _options;

    /// <param name="kernels">Kernels chosen at start.</param>
    /// <param name="genesis">What the chain starts from; its hash is the chain id.</param>
    /// <param name="state">Accounts and tokens at the start; null where blocks are checked and not executed.</param>
    /// <param name="options">Parameters of execution.</param>
    public AntelopeProtocol(
        KernelSet kernels, GenesisState genesis, AntelopeGenesis? state = null, ExecutorOptions? options = null)
    {
        _kernels = kernels;
        _chainId = genesis.ChainId();
        _state = state;
        _options = options ?? new ExecutorOptions();
        Consensus = new AntelopeConsensus(kernels, RecoverSlow);
        SlowSignatures = new SlowSignatures(kernels);
        HeaderState root = HeaderState.Genesis(genesis.InitialSlot, genesis.InitialKey, _chainId);
        Genesis = new GenesisBlock(root.Number, root.Id, root.Slot, genesis.GenesisBlock().ToBytes(), root);
    }

    public string Name => "antelope";

    public Hash256 ChainId => _chainId;

    public IConsensus Consensus { get; }

    public ISlowSignatures? SlowSignatures { get; }

    public GenesisBlock Genesis { get; }

    /// <summary>What keeps this node's producers from signing twice; a node with data on disk brings a durable
    /// one.</summary>
    public Watermarks Watermarks { get; init; } = new(new MemoryWatermarkStore());

    public IBlockDecoder CreateDecoder(KernelSet kernels) => new BlockLaneDecoder(kernels, _chainId);

    public ITransactionDecoder CreateTransactionDecoder(KernelSet kernels) => new BlockLaneDecoder(kernels, _chainId);

    public IBlockTransition CreateTransition(KernelSet kernels) => new AntelopeTransition(
        kernels, _state ?? throw new InvalidOperationException("this chain's blocks are checked, not executed"),
        _options);

    public IBlockBuilder CreateBuilder(KernelSet kernels, IBlockTransition transition, IProducerKeys keys) =>
        new AntelopeBlockBuilder(
            kernels, ((AntelopeTransition)transition).Executor, keys, Watermarks, CreateDecoder(kernels));

    private PublicKey? RecoverSlow(KeySignature signature, in Hash256 digest, out string? reason)
    {
        PublicKey? key = KeyRecovery.TryRecover(_kernels, digest, signature, out Verdict verdict);
        reason = verdict.Detail;
        return key;
    }
}
