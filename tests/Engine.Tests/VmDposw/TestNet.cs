using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols;
using Tactus.Engine.Protocols.VmDposw;
using Tactus.Engine.Protocols.VmDposw.Consensus;
using Tactus.Engine.Protocols.VmDposw.Devnet;
using Tactus.Engine.Protocols.VmDposw.Ledger;
using Tactus.Engine.Protocols.VmDposw.Rounds;
using Tactus.Engine.Protocols.VmDposw.Wire;
using Tactus.Engine.Protocols.VmDposw.Work;
using Tactus.Kernels;

namespace Tactus.Engine.Tests.VmDposw;

/// <summary>A chain of VM1..VM6 as in Fig. 1 (VM2, VM4, VM6 are delegates) reduced to headers: real work, keys and
/// signatures, no transactions.</summary>
internal sealed class TestNet
{
    private const int KeysEach = 512;

    private readonly IBlockDecoder _decoder;

    public TestNet(VmDposwParameters? parameters = null, long seed = 1, int machines = 6)
    {
        Parameters = parameters ?? Quick;
        Keys = new VmDevnetKeys(seed, machines, KeysEach);
        Protocol = new VmDposwProtocol(Kernels, Parameters, VmDposwDevnet.GenesisOf(Keys, machines, accounts: 8));
        Clock = Parameters.CreateClock();
        _decoder = Protocol.CreateDecoder(Kernels);
    }

    public static KernelSet Kernels { get; } = KernelRegistry.Default.Choose();

    /// <summary>Rounds of 12 slots: four per window of three delegates.</summary>
    public static VmDposwParameters Quick { get; } = new() { RoundUs = 6_000_000, Difficulty = 4, Order = OrderRule.Ascending };

    public VmDposwParameters Parameters { get; }

    public VmDevnetKeys Keys { get; }

    public VmDposwProtocol Protocol { get; }

    public RoundClock Clock { get; }

    public ClusterState Genesis => (ClusterState)Protocol.Genesis.ConsensusState;

    public VmGenesis GenesisRecords => VmDposwDevnet.GenesisOf(Keys, Keys.Machines, accounts: 8);

    /// <summary>VM whose window a slot lies in.</summary>
    public uint MachineAt(ClusterState state, long slot)
    {
        Assert.True(state.TryMachineAt(slot, Clock, Parameters, out _, out _, out uint machine), $"slot {slot}");
        return machine;
    }

    /// <summary>The header that an honest VM would make in a slot, without work.</summary>
    public VmBlockHeader Draft(ClusterState parent, long slot)
    {
        Assert.True(parent.TryMachineAt(slot, Clock, Parameters, out uint round, out _, out uint machine), $"slot {slot}");
        return DraftOf(parent, slot, round, machine);
    }

    public VmBlockHeader DraftOf(ClusterState parent, long slot, uint round, uint machine)
    {
        uint index = ClusterState.Find(parent.ClusterOf(round), machine)!.KeyIndex + 1;
        Assert.True(Keys.TryReveal(machine, index, out Hash256 key));
        return new VmBlockHeader
        {
            Number = parent.Number + 1,
            Previous = parent.Id,
            Slot = slot,
            Round = round,
            Machine = machine,
            KeyIndex = index,
            Difficulty = Parameters.Difficulty,
            Key = key,
            Signature = parent.SignatureFor(round, machine, key, Parameters),
        };
    }

    /// <summary>Mines and signs a header; gives the block's bytes.</summary>
    /// <param name="header">The header.</param>
    /// <param name="signer">VM whose key signs; the header's by default.</param>
    public byte[] Seal(VmBlockHeader header, uint signer = 0)
    {
        var writer = new ByteWriter();
        header.WriteUnmined(writer);
        Assert.True(LowDifficultyWork.TryFind(
            Kernels, writer.Written, Math.Max(1, header.Difficulty), 1 << 16, out ulong nonce, out Hash256 id));
        writer.WriteUInt64(nonce);
        Keys.Sign(signer == 0 ? header.Machine : signer, id, writer.Reserve(VmBlockHeader.SignatureBytes));
        writer.WriteVarUInt32(0);
        return writer.ToArray();
    }

    public Verdict Check(byte[] block, ClusterState parent, out ClusterState? next)
    {
        var work = new BlockWork();
        work.Load(block);
        Verdict verdict = _decoder.Decode(work);
        Assert.True(verdict.Accepted, verdict.ToString());
        verdict = Protocol.Consensus.CheckHeader(work, parent, trustSignature: false);
        next = (ClusterState?)work.ConsensusState;
        return verdict;
    }

    public Verdict Check(VmBlockHeader header, ClusterState parent, uint signer = 0) => Check(Seal(header, signer), parent, out _);

    /// <summary>The state after an honest block in a slot.</summary>
    public ClusterState Extend(ClusterState parent, long slot)
    {
        Verdict verdict = Check(Seal(Draft(parent, slot)), parent, out ClusterState? next);
        Assert.True(verdict.Accepted, verdict.ToString());
        return next!;
    }

    /// <summary>Honest blocks in the first <paramref name="blocksPerWindow"/> slots of every window of a round, but for
    /// VMs that stay silent.</summary>
    public ClusterState RunRound(ClusterState state, uint round, int blocksPerWindow = 1, params uint[] silent)
    {
        IReadOnlyList<uint> order = state.SetupOf(round, Parameters).Order;
        for (int window = 0; window < order.Count; window++)
        {
            for (int i = 0; i < blocksPerWindow && !silent.Contains(order[window]); i++)
            {
                state = Extend(state, FirstSlotOf(round, order.Count, window) + i);
            }
        }

        return state;
    }

    /// <summary>First slot of a window.</summary>
    public long FirstSlotOf(uint round, int delegates, int window)
    {
        long slot = Clock.FirstSlotOf(round);
        while (Clock.TryPlace(slot, out _, out long offsetUs)
            && TimeWindows.IndexAt(Clock.RoundUs, delegates, offsetUs) < window)
        {
            slot++;
        }

        return slot;
    }

    public long FirstSlotOf(ClusterState state, uint round, uint machine)
    {
        IReadOnlyList<uint> order = state.SetupOf(round, Parameters).Order;
        return FirstSlotOf(round, order.Count, order.ToList().IndexOf(machine));
    }

    public static byte[] Save(ClusterState state, IConsensus consensus)
    {
        var writer = new ByteWriter();
        consensus.Save(state, writer);
        return writer.ToArray();
    }
}
