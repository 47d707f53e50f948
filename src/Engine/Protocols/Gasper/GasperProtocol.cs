using Tactus.Engine.Primitives;
using Tactus.Engine.Production;
using Tactus.Engine.Protocols.Gasper.Blocks;
using Tactus.Engine.Protocols.Gasper.ForkChoice;
using Tactus.Engine.Protocols.Gasper.Production;
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
    private readonly GasperConsensus _consensus;

    /// <param name="kernels">Kernels chosen at start.</param>
    /// <param name="genesis">State that the chain starts from: of slot 0, or a later one that is trusted. Not used by
    /// the caller any more.</param>
    /// <param name="slotUs">Length of a slot in microseconds; the preset's where nothing else is wished.</param>
    /// <param name="salt">Secret salt of signature batches, drawn by the host.</param>
    public GasperProtocol(KernelSet kernels, BeaconState genesis, long slotUs, in Hash256 salt)
    {
        ArgumentNullException.ThrowIfNull(kernels);
        ArgumentNullException.ThrowIfNull(genesis);
        _context = genesis.Context;
        _bls = kernels.Bls12381.For(BatchUsual);
        _consensus = new GasperConsensus(_context, _bls, genesis.GenesisTime, slotUs, salt);
        ChainId = Transition.Accessors.LatestBlockRoot(genesis);
        _genesis = GasperState.Genesis(genesis, ChainId);
        Genesis = new GenesisBlock(0, ChainId, (long)genesis.Slot, default, _genesis);
    }

    public string Name => "gasper";

    /// <summary>Root of the block that the chain starts after, which names the state after it.</summary>
    public Hash256 ChainId { get; }

    public IConsensus Consensus => _consensus;

    /// <summary>A checkpoint that the chain must go through: blocks of another history are refused.</summary>
    public Checkpoint? TrustedCheckpoint { get; init; }

    /// <summary>Whether nodes find double votes by themselves and let them count no more.</summary>
    public bool FindDoubleVotes { get; init; } = true;

    public ISlowSignatures? SlowSignatures => null;

    public GenesisBlock Genesis { get; }

    public IBlockDecoder CreateDecoder(KernelSet kernels) => new GasperBlockDecoder(_context);

    public IBlockTransition CreateTransition(KernelSet kernels) =>
        new GasperTransition(_genesis, new AttestationPool(_context.Preset, _bls));

    public IForkChoice CreateForkChoice(GenesisBlock root, IBlockTransition? transition)
    {
        ArgumentNullException.ThrowIfNull(root);
        AttestationPool pool = (transition as GasperTransition)?.Pool ?? new AttestationPool(_context.Preset, _bls);
        return new GasperForkChoice(
            _consensus, (GasperState)root.ConsensusState, pool, TrustedCheckpoint, FindDoubleVotes);
    }

    /// <exception cref="ArgumentException">The keys are no validators' keys.</exception>
    public IBlockBuilder CreateBuilder(KernelSet kernels, IBlockTransition transition, IProducerKeys keys) =>
        new GasperBlockBuilder(
            ((GasperTransition)transition).Pool,
            keys as IValidatorKeys
                ?? throw new ArgumentException(
                    $"{keys.GetType().Name} signs no votes: Gasper needs {nameof(IValidatorKeys)}", nameof(keys)));
}
