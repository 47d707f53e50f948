using Tactus.Engine.Devnet;
using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Production;
using Tactus.Engine.Protocols;
using Tactus.Engine.Protocols.VmDposw;
using Tactus.Engine.Protocols.VmDposw.Devnet;
using Tactus.Engine.State;
using Tactus.Kernels;

namespace Tactus.Engine.Simulation.Systems;

/// <summary>VM-DPoSW under simulation: the devnet's genesis; each node owns two VMs, a delegate and one that waits to be voted
/// in.</summary>
public sealed class VmDposwSimulation : ISimulatedProtocol
{
    private readonly KernelSet _kernels;
    private readonly VmDposwDevnet _devnet;

    /// <exception cref="ScenarioException">More nodes than a cluster takes.</exception>
    public VmDposwSimulation(long seed, int nodes, KernelSet kernels)
    {
        if (nodes > VmDposwDevnet.DelegatesMax)
        {
            throw new ScenarioException($"--nodes {nodes}: a VM-DPoSW network has 1 to {VmDposwDevnet.DelegatesMax} delegates");
        }

        _kernels = kernels;
        Nodes = nodes;
        _devnet = new VmDposwDevnet(
            new DevnetParameters { Protocol = "vmdposw", Seed = seed, Producers = nodes, Accounts = 8, TransactionsPerSecond = 2 }, kernels);
    }

    public string Name => "vmdposw";

    public int Nodes { get; }

    public int SettleSlots => 2;

    /// <summary>Two rounds of the protocol: in one a VM may find no work in its whole window.</summary>
    public int RoundSlots => 2 * WindowsSlots;

    /// <summary>None: finality is more than half of the voting right building on a round, and one gold VM that builds on two
    /// branches can be that half on both.</summary>
    public int FaultyMax => 0;

    public int DownMax => (Nodes - 1) / 3;

    public int FaultyBreaking => Math.Max(1, Nodes / 3);

    /// <summary>Bronze tries 50 hashes in a slot against 64 per block and fills half of its slots. A fifth of that leaves room
    /// for chance.</summary>
    public int GrowthPermille => 100;

    /// <summary>Slots bound blocks from above: eight rounds, because a round whose windows stay empty by chance makes nothing
    /// final.</summary>
    public int FinalityLagMax => 8 * WindowsSlots;

    public int TurnBlocks => WindowsSlots / 2;

    public bool CanWithhold => false;

    private int WindowsSlots => (int)(_devnet.Rules.RoundUs / _devnet.Rules.SlotUs);

    public ISimulatedMember CreateMember(int node) => new Member(this, node);

    private sealed class Member(VmDposwSimulation owner, int node) : ISimulatedMember, IMachineKeys
    {
        private readonly IMachineKeys _keys = (IMachineKeys)owner._devnet.Keys;

        public IProtocol CreateProtocol() => owner._devnet.Protocol;

        public bool CanSign(ulong producer) => producer >= 1 && (producer - 1) / 2 == (ulong)node;

        public void Sign(ulong producer, in Hash256 digest, Span<byte> signature65) => _keys.Sign(producer, digest, signature65);

        public bool TryReveal(uint machine, uint index, out Hash256 key)
        {
            key = default;
            return CanSign(machine) && _keys.TryReveal(machine, index, out key);
        }

        public IBlockBuilder CreateBuilder(IProtocol protocol, IBlockTransition transition, bool withhold) =>
            protocol.CreateBuilder(owner._kernels, transition, this);

        public void Resume(ChainStore store) => owner._devnet.Resume(store);

        public void Fill(PendingTransactions pending, Chain chain) => owner._devnet.Fill(pending, chain);
    }
}
