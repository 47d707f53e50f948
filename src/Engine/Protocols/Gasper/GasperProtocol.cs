using Tactus.Engine.Primitives;
using Tactus.Engine.Production;
using Tactus.Engine.Protocols.Gasper.State;
using Tactus.Engine.Signatures;
using Tactus.Kernels;
using Tactus.Kernels.Bls12381;

namespace Tactus.Engine.Protocols.Gasper;

/// <summary>BTC20 proof of stake, phase 0 of Gasper: slots, committees, Casper-FFG finality.</summary>
public sealed class GasperProtocol : IProtocol
{
    /// <summary>Signatures of a usual block, by which the kernel is chosen.</summary>
    private const int BatchUsual = 16;

    private readonly GasperContext _context;
    private readonly GasperState _genesis;
    private readonly IBlsKernel _bls;

    /// <param name="kernels">Kernels chosen at start.</param>
    /// <param name="genesis">State of slot 0, not used by the caller any more.</param>
    /// <param name="slotUs">Length of a slot in microseconds; the preset's where nothing else is wished.</param>
    /// <param name="salt">Secret salt of signature batches, drawn by the host.</param>
    public GasperProtocol(KernelSet kernels, BeaconState genesis, long slotUs, in Hash256 salt)
    {
        ArgumentNullException.ThrowIfNull(kernels);
        ArgumentNullException.ThrowIfNull(genesis);
        _context = genesis.Context;
        _bls = kernels.Bls12381.For(BatchUsual);
        Consensus = new GasperConsensus(_context, _bls, genesis.GenesisTime, slotUs, salt);
        ChainId = Transition.Genesis.Block(genesis).HashTreeRoot(_context.Schemas, _context.Hasher);
        _genesis = GasperState.Genesis(genesis, ChainId);
        Genesis = new GenesisBlock(0, ChainId, 0, default, _genesis);
    }

    public string Name => "gasper";

    /// <summary>Root of the genesis block, which names the genesis state.</summary>
    public Hash256 ChainId { get; }

    public IConsensus Consensus { get; }

    public ISlowSignatures? SlowSignatures => null;

    public GenesisBlock Genesis { get; }

    public IBlockDecoder CreateDecoder(KernelSet kernels) => new GasperBlockDecoder(_context);

    public IBlockTransition CreateTransition(KernelSet kernels) => new GasperTransition(_genesis);

    /// <exception cref="ArgumentException">The keys are no validators' keys.</exception>
    public IBlockBuilder CreateBuilder(KernelSet kernels, IBlockTransition transition, IProducerKeys keys) =>
        new GasperBlockBuilder(
            _bls,
            keys as IValidatorKeys
                ?? throw new ArgumentException($"{keys.GetType().Name} signs no votes: Gasper needs {nameof(IValidatorKeys)}", nameof(keys)));
}
