using Tactus.Engine.Devnet;
using Tactus.Engine.Pipeline;
using Tactus.Engine.Protocols;
using Tactus.Engine.Protocols.Gasper;
using Tactus.Engine.State;
using Tactus.Engine.Storage;
using Tactus.Engine.Time;
using Tactus.Host.Devnet;
using Tactus.Kernels;

namespace Tactus.Host.Replay;

/// <summary>Replays a devnet's log from genesis into memory, executing every transaction. The folder's state is
/// not touched; a torn tail of its log is cut as at any start.</summary>
internal static class DevnetReplay
{
    public static ReplaySummary Run(
        string folder,
        KernelSet kernels,
        PipelineOptions options,
        uint from,
        uint to,
        ReplayProgress progress,
        CancellationToken cancellation,
        Engine.Protocols.Gasper.Blocks.Checkpoint? trusted = null)
    {
        if (from > 1)
        {
            throw new ReplayException("--from needs a log that is only checked; a devnet is executed from genesis");
        }

        if (options.Mode == ValidationMode.Headers)
        {
            throw new ReplayException(
                "--mode headers needs a log that is only checked; use full or light for a devnet");
        }

        DevnetParameters parameters = DevnetData.Read(folder);
        IDevnet devnet = DevnetSystems.Create(parameters, kernels, trusted);
        IProtocol protocol = devnet.Protocol;
        IBlockTransition transition = protocol.CreateTransition(kernels);
        using IDisposable folderLock = FolderLock.Take(folder);
        using BlockLog log = BlockLog.Open(new FileDisk(folder));
        var scratch = new SimulatedDisk();
        using var state = new MemoryStateStore(devnet.RecordsExpected);
        using ChainStore store = ChainStore.Open(scratch, new MemoryCheckpoints(state, scratch));
        Chain chain = ChainOpening.Open(protocol, kernels, store, transition);
        using var pipeline = new BlockPipeline(chain, kernels, SystemClock.Instance, options);
        progress.Begin(log.LengthBytes);
        TrustedCheckpoint? guard = trusted is null
            ? null
            : new TrustedCheckpoint(trusted, (GasperState)protocol.Genesis.ConsensusState);
        ReplayReport report = new() { HeadNumber = protocol.Genesis.Number, HeadId = protocol.Genesis.Id };
        if (!log.IsEmpty)
        {
            report = new ReplayRun(pipeline, SystemClock.Instance).Run(
                new LogSource(log), protocol.Genesis.Number + 1, (uint)Math.Min(to, log.Head), progress.Report,
                guard is null ? null : guard.Follow, cancellation);
        }

        report = report with { Blocks = report.Blocks + 1 };
        List<string> failures = report.Failure is { } failure
            ? [$"block {failure.BlockNumber}: {failure.Verdict}"]
            : [];
        ulong headEpoch = (chain.Head.State.ConsensusState as GasperState)?.Epoch ?? 0;
        failures.AddRange(guard?.Failures(headEpoch) ?? []);
        List<string> verified =
        [
            "genesis from the folder's parameters; chain id",
            "block ids, links, slots, scheduled producers, schedule changes, block signatures, finality",
            "transaction roots, transaction ids",
            ExecutionVerified(protocol.Name, options.Mode),
        ];
        if (options.Mode == ValidationMode.Full)
        {
            verified.Insert(3, "every transaction signature");
        }

        return new ReplaySummary
        {
            ChainId = protocol.ChainId.ToString(),
            Report = report,
            Failures = failures,
            Verified = verified,
            NotVerified =
            [
                .. options.Mode == ValidationMode.Full
                    ? []
                    : (string[])["transaction signatures and authorities (--mode light)"],
                .. guard?.Open(headEpoch) ?? [],
            ],
            Notices = log.Notes,
            StateHash = store.State.ComputeStateHash(kernels).ToString(),
        };
    }

    private static string ExecutionVerified(string protocol, ValidationMode mode) =>
        "every transaction executed: " + (mode == ValidationMode.Full ? "authorities, " : string.Empty)
        + (protocol == "antelope"
            ? "balances, receipts, action_mroot, proposals of schedules"
            : "balances, and what headers say of the result");

    private sealed class LogSource(BlockLog log) : IBlockSource
    {
        public uint First => (uint)log.First;

        public uint Head => (uint)log.Head;

        public ReadOnlySpan<byte> Read(uint number, ref byte[] buffer) =>
            log.TryRead(number, ref buffer, out int length, out _)
            ? buffer.AsSpan(0, length)
            : throw new InvalidDataException($"the log lacks block {number}");
    }
}
