using System.Security.Cryptography;
using Tactus.Engine.Pipeline;
using Tactus.Engine.Primitives;
using Tactus.Engine.Protocols;
using Tactus.Engine.Protocols.Gasper;
using Tactus.Engine.Protocols.Gasper.Presets;
using Tactus.Engine.Protocols.Gasper.State;
using Tactus.Engine.State;
using Tactus.Engine.Storage;
using Tactus.Engine.Time;
using Tactus.Kernels;

namespace Tactus.Host.Replay;

/// <summary>Replays the block sequence of a consensus vector through the pipeline: pre-state, blocks, and the
/// post-state where the vector has one. Without one its blocks must be refused.</summary>
internal static class VectorReplay
{
    public static ReplaySummary Run(
        string folder,
        string? presetName,
        Engine.Protocols.Gasper.Blocks.Checkpoint? trusted,
        KernelSet kernels,
        PipelineOptions options,
        ReplayProgress progress,
        CancellationToken cancellation)
    {
        if (options.Mode == ValidationMode.Headers)
        {
            throw new ReplayException(
                "--mode headers needs a log that is only checked; a beacon block's header is checked by executing it");
        }

        presetName ??= VectorFiles.PresetOf(folder)
            ?? throw new ReplayException(
                $"{folder}: no folder above it names a preset; --preset does "
                + $"({string.Join(", ", PresetLoader.BuiltInNames)})");
        var files = new VectorFiles(folder);
        var context = new GasperContext(Preset(presetName), kernels);
        BeaconState pre = files.Pre(context);
        BeaconState? post = files.HasPost ? files.Post(context) : null;
        var protocol = new GasperProtocol(
            kernels, pre, (long)context.Preset.SecondsPerSlot * 1_000_000,
            new Hash256(RandomNumberGenerator.GetBytes(Hash256.Size)))
        {
            TrustedCheckpoint = trusted,
        };
        IBlockTransition transition = protocol.CreateTransition(kernels);
        var scratch = new SimulatedDisk();
        using var state = new MemoryStateStore(pre.Validators.Count * 3L);
        using ChainStore store = ChainStore.Open(scratch, new MemoryCheckpoints(state, scratch));
        Chain chain = ChainOpening.Open(protocol, kernels, store, transition);
        bool isTrusting = files.IsBlsIgnored || options.Mode == ValidationMode.Light;
        using var pipeline = new BlockPipeline(
            chain, kernels, SystemClock.Instance, options with { TrustHeaders = isTrusting });
        progress.Begin(files.Bytes);
        var guard = new TrustedCheckpoint(trusted, (GasperState)protocol.Genesis.ConsensusState);
        ReplayReport report = new ReplayRun(pipeline, SystemClock.Instance).Run(
            new Source(files), 1, (uint)files.Count, progress.Report, guard.Follow, cancellation);
        var head = (GasperState)chain.Head.State.ConsensusState;
        return new ReplaySummary
        {
            ChainId = protocol.ChainId.ToString(),
            Report = report,
            Failures = [.. Failures(report, head, post), .. guard.Failures(head.Epoch)],
            Verified = Verified(report, post is not null, isTrusting, presetName),
            NotVerified =
            [
                .. isTrusting
                    ? [files.IsBlsIgnored ? "signatures (bls_setting 2)" : "signatures (--mode light)"]
                    : (string[])[],
                .. guard.Open(head.Epoch),
            ],
            StateHash = store.State.ComputeStateHash(kernels).ToString(),
        };
    }

    private static GasperPreset Preset(string name)
    {
        try
        {
            return PresetLoader.BuiltIn(name);
        }
        catch (ArgumentException)
        {
            throw new ReplayException($"--preset {name}: there are {string.Join(", ", PresetLoader.BuiltInNames)}");
        }
    }

    private static IEnumerable<string> Failures(ReplayReport report, GasperState head, BeaconState? post)
    {
        if (report.Failure is { } failure)
        {
            return post is null ? [] : [$"blocks_{failure.BlockNumber - 1}: {failure.Verdict}"];
        }

        if (post is null)
        {
            return ["every block was accepted, and the vector has no post.ssz_snappy: it expects one to be refused"];
        }

        Hash256 root = post.HashTreeRoot();
        return root == head.StateRoot
            ? []
            : [$"post.ssz_snappy is a state of slot {post.Slot} with root {root}; the blocks lead to slot {head.Slot} with root {head.StateRoot}"];
    }

    private static List<string> Verified(ReplayReport report, bool hasPost, bool isTrusting, string preset)
    {
        List<string> lines =
        [
            $"preset {preset}; the chain starts from pre.ssz_snappy",
            "links, slots, proposers, every operation, state roots"
                + (isTrusting ? string.Empty : "; every BLS signature"),
        ];
        if (!hasPost && report.Failure is { } failure)
        {
            lines.Add($"refused as the vector expects: blocks_{failure.BlockNumber - 1}: {failure.Verdict}");
        }
        else if (hasPost && report.Failure is null)
        {
            lines.Add("the last state against post.ssz_snappy");
        }

        return lines;
    }

    /// <summary>Block n of the chain is blocks_{n - 1}, put into the frame that counts it.</summary>
    private sealed class Source(VectorFiles files) : IBlockSource
    {
        public uint First => 1;

        public uint Head => (uint)files.Count;

        public ReadOnlySpan<byte> Read(uint number, ref byte[] buffer) =>
            GasperBlockDecoder.Frame(number, files.Block((int)number - 1));
    }
}
