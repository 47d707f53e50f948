using Tactus.Engine.Devnet;
using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Production;
using Tactus.Engine.Protocols;
using Tactus.Engine.State;
using Tactus.Engine.Storage;
using Tactus.Engine.Time;
using Tactus.Kernels;

namespace Tactus.Host.Devnet;

/// <summary>Where a devnet stopped.</summary>
internal sealed record DevnetEnd(uint HeadNumber, Hash256 HeadId, uint LastIrreversible, Hash256 StateHash);

/// <summary>Runs a devnet: for each slot, builds the block of its producer, sends its bytes through the pipeline as a
/// validator would, prints a line.</summary>
internal sealed class DevnetRunner(DevnetOptions options, KernelSet kernels, TextWriter output)
{
    /// <summary>Longest single sleep while waiting for a slot, so that Ctrl-C is heard, in milliseconds.</summary>
    private const int SleepMsMax = 50;

    /// <summary>The last stretch before a slot is waited out by spinning: timers are coarser than that, in
    /// microseconds.</summary>
    private const long SpinUs = 2_000;

    /// <summary>Runs until the wished number of blocks or cancellation.</summary>
    /// <returns>The chain as it stands at the end.</returns>
    public DevnetEnd Run(CancellationToken cancellation)
    {
        string folder = options.DataFolder ?? Directory.CreateTempSubdirectory("tactus-devnet-").FullName;
        try
        {
            return Run(folder, cancellation);
        }
        finally
        {
            if (options.DataFolder is null)
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    private DevnetEnd Run(string folder, CancellationToken cancellation)
    {
        DevnetParameters parameters = options.Parameters;
        IDevnet devnet = DevnetSystems.Create(parameters, kernels, options.Trusted);
        IProtocol protocol = devnet.Protocol;
        FileDisk disk = DevnetData.OpenFolder(folder);
        using IDisposable lockFile = FolderLock.Take(folder);
        if (!DevnetData.Exists(folder))
        {
            DevnetData.Write(folder, parameters);
        }

        using DevnetStore store = DevnetStore.Open(options.Store, folder, disk, devnet.RecordsExpected);
        IBlockTransition transition = protocol.CreateTransition(kernels);
        Chain chain = ChainOpening.Open(protocol, kernels, store.Chain, transition);

        IClock real = options.Fast ? new ManualClock() : SystemClock.Instance;
        var clock = new ShiftedClock(real, SystemClock.Instance);
        var pipelineOptions = new PipelineOptions { SignatureThreads = options.SignatureThreads };
        Reapply(chain, clock, pipelineOptions);
        devnet.Resume(store.Chain);
        if (options.Trusted is { } trusted && LoggedCheckpoint.Check(chain, trusted) is { Accepted: false } verdict)
        {
            throw new DevnetException($"--ws-checkpoint: {verdict.Detail}");
        }

        var pending = new PendingTransactions();
        var arrivals = new DevnetArrivals(devnet, chain, kernels, pending);
        using var pipeline = new BlockPipeline(
            chain, kernels, clock, pipelineOptions with { Admitted = arrivals.Admitted });
        IBlockBuilder builder = protocol.CreateBuilder(kernels, transition, devnet.Keys);
        using var producer = new BlockProducer(chain, builder, pending, options.Windows, clock);
        var report = new DevnetReport(output, options.Windows);

        output.WriteLine(
            $"devnet: {protocol.Name}, {devnet.Describe()}, {options.Store} store, "
            + $"windows {options.Windows.ProcessingMs}+{options.Windows.PropagationMs} ms"
            + (options.DataFolder is null ? string.Empty : $", data {options.DataFolder}"));
        output.WriteLine(
            chain.Head.Number > 1 ? $"resuming after block {chain.Head.Number}" : "starting at genesis; Ctrl-C stops");

        SetClock(clock, chain);
        arrivals.Fill();
        Vote(chain.Head.Slot, devnet, pipeline);
        var work = new BlockWork();
        uint checkpointAt = chain.Head.Number + options.CheckpointBlocks;
        long tried = 0;
        while (!options.OpenOnly && !cancellation.IsCancellationRequested
            && (options.Blocks == 0 || report.Blocks < options.Blocks))
        {
            long slot = NextSlot(chain, Math.Max(chain.Head.Slot, tried));
            if (!Wait(clock, real, ref slot, chain, report, cancellation))
            {
                break;
            }

            tried = slot;
            pipeline.Tick();
            bool made = ProduceAndApply(slot, devnet, chain, pipeline, producer, work, clock, report);
            Vote(slot, devnet, pipeline);
            if (!made)
            {
                continue;
            }

            arrivals.Fill();
            if (options.DataFolder is not null && chain.Head.Number >= checkpointAt)
            {
                store.Chain.BeginCheckpoint(ChainOpening.SaveAttachment(chain));
                checkpointAt = chain.Head.Number + options.CheckpointBlocks;
            }
        }

        if (options.DataFolder is not null)
        {
            store.Chain.Checkpoint(ChainOpening.SaveAttachment(chain));
        }

        Hash256 stateHash = store.Chain.State.ComputeStateHash(kernels);
        report.Print(stateHash.ToString(), chain, producer);
        return new DevnetEnd(chain.Head.Number, chain.Head.Id, chain.Root.Number, stateHash);
    }

    /// <summary>Applies what the log has beyond the last checkpoint. Its slots lie in the chain's past whatever the
    /// clock says.</summary>
    private void Reapply(Chain chain, IClock clock, PipelineOptions pipelineOptions)
    {
        ChainStore store = chain.Store!;
        foreach (string note in store.Notes)
        {
            output.WriteLine("note: " + note);
        }

        ulong count = store.BlocksToReapply;
        if (count > 0)
        {
            output.WriteLine($"applying {count} blocks of the log that the last checkpoint does not have");
            using var pipeline = new BlockPipeline(chain, kernels, clock, pipelineOptions with { CheckClock = false });
            ChainOpening.Reapply(pipeline);
        }
    }

    private static long NextSlot(Chain chain, long slot) =>
        chain.Consensus.NextSlot(chain.Head.State.ConsensusState, slot);

    /// <summary>Lets the chain's time begin so that building for the next slot starts now.</summary>
    private void SetClock(ShiftedClock clock, Chain chain)
    {
        clock.ShiftUs = 0;
        clock.ShiftUs = options.Windows.BuildStartUs(
            chain.Consensus.SlotStartUs(NextSlot(chain, chain.Head.Slot))) - clock.UnixUs;
    }

    /// <summary>Waits for the start of a slot's processing window; slots that have passed are missed.</summary>
    private bool Wait(
        ShiftedClock clock, IClock real, ref long slot, Chain chain, DevnetReport report,
        CancellationToken cancellation)
    {
        while (options.Windows.BuildEndUs(chain.Consensus.SlotStartUs(slot), lastOfTurn: false) <= clock.UnixUs)
        {
            output.WriteLine($"slot {slot} missed: this node was busy past its window");
            report.MissedSlots++;
            slot = NextSlot(chain, slot);
        }

        long startUs = options.Windows.BuildStartUs(chain.Consensus.SlotStartUs(slot));
        while (clock.UnixUs < startUs)
        {
            if (cancellation.IsCancellationRequested)
            {
                return false;
            }

            long restUs = startUs - clock.UnixUs;
            if (real is ManualClock manual)
            {
                manual.AdvanceUs(restUs);
            }
            else if (restUs > SpinUs)
            {
                cancellation.WaitHandle.WaitOne((int)Math.Min(SleepMsMax, (restUs - SpinUs + 999) / 1000));
            }
            else
            {
                Thread.SpinWait(100);
            }
        }

        return true;
    }

    /// <summary>Sends the votes of a slot, where the system has such, the way blocks go.</summary>
    private static void Vote(long slot, IDevnet devnet, BlockPipeline pipeline)
    {
        foreach (byte[] vote in devnet.Vote(pipeline.Chain, slot))
        {
            Verdict verdict = pipeline.Vote(vote);
            if (!verdict.Accepted)
            {
                throw new DevnetException($"slot {slot}: a vote was made here and does not validate: {verdict}");
            }
        }
    }

    /// <returns>Whether the slot has a block; in some systems a slot may belong to nobody, or its work may not be
    /// found.</returns>
    private static bool ProduceAndApply(
        long slot,
        IDevnet devnet,
        Chain chain,
        BlockPipeline pipeline,
        BlockProducer producer,
        BlockWork work,
        ShiftedClock clock,
        DevnetReport report)
    {
        bool lastOfTurn = chain.Consensus.ProducerAt(chain.Head.State.ConsensusState, slot)
            != chain.Consensus.ProducerAt(chain.Head.State.ConsensusState, NextSlot(chain, slot));
        long startNs = clock.MonotonicNs;
        Verdict verdict = producer.Produce(slot, lastOfTurn, out ReadOnlyMemory<byte> block);
        long buildNs = clock.MonotonicNs - startNs;
        if (verdict.Reason is RejectReason.NotDue or RejectReason.WrongProducer or RejectReason.NotSynced)
        {
            report.EmptySlots++;
            return false;
        }

        if (!verdict.Accepted)
        {
            throw new DevnetException($"slot {slot}: no block could be built: {verdict}");
        }

        long arriveUs = clock.UnixUs - chain.Consensus.SlotStartUs(slot);
        verdict = pipeline.Process(work, block.Span);
        if (!verdict.Accepted)
        {
            throw new DevnetException($"slot {slot}: the block was built here and does not validate: {verdict}");
        }

        report.Add(work, buildNs, arriveUs, devnet.Status(chain));
        return true;
    }
}
