using System.Security.Cryptography;
using Tactus.Engine.Primitives;
using Tactus.Engine.Production;
using Tactus.Engine.Protocols.VmDposw.Consensus;
using Tactus.Engine.Protocols.VmDposw.Ledger;
using Tactus.Engine.Protocols.VmDposw.Wire;
using Tactus.Engine.Signatures;
using Tactus.Kernels;

namespace Tactus.Engine.Protocols.VmDposw;

/// <summary>BFDChain's VM-DPoSW: virtual machines, elected as delegates, mine low-difficulty blocks in equal windows of
/// a round; a chain of signatures decides the order of the next round.</summary>
public sealed class VmDposwProtocol : IProtocol
{
    private readonly VmGenesis _genesis;

    /// <exception cref="ArgumentException">Parameters or genesis cannot be used.</exception>
    public VmDposwProtocol(KernelSet kernels, VmDposwParameters parameters, VmGenesis genesis)
    {
        Parameters = parameters;
        _genesis = genesis;
        Consensus = new VmDposwConsensus(kernels, parameters);
        if (genesis.Check(parameters) is { } problem)
        {
            throw new ArgumentException(problem, nameof(genesis));
        }

        ChainId = ChainIdOf(parameters, genesis);
        Genesis = new GenesisBlock(0, ChainId, 0, default, ClusterState.Genesis(ChainId, genesis.Cluster));
    }

    public string Name => "vmdposw";

    /// <summary>Hash of parameters and genesis, which is the id of the genesis block too.</summary>
    public Hash256 ChainId { get; }

    public VmDposwParameters Parameters { get; }

    public IConsensus Consensus { get; }

    public ISlowSignatures? SlowSignatures => null;

    public GenesisBlock Genesis { get; }

    public IBlockDecoder CreateDecoder(KernelSet kernels) => new VmBlockDecoder(kernels, ChainId);

    public IBlockTransition CreateTransition(KernelSet kernels) => new VmDposwTransition(Parameters, _genesis);

    /// <exception cref="ArgumentException">The keys reveal no one-time keys.</exception>
    public IBlockBuilder CreateBuilder(KernelSet kernels, IBlockTransition transition, IProducerKeys keys) =>
        new VmDposwBlockBuilder(
            kernels,
            Parameters,
            keys as IMachineKeys
                ?? throw new ArgumentException(
                    $"{keys.GetType().Name} has no one-time keys: VmDposw needs {nameof(IMachineKeys)}", nameof(keys)));

    private static Hash256 ChainIdOf(VmDposwParameters p, VmGenesis genesis)
    {
        var writer = new ByteWriter(4096);
        writer.WriteSpan("vmdposw/1"u8);
        foreach (long value in (ReadOnlySpan<long>)
        [
            p.GenesisUnixUs, p.SlotUs, p.RoundUs, p.GapUs, (long)p.Difficulty, p.PowerOf[0], p.PowerOf[1], p.PowerOf[2],
            (long)p.Order, p.ShareMinPercent, p.ShareMaxPercent, (long)p.Coverage, (long)p.Finality, p.MachinesMax, p.SupplyEach,
            p.PeriodRounds, p.PriceMin[0], p.PriceMin[1], p.PriceMin[2], p.BlockRequestsMax, p.DemandPercent, p.RewardPerBlock,
            p.RewardPerRequest, genesis.Accounts, genesis.BalanceEach, genesis.Machines.Count,
        ])
        {
            writer.WriteInt64(value);
        }

        foreach (GenesisMachine machine in genesis.Machines)
        {
            writer.WriteUInt64(machine.Owner);
            writer.WriteByte((byte)machine.Category);
            writer.WriteByte((byte)machine.Role);
            writer.WriteSpan(machine.Key.Bytes);
            writer.WriteHash256(machine.Commitment);
        }

        // The first account's key stands for all: a devnet's come from one seed.
        writer.WriteSpan(genesis.AccountKey(0).Bytes);
        return new Hash256(SHA256.HashData(writer.Written));
    }
}
