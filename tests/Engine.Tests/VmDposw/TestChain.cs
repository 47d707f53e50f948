using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Production;
using Tactus.Engine.Protocols.VmDposw;
using Tactus.Engine.Protocols.VmDposw.Consensus;
using Tactus.Engine.Protocols.VmDposw.Devnet;
using Tactus.Engine.Protocols.VmDposw.Ledger;
using Tactus.Engine.Protocols.VmDposw.Machines;
using Tactus.Engine.Protocols.VmDposw.Wire;
using Tactus.Engine.State;
using Tactus.Engine.Storage;
using Tactus.Engine.Time;

namespace Tactus.Engine.Tests.VmDposw;

/// <summary>A node of a small chain: pipeline, memory store, producer with the keys of some VMs.</summary>
internal sealed class TestChain : IDisposable
{
    private readonly BlockProducer _producer;
    private readonly MemoryStateStore _state = new();
    private readonly ChainStore _store;
    private readonly ManualClock _clock = new();
    private readonly BlockPipeline _pipeline;
    private readonly BlockWork _work = new();
    private readonly VmTransferLoad _load;
    private readonly TestNet _net;
    private ulong _sequence;

    public TestChain(TestNet net, SimulatedDisk? disk = null)
    {
        _net = net;
        Disk = disk ?? new SimulatedDisk();
        _store = ChainStore.Open(Disk, new MemoryCheckpoints(_state, Disk));
        var transition = net.Protocol.CreateTransition(TestNet.Kernels);
        Chain = ChainOpening.Open(net.Protocol, TestNet.Kernels, _store, transition);
        _pipeline = new BlockPipeline(
            Chain, TestNet.Kernels, _clock, new PipelineOptions { SignatureThreads = 0, CheckClock = false });
        ChainOpening.Reapply(_pipeline);
        IBlockBuilder builder = net.Protocol.CreateBuilder(TestNet.Kernels, transition, net.Keys);
        _producer = new BlockProducer(Chain, builder, Pending, new ProductionWindows(), _clock);
        _load = new VmTransferLoad(net.Keys, 1, 8, 0, net.Parameters.SlotUs, net.Protocol.ChainId);
    }

    public Chain Chain { get; }

    public SimulatedDisk Disk { get; }

    public PendingTransactions Pending { get; } = new();

    public ClusterState Head => (ClusterState)Chain.Head.State.ConsensusState;

    public long Failed => _producer.FailedCount;

    public Verdict LastFailure => _producer.LastFailure;

    public Hash256 StateHash => ((IStateStore)_state).ComputeStateHash();

    /// <summary>Queues a request of an account.</summary>
    public void Request(int account, VmTransaction request)
    {
        request.Actor = (ulong)account;
        request.Sequence = ++_sequence;
        request.ExpirationSec = uint.MaxValue;
        _load.Add(Pending, account, request);
    }

    /// <summary>Builds the block of a slot and applies it.</summary>
    /// <returns>Its bytes; empty where the slot brings none.</returns>
    public byte[] Produce(long slot)
    {
        _clock.UnixUs = _net.Protocol.Consensus.SlotStartUs(slot) - 400_000;
        Verdict verdict = _producer.Produce(slot, lastOfTurn: false, out ReadOnlyMemory<byte> block);
        if (verdict.Reason == RejectReason.NotDue)
        {
            return [];
        }

        Assert.True(verdict.Accepted, verdict.ToString());
        byte[] bytes = block.ToArray();
        verdict = Process(bytes);
        Assert.True(verdict.Accepted, verdict.ToString());
        return bytes;
    }

    /// <summary>Produces over the slots of rounds, and checks after each block what must hold in every state.</summary>
    public List<byte[]> Run(uint rounds)
    {
        var blocks = new List<byte[]>();
        uint last = Head.Setup.Round + rounds;
        long slot = Chain.Head.Slot;
        while (_net.Clock.TryPlace(++slot, out uint round, out _) && round <= last)
        {
            byte[] block = Produce(slot);
            if (block.Length > 0)
            {
                blocks.Add(block);
                CheckInvariants();
            }
        }

        return blocks;
    }

    /// <summary>Applies a block, then those that waited for it.</summary>
    public Verdict Process(byte[] block)
    {
        Verdict verdict = _pipeline.Process(_work, block);
        if (verdict.Accepted)
        {
            foreach (byte[] parked in Chain.TakeParked(_work.Id))
            {
                Assert.True(Process(parked).Accepted);
            }
        }

        return verdict;
    }

    public AccountCell Account(int account) => Read<AccountCell>(VmTables.Account((ulong)account));

    public MachineCell Machine(uint machine) => Read<MachineCell>(VmTables.Machine(machine));

    public SystemCell Totals => Read<SystemCell>(VmTables.System);

    /// <summary>Every unit is somewhere; totals are sums; roles in the state are the cluster that consensus
    /// knows.</summary>
    public void CheckInvariants()
    {
        SystemCell system = Totals;
        long units = Enumerable.Range(0, 8).Sum(i => Account(i).Balance + Account(i).Locked);
        long right = 0;
        long clusterRight = 0;
        var delegates = new List<uint>();
        for (uint id = 1; id <= system.Machines; id++)
        {
            MachineCell machine = Machine(id);
            units += machine.Stake;
            right += _net.Parameters.RightOf(machine.Category);
            if (machine.Role == VmRole.Delegate)
            {
                clusterRight += _net.Parameters.RightOf(machine.Category);
                delegates.Add(id);
            }
        }

        byte[] bids = [];
        using IStateSession session = _state.OpenSession();
        if (session.TryReadBlob(VmTables.Bids, ref bids, out int length))
        {
            var reader = new ByteReader(bids.AsSpan(0, length));
            while (reader.Remaining > 0)
            {
                units += OpenBid.Read(ref reader).Price;
            }
        }

        Assert.Equal(system.Supply, units);
        Assert.Equal(system.TotalRight, right);
        Assert.Equal(system.ClusterRight, clusterRight);
        Assert.Equal((int)system.Delegates, delegates.Count);
        Assert.True(system.Machines <= _net.Parameters.MachinesMax);
        Assert.Equal(delegates, Head.ClusterOf(Head.Setup.Round + 1).Select(vm => vm.Machine));
    }

    public void Checkpoint() => _store.Checkpoint(ChainOpening.SaveAttachment(Chain));

    public void Dispose()
    {
        _producer.Dispose();
        _pipeline.Dispose();
        _store.Dispose();
        _state.Dispose();
    }

    private T Read<T>(in StateKey key)
        where T : unmanaged
    {
        using IStateSession session = _state.OpenSession();
        Assert.True(session.TryRead(key, out StateCell cell));
        return StateCell.As<T>(ref cell);
    }
}
