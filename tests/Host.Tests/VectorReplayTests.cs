using Tactus.Engine.Devnet;
using Tactus.Engine.Pipeline;
using Tactus.Engine.Protocols.Gasper.Blocks;
using Tactus.Engine.Protocols.Gasper.ForkChoice;
using Tactus.Host.Devnet;
using Tactus.Host.Replay;
using Tactus.Kernels;
using Tactus.TestSupport;
using Xunit.Abstractions;

namespace Tactus.Host.Tests;

/// <summary>Replay of the consensus vectors' block sequences through the whole pipeline, and of damaged ones; weak
/// subjectivity.</summary>
public sealed class VectorReplayTests(ITestOutputHelper output) : IDisposable
{
    private static readonly KernelSet Kernels = KernelRegistry.Default.Choose();

    private static readonly PipelineOptions Options = new() { CheckClock = false, SignatureThreads = 0 };

    private readonly string _folder = Directory.CreateTempSubdirectory("tactus-vector-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [DataTheory]
    [InlineData("pyspec-v1.5.0/minimal/phase0/finality/finality", 5)]
    [InlineData("pyspec-v1.5.0/minimal/phase0/random/random", 16)]
    [InlineData("pyspec-v1.5.0/minimal/phase0/sanity/blocks", 45)]
    [InlineData("published-v1.1.0-alpha.8/minimal/phase0/finality/finality", 5)]
    [InlineData("published-v1.1.0-alpha.8/minimal/phase0/sanity/blocks", 41)]
    [InlineData("btc20-oracle/minimal/phase0/finality/finality", 4)]
    [InlineData("btc20-oracle/minimal/phase0/sanity/blocks", 34)]
    public void Every_block_sequence_replays_as_its_vector_says(string set, int cases)
    {
        string folder = TestData.PathOf(["gasper", .. set.Split('/'), "pyspec_tests"]);
        string[] vectors =
        [
            .. Directory.GetDirectories(folder).Where(VectorFiles.IsVector).Order(StringComparer.Ordinal),
        ];
        var failed = new List<string>();
        int refused = 0;
        foreach (string vector in vectors)
        {
            ReplaySummary summary = Run(vector);
            failed.AddRange(summary.Failures.Select(failure => $"{Path.GetFileName(vector)}: {failure}"));
            refused += summary.Report.Failure is null ? 0 : 1;
        }

        output.WriteLine($"{set}: {vectors.Length} sequences, {refused} of them refused as they must be");
        Assert.Empty(failed);
        Assert.Equal(cases, vectors.Length);
    }

    [DataFact]
    public void Damage_is_named_with_its_file_and_a_changed_block_never_passes()
    {
        string source = TestData.PathOf(
            "gasper", "pyspec-v1.5.0", "minimal", "phase0", "sanity", "blocks", "pyspec_tests", "attestation");
        string folder = Path.Combine(_folder, "minimal", "attestation");
        Directory.CreateDirectory(folder);
        foreach (string file in Directory.GetFiles(source))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        Assert.Empty(Run(folder).Failures);
        string block = Path.Combine(folder, "blocks_0.ssz_snappy");
        byte[] good = File.ReadAllBytes(block);
        var random = new Random(5);
        for (int i = 0; i < 40; i++)
        {
            byte[] bad = [.. good];
            bad[random.Next(bad.Length)] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(block, i % 4 == 3 ? bad[..random.Next(bad.Length)] : bad);
            string failure = Assert.Single(Run(folder).Failures);
            Assert.StartsWith("blocks_0: ", failure, StringComparison.Ordinal);
        }

        File.Delete(block);
        Assert.Contains(
            "blocks_0.ssz_snappy", Assert.Throws<ReplayException>(() => Run(folder)).Message, StringComparison.Ordinal);
        File.WriteAllBytes(block, good);
        string pre = Path.Combine(folder, "pre.ssz_snappy");
        byte[] state = File.ReadAllBytes(pre);
        File.WriteAllBytes(pre, state[..(state.Length / 2)]);
        Assert.Contains(
            "pre.ssz_snappy: snappy",
            Assert.Throws<ReplayException>(() => Run(folder)).Message,
            StringComparison.Ordinal);
        File.WriteAllBytes(pre, state);

        // Another good state as post-state: the blocks do not lead there.
        File.WriteAllBytes(Path.Combine(folder, "post.ssz_snappy"), state);
        Assert.StartsWith("post.ssz_snappy", Assert.Single(Run(folder).Failures), StringComparison.Ordinal);
        File.Delete(Path.Combine(folder, "post.ssz_snappy"));
        Assert.Contains("expects one to be refused", Assert.Single(Run(folder).Failures), StringComparison.Ordinal);
        Assert.Contains(
            "no folder above it names a preset",
            Assert.Throws<ReplayException>(() => Run(Copy(folder, Path.Combine(_folder, "plain")))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_trusted_checkpoint_binds_devnet_and_replay()
    {
        // Epoch 2 begins with slot 16, whose block is block 16: with everyone online every slot has one.
        const uint Blocks = 20;
        Devnet(Blocks, null);
        using (var log = Engine.Storage.BlockLog.Open(new Engine.Storage.FileDisk(_folder)))
        {
            Assert.True(log.TryReadId(16, out Engine.Primitives.Hash256 id));
            Right = new Checkpoint(2, id);
        }

        Checkpoint wrong = Right with { Epoch = 1 };
        Assert.Empty(Replay(Right).Failures);
        Assert.Contains("BadLink", Assert.Single(Replay(wrong).Failures.Take(1)), StringComparison.Ordinal);
        Assert.Contains(
            Replay(Right with { Epoch = 9 }).NotVerified,
            line => line.Contains("before epoch 9", StringComparison.Ordinal));
        DevnetException error = Assert.Throws<DevnetException>(() => Devnet(1, wrong));
        Assert.Contains("not the trusted", error.Message, StringComparison.Ordinal);
        Assert.Equal(Blocks + 1, Devnet(1, Right).HeadNumber);
    }

    private Checkpoint Right { get; set; }

    private static ReplaySummary Run(string folder, Checkpoint? trusted = null) => VectorReplay.Run(
        folder, null, trusted, Kernels, Options, new ReplayProgress(quiet: true), CancellationToken.None);

    private static string Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.GetFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }

        return to;
    }

    private DevnetEnd Devnet(uint blocks, Checkpoint? trusted) => new DevnetRunner(
        new DevnetOptions
        {
            Parameters = new DevnetParameters { Protocol = "gasper", Seed = 7, Producers = 16 },
            Blocks = blocks,
            DataFolder = _folder,
            Store = "memory",
            Fast = true,
            Trusted = trusted,
        },
        Kernels,
        TextWriter.Null).Run(CancellationToken.None);

    private ReplaySummary Replay(Checkpoint trusted) => DevnetReplay.Run(
        _folder, Kernels, Options, 0, uint.MaxValue, new ReplayProgress(quiet: true), CancellationToken.None, trusted);
}
