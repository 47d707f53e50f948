using Tactus.Engine.Devnet;
using Tactus.Engine.Pipeline;
using Tactus.Host.Devnet;
using Tactus.Host.Replay;
using Tactus.Kernels;

namespace Tactus.Host.Tests;

/// <summary>The seed alone decides a devnet's blocks and state: threads, stores, kernels and restarts do not.</summary>
public sealed class DevnetDeterminismTests : IDisposable
{
    private const uint Blocks = 40;

    private static readonly DevnetParameters Parameters = new() { Seed = 7, Accounts = 50, TransactionsPerSecond = 40 };

    private readonly string _folder = Directory.CreateTempSubdirectory("tactus-devnet-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Threads_and_stores_and_kernels_do_not_change_a_block()
    {
        DevnetEnd faster = Run("faster", 0);
        Assert.Equal(1 + Blocks, faster.HeadNumber);
        Assert.True(faster.LastIrreversible > 2, $"last irreversible {faster.LastIrreversible}");
        Assert.Equal(faster, Run("faster", 1));
        Assert.Equal(faster, Run("memory", 0));
        Assert.Equal(faster, Run("memory", 1, kernels: "secp256k1:scalar,sha256:scalar"));
    }

    [Fact]
    public void Another_seed_gives_another_chain()
    {
        DevnetEnd one = Run("memory", 0);
        DevnetEnd other = Run("memory", 0, Parameters with { Seed = 8 });
        Assert.NotEqual(one.HeadId, other.HeadId);
        Assert.NotEqual(one.StateHash, other.StateHash);
    }

    [Theory]
    [InlineData("antelope", "faster")]
    [InlineData("antelope", "memory")]
    [InlineData("quorum", "faster")]
    [InlineData("vmdposw", "faster")]
    [InlineData("gasper", "memory")]
    public void A_stopped_devnet_goes_on_and_replays_to_the_same_state(string protocol, string store)
    {
        DevnetParameters parameters = Parameters with
        {
            Protocol = protocol,
            Producers = DevnetSystems.ProducersDefault(protocol),
        };
        DevnetEnd whole = Run(store, 1, parameters);
        Run(store, 1, parameters, _folder, 15);
        Run(store, 0, parameters, _folder, 3);
        DevnetEnd resumed = Run(store, 1, parameters, _folder, Blocks - 18);
        Assert.Equal(whole, resumed);

        ReplaySummary replay = DevnetReplay.Run(
            _folder,
            KernelRegistry.Default.Choose(),
            new PipelineOptions { CheckClock = false },
            0,
            uint.MaxValue,
            new ReplayProgress(quiet: true),
            CancellationToken.None);
        Assert.Empty(replay.Failures);
        Assert.Equal(whole.HeadId, replay.Report.HeadId);
        Assert.Equal(whole.StateHash.ToString(), replay.StateHash);
    }

    [Fact]
    public void A_second_process_is_kept_off_the_folder()
    {
        using IDisposable mine = FolderLock.Take(_folder);
        DevnetException error = Assert.Throws<DevnetException>(() => Run("memory", 0, folder: _folder));
        Assert.Contains("in use", error.Message, StringComparison.Ordinal);
    }

    private static DevnetEnd Run(
        string store, int threads, DevnetParameters? parameters =
            null, string? folder = null, uint blocks = Blocks, string? kernels = null) =>
        new DevnetRunner(
            new DevnetOptions
            {
                Parameters = parameters ?? Parameters,
                Blocks = blocks,
                DataFolder = folder,
                Store = store,
                SignatureThreads = threads,
                Fast = true,
                CheckpointBlocks = 10,
            },
            KernelRegistry.Default.Choose(kernels),
            TextWriter.Null).Run(CancellationToken.None);
}
